"""The form in which it is stated how a file is read: built anew from what was just stated."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from merchants.models import Merchant, Person
from tests import factories
from tests.pages import said
from tests.people import signed_in
from tests.wallet.pages.test_operator_reconciliation import chosen, stated
from tests.wallet.reconciling import rows_of
from wallet.models import ReconciliationPlan, Statement
from wallet.reconciliation.reading import presets
from wallet.reconciliation.reading.mapping import Mapping, from_json

HEADER = "Transaction;Type;Player;Currency;Amount;Time"
ROW = "t-1;bet;Zoë;EUR;1.234,50;9.3.2026 9:05"


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


@pytest.fixture
def at_work(client: Client, acme: Merchant) -> Client:
    manager: Person = factories.member(acme, "manager", email="manager@acme.test")
    return signed_in(client, manager)


def again(client: Client, seen: Any, do: str = "look", **fields: Any) -> Any:
    return client.post(seen.wsgi_request.path, stated(seen, do, **fields))


def offered(seen: Any) -> set[str]:
    """The columns that can be chosen."""
    return {value for value, _ in seen.context["form"].fields["column_amount"].choices if value}


def sent(client: Client, seen: Any) -> Statement:
    assert seen.context["seen"].can_be_read, said(seen)
    assert again(client, seen, "send").status_code == 302
    return Statement.objects.latest("pk")


def test_an_encoding_is_suggested_shown_and_changeable(at_work: Client) -> None:
    seen = chosen(at_work, f"{HEADER}\n{ROW}\n".encode("cp1252"))
    assert seen.context["form"]["encoding"].value() == "cp1252"
    assert offered(seen) == set(HEADER.split(";"))
    assert "Zoë" in said(seen)
    wrong = again(at_work, seen, encoding="utf-8", amounts="decimal_comma", thousands="point")
    assert "not UTF-8" in said(wrong)
    assert offered(wrong) == set(HEADER.split(";"))
    right = again(
        at_work, wrong, encoding="cp1252", amounts="decimal_comma", thousands="point", times="dmy", zone="Europe/Vienna"
    )
    statement = sent(at_work, right)
    [row] = rows_of(statement)
    assert (row.player_id, row.amount, row.at.isoformat()) == ("Zoë", 123_450_000, "2026-03-09T08:05:00+00:00")
    assert ReconciliationPlan.objects.get().mapping["encoding"] == "cp1252"


def summed_up() -> bytes:
    """A workbook whose first sheet calculates."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        first = book.add_worksheet("Summary")
        first.write_row(0, 0, ["Total", "of the day"])
        day = book.add_worksheet("Transactions")
        day.write_row(0, 0, HEADER.split(";"))
        day.write_row(1, 0, ["t-1", "bet", "ada", "EUR", 12.5])
        book.add_worksheet("Old").hide()
    return file.getvalue()


def test_the_columns_are_those_of_the_sheet_that_was_just_stated(at_work: Client) -> None:
    seen = chosen(at_work, summed_up(), name="day.xlsx")
    assert offered(seen) == {"Total", "of the day"}
    assert "Sheets of the workbook: Summary, Transactions, Old (hidden)" in said(seen).replace("<bdi>", "").replace(
        "</bdi>", ""
    )
    named = again(at_work, seen, sheet="Transactions", amounts="decimal_point")
    assert offered(named) == set(HEADER.split(";"))
    assert named.context["form"]["column_transaction_id"].value() == "Transaction"
    [row] = rows_of(sent(at_work, named))
    assert (row.transaction_id, row.amount) == ("t-1", 1_250_000)


def test_a_preset_fills_in_the_form_and_is_looked_at_before_anything_is_sent(at_work: Client) -> None:
    seen = chosen(at_work, f"{HEADER}\n{ROW}\n".encode())
    filled = again(at_work, seen, "send", preset="sheet_eu", zone="Europe/Vienna")
    form = filled.context["form"]
    names = ("amounts", "thousands", "times", "preset")
    assert [form[name].value() for name in names] == ["decimal_comma", "point", "dmy", ""]
    assert not Statement.objects.exists()
    assert [row.amount for row in rows_of(sent(at_work, filled))] == [123_450_000]


def test_rows_that_are_left_out_are_counted(at_work: Client) -> None:
    content = f"{HEADER}\n{ROW}\nc-1;Cash in;ada;EUR;5,00;\n".encode()
    seen = again(
        at_work, chosen(at_work, content), preset="sheet_eu", zone="Europe/Vienna", ignored_kinds="cash in, fee"
    )
    assert not seen.context["seen"].can_be_read  # the preset says all that it says
    seen = again(at_work, seen, ignored_kinds="cash in, fee")
    assert "1 row is skipped, as configured." in said(seen)
    assert [row.transaction_id for row in rows_of(sent(at_work, seen))] == ["t-1"]


def test_what_cannot_be_stated_is_refused_in_the_form(at_work: Client) -> None:
    seen = chosen(at_work, f"{HEADER}\n{ROW}\n".encode())
    refused = again(at_work, seen, amounts="decimal_comma", thousands="comma")
    assert "The same character cannot separate thousands and decimals." in said(refused)


# --- Shapes that are public -------------------------------------------------------------------------------------------
SETTLEMENT = """\
Company Account,Merchant Account,Psp Reference,Merchant Reference,Shopper Reference,Creation Date,TimeZone,Type,\
Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency
Acme,AcmeEU,8835,dep-1,ada,2026-03-10 11:00:00,CET,Settled,EUR,,1250.50,EUR
Acme,AcmeEU,8836,out-1,bob,2026-03-10 12:00:00,CET,Refunded,EUR,20.00,,EUR
Acme,AcmeEU,8837,,,2026-03-10 13:00:00,CET,Fee,EUR,0.10,,EUR
"""
CENTS = """\
{"transaction_id": "t-1", "type": "bet", "user_id": "ada", "currency": "eur", "amount": -1250, "time": 1773140700000}
"""
SHEET = """\
Tagesbericht;;;;;
Datum: 10.03.2026;;;;;
Id;Type;Player;Currency;Amount;Date
t-1;bet;ada;EUR;-1.234,50 €;10.3.2026 09:05
t-2;payout;ada;EUR;0,10 €;10.3.2026 9:06:01
"""
SHAPES = [
    ("adyen_settlement", SETTLEMENT, {}, [("dep-1", "deposit", 125_050_000), ("out-1", "withdraw", 2_000_000)]),
    ("wallet_cents", CENTS, {}, [("t-1", "bet", 1_250_000)]),
    ("sheet_eu", SHEET, {"zone": "Europe/Vienna"}, [("t-1", "bet", 123_450_000), ("t-2", "payout", 10_000)]),
]


@pytest.mark.parametrize(("preset", "content", "more", "rows"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_a_public_shape_is_read_with_its_preset(
    at_work: Client, preset: str, content: str, more: dict[str, str], rows: list[Any]
) -> None:
    seen = again(at_work, chosen(at_work, content.encode("cp1252")), preset=preset, **more)
    found = [(row.transaction_id, row.kind, row.amount) for row in rows_of(sent(at_work, seen))]
    assert found == rows


@pytest.mark.parametrize("preset", presets.PRESETS, ids=lambda preset: preset.key)
def test_each_preset_is_a_mapping(preset: presets.Preset) -> None:
    headers = list(preset.columns.values()) or HEADER.split(";")
    mapping = presets.apply_preset(preset.key, Mapping(), headers)
    assert from_json(mapping.as_json()) == mapping
    assert set(preset.columns.values()) <= set(mapping.columns.values())
    assert mapping.amounts
