"""What may stand in an allowlist, asked of the service and of the pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant, Person
from merchants.models.allowlist import MAX_ENTRIES
from merchants.services import allowlist, keys
from tests.conftest import Caller
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


def merchant_page(client: Client, merchant: Merchant, **rows: str) -> str:
    """Save the merchant's page with new rows: networks="…", domains="…", one a line."""
    fields = {"name": merchant.name, "time_zone": "UTC", "timestamp_window_seconds": "300"}
    for table in ("keys", "allowlist", "domains", "memberships", "contacts", "disabled_games"):
        lines = rows.get(table, "").split()
        fields |= {f"{table}-TOTAL_FORMS": str(len(lines)), f"{table}-INITIAL_FORMS": "0"}
        column = "network" if table == "allowlist" else "domain"
        fields |= {f"{table}-{number}-{column}": line for number, line in enumerate(lines)}
    response = client.post(f"/admin/merchants/merchant/{merchant.pk}/change/", fields)
    return response.content.decode() if response.status_code == 200 else "saved"


def test_staff_add_networks_and_domains(staff: Client, acme: Merchant, support: Person) -> None:
    assert merchant_page(staff, acme, allowlist="52.1.2.3/24 2a00::1", domains="Play.Acme.com") == "saved"
    entries = AllowlistEntry.objects.order_by("network")
    assert [str(entry.network) for entry in entries] == ["52.1.2.0/24", "2a00::1/128"]
    assert {entry.owner for entry in entries} == {support}
    domain = AllowedDomain.objects.get()
    assert (domain.domain, domain.owner) == ("play.acme.com", support)


@pytest.mark.parametrize(
    ("table", "rows", "reason"),
    [
        ("allowlist", "52.1.2.3 10.0.0.1", "private or reserved"),
        ("allowlist", "52.1.2.3 52.1.2.3/32", "is on the allowlist twice"),
        ("allowlist", " ".join(f"52.1.{number}.1" for number in range(MAX_ENTRIES + 1)), "at most 100"),
        ("domains", "a.com A.com", "is on the allowlist twice"),
        ("domains", "https://a.com", "is not only a host name"),
    ],
)
def test_a_refused_list_says_why_and_saves_nothing(
    staff: Client, acme: Merchant, table: str, rows: str, reason: str
) -> None:
    assert reason in merchant_page(staff, acme, **{table: rows})
    assert not AllowlistEntry.objects.exists()
    assert not AllowedDomain.objects.exists()


def test_a_keys_own_list_binds_and_can_be_emptied(staff: Client, caller: Caller) -> None:
    key = ApiKey.objects.get()
    page = f"/admin/merchants/apikey/{key.pk}/change/"
    common = {"label": "", "allowlist-TOTAL_FORMS": "1", "secrets-TOTAL_FORMS": "0", "secrets-INITIAL_FORMS": "0"}
    staff.post(page, common | {"allowlist-INITIAL_FORMS": "0", "allowlist-0-network": "52.1.2.3"})
    entry = AllowlistEntry.objects.get()
    assert (entry.key, entry.merchant) == (key, caller.merchant)
    assert caller.balance().body["status"] == "RS_ERROR_IP_RESTRICTION"

    row = {"allowlist-0-id": str(entry.pk), "allowlist-0-key": str(key.pk), "allowlist-0-network": "52.1.2.3/32"}
    staff.post(page, common | row | {"allowlist-INITIAL_FORMS": "1", "allowlist-0-DELETE": "on"})
    assert not AllowlistEntry.objects.exists()
    assert caller.balance().body["status"] == "RS_OK"


def test_the_same_network_may_stand_on_both_lists(staff: Client, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    AllowlistEntry.objects.create(merchant=acme, key=key, network="52.1.2.3")
    assert merchant_page(staff, acme, allowlist="52.1.2.3") == "saved"
    assert AllowlistEntry.objects.count() == 2
