"""Cuts signatures in texts for people: a page never shows a call that could be sent again.

A signature is recognised by its name, or by its shape: 64 hex digits, or the base64 of 32 bytes.
"""

from __future__ import annotations

import re

SHOWN = 8  # characters: enough to know a signature again, too few to send it again
NAME = re.compile("sign|hmac|digest", re.IGNORECASE)
HEX = rf"([0-9A-Fa-f]{{{SHOWN}}})[0-9A-Fa-f]{{56,}}"
SIGN = r"(?:[0-9A-Za-z+/_-]|%2[BbFf]|\\/)"  # of base64: as it is, in a URL, in JSON
BASE64 = rf"(?<![0-9A-Za-z+/_-])((?:{SIGN}){{{SHOWN}}})(?:{SIGN}){{35}}(?:=|%3[Dd])?(?![0-9A-Za-z+/_-])"
SHAPE = re.compile(f"{HEX}|{BASE64}")
# Names are found first and asked about afterwards: a search for them in one pattern takes time squared by the length,
# and strangers choose the text.
NAMED = r"[\w.%-]{1,200}"
IN_QUERY = re.compile(rf"((?:^|[&;?]){NAMED}=)([^&;]{{{SHOWN}}})([^&;]+)")
IN_JSON = re.compile(rf"""(["']{NAMED}["']\s*:\s*["'])([^"']{{{SHOWN}}})([^"']+)""")
IS_CUT = re.compile(rf".{{0,{SHOWN}}}… \([0-9]+ characters\)", re.DOTALL)


def cut_signature(signature: str) -> str:
    """Return the beginning of a signature and its length. A text that is cut already stays as it is."""
    is_cut = not signature or IS_CUT.fullmatch(signature)
    return signature if is_cut else f"{signature[:SHOWN]}… ({len(signature)} characters)"


def cut_header(name: str, value: str) -> str:
    """Return the value of a header, cut if it is a signature."""
    return cut_signature(value) if NAME.search(name) else cut_signatures(value)


def cut_signatures(text: str) -> str:
    """Return the text with all signatures in it cut."""
    return SHAPE.sub(_cut_shape, IN_JSON.sub(_cut_named, IN_QUERY.sub(_cut_named, text)))


def _cut_shape(found: re.Match[str]) -> str:
    return cut_signature(found[0])


def _cut_named(found: re.Match[str]) -> str:
    return found[1] + cut_signature(found[2] + found[3]) if NAME.search(found[1]) else found[0]
