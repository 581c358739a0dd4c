"""Any list as CSV: what is in it, for whom, and how little it takes."""

from __future__ import annotations

import csv
import io
import tracemalloc
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import translation
from structlog.testing import capture_logs

from merchants import crypto
from merchants.admin import exports
from merchants.models import Download, Merchant, Person, Player
from portal.lib import tables
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from wallet.models import Session
from wallet.services.log import request_log

BOOK = "/admin/wallet/transaction/"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def lists() -> list[str]:
    """The addresses of every list that the administration has."""
    return sorted(
        f"/admin/{each.opts.app_label}/{each.opts.model_name}/"
        for each in admin.site._registry.values()
        if isinstance(each, exports.ExportedList)
    )


def exported(client: Client, path: str, **query: Any) -> list[list[str]]:
    response = client.get(f"{path}export/", query)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment;")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith(tables.BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text.removeprefix(tables.BYTE_ORDER_MARK))))


def test_a_file_is_in_english_whatever_the_language_of_the_page(client: Client, administrator: Person) -> None:
    staff = signed_in(client, administrator)
    with translation.override("de"):
        titles, *_ = exported(staff, "/admin/merchants/person/")
    assert titles[-1] == "Last login"


def test_the_book_is_exported_as_it_is_filtered_and_searched(staff: Client, caller: Caller) -> None:
    caller.deposit(123_456_789_00)
    caller.withdraw(10**14)
    titles, *rows = exported(staff, BOOK, kind__exact="deposit")
    assert titles == [
        "Created (UTC)", "Type", "Status", "Amount", "Currency", "Balance after", "Player", "Merchant", "Transaction",
    ]  # fmt: skip
    assert [row[1:8] for row in rows] == [
        ["Deposit", "RS_OK", "123456.789", "EUR", "123466.789", "player-1", "Acme Casino"],
        ["Deposit", "RS_OK", "10.00", "EUR", "10.00", "player-1", "Acme Casino"],
    ]
    assert rows[0][0].endswith("Z")
    assert "T" in rows[0][0]
    assert [row[1] for row in exported(staff, BOOK, q="player-1")[1:]] == ["Withdraw", "Deposit", "Deposit"]
    assert exported(staff, BOOK, q="nobody") == [titles]


def test_each_list_has_its_export_in_plain_text(staff: Client, caller: Caller) -> None:
    caller.bet()
    caller.withdraw(10**14)
    request_log.drain_lines()
    for path in lists():
        assert f'href="{path}export/' in staff.get(path).content.decode(), path
        page = exported(staff, path)
        assert not [cell for row in page for cell in row if "<" in cell or "&" in cell], path
        assert {len(row) for row in page} == {len(page[0])}, path
    assert len(exported(staff, "/admin/merchants/apikey/")) == 2


def test_the_button_carries_the_filters_but_not_the_page(staff: Client, caller: Caller) -> None:
    page = staff.get(BOOK, {"kind__exact": "deposit", "p": "1"}).content.decode()
    assert f'href="{BOOK}export/?kind__exact=deposit"' in page


def test_a_formula_that_a_player_is_called_does_not_run(staff: Client, acme: Merchant) -> None:
    Player.objects.create(merchant=acme, player_id='=HYPERLINK("https://x.test")', name="+1-2")
    row = exported(staff, "/admin/merchants/player/")[1]
    assert row[:2] == ['\'=HYPERLINK("https://x.test")', "'+1-2"]


def test_an_export_ends_where_it_says(staff: Client, caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        caller.bet()
    monkeypatch.setattr(exports.ExportedList, "most_exported", 4)
    assert len(exported(staff, BOOK)) == 5
    monkeypatch.setattr(exports.ExportedList, "most_exported", 2)
    *page, last = exported(staff, BOOK)
    assert len(page) == 3
    assert last == [
        "This file has the first 2 rows only. Narrow the list with its filters and export the rest separately."
    ]


def test_who_exported_what_is_written_down(staff: Client, support: Person, caller: Caller) -> None:
    with capture_logs() as lines:
        exported(staff, BOOK, kind__exact="deposit", q="player-1")
    [line] = [each for each in lines if each["event"] == "list exported"]
    assert line["by"] == support.email
    assert (line["list"], line["rows"], line["complete"]) == ("wallet.Transaction", 1, True)
    assert line["filters"] == {"kind__exact": "deposit", "q": "player-1"}


def test_a_secret_that_is_searched_for_is_not_written_down(staff: Client) -> None:
    secret = crypto.new_secret("live")
    with capture_logs() as lines:
        exported(staff, BOOK, q=secret)
    assert lines
    assert secret not in str(lines)


def test_auditors_export_and_strangers_do_not(client: Client, auditor: Person, owner: Person) -> None:
    assert client.get(f"{BOOK}export/").status_code == 302
    assert len(exported(signed_in(client, auditor), BOOK)) == 1
    assert signed_in(Client(), owner).get(f"{BOOK}export/").status_code == 403


@pytest.mark.parametrize("query", [{"merchant__id__exact": "x"}, {"amount__gt": "1"}, {"kind__exact": "deposit\0"}])
def test_a_filter_that_makes_no_sense_is_refused_and_nothing_is_recorded(staff: Client, query: dict[str, str]) -> None:
    assert staff.get(f"{BOOK}export/", query).status_code == 400
    assert not Download.objects.exists()


def test_a_page_too_deep_leads_back_to_the_list(staff: Client) -> None:
    answer = staff.get(f"{BOOK}export/", {"p": "1000000"})
    assert (answer.status_code, answer["Location"]) == (302, BOOK)


def test_a_long_list_takes_no_more_memory_than_a_short_one(staff: Client, acme: Merchant) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=f"p-{number}") for number in range(10_000))
    response = staff.get("/admin/merchants/player/export/")
    tracemalloc.start()
    size = sum(len(part) for part in response.streaming_content)  # type: ignore[attr-defined, misc]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 500_000
    assert most < 4_000_000


def test_an_export_asks_no_more_often_the_longer_it_is(
    staff: Client, caller: Caller, acme: Merchant, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        factories.signer(acme)
        caller.launch()
    assert Session.objects.count() > 10
    for path in ("/admin/merchants/apikey/", "/admin/wallet/session/"):
        with django_assert_max_num_queries(7 + 6):  # the record of the download, before and after
            exported(staff, path)
