"""Two real beats on one timetable: one leads, the other takes over, and no job is sent twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis

from merchants.services import timetable
from portal import leader
from portal.celery import app
from portal.lib.ends_with_parent import tethered_command
from tests.plugins.live import CHECKOUT, Live, stop
from tests.wallet.conftest import until

TAKEOVER_SECONDS = 60  # that operators are promised
PATIENCE = 120
QUEUE = "ticks"
NEXT_JOB = 0.7  # seconds between two jobs of one a second at least, whatever the machine does


class Beats:
    def __init__(self, live: Live, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.environment = {name: value for name, value in live.environment.items() if name != "OWNER_DATABASE_URL"}
        self.broker = stack.enter_context(Redis.from_url(self.environment["BROKER_URL"]))
        self.dsn = live.dsn

    def start(self, name: str) -> subprocess.Popen[bytes]:
        return self.stack.enter_context(self.running(name))

    @contextmanager
    def running(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        app_name = "tests.portal.quick_timetable:app"
        command = [sys.executable, "-m", "celery", "--app", app_name, "beat", "--pidfile", ""]
        alive = {"ALIVE_FILE": str(self.folder / f"{name}.alive")}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                tethered_command(command), env=self.environment | alive, cwd=CHECKOUT, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)
            stop(process)

    def sent(self) -> list[tuple[str, datetime]]:
        """Who sent each job, as `number@host` of its process, and until when it is good; the oldest first."""
        raw: Any = self.broker.lrange(QUEUE, 0, -1)
        headers = [json.loads(message)["headers"] for message in reversed(raw)]
        return [(header["origin"], datetime.fromisoformat(header["expires"])) for header in headers]

    def senders(self) -> list[str]:
        """In the order in which they began."""
        return list(dict.fromkeys(origin for origin, _ in self.sent()))

    def ticked(self, name: str) -> float:
        """When it asked for the lead last."""
        file = self.folder / f"{name}.alive"
        return file.stat().st_mtime if file.exists() else 0.0

    def waits(self, name: str) -> bool:
        return self.ticked(name) > 0


@pytest.fixture
def beats(live: Live, tmp_path: Path) -> Iterator[Beats]:
    with ExitStack() as stack:
        found = Beats(live, tmp_path, stack)
        found.broker.delete(QUEUE)
        stack.callback(found.broker.delete, QUEUE)
        yield found


def check_none_is_sent_twice(jobs: list[tuple[str, datetime]]) -> None:
    assert all((later - earlier).total_seconds() >= NEXT_JOB for (_, earlier), (_, later) in pairwise(jobs)), jobs


def test_a_killed_leader_is_followed_within_a_minute(beats: Beats) -> None:
    first = beats.start("first")
    until(lambda: len(beats.sent()) >= 3)
    beats.start("second")
    until(lambda: beats.waits("second"))
    seen = len(beats.sent())
    until(lambda: len(beats.sent()) >= seen + 3)
    assert len(beats.senders()) == 1, "the second one waits"
    first.kill()
    until(lambda: len(beats.senders()) == 2)
    jobs = beats.sent()
    change = next(n for n, (origin, _) in enumerate(jobs) if origin != jobs[0][0])
    assert (jobs[change][1] - jobs[change - 1][1]).total_seconds() <= TAKEOVER_SECONDS
    check_none_is_sent_twice(jobs)
    with psycopg.connect(beats.dsn) as connection:
        times = connection.execute("SELECT count(*) FROM merchants_timetablejob WHERE name = 'tick'").fetchone()
    assert times == (1,)


def test_a_leader_that_stood_still_sends_nothing_more(beats: Beats) -> None:
    first = beats.start("first")
    until(lambda: len(beats.sent()) >= 2)
    beats.start("second")
    until(lambda: beats.waits("second"))
    first.send_signal(signal.SIGSTOP)
    until(lambda: len(beats.senders()) == 2)
    stopped, seen = beats.ticked("first"), len(beats.sent())
    first.send_signal(signal.SIGCONT)
    until(lambda: beats.ticked("first") > stopped)
    until(lambda: len(beats.sent()) >= seen + 3)
    late = [origin for origin, _ in beats.sent()[seen:] if origin == beats.senders()[0]]
    assert len(late) <= 1, "what it had claimed before it stood still may come, once"


def test_a_leader_that_is_stopped_hands_over_at_once(beats: Beats) -> None:
    first = beats.start("first")
    until(lambda: len(beats.sent()) >= 2)
    beats.start("second")
    until(lambda: beats.waits("second"))
    first.terminate()
    first.wait(PATIENCE)
    until(lambda: len(beats.senders()) == 2)
    check_none_is_sent_twice(beats.sent())


def test_the_promise_follows_from_the_figures() -> None:
    assert timetable.LEAD_SECONDS + 3 * leader.POLL_SECONDS <= TAKEOVER_SECONDS / 2
    assert app.conf.beat_scheduler == "portal.leader:LeadingScheduler"
