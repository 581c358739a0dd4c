"""Files that leave: who took which, with which filter, how many rows, and not too many a day."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from merchants.models import Download, Merchant, Person
from merchants.services import downloads, history
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.plugins.live import CHECKOUT
from wallet.models import Export
from wallet.services.log import request_log
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter

HERE = "/operator/acme/"
LONG_AGO = timedelta(hours=1)


def sent(response: Any) -> bytes:
    assert response.status_code == 200, response
    assert response["Content-Disposition"].startswith("attachment;")
    return b"".join(response.streaming_content) if response.streaming else response.content


def export_address(caller: Caller, person: Person) -> str:
    export = exports.request_export(
        merchant=caller.merchant, by=person, what="rounds", form="csv", wish=RoundFilter(player="player-1")
    )
    exports.write_export(export.pk)
    return f"{HERE}exports/{export.pk}/file/"


def plain(path: str) -> Callable[[Caller, Person], str]:
    return lambda caller, person: f"{HERE}{path}"


DOORS: dict[str, tuple[Callable[[Caller, Person], str], str, int, dict[str, str], bool]] = {
    "requests": (plain("requests/csv/?player=player-1"), "Requests (CSV)", 4, {"player": "player-1"}, True),
    "players": (plain("players/export/?q=player"), "Players (CSV)", 1, {"q": "player"}, True),
    "games": (plain("games/export/"), "Games (CSV)", 1, {}, False),
    "allowlist": (plain("allowlist/csv/"), "Allowlist (CSV)", 0, {"list": "merchant"}, False),
    "rounds": (export_address, "acme-rounds-", 2, {"player": "player-1"}, True),
}


@pytest.fixture
def busy(caller: Caller) -> Caller:
    caller.bet(100)
    caller.bet(100)
    request_log.drain_lines()
    return caller


@pytest.mark.parametrize("door", DOORS)
def test_a_file_is_on_the_record_before_it_leaves(client: Client, viewer: Person, busy: Caller, door: str) -> None:
    address, what, rows, filters, _ = DOORS[door]
    response = signed_in(client, viewer).get(address(busy, viewer))
    begun = Download.objects.get()
    assert (begun.merchant, begun.person) == (busy.merchant, viewer)
    assert begun.what.startswith(what)
    sent(response)
    begun.refresh_from_db()
    assert (begun.rows, begun.is_complete) == (rows, True)
    assert filters.items() <= begun.filters.items()


@pytest.mark.parametrize("door", [door for door, (*_, names_players) in DOORS.items() if names_players])
def test_where_players_are_named_a_fresh_proof_is_asked_for(
    client: Client, viewer: Person, busy: Caller, door: str
) -> None:
    address = DOORS[door][0](busy, viewer)
    signed_in(client, viewer, proved_at=clock.now() - LONG_AGO)
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/")
    assert not Download.objects.exists()


def test_it_stands_on_the_merchants_timeline(client: Client, viewer: Person, busy: Caller) -> None:
    sent(signed_in(client, viewer).get(f"{HERE}requests/csv/?player=player-1"))
    first, second = history.timeline(busy.merchant, kind="downloads")
    assert first.title == "File “Requests (CSV)” downloaded: 4 rows"
    assert second.title == "File “Requests (CSV)” requested"
    assert (second.who, second.address) == (viewer.email, "127.0.0.1")
    assert first.who == viewer.email
    assert ("Filter", "–", "player player-1") in second.changes
    assert "downloaded: 4 rows" in said(client.get(f"{HERE}timeline/?what=downloads"))


def test_what_our_staff_takes_of_one_merchant_stands_there_too(client: Client, support: Person, busy: Caller) -> None:
    signed_in(client, support)
    sent(client.get(f"/admin/wallet/transaction/export/?merchant__id__exact={busy.merchant.pk}"))
    sent(client.get("/admin/merchants/player/export/"))
    of_acme, of_all = Download.objects.order_by("pk")
    assert (of_acme.merchant, of_acme.what, of_acme.rows) == (busy.merchant, "Transactions (CSV)", 3)
    assert (of_all.merchant, of_all.what, of_all.rows) == (None, "Players (CSV)", 1)
    assert {entry.who for entry in history.timeline(busy.merchant, kind="downloads")} == {support.email}
    titles = [entry.title for entry in history.timeline(support, kind="downloads")]
    assert titles[0] == "File “Players (CSV)” downloaded: 1 row"
    assert len(titles) == 4


@pytest.mark.parametrize("path", ["wallet/transaction/export/", "merchants/player/export/"])
def test_staff_is_asked_for_a_fresh_second_factor(client: Client, support: Person, path: str) -> None:
    signed_in(client, support, proved_at=clock.now() - LONG_AGO)
    assert client.get(f"/admin/{path}")["Location"].startswith("/account/")
    assert not Download.objects.exists()


def test_a_file_that_breaks_off_says_so(acme: Merchant, viewer: Person) -> None:
    download = downloads.record_download(person=viewer, what="Players (CSV)", merchant=acme, filters={})
    rows = downloads.counted_rows(download, iter("abcd"), heads=1)
    next(rows)
    next(rows)
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    download.refresh_from_db()
    assert (download.rows, download.is_complete) == (1, False)
    assert history.timeline(acme, kind="downloads")[0].title == "Download of “Players (CSV)” stopped after 1 row"


def test_so_many_files_a_day_and_no_more(client: Client, viewer: Person, owner: Person, busy: Caller) -> None:
    now = clock.now()
    with clock.frozen_at(now):
        for _ in range(100):
            downloads.record_download(person=viewer, what="x", merchant=busy.merchant, filters={}, rows=0)
        response = signed_in(client, viewer).get(f"{HERE}games/export/", follow=True)
        assert "You downloaded 100 files in the last 24 hours, which is the limit." in said(response)
        sent(signed_in(Client(), owner).get(f"{HERE}games/export/"))
    with clock.frozen_at(now + timedelta(hours=24, seconds=1)):
        sent(signed_in(client, viewer).get(f"{HERE}games/export/"))


def test_our_staff_has_a_bound_as_well(client: Client, support: Person, settings: Any) -> None:
    settings.DOWNLOADS_A_DAY = 1
    signed_in(client, support)
    sent(client.get("/admin/merchants/player/export/"))
    assert "which is the limit" in said(client.get("/admin/merchants/player/export/", follow=True))


def test_a_secret_in_a_filter_is_not_kept(acme: Merchant, viewer: Person, caller: Caller) -> None:
    kept = downloads.record_download(
        person=viewer, what="x", merchant=acme, filters={"q": f"a{caller.signer.secret}", "n": ""}
    )
    assert kept.filters == {"q": "aoppi_live_…"}


CHANGES = {
    "rows again": "UPDATE merchants_download SET rows = 7",
    "who": "UPDATE merchants_download SET person_id = person_id + 1, rows = 7",
    "gone": "DELETE FROM merchants_download",
    "emptied": "TRUNCATE merchants_download CASCADE",
    "its history": "DELETE FROM merchants_downloadevent",
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_record_stays(acme: Merchant, viewer: Person, change: str) -> None:
    rows = None if change == "who" else 3
    downloads.record_download(person=viewer, what="x", merchant=acme, filters={}, rows=rows)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CHANGES[change])


def test_no_other_door_sends_files() -> None:
    """Whoever adds one records it."""
    sends = re.compile(r"content-disposition|FileResponse\(|StreamingHttpResponse\(", re.IGNORECASE)
    doors = [
        path
        for app in ("merchants", "wallet")
        for path in (CHECKOUT / app).rglob("*.py")
        if sends.search(path.read_text())
        if path.name != "schema_page.py" and path.parent.name != "developers"  # the API's description, for everybody
    ]
    assert len(doors) == 12
    assert all("downloads." in path.read_text() for path in doors)


def test_an_export_that_is_gone_is_no_download(client: Client, viewer: Person, busy: Caller) -> None:
    address = export_address(busy, viewer)
    Export.objects.update(expires_at=clock.now())
    assert signed_in(client, viewer).get(address).status_code == 302
    assert not Download.objects.exists()
