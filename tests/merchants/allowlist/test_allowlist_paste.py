"""Many entries at once: all good, or every bad one named and nothing taken."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from merchants.services.allowlist import EntryPlan, pasted_entries
from portal.lib import clock

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def read(text: str, zone: str = "UTC") -> list[EntryPlan]:
    with clock.frozen_at(NOW):
        return list(pasted_entries.pasted_networks(text, zone=zone))


def refused(text: str) -> dict[int, str]:
    with clock.frozen_at(NOW), pytest.raises(pasted_entries.BadEntries) as found:
        pasted_entries.pasted_networks(text)
    return {line.number: line.reason for line in found.value.lines}


def line(network: str, note: str = "", ends: datetime | None = None) -> EntryPlan:
    return EntryPlan(ip_network(network), note, ends)


GOOD: dict[str, tuple[str, list[EntryPlan]]] = {
    "nothing": ("", []),
    "empty lines": ("\n\n 198.51.100.7 \r\n\n", [line("198.51.100.7/32")]),
    "Host bits are removed": ("198.51.100.7/24", [line("198.51.100.0/24")]),
    "of IPv6": ("2001:0DB8::/32", [line("2001:db8::/32")]),
    "IPv4 in IPv6 clothes": ("::ffff:198.51.100.7", [line("198.51.100.7/32")]),
    "a note": ("198.51.100.7, office in Riga", [line("198.51.100.7/32", "office in Riga")]),
    "a quoted note": ('198.51.100.7,"office, Riga"', [line("198.51.100.7/32", "office, Riga")]),
    "headings": ("network,note,ends\n198.51.100.7,office,", [line("198.51.100.7/32", "office")]),
    "semicolons": ("198.51.100.7;office, Riga;", [line("198.51.100.7/32", "office, Riga")]),
    "tabs": ("198.51.100.7\toffice", [line("198.51.100.7/32", "office")]),
    "a byte order mark": ("\ufeff198.51.100.7", [line("198.51.100.7/32")]),
    "markup": ("198.51.100.7,<b>office</b>", [line("198.51.100.7/32", "<b>office</b>")]),
    "a day": ("198.51.100.7,,2026-03-10", [line("198.51.100.7/32", "", datetime(2026, 3, 11, tzinfo=UTC))]),
    "a moment": (
        "198.51.100.7,x,2026-03-10 18:00",
        [line("198.51.100.7/32", "x", datetime(2026, 3, 10, 18, tzinfo=UTC))],
    ),
    "a moment with a zone": (
        "198.51.100.7,x,2026-03-10T18:00+02:00",
        [line("198.51.100.7/32", "x", datetime(2026, 3, 10, 16, tzinfo=UTC))],
    ),
}


@pytest.mark.parametrize(("text", "lines"), GOOD.values(), ids=GOOD)
def test_what_is_read(text: str, lines: list[EntryPlan]) -> None:
    assert read(text) == lines


def test_a_day_ends_in_the_merchants_time_zone() -> None:
    [found] = read("198.51.100.7,,2026-03-10", zone="Europe/Riga")
    assert found.ends == datetime(2026, 3, 10, 22, tzinfo=UTC)


BAD: dict[str, tuple[str, str]] = {
    "everybody": ("0.0.0.0/0", "too wide"),
    "half of everybody, of IPv6": ("2000::/3", "too wide"),
    "a mask too long": ("1.2.3.4/33", "not an IP address"),
    "a port": ("198.51.100.7:443", "contains a port"),
    "a name": ("casino.example", "not an IP address"),
    "two on a line": ("198.51.100.7, 198.51.100.8", "on its own line"),
    "two of IPv6 on a line": ("2001:db8::1, 2001:db8::2", "on its own line"),
    "an end that has passed": ("198.51.100.7,,2026-03-09", "is in the past"),
    "an end that is now": ("198.51.100.7,,2026-03-10 12:00", "is in the past"),
    "no day": ("198.51.100.7,,tomorrow", "Write it like"),
    "no such day": ("198.51.100.7,,2026-02-30", "Write it like"),
    "the last day of all": ("198.51.100.7,,9999-12-31", "Write it like"),
    "too many fields": ("198.51.100.7,a,2026-12-31,b", "more parts than network"),
    "an open quotation": ('198.51.100.7,"office', "quotation mark"),
    "a long note": (f"198.51.100.7,{'x' * 201}", "at most 200"),
    "NUL": ("198.51.100.7,of\0fice", "cannot be shown"),
    "multicast": ("224.0.0.1", "Requests cannot come"),
    "a formula": ("=1+1", "not an IP address"),
}


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD)
def test_a_bad_line_is_named_with_its_reason(text: str, reason: str) -> None:
    found = refused(f"203.0.113.1\n{text}\n203.0.113.2")
    assert list(found) == [2]
    assert reason in found[2]


def test_every_bad_line_is_named() -> None:
    assert set(refused("network\n\n1.2.3.4/33\n203.0.113.1\n0.0.0.0/0\nx")) == {3, 5, 6}


def test_a_private_network_is_refused_where_callers_are_public(settings: Any) -> None:
    settings.ALLOWLIST_PRIVATE = False
    assert set(refused("10.0.0.1\n8.8.8.8\n::ffff:10.0.0.1\n127.0.0.1\nfd00::1")) == {1, 3, 4, 5}


def test_what_stands_there_twice_is_named_with_the_first() -> None:
    assert "is already on line 1." in refused("198.51.100.0/24\n203.0.113.1\n198.51.100.77/24")[3]


def test_the_first_entry_too_many_is_named() -> None:
    lines = [f"198.51.100.{last}" for last in range(102)]
    assert list(refused("\n".join(lines))) == [101, 102]
    assert len(read("\n".join(lines[:100]))) == 100


TRIES = 3  # the quickest counts: others on the machine make a try slower, never quicker
TIMES_AS_LONG = 28  # for ten times as many lines: 9 to 14 measured, and over 40 where each is looked for in a list


def text_of(kind: str, lines: int) -> str:
    line = {
        "good": "{}",
        "bad": "1.2.3.4/33,office",
        "the same": "198.51.100.7",
        "quoted": '{},"a, b",2036-12-31',
    }[kind]
    chance = random.Random(4)
    return "\n".join(line.format(ip_address(chance.getrandbits(32))) for _ in range(lines))


@pytest.mark.parametrize("kind", ["good", "bad", "the same", "quoted"])
def test_ten_thousand_lines_take_ten_times_as_long_as_a_thousand(kind: str) -> None:
    many, some_lines = text_of(kind, 10_000), text_of(kind, 1_000)
    took = [(seconds_refused(many), seconds_refused(some_lines)) for _ in range(TRIES)]  # in turn
    assert min(many for many, _ in took) < TIMES_AS_LONG * min(few for _, few in took)
    with pytest.raises(pasted_entries.BadEntries) as found:
        pasted_entries.pasted_networks(many)
    assert len(found.value.lines) >= 9_899
    assert len(str(found.value)) < 300


def seconds_refused(text: str) -> float:
    """Of processor, until all bad lines are named."""
    begun = time.process_time()
    with pytest.raises(pasted_entries.BadEntries):
        pasted_entries.pasted_networks(text)
    return time.process_time() - begun


def numbers_of_bad_lines(text: str) -> list[int]:
    try:
        pasted_entries.pasted_networks(text)
    except pasted_entries.BadEntries as refused:
        return [bad.number for bad in refused.lines]
    return []


@given(
    some.lists(some.sampled_from(["198.51.100.7", "203.0.113.0/24", "nonsense", "", '"', "1.2.3.4/33,x"]) | some.text())
)
def test_no_text_breaks_it_and_line_numbers_are_the_readers_own(lines: list[str]) -> None:
    text = "\n".join(lines)
    numbers = numbers_of_bad_lines(text)
    assert numbers == sorted(set(numbers))
    written = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(written[number - 1].strip() for number in numbers)


def test_domains_are_read_as_well() -> None:
    found = pasted_entries.pasted_domains(
        "domain,note,ends\nCasino.example,our own\nbücher.example,,2036-01-01", zone="Europe/Riga"
    )
    assert [(each.domain, each.note, each.ends) for each in found] == [
        ("casino.example", "our own", None),
        ("xn--bcher-kva.example", "", datetime(2036, 1, 1, 22, tzinfo=UTC)),
    ]
    with pytest.raises(pasted_entries.BadEntries) as refused:
        pasted_entries.pasted_domains(
            "casino.example\nhttps://casino.example\n*.casino.example\ncasino.example.\na.example,,2020-01-01"
        )
    assert [bad.number for bad in refused.value.lines] == [2, 3, 4, 5]
