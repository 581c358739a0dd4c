"""What somebody may have signed in place of the bytes that arrived: the usual mistakes, each with its name.

Bytes in, bytes out; nothing here knows a secret. A mistake is a word of `wallet.services.explain.signature_mistakes`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote_plus, urlencode

MOST = 2  # mistakes at once
SHUFFLED = ("order_other",)
MOST_PERMUTED = 6  # keys of an object: 720 orders
PERMUTED_BYTES = 4 * 1024
DEEPEST = 6
REWRITTEN_BYTES = 256 * 1024
CHEAP_BYTES = 8 * 1024  # a longer body is written anew in the two usual styles only


class Signable(NamedTuple):
    """Bytes, and by which mistakes they differ from what should have been signed."""

    text: bytes
    mistakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a signature is compared with, as it came."""

    method: str
    path: str
    query: str
    host: str
    body: bytes


def is_masked(body: bytes) -> bool:
    """A Secret Key stood in it and was taken out before it was kept: it is not what arrived."""
    return b"oppi" in body and "…".encode() in body


# --- bodies -----------------------------------------------------------------------------------------------------------
STYLES: dict[str, tuple[tuple[str, str], str | int | None]] = {
    "compact": ((",", ":"), None),
    "spaces": ((", ", ": "), None),
    "colon_spaces": ((",", ": "), None),
    "comma_spaces": ((", ", ":"), None),
    "indented": ((",", ": "), 2),
    "indented_4": ((",", ": "), 4),
    "indented_tab": ((",", ": "), "\t"),
}


@dataclass(frozen=True, slots=True)
class Writing:
    """How an object is put into JSON."""

    style: str = "compact"
    escapes: str = "unicode_plain"

    def write(self, value: Any) -> bytes:
        separators, indent = STYLES[self.style]
        ascii_only = self.escapes in {"unicode_escaped", "php_escaped"}
        text = json.dumps(value, separators=separators, indent=indent, ensure_ascii=ascii_only)
        if self.escapes in {"slashes_escaped", "php_escaped"}:
            text = text.replace("/", "\\/")
        return text.encode(errors="surrogatepass")

    def differs(self, other: Writing) -> tuple[str, ...]:
        style = () if self.style == other.style else (f"written_{self.style}",)
        return style + (() if self.escapes == other.escapes else (self.escapes,))


ESCAPES = ("unicode_plain", "unicode_escaped", "slashes_escaped", "php_escaped")
WRITINGS = [Writing(style, escapes) for style in STYLES for escapes in ESCAPES]


def bodies(arrived: Arrived) -> list[Signable]:
    """Without a mistake first, then with one, then with two; no bytes twice."""
    found: dict[bytes, tuple[str, ...]] = {}
    makers: list[Callable[[Arrived], Iterable[Signable]]] = [_right, _endings]
    makers += [_of_no_body] if not arrived.body else [_charsets]
    makers += [_wrapped, _rewritten] if 0 < len(arrived.body) <= REWRITTEN_BYTES else []
    for signable in (signable for make in makers for signable in _made(make, arrived)):
        known = found.get(signable.text)
        if len(signable.mistakes) <= MOST and (known is None or len(known) > len(signable.mistakes)):
            found[signable.text] = signable.mistakes
    return sorted((Signable(*pair) for pair in found.items()), key=lambda signable: len(signable.mistakes))


def _made(make: Callable[[Arrived], Iterable[Signable]], arrived: Arrived) -> Iterator[Signable]:
    """As far as it can be: what is nested too deeply can't be written anew."""
    with suppress(RecursionError):
        yield from make(arrived)


def _right(arrived: Arrived) -> Iterator[Signable]:
    yield Signable(arrived.body)
    if not arrived.body:
        yield Signable(b'""')


def _endings(arrived: Arrived) -> Iterator[Signable]:
    return _endings_of(Signable(arrived.body)) if arrived.body else iter(())


def _endings_of(signable: Signable) -> Iterator[Signable]:
    """At its ends: what files, shells and editors put there or take away."""
    body, before = signable
    for text, mistake in (
        (body + b"\n", "newline_signed"),
        (body + b"\r\n", "crlf_signed"),
        (b"\xef\xbb\xbf" + body, "bom_signed"),
        (body + b" ", "space_signed"),
        (body + b"\0", "nul_signed"),
        (body.removeprefix(b"\xef\xbb\xbf"), "bom_sent"),
        (body.strip(), "blanks_sent"),
    ):
        if text != body:
            yield Signable(text, (*before, mistake))


def _of_no_body(arrived: Arrived) -> Iterator[Signable]:
    query = arrived.query
    fields = dict(parse_qsl(query, keep_blank_values=True))
    target = arrived.path + (f"?{query}" if query else "")
    for text, mistake in (
        ("{}", "object_for_nothing"),
        ("[]", "object_for_nothing"),
        ("null", "null_for_nothing"),
        ("undefined", "null_for_nothing"),
        ("''", "null_for_nothing"),
        ("\n", "newline_signed"),
        (query, "query_signed"),
        (f"?{query}", "query_signed"),
        (urlencode(fields), "query_signed"),
        (urlencode(sorted(fields.items())), "query_signed"),
        (json.dumps(fields, separators=(",", ":")), "query_as_json"),
        (json.dumps(fields), "query_as_json"),
        (json.dumps(_numbers(fields), separators=(",", ":")), "query_as_json"),
        (arrived.path, "path_signed"),
        (target, "path_signed"),
        (arrived.method + target, "path_signed"),
        (f"https://{arrived.host}{target}", "path_signed"),
        (f"http://{arrived.host}{target}", "path_signed"),
    ):
        if text:
            yield Signable(text.encode(), (mistake,))


def _numbers(fields: Mapping[str, str]) -> dict[str, Any]:
    return {
        name: int(value) if value.isdecimal() and len(value) < MAX_DIGITS else value for name, value in fields.items()
    }


MAX_DIGITS = 16


def _charsets(arrived: Arrived) -> Iterator[Signable]:
    body = arrived.body
    for was, signed, mistake in (
        ("utf-8", "latin-1", "charset_latin"),
        ("utf-8", "cp1252", "charset_latin"),
        ("utf-8", "utf-16", "charset_utf16"),
        ("utf-8", "utf-16-le", "charset_utf16"),
        ("utf-8", "utf-16-be", "charset_utf16"),
        ("latin-1", "utf-8", "charset_twice"),
        ("utf-16", "utf-8", "charset_sent"),
    ):
        try:
            text = body.decode(was).encode(signed)
        except UnicodeError:
            continue
        if text != body:
            yield Signable(text, (mistake,))


def _wrapped(arrived: Arrived) -> Iterator[Signable]:
    body = arrived.body
    yield Signable(b"", ("nothing_signed",))
    yield Signable(b"{}", ("nothing_signed",))
    yield Signable(b'""', ("nothing_signed",))
    yield Signable(b"[object Object]", ("object_as_text",))
    yield Signable(base64.b64encode(body), ("body_base64",))
    yield Signable(arrived.path.encode() + body, ("path_and_body",))
    yield Signable(arrived.method.encode() + arrived.path.encode() + body, ("path_and_body",))
    yield Signable(quote_plus(body).encode(), ("body_url_encoded",))
    try:
        yield Signable(json.dumps(body.decode()).encode(), ("encoded_twice",))
        yield Signable(json.dumps(body.decode(), ensure_ascii=False).encode(), ("encoded_twice",))
    except UnicodeDecodeError:
        return


def _rewritten(arrived: Arrived) -> Iterator[Signable]:
    """The same JSON, written in other ways."""
    try:
        value = json.loads(arrived.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    if isinstance(value, str):
        yield Signable(value.encode(errors="surrogatepass"), ("encoded_twice_sent",))
        return
    if len(arrived.body) > CHEAP_BYTES or is_deep(value):
        yield Signable(Writing("compact").write(value), ("written_compact",))
        yield Signable(Writing("spaces").write(value), ("written_spaces",))
        return
    sent = next((way for way in WRITINGS if way.write(value) == arrived.body), None)
    once = list(_other_writings(value, sent))
    yield from once
    for signable in once:
        if len(signable.mistakes) == 1:
            yield from _endings_of(signable)
    if isinstance(value, dict):
        yield from _other_orders(value, sent)
        yield from _other_values(value, sent)
        yield from _as_forms(value)


def is_deep(value: Any, most: int = DEEPEST) -> bool:
    """Indented, what is nested deeply grows by its depth."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(most == 0 or is_deep(item, most - 1) for item in inner)


def _other_writings(value: Any, sent: Writing | None) -> Iterator[Signable]:
    for way in WRITINGS:
        if way != sent:
            yield Signable(way.write(value), way.differs(sent or Writing("as it came")))


def _ways(sent: Writing | None) -> Iterator[tuple[Writing, tuple[str, ...]]]:
    """As it was sent, and the two usual ways."""
    if sent is not None:
        yield sent, ()
    for style in ("compact", "spaces"):
        for escapes in ("unicode_plain", "unicode_escaped"):
            way = Writing(style, escapes)
            if way != sent:
                yield way, way.differs(sent or Writing("as it came"))


def _other_orders(value: dict[str, Any], sent: Writing | None) -> Iterator[Signable]:
    keys = list(value)
    named = {
        "order_sorted": sorted(keys),
        "order_reversed": keys[::-1],
        "order_ignoring_case": sorted(keys, key=str.lower),
    }
    for mistake, order in named.items():
        for way, differs in _ways(sent):
            yield Signable(way.write({key: value[key] for key in order}), (mistake, *differs))
    for way, differs in _ways(sent):
        yield Signable(way.write(_deeply_sorted(value)), ("order_sorted", *differs))
    if len(keys) <= MOST_PERMUTED and sum(map(len, map(str, value.values()))) <= PERMUTED_BYTES:
        for way, differs in _ways(sent):
            if way.escapes == "unicode_plain" and STYLES[way.style][1] is None:
                yield from _permuted(value, way, differs)


def _permuted(value: dict[str, Any], way: Writing, differs: tuple[str, ...]) -> Iterator[Signable]:
    comma, colon = (part.encode() for part in STYLES[way.style][0])
    pieces = [way.write(key) + colon + way.write(kept) for key, kept in value.items()]
    for order in permutations(pieces):
        yield Signable(b"{" + comma.join(order) + b"}", (*SHUFFLED, *differs))


def _deeply_sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deeply_sorted(value[key]) for key in sorted(value)}
    return [_deeply_sorted(item) for item in value] if isinstance(value, list) else value


def _other_values(value: dict[str, Any], sent: Writing | None) -> Iterator[Signable]:
    for mistake, change in VALUE_CHANGES.items():
        changed = {key: change(kept) for key, kept in value.items()}
        if repr(changed) != repr(value):
            for way, differs in _ways(sent):
                yield Signable(way.write(changed), (mistake, *differs))
    without = {key: kept for key, kept in value.items() if kept is not None and kept != ""}
    if len(without) < len(value):
        for way, differs in _ways(sent):
            yield Signable(way.write(without), ("empty_left_out", *differs))


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**53


VALUE_CHANGES: dict[str, Callable[[Any], Any]] = {
    "numbers_as_floats": lambda value: float(value) if _is_whole(value) else value,
    "numbers_as_texts": lambda value: str(value) if _is_whole(value) else value,
    "numbers_from_texts": lambda value: (
        int(value) if isinstance(value, str) and value.isdecimal() and len(value) < MAX_DIGITS else value
    ),
    "numbers_from_floats": lambda value: int(value) if isinstance(value, float) and value.is_integer() else value,
    "flags_as_numbers": lambda value: int(value) if isinstance(value, bool) else value,
}


def _as_forms(value: dict[str, Any]) -> Iterator[Signable]:
    flat = {key: kept for key, kept in value.items() if not isinstance(kept, (dict, list))}
    yield Signable(urlencode(flat, errors="replace").encode(), ("form_signed",))
    yield Signable(urlencode(sorted(flat.items()), errors="replace").encode(), ("form_signed",))
    yield Signable("".join(str(kept) for kept in flat.values()).encode(errors="replace"), ("values_signed",))
    yield Signable(str(value).encode(errors="replace"), ("object_as_text",))


# --- how body and timestamp are put together --------------------------------------------------------------------------
class Layout(NamedTuple):
    """`head` + body + `tail`."""

    head: bytes
    tail: bytes
    mistakes: tuple[str, ...] = ()

    def wrap(self, body: bytes) -> bytes:
        return self.head + body + self.tail


SEPARATORS = (b":", b".", b"&", b"-", b",", b";", b"\n", b" ", b"||", b" | ", b"_", b"+", b"?", b"%7C")


def layouts(timestamp: str, auth_key: str) -> list[Layout]:
    """The right one first. Texts of the call's own timestamp, and others that its sender may have had."""
    stamp, key = timestamp.encode(), auth_key.encode()
    found = [
        Layout(b"", b"|" + stamp),
        Layout(b"", stamp, ("bar_missing",)),
        *(Layout(b"", sign + stamp, ("bar_other",)) for sign in SEPARATORS),
        Layout(stamp + b"|", b"", ("timestamp_first",)),
        Layout(stamp, b"", ("timestamp_first", "bar_missing")),
        *(Layout(stamp + sign, b"", ("timestamp_first", "bar_other")) for sign in (b":", b".", b"\n")),
        Layout(b"", b"", ("timestamp_missing",)),
        Layout(b"", b"|", ("timestamp_missing",)),
        Layout(b"", b"|" + stamp + b"\n", ("newline_after_timestamp",)),
        Layout(b"", b"|" + stamp + b"\r\n", ("newline_after_timestamp",)),
        Layout(b"", b"|" + stamp + b"|", ("bar_after_timestamp",)),
        Layout(b"|", b"|" + stamp, ("bar_other",)),
        Layout(b"", b"|" + b'"' + stamp + b'"', ("timestamp_quoted",)),
        Layout(key + b"|", b"|" + stamp, ("key_signed",)),
        Layout(key, b"|" + stamp, ("key_signed",)),
        Layout(b"", b"|" + stamp + b"|" + key, ("key_signed",)),
        Layout(b"", b"|" + key + b"|" + stamp, ("key_signed",)),
        Layout(key + stamp, b"", ("key_signed", "timestamp_first")),
    ]
    return found + [Layout(b"", b"|" + text.encode(), (mistake,)) for text, mistake in other_stamps(timestamp)]


def other_stamps(timestamp: str) -> Iterator[tuple[str, str]]:
    """Of the same moment in another unit."""
    digits = timestamp.strip()
    if digits != timestamp:
        yield digits, "timestamp_blanks"
    if not (digits.isascii() and digits.isdecimal() and len(digits) < MAX_DIGITS + 4):
        return
    yield digits + ".0", "timestamp_float"
    if len(digits) == MILLISECOND_DIGITS:
        yield digits[:-3], "seconds_signed"
        yield f"{digits[:-3]}.{digits[-3:]}", "seconds_signed"
        yield digits + "000", "microseconds_signed"
    elif len(digits) == SECOND_DIGITS:
        yield digits + "000", "milliseconds_signed"


MILLISECOND_DIGITS, SECOND_DIGITS = 13, 10
CLOCK_READ_TWICE_MS = 60


def near_stamps(timestamp: str) -> Iterator[tuple[str, str]]:
    """The clock was read once to sign and once more for the header; or the header lost its milliseconds."""
    if not (timestamp.isascii() and timestamp.isdecimal()):
        return
    if len(timestamp) == MILLISECOND_DIGITS:
        moment = int(timestamp)
        for off in range(1, CLOCK_READ_TWICE_MS + 1):
            yield str(moment - off), "clock_read_twice"
            yield str(moment + off), "clock_read_twice"
    elif len(timestamp) == SECOND_DIGITS:
        for thousandths in range(1000):
            yield f"{timestamp}{thousandths:03d}", "milliseconds_signed"
