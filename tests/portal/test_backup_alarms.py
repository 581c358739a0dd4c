"""Somebody is told of a backup that failed, that is old, or that could not be restored."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from portal import tasks
from portal.backup import alarm, restore_test
from portal.backup.errors import BackupFault
from portal.lib import clock
from portal.local import embedded, up

DAY = timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.BACKUP_FOLDER, settings.BACKUP_RECORD = str(tmp_path / "backups"), str(tmp_path / "backup.json")
    settings.BACKUP_SCRATCH, settings.LEDGER_ALARM_TO = str(tmp_path / "scratch"), ["keeper@portal.example"]
    cache.delete("backup-alarm")
    return tmp_path


def recorded(folder: Path, backup: timedelta, tested: timedelta) -> None:
    told = {"finished_at": backup, "restore_tested_at": tested}
    (folder / "backup.json").write_text(
        json.dumps({name: (clock.now() - age).isoformat() for name, age in told.items()})
    )


def test_an_old_backup_is_mailed_once_a_day(folder: Path, mailoutbox: list[Any]) -> None:
    recorded(folder, 2 * DAY, 2 * DAY)
    tasks.watch_backups()
    tasks.watch_backups()
    assert [(mail.subject, mail.to) for mail in mailoutbox] == [
        ("The last good backup is too old", ["keeper@portal.example"])
    ]
    assert "The last backup is 48 hours old. Run manage.py backup" in mailoutbox[0].body


def test_a_restore_test_that_is_overdue_is_mailed(folder: Path, mailoutbox: list[Any]) -> None:
    recorded(folder, DAY / 2, 9 * DAY)
    tasks.watch_backups()
    assert "The last restore test is 216 hours old." in mailoutbox[0].body


def test_nothing_is_said_of_good_backups_or_where_none_are_made(
    folder: Path, mailoutbox: list[Any], settings: Any
) -> None:
    recorded(folder, DAY / 2, DAY)
    tasks.watch_backups()
    settings.BACKUP_FOLDER = ""
    recorded(folder, 9 * DAY, 9 * DAY)
    tasks.watch_backups()
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_backup_that_fails_is_mailed(folder: Path, mailoutbox: list[Any]) -> None:
    with pytest.raises(BackupFault):
        tasks.make_backup()
    assert mailoutbox[0].subject == str(alarm.BACKUP_FAILED)
    assert "wal_level is minimal" in mailoutbox[0].body


def test_a_restore_test_that_fails_is_mailed(folder: Path, mailoutbox: list[Any]) -> None:
    with pytest.raises(BackupFault):
        tasks.test_restore()
    assert mailoutbox[0].subject == "The restore test of the backup failed"
    assert "BACKUP_FOLDER has no backup. Run manage.py backup." in mailoutbox[0].body


def test_a_restore_test_that_fails_leaves_the_record_and_no_copy(folder: Path) -> None:
    with pytest.raises(BackupFault):
        restore_test.run_restore_test()
    assert list((folder / "scratch").iterdir()) == []
    assert not (folder / "backup.json").exists()


def test_make_up_makes_backups_where_a_folder_is_named() -> None:
    assert up.own_settings("DATABASE_URL", {}) == {}
    assert up.backup_programs({}) == []
    told = {"BACKUP_FOLDER": "/backups"}
    assert up.own_settings("DATABASE_URL", told) == {"extra": embedded.RECEIVED}
    assert up.own_settings("BROKER_URL", told) == {}
    assert {program.name for program in up.backup_programs(told)} == {"wal", "backup"}
