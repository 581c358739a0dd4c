"""Removes secrets from texts that are stored. People paste secrets anywhere, so they are recognised by their shape."""

from __future__ import annotations

import re

RANDOM_CHARACTERS = 49  # with the checksum
BACKSLASHES = r"\\\\{0,3}"  # one in JSON, two and more in JSON within JSON


def _escaped(sign: str, code: str) -> str:
    """A pattern of a character as it is, in a URL, or in JSON: flat, since a search for first literals is quick."""
    return f"(?:{sign}|%{code}|{BACKSLASHES}u00{code})"


def _written(text: str) -> str:
    codes = (re.sub("([a-f])", lambda digit: f"[{digit[0]}{digit[0].upper()}]", f"{ord(sign):02x}") for sign in text)
    return "".join(map(_escaped, text, codes))


RANDOM = _escaped("[0-9A-Za-z]", "[3-7][0-9a-fA-F]")
KINDS = f"(?:(?P<live>{_written('live')})|(?P<mgmt>{_written('mgmt')})|{_written('test')})"
SHAPE = re.compile(f"{_written('oppi_')}{KINDS}{_written('_')}{RANDOM}{{{RANDOM_CHARACTERS}}}")
WIDE = re.compile(
    rb"(o\0p\0p\0i\0_\0(?:l\0i\0v\0e\0|t\0e\0s\0t\0|m\0g\0m\0t\0)_\0)(?:[0-9A-Za-z]\0?){%d}" % RANDOM_CHARACTERS
)


SLASH = "(?:/|%2[fF])"
LINK = re.compile(f"({SLASH}(?:invitation|claim|reset{SLASH}key){SLASH})[^/%?&\\s\"']+")


def mask_links(text: str) -> str:
    """Return the text without the tokens of links in emails, which a reader of the log could use."""
    return LINK.sub(r"\1…", text)


def mask_secrets(text: str) -> str:
    """Return the text without secrets."""
    return SHAPE.sub(_cut, text) if _may_hold_one(text) else text


def _may_hold_one(text: str) -> bool:
    """Quickly no for nearly all texts: of the first four letters one is escaped, or none."""
    return "oppi" in text or "u006" in text or "u007" in text or "%6" in text or "%7" in text


def _cut(found: re.Match[str]) -> str:
    if found["mgmt"]:
        return "oppi_mgmt_…"
    return "oppi_live_…" if found["live"] else "oppi_test_…"


def mask_bytes(raw: bytes) -> bytes:
    """Return the bytes without secrets, UTF-16 included."""
    if b"o\0p\0p\0i" in raw:
        raw = WIDE.sub(rb"\1", raw)
    return mask_secrets(raw.decode(errors="surrogateescape")).encode(errors="surrogateescape")
