from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
from rich.console import Console

from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from portal.local.processes import TOLD, Program, run_all
from portal.local.up import granian

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

SLEEPER = Program("sleeper", ["sleep", "60"], "green")


def python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code], "cyan")


async def forever(ready: asyncio.Event) -> str:
    ready.set()
    await asyncio.sleep(60)
    return "too late"


def outcome(*programs: Program, after: float | None = None) -> tuple[str, str]:
    """What ended it, and what was printed; SIGTERM is sent to ourselves `after` so many seconds."""
    console = Console(file=io.StringIO(), width=200)

    async def run() -> str:
        if after is not None:
            asyncio.get_running_loop().call_later(after, os.kill, os.getpid(), signal.SIGTERM)
        return await run_all(programs, os.environ, console, forever)

    ended = asyncio.run(run())
    assert isinstance(console.file, io.StringIO)
    return ended, console.file.getvalue()


def test_one_that_ends_by_itself_stops_all_and_is_named() -> None:
    started = time.monotonic()
    ended, said = outcome(SLEEPER, python("crash", "print('on my way'); raise SystemExit(3)"))
    assert ended == "crash"
    assert "crash │ on my way" in said
    assert time.monotonic() - started < 15


ANSWERS_ITS_ID = """
import os
def application(environ, start):
    start("200 OK", [("connection", "close")])
    return [str(os.getpid()).encode()]
"""


def test_a_web_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "its_id.py").write_text(ANSWERS_ITS_ID)
    port = free_port()
    command = tethered_command([*granian("127.0.0.1", port, "machines")[:-1], "its_id:application"])
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT) as process:
        try:
            dead = answering(port, of=2)
            for worker in dead:
                os.kill(worker, signal.SIGABRT)
            assert not answering(port, of=2, but=dead) & dead
        finally:
            process.terminate()


def answering(port: int, *, of: int, but: Collection[int] = ()) -> set[int]:
    """So many workers, by what they answer."""
    found: set[int] = set()
    ends = time.monotonic() + 60
    while len(found) < of and time.monotonic() < ends:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
            found |= {int(answer.read())} - {*but}
    assert len(found) == of
    return found


def test_a_signal_stops_all() -> None:
    assert outcome(SLEEPER, after=0.5) == (TOLD, "")


def test_no_grandchild_is_left(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        f"import subprocess, time; open({str(note)!r}, 'w').write(str(subprocess.Popen(['sleep', '60']).pid)); exit()"
    )
    outcome(python("parent", code))
    assert has_ended(int(note.read_text()))


def has_ended(pid: int) -> bool:
    for _ in range(100):
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.05)
                continue
        return True
    return False


def test_a_line_without_end_does_not_silence_what_follows() -> None:
    _, said = outcome(python("loud", "print('x' * 300_000); print('and then')"))
    assert "loud │ and then" in said


def test_the_watch_can_end_it_too_and_what_is_late_never_began(tmp_path: Path) -> None:
    async def gone(_ready: asyncio.Event) -> str:
        await asyncio.sleep(0.3)
        return "PostgreSQL"

    late = Program("late", ["touch", str(tmp_path / "began")], "red", late=True)
    console = Console(file=io.StringIO())
    assert asyncio.run(run_all([SLEEPER, late], os.environ, console, gone)) == "PostgreSQL"
    assert not (tmp_path / "began").exists()


def test_what_is_late_begins_when_the_others_are_ready() -> None:
    assert outcome(SLEEPER, Program("late", ["true"], "red", late=True))[0] == "late"


def test_a_program_that_cannot_be_found_is_an_end_like_any_other() -> None:
    ended, said = outcome(SLEEPER, Program("missing", ["no-such-program"], "red"))
    assert ended == "missing"
    assert "no-such-program" in said
