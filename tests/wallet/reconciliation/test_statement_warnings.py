"""A file of another day or another book is said to be one before it is sent; a machine's is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from merchants.models import Merchant
from portal.lib import clock
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, Busy, Line
from wallet.models import Statement
from wallet.reconciliation import statement_warnings, statements
from wallet.reconciliation.days import DAY, day_of

COLUMNS = ("transaction_id", "kind", "player_id", "currency", "amount")
UNITS = {"columns": {name: name for name in COLUMNS}, "amounts": "units"}


def written(lines: list[Line], *more: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([*COLUMNS, *more])
    rows.writerows([getattr(line, name) for name in (*COLUMNS, *more)] for line in lines)
    return text.getvalue().encode()


def warnings(busy: Busy, change: Callable[[str], str], **how: Any) -> str:
    lines = [replace(line, transaction_id=change(line.transaction_id)) for line in busy.lines()]
    how = {"day": DATE} | how
    seen = statements.preview_file(
        merchant=busy.merchant, name="day.csv", content=io.BytesIO(written(lines)), mapping=UNITS, **how
    )
    assert seen.can_be_read
    return " ".join(seen.warnings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (str, []),
        (lambda name: f"{name} ", ["None of the 12 ids is known", "only by spaces", "12 ids have a space before or"]),
        (lambda name: f"\u00a0{name}", ["None of the 12 ids is known", "only by spaces"]),
        (str.upper, ["None of the 12 ids is known", "upper case: the file has “", "12 ids differ from our ids"]),
        (lambda name: f"000{name}", ["None of the 12 ids is known", "leading zeros"]),
        (lambda name: f"other-{name}", ["None of the 12 ids is known. One of them is “other-"]),
        (lambda name: name if name in {"won", "lost"} else f"x{name}", ["Only 2 of the 12 ids are known"]),
        (
            lambda name: "1,23457E+15" if name == "won" else name,
            ["1 id looks shortened by a spreadsheet, such as “1,2"],
        ),
    ],
)
def test_ids_that_nobody_knows_are_said_before_the_file_is_sent(
    busy: Busy, change: Callable[[str], str], said: list[str]
) -> None:
    found = warnings(busy, change)
    assert all(each in found for each in said), found
    assert bool(found) == bool(said)


def test_a_file_whose_ids_a_spreadsheet_has_shortened_is_said_to_be_one(busy: Busy) -> None:
    """Both of its rows have one id now."""
    headers = dict(zip(COLUMNS, ("Transaction", "Type", "Player", "Currency", "Amount"), strict=True))
    mapping = {"columns": headers, "amounts": "decimal_comma", "kinds": {"stake": "bet"}}
    content = io.BytesIO((Path(__file__).parent / "cases" / "statements" / "st-scientific-ids.csv").read_bytes())
    seen = statements.preview_file(merchant=busy.merchant, name="", content=content, mapping=mapping, day=DATE)
    assert seen.can_be_read
    assert seen.warnings[0] == "The only id is not known: “1,23457E+15”."
    assert "1 id looks shortened by a spreadsheet, such as “1,23457E+15”" in " ".join(seen.warnings)


def test_a_file_of_another_day_is_said_to_be_one(busy: Busy) -> None:
    found = warnings(busy, str, day=DATE + DAY)
    assert found == f"Most of the known ids belong to {DATE}, not to {DATE + DAY}. Check the day."


def test_times_say_the_day_where_no_id_is_known(busy: Busy) -> None:
    lines = [replace(line, transaction_id=f"x-{line.transaction_id}") for line in busy.lines()]
    how = {"columns": {**UNITS["columns"], "at": "at"}, "amounts": "units"}  # type: ignore[dict-item]
    content = io.BytesIO(written(lines, "at"))
    seen = statements.preview_file(merchant=busy.merchant, name="", content=content, mapping=how, day=DATE - DAY)
    assert seen.warnings == [f"Most of the times belong to {DATE}, not to {DATE - DAY}. Check the day."]


def sent(merchant: Merchant, lines: list[Line], source: str) -> Statement:
    with clock.frozen_at(day_of(merchant, DATE).ready + timedelta(hours=1)):
        statement = statements.receive_statement(
            merchant=merchant, day=DATE, name="", content=io.BytesIO(written(lines)), source=source, mapping=UNITS
        )
        return statements.read_statement(statement=statement)


@pytest.mark.parametrize(("source", "state"), [("api", "refused"), ("pull", "refused"), ("upload", "read")])
def test_a_machines_file_of_another_book_is_refused_and_a_persons_is_believed(
    busy: Busy, monkeypatch: pytest.MonkeyPatch, source: str, state: str
) -> None:
    monkeypatch.setattr(statement_warnings, "FEW", 10)
    Merchant.objects.update(created_at=day_of(busy.merchant, DATE).begin - DAY)
    busy.merchant.refresh_from_db()
    lines = [replace(line, transaction_id=f"{line.transaction_id} ") for line in busy.lines()]
    statement = sent(busy.merchant, lines, source)
    assert statement.state == state
    said = [fault["text"] for fault in statement.faults] or statement.warnings
    assert said[0].startswith("None of the 12 ids is known.")
    assert sent(busy.merchant, busy.lines(), source).is_current


def test_only_the_first_rows_are_looked_at(busy: Busy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_warnings, "SAMPLE", 3)
    assert warnings(busy, lambda name: f"x{name}").startswith("None of the 3 ids is known")
    assert reconciling.breaks(busy.merchant) == set()
