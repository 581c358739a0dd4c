"""Rounds and exports against callers and people who mean harm: what they send is shown as text, or not found."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from merchants.models import Membership, Merchant, Person
from merchants.services import keys
from tests import factories
from tests.conftest import Caller
from tests.pages import said, send, token
from tests.people import signed_in
from wallet.models import Export, Transaction
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter

ROUNDS = "/operator/acme/rounds/"
EXPORTS = "/operator/acme/exports/"
IDS = ["=1+1", "<b>bold</b>", "<r>x</r>", "\u202edetrevni", "🎰", "'; --", "%00", "é" * 255, "../../x", "a/b?c#d"]
HUGE = "9" * 400


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORT_FOLDER = tmp_path
    return tmp_path


@pytest.fixture
def at_work(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


@pytest.fixture
def at_rivals(client: Client, rival: Merchant) -> Client:
    return signed_in(client, factories.member(rival, "owner", email="o@rival.test"))


def fetched(client: Client, export: Export) -> str:
    response: Any = client.get(f"{EXPORTS}{export.pk}/file/")
    return b"".join(response.streaming_content).decode("utf-8-sig")


# --- Strange ids ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", IDS, ids=ascii)
def test_a_strange_id_is_found_and_shown_as_text(at_work: Client, acme: Merchant, caller: Caller, text: str) -> None:
    caller.player = text
    caller.deposit(1_000_000)
    caller.launch()
    assert caller.bet(100_000, transactionId="plain", roundId=text).body["status"] == "RS_OK"
    response: Any = at_work.post(ROUNDS, {"q": text}, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert "<b>bold" not in page
    assert "plain" in page
    assert "<bdi>plain</bdi></a>" in said(at_work.get(f"{ROUNDS}?player={quote(text, safe='')}"))
    assert at_work.get(f"{ROUNDS}{Transaction.objects.get(transaction_id='plain').pk}/").status_code == 200


# --- Strange addresses ------------------------------------------------------------------------------------------------
QUERIES = [
    "q=" + "x" * 5_000, "q=a&q=b", "q=%ED%A0%80", "q=%EF%BC%91", f"row={HUGE}&at=2026-01-01T00:00:00Z",
    "row=-1&at=2026-01-01T00:00:00Z", "row=1&at=0001-01-01T00:00:00%2B14:00", "row=1&at=9999-12-31T23:59:59-14:00",
    "row=%D9%A1&at=2026-01-01T00:00:00Z", "since=0001-01-01T00:00:00%2B14:00", "until=9999-12-31T23:59:59-14:00",
    "since=0001-01-01T00:00:00", "until=9999-12-31T23:59:59", "since=0999-01-01T00:00:00&state=open",
    "until=9999-12-31T23:59:59&state=open", "until=9999-12-31T23:59:59-14:00&state=open",
    f"least={HUGE}", "least=-1", "least=%D9%A1", "least=1e5",
    "currency=%DF%DF%DF%DF%DF%DF%DF%DF", "state=open&state=won",
    "player=" + "%F0%9F%8E%B0" * 255, "player=%ED%A0%80", "state=open&currency=%F0%9F%8E%B0",
    "since=2026-01-01T00:00:00&until=2025-01-01T00:00:00&state=open",
    f"row={HUGE}&at=2026-01-01T00:00:00Z&state=open", "row=1&at=9999-12-31T23:59:59-14:00&state=open",
]  # fmt: skip
OPEN_QUERIES = [
    "age=hour&age=older", f"age=hour&currency={'x' * 5_000}",
    "age=older&currency=EUR&row=1&at=0001-01-01T00:00:00%2B14:00", f"age=older&row={HUGE}&at=2026-01-01T00:00:00Z",
    "age=older&row=1&at=9999-12-31T23:59:59-14:00", "age=older&currency=%ED%A0%80",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_a_strange_address_of_the_list_is_answered(at_work: Client, caller: Caller, query: str) -> None:
    caller.bet(100_000)
    for path in (ROUNDS, f"{EXPORTS}new/"):
        response: Any = at_work.get(f"{path}?{query}", follow=True)
        assert response.status_code == 200


@pytest.mark.parametrize("query", OPEN_QUERIES)
def test_a_strange_address_of_what_is_open_is_answered(at_work: Client, caller: Caller, query: str) -> None:
    caller.bet(100_000)
    assert at_work.get(f"{ROUNDS}open/?{query}").status_code == 200


@pytest.mark.parametrize("number", ["0", HUGE, "9" * 19, "-1", "1.0", "%D9%A1", "1/../2"])
def test_a_number_that_no_row_can_have_is_not_found(at_work: Client, caller: Caller, number: str) -> None:
    caller.bet(100_000)
    addresses = [f"{ROUNDS}{number}/", f"{ROUNDS}play-money/{number}/"]
    addresses += [f"{EXPORTS}{number}/{verb}/" for verb in ("file", "cancel", "again")]
    assert {at_work.get(address).status_code for address in addresses} == {404}


def test_a_moment_of_another_zone_is_the_same_moment_on_the_next_page(at_work: Client, caller: Caller) -> None:
    caller.bet(100_000, transactionId="now")
    page: Any = at_work.get(f"{ROUNDS}?until=2026-03-01T05:00:00%2B05:00")
    assert page.context["said"] == "until=2026-03-01T00%3A00%3A00Z"
    assert "Until <bdi>1 Mar 2026, 00:00:00 UTC</bdi>" in said(page)


# --- Others' things ---------------------------------------------------------------------------------------------------
def test_no_door_of_an_export_opens_to_another_merchant(
    at_rivals: Client, caller: Caller, rival: Merchant, owner: Person, folder: Path
) -> None:
    export = exports.request_export(merchant=caller.merchant, by=owner, what="rounds", form="csv", wish=RoundFilter())
    for verb in ("cancel", "again", "file"):
        for code in ("rival", "acme"):
            assert at_rivals.post(f"/operator/{code}/exports/{export.pk}/{verb}/").status_code == 404
    export.refresh_from_db()
    assert (export.state, export.attempt, export.downloads) == (Export.State.WAITING, 0, 0)
    assert f"/{export.pk}/" not in said(at_rivals.get("/operator/rival/exports/", headers={"hx-request": "true"}))


def test_a_form_of_another_merchants_page_asks_for_nothing(
    client: Client, acme: Merchant, rival: Merchant, owner: Person
) -> None:
    Membership.objects.create(person=owner, merchant=rival, role="owner")
    signed_in(client, owner)
    taken = token(client, "/operator/rival/exports/new/")
    client.post(f"{EXPORTS}new/", {"token": taken, "what": "rounds", "form": "csv"})
    assert not Export.objects.filter(merchant=acme).exists()


@pytest.mark.parametrize(("field", "value"), [("what", "people"), ("form", "../../x"), ("form", "html"), ("what", "")])
def test_what_no_form_offers_is_not_written(at_work: Client, caller: Caller, field: str, value: str) -> None:
    assert send(at_work, f"{EXPORTS}new/", **{"what": "rounds", "form": "csv"} | {field: value}).status_code == 200
    assert not Export.objects.exists()


def test_support_looks_and_asks_for_no_file(client: Client, acme: Merchant, support: Person, owner: Person) -> None:
    export = exports.request_export(merchant=acme, by=owner, what="rounds", form="csv", wish=RoundFilter())
    signed_in(client, support)
    assert client.get(EXPORTS).status_code == 200
    assert client.get(f"{EXPORTS}new/").status_code == 403
    for verb in ("cancel", "again"):
        assert client.post(f"{EXPORTS}{export.pk}/{verb}/").status_code == 403


def test_who_was_removed_fetches_nothing(client: Client, caller: Caller, viewer: Person, owner: Person) -> None:
    export = exports.request_export(merchant=caller.merchant, by=owner, what="rounds", form="csv", wish=RoundFilter())
    exports.write_export(export.pk)
    signed_in(client, viewer)
    assert fetched(client, export).startswith("Time (UTC)")
    viewer.memberships.all().delete()
    assert client.get(f"{EXPORTS}{export.pk}/file/").status_code == 404


# --- Secrets ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("around", ["{}", "  {}\n", '"{}"', "x-api-key: {}"])
def test_a_pasted_secret_is_looked_up_nowhere_and_stands_in_no_address(
    at_work: Client, acme: Merchant, around: str
) -> None:
    secret = keys.issue_key(merchant=acme).secret
    response: Any = at_work.post(ROUNDS, {"q": around.format(secret)}, follow=True)
    assert response.redirect_chain == [(ROUNDS, 302)]
    assert "Your search contains a secret key" in said(response)
    assert secret not in said(response)


@pytest.mark.parametrize("name", ["q", "player", "session", "game"])
def test_a_secret_in_an_address_is_not_shown_again(at_work: Client, acme: Merchant, name: str) -> None:
    secret = keys.issue_key(merchant=acme).secret
    response: Any = at_work.get(f"{ROUNDS}?{name}={secret}", follow=True)
    assert response.status_code == 200
    assert secret not in said(response)


# --- A merchant with nothing ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["rounds/", "rounds/open/", "exports/", "exports/new/", "rounds/?q=x", "rounds/?state=won"]
)
def test_who_has_nothing_yet_sees_pages_all_the_same(at_work: Client, path: str) -> None:
    assert at_work.get(f"/operator/acme/{path}").status_code == 200
