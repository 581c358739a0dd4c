"""Text that strangers wrote, made fit to be looked at."""

from __future__ import annotations

SHOWN_CHARACTERS = 20_000


def visible_text(text: str) -> str:
    """So that nothing in it can act or hide: what has no shape of its own becomes an escape, what is long is cut."""
    cut = f"\n… {len(text) - SHOWN_CHARACTERS:,} more characters" if len(text) > SHOWN_CHARACTERS else ""
    shown = (
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text[:SHOWN_CHARACTERS]
    )
    return "".join(shown) + cut
