"""Sums of a month from the ledger rows, by game and currency, with opening and closing balances.

The hourly sums (`MovementHour`) have neither game nor account and are not used. Three sources are compared: the rows of
the month, the players' balances at the end of the month, and the closing balances of the previous month (for the first
statement: all earlier rows).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from portal.lib import database
from wallet.models import Settlement
from wallet.money import format_amount
from wallet.reconciliation.closing import refusals
from wallet.reconciliation.closing.settlement_figures import CurrencySums, GameSums

AT_ONCE = 2_000
# A rollback counts as what it takes back, with that row's game. One of a row from before the month is an adjustment.
MOVED = """
    SELECT t.currency, coalesce(o.kind, t.kind), t.reverses_id IS NOT NULL, coalesce(g.game_id, ''),
           coalesce(g.name, ''), count(*), sum(t.amount)
      FROM wallet_transaction t
      LEFT JOIN wallet_transaction o ON o.id = t.reverses_id
      LEFT JOIN merchants_game g ON g.id = coalesce(o.game_id, t.game_id)
     WHERE t.merchant_id = %(merchant)s AND t.debit_account_id IS NOT NULL
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s
       AND (o.id IS NULL OR o.created_at >= %(begin)s)
       AND coalesce(o.kind, t.kind) IN ('bet', 'payout', 'reward', 'deposit', 'withdraw')
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4, 2
"""
# The rest of the month: rollbacks of earlier rows, and rows of another kind, which correct something. An entry that
# names its case is of the case's month.
LATER_CHANGES = """
    SELECT t.transaction_id, t.part, coalesce(o.transaction_id, t.ref_transaction_id, ''), coalesce(o.kind, t.kind),
           o.created_at, coalesce(o.game_id, t.game_id), t.currency,
           CASE c.kind WHEN 'player' THEN t.amount ELSE -t.amount END, t.created_at,
           CASE WHEN o.id IS NULL THEN
               (SELECT k.day FROM wallet_case k WHERE k.id = t.case_id) END
      FROM wallet_transaction t
      JOIN wallet_account c ON c.id = t.credit_account_id
      LEFT JOIN wallet_transaction o ON o.id = t.reverses_id
     WHERE t.merchant_id = %(merchant)s AND t.debit_account_id IS NOT NULL
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s
       AND (o.created_at < %(begin)s
            OR coalesce(o.kind, t.kind) NOT IN ('bet', 'payout', 'reward', 'deposit', 'withdraw'))
     ORDER BY t.id
"""
BEFORE = """
    SELECT t.currency, sum(CASE c.kind WHEN 'player' THEN t.amount ELSE -t.amount END)
      FROM wallet_transaction t
      JOIN wallet_account c ON c.id = t.credit_account_id
     WHERE t.merchant_id = %(merchant)s AND t.debit_account_id IS NOT NULL AND t.created_at < %(begin)s
     GROUP BY 1
"""
# In one statement, so of one snapshot: the balances as they are now, less all that came after the month.
AT_THE_END = """
    SELECT u.currency, sum(u.amount)
      FROM (SELECT a.currency, a.balance::numeric AS amount
              FROM wallet_account a WHERE a.merchant_id = %(merchant)s AND a.kind = 'player'
             UNION ALL
            SELECT t.currency, CASE c.kind WHEN 'player' THEN -t.amount ELSE t.amount END
              FROM wallet_transaction t
              JOIN wallet_account c ON c.id = t.credit_account_id
             WHERE t.merchant_id = %(merchant)s AND t.debit_account_id IS NOT NULL AND t.created_at >= %(end)s) u
     GROUP BY 1
"""
Row = tuple[Any, ...]


def values_of(settlement: Settlement) -> dict[str, Any]:
    return {"merchant": settlement.merchant_id, "begin": settlement.begins_at, "end": settlement.ends_at}


def later_changes(settlement: Settlement) -> Iterator[Row]:
    return database.iterate_rows(LATER_CHANGES, values_of(settlement), at_once=AT_ONCE)


def opening_balances(settlement: Settlement, before: Mapping[str, int] | None) -> dict[str, int]:
    """Return the opening balances. `before`: closing balances of the previous signed month; None: count all earlier
    rows.
    """
    return dict(before) if before is not None else _by_currency(BEFORE, values_of(settlement))


def sums(
    settlement: Settlement, opening: Mapping[str, int], adjusted: Adjusted
) -> tuple[list[CurrencySums], list[GameSums]]:
    """Return the sums by currency and by game.

    Raises SumsDisagree when they do not make the closing balance from the opening balance.
    """
    values = values_of(settlement)
    moved, closing = list(database.iterate_rows(MOVED, values, at_once=AT_ONCE)), _by_currency(AT_THE_END, values)
    games = _by_game(moved)
    currencies = sorted({*opening, *closing, *adjusted.to_players, *(row[0] for row in moved)})
    found = [_currency(each, moved, opening, closing, adjusted) for each in currencies]
    for each in found:
        check_sums(each)
    return [each for each in found if not each.is_empty], games


def check_sums(each: CurrencySums) -> None:
    """Raise SumsDisagree when the parts of a currency do not make its closing balance."""
    expected = each.opening + each.change
    if expected != each.closing:
        raise refusals.SumsDisagree(
            each.currency, format_amount(expected, each.currency), format_amount(each.closing, each.currency)
        )


class Adjusted:
    """Sums of the adjustments by currency: in total, and those of stakes and winnings, which change GGR."""

    def __init__(self) -> None:
        self.to_players: dict[str, int] = defaultdict(int)
        self.of_ggr: dict[str, int] = defaultdict(int)
        self.of_rewards: dict[str, int] = defaultdict(int)

    def add(self, kind: str, currency: str, amount: int) -> None:
        self.to_players[currency] += amount
        if kind in {"bet", "payout"}:
            self.of_ggr[currency] -= amount
        elif kind == "reward":
            self.of_rewards[currency] += amount


def _currency(
    currency: str, moved: Iterable[Row], opening: Mapping[str, int], closing: Mapping[str, int], adjusted: Adjusted
) -> CurrencySums:
    own = [row for row in moved if row[0] == currency]
    amounts = {kind: _net(own, kind) for kind in ("bet", "payout", "reward", "deposit", "withdraw")}
    return CurrencySums(
        currency=currency,
        opening=opening.get(currency, 0),
        closing=closing.get(currency, 0),
        bets=_count(own, "bet"),
        stakes=amounts["bet"],
        payouts=amounts["payout"],
        rewards=amounts["reward"],
        reward_count=_count(own, "reward"),
        deposits=amounts["deposit"],
        deposit_count=_count(own, "deposit"),
        withdrawals=amounts["withdraw"],
        withdrawal_count=_count(own, "withdraw"),
        adjustments=adjusted.to_players.get(currency, 0),
        adjusted_ggr=adjusted.of_ggr.get(currency, 0),
        adjusted_rewards=adjusted.of_rewards.get(currency, 0),
    )


def _by_game(moved: Iterable[Row]) -> list[GameSums]:
    of: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in moved:
        if row[1] in {"bet", "payout"}:
            of[row[0], row[3], row[4]].append(row)
    return [
        GameSums(currency, game, name, _count(rows, "bet"), _net(rows, "bet"), _net(rows, "payout"))
        for (currency, game, name), rows in of.items()
    ]


def _net(rows: Iterable[Row], kind: str) -> int:
    """Return the sum with rollbacks subtracted."""
    return sum(-int(row[6]) if row[2] else int(row[6]) for row in rows if row[1] == kind)


def _count(rows: Iterable[Row], kind: str) -> int:
    return sum(-row[5] if row[2] else row[5] for row in rows if row[1] == kind)


def _by_currency(sql: str, values: Mapping[str, Any]) -> dict[str, int]:
    return {currency: int(amount) for currency, amount in database.iterate_rows(sql, values, at_once=AT_ONCE)}
