"""Row 3: from where a merchant's calls are taken."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey
from portal.lib import clock
from tests import factories
from tests.conftest import Caller

HERE = "198.51.100.7"


def status(caller: Caller, address: str = HERE, **headers: Any) -> str:
    body = {"playerId": "player-1", "currency": "EUR"}
    return caller.call("/wallet/balance", body, meta={"REMOTE_ADDR": address}, **headers).status


def allow(caller: Caller, network: str, *, of_key: bool = False, **fields: Any) -> None:
    key = ApiKey.objects.get(auth_key=caller.signer.auth_key) if of_key else None
    AllowlistEntry.objects.create(merchant=caller.merchant, key=key, network=network, **fields)


def test_an_empty_list_restricts_nothing(caller: Caller) -> None:
    assert [status(caller), status(caller, "2001:db8::1")] == ["RS_OK"] * 2


MERCHANT_AND_KEY = [
    # list of the merchant, list of the key, answer
    (["198.51.100.0/24"], [], "RS_OK"),
    (["198.51.100.7"], [], "RS_OK"),
    (["198.51.100.8"], [], "IP_RESTRICTION"),
    (["203.0.113.0/24", "198.51.100.0/29"], [], "RS_OK"),
    ([], ["198.51.100.7"], "RS_OK"),
    ([], ["203.0.113.1"], "IP_RESTRICTION"),
    (["198.51.100.7"], ["198.51.100.7"], "RS_OK"),
    (["198.51.100.7"], ["203.0.113.1"], "IP_RESTRICTION"),
    (["203.0.113.1"], ["198.51.100.7"], "IP_RESTRICTION"),
    (["2001:db8::/32"], [], "IP_RESTRICTION"),
]


@pytest.mark.parametrize(("merchant", "key", "answer"), MERCHANT_AND_KEY)
def test_merchant_and_key_must_both_allow(caller: Caller, merchant: list[str], key: list[str], answer: str) -> None:
    for network in merchant:
        allow(caller, network)
    for network in key:
        allow(caller, network, of_key=True)
    assert status(caller) == answer


def test_the_message_names_the_address(caller: Caller) -> None:
    allow(caller, "203.0.113.1")
    answer = caller.call("/wallet/balance", {}, meta={"REMOTE_ADDR": HERE})
    assert HERE in answer["message"]


def test_the_list_of_another_key_does_not_count(caller: Caller) -> None:
    other = factories.signer(caller.merchant)
    key = ApiKey.objects.get(auth_key=other.auth_key)
    AllowlistEntry.objects.create(merchant=caller.merchant, key=key, network="203.0.113.1")
    assert status(caller) == "RS_OK"


def test_the_list_of_another_merchant_does_not_count(caller: Caller, rival_caller: Caller) -> None:
    allow(rival_caller, "203.0.113.1")
    assert [status(caller), status(rival_caller)] == ["RS_OK", "IP_RESTRICTION"]


def test_an_entry_ends(caller: Caller) -> None:
    allow(caller, HERE, expires_at=clock.now() + timedelta(hours=1))
    assert status(caller) == "RS_OK"
    AllowlistEntry.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert status(caller) == "IP_RESTRICTION", "a list whose entries have ended still restricts"
    allow(caller, "198.51.100.0/24")
    assert status(caller) == "RS_OK"


ADDRESSES = [
    ("2001:db8::/32", "2001:db8::1", "RS_OK"),
    ("2001:db8::/32", "2001:0DB8:0:0::0001", "RS_OK"),
    ("2001:db8::/32", "2001:db9::1", "IP_RESTRICTION"),
    ("198.51.100.7", "::ffff:198.51.100.7", "RS_OK"),
    ("198.51.100.7", "::ffff:c633:6407", "RS_OK"),
    ("2001:db8::/32", "2001:db8::1%eth0", "RS_OK"),
    ("198.51.100.0/24", "", "IP_RESTRICTION"),
    ("198.51.100.0/24", "nonsense", "IP_RESTRICTION"),
]


@pytest.mark.parametrize(("network", "address", "answer"), ADDRESSES)
def test_an_address_is_known_however_it_is_written(caller: Caller, network: str, address: str, answer: str) -> None:
    allow(caller, network)
    assert status(caller, address) == answer


FORWARDED = [
    # trusted proxies, X-Forwarded-For, answer
    ((), HERE, "IP_RESTRICTION"),
    (("127.0.0.1/32",), HERE, "RS_OK"),
    (("127.0.0.1/32",), f"203.0.113.9, {HERE}", "RS_OK"),
    (("127.0.0.1/32",), f"{HERE}, 203.0.113.9", "IP_RESTRICTION"),
    (("127.0.0.1/32", "203.0.113.9/32"), f"{HERE}, 203.0.113.9", "RS_OK"),
    (("127.0.0.1/32",), f"{HERE}, nonsense", "IP_RESTRICTION"),
    (("127.0.0.1/32",), "", "IP_RESTRICTION"),
    (("127.0.0.1/32",), f"{HERE}:50124", "RS_OK"),
    (("127.0.0.1/32",), f"{HERE},", "IP_RESTRICTION"),
    (("10.0.0.0/8",), HERE, "IP_RESTRICTION"),
]


@pytest.mark.parametrize(("proxies", "forwarded", "answer"), FORWARDED)
def test_what_a_proxy_says_counts_only_when_it_is_ours(
    caller: Caller, settings: Any, proxies: tuple[str, ...], forwarded: str, answer: str
) -> None:
    settings.TRUSTED_PROXIES = tuple(ip_network(proxy) for proxy in proxies)
    allow(caller, HERE)
    assert status(caller, "127.0.0.1", x_forwarded_for=forwarded) == answer


def test_a_forwarded_address_that_cannot_be_read_is_not_the_proxys(caller: Caller, settings: Any) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1/32"),)
    allow(caller, "127.0.0.1")
    assert status(caller, "127.0.0.1") == "RS_OK", "the proxy's own call has no such header"
    assert status(caller, "127.0.0.1", x_forwarded_for="") == "IP_RESTRICTION"


ORIGINS = [
    (None, "RS_OK"),
    ("https://casino.example", "RS_OK"),
    ("https://casino.example:8443", "RS_OK"),
    ("https://CASINO.example", "RS_OK"),
    ("https://www.casino.example", "IP_RESTRICTION"),
    ("https://casino.example.evil.example", "IP_RESTRICTION"),
    ("https://casino.example@evil.example", "IP_RESTRICTION"),
    ("null", "IP_RESTRICTION"),
    ("casino.example", "IP_RESTRICTION"),
    ("", "IP_RESTRICTION"),  # as the server hands over a header with a byte above 127
]


@pytest.mark.parametrize(("origin", "answer"), ORIGINS)
def test_a_domain_list_restricts_who_sends_an_origin(caller: Caller, origin: str | None, answer: str) -> None:
    AllowedDomain.objects.create(merchant=caller.merchant, domain="Casino.example")
    assert status(caller, origin=origin) == answer


def test_a_domain_ends_by_the_clock_of_the_call(caller: Caller) -> None:
    """Whatever copy of the list is kept: nothing is written when an end comes."""
    ends = clock.now() + timedelta(minutes=2)
    casino, other = "https://casino.example", "https://other.example"
    AllowedDomain.objects.create(merchant=caller.merchant, domain="Casino.example", expires_at=ends)
    for moment, answer in ((ends - timedelta(seconds=1), "RS_OK"), (ends, "IP_RESTRICTION")):
        with clock.frozen_at(moment):
            assert status(caller, origin=casino) == answer
            assert status(caller, origin=other) == "IP_RESTRICTION", "a list whose domains have ended still restricts"
            assert status(caller) == "RS_OK", "a call without Origin is not asked for one"


def test_without_a_domain_list_any_origin_will_do(caller: Caller) -> None:
    assert status(caller, origin="https://anywhere.example") == "RS_OK"
