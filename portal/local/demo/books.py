"""What the operators' own books say of each day, sent by their finance: like ours but for a mistake here and there.

Only the files are made here. They wait, as any statement does, for the job that compares and mails the report.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from merchants.models import Merchant
from portal.lib import clock
from portal.local.demo.cast import DAYS
from portal.local.demo.house import House
from wallet.models import ReportRecipient, Statement, Transaction
from wallet.money import SCALE
from wallet.reconciliation import books_check, planning, plans, statements
from wallet.reconciliation.days import DAY, Day, date_at, day_of

BEFORE_DUE = timedelta(hours=1)
LOST, MISTYPED, DOUBLED, FORGOTTEN = 2, 5, 8, 10  # of how many days before the newest the mistake is
TOO_MUCH = 3 * SCALE
type Row = tuple[str, ...]
NOTHING: Row = ("TOTAL", "0")  # or a file without rows would be refused as one that was cut off


@dataclass(frozen=True)
class Manner:
    """How a casino's system writes its file, and what its finance has told the portal about that."""

    header: Row
    mapping: dict[str, object]
    rows: Callable[[Merchant, Day, int], list[Row]]
    name: str
    delimiter: str = ","


def send_statements(houses: list[House], *, now: datetime) -> None:
    """Two casinos are reconciled, each in its manner; the others have not begun."""
    for house, manner in ((houses[0], EACH), (houses[2], SUMS)):
        merchant = house.merchant
        planning.keep_mapping(merchant=merchant, mapping=manner.mapping)
        plan = planning.set_plan(merchant=merchant, is_on=True)
        if not ReportRecipient.objects.filter(merchant=merchant).exists():
            planning.add_recipient(merchant=merchant, email=f"finance@{house.casino.domains[0]}")
        for ago, day in enumerate(whole_days(merchant, now)):
            with clock.frozen_at(min(plans.due_at(plan, day) - BEFORE_DUE, now)):
                receive_statement(merchant, day_of(merchant, day), ago, manner)


def check() -> None:
    """Verify the first slice of each merchant's books, as the first night does."""
    for merchant in Merchant.objects.order_by("pk"):
        books_check.check_slice(merchant)


def whole_days(merchant: Merchant, now: datetime) -> Iterator[date]:
    """Those of the demo that are over, the newest first."""
    newest, first = date_at(merchant, now) - DAY, date_at(merchant, now - timedelta(days=DAYS)) + DAY
    return (newest - timedelta(days=ago) for ago in range((newest - first).days + 1))


def receive_statement(merchant: Merchant, day: Day, ago: int, manner: Manner) -> None:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=manner.delimiter, lineterminator="\r\n")
    writer.writerows([manner.header, *(manner.rows(merchant, day, ago) or [NOTHING])])
    statement = statements.receive_statement(
        merchant=merchant,
        day=day.date,
        name=manner.name.format(day=day.date),
        content=io.BytesIO(held.getvalue().encode()),
        source=Statement.Source.UPLOAD,
    )
    statements.read_statement(statement=statement)


def movements(merchant: Merchant, day: Day) -> Iterator[Any]:
    """Transactions of the day, each with `is_back`: taken back before it was over."""
    back = Transaction.objects.filter(reverses_id=OuterRef("pk"), created_at__lt=day.end)
    of_day = Transaction.objects.movements().filter(merchant=merchant, part=0)
    of_day = of_day.filter(created_at__gte=day.begin, created_at__lt=day.end).annotate(is_back=Exists(back))
    return of_day.select_related("player", "game").order_by("pk").iterator()


# --- A line for each transaction ------------------------------------------------------------------------------------
def each_row(merchant: Merchant, day: Day, ago: int) -> list[Row]:
    rows = list(movements(merchant, day))
    bets = [row for row in rows if row.kind == "bet"]
    wins = [row for row in rows if row.kind == "payout" and row.amount]
    if ago == LOST and bets:
        rows.remove(bets[-1])
    if ago == MISTYPED and wins:
        wins[0].amount += TOO_MUCH
    if ago == DOUBLED and bets:
        rows.append(bets[0])
    if ago == FORGOTTEN and wins:
        rows.remove(wins[-1])
    return [statement_row(row) for row in rows]


def statement_row(row: Any) -> Row:
    return (
        row.transaction_id,
        KINDS[row.kind],
        row.player.player_id,
        row.game.game_id if row.game else "",
        row.currency or "",
        decimal_comma(row.amount or 0),
        "Voided" if row.is_back else "Done",
        row.ref_transaction_id or "",
        row.created_at.isoformat(),
    )


def decimal_comma(amount: int) -> str:
    return f"{amount // SCALE},{amount % SCALE:05}"


KINDS = {
    "bet": "Stake", "payout": "Win", "reward": "Bonus", "rollback": "Void", "deposit": "Deposit",
    "withdraw": "Withdrawal",
}  # fmt: skip
EACH = Manner(
    ("Transaction", "Type", "Player", "Game", "Currency", "Amount", "Status", "Reference", "Time"),
    {
        "grain": "rows",
        "columns": {
            "transaction_id": "Transaction", "kind": "Type", "player_id": "Player", "game_id": "Game",
            "currency": "Currency", "amount": "Amount", "state": "Status", "ref_transaction_id": "Reference",
            "at": "Time",
        },
        "amounts": "decimal_comma",
        "kinds": {theirs: ours for ours, theirs in KINDS.items()},
        "states": {"Done": False, "Voided": True},
        "rollbacks": "rows",
    },
    each_row,
    name="oppi-{day}.csv",
    delimiter=";",
)  # fmt: skip


# --- A line for each player, kind and currency ----------------------------------------------------------------------
def sum_rows(merchant: Merchant, day: Day, ago: int) -> list[Row]:
    """Of what stands at the end of the day."""
    sums, counts = Counter[Row](), Counter[Row]()
    for row in movements(merchant, day):
        if row.kind != "rollback" and not row.is_back:
            of = (row.player.player_id, row.kind, row.currency or "")
            sums[of] += row.amount or 0
            counts[of] += 1
    if ago == MISTYPED and sums:
        sums[min(sums)] += TOO_MUCH
    return [(*of, str(amount), str(counts[of])) for of, amount in sorted(sums.items())]


SUMS = Manner(
    ("player", "kind", "currency", "units", "transactions"),
    {
        "grain": "totals",
        "columns": {
            "player_id": "player", "kind": "kind", "currency": "currency", "amount": "units", "count": "transactions"
        },
        "amounts": "units",
        "rollbacks": "none",
    },
    sum_rows,
    name="daily-{day}.csv",
)  # fmt: skip
