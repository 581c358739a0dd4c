"""Settlement statements on the pages: what operators see and confirm, what staff prepare and sign off."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from merchants.models import Download, Merchant, Person
from portal.lib import clock
from tests.pages import opened, send, submit
from tests.people import colleague, signed_in
from tests.wallet.closing_months import MARCH, PDF, REASON, after, closed, machine, play, prepared, reconciled
from tests.wallet.reconciling import DATE
from wallet.models import Invoice, Settlement, SettlementConfirmation
from wallet.reconciliation.closing import settlements

HERE = "/operator/acme/reconciliation/"
STAFF = "/admin/wallet/settlement/"
FIELDS = [field for field in Invoice._meta.concrete_fields if not field.primary_key]


@pytest.fixture
def second(db: None) -> Person:
    return colleague("second@oppi.test")


@pytest.fixture
def played(acme: Merchant) -> Merchant:
    play(machine(acme), DATE, stake=1_000_000, win=250_000, name="won")
    return acme


@pytest.fixture
def march(played: Merchant, support: Person, second: Person) -> Settlement:
    return closed(played, MARCH, support, second)


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return unescape(response.content.decode())


def invoice(**fields: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("march.pdf", PDF, "application/pdf")
    return {"number": "R-17", "basis": "ggr", "file": file, "total_EUR": "7.50"} | fields


def test_operators_read_confirm_and_compare_a_statement(client: Client, owner: Person, march: Settlement) -> None:
    signed_in(client, owner)
    assert "March 2026" in read(client, f"{HERE}settlements/")
    here = f"{HERE}settlements/{march.pk}/"
    page = read(client, here)
    for words in ("7.50", "992.50", REASON, "support@oppi.test", "second@oppi.test", "waiting for confirmation"):
        assert words in page, words
    assert send(client, f"{here}confirm/").status_code == 302
    assert SettlementConfirmation.objects.get().by == owner
    assert send(client, f"{here}invoice/", **invoice()).status_code == 302
    assert "Merchant: R-17" in (page := read(client, here))
    assert "agrees" in page
    assert "Confirmed by" in page
    assert send(client, f"{here}invoice/", **invoice(total_EUR="-4.8", number="R-18")).status_code == 302
    assert "differs by EUR 12.30" in read(client, here)
    assert Invoice.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"total_EUR": "50,00"}, "Write the amount with a dot: 50.00."),
        ({"total_EUR": "1,234"}, "can mean 1234 or 1.234"),
        ({"total_EUR": "9" * 20}, "such as 50.00"),
        ({"total_EUR": ""}, "The invoice has no total"),
        ({"other_currency": "EUR", "other_total": "1"}, "EUR has its own field above"),
        ({"other_currency": "USD"}, "Enter both the currency and its total"),
        ({"other_currency": "$", "other_total": "1"}, "Enter the code of the currency"),
        ({"file": SimpleUploadedFile("a.pdf", b"MZ\0")}, "neither a PDF nor a CSV"),
    ],
)
def test_an_invoice_that_may_mean_two_things_is_refused(
    client: Client, owner: Person, march: Settlement, fields: dict[str, Any], words: str
) -> None:
    response = send(signed_in(client, owner), f"{HERE}settlements/{march.pk}/invoice/", **invoice(**fields))
    assert words in unescape(response.content.decode())
    assert not Invoice.objects.exists()


def test_a_draft_is_not_the_operators_yet(client: Client, owner: Person, played: Merchant, support: Person) -> None:
    draft = prepared(played, MARCH, support)
    signed_in(client, owner)
    for page in ("", "pdf/", "csv/", "confirm/", "invoice/"):
        assert client.get(f"{HERE}settlements/{draft.pk}/{page}").status_code == 404
    assert "March 2026" not in read(client, f"{HERE}settlements/")


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv"])
def test_a_file_of_a_statement_is_on_the_record(client: Client, viewer: Person, march: Settlement, kind: str) -> None:
    response = signed_in(client, viewer).get(f"{HERE}settlements/{march.pk}/{kind}/")
    assert response.status_code == 200
    assert response["content-disposition"] == f'attachment; filename="acme-settlement-202603.{kind}"'
    download = Download.objects.get()
    assert (download.what, download.person) == (f"acme-settlement-202603.{kind}", viewer)
    stale = signed_in(Client(), viewer, proved_at=clock.now() - timedelta(hours=1))
    assert stale.get(f"{HERE}settlements/{march.pk}/{kind}/").status_code == 302


def test_staff_prepare_and_another_signs_off(client: Client, played: Merchant, support: Person, second: Person) -> None:
    first, other = signed_in(client, support), signed_in(Client(), second)
    told = {"merchant": played.pk, "month": "2026-03", "reason": ""}
    with clock.frozen_at(after(played, MARCH)):
        signed_in(first, support, proved_at=clock.now())
        refused = submit(first, f"{STAFF}prepare/", told)
        assert "31 days are not reconciled." in unescape(refused.content.decode())
        reconciled(played, MARCH)
        address = submit(first, f"{STAFF}prepare/", told)["location"]
        assert "being prepared" in read(first, address)
        settlement = Settlement.objects.get()
        settlements.prepare_statement(settlement.pk)
        assert "Draft prepared by support@oppi.test" in read(first, address)
        submit(first, f"{STAFF}{settlement.pk}/sign_off/", {})
        settlement.refresh_from_db()
        assert settlement.state == Settlement.State.PREPARED
        signed_in(other, second, proved_at=clock.now())
        submit(other, f"{STAFF}{settlement.pk}/sign_off/", {})
    settlement.refresh_from_db()
    assert (settlement.state, settlement.signed_by) == (Settlement.State.SIGNED, second)
    assert "Signed off" in read(signed_in(first, support), STAFF)


@pytest.mark.parametrize("of", ["merchant", "provider"])
def test_an_invoice_that_is_sent_twice_is_stored_once(
    client: Client, owner: Person, support: Person, march: Settlement, of: str
) -> None:
    """A second invoice of the issuer counts in place of the first: a double click may not make one."""
    by, page = {
        "merchant": (owner, f"{HERE}settlements/{march.pk}/invoice/"),
        "provider": (support, f"{STAFF}{march.pk}/upload_invoice/"),
    }[of]
    known = opened(signed_in(client, by), page)
    assert client.post(page, known | invoice()).status_code == 302
    again = client.post(page, known | invoice(number="R-18"))
    assert again.status_code == 409
    assert "This form was already sent" in " ".join(again.content.decode().split())
    assert client.post(page, invoice(number="R-19")).status_code == 409, "no token, so no page that asked"
    assert [(each.issuer, each.number) for each in Invoice.objects.all()] == [(of, "R-17")]


def test_the_newest_invoice_is_not_stored_again(client: Client, owner: Person, march: Settlement) -> None:
    page = f"{HERE}settlements/{march.pk}/invoice/"
    assert send(signed_in(client, owner), page, **invoice()).status_code == 302
    assert "Invoice R-17 is already stored" in unescape(send(client, page, **invoice()).content.decode())
    [stored] = Invoice.objects.all()
    with pytest.raises(IntegrityError, match="stored already"), transaction.atomic():
        Invoice.objects.create(**{field.name: getattr(stored, field.name) for field in FIELDS})
    for corrected in ({"total_EUR": "7.51"}, {}):  # and the first one again, when another counted in between
        assert send(client, page, **invoice(**corrected)).status_code == 302
    assert Invoice.objects.count() == 3


def test_staff_upload_the_providers_invoice_and_take_it(client: Client, played: Merchant, support: Person) -> None:
    draft = prepared(played, MARCH, support)
    signed_in(client, support)
    assert send(client, f"{STAFF}{draft.pk}/upload_invoice/", **invoice()).status_code == 302
    page = read(client, f"{STAFF}{draft.pk}/change/")
    assert "Provider" in page
    assert "agrees" in page
    taken = client.get(f"{STAFF}{draft.pk}/provider_invoice/")
    assert taken.content == PDF
    assert taken["content-disposition"] == 'attachment; filename="march.pdf"'
    assert client.get(f"{STAFF}{draft.pk}/merchant_invoice/").status_code == 404
    assert client.get(f"{STAFF}{draft.pk}/pdf/").content.startswith(b"%PDF-")
    send(client, f"{STAFF}{draft.pk}/withdraw/", reason="counted\nagain")
    draft.refresh_from_db()
    assert (draft.state, draft.withdrawal) == (Settlement.State.WITHDRAWN, "counted again")
