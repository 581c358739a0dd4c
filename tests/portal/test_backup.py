"""Backups of a real server, restored to a moment: what was before it is there, and what came after is not."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from portal.lib.ends_with_parent import tethered_command
from tests.plugins.live import CHECKOUT, Live, stop
from tests.portal.backups import Backups, backing_up, newest_segment
from tests.signing import new_id
from tests.wallet.clusters import insist, own_folder, seated
from tests.wallet.conftest import LiveCaller, until

pytestmark = pytest.mark.xdist_group("clusters")


class Restored(NamedTuple):
    said: subprocess.CompletedProcess[str]
    folder: Path


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backups]:
    with backing_up(tmp_path_factory.mktemp("portal")) as backups:
        yield backups


@contextmanager
def restored(backups: Backups, moment: str, **environment: str) -> Iterator[Restored]:
    with own_folder() as home:
        target = home / "copy"
        done = backups.manage("restore", "--to", moment, "--into", str(target), **environment)
        yield Restored(done, target)


def deposited(backups: Backups, caller: LiveCaller) -> str:
    number = new_id()
    assert insist(lambda: caller.deposit(700_000, transactionId=number)).status == "RS_OK"
    return number


def test_a_moment_is_restored_with_what_was_before_it_and_nothing_after(backups: Backups) -> None:
    caller = seated(backups.stage)
    before_backup = deposited(backups, caller)
    (backups.private / "early.csv").write_bytes(b"early")
    assert backups.manage("backup").returncode == 0
    before = deposited(backups, caller)
    (backups.private / "statements/2026").mkdir(parents=True)
    (backups.private / "statements/2026/late.csv").write_bytes(b"late")
    moment = backups.now()
    after = deposited(backups, caller)
    backups.archive_all()
    until((backups.folder / "private/statements/2026/late.csv.gz.sealed").exists)
    with restored(backups, moment) as copy:
        assert copy.said.returncode == 0, copy.said.stderr
        assert {name: (copy.folder / "private" / name).read_bytes() for name in backups.private_names()} == {
            "early.csv": b"early",
            "statements/2026/late.csv": b"late",
        }
        with backups.started(copy.folder) as portal:
            assert found(portal, before_backup, before, after) == {before_backup, before}
            assert rows(portal, "SELECT count(*) FROM django_session") == [(0,)]
            assert portal.manage("verify_ledger").returncode == 0
            assert portal.manage("verify_history").returncode == 0
    with restored(backups, "latest") as copy, backups.started(copy.folder) as portal:
        assert found(portal, before_backup, before, after) == {before_backup, before, after}


def found(portal: Live, *numbers: str) -> set[str]:
    statement = "SELECT transaction_id::text FROM wallet_transaction WHERE transaction_id::text = ANY (%s)"
    return {str(number) for (number,) in rows(portal, statement, list(numbers))}


def rows(portal: Live, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with psycopg.connect(portal.dsn) as connection:
        return connection.execute(statement.encode(), parameters).fetchall()


REFUSED: list[tuple[str, dict[str, str], str]] = [
    ("2001-01-01T00:00:00Z", {}, "No backup is that old. The earliest moment"),
    ("2099-01-01T00:00:00Z", {}, "The stored WAL ends before 2099-01-01T00:00:00+00:00."),
    ("yesterday", {}, "yesterday is not a moment"),
    ("2026-11-30T12:00:00", {}, "has no time zone"),
    ("latest", {"BACKUP_KEYS": ""}, "which is not in BACKUP_KEYS. Add the key."),
    (
        "latest",
        {"BACKUP_KEYS": f"2026a:{base64.b64encode(secrets.token_bytes(32)).decode()}"},
        "is not the key that encrypted it",
    ),
]


@pytest.mark.parametrize(("moment", "environment", "sentence"), REFUSED)
def test_what_cannot_be_restored_is_refused_with_a_sentence(
    backups: Backups, moment: str, environment: dict[str, str], sentence: str
) -> None:
    backups.ensure_backup()
    with restored(backups, moment, **environment) as copy:
        assert copy.said.returncode != 0
        assert sentence in copy.said.stderr


def test_a_folder_that_holds_something_is_left_alone(backups: Backups, tmp_path: Path) -> None:
    backups.ensure_backup()
    (tmp_path / "mine").write_text("mine")
    done = backups.manage("restore", "--to", "latest", "--into", str(tmp_path))
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_restore_test_verifies_and_writes_the_record(backups: Backups) -> None:
    backups.ensure_backup()
    begun = datetime.now(UTC)
    done = backups.manage("backup", "--test-restore")
    assert done.returncode == 0, done.stderr
    told = json.loads(backups.record.read_text())
    assert datetime.fromisoformat(told["restore_tested_at"]) > begun
    assert datetime.fromisoformat(told["finished_at"]) <= datetime.now(UTC)
    assert list(backups.scratch.iterdir()) == []


def damage_base(home: Path) -> None:
    for base in home.glob("base/*/base.tar.*"):  # a test before may have made a second one
        damage(base)


def damage_wal(home: Path) -> None:
    damage(home / "wal" / f"{newest_segment(home)}.gz.sealed")


def remove_wal(home: Path) -> None:
    segments = sorted(home.glob("wal/*.sealed"))
    segments[-2].unlink()


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [(damage_base, "is damaged"), (damage_wal, "is damaged"), (remove_wal, "The stored WAL has a gap: ")],
)
def test_the_restore_test_finds_a_backup_that_is_none(
    backups: Backups, tmp_path: Path, harm: object, sentence: str
) -> None:
    backups.ensure_backup()
    for _ in range(3):
        backups.archive_all()
    home, record = tmp_path / "copy", tmp_path / "backup.json"
    shutil.copytree(backups.folder, home, ignore=shutil.ignore_patterns("*.new"))
    home.chmod(0o700)
    assert callable(harm)
    harm(home)
    with own_folder() as scratch:
        own = {"BACKUP_FOLDER": str(home), "BACKUP_RECORD": str(record), "BACKUP_SCRATCH": str(scratch)}
        done = backups.manage("backup", "--test-restore", **own)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not record.exists()


def test_books_that_do_not_balance_fail_the_restore_test(backups: Backups) -> None:
    caller = seated(backups.stage)
    backups.ensure_backup()
    with backups.books_changed(caller):
        backups.archive_all()
        done = backups.manage("backup", "--test-restore")
        assert done.returncode == 1
        assert "verify_ledger found differences in the restored copy" in done.stderr
    backups.archive_all()


def test_a_backup_of_another_server_is_refused(backups: Backups) -> None:
    backups.ensure_backup()
    with own_folder() as home:
        own = next(backups.folder.glob("base/*/backup.json"))
        (home / "base" / own.parent.name).mkdir(parents=True)
        told = json.loads(own.read_text()) | {"system": "7"}
        (home / "base" / own.parent.name / "backup.json").write_text(json.dumps(told))
        done = backups.manage("backup", BACKUP_FOLDER=str(home))
    assert "backups of another server" in done.stderr


def test_a_server_that_cannot_be_copied_leaves_no_backup(backups: Backups, tmp_path: Path) -> None:
    own = {"BACKUP_FOLDER": str(tmp_path / "backups"), "BACKUP_RECORD": str(tmp_path / "backup.json")}
    done = backups.manage("backup", BACKUP_DATABASE_URL="postgres://postgres@127.0.0.1:1/portal", **own)
    assert done.returncode == 1
    assert "The server cannot be copied: " in done.stderr
    assert not (tmp_path / "backup.json").exists()
    assert backups.manage("backup", "--list", **own).stdout == ""


def test_two_backups_at_once_are_one(backups: Backups) -> None:
    backups.ensure_backup()
    command = ["flock", str(backups.folder / "lock"), "sleep", "600"]
    holder = subprocess.Popen(tethered_command(command), cwd=CHECKOUT, start_new_session=True)
    try:
        until(lambda: "Another backup is running" in backups.manage("backup").stderr)
    finally:
        stop(holder)
    assert backups.manage("backup", "--list").returncode == 0


def test_the_doctor_knows_whether_wal_is_received(backups: Backups) -> None:
    def told() -> str:
        lines = json.loads(backups.portal.manage("doctor", "--json").stdout)
        return next(str(line["fact"]) for line in lines["checks"] if line["check"] == "archive")

    until(lambda: told() == "WAL is received for the backup.")
    with backups.receiver_stopped():
        until(lambda: told() == "Nobody receives WAL for the backup.")
