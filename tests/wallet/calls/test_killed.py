"""What is left when a process is killed in the middle, and what comes of two that do the same: real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from portal.lib.ends_with_parent import tethered_command
from tests.plugins.live import CHECKOUT, Live
from tests.wallet.api.test_statement_push_live import send
from tests.wallet.conftest import PATIENCE, LiveCaller, Stage, until

DAY = (datetime.now(UTC) - timedelta(days=2)).date()
# Of this merchant only: other tests may have left large statements unread in the portal's database.
READ = (
    "from merchants.models import Merchant; from portal.lib import clock;"
    "from wallet.reconciliation import schedule, statements;"
    "from datetime import date; merchant = Merchant.objects.get(pk={pk}); day = date.fromisoformat('{day}');"
    "waiting = statements.waiting_statements(clock.now()).filter(merchant=merchant);"
    "[statements.try_to_read(statement=each) for each in waiting];"
)
COMPARE = READ + "schedule.compare_and_report(merchant=merchant, day=day)"
# Another database's tables may have the same numbers: it is a copy as this one is.
WAITING = """
    SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
HEADER = "transactionId,kind,playerId,currency,amount\n"


@pytest.fixture
def machine(stage: Stage) -> LiveCaller:
    """Of a merchant with a plan and somebody to tell; its statement has one bet that we do not have."""
    stage.sql("UPDATE merchants_merchant SET created_at = now() - interval '9 days' WHERE id = %s", stage.merchant_id)
    stage.sql(
        "INSERT INTO wallet_reconciliationplan (merchant_id, is_on, hour, grain, mapping, unsettled_hours, high_amount,"
        " write_off_alone, is_attached, names_players) VALUES (%s, true, 0, 'rows', '{}', 24, 1, 0, false, false)",
        stage.merchant_id,
    )
    stage.sql("INSERT INTO wallet_reportrecipient (merchant_id, email) VALUES (%s, 'cfo@acme.test')", stage.merchant_id)
    return stage.caller(deposit=0)


def body(transaction: str = "stray") -> bytes:
    return f"#day={DAY}\n{HEADER}{transaction},bet,player-1,EUR,100000\n".encode()


@contextmanager
def locked(live: Live, table: str, mode: str = "EXCLUSIVE") -> Iterator[Callable[[int], None]]:
    """Nobody writes to the table until the block ends. Gives a function that waits for so many to wait there."""
    with psycopg.connect(live.dsn) as holder, psycopg.connect(live.dsn, autocommit=True) as watcher:
        holder.execute(f"LOCK TABLE {table} IN {mode} MODE")

        def await_waiting(number: int) -> None:
            until(lambda: watcher.execute(WAITING, [table]).fetchall() >= [(number,)])

        yield await_waiting
        holder.rollback()


def worker(live: Live, script: str) -> subprocess.Popen[bytes]:
    command = tethered_command(
        [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "--command", script]
    )
    return subprocess.Popen(command, env=live.environment, cwd=CHECKOUT)


def compare(live: Live, stage: Stage) -> None:
    script = COMPARE.format(pk=stage.merchant_id, day=DAY)
    until(lambda: worker(live, script).wait(PATIENCE) == 0)  # the session of who was killed may end later than it


def killed_at(live: Live, stage: Stage, table: str) -> None:
    """In the middle of its write to that table."""
    with locked(live, table) as await_waiting:
        process = worker(live, COMPARE.format(pk=stage.merchant_id, day=DAY))
        await_waiting(1)
        process.kill()
        process.wait(PATIENCE)


def found(stage: Stage) -> dict[str, Any]:
    return {
        "runs": stage.sql(
            "SELECT number, state FROM wallet_reconciliation WHERE merchant_id = %s ORDER BY 1", stage.merchant_id
        ),
        "cases": stage.sql(
            "SELECT kind, subject, state FROM wallet_case WHERE merchant_id = %s ORDER BY 1", stage.merchant_id
        ),
        "emails": stage.sql(
            "SELECT \"to\" FROM merchants_letter WHERE merchant_id = %s AND template = 'reconciliation'",
            stage.merchant_id,
        ),
    }


CASES = [("late_statement", "", "open"), ("missing_here", "stray", "open")]


def test_killed_in_the_comparison_it_is_made_anew_and_told_once(live: Live, stage: Stage, machine: LiveCaller) -> None:
    assert send(machine, body())[1]["state"] == "received"
    killed_at(live, stage, "wallet_case")
    assert found(stage) == {"runs": [(1, "running")], "cases": [], "emails": []}
    compare(live, stage)
    told = {"runs": [(1, "failed"), (2, "done")], "cases": CASES, "emails": [("cfo@acme.test",)]}
    assert found(stage) == told


def test_killed_between_comparison_and_mail_it_is_told_once_and_not_made_again(
    live: Live, stage: Stage, machine: LiveCaller
) -> None:
    assert send(machine, body())[1]["state"] == "received"
    killed_at(live, stage, "wallet_reportdelivery")
    assert found(stage) == {"runs": [(1, "done")], "cases": CASES, "emails": []}
    compare(live, stage)
    assert found(stage) == {"runs": [(1, "done")], "cases": CASES, "emails": [("cfo@acme.test",)]}


def test_the_same_bytes_by_two_at_once_are_one_statement(live: Live, stage: Stage, machine: LiveCaller) -> None:
    """Both have looked for the other's before either is there."""
    with ThreadPoolExecutor() as pool:
        with locked(live, "wallet_statement", "SHARE ROW EXCLUSIVE") as await_waiting:
            calls = [pool.submit(send, machine, body("twice")) for _ in range(2)]
            await_waiting(2)
        told = [call.result() for call in calls]
    assert {(status, answer["status"]) for status, answer in told} == {(200, "RS_OK")}
    assert len({answer["statementId"] for _, answer in told}) == 1
    assert stage.sql("SELECT count(*) FROM wallet_statement WHERE merchant_id = %s", stage.merchant_id) == [(1,)]
