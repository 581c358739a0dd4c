"""Money that a correction moved, and that signed requests move again.

A correction takes the id of the missing transaction, so the late original moves nothing. Two requests still do: a
payout of the same round under another id, and a rollback of a corrected row. The contract answers both as usual. So the
approver is warned of earlier movements, and a run reports later ones.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from wallet.models import Case
from wallet.money import format_with_code

Kind = Case.Kind
NEVER_CAME = (Kind.OWED, Kind.MISSING_HERE, Kind.PAYOUT_WITHOUT_BET)
NOT_OF_A_ROW = (Kind.GROUP, Kind.TOTALS, Kind.BALANCE, Kind.BELOW_ZERO, Kind.PAID_ON_ROLLED_BACK, Kind.TRUNCATED)
# A payout `t` under another id that settles what case `c` is about, to player `p`: of the same bet, or of the same
# round where a retry named no bet. Of an open round that was settled, any payout.
SETTLES_AGAIN = """
    t.merchant_id = c.merchant_id AND t.part = 0 AND t.kind = 'payout' AND t.debit_account_id IS NOT NULL
    AND t.amount > 0 AND t.transaction_id <> c.subject AND t.player_id = p.id
    AND NOT EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id)
    AND ((c.kind = ANY (%(never_came)s) AND t.currency = c.currency
          AND t.amount = coalesce(c.ours ->> 'amount', c.theirs ->> 'amount')::numeric
          AND (t.ref_transaction_id = coalesce(c.ours ->> 'bet', c.theirs ->> 'bet')
               OR t.round_id = (SELECT r.round_id FROM wallet_refusedpayout r
                                 WHERE r.merchant_id = c.merchant_id AND r.transaction_id = c.subject)))
         OR (c.kind = 'unsettled' AND t.ref_transaction_id = c.subject))
"""
# What moved on the day after a correction had moved it. A row that has a break already is named by that one.
MOVED_AGAIN = f"""
    INSERT INTO reconciliation_break (kind, transaction_id, subject, player_id, currency, ours, difference, size)
    SELECT 'duplicate_here', d.transaction_id, d.transaction_id, p.player_id, d.currency, jsonb_strip_nulls(
               jsonb_build_object('kind', d.kind, 'player', p.player_id, 'game', g.game_id, 'currency', d.currency,
                                  'amount', d.amount::text, 'at', d.created_at, 'bet', d.ref_transaction_id,
                                  'correction', d.corrections)),
           d.delta, abs(d.delta)
      FROM (SELECT m.id, string_agg(DISTINCT e.transaction_id, ', ' ORDER BY e.transaction_id) AS corrections,
                   t.transaction_id, t.kind, t.currency, t.amount, t.created_at, t.ref_transaction_id, t.player_id,
                   t.game_id, CASE t.kind WHEN 'payout' THEN max(least(t.amount, k.amount))
                                   ELSE sum(CASE WHEN k.is_credit THEN k.amount ELSE -k.amount END) END AS delta
              FROM wallet_correction k
              JOIN wallet_transaction e ON e.id = k.transaction_id
              JOIN wallet_case c ON c.id = k.case_id
              JOIN merchants_player p ON p.id = k.player_id
             CROSS JOIN LATERAL (
                   SELECT t.id FROM wallet_transaction t WHERE k.is_credit AND {SETTLES_AGAIN}
                   UNION
                   SELECT h.id FROM wallet_transaction x
                     JOIN wallet_transaction u ON u.reverses_id = x.id
                     JOIN wallet_transaction h ON h.merchant_id = u.merchant_id AND h.part = 0
                                              AND h.transaction_id = u.transaction_id
                    WHERE x.merchant_id = c.merchant_id AND x.transaction_id = c.subject AND x.part = 0
                      AND c.kind <> ALL (%(not_of_a_row)s) AND u.currency = k.currency) m
              JOIN wallet_transaction t ON t.id = m.id
             WHERE k.merchant_id = %(merchant)s AND t.created_at > e.created_at
               AND t.created_at >= %(begin)s AND t.created_at < %(end)s
             GROUP BY m.id, t.id) d
      JOIN merchants_player p ON p.id = d.player_id
      LEFT JOIN merchants_game g ON g.id = d.game_id
     WHERE NOT EXISTS (SELECT FROM reconciliation_break b WHERE b.transaction_id = d.transaction_id)
"""  # noqa: S608 - made of constants
PAID = f"""
    SELECT t.transaction_id, t.amount, t.currency FROM wallet_case c
      JOIN merchants_player p ON p.merchant_id = c.merchant_id AND p.player_id = c.player_id
      JOIN wallet_transaction t ON {SETTLES_AGAIN}
     WHERE c.id = %(case)s ORDER BY t.id LIMIT 3
"""  # noqa: S608 - made of constants
TAKEN_BACK = """
    SELECT u.transaction_id FROM wallet_transaction x JOIN wallet_transaction u ON u.reverses_id = x.id
     WHERE x.merchant_id = %(merchant)s AND x.transaction_id = %(subject)s AND x.part = 0
"""
KINDS: dict[str, Any] = {"never_came": [*NEVER_CAME], "not_of_a_row": [*NOT_OF_A_ROW]}


def report_repeated_movements(values: dict[str, Any]) -> None:
    """Add a break for each row of the day that moves again what a correction has moved."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED_AGAIN, values | KINDS)


def warnings(case: Case) -> list[str]:
    """Return warnings for the people who correct this case: movements so far, and requests that would still move
    money.
    """
    if "|" in case.subject or not case.subject or case.kind in NOT_OF_A_ROW:
        return []
    found = [
        _("Payout %(payout)s of %(amount)s for the same bet is in our ledger. A correction may pay the player twice.")
        % {"payout": number, "amount": format_with_code(amount, currency)}
        for number, amount, currency in _rows(PAID, {"case": case.pk} | KINDS)
    ]
    found += [
        _("Rollback %(rollback)s reversed transaction %(transaction)s. A correction may move the same money twice.")
        % {"rollback": number, "transaction": case.subject}
        for [number] in _rows(TAKEN_BACK, {"merchant": case.merchant_id, "subject": case.subject})
    ]
    if case.other is not None and Kind.OWED in {case.kind, case.other.kind}:
        found.append(
            _("Case %(case)s (%(kind)s, %(transaction)s) concerns the same payout. Settle only one of the two cases.")
            % {"case": case.other.pk, "kind": case.other.get_kind_display(), "transaction": case.other.subject}
        )
    return [*found, _what_may_follow(case)]


def _what_may_follow(case: Case) -> str:
    if case.kind in {*NEVER_CAME, Kind.UNSETTLED}:
        return _(
            "A payout for this bet under another transaction id still moves money after the correction. "
            "Tell the merchant not to send it."
        )
    return _(
        "A rollback of transaction %(transaction)s still moves money after the correction. "
        "Tell the merchant not to send it."
    ) % {"transaction": case.subject}


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
