"""Removes secrets from texts that are stored. People paste secrets anywhere, so they are recognised by their shape."""

from __future__ import annotations

import re

from portal.lib.secret_kinds import BASE64, KINDS, LETTERS, LINKS, LIVE, TEST, SecretKind

BACKSLASHES = r"\\\\{0,3}"  # one in JSON, two and more in JSON within JSON


def _escaped(sign: str, code: str) -> str:
    """A pattern of a character as it is, in a URL, or in JSON: flat, since a search for first literals is quick."""
    return f"(?:{sign}|%{code}|{BACKSLASHES}u00{code})"


def _written(text: str) -> str:
    codes = (re.sub("([a-f])", lambda digit: f"[{digit[0]}{digit[0].upper()}]", f"{ord(sign):02x}") for sign in text)
    return "".join(map(_escaped, text, codes))


# A slash of base64 is escaped in some JSON.
SIGNS = {LETTERS: _escaped("[0-9A-Za-z]", "[3-7][0-9a-fA-F]")}
SIGNS[BASE64] = rf"(?:[0-9A-Za-z+/]|\\{{1,3}}/|%[2-7][0-9a-fA-F]|{BACKSLASHES}u00[2-7][0-9a-fA-F])"


def _kind(kind: SecretKind) -> str:
    end = "(?:=|%3[Dd])?" if kind.characters == BASE64 else ""
    return f"(?P<{kind.name}>{_written(kind.prefix)}{SIGNS[kind.characters]}{{{kind.length}}}{end})"


SHAPE = re.compile("|".join(map(_kind, KINDS)))
WIDE = re.compile(
    b"|".join(
        rb"(%b)(?:[%b]\0?){%d}"
        % ("".join(f"{sign}\0" for sign in kind.prefix).encode(), kind.characters.encode(), kind.length)
        for kind in KINDS
    )
)
PREFIXES = {kind.name: kind.prefix for kind in KINDS}
SLASH = "(?:/|%2[fF])"
LINK = re.compile(f"({SLASH}(?:invitation|claim|reset{SLASH}key){SLASH})[^/%?&\\s\"']+")
LINK_IN_TEXT = re.compile("|".join(f"{path.replace('/', SLASH)}{token}" for path, token in LINKS.items()))


def mask_links(text: str) -> str:
    """Return the text without the tokens of links in emails, which a reader of the log could use."""
    return LINK.sub(r"\1…", text)


def mask_secrets(text: str) -> str:
    """Return the text without secrets."""
    return SHAPE.sub(_cut, text) if _may_hold_one(text) else text


def holds_secret(text: str) -> bool:
    """Return whether a secret of any kind is in the text, or a link of an email with its token."""
    return SHAPE.search(text) is not None or LINK_IN_TEXT.search(text) is not None


def holds_other_kind(text: str) -> bool:
    """Return whether a token, a signing secret of an endpoint or a link of an email is in the text."""
    keys = {LIVE.name, TEST.name}
    return any(found.lastgroup not in keys for found in SHAPE.finditer(text)) or LINK_IN_TEXT.search(text) is not None


def _may_hold_one(text: str) -> bool:
    """Quickly no for nearly all texts: of the first four letters of each kind one is escaped, or none."""
    return "oppi" in text or "whse" in text or "u006" in text or "u007" in text or "%6" in text or "%7" in text


def _cut(found: re.Match[str]) -> str:
    return f"{PREFIXES[found.lastgroup or '']}…"


def mask_bytes(raw: bytes) -> bytes:
    """Return the bytes without secrets, UTF-16 included."""
    if b"o\0p\0p\0i" in raw or b"w\0h\0s\0e" in raw:
        raw = WIDE.sub(lambda found: b"".join(part or b"" for part in found.groups()), raw)
    return mask_secrets(raw.decode(errors="surrogateescape")).encode(errors="surrogateescape")
