"""Summing up: nothing that is still being written is passed by."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from portal.lib import clock
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from wallet import tasks
from wallet.models import CallHour, MovementHour, SignedRequest, Transaction, Watermark
from wallet.services.log import request_log
from wallet.services.usage import usage_rollup

TOLD_APART = import_module("wallet.migrations.0018_rollbacks_told_apart")
CALLS = usage_rollup.TABLES[Watermark.Source.CALLS]


@pytest.fixture
def writer(db: None) -> Iterator[Any]:
    """Somebody else who is about to write to the log, and has not committed."""
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("RESET SESSION AUTHORIZATION")  # the application writes columns, and may not lock the table
            cursor.execute("LOCK TABLE wallet_signedrequest IN ROW EXCLUSIVE MODE")
        yield other
        other.rollback()


def test_nothing_is_summed_up_while_an_earlier_row_may_still_come(
    caller: Caller, writer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_log.drain_lines()
    monkeypatch.setattr(usage_rollup, "PATIENCE_SECONDS", 0.05)
    assert usage_rollup.last_settled_id(CALLS) == 0
    assert usage_rollup.sum_up(Watermark.Source.CALLS) == 0
    assert not CallHour.objects.exists()


def test_it_goes_on_as_soon_as_the_writer_has_ended(caller: Caller, writer: Any) -> None:
    request_log.drain_lines()
    end = threading.Timer(0.2, writer.connection.rollback)
    end.start()
    assert usage_rollup.last_settled_id(CALLS) == SignedRequest.objects.latest("pk").pk
    end.join()


def test_writers_to_other_tables_are_not_waited_for(
    caller: Caller, writer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_rollup, "PATIENCE_SECONDS", 0.0)
    assert usage_rollup.last_settled_id("wallet_transaction") == Transaction.objects.latest("pk").pk


def test_the_job_sums_up_both_sources(caller: Caller) -> None:
    request_log.drain_lines()
    tasks.sum_up_usage()
    assert {mark.source: mark.upto for mark in Watermark.objects.all()} == {
        "calls": SignedRequest.objects.latest("pk").pk,
        "movements": Transaction.objects.latest("pk").pk,
        "gaming": Transaction.objects.latest("pk").pk,
        "books": 0,
    }
    assert sum(hour.calls for hour in CallHour.objects.all()) == 2
    assert [(hour.kind, hour.moves, hour.amount) for hour in MovementHour.objects.all()] == [("deposit", 1, 1_000_000)]


def test_a_long_backlog_is_left_for_the_next_time(caller: Caller) -> None:
    caller.bet()
    upto = Transaction.objects.latest("pk").pk
    Watermark.objects.filter(source="movements").update(upto=upto - 2)
    assert usage_rollup.sum_up(Watermark.Source.MOVEMENTS, at_once=1, most_batches=1) == 1
    assert usage_rollup.sum_up(Watermark.Source.MOVEMENTS, at_once=1) == 1


def test_a_mark_is_not_deleted(db: None) -> None:
    """Without it nobody could say which rows are summed up."""
    with pytest.raises(ProgrammingError, match="Cannot delete rows from wallet_mark"), as_superuser():
        Watermark.objects.all().delete()


# --- Rollbacks --------------------------------------------------------------------------------------------------------
Sums = list[tuple[str, int, int]]


def summed() -> Sums:
    return sorted(MovementHour.objects.values_list("kind", "moves", "amount"))


def everything_taken_back(caller: Caller) -> None:
    """In one moment: an hour that ends meanwhile would have sums of its own."""
    with clock.frozen_at(clock.now()):
        caller.bet(100_000, transactionId="bet")
        caller.payout("bet", 20_000)
        caller.payout("bet", 30_000, transactionId="payout")
        caller.rollback("payout", "bet", "bet")
        caller.reward(4_000, transactionId="reward")
        caller.deposit(500, transactionId="deposit")
        caller.withdraw(60, transactionId="withdraw")
        caller.rollback("reward", "deposit", "withdraw")


def test_a_rollback_is_summed_up_as_what_it_reverses(caller: Caller) -> None:
    everything_taken_back(caller)
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    assert [each for each in summed() if each[0].endswith("_back")] == [
        ("bet_back", 1, 100_000),
        ("deposit_back", 1, 500),
        ("payout_back", 2, 50_000),
        ("reward_back", 1, 4_000),
        ("withdraw_back", 1, 60),
    ]


def test_sums_of_before_are_told_apart_by_the_migration(caller: Caller) -> None:
    """And back again. The rows behind the mark are left to the job."""
    everything_taken_back(caller)
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    told_apart = summed()
    caller.bet(7, transactionId="later")
    caller.rollback("later")
    with as_superuser() as cursor:
        cursor.execute("ALTER TABLE wallet_movementhour DROP CONSTRAINT movement_hour_tells_rollbacks_apart")
        cursor.execute(TOLD_APART.BY_DIRECTION)
        assert [each for each in summed() if each[0].endswith("_back")] == [
            ("given_back", 2, 100_000 + 60),
            ("taken_back", 4, 50_000 + 4_000 + 500),
        ]
        cursor.execute(TOLD_APART.TOLD_APART)
    assert summed() == told_apart


def test_a_job_of_before_fails_instead_of_mixing_them(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    before = usage_rollup.MOVEMENTS.replace("o.kind || '_back'", "'given_back'")
    monkeypatch.setitem(usage_rollup.STEPS, Watermark.Source.MOVEMENTS, (before,))
    everything_taken_back(caller)
    with pytest.raises(IntegrityError, match="movement_hour_tells_rollbacks_apart"):
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
