"""Many merchants due in the same minute: what a bet of somebody else waits meanwhile, and when their mail is out.

The workers are started as `make up` starts them, and send to a mail server on loopback. Bets of a merchant that is not
compared come at a steady pace all the time: first while nobody is due, then during the rush, then once more without.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import psycopg
from celery import Celery

from bench import signed
from bench.rows import pace
from bench.run import Run
from bench.servers import HOST
from portal.local.ports import free_port
from portal.local.up import portal_programs

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.cast import Cast
    from bench.servers import Bench, Web

DATABASE = "rush"
IN_SHELL = ("shell", "--no-imports", "--verbosity", "0", "--command")
JOB, QUEUE = "wallet.tasks.reconcile_days", "reconciliation"
WORKERS = ("worker", "reconciler")
CALLS_A_SECOND = 100
SETTLE_SECONDS = 10  # workers that have just begun still read their modules
PIECE_SECONDS = 5  # between two looks at whether it is over
START_SECONDS = 60
MOST_SECONDS = 600
UNITS = ("p99 ms without", "p99 ms during", "times", "s in all", "s to mail p50", "s to mail most")
DONE = "SELECT count(*) FROM wallet_reconciliation WHERE state = 'done'"
SENT = "SELECT count(*) FROM merchants_letter WHERE template = 'reconciliation' AND state = 'sent'"
OUT_OF_TURN = """
    SELECT count(*) FROM (SELECT m.code, lag(m.code) OVER (ORDER BY r.done_at) AS before
                            FROM wallet_reconciliation r JOIN merchants_merchant m ON m.id = r.merchant_id) r
     WHERE r.code < r.before
"""
TIMES = """
    SELECT extract(epoch FROM l.sent_at - r.done_at)::float
      FROM wallet_reportdelivery d
      JOIN wallet_reconciliation r ON r.id = d.reconciliation_id
      JOIN merchants_letter l ON l.id = d.letter_id
"""
TOOK = """
    SELECT extract(epoch FROM max(l.sent_at) - min(r.begun_at))::float
      FROM merchants_letter l, wallet_reconciliation r WHERE l.template = 'reconciliation'
"""


class NotStarted(Exception):
    """A worker did not answer in time."""


def measure(bench: Bench, cast: Cast, merchants: int, quiet_seconds: int) -> Run:
    bench.manage(DATABASE, *IN_SHELL, f"from bench import crowd; crowd.plant({merchants}, {cast.secret_id})")
    bench.hand_over(DATABASE)
    with ExitStack() as stack:
        web = stack.enter_context(bench.web(DATABASE))
        start_workers(bench, stack)
        without, during = asyncio.run(walked(bench, cast, web, merchants, quiet_seconds))
    return Run("", figures(bench, without, during), fault(bench, merchants, without.refused + during.refused))


def start_workers(bench: Bench, stack: ExitStack) -> None:
    """And the mail server; returns when both workers answer."""
    smtp = free_port()
    ports = ("--smtp-port", str(smtp), "--http-port", str(free_port()))
    mail = [sys.executable, "-m", "portal.local.mailbox", *ports, "--dir", str(bench.folder / "mail")]
    stack.enter_context(bench.beside("mail", mail, DATABASE))
    for program in portal_programs(HOST, 0, 0):
        if program.name in WORKERS:
            settings = {"EMAIL_URL": f"smtp://{HOST}:{smtp}"} | bench.by_role(DATABASE)
            stack.enter_context(bench.beside(program.name, program.command, DATABASE, **settings))
    deadline = time.monotonic() + START_SECONDS
    while len(broker(bench).control.ping(timeout=1)) < len(WORKERS):
        if time.monotonic() > deadline:
            raise NotStarted


def broker(bench: Bench) -> Celery:
    return Celery(broker=bench.environment["BROKER_URL"])


async def walked(bench: Bench, cast: Cast, web: Web, merchants: int, seconds: int) -> tuple[pace.Walk, pace.Walk]:
    """Calls without a rush, half of them before and half after it, and those during it."""
    free = await pace.connected(web.port)
    await walk(cast, free, lasting(SETTLE_SECONDS))
    before = await walk(cast, free, lasting(seconds))
    broker(bench).send_task(JOB, queue=QUEUE)
    during = await walk(cast, free, until_all_is_told(bench, merchants))
    after = await walk(cast, free, lasting(seconds))
    pace.hang_up(free)
    return pace.Walk([*before.seconds, *after.seconds], before.refused + after.refused), during


async def walk(cast: Cast, free: asyncio.Queue[pace.Connection], is_over: Callable[[], bool]) -> pace.Walk:
    """Piece by piece: a signature is good for some minutes only, and nobody knows when a rush is over."""
    whole = pace.Walk()
    while not is_over():
        requests = list(signed.bets(cast, CALLS_A_SECOND * PIECE_SECONDS))
        piece = await pace.send_all(requests, free, CALLS_A_SECOND)
        whole.seconds += piece.seconds
        whole.refused += piece.refused
    return whole


def lasting(seconds: float) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds
    return lambda: time.monotonic() >= deadline


def until_all_is_told(bench: Bench, merchants: int) -> Callable[[], bool]:
    is_late = lasting(MOST_SECONDS)
    return lambda: bench.ask(DATABASE, SENT) >= merchants or is_late()


def figures(bench: Bench, without: pace.Walk, during: pace.Walk) -> dict[str, float]:
    with psycopg.connect(bench.database(DATABASE)) as connection:
        waited = [seconds for (seconds,) in connection.execute(TIMES) if seconds is not None]
        took = connection.execute(TOOK).fetchone()
    quiet, busy = p99(without), p99(during)
    return {
        "p99 ms without": quiet,
        "p99 ms during": busy,
        "times": busy / quiet,
        "s in all": took[0] if took and took[0] else 0.0,
        "s to mail p50": statistics.median(waited or [0.0]),
        "s to mail most": max(waited, default=0.0),
    }


def p99(walk: pace.Walk) -> float:
    return statistics.quantiles(walk.seconds, n=100, method="inclusive")[-1] * 1000


def fault(bench: Bench, merchants: int, refused: int) -> str:
    done, sent, out_of_turn = (bench.ask(DATABASE, question) for question in (DONE, SENT, OUT_OF_TURN))
    faults = {
        f"{refused} bets not taken": refused,
        f"{done} of {merchants} compared": done != merchants,
        f"{sent} of {merchants} emails sent": sent != merchants,
        f"{out_of_turn} out of turn": out_of_turn,
    }
    return ", ".join(sentence for sentence, is_so in faults.items() if is_so)
