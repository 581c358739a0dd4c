"""Numbers in addresses and forms, which anyone can write."""

from __future__ import annotations

LONGEST = 18  # digits: every such number fits the database's own


def parse_row_id(text: str) -> int | None:
    """Return the number of a row; None for other text, and for a number that no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None
