"""Texts that a client may have signed in place of the bytes that arrived: the common mistakes, each with its name.

It works on bytes and knows no secret. The names are those of `wallet.services.explain.signature_mistakes`.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote_plus, urlencode

MOST = 2  # mistakes at once
EXTRA = ("extra_text",)
MOST_PERMUTED = 6  # keys of an object: 720 orders
PERMUTED_BYTES = 4 * 1024
DEEPEST = 6
REWRITTEN_BYTES = 256 * 1024
CHEAP_BYTES = 8 * 1024  # a longer body is written anew in the two usual styles only
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
GZIP_OR_ZLIB, DEFLATE = 47, -15  # windows of zlib
MAX_DIGITS = 16
JOINTS = (b"", b"|", b"\n", b" ", b":", b".", b"&")  # between a method, a path and a body


class Signable(NamedTuple):
    """Bytes, and the mistakes by which they differ from the text that should be signed.

    Texts that are `in_bulk` are dozens of the same mistake. They are tried with the right secret and layout only.
    """

    text: bytes
    mistakes: tuple[str, ...] = ()
    in_bulk: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """The request as it arrived."""

    method: str
    path: str
    query: str
    host: str
    body: bytes


def is_masked(body: bytes) -> bool:
    """Return whether a secret was masked in the stored body: it is then not the body that arrived."""
    return b"oppi" in body and "…".encode() in body


# --- bodies -----------------------------------------------------------------------------------------------------------
class Style(NamedTuple):
    separators: tuple[str, str]
    indent: str | int | None = None
    mistake: str = "body_format"


COMPACT, SPACED = Style((",", ":")), Style((", ", ": "), mistake="body_spaces")
INDENTED = [Style((",", ": "), indent) for indent in (2, 4, "\t")]
STYLES = [COMPACT, SPACED, Style((",", ": ")), Style((", ", ":")), *INDENTED]


class Writing(NamedTuple):
    """A way to write an object as JSON."""

    style: Style | None = COMPACT
    unicode_escapes: bool = False
    slash_escapes: bool = False

    def write(self, value: Any) -> bytes:
        separators, indent, _ = self.style or COMPACT
        text = json.dumps(value, separators=separators, indent=indent, ensure_ascii=self.unicode_escapes)
        if self.slash_escapes:
            text = text.replace("/", "\\/")
        return text.encode(errors="surrogatepass")

    def differs(self, sent: Writing) -> tuple[str, ...]:
        style = (self.style.mistake,) if self.style and self.style != sent.style else ()
        unicode, slashes = self.unicode_escapes != sent.unicode_escapes, self.slash_escapes != sent.slash_escapes
        if unicode and slashes and self.unicode_escapes == self.slash_escapes:
            return (*style, "php_escapes")
        return (*style, *("unicode_escapes",) * unicode, *("slash_escapes",) * slashes)


WRITINGS = [Writing(*each) for each in product(STYLES, (False, True), (False, True))]
UNKNOWN_WRITING = Writing(style=None)


def bodies(arrived: Arrived) -> list[Signable]:
    """Return the texts that may have been signed as the body, those with fewer mistakes first, without repeats."""
    found: dict[bytes, Signable] = {}
    makers: list[Callable[[Arrived], Iterable[Signable]]] = [_right]
    makers += [_of_no_body] if not arrived.body else [_endings, _charsets]
    makers += [_wrapped, _rewritten] if 0 < len(arrived.body) <= REWRITTEN_BYTES else []
    for signable in (signable for make in makers for signable in _made(make, arrived)):
        known = found.get(signable.text)
        if len(signable.mistakes) <= MOST and (known is None or len(known.mistakes) > len(signable.mistakes)):
            found[signable.text] = signable
    return sorted(found.values(), key=lambda signable: len(signable.mistakes))


def _made(make: Callable[[Arrived], Iterable[Signable]], arrived: Arrived) -> Iterator[Signable]:
    """Yield as many as can be made: a body that is nested too deeply cannot be written again."""
    with suppress(RecursionError):
        yield from make(arrived)


def _right(arrived: Arrived) -> Iterator[Signable]:
    yield Signable(arrived.body)
    if not arrived.body:
        yield Signable(b'""')


def _endings(arrived: Arrived) -> Iterator[Signable]:
    return _endings_of(Signable(arrived.body))


def _endings_of(signable: Signable) -> Iterator[Signable]:
    """Yield it with the line breaks and ends that files, shells and editors make."""
    body, before, _ = signable
    unix = body.replace(b"\r\n", b"\n")
    for text, mistake in (
        (unix, "line_breaks"),
        (unix.replace(b"\n", b"\r\n"), "line_breaks"),
        *((body + end, "trailing_characters") for end in (b"\n", b"\r\n", b" ", b"\0")),
        (BYTE_ORDER_MARK + body, "byte_order_mark"),
        (body.removeprefix(BYTE_ORDER_MARK), "byte_order_mark"),
        (body.strip(), "body_format"),
    ):
        if text != body:
            yield Signable(text, (*before, mistake))


def _of_no_body(arrived: Arrived) -> Iterator[Signable]:
    for empty in (b"{}", b"[]", b"null", b"undefined", b"''"):
        yield Signable(empty, ("empty_body_signed",))
    yield Signable(b"\n", ("trailing_characters",))
    query = arrived.query
    fields = dict(parse_qsl(query, keep_blank_values=True))
    for text in (
        query,
        f"?{query}",
        urlencode(fields),
        urlencode(sorted(fields.items())),
        json.dumps(fields, separators=(",", ":")),
        json.dumps(fields),
        json.dumps({name: _number(value) for name, value in fields.items()}, separators=(",", ":")),
    ):
        if text:
            yield Signable(text.encode(), ("query_signed",))
    for joint in JOINTS:
        for head in addresses(arrived, joint):
            yield Signable(head, EXTRA, in_bulk=bool(joint))
            yield Signable(head + joint, EXTRA, in_bulk=True)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < MAX_DIGITS else value


def _behind_addresses(arrived: Arrived, signable: Signable) -> Iterator[Signable]:
    for joint in JOINTS if len(arrived.body) <= CHEAP_BYTES else JOINTS[:1]:
        for head in addresses(arrived, joint):
            yield Signable(head + joint + signable.text, (*EXTRA, *signable.mistakes), in_bulk=True)


def addresses(arrived: Arrived, joint: bytes) -> Iterator[bytes]:
    """Yield method, path and whole address, as other schemes sign them in front of the body."""
    path, method, host = arrived.path.encode(), arrived.method.encode(), arrived.host.encode()
    yield method
    for target in {path, path + b"?" + arrived.query.encode() if arrived.query else path}:
        yield target
        yield method + joint + target
        yield method.lower() + joint + target
        yield b"https://" + host + target
        yield b"http://" + host + target


def _charsets(arrived: Arrived) -> Iterator[Signable]:
    body = arrived.body
    for was, signed in (
        *(("utf-8", signed) for signed in ("latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be")),
        ("latin-1", "utf-8"),
        ("utf-16", "utf-8"),
    ):
        try:
            text = body.decode(was).encode(signed)
        except UnicodeError:
            continue
        if text != body:
            yield Signable(text, ("body_charset",))


def _wrapped(arrived: Arrived) -> Iterator[Signable]:
    body = arrived.body
    for empty in (b"", b"{}", b'""'):
        yield Signable(empty, ("body_not_signed",))
    for text in (b"undefined", b"null", b"[object Object]"):
        yield Signable(text, ("not_json",))
    yield Signable(base64.b64encode(body), ("body_encoded",))
    yield Signable(quote_plus(body).encode(), ("body_encoded",))
    yield from _decompressed(body)
    yield from _behind_addresses(arrived, Signable(body))
    with suppress(UnicodeDecodeError):
        for ascii_only in (True, False):
            yield Signable(json.dumps(body.decode(), ensure_ascii=ascii_only).encode(), ("json_twice",))


def _decompressed(body: bytes) -> Iterator[Signable]:
    """Yield the body before gzip, zlib or deflate; a longer one than could be examined is left out."""
    for window in (GZIP_OR_ZLIB, DEFLATE):
        with suppress(zlib.error):
            reader = zlib.decompressobj(window)
            text = reader.decompress(body, REWRITTEN_BYTES)
            if reader.eof:
                yield Signable(text, ("body_compressed",))


def _rewritten(arrived: Arrived) -> Iterator[Signable]:
    """Yield the same JSON, written differently."""
    try:
        value = json.loads(arrived.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    if isinstance(value, str):
        yield Signable(value.encode(errors="surrogatepass"), ("json_twice",))
        return
    if len(arrived.body) > CHEAP_BYTES or is_deep(value):
        for style in (COMPACT, SPACED):
            yield Signable(Writing(style).write(value), (style.mistake,))
        return
    sent = next((way for way in WRITINGS if way.write(value) == arrived.body), UNKNOWN_WRITING)
    once = [Signable(way.write(value), way.differs(sent)) for way in WRITINGS if way != sent]
    yield from once
    for signable in once:
        if len(signable.mistakes) == 1:
            yield from _endings_of(signable)
    yield from _behind_addresses(arrived, Signable(Writing(SPACED).write(value), (SPACED.mistake,)))
    if isinstance(value, dict):
        yield from _other_orders(value, sent)
        yield from _other_values(value, sent)
        yield from _as_forms(value)


def is_deep(value: Any, most: int = DEEPEST) -> bool:
    """Return whether the value is nested so deeply that indents make it much longer."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(most == 0 or is_deep(item, most - 1) for item in inner)


def _ways(sent: Writing) -> Iterator[tuple[Writing, tuple[str, ...]]]:
    """Yield the writing that was sent, and the usual ones."""
    usual = [Writing(*each) for each in product((COMPACT, SPACED), (False, True))]
    for way in dict.fromkeys([sent, *usual] if sent.style else usual):
        yield way, way.differs(sent)


def _other_orders(value: dict[str, Any], sent: Writing) -> Iterator[Signable]:
    keys = list(value)
    orders = [
        *({key: value[key] for key in order} for order in (sorted(keys), keys[::-1], sorted(keys, key=str.lower))),
        _deeply_sorted(value),
    ]
    for ordered, (way, differs) in product(orders, list(_ways(sent))):
        yield Signable(way.write(ordered), ("field_order", *differs))
    if len(keys) <= MOST_PERMUTED and sum(map(len, map(str, value.values()))) <= PERMUTED_BYTES:
        for way, differs in _ways(sent):
            if not way.unicode_escapes and way.style in {COMPACT, SPACED}:
                yield from _permuted(value, way, differs)


def _permuted(value: dict[str, Any], way: Writing, differs: tuple[str, ...]) -> Iterator[Signable]:
    comma, colon = (part.encode() for part in (way.style or COMPACT).separators)
    pieces = [way.write(key) + colon + way.write(kept) for key, kept in value.items()]
    for order in permutations(pieces):
        yield Signable(b"{" + comma.join(order) + b"}", ("field_order", *differs), in_bulk=True)


def _deeply_sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deeply_sorted(value[key]) for key in sorted(value)}
    return [_deeply_sorted(item) for item in value] if isinstance(value, list) else value


def _other_values(value: dict[str, Any], sent: Writing) -> Iterator[Signable]:
    changed = [{key: change(kept) for key, kept in value.items()} for change in VALUE_CHANGES]
    changed.append({key: kept for key, kept in value.items() if kept is not None and kept != ""})
    for other in changed:
        if repr(other) != repr(value):
            for way, differs in _ways(sent):
                yield Signable(way.write(other), ("values_changed", *differs))


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) < 2**53


VALUE_CHANGES: list[Callable[[Any], Any]] = [
    lambda value: float(value) if _is_whole(value) else value,
    lambda value: str(value) if _is_whole(value) else value,
    _number,
    lambda value: int(value) if isinstance(value, float) and value.is_integer() else value,
    lambda value: int(value) if isinstance(value, bool) else value,
]


def _as_forms(value: dict[str, Any]) -> Iterator[Signable]:
    flat = {key: kept for key, kept in value.items() if not isinstance(kept, (dict, list))}
    for text in (
        urlencode(flat, errors="replace"),
        urlencode(sorted(flat.items()), errors="replace"),
        "".join(str(kept) for kept in flat.values()),
        str(value),
    ):
        yield Signable(text.encode(errors="replace"), ("not_json",))


# --- how body and timestamp are put together --------------------------------------------------------------------------
class Layout(NamedTuple):
    """The signed text: `head` + body + `tail`."""

    head: bytes
    tail: bytes
    mistakes: tuple[str, ...] = ()

    def wrap(self, body: bytes) -> bytes:
        return self.head + body + self.tail


SEPARATORS = (b":", b".", b"&", b"-", b",", b";", b"\n", b" ", b"||", b" | ", b"_", b"+", b"?", b"%7C")


def layouts(arrived: Arrived, timestamp: str, auth_key: str) -> list[Layout]:
    """Return the correct layout, then wrong ones, also with other timestamps that the client may have signed."""
    stamp, key = timestamp.encode(), auth_key.encode()
    first, bar, trailing, missing = ("timestamp_first",), ("bar",), ("trailing_characters",), ("timestamp_not_signed",)
    found = [
        Layout(b"", b"|" + stamp),
        Layout(b"", stamp, bar),
        *(Layout(b"", sign + stamp, bar) for sign in SEPARATORS),
        Layout(stamp + b"|", b"", first),
        Layout(stamp, b"", first + bar),
        *(Layout(stamp + sign, b"", first + bar) for sign in (b":", b".", b"\n")),
        Layout(b"", b"", missing),
        Layout(b"", b"|", missing),
        Layout(b"", b"|" + stamp + b"\n", trailing),
        Layout(b"", b"|" + stamp + b"\r\n", trailing),
        Layout(b"", b"|" + stamp + b"|", bar),
        Layout(b"|", b"|" + stamp, bar),
        Layout(key + b"|", b"|" + stamp, EXTRA),
        Layout(key, b"|" + stamp, EXTRA),
        Layout(b"", b"|" + stamp + b"|" + key, EXTRA),
        Layout(b"", b"|" + key + b"|" + stamp, EXTRA),
        Layout(key + stamp, b"", EXTRA + first),
    ]
    for joint in JOINTS:
        for head in addresses(arrived, joint):
            found.append(Layout(stamp + joint + head + joint, b"", EXTRA + first))
            found.append(Layout(head + joint + stamp + joint, b"", EXTRA + first))
    return found + [Layout(b"", b"|" + text, ("timestamp_format",)) for text in other_stamps(timestamp)]


def other_stamps(timestamp: str) -> Iterator[bytes]:
    """Yield the same moment in other notations."""
    digits = timestamp.strip()
    yield f'"{timestamp}"'.encode()
    if digits != timestamp:
        yield digits.encode()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < MAX_DIGITS + 4):
        return
    yield f"{digits}.0".encode()
    if len(digits) == MILLISECOND_DIGITS:
        yield digits[:-3].encode()
        yield f"{digits[:-3]}.{digits[-3:]}".encode()
    if len(digits) in {MILLISECOND_DIGITS, SECOND_DIGITS}:
        yield f"{digits}000".encode()


MILLISECOND_DIGITS, SECOND_DIGITS = 13, 10
CLOCK_READ_TWICE_MS = 60


def near_stamps(timestamp: str) -> Iterator[tuple[str, str]]:
    """Yield moments close to the timestamp: the clock was read again, or the header lost its milliseconds."""
    if not (timestamp.isascii() and timestamp.isdecimal()):
        return
    if len(timestamp) == MILLISECOND_DIGITS:
        moment = int(timestamp)
        for off in range(1, CLOCK_READ_TWICE_MS + 1):
            yield str(moment - off), "clock_read_twice"
            yield str(moment + off), "clock_read_twice"
    elif len(timestamp) == SECOND_DIGITS:
        for thousandths in range(1000):
            yield f"{timestamp}{thousandths:03d}", "timestamp_format"
