"""What somebody with SQL as the application's role tries with the results of jobs: watermarks, and cases that close."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from merchants.models import Person
from merchants.services import chain, history
from portal.lib import clock
from tests.conftest import Caller
from tests.wallet.reconciliation.test_refused_payouts import compared, late, played
from tests.wallet.reconciling import Busy, case, reconcile, without
from wallet.models import Case, Transaction, Watermark
from wallet.services.log import request_log
from wallet.services.usage import usage_rollup

__all__ = ["late"]
pytestmark = pytest.mark.django_db
MOVES_ON = "a watermark moves on"
BY_PAYOUT = "closes by its payout"


def refused(statement: str, *parameters: Any, why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_the_role_of_these_tests_is_the_applications() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.APPLICATION_ROLE,)


@pytest.mark.parametrize(("source", "table"), usage_rollup.TABLES.items())
def test_a_watermark_moves_on_over_rows_that_are_there(caller: Caller, source: str, table: str) -> None:
    caller.deposit(100)
    request_log.drain_lines()
    usage_rollup.sum_up(Watermark.Source(source))
    upto = Watermark.objects.get(source=source).upto
    assert upto > 0
    move = "UPDATE wallet_mark SET upto = %s WHERE source = %s"
    refused(move, upto - 1, source, why=MOVES_ON)  # rows would be counted twice
    refused(move, upto + 1, source, why=MOVES_ON)  # a row that is to come would never be counted
    caller.deposit(100)
    request_log.drain_lines()
    usage_rollup.sum_up(Watermark.Source(source))
    assert Watermark.objects.get(source=source).upto > upto


def test_the_watermark_of_our_own_books_stays_within_the_ledger(caller: Caller) -> None:
    caller.deposit(100)
    newest = Transaction.objects.latest("pk").pk
    refused("UPDATE wallet_mark SET upto = %s WHERE source = 'books'", newest + 1, why=MOVES_ON)


@pytest.mark.parametrize("source", ["movements", "gaming"])
def test_rows_that_a_watermark_passed_over_are_named(caller: Caller, source: str) -> None:
    """That it may move on over rows that are there is the job's work; that they are in the sums, the ledger proves."""
    for _ in range(2):
        caller.deposit(1000)
        caller.bet(100)
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
        usage_rollup.sum_up(Watermark.Source.GAMING)
        assert chain.verify_history().holds
    caller.bet(100)
    newest = Transaction.objects.latest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wallet_mark SET upto = %s WHERE source = %s", [newest, source])
    tables = {
        "movements": ["wallet_movementhour"],
        "gaming": ["wallet_gameday", "wallet_playergamingday", "wallet_merchantgamingday"],
    }[source]
    findings = chain.verify_history().findings
    assert [finding.table for finding in findings] == tables
    assert "A watermark was moved past entries" in findings[0].sentence


CLOSED = "SET state = 'resolved', resolution = 'found_late', resolved_at = now(), resolved_by_id = NULL"


def test_money_owed_to_a_player_closes_by_its_payout_and_by_nobodys_word(late: Busy) -> None:
    compared(late, late.lines())
    owed = case(late.merchant, "owed", "late-win")
    refused(f"UPDATE wallet_case {CLOSED} WHERE id = %s", owed.pk, why=BY_PAYOUT)
    refused(f"UPDATE wallet_case {CLOSED}, kind = 'amount' WHERE id = %s", owed.pk, why="Cannot update")
    refused("UPDATE wallet_case SET subject = 'another' WHERE id = %s", owed.pk, why="Cannot update")


def test_its_payout_closes_it(late: Busy) -> None:
    compared(late, late.lines())
    played(late, "late-win")
    reconcile(late.merchant)
    late_win = Case.objects.get(merchant=late.merchant, kind="owed", subject="late-win")
    assert (late_win.state, late_win.resolution, late_win.resolved_by) == ("resolved", "found_late", None)


def test_no_case_begins_as_one_that_people_closed(late: Busy, support: Person) -> None:
    """Else the loss of tomorrow would be written off today, and its comparison would believe it."""
    compared(late, late.lines())
    begun = case(late.merchant, "owed", "late-win")
    begun.pk, begun.subject = None, "another"
    begun.state, begun.resolution, begun.resolved_at, begun.resolved_by = "resolved", "theirs", clock.now(), support
    with pytest.raises(DatabaseError, match="Cannot insert"), transaction.atomic():
        begun.save(force_insert=True)


AMOUNT = "UPDATE wallet_case SET state = 'resolved', resolution = 'corrected', resolved_at = now() WHERE id = %s"


def test_a_case_that_no_comparison_closed_is_named(late: Busy) -> None:
    """Its closing says that a job found the break gone; only the portal can prove that one did."""
    with history.act_as(door="job reconcile"):
        compared(late, without(late.lines(), "win"))
    gone = Case.objects.filter(subject="win").first()
    assert gone is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")  # as in a transaction of its own
        cursor.execute(AMOUNT, [gone.pk])
    assert any("names a job as its author without proof" in each.sentence for each in chain.verify_history().findings)


def test_what_a_comparison_closes_is_proven(late: Busy) -> None:
    with history.act_as(door="job reconcile"):
        compared(late, without(late.lines(), "win"))
        compared(late, late.lines())
    assert Case.objects.filter(state="resolved", resolved_by=None).exists()
    assert chain.verify_history().holds
