"""Our own books, looked at each night: what is wrong there is wrong whatever the operator says.

The rules are `wallet.services.verification`'s. Here each thing that breaks one becomes a break of this night, with a
case that stays with the day on which it was found first.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from merchants.models import Merchant
from wallet.models import Account, Case, Transaction
from wallet.reconciliation import matching
from wallet.services import verification
from wallet.services.verification import BalanceGap, Breach, Difference

Kind = Case.Kind
KINDS = matching.BOOKS
# Also what a person has said whose error it is: it was met by the last comparison that looked, or by one since.
STILL_THERE = """
    INSERT INTO reconciliation_break (kind, subject, player_id, currency, ours, theirs, difference, size)
    SELECT c.kind, c.subject, c.player_id, c.currency, c.ours, c.theirs, c.difference, abs(c.difference)
      FROM wallet_case c
     WHERE c.merchant_id = %(merchant)s AND c.kind = ANY (%(kinds)s)
       AND (c.state <> 'resolved'
            OR (c.resolved_by_id IS NOT NULL AND c.resolution NOT IN ('found_late', 'corrected')
                AND c.seen_by_id >= (
                    SELECT max(r.id) FROM wallet_reconciliation r
                     WHERE r.merchant_id = %(merchant)s AND r.state = 'done'
                       AND NOT EXISTS (SELECT FROM wallet_reconciliation e
                                        WHERE e.merchant_id = r.merchant_id AND e.day = r.day AND e.state = 'done'
                                          AND e.number < r.number))))
"""


def find(merchant: Merchant) -> None:
    """All of them, from the rows themselves."""
    verdict = verification.verify(merchant)
    for difference in verdict.differences:
        _tell_difference(difference)
    for gap in verdict.gaps:
        _tell_gap(gap)
    for breach in verdict.breaches:
        _tell_breach(breach)
    for account in Account.objects.filter(merchant=merchant, balance__lt=0).select_related("player"):
        _tell_below_zero(account)


def repeat(merchant: Merchant) -> None:
    """Those that were found last, without looking anew: a day that is compared again the same night."""
    with connection.cursor() as cursor:
        cursor.execute(STILL_THERE, {"merchant": merchant.pk, "kinds": [*KINDS]})


def _tell_difference(found: Difference) -> None:
    matching.tell(
        Kind.BALANCE,
        subject=f"{found.player}|{found.currency}" if found.player else f"account {found.account}",
        player=found.player or "",
        currency=found.currency or "",
        ours={"account": found.account, "balance": _text(found.balance), "rows": _text(found.rows)},
        difference=(found.balance or 0) - found.rows,
    )


def _tell_gap(found: BalanceGap) -> None:
    matching.tell(
        Kind.BALANCE,
        subject=f"row {found.row}",
        player=found.player or "",
        currency=found.currency,
        ours={
            "account": found.account,
            "row": found.row,
            "balance": _text(found.balance),
            "expected": _text(found.expected),
        },
        difference=found.balance - found.expected,
    )


def _tell_breach(breach: Breach) -> None:
    for row in Transaction.objects.filter(pk__in=breach.ids).select_related("player"):
        is_paid = breach.rule == verification.PAID_ON_ROLLED_BACK
        matching.tell(
            Kind.PAID_ON_ROLLED_BACK if is_paid else Kind.BALANCE,
            subject=row.transaction_id if is_paid else f"row {row.pk}",
            player=row.player.player_id if is_paid else "",
            currency=row.currency or "",
            ours={"kind": row.kind, "amount": _text(row.amount), "rule": breach.rule, "row": row.pk},
            difference=row.amount or 0 if is_paid else 0,
        )


def _tell_below_zero(account: Account) -> None:
    player = account.player.player_id if account.player else ""
    matching.tell(
        Kind.BELOW_ZERO,
        subject=f"{player}|{account.currency}",
        player=player,
        currency=account.currency,
        ours={"balance": _text(account.balance)},
        difference=-(account.balance or 0),
    )


def _text(amount: Any) -> str | None:
    return None if amount is None else str(amount)
