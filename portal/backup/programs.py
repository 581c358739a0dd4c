"""PostgreSQL's programs for backups: those of POSTGRES_PROGRAMS, or of the wheel where that is installed."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from portal.backup.errors import BackupFault
from portal.local import embedded

APPLICATION_NAME = "portal_backup"


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL 18."""
    if settings.POSTGRES_PROGRAMS:
        path = Path(settings.POSTGRES_PROGRAMS) / name
        if not path.exists():
            raise BackupFault(f"POSTGRES_PROGRAMS has no {name}. Set it to the folder of PostgreSQL 18's programs.")
        return str(path)
    try:
        return embedded.program(name)
    except embedded.ServerFault:
        raise BackupFault("POSTGRES_PROGRAMS is not set. Set it to the folder of PostgreSQL 18's programs.") from None


def source() -> tuple[str, dict[str, str]]:
    """Return the connection string of BACKUP_DATABASE_URL without its password, and an environment that has it."""
    if not settings.BACKUP_DATABASE_URL:
        raise BackupFault(
            "BACKUP_DATABASE_URL is not set. Set it to the database's address, as a role with REPLICATION."
        )
    try:
        told = conninfo_to_dict(settings.BACKUP_DATABASE_URL)
    except ProgrammingError as fault:
        raise BackupFault("BACKUP_DATABASE_URL cannot be read.") from fault
    password = told.pop("password", None)
    told |= {"application_name": APPLICATION_NAME}
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    return make_conninfo("", **told), environment
