"""The copy of the private files, each under its own name. The moment of a copy is when its file was last looked at."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, storages

from portal.backup import folder, sealed_files

CLOCKS_APART = 60.0  # seconds, of this machine and of one that serves the files


def mirror(*, is_whole: bool = False) -> int:
    """Copy the private files that are new or were still written when they were copied. Returns how many were copied.

    `is_whole`: note of each file that it is still there, for the retention of those that are not.
    """
    storage, copied = storages["private"], 0
    key = sealed_files.current_key(settings.BACKUP_KEYS)
    for name in _names(storage, ""):
        begun = time.time() - CLOCKS_APART
        stored = sealed_files.find_file(folder.private_folder() / name)
        try:
            if stored is None or storage.get_modified_time(name).timestamp() > stored.stat().st_mtime:
                stored = _copy(storage, name, key)
                copied += 1
            elif not is_whole:
                continue
        except FileNotFoundError:  # deleted since it was listed
            continue
        os.utime(stored, (begun, begun))
    return copied


def _copy(storage: Storage, name: str, key: sealed_files.Key | None) -> Path:
    base = folder.private_folder() / name
    base.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with storage.open(name) as file:
        sealed_files.write_file(base, f"private/{name}", iter(lambda: file.read(sealed_files.CHUNK), b""), key)
    for suffix in {sealed_files.SEALED, sealed_files.PLAIN} - {sealed_files.suffix(key)}:  # from before there was a key
        base.with_name(base.name + suffix).unlink(missing_ok=True)
    return base.with_name(base.name + sealed_files.suffix(key))


def _names(storage: Storage, place: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(place)
    except FileNotFoundError:
        return
    yield from (f"{place}{name}" for name in files)
    for name in folders:
        yield from _names(storage, f"{place}{name}/")


def restore(target: Path) -> int:
    """Write all private files of the backup below `target`, readable by their owner alone. Returns how many."""
    target.mkdir(mode=0o700)
    home, number = folder.private_folder(), 0
    for stored in sorted(home.rglob("*")):
        if not stored.is_file() or stored.suffix == ".new":
            continue
        name = (stored.relative_to(home).parent / sealed_files.plain_name(stored)).as_posix()
        path = target / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in sealed_files.read_file(stored, f"private/{name}", settings.BACKUP_KEYS):
                file.write(piece)
        number += 1
    return number
