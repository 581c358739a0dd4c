"""Breaks in our own ledger: errors whatever the operator's statement says.

A separate job verifies the ledger (books_check). Each finding becomes a break of this night, with a case on the day on
which it was found first.
"""

from __future__ import annotations

from django.db import connection

from merchants.models import Merchant
from wallet.models import Account, Case
from wallet.reconciliation import matching

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
FOUND = """
    INSERT INTO reconciliation_break (kind, subject, player_id, currency, ours, difference, size)
    SELECT DISTINCT ON (f.kind, f.subject) f.kind, f.subject, f.player_id, f.currency, f.ours, f.difference,
           abs(f.difference)
      FROM wallet_bookfinding f WHERE f.merchant_id = %(merchant)s
     ORDER BY f.kind, f.subject, f.found_at DESC
"""


def find_breaks(merchant: Merchant) -> None:
    """Add breaks for the findings of the last verification, and for accounts below zero."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND, {"merchant": merchant.pk})
    for account in Account.objects.filter(merchant=merchant, balance__lt=0).select_related("player"):
        _tell_below_zero(account)


def repeat_breaks(merchant: Merchant) -> None:
    """Add the same breaks again, for a day that is compared again in the same night."""
    with connection.cursor() as cursor:
        cursor.execute(STILL_THERE, {"merchant": merchant.pk, "kinds": [*KINDS]})


def _tell_below_zero(account: Account) -> None:
    player = account.player.player_id if account.player else ""
    matching.report_break(
        Kind.BELOW_ZERO,
        subject=f"{player}|{account.currency}",
        player=player,
        currency=account.currency,
        ours={"balance": str(account.balance)},
        difference=-(account.balance or 0),
    )
