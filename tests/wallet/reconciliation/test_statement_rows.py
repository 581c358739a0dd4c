"""A statement's rows are a reading of its file: gone, they come again, and only from the file that was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.wallet.reconciling import (
    DATE,
    Busy,
    Line,
    breaks,
    day,
    reconcile,
    rows_of,
    state,
    without,
)
from wallet.models import Reconciliation, Statement
from wallet.models.statement import private_files
from wallet.reconciliation import statement_rows

DAY, MORNING = timedelta(days=1), timedelta(hours=9)
KEPT = timedelta(days=4)  # STATEMENT_TABLE_DAYS


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def dropped(statement: Statement) -> None:
    sql(f"DROP TABLE statements.raw_{statement.pk} CASCADE")


def emptied(statement: Statement) -> None:
    """As the server leaves it after a crash."""
    sql(f"TRUNCATE statements.raw_{statement.pk}")


@pytest.mark.parametrize("lose", [dropped, emptied])
def test_rows_that_are_gone_are_read_again(busy: Busy, lose: object) -> None:
    statement = state(busy.merchant, without(busy.lines(), "win"))
    before = rows_of(statement)
    lose(statement)  # type: ignore[operator]
    reconcile(busy.merchant)
    assert breaks(busy.merchant) == {("missing_there", "win")}
    assert rows_of(statement) == before


def test_so_are_those_of_the_day_beside(busy: Busy) -> None:
    lines = busy.lines()
    beside = state(busy.merchant, [line for line in lines if line.transaction_id == "win"], DATE + DAY)
    state(busy.merchant, without(lines, "win"))
    dropped(beside)
    reconcile(busy.merchant)
    assert rows_of(beside)


def test_a_file_that_is_not_the_one_that_came_is_not_read(busy: Busy) -> None:
    statement = state(busy.merchant, busy.lines())
    with private_files().open(str(statement.file.name), "ab") as file:
        file.write(b"theirs,bet,player-1,EUR,5,")
    dropped(statement)
    with pytest.raises(statement_rows.StatementChanged):
        reconcile(busy.merchant)
    run = Reconciliation.objects.get(merchant=busy.merchant)
    assert (run.state, run.fault) == ("failed", f"StatementChanged: {statement.number}")


def test_rows_are_kept_for_some_days(busy: Busy) -> None:
    statement = state(busy.merchant, busy.lines())
    ready = day(busy.merchant).ready
    assert statement_rows.drop_old_rows(ready + KEPT - MORNING) == 0
    assert rows_of(statement)
    assert statement_rows.drop_old_rows(ready + KEPT + MORNING) == 1
    assert not rows_of(statement)
    assert reconcile(busy.merchant, after=KEPT).outcome == "clear"


def test_a_refused_file_leaves_no_table(busy: Busy) -> None:
    with pytest.raises(AssertionError):
        state(busy.merchant, [*busy.lines(), Line("t", "gift", "player-1", "EUR", 5)])
    assert statement_rows.drop_old_rows(day(busy.merchant).ready + 2 * KEPT) == 0
