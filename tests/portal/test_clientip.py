from __future__ import annotations

import pytest

from portal.lib.clientip import client_address, parse_address, parse_networks, subscriber

PROXIES = parse_networks(["10.0.0.0/8", "2001:db8::/32"])
CALLS = [
    # peer, X-Forwarded-For, address found, how
    ("198.51.100.7", "", "198.51.100.7", "socket"),
    ("198.51.100.7", "1.2.3.4", "198.51.100.7", "socket"),
    ("10.0.0.1", None, "10.0.0.1", "socket"),
    ("10.0.0.1", "1.2.3.4", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.3,10.0.0.2", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", "x-forwarded-for"),
    ("2001:db8::5", "2001:470::1", "2001:470::1", "x-forwarded-for"),
    ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", " , ,1.2.3.4", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "nonsense", None, "x-forwarded-for"),
    ("10.0.0.1", "1.2.3.4, nonsense", None, "x-forwarded-for"),
    ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4", "x-forwarded-for"),
    ("10.0.0.1", "6.6.6.6, [2001:470::1]:443", "2001:470::1", "x-forwarded-for"),
    ("10.0.0.1", "[2001:470::1]", "2001:470::1", "x-forwarded-for"),
    ("10.0.0.1", "1.2.3.4:", None, "x-forwarded-for"),
    ("10.0.0.1", "1.2.3.4]:80", None, "x-forwarded-for"),
    ("10.0.0.1", "[nonsense]:80", None, "x-forwarded-for"),
    ("10.0.0.1", "", None, "x-forwarded-for"),
    ("10.0.0.1", "6.6.6.6,", None, "x-forwarded-for"),
    ("", "1.2.3.4", None, "socket"),
]


@pytest.mark.parametrize(("peer", "forwarded", "address", "source"), CALLS)
def test_only_a_proxy_of_ours_is_believed(peer: str, forwarded: str | None, address: str | None, source: str) -> None:
    found, how = client_address(peer, forwarded, PROXIES)
    assert (found and str(found), how) == (address, source)


def test_without_proxies_nobody_is_believed() -> None:
    assert str(client_address("10.0.0.1", "1.2.3.4", ())[0]) == "10.0.0.1"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" 1.2.3.4 ", "1.2.3.4"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("1.2.3", None),
        ("01.2.3.4", None),
        ("1.2.3.4/32", None),
        ("localhost", None),
        ("", None),
    ],
)
def test_an_address_is_read_strictly(text: str, address: str | None) -> None:
    found = parse_address(text)
    assert (found and str(found)) == address


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "10.0.0.0/33", "proxy.example", "10.0.0.1:80"])
def test_a_network_that_is_none_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=entry):
        parse_networks(["10.0.0.0/8", entry])


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
    ],
)
def test_a_limit_counts_a_subscriber(address: str, counted: str) -> None:
    found = parse_address(address)
    assert found is not None
    assert str(subscriber(found)) == counted
