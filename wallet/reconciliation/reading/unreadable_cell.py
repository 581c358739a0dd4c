"""Sentences about a cell that cannot be read. Invisible characters in it have names."""

from __future__ import annotations

import unicodedata

MOST_NAMED = 3
BLANKS = " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
MARKS = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # they have no width, and no meaning in an amount or a time
UNSEEN = BLANKS + MARKS
NO_MARKS = str.maketrans("", "", MARKS)
NAMES = {"\t": "tabulator", "\r": "carriage return", "\n": "line break"}


class Unclear(Exception):
    """A cell cannot be read. The text says why, and what can be stated in the mapping."""


def invisible_characters(text: str) -> str:
    """Return the names of invisible characters in `text`, for the end of a sentence; "" without any."""
    found = sorted({sign for sign in text if sign != " " and sign in UNSEEN} | _odd_spaces(text))
    named = ", ".join(f"a {_name(sign)} (U+{ord(sign):04X})" for sign in found[:MOST_NAMED])
    return f"; it contains {named}" if named else ""


def _odd_spaces(text: str) -> set[str]:
    """A plain space is seen between two words, and nowhere else."""
    return {" "} if text != text.strip(" ") or "  " in text else set()


def _name(sign: str) -> str:
    return NAMES.get(sign) or unicodedata.name(sign, "character").lower()
