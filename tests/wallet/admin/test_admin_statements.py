"""Staff read statements, and upload one for a merchant after they have looked at what it says."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from portal.lib import clock
from tests.pages import submit
from tests.people import signed_in
from tests.wallet import reconciling
from wallet.models import ReconciliationPlan, Statement
from wallet.reconciliation import planning, statements

LIST = "/admin/wallet/statement/"
FILE = b"txid,type,player,currency,amount\r\nt1,bet,p1,EUR,12.50\r\nt2,win,p1,EUR,20.00\r\n"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def opened(acme: Merchant) -> Merchant:
    """Long enough ago to have a yesterday."""
    Merchant.objects.filter(pk=acme.pk).update(created_at=clock.now() - timedelta(days=10))
    return acme


def yesterday() -> str:
    return f"{clock.now() - timedelta(days=1):%Y-%m-%d}"


def draft(client: Client, merchant: Merchant, content: bytes = FILE, day: str = "") -> Any:
    said = {"merchant": merchant.pk, "day": day or yesterday(), "file": SimpleUploadedFile("day.csv", content)}
    return client.post(f"{LIST}upload/", said)


def words(response: Any) -> str:
    return unescape(response.content.decode())


def test_a_file_is_looked_at_stated_sent_and_read(staff: Client, opened: Merchant, support: Person) -> None:
    way = draft(staff, opened)["location"]
    looked = staff.get(way)
    assert "whole units (real amount × 100000), or decimals" in words(looked)
    assert not Statement.objects.exists()
    said = {f"column_{name}": header for name, header in looked.context["seen"].mapping.columns.items()}
    said |= {"grain": "rows", "amounts": "decimal_point"}
    again = submit(staff, way, said | {"do": "look"})
    assert again.context["seen"].can_be_read
    assert "20.00" in words(again)
    assert not Statement.objects.exists()
    sent = submit(staff, way, said | {"do": "send", "seen": again.context["mark"]})
    statement = Statement.objects.get()
    assert sent["location"] == f"{LIST}{statement.pk}/change/"
    assert (statement.state, statement.rows, statement.by, statement.is_current) == ("read", 2, support, True)
    assert ReconciliationPlan.objects.get().mapping["amounts"] == "decimal_point"
    page = words(staff.get(sent["location"]))
    assert "12.50" in page
    assert "current" in page
    assert staff.get(way)["location"] == f"{LIST}upload/"  # it was sent


def test_what_is_stated_otherwise_is_looked_at_before_it_is_sent(staff: Client, opened: Merchant) -> None:
    """The plan says units, and the page 0.0125: 1250.00 was never on it."""
    columns = {"transaction_id": "txid", "kind": "type", "player_id": "player", "currency": "currency"}
    columns["amount"] = "amount"
    planning.keep_mapping(merchant=opened, mapping={"columns": columns, "amounts": "units"})
    way = draft(staff, opened, b"txid,type,player,currency,amount\r\nt1,bet,p1,EUR,1250\r\n")["location"]
    seen = staff.get(way)
    said = {f"column_{name}": header for name, header in columns.items()} | {"grain": "rows"}
    said |= {"amounts": "decimal_point", "do": "send"}
    submit(staff, way, said)
    again = submit(staff, way, said | {"seen": seen.context["mark"]})
    assert not Statement.objects.exists()
    assert f'value="{again.context["mark"]}"' in words(again)
    submit(staff, way, said | {"seen": again.context["mark"]})
    assert Statement.objects.get().mapping["amounts"] == "decimal_point"


def test_a_mapping_is_kept_with_what_was_sent_or_not_at_all(
    staff: Client, opened: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = draft(staff, opened)["location"]
    columns = staff.get(way).context["seen"].mapping.columns
    said = {f"column_{name}": header for name, header in columns.items()} | {"grain": "rows"}
    said |= {"amounts": "decimal_point"}
    again = submit(staff, way, said | {"do": "look"})

    def refused(**_: Any) -> None:
        raise Refusal("Not now.")

    monkeypatch.setattr(statements, "receive_statement", refused)
    assert "Not now." in words(submit(staff, way, said | {"do": "send", "seen": again.context["mark"]}))
    assert not ReconciliationPlan.objects.exists()


def test_a_file_in_another_encoding_is_stated_and_read(staff: Client, opened: Merchant) -> None:
    content = "Konto;Art;Spieler;Währung;Betrag\nt1;bet;Zoë;EUR;1.234,50\n".encode("cp1252")
    way = draft(staff, opened, content)["location"]
    form = staff.get(way).context["form"]
    assert form["encoding"].value() == "cp1252"
    names = {
        "transaction_id": "Konto",
        "kind": "Art",
        "player_id": "Spieler",
        "currency": "Währung",
        "amount": "Betrag",
    }
    said = {f"column_{name}": header for name, header in names.items()}
    said |= {"grain": "rows", "encoding": "cp1252", "preset": "sheet_eu"}
    looked = submit(staff, way, said | {"do": "look"})
    assert looked.context["form"]["thousands"].value() == "point"
    shown = {name: looked.context["form"][name].value() for name in looked.context["form"].fields}
    staff.post(way, {name: value for name, value in shown.items() if value is not None} | {
        "do": "send", "seen": looked.context["mark"], "preset": "",
    })  # fmt: skip
    assert Statement.objects.get().totals == [{"currency": "EUR", "kind": "bet", "rows": 1, "amount": "123450000"}]


def test_how_amounts_are_written_is_never_guessed(staff: Client, opened: Merchant) -> None:
    way = draft(staff, opened)["location"]
    staff.post(way, {"grain": "rows", "amounts": "", "do": "send"})
    assert not Statement.objects.exists()


def test_another_file_is_chosen_instead(staff: Client, opened: Merchant) -> None:
    way = draft(staff, opened)["location"]
    assert staff.post(way, {"do": "drop"})["location"] == f"{LIST}upload/"
    assert staff.get(way)["location"] == f"{LIST}upload/"


def test_open_previews_are_listed_with_their_merchant(staff: Client, opened: Merchant, administrator: Person) -> None:
    way = draft(staff, opened)["location"]
    assert f'href="{way}"' in words(staff.get(f"{LIST}upload/"))
    assert way not in words(signed_in(Client(), administrator).get(f"{LIST}upload/"))
    staff.post(way, {"do": "drop"})
    assert way not in words(staff.get(f"{LIST}upload/"))


def test_a_scope_is_stated_with_the_file(staff: Client, opened: Merchant) -> None:
    said = {"merchant": opened.pk, "day": yesterday(), "file": SimpleUploadedFile("day.csv", FILE)}
    way = staff.post(f"{LIST}upload/", said | {"currencies": "eur", "part": "1/2"})["location"]
    assert "EUR; part 1 of 2" in words(staff.get(way))
    said["file"] = SimpleUploadedFile("day.csv", FILE)
    assert "is not a currency code" in words(staff.post(f"{LIST}upload/", said | {"currencies": "E€"}))


def test_a_day_that_is_not_over_is_refused(staff: Client, opened: Merchant) -> None:
    day_after_next = f"{clock.now() + timedelta(days=2):%Y-%m-%d}"
    assert "is not over yet" in words(draft(staff, opened, day=day_after_next))
    assert not Statement.objects.exists()


def test_an_empty_file_is_refused(staff: Client, opened: Merchant) -> None:
    assert "The file is empty." in words(draft(staff, opened, content=b""))


def test_a_draft_is_only_its_persons(staff: Client, opened: Merchant, administrator: Person) -> None:
    way = draft(staff, opened)["location"]
    assert signed_in(Client(), administrator).get(way)["location"] == f"{LIST}upload/"


def test_an_auditor_uploads_nothing(client: Client, opened: Merchant, auditor: Person) -> None:
    reader = signed_in(client, auditor)
    assert reader.get(f"{LIST}upload/").status_code == 403
    assert draft(reader, opened).status_code == 403
    assert reader.post(f"{LIST}upload/{opened.pk}/token/", {"do": "send"}).status_code == 403


def test_a_refused_statement_says_why_line_by_line(staff: Client, acme: Merchant) -> None:
    statement = reconciling.state(acme, [])
    faults = [{"line": 7, "text": "“NaN” is no amount."}]
    Statement.objects.update(state="refused", is_current=False, faults=faults, fault_count=120)
    page = words(staff.get(f"{LIST}{statement.pk}/change/"))
    assert "Line 7:" in page
    assert "“NaN” is no amount." in page
    assert "and 119 more" in page


@pytest.mark.parametrize(
    ("query", "found"), [({}, 2), ({"state__exact": "refused"}, 1), ({"day_from": "2027-01-01"}, 0)]
)
def test_statements_are_filtered(staff: Client, acme: Merchant, query: dict[str, str], found: int) -> None:
    reconciling.state(acme, [])
    Statement.objects.update(state="refused", is_current=False)
    reconciling.state(acme, [])
    assert len(staff.get(LIST, query).context["cl"].result_list) == found
