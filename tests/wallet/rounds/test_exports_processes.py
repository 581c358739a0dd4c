"""Exports as they run: a worker at the broker, a second writer beside it, and a process that is killed."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from portal.lib.ends_with_parent import tethered_command
from tests.plugins.live import CHECKOUT, STOP_SECONDS, Live

WITHIN_SECONDS = 90  # on a machine that is busy with other things
ROWS = 40
SEED = """
from tests import factories
from tests.conftest import Caller
from django.conf import settings
settings.MIDDLEWARE = [*settings.MIDDLEWARE[:1], "wallet.api.middleware.MachineMiddleware", *settings.MIDDLEWARE[1:]]
caller = Caller(merchant=(acme := factories.merchant({code!r})), signer=factories.signer(acme), game=factories.game())
caller.deposit(10**9)
caller.launch()
for number in range({rows}):
    caller.bet(1_000, transactionId=f"bet-{{number}}")
"""
ASK = """
from merchants.models import Merchant
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter
merchant = Merchant.objects.get(code={code!r})
export = exports.request_export(merchant=merchant, by=None, what="rounds", form="csv", wish=RoundFilter())
"""
# The bet of a second writer is committed between the count and the first row.
BESIDE = """
import psycopg
word = exports.send_heartbeat
def and_somebody_bets(export, **news):
    word(export, **news)
    if "rows_in_all" in news:
        with psycopg.connect({dsn!r}) as beside:
            beside.execute({copy!r}, [{code!r}])
exports.send_heartbeat = and_somebody_bets
exports.send_export_job = lambda asked: exports.write_export(asked.pk)
"""
COPY = """
    INSERT INTO wallet_transaction (transaction_id, request_id, merchant_id, part, kind, status, player_id, game_id,
                                    secret_id, address, created_at)
    SELECT 'later', gen_random_uuid(), m.id, 0, 'bet', 'RS_ERROR_LIMIT_REACHED', t.player_id, t.game_id,
           t.secret_id, t.address, clock_timestamp()
      FROM merchants_merchant m JOIN wallet_transaction t ON t.merchant_id = m.id AND t.transaction_id = 'bet-0'
     WHERE m.code = %s
"""
SLOW = """
import time
titles, matching, cells = exports.TABLES["rounds"]
def one_by_one(bets):
    for row in cells(bets):
        time.sleep(1)
        yield row
exports.TABLES["rounds"] = (titles, matching, one_by_one)
exports.send_export_job = lambda asked: exports.write_export(asked.pk)
"""
AFTER_THE_SILENCE = """
from wallet.services.rounds import exports
from datetime import timedelta
from portal.lib import clock
from wallet.models import Export
from wallet.models.export import SILENT_FOR
export = Export.objects.get(merchant__code={code!r})
assert not export.is_broken_off(at=clock.now())
with clock.frozen_at(clock.now() + SILENT_FOR):
    assert export.is_broken_off(at=clock.now())
    exports.restart_export(export=export)
    exports.write_export(export.pk)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exports"


@pytest.fixture
def portal(live: Live, folder: Path) -> Live:
    """The running one, with a folder of this test's."""
    environment = live.environment | {"EXPORT_FOLDER": str(folder), "ALLOWED_HOSTS": "testserver,127.0.0.1"}
    return Live(live.base_url, live.dsn, environment, live.log)


@pytest.fixture
def code(portal: Live) -> str:
    """A merchant with so many rounds."""
    code = f"m-{uuid4().hex[:8]}"
    run(portal, SEED.format(code=code, rows=ROWS))
    return code


def run(portal: Live, script: str) -> None:
    done = portal.manage("shell", "--no-imports", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr


def state_of(live: Live, code: str) -> tuple[str, int, int | None]:
    with psycopg.connect(live.dsn) as database:
        row = database.execute(
            "SELECT e.state, e.rows_done, e.rows_in_all FROM wallet_export e JOIN merchants_merchant m"
            " ON m.id = e.merchant_id WHERE m.code = %s",
            [code],
        ).fetchone()
    return row or ("", 0, None)


def transactions(folder: Path) -> list[str]:
    [path] = folder.iterdir()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["Transaction"] for row in csv.DictReader(file)]


ALL = [f"bet-{number}" for number in reversed(range(ROWS))]


def asked_by(change: str, code: str) -> str:
    return f"from wallet.services.rounds import exports\n{change}\n{ASK.format(code=code)}"


def test_what_comes_while_it_is_counted_is_not_in_the_file(portal: Live, code: str, folder: Path) -> None:
    run(portal, asked_by(BESIDE.format(dsn=portal.dsn, copy=COPY, code=code), code))
    assert state_of(portal, code) == ("ready", ROWS, ROWS)
    assert transactions(folder) == ALL
    with psycopg.connect(portal.dsn) as database:
        assert database.execute("SELECT 1 FROM wallet_transaction WHERE transaction_id = 'later'").fetchone()


# --- A worker at the broker -------------------------------------------------------------------------------------------
@pytest.fixture
def worker(portal: Live, tmp_path: Path) -> Iterator[None]:
    options = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "--app", "portal.celery:app", "worker", *options]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            tethered_command(command),
            env=portal.environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def test_a_worker_at_the_broker_writes_what_was_asked(portal: Live, code: str, worker: None, folder: Path) -> None:
    run(portal, ASK.format(code=code))
    await_state(portal, code, "ready")
    assert transactions(folder) == ALL


def await_state(live: Live, code: str, wanted: str, rows: int = 0) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while (found := state_of(live, code))[0] != wanted or found[1] < rows:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


# --- A process that is killed -----------------------------------------------------------------------------------------
def test_a_process_that_is_killed_leaves_an_export_that_can_be_begun_again(
    portal: Live, code: str, folder: Path
) -> None:
    script = asked_by(SLOW, code)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c", script],
        env=portal.environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
    )
    try:
        await_state(portal, code, "running", rows=2)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
    assert state_of(portal, code)[0] == "running"
    assert [path.suffix for path in folder.iterdir()] == [".part"]
    run(portal, AFTER_THE_SILENCE.format(code=code))
    assert state_of(portal, code) == ("ready", ROWS, ROWS)
    [left] = folder.glob("*.part")
    left.unlink()
    assert transactions(folder) == ALL
