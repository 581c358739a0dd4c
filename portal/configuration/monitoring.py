"""What is watched: metrics, traces, backups, disks, logs."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from portal.configuration.environment import VAR_DIR, read_keys, refuse, setting
from portal.configuration.files import EXPORT_FOLDER, PRIVATE_FILES
from portal.lib.private_storage import is_bucket

# Web processes count their calls in files there, and `manage.py metrics` shows them. Empty: nothing is counted.
METRICS_FOLDER: str = setting("METRICS_FOLDER", default="")
METRICS_ADDRESS: str = setting("METRICS_ADDRESS", default="127.0.0.1")
METRICS_PORT: int = setting("METRICS_PORT", int, default=9464)
if METRICS_FOLDER:
    Path(METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_FOLDER  # read by prometheus_client when it is imported
# Where spans are sent by OTLP over HTTP. Empty: nothing is traced.
TRACES_URL: str = setting("TRACES_URL", default="").rstrip("/")
TRACES_SHARE: float = setting("TRACES_SHARE", float, default=0.1)
if TRACES_URL:
    if urlsplit(TRACES_URL).scheme not in {"http", "https"} or not urlsplit(TRACES_URL).hostname:
        refuse("TRACES_URL must begin with http:// or https:// and name a host.")
    if find_spec("opentelemetry") is None:
        refuse("TRACES_URL is set, and OpenTelemetry is not installed. Install requirements/traces.txt.")
if not 0 <= TRACES_SHARE <= 1:
    refuse("TRACES_SHARE must be from 0 to 1.")
BACKUP_RECORD: str = setting("BACKUP_RECORD", default=str(VAR_DIR / "backup.json"))
BACKUP_FOLDER: str = setting("BACKUP_FOLDER", default="")  # without it nothing is backed up by us
# A role with REPLICATION: it reads everything, so what serves does not have it.
BACKUP_DATABASE_URL: str = setting("BACKUP_DATABASE_URL", default="")
BACKUP_KEYS = read_keys("BACKUP_KEYS", setting("BACKUP_KEYS", default=""))
BACKUP_DAYS: int = setting("BACKUP_DAYS", int, default=14)
if BACKUP_DAYS < 1:
    refuse("BACKUP_DAYS must be 1 or more.")
BACKUP_SPOOL: str = setting("BACKUP_SPOOL", default=str(VAR_DIR / "wal"))  # WAL that is being received
BACKUP_SCRATCH: str = setting("BACKUP_SCRATCH", default=str(VAR_DIR / "restore-tests"))
POSTGRES_PROGRAMS: str = setting("POSTGRES_PROGRAMS", default="")
# Disks whose free space is watched: those of our own files, and what else is named.
WATCHED_FOLDERS: list[str] = [str(EXPORT_FOLDER), *setting("WATCHED_FOLDERS", list, default=[])]
if not is_bucket(PRIVATE_FILES):
    WATCHED_FOLDERS.append(PRIVATE_FILES)
if BACKUP_FOLDER:
    WATCHED_FOLDERS.append(BACKUP_FOLDER)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.lib.logs.formatter"}},
    "filters": {"pages": {"()": "portal.lib.logs.signed_request_filter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": setting("LOG_LEVEL", default="INFO")},
    "loggers": {
        "paramiko": {"level": "CRITICAL"},  # what its threads meet is told by who fetches
        "fontTools": {"level": "ERROR"},  # tells each step of its work
        "fpdf": {"level": "ERROR"},
        "django.request": {"filters": ["pages"]},
    },
}
