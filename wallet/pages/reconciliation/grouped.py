"""What stands behind a player's total that differs: our movements of the player, kind, currency and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wallet.models import Case, Transaction
from wallet.money import format_amount
from wallet.reconciliation.days import day_of

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Rows:
    rows: list[tuple[Transaction, str]]
    more: str = ""


def rows(case: Case, said: Mapping[str, str]) -> Rows | None:
    if case.kind != Case.Kind.GROUP:
        return None
    day, kind = day_of(case.merchant, case.day), (case.ours or case.theirs or {}).get("kind", "")
    found = Transaction.objects.movements().filter(
        player__merchant=case.merchant_id,
        player__player_id=case.player_id,
        kind=kind,
        currency=case.currency,
        part=0,
        created_at__gte=day.begin,
        created_at__lt=day.end,
        pk__gt=parse_after(said),
    )
    shown = list(found.order_by("pk")[: ON_A_PAGE + 1])
    more = f"?after={shown[ON_A_PAGE - 1].pk}" if len(shown) > ON_A_PAGE else ""
    return Rows([(row, format_amount(row.amount or 0, case.currency)) for row in shown[:ON_A_PAGE]], more)


def parse_after(said: Mapping[str, str]) -> int:
    text = said.get("after", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0  # noqa: PLR2004 - digits of a 64-bit number
