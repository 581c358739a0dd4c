"""Numbers that stand in an address or a form, written by whoever likes to."""

from __future__ import annotations

LONGEST = 18  # digits: every such number fits the database's own


def parse_row_id(text: str) -> int | None:
    """The number of a row; None for anything else, also for one that no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
