"""A short list that holds some addresses."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from itertools import combinations
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from merchants.services.allowlist import cover, parse_network
from portal.lib.clientip import Address, Network

HERE = int(ip_address("93.184.216.0"))
addresses = some.lists(some.integers(0, 31).map(lambda number: ip_address(HERE + number)), min_size=1, unique=True)


def seen(*texts: str) -> list[Address]:
    return [ip_address(text) for text in texts]


def size(networks: Any) -> int:
    return sum(network.num_addresses for network in networks)


EXACT: dict[str, tuple[list[str], list[str]]] = {
    "one": (["93.184.216.34"], ["93.184.216.34/32"]),
    "two neighbours that are a block": (["93.184.216.34", "93.184.216.35"], ["93.184.216.34/31"]),
    "two neighbours that are none": (["93.184.216.35", "93.184.216.36"], ["93.184.216.35/32", "93.184.216.36/32"]),
    "three of four": ([f"93.184.216.{last}" for last in (4, 5, 6)], ["93.184.216.4/31", "93.184.216.6/32"]),
    "both families": (["2606:2800::1", "93.184.216.34"], ["93.184.216.34/32", "2606:2800::1/128"]),
    "a whole block": ([f"93.184.216.{last}" for last in range(256)], ["93.184.216.0/24"]),
}


@pytest.mark.parametrize(("given", "networks"), EXACT.values(), ids=EXACT)
def test_a_block_only_where_all_of_it_was_seen(given: list[str], networks: list[str]) -> None:
    assert [str(network) for network in cover.exact_cover(seen(*given))] == networks


@given(addresses)
def test_exactly_is_exact(given: list[Address]) -> None:
    networks = cover.exact_cover(given)
    assert size(networks) == len(given)
    assert all(any(address in network for network in networks) for address in given)


def test_fewer_entries_join_what_is_near() -> None:
    given = seen("93.184.216.34", "93.184.216.37", "151.101.1.6", "2606:2800::1")
    assert [str(network) for network in cover.bounded_cover(given, 3)] == [
        "93.184.216.32/29",
        "151.101.1.6/32",
        "2606:2800::1/128",
    ]


def narrowest(given: list[Address], most: int) -> int:
    """Return the size of the widest network of the list whose widest is the smallest, by trying all lists."""
    blocks: list[Network] = sorted(
        {ip_network((int(address) >> bits << bits, 32 - bits)) for address in given for bits in range(6)}
    )
    return min(
        max(network.num_addresses for network in chosen)
        for count in range(1, most + 1)
        for chosen in combinations(blocks, count)
        if all(any(address in network for network in chosen) for address in given)
    )


@given(addresses.filter(lambda given: len(given) <= 5), some.integers(1, 3))
def test_no_join_is_wider_than_that_many_networks_need(given: list[Address], most: int) -> None:
    networks, exact = cover.bounded_cover(given, most), cover.exact_cover(given)
    assert len(networks) <= most
    assert all(any(address in network for network in networks) for address in given)
    widest = max(narrowest(given, most), *(network.num_addresses for network in exact))
    assert size(networks) <= most * widest, "full neighbours may be written as one network"


def test_thousands_of_addresses_are_covered_at_once() -> None:
    given = [ip_address(HERE + 3 * number) for number in range(5_000)]
    began = process_time()
    networks = cover.bounded_cover(given, 100)
    assert process_time() - began < 5
    assert len(networks) <= 100
    assert size(networks) < 4 * size(cover.exact_cover([ip_address(HERE + number) for number in range(15_000)]))


def can_call(address: Address) -> bool:
    mapped = address.version == 6 and address.ipv4_mapped is not None  # a caller's comes out as IPv4
    return not (address.is_multicast or address.is_unspecified or mapped)


@given(some.lists(some.ip_addresses().filter(can_call), min_size=1), some.integers(1, 20))
def test_none_is_wider_than_may_stand(given: list[Address], most: int) -> None:
    try:
        networks = cover.bounded_cover(given, most)
    except cover.TooFewNetworks:
        return
    assert [parse_network(str(network)) for network in networks] == networks
    assert all(any(address in network for network in networks) for address in given)


def test_what_cannot_be_covered_is_said() -> None:
    with pytest.raises(cover.TooFewNetworks, match="Increase"):
        cover.bounded_cover(seen("8.8.8.8", "93.184.216.34"), 1)
    with pytest.raises(cover.TooFewNetworks):
        cover.bounded_cover(seen("8.8.8.8", "2606:2800::1"), 1)
