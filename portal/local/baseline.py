"""Writes the baseline of new databases anew: `python -m portal.local.baseline`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from portal.database import roles
from portal.database.baseline import DUMP_OPTIONS, FILE, baseline_from_dump
from portal.local import embedded


def main() -> int:
    """Apply every migration to a server of its own, and keep what it made."""
    with tempfile.TemporaryDirectory() as folder, embedded.postgres(Path(folder) / "postgres", durable=False) as server:
        settings = {
            "DATABASE_URL": roles.url_with_role(server.url, roles.APPLICATION),
            "OWNER_DATABASE_URL": roles.url_with_role(server.url, roles.OWNER),
        }
        command = [".ci/with-settings", sys.executable, "manage.py", "migrate", "--from-first", "--verbosity", "0"]
        subprocess.run(command, env=os.environ | settings, check=True)
        FILE.write_text(baseline_from_dump(dump_database(server.url)))
    print(f"Written: {FILE}")
    return 0


def dump_database(url: str) -> str:
    """Return the schema of a database and the rows that its migrations made, as pg_dump writes them."""
    command = [embedded.program("pg_dump"), *DUMP_OPTIONS, url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
