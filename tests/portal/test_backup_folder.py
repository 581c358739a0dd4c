"""What is kept in BACKUP_FOLDER, and what is deleted."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from portal.backup import folder, private_files
from portal.backup.folder import Backup
from portal.lib import clock

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.BACKUP_FOLDER, settings.BACKUP_DAYS = str(tmp_path / "backups"), 7
    return tmp_path / "backups"


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number // 256:08X}{number % 256:08X}"


def backed_up(days: float, first: int, last: int | None = None) -> Backup:
    """A backup of so many days ago that needs WAL from `first` on."""
    at = NOW - days * DAY
    name = at.strftime("%Y%m%dT%H%M%SZ")
    end = segment(last if last is not None else first)
    backup = Backup(name, at, at, segment(first), end, "7", "1.0.0", "", 1)
    draft = folder.base_folder() / f"{name}{folder.DRAFT}"
    draft.mkdir()
    folder.keep(backup, draft)
    return backup


def stored(*numbers: int, timeline: int = 1) -> None:
    for number in numbers:
        (folder.wal_folder() / f"{segment(number, timeline)}.gz.sealed").touch()


def test_each_moment_of_the_days_can_be_restored(home: Path) -> None:
    kept = [backed_up(days, 2550 - int(days)) for days in (9, 8, 7.5, 3, 1)]
    (folder.base_folder() / f"20261130T000000Z{folder.DRAFT}").mkdir()
    stored(*range(2540, 2551))
    with clock.frozen_at(NOW):
        assert folder.purge() == 2
    assert folder.backups() == kept[2:]
    assert folder.segments() == [segment(number) for number in range(2543, 2551)]
    assert len(list(folder.base_folder().iterdir())) == 3


def test_the_only_backup_stays_however_old_it_is(home: Path) -> None:
    only = backed_up(100, 5)
    stored(4, 5, 6)
    with clock.frozen_at(NOW):
        assert folder.purge() == 0
    assert folder.backups() == [only]
    assert folder.segments() == [segment(5), segment(6)]


def test_a_private_file_that_is_gone_stays_as_long_as_backups_do(home: Path) -> None:
    for name, days in (("gone.csv.gz", 8.5), ("lately.csv.gz", 7.5)):
        path = folder.private_folder() / name
        path.touch()
        at = (NOW - days * DAY).timestamp()
        os.utime(path, (at, at))
    with clock.frozen_at(NOW):
        folder.purge()
    assert [path.name for path in folder.private_folder().iterdir()] == ["lately.csv.gz"]


GAPS: list[tuple[list[int], int | None]] = [
    ([], None),
    ([255, 256, 257], None),
    ([250, 255, 256, 257], None),
    ([255, 257], 256),
    ([256, 257], 255),
]


@pytest.mark.parametrize(("numbers", "missing"), GAPS)
def test_a_gap_after_a_backup_is_found(home: Path, numbers: list[int], missing: int | None) -> None:
    backup = backed_up(1, 254, 255)
    stored(*numbers)
    assert folder.missing_after(backup) == missing


def test_wal_goes_on_on_another_timeline(home: Path) -> None:
    backup = backed_up(1, 255, 255)
    stored(255, 256)
    stored(256, 257, timeline=2)
    assert folder.missing_after(backup) is None
    assert folder.following(segment(255)) == segment(256)


@pytest.fixture
def private(tmp_path: Path, settings: Any) -> Path:
    place = tmp_path / "private"
    options = settings.STORAGES["private"]["OPTIONS"] | {"location": str(place)}
    settings.STORAGES = settings.STORAGES | {"private": settings.STORAGES["private"] | {"OPTIONS": options}}
    (place / "statements").mkdir(parents=True)
    return place


def test_private_files_of_any_name_come_back(home: Path, private: Path, tmp_path: Path, settings: Any) -> None:
    names = ["a.csv", "b.csv.gz", "c.gz.sealed", "statements/d.new"]
    for name in names:
        (private / name).write_text(name)
    assert private_files.mirror() == len(names)
    settings.BACKUP_KEYS = {"2026a": bytes(32)}
    (private / "e.csv").write_text("e.csv")
    later = clock.now().timestamp() + 3600
    os.utime(private / "a.csv", (later, later))  # it was still written when it was copied
    private_files.mirror(is_whole=True)
    target = tmp_path / "restored"
    assert private_files.restore(target) == len(names) + 1
    assert {name: (target / name).read_text() for name in [*names, "e.csv"]} == {
        name: name for name in [*names, "e.csv"]
    }
