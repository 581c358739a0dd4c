"""Types of visible texts: a lazy translation is a promise of Django's."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise

type Text = str | Promise
ID_HEAD, ID_TAIL = 12, 6  # characters of a long id that are shown
type Answers = Sequence[tuple[Text, Text]]  # a request, and what it is answered


def shortened_id(text: str) -> str:
    """Return the beginning and the end of a long id: “0b9f3c1a-77d2…9e41c0”."""
    return f"{text[:ID_HEAD]}…{text[-ID_TAIL:]}" if len(text) > ID_HEAD + ID_TAIL + 1 else text
