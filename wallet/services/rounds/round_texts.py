"""The steps of a round as text for pages, and amounts with a sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from portal.lib import money
from wallet.services.rounds.round_story import StoryStep


def step_texts(step: StoryStep, currency: str, request_url: Callable[[UUID], str]) -> dict[str, Any]:
    """Return a step with its amounts as text. `currency`: its code, or the word for play money."""
    return {
        "step": step,
        "moved": "" if step.moved is None else signed_amount(step.moved, currency),
        "amount": "" if step.amount is None else money.format_with_code(step.amount, currency),
        "balance": "" if step.balance is None else money.format_with_code(step.balance, currency),
        "url": request_url(step.request_id) if step.request_id else "",
    }


def signed_amount(units: int, currency: str) -> str:
    """Return the amount with its sign: `EUR +1.00`."""
    return f"{currency} {'+' if units > 0 else ''}{money.format_amount(units, currency)}".strip()
