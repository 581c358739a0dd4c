"""A copy of the server as it was at a moment, beside everything that exists; nothing is overwritten."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

import psycopg
import structlog
from django.conf import settings

from portal.backup import base_backup, folder, private_files, programs, sealed_files, wal_feed
from portal.backup.errors import BackupFault
from portal.backup.folder import Backup
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded

log = structlog.get_logger(__name__)
POLL_SECONDS = 0.25
MANIFEST = "backup_manifest"
# Over those of the server that was copied: nobody else reaches the copy, and it needs nothing that is only there.
OWN = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "hot_standby": "off",
    "ssl": "off",
    "archive_mode": "off",
    "synchronous_standby_names": "",
    "primary_conninfo": "",
    "shared_preload_libraries": "",
    "logging_collector": "off",
    "max_connections": "50",
    "max_locks_per_transaction": "512",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}
NOT_REACHED = "recovery ended before configured recovery target was reached"
# A session of a backup is as good as its cookie: after a restore, people sign in again.
SESSIONS = "DELETE FROM usersessions_usersession; DELETE FROM django_session"
FACTS = """
    SELECT (SELECT max(created_at) FROM wallet_transaction),
           (SELECT count(*) FROM merchants_letter WHERE state = 'waiting')
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """A data folder that is ready to be started, and what is in it. `newest`: the moment of its last transaction."""

    cluster: Path
    private: Path
    backup: Backup
    newest: datetime | None
    waiting_emails: int
    private_files: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A restored server that runs; `url` is the application's."""

    url: str
    restored: Restored


@contextmanager
def restored_copy(target: Path, moment: datetime | None) -> Iterator[Copy]:
    """Restore into the empty folder `target`, and let the copy run for the block. None: to the newest moment there is.

    Raises BackupFault when a file is damaged, a key is missing, or the stored WAL does not reach the moment.
    """
    backup = base_backup.newest_before(moment)
    check_wal(backup)
    make_target(target)
    cluster = target / "cluster"
    unpack(backup, cluster)
    files = private_files.restore(target / "private")
    with running(target, cluster, moment) as url:
        newest, emails = settle(url)
        yield Copy(url, Restored(cluster, target / "private", backup, newest, emails, files))
    for name in ("socket", "server"):
        shutil.rmtree(target / name, ignore_errors=True)


def restore(target: Path, moment: datetime | None) -> Restored:
    """Restore into the empty folder `target`, and leave a data folder there that is stopped in order."""
    with restored_copy(target, moment) as copy:
        return copy.restored


def check_wal(backup: Backup) -> None:
    missing = folder.missing_after(backup)
    if missing is not None:
        name = folder.at_place(backup.last_wal, missing)
        raise BackupFault(f"The stored WAL has a gap: {name} is missing. Make a new backup; nothing later is restored.")


def make_target(target: Path) -> None:
    if target.exists() and any(target.iterdir()):
        raise BackupFault(f"{target} is not empty. Name an empty folder: a restore overwrites nothing.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)


# --- the whole copy ---------------------------------------------------------------------------------------------------
def unpack(backup: Backup, cluster: Path) -> None:
    stored = sealed_files.find_file(backup.folder / "base.tar")
    if stored is None:
        raise BackupFault(f"{backup.folder} has no copy of the server. Use another backup.")
    cluster.mkdir(mode=0o700)
    pieces = sealed_files.read_file(stored, f"base/{backup.name}/base.tar", settings.BACKUP_KEYS)
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", sealed_files.Stream(pieces)), mode="r|") as archive:
            archive.extractall(cluster, filter="data")
        for _ in pieces:  # to the end, which shows whether it is whole
            pass
    except tarfile.TarError as fault:
        raise sealed_files.damage_fault(stored) from fault
    check_files(cluster, stored)
    (cluster / "recovery.signal").touch()
    (cluster / "standby.signal").unlink(missing_ok=True)


def check_files(cluster: Path, stored: Path) -> None:
    """Compare each file with the manifest that the server wrote beside it (pg_verifybackup of the wheel crashes)."""
    try:
        listed = json.loads((cluster / MANIFEST).read_text())["Files"]
        with ThreadPoolExecutor(os.cpu_count()) as threads:  # a thread that hashes does not hold the interpreter
            found = threads.map(digest, [cluster / each["Path"] for each in listed])
            wrong = [each["Path"] for each, own in zip(listed, found, strict=True) if own != each["Checksum"]]
    except (OSError, ValueError, KeyError) as fault:
        raise sealed_files.damage_fault(stored) from fault
    if wrong or not listed:
        log.error("backup.damaged", backup=str(stored), files=wrong[:20])
        raise sealed_files.damage_fault(stored)
    (cluster / MANIFEST).unlink()


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- the server -------------------------------------------------------------------------------------------------------
@contextmanager
def running(target: Path, cluster: Path, moment: datetime | None) -> Iterator[str]:
    """Recover to the moment and serve. Yields the application's URL, once the recovery has ended."""
    own = target / "server"
    own.mkdir(mode=0o700)
    (own / "hba.conf").write_text("local all all trust\n")
    (own / "postgresql.conf").touch()
    hand_over(target)
    with embedded.socket_folder(target) as sockets, wal_feed.feeding(own) as feed:
        command = server_command(own, cluster, moment, {**OWN, "unix_socket_directories": str(sockets)}, feed)
        process = embedded.spawn(command, own / "log", signal.SIGINT)
        try:
            yield await_recovery(process, sockets, own / "log", moment, feed)
        finally:
            embedded.stop(process, signal.SIGINT)


def server_command(
    own: Path, cluster: Path, moment: datetime | None, told: dict[str, str], feed: wal_feed.Feed
) -> list[str]:
    told |= {
        "config_file": str(own / "postgresql.conf"),
        "hba_file": str(own / "hba.conf"),
        "restore_command": feed.command(cluster),
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
        **({"recovery_target_time": moment.isoformat()} if moment else {}),
    }
    settings_told = (f"--{name}={value}" for name, value in told.items())
    return [programs.program("postgres"), "-D", str(cluster), *settings_told]


def hand_over(target: Path) -> None:
    """PostgreSQL does not run as root; then the account that runs it gets the copy."""
    if embedded.account() is not None:
        embedded.prepare_folder(target)
        for path in target.rglob("*"):
            embedded.hand_over(path)


def await_recovery(
    process: subprocess.Popen[bytes], sockets: Path, output: Path, moment: datetime | None, feed: wal_feed.Feed
) -> str:
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}@{quote(str(sockets), safe='')}/{database['NAME']}"
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as fault:
            if process.poll() is not None:
                raise feed.fault or explained_end(output.read_text(errors="replace"), moment) from fault
            time.sleep(POLL_SECONDS)
        else:
            return url


def explained_end(told: str, moment: datetime | None) -> BackupFault:
    if NOT_REACHED in told and moment:
        return BackupFault(
            f"The stored WAL ends before {moment.isoformat()}. Restore to an earlier moment, or to `latest`."
        )
    return BackupFault(f"The copy did not start. The end of its log:\n{told.strip()[-1500:]}")


def settle(url: str) -> tuple[datetime | None, int]:
    """End the sessions of people, and read what the copy holds."""
    with psycopg.connect(url) as connection:
        connection.execute(SESSIONS)
        newest, emails = connection.execute(FACTS).fetchone() or (None, 0)
    return newest, emails


def environment_of(copy: Copy) -> dict[str, str]:
    """Return the environment in which a command of ours works on the copy, and on nothing else."""
    own = {"DATABASE_URL": copy.url, "WALLET_DATABASE_URL": "", "OWNER_DATABASE_URL": ""}
    own |= {"PRIVATE_FILES": str(copy.restored.private)}
    hidden = {f"{name}_FILE" for name in own}
    return {name: value for name, value in os.environ.items() if name not in hidden} | own


def run_on_copy(copy: Copy, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of manage.py on the copy."""
    return subprocess.run(
        tethered_command([sys.executable, "manage.py", *arguments]),
        env=environment_of(copy),
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
