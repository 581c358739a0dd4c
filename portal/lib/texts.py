"""Types of visible texts: a lazy translation is a promise of Django's."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise

type Text = str | Promise
type Answers = Sequence[tuple[Text, Text]]  # a request, and what it is answered
