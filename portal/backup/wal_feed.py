"""Stored WAL for a server that recovers: it asks by files, and gets each segment opened.

The server runs as another account and gets neither the keys nor our Python: its `restore_command` is a shell script
that leaves the name of a segment and waits. The segment after it is opened in advance.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from django.conf import settings

from portal.backup import folder, sealed_files
from portal.backup.errors import BackupFault
from portal.local import embedded

LOOK_SECONDS = 0.02
NONE, FAULT = ".none", ".fault"
# 1: there is no such segment, which ends the WAL. 200: it cannot be read, at which PostgreSQL ends the recovery.
SCRIPT = """#!/bin/sh
cd "$(dirname "$0")" || exit 200
: >"asked/$1"
tries=0
while [ "$tries" -lt 15000 ]; do
    [ -e "given/$1" ] && mv "given/$1" "$2" && exit 0
    [ -e "given/$1.none" ] && exit 1
    [ -e "given/$1.fault" ] && exit 200
    sleep 0.04
    tries=$((tries + 1))
done
exit 200
"""


class Feed:
    """`command`: the server's `restore_command`. `fault`: why a segment could not be read."""

    def __init__(self, own: Path) -> None:
        self.asked, self.given, self.script = own / "asked", own / "given", own / "fetch"
        self.fault: BackupFault | None = None
        self.ended = Event()
        for path in (self.asked, self.given):
            path.mkdir(mode=0o700)
            embedded.hand_over(path)
        self.script.write_text(SCRIPT)
        self.script.chmod(0o700)
        embedded.hand_over(self.script)

    def command(self, cluster: Path) -> str:
        return f'{shlex.quote(str(self.script))} "%f" {shlex.quote(str(cluster))}/"%p"'

    def run(self) -> None:
        while not self.ended.wait(LOOK_SECONDS):
            for path in sorted(self.asked.iterdir()):
                self.give(path.name)
                path.unlink()
                if folder.SEGMENT.fullmatch(path.name) and self.fault is None:
                    self.open_ahead(folder.following(path.name))

    def give(self, name: str) -> None:
        if (self.given / name).exists():  # opened in advance
            return
        try:
            is_there = self.open_segment(name)
        except (BackupFault, OSError) as fault:
            self.fault = fault if isinstance(fault, BackupFault) else BackupFault(f"{name} cannot be read: {fault}")
            (self.given / f"{name}{FAULT}").touch()
        else:
            if not is_there:
                (self.given / f"{name}{NONE}").touch()

    def open_ahead(self, name: str) -> None:
        if not (self.given / name).exists() and sealed_files.find_file(folder.wal_folder() / name):
            self.give(name)

    def open_segment(self, name: str) -> bool:
        """Write a segment for the server. False: there is none of that name."""
        stored = sealed_files.find_file(folder.wal_folder() / name)
        if stored is None:
            return False
        draft = self.given / f"{name}.new"
        with draft.open("wb") as file:
            for piece in sealed_files.read_file(stored, f"wal/{name}", settings.BACKUP_KEYS):
                file.write(piece)
        embedded.hand_over(draft)
        draft.rename(self.given / name)
        return True


@contextmanager
def feeding(own: Path) -> Iterator[Feed]:
    feed = Feed(own)
    thread = Thread(target=feed.run, name="wal-feed", daemon=True)
    thread.start()
    try:
        yield feed
    finally:
        feed.ended.set()
        thread.join()
