"""What an operator's file can carry, shown as it is and obeyed by nobody; and what of a rival's is not there."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from merchants.models import Game, Merchant
from portal.lib import tables
from tests import factories
from tests.people import signed_in
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, Busy, Line, Told
from wallet.models import CaseNote, Statement

HERE = "/operator/acme/reconciliation/"
DAY = f"{HERE}{DATE}/"
MARKUP = "<script>alert(1)</script><b>\"'"
FORMULAS = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\uff1d1+1")


@pytest.fixture
def busy(acme: Merchant, game: Game) -> Busy:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    with reconciling.at(acme, timedelta(0)):
        machine = Told(acme, factories.signer(acme), game)
    return reconciling.busy_day(machine)


def member(merchant: Merchant, role: str) -> Client:
    return signed_in(Client(), factories.member(merchant, role, email=f"{role}@{merchant.code}.test"))


def told(merchant: Merchant, *lines: Line) -> None:
    reconciling.state(merchant, [*reconciling.ledger_lines(merchant), *lines])
    reconciling.reconcile(merchant)


def test_markup_in_ids_is_shown_and_not_obeyed(busy: Busy) -> None:
    stray = Line(MARKUP, "bet", MARKUP, "EUR", 5, game_id=MARKUP, ref_transaction_id=MARKUP)
    told(busy.merchant, stray, replace(stray, transaction_id=f"{MARKUP}2"))
    case = reconciling.case(busy.merchant, "missing_here", MARKUP)
    client = member(busy.merchant, "viewer")
    for path in (f"{HERE}cases/{case.pk}/", DAY, f"{HERE}cases/", HERE):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;alert(1)" in client.get(f"{HERE}cases/{case.pk}/").content.decode()


def test_formulas_are_words_in_both_files(busy: Busy) -> None:
    told(busy.merchant, *(Line(each, "bet", each, "EUR", 5, game_id=each) for each in FORMULAS))
    client = member(busy.merchant, "viewer")
    csv_: Any = client.get(f"{DAY}csv/")
    xlsx: Any = client.get(f"{DAY}xlsx/")
    text = b"".join(csv_.streaming_content).decode().removeprefix("\ufeff")
    sheet = CalamineWorkbook.from_filelike(BytesIO(b"".join(xlsx.streaming_content))).get_sheet_by_index(0)
    rows: list[Any] = [*tables_of(text), *sheet.to_python()]
    cells = [str(cell) for row in rows for cell in row]
    for formula in FORMULAS:
        assert tables.cell(formula) != formula
        assert tables.cell(formula) in cells
        assert formula not in cells


def tables_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1999-12-31", "3000-01-01", "2026-02-30"])
@pytest.mark.parametrize("page", ["", "csv/", "compare/"])
def test_a_day_beyond_all_years_is_not_there(busy: Busy, day: str, page: str) -> None:
    assert member(busy.merchant, "manager").get(f"{HERE}{day}/{page}").status_code == 404


def test_a_rivals_draft_statement_case_and_report_are_not_there(busy: Busy, rival: Merchant) -> None:
    told(busy.merchant, Line("stray", "bet", "player-1", "EUR", 5))
    case, statement = reconciling.case(busy.merchant, "missing_here", "stray"), Statement.objects.get()
    sent = member(busy.merchant, "manager").post(
        f"{HERE}statements/new/", {"day": str(DATE), "file": SimpleUploadedFile("day.csv", b"a,b\n1,2\n")}
    )
    draft = sent["location"]
    stranger, there = member(rival, "owner"), HERE.replace("acme", "rival")
    for path in (f"cases/{case.pk}/", f"cases/{case.pk}/comment/", f"statements/{statement.number}/"):
        assert stranger.get(f"{HERE}{path}").status_code == 404
        assert stranger.get(f"{there}{path}").status_code == 404
    assert stranger.get(draft).status_code == 404
    assert stranger.get(draft.replace("acme", "rival"))["location"] == f"{there}statements/new/"
    assert "stray" not in stranger.get(f"{there}cases/").content.decode()


def test_a_viewer_writes_nothing(busy: Busy) -> None:
    told(busy.merchant, Line("stray", "bet", "player-1", "EUR", 5))
    case, client = reconciling.case(busy.merchant, "missing_here", "stray"), member(busy.merchant, "viewer")
    file = SimpleUploadedFile("day.csv", b"a,b\n1,2\n")
    assert client.post(f"{HERE}cases/{case.pk}/comment/", {"text": "Hello."}).status_code == 403
    assert client.post(f"{HERE}statements/new/", {"day": str(DATE), "file": file}).status_code == 403
    assert not CaseNote.objects.exists()
    assert Statement.objects.count() == 1
