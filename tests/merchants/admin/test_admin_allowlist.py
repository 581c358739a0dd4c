"""What may stand in an allowlist, asked of the service and of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from merchants.models import AllowlistEntry, ApiKey, Merchant, Person
from merchants.models.allowlist import MAX_ENTRIES
from merchants.services import allowlist
from tests.conftest import Caller
from tests.pages import said, send
from tests.people import signed_in


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.ALLOWLIST_PRIVATE = False


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 52.1.2.3 ", "52.1.2.3/32"),
        ("52.1.2.3/16", "52.1.0.0/16"),
        ("52.0.0.0/8", "52.0.0.0/8"),
        ("2A00:1450::1", "2a00:1450::1/128"),
        ("2a00::/16", "2a00::/16"),
        ("::ffff:52.1.2.3", "52.1.2.3/32"),
        ("::ffff:52.1.2.3/112", "52.1.0.0/16"),
    ],
)
def test_a_network_is_kept_as_callers_are_seen(typed: str, kept: str) -> None:
    assert str(allowlist.parse_network(typed)) == kept


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("52.1.2.3:443", "contains a port"),
        ("[2a00::1]:443", "contains a port"),
        ("example.com", "is not an IP address"),
        ("52.1.2.999", "is not an IP address"),
        ("52.1.2.3/33", "is not an IP address"),
        ("0.0.0.0/0", "too wide"),
        ("52.0.0.0/7", "too wide"),
        ("2a00::/15", "too wide"),
        ("::/0", "too wide"),
        ("10.0.0.1", "private or reserved"),
        ("127.0.0.1", "private or reserved"),
        ("169.254.1.1", "private or reserved"),
        ("100.64.0.1", "private or reserved"),
        ("192.168.0.0/24", "private or reserved"),
        ("::1", "private or reserved"),
        ("fd00::1", "private or reserved"),
        ("fe80::1%eth0", "is not an IP address"),
        ("::ffff:10.0.0.1", "private or reserved"),
        ("224.0.0.1", "Requests cannot come from"),
        ("0.0.0.0", "Requests cannot come from"),
    ],
)
def test_what_is_no_network_of_a_caller(typed: str, reason: str) -> None:
    with pytest.raises(allowlist.NotAllowed, match=reason):
        allowlist.parse_network(typed)


def test_a_demo_lives_on_loopback(settings: Any) -> None:
    settings.ALLOWLIST_PRIVATE = True
    assert str(allowlist.parse_network("127.0.0.1")) == "127.0.0.1/32"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Play.Example.COM.", "play.example.com"), ("münchen.example.com", "xn--mnchen-3ya.example.com")],
)
def test_a_domain_is_kept_as_browsers_send_it(typed: str, kept: str) -> None:
    assert allowlist.parse_domain(typed) == kept


@pytest.mark.parametrize(
    "typed", ["https://example.com", "example.com:443", "example.com/play", "*.example.com", "a b.com", "-", "a..b.com"]
)
def test_what_is_no_domain(typed: str) -> None:
    with pytest.raises(allowlist.NotAllowed):
        allowlist.parse_domain(typed)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("52.1.2.3\n10.0.0.1", "private or reserved"),
        ("52.1.2.3\n52.1.2.3/32", "is already on line 1"),
        ("\n".join(f"52.1.{number}.1" for number in range(MAX_ENTRIES + 1)), "at most 100"),
    ],
)
def test_a_refused_list_says_why_and_saves_nothing(staff: Client, acme: Merchant, rows: str, reason: str) -> None:
    assert reason in said(send(staff, "/admin/operations/acme/allowlist/paste/", text=rows, how="add"))
    assert not AllowlistEntry.objects.exists()


def test_no_table_of_a_page_saves_an_allowlist(staff: Client, caller: Caller, acme: Merchant) -> None:
    """A single save shut a live merchant out: lists change at the desk only, after a rehearsal."""
    key = ApiKey.objects.get()
    row = {"allowlist-TOTAL_FORMS": "1", "allowlist-INITIAL_FORMS": "0", "allowlist-0-network": "52.1.2.3"}
    tables = {
        f"{table}-{name}": "0"
        for table in ("keys", "domains", "memberships", "contacts", "disabled_games", "secrets")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    fields = {"name": acme.name, "time_zone": "UTC", "timestamp_window_seconds": "300"}
    staff.post(f"/admin/merchants/merchant/{acme.pk}/change/", fields | tables | row)
    staff.post(f"/admin/merchants/apikey/{key.pk}/change/", {"label": ""} | tables | row)
    assert not AllowlistEntry.objects.exists()
    assert caller.balance().body["status"] == "RS_OK"
