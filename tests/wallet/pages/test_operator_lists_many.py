"""Many lines at once, from the clipboard or a file, and whatever else people put into a list."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant, Person
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import opened, said, send
from tests.people import signed_in
from tests.wallet.pages.test_operator_lists import OFFICE, PAGE, go_on, networks
from wallet.services.log import request_log

PASTE = f"{PAGE}paste/"


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


def pasted(client: Client, text: str, how: str = "add") -> Any:
    return client.post(PASTE, {"text": text, "how": how})


def told(response: Any) -> list[str]:
    return str(response.context["told"]).split("\n")


def test_pasted_lines_come_to_what_stands(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE, note="office")
    proposal = pasted(at_work, "203.0.113.0/24, cloud\r\n\r\n2001:db8::/48;v6\r\n")
    assert networks(acme) == [f"{OFFICE}/32"]
    go_on(at_work, proposal, on_trial="")
    assert networks(acme) == [f"{OFFICE}/32", "203.0.113.0/24", "2001:db8::/48"]


def test_what_was_typed_while_the_proof_grew_old_is_not_lost(client: Client, owner: Person) -> None:
    """To look at what a list would do changes nothing; who saves it is asked."""
    signed_in(client, owner, proved_at=clock.now() - timedelta(seconds=301))
    proposal = pasted(client, OFFICE)
    assert "Preview of the change" in said(proposal)
    asked = go_on(client, proposal)
    assert asked["location"].startswith("/account/second-factor/reauthenticate/")
    assert OFFICE in said(client.get(f"{PAGE}proposal/"))


def test_or_take_its_place(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
    proposal = pasted(at_work, "203.0.113.0/24", "replace")
    assert [line.text for line in proposal.context["difference"].removed] == [OFFICE]
    go_on(at_work, proposal, on_trial="")
    assert networks(acme) == ["203.0.113.0/24"]


BAD = {
    "0.0.0.0/0": "too wide",
    "::/0": "too wide",
    "1.2.3.4/33": "not an IP address",
    "198.51.100.7:443": "contains a port",
    "[2001:db8::1]:443": "contains a port",
    "casino.example": "not an IP address",
    "fe80::1%eth0": "not an IP address",
    "=1+1": "not an IP address",
    "<script>alert(1)</script>": "not an IP address",
}


@pytest.mark.parametrize(("line", "reason"), BAD.items(), ids=BAD)
def test_a_bad_line_is_named_by_its_number_and_nothing_is_saved(
    at_work: Client, acme: Merchant, line: str, reason: str
) -> None:
    response = pasted(at_work, f"{OFFICE}\n{line}\n203.0.113.1")
    [bad] = told(response)
    assert bad.startswith("Line 2: ")
    assert reason in bad
    assert "<script>alert" not in response.content.decode()
    assert networks(acme) == []
    assert reason in said(send(at_work, f"{PAGE}add/", network=line))


def test_an_address_in_the_clothes_of_the_other_family_is_itself(at_work: Client, settings: Any) -> None:
    proposal = pasted(at_work, "::ffff:198.51.100.7")
    assert [line.text for line in proposal.context["difference"].added] == [OFFICE]
    settings.ALLOWLIST_PRIVATE = False
    assert "10.0.0.1/32 is a private or reserved network" in told(pasted(at_work, "::ffff:10.0.0.1"))[0]


def test_of_ten_thousand_lines_each_bad_one_is_named(at_work: Client, acme: Merchant) -> None:
    chance = random.Random(7)
    lines = [f"{ip_address(chance.getrandbits(32))}/99" for _ in range(10_000)]
    response = pasted(at_work, "\n".join(lines))
    found = told(response)
    assert len(found) == 10_000
    assert found[-1].startswith("Line 10000: ")
    assert lines[5_000] in response.content.decode()
    assert networks(acme) == []


def test_of_ten_thousand_good_lines_those_too_many_are_named(at_work: Client) -> None:
    found = told(pasted(at_work, "\n".join(f"8.{number // 250}.{number % 250}.1" for number in range(10_000))))
    assert len(found) == 9_900
    assert found[0].startswith("Line 101: This is entry 101, but an allowlist can have at most 100.")


def test_together_with_what_stands_it_may_be_too_much(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
    shown = said(pasted(at_work, "\n".join(f"8.8.8.{number}" for number in range(100))))
    assert "The allowlist has 101 entries, but it can have at most 100." in shown


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"text": "", "how": "add"}, "Paste lines or choose a file"),
        ({"text": "8.8.8.8", "how": "add", "file": SimpleUploadedFile("a.csv", b"8.8.8.8")}, "but not both"),
        ({"how": "add", "file": SimpleUploadedFile("a.csv", b"\xff\xfe8\x00")}, "is not UTF-8"),
        ({"how": "add", "file": SimpleUploadedFile("a.csv", b"8" * 900_001)}, "larger than 900 kB"),
        ({"text": "8.8.8.8\0", "how": "add"}, "Null characters"),
        ({"text": "8.8.8.8", "how": "burn"}, "Select a valid choice"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_cannot_be_read_is_said(at_work: Client, fields: dict[str, Any], reason: str) -> None:
    assert reason in said(at_work.post(PASTE, fields))


def test_a_list_goes_out_as_csv_and_comes_in_again_unchanged(at_work: Client, acme: Merchant) -> None:
    notes = ["", "=cmd|' /C calc'!A1", "'=as it is", 'a, b; “c” "d"', "<b>bold</b>", "-1", "@x", "+2+3"]
    now = clock.now()
    for number, note in enumerate(notes):
        AllowlistEntry.objects.create(
            merchant=acme, network=f"8.8.8.{number}", note=note, expires_at=now if number == 3 else None
        )
    exported = at_work.get(f"{PAGE}csv/").getvalue().decode()
    cells = [row[1] for row in csv.reader(io.StringIO(exported.removeprefix("\ufeff")))][1:]
    assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]
    file = SimpleUploadedFile("list.csv", exported.encode())
    again = at_work.post(PASTE, {"file": file, "how": "replace"})
    assert not again.context["difference"]


def test_of_a_list_with_an_entry_that_has_ended_another_can_be_added(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE, expires_at=clock.now())
    assert "all entries expired" in said(at_work.get(PAGE))
    assert go_on(at_work, send(at_work, f"{PAGE}add/", network="203.0.113.1"), on_trial="").status_code == 302
    assert len(networks(acme)) == 2


# --- One entry --------------------------------------------------------------------------------------------------------
def test_note_and_end_of_an_entry_change_and_it_goes(at_work: Client, acme: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network=OFFICE, note="office")
    address = f"{PAGE}entries/{entry.pk}/"
    changed = send(at_work, address, note="<i>new</i>", ends="2090-01-01T12:00:00")
    assert "&lt;i&gt;new&lt;/i&gt;" in said(changed)
    assert go_on(at_work, changed, on_trial="")["location"] == PAGE
    entry.refresh_from_db()
    assert (entry.note, entry.expires_at and entry.expires_at.year) == ("<i>new</i>", 2090)
    assert "<i>new" not in at_work.get(PAGE).content.decode()
    assert "is in the past" in said(send(at_work, address, ends="2020-01-01T12:00:00"))
    emptied = at_work.get(f"{address}remove/")
    assert "Requests from every address would be accepted" in said(emptied)
    go_on(at_work, emptied, on_trial="")
    assert networks(acme) == []


def test_who_changes_an_entry_that_another_changed_while_it_was_open_is_told(at_work: Client, acme: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network=OFFICE, note="office")
    page = f"{PAGE}entries/{entry.pk}/"
    mine = opened(at_work, page) | {"ends": "2090-01-01T12:00:00"}
    AllowlistEntry.objects.filter(pk=entry.pk).update(note="game server")
    told_so = at_work.post(page, mine)
    assert f"{OFFICE}/32 changed by" in said(told_so)
    [(theirs, wanted)] = told_so.context["difference"].changed
    assert (theirs.note, theirs.ends, wanted.note, wanted.ends.year) == ("game server", None, "office", 2090)
    assert go_on(at_work, told_so, on_trial="").status_code == 302


def test_an_entry_is_changed_on_no_other_list_than_it_was_opened_on(at_work: Client, acme: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
    key = ApiKey.objects.get(auth_key=factories.signer(acme).auth_key)
    own = AllowlistEntry.objects.create(merchant=acme, key=key, network=OFFICE)
    begun = opened(at_work, f"{PAGE}entries/{own.pk}/")["began"]
    for began in (begun, "x", ""):
        sent = at_work.post(f"{PAGE}entries/{entry.pk}/", {"note": "x", "began": began}, follow=True)
        assert "This page has expired" in said(sent)


def test_what_stands_there_is_not_added_again(at_work: Client, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24")
    assert "is already on the allowlist" in said(send(at_work, f"{PAGE}add/", network="198.51.100.9/24"))


def test_a_key_has_a_list_of_its_own(at_work: Client, acme: Merchant, caller: Caller) -> None:
    key = ApiKey.objects.get(merchant=acme)
    proposal = send(at_work, f"{PAGE}add/?key={key.pk}", network=OFFICE)
    assert go_on(at_work, proposal, on_trial="", confirmed_code="acme")["location"] == f"{PAGE}keys/{key.pk}/"
    assert AllowlistEntry.objects.get().key == key
    assert "1 entry" in said(at_work.get(PAGE))
    assert OFFICE in said(at_work.get(f"{PAGE}keys/{key.pk}/"))


@pytest.mark.parametrize("path", ["add/", "paste/", "ask/", "suggest/", "csv/", "egress/"])
def test_the_list_of_another_merchants_key_is_not_there(at_work: Client, rival_caller: Caller, path: str) -> None:
    for number in (ApiKey.objects.get(auth_key=rival_caller.signer.auth_key).pk, "x", "-1", "٣", "9" * 30):
        assert at_work.get(f"{PAGE}{path}?key={number}").status_code == 404


# --- Domains ----------------------------------------------------------------------------------------------------------
def test_domains_end_at_the_same_page(at_work: Client, acme: Merchant) -> None:
    proposal = send(at_work, f"{PAGE}domains/", text="Bücher.example, shop\nplay.casino.example")
    assert "No request with a valid signature in the last 24 hours had an Origin header." in said(proposal)
    assert not AllowedDomain.objects.exists()
    assert go_on(at_work, proposal)["location"] == PAGE
    assert list(AllowedDomain.objects.values_list("domain", flat=True)) == [
        "play.casino.example",
        "xn--bcher-kva.example",
    ]
    fewer = go_on(at_work, send(at_work, f"{PAGE}domains/", text="play.casino.example"))
    assert fewer.status_code == 302
    assert AllowedDomain.objects.count() == 1


def test_domains_are_rehearsed_on_the_hosts_that_called_and_shut_out_no_page_unseen(
    at_work: Client, caller: Caller
) -> None:
    """A server may say Origin too."""
    origin = "https://casino.example"
    assert caller.call("/wallet/balance", {}, origin=origin).status != "IP_RESTRICTION"
    request_log.drain_lines()
    both = send(at_work, f"{PAGE}domains/", text="other.example\ncasino.example")
    assert [(each.host, each.allowed) for each, _ in both.context["hosts"]] == [("casino.example", True)]
    shown = send(at_work, f"{PAGE}domains/", text="other.example")
    assert [(each.host, each.allowed) for each, _ in shown.context["hosts"]] == [("casino.example", False)]
    assert "This allowlist refuses all current requests." in said(shown)
    assert "type the merchant&#x27;s code" in said(again := go_on(at_work, shown))
    assert not AllowedDomain.objects.exists()
    assert go_on(at_work, again, confirmed_code="acme")["location"] == PAGE
    assert caller.call("/wallet/balance", {}, origin=origin).status == "IP_RESTRICTION"


def test_the_table_of_domains_shows_who_put_each_there_and_its_end(
    at_work: Client, acme: Merchant, owner: Person
) -> None:
    acme.time_zone = "Europe/Riga"
    acme.save()
    proposal = send(at_work, f"{PAGE}domains/", text="casino.example, shop, 2036-01-01\nplay.casino.example")
    assert 'shop</bdi> <span class="text-secondary"> until 1 Jan 2036, 22:00 UTC' in said(proposal)
    assert go_on(at_work, proposal)["location"] == PAGE
    shown = said(at_work.get(PAGE))
    assert shown.count(owner.email) >= 2
    assert "1 Jan 2036, 22:00" in shown
    assert "never" in shown
    assert opened(at_work, f"{PAGE}domains/")["text"] == (
        "casino.example,shop,2036-01-01T22:00:00Z\nplay.casino.example"
    )


def test_a_list_whose_domains_have_all_ended_says_so(at_work: Client, acme: Merchant) -> None:
    ended = clock.now() - timedelta(days=1)
    AllowedDomain.objects.create(merchant=acme, domain="old.example", expires_at=ended)
    AllowedDomain.objects.create(merchant=acme, domain="gone.example")
    assert "all domains expired" not in said(at_work.get(PAGE))
    as_it_stands = opened(at_work, f"{PAGE}domains/")["text"].split("\n")
    proposal = send(at_work, f"{PAGE}domains/", text=as_it_stands[1])
    assert "All domains have expired. Every request with an Origin header would be refused." in said(proposal)
    assert go_on(at_work, proposal)["location"] == PAGE
    assert "all domains expired: all requests with Origin refused" in said(at_work.get(PAGE))


def test_domains_that_end_soon_want_the_merchants_code_too(at_work: Client, caller: Caller) -> None:
    origin = "https://casino.example"
    assert caller.call("/wallet/balance", {}, origin=origin).status != "IP_RESTRICTION"
    request_log.drain_lines()
    ends = (clock.now() + timedelta(hours=1)).isoformat()
    proposal = send(at_work, f"{PAGE}domains/", text=f"casino.example,,{ends}")
    assert [(each.host, each.allowed) for each, _ in proposal.context["hosts"]] == [("casino.example", True)]
    assert "refuses all current requests as soon as its entries expire." in said(proposal)
    assert go_on(at_work, proposal).status_code == 200
    assert not AllowedDomain.objects.exists()


def test_a_bad_domain_is_named_by_its_line(at_work: Client) -> None:
    found = told(send(at_work, f"{PAGE}domains/", text="casino.example\nhttps://casino.example\n*.x.example\na b"))
    assert [line.split(":")[0] for line in found] == ["Line 2", "Line 3", "Line 4"]


def test_two_who_change_the_domains_at_once(at_work: Client, acme: Merchant, owner: Person) -> None:
    first = send(at_work, f"{PAGE}domains/", text="mine.example")
    AllowedDomain.objects.create(merchant=acme, domain="theirs.example")
    told_so = go_on(at_work, first)
    assert "theirs.example added by" in said(told_so)
    assert go_on(at_work, told_so).status_code == 302
    assert AllowedDomain.objects.count() == 2


def test_domains_that_another_added_while_they_were_open_stay(at_work: Client, acme: Merchant) -> None:
    AllowedDomain.objects.create(merchant=acme, domain="old.example")
    mine = opened(at_work, f"{PAGE}domains/")
    AllowedDomain.objects.create(merchant=acme, domain="theirs.example")
    told_so = at_work.post(f"{PAGE}domains/", mine | {"text": "old.example\nmine.example"})
    assert "theirs.example added by" in said(told_so)
    assert [each.name for each in told_so.context["difference"].added] == ["mine.example"]
    assert not told_so.context["difference"].removed
    assert go_on(at_work, told_so).status_code == 302
    assert AllowedDomain.objects.count() == 3


@pytest.mark.parametrize(("how", "is_told"), [("replace", True), ("add", False)])
def test_who_replaces_a_list_is_told_what_became_of_it_meanwhile(
    at_work: Client, acme: Merchant, how: str, *, is_told: bool
) -> None:
    mine = opened(at_work, PASTE) | {"text": "203.0.113.1", "how": how}
    AllowlistEntry.objects.create(merchant=acme, network=OFFICE)
    proposal = at_work.post(PASTE, mine)
    assert (f"{OFFICE}/32 added by" in said(proposal)) == is_told
    assert len(proposal.context["difference"].removed) == is_told
    assert go_on(at_work, proposal, on_trial="", confirmed_code="acme").status_code == 302
