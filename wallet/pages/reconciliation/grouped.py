"""What stands behind a player's total that differs: our movements of the player, kind, currency and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.lib import numbers, paging
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
    shown, last = paging.first_page(found.order_by("pk"), ON_A_PAGE)
    more = f"?after={last.pk}" if last else ""
    return Rows([(row, format_amount(row.amount or 0, case.currency)) for row in shown], more)


def parse_after(said: Mapping[str, str]) -> int:
    return numbers.parse_row_id(said.get("after", "")) or 0
