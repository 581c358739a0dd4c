"""Text of strangers, made safe to show."""

from __future__ import annotations

SHOWN_CHARACTERS = 20_000


def visible_text(text: str) -> str:
    """Return the text with invisible characters as escapes, cut if it is long, so that nothing in it can act or
    hide.
    """
    cut = f"\n… {len(text) - SHOWN_CHARACTERS:,} more characters" if len(text) > SHOWN_CHARACTERS else ""
    shown = (
        sign if sign.isprintable() or sign == "\n" else sign.encode("unicode_escape").decode()
        for sign in text[:SHOWN_CHARACTERS]
    )
    return "".join(shown) + cut
