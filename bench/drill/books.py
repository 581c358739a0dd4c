"""The callers' books against the ledger's: nothing acknowledged is lost or doubled, and nothing else is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg

from bench.cast import OPENING_BALANCE
from bench.drill import checker
from bench.drill.history import OK, READ, Call
from bench.drill.model import CREDITS, DEBITS

ROWS = """
    SELECT t.transaction_id, t.part, t.kind, t.status, t.amount, p.player_id, t.request_id::text
      FROM wallet_transaction t JOIN merchants_player p ON p.id = t.player_id AND p.merchant_id = t.merchant_id
     WHERE p.player_id = ANY (%s) AND t.transaction_id NOT LIKE 'opening-%%'
"""
BALANCES = """
    SELECT p.player_id, a.balance, coalesce(sum(CASE a.id WHEN t.credit_account_id THEN t.amount
                                                ELSE -t.amount END), 0)::bigint
      FROM wallet_account a JOIN merchants_player p ON p.id = a.player_id AND p.merchant_id = a.merchant_id
      LEFT JOIN wallet_transaction t ON a.id IN (t.credit_account_id, t.debit_account_id)
     WHERE p.player_id = ANY (%s) GROUP BY p.player_id, a.id
"""


class Row(NamedTuple):
    id: str
    part: int
    kind: str
    status: str
    amount: int
    player: str
    request_id: str


@dataclass
class Ledger:
    """What it says of some players."""

    rows: list[Row]
    balances: dict[str, int]
    sums: dict[str, int]

    @property
    def first_rows(self) -> dict[str, Row]:
        return {row.id: row for row in self.rows if row.part == 0}


@dataclass
class Findings:
    """What was found of one drill. Only `applied_*` may be anything but nothing."""

    lost: int = 0
    doubled: int = 0
    strays: int = 0
    books: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    applied_told_nothing: int = 0
    applied_told_503: int = 0

    def faults(self) -> list[str]:
        counted = {"acknowledged and lost": self.lost, "doubled": self.doubled, "nobody's": self.strays}
        told = [f"{number} {what}" for what, number in counted.items() if number]
        return [*told, *self.books[:3], *self.unexplained[:3]]


def read(url: str, players: Sequence[str]) -> Ledger:
    with psycopg.connect(url) as connection:
        rows = [Row(*row) for row in connection.execute(ROWS, [list(players)])]
        found: list[Any] = connection.execute(BALANCES, [list(players)]).fetchall()
    balances = {player: balance for player, balance, _ in found}
    return Ledger(rows, balances, {player: summed for player, _, summed in found})


def compare(calls: Sequence[Call], ledger: Ledger, opening: int = OPENING_BALANCE) -> Findings:
    rows, moved = ledger.first_rows, [call for call in calls if call.draft.kind != READ]
    acknowledged = {call.draft.id: call for call in moved if call.status == OK}
    known = {call.draft.id for call in moved} | {call.draft.ref for call in moved if call.draft.kind == "rollback"}
    findings = Findings(
        lost=sum(not is_kept(call, rows.get(each)) for each, call in acknowledged.items()),
        doubled=sum(count > 1 for count in Counter((row.id, row.part) for row in ledger.rows).values()),
        strays=sum(each not in known for each in rows),
        books=book_faults(calls, ledger, opening),
        unexplained=checker.violations(calls, opening, ledger.balances),
    )
    count_untold(moved, rows, findings)
    return findings


def is_kept(call: Call, row: Row | None) -> bool:
    """A rollback that took something back has the amount of that."""
    if row is None or row.status != OK or (row.kind, row.player) != (call.draft.kind, call.draft.player):
        return False
    return call.draft.kind == "rollback" or row.amount == call.draft.amount


def book_faults(calls: Sequence[Call], ledger: Ledger, opening: int) -> list[str]:
    expected, found = own_books(calls, opening), list[str]()
    for player, balance in sorted(expected.items()):
        told = ledger.balances.get(player), ledger.sums.get(player)
        if told != (balance, balance):
            found.append(f"{player} has {told[0]}, rows {told[1]}, callers {balance}")
    return found


def own_books(calls: Sequence[Call], opening: int) -> dict[str, int]:
    """What callers work out by themselves from what they were told, in whatever order it happened."""
    done = {call.draft.id: call.draft for call in calls if call.status == OK and call.draft.kind != READ}
    undone = {draft.ref for draft in done.values() if draft.kind == "rollback"}
    books: defaultdict[str, int] = defaultdict(lambda: opening)
    for call in calls:
        books[call.draft.player] += 0
    for draft in done.values():
        if draft.id not in undone and not (draft.kind == "payout" and draft.ref in undone):
            books[draft.player] += {**dict.fromkeys(DEBITS, -1), **dict.fromkeys((*CREDITS, "payout"), 1)}.get(
                draft.kind, 0
            ) * draft.amount
    return dict(books)


def count_untold(moved: Sequence[Call], rows: dict[str, Row], findings: Findings) -> None:
    """Which request did it, is in its row: not always the one whose answer was heard."""
    first: dict[str, Call] = {}
    for call in sorted(moved, key=lambda call: call.ended):
        first.setdefault(call.draft.id, call)
    for each, call in first.items():
        row = rows.get(each)
        if row is None or row.status != OK or row.request_id == call.attempts[-1].request_id:
            continue
        if any(attempt.request_id == row.request_id for attempt in call.attempts):
            findings.applied_told_503 += 1
        else:
            findings.applied_told_nothing += 1
