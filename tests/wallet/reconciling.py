"""A day of a merchant's on which much went on, the operator's statement of it, and what can be wrong between them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Count, Exists, OuterRef, Sum

from merchants.models import Merchant
from portal.lib import clock
from tests.conftest import Caller
from wallet.models import Case, ReconciliationPlan, Statement, StatementRow, Transaction
from wallet.reconciliation import runs
from wallet.reconciliation.days import Day, day_of

DATE = date(2026, 3, 10)
HOUR = timedelta(hours=1)
NOON = 12 * HOUR


class Told(Caller):
    """Signs with the time of the story."""

    def call(self, path: str, body: Any = None, **options: Any) -> Any:
        options.setdefault("timestamp", str(int(clock.now().timestamp() * 1000)))
        return super().call(path, body, **options)


@dataclass(frozen=True)
class Line:
    """Of a statement, as the operator's books have it."""

    transaction_id: str
    kind: str
    player_id: str
    currency: str
    amount: int
    game_id: str | None = None
    is_rolled_back: bool | None = None
    ref_transaction_id: str | None = None
    at: datetime | None = None
    count: int | None = None


def day(merchant: Merchant, of: date = DATE) -> Day:
    return day_of(merchant, of)


def at(merchant: Merchant, after: timedelta = NOON, of: date = DATE) -> AbstractContextManager[None]:
    """So long after the merchant's midnight."""
    return clock.at(day(merchant, of).begin + after)


def ledger_lines(merchant: Merchant, of: date = DATE) -> list[Line]:
    """What an operator without a mistake would send: each movement of the day, rollbacks among them."""
    when = day(merchant, of)
    rows = Transaction.objects.movements().filter(merchant=merchant, part=0)
    rows = rows.filter(created_at__gte=when.begin, created_at__lt=when.end).select_related("player", "game")
    rows = rows.annotate(is_back=Exists(Transaction.objects.filter(reverses_id=OuterRef("pk"))))
    return [_line(row) for row in rows.order_by("pk")]


def _line(row: Transaction) -> Line:
    return Line(
        row.transaction_id,
        row.kind,
        row.player.player_id,
        row.currency or "",
        row.amount or 0,
        row.game.game_id if row.game else None,
        row.is_back,  # type: ignore[attr-defined]
        row.ref_transaction_id,
        row.created_at,
    )


def state(
    merchant: Merchant,
    lines: Iterable[Line],
    of: date = DATE,
    *,
    grain: str = "rows",
    received_at: datetime | None = None,
    **fields: Any,
) -> Statement:
    """A statement as it stands when it has been read; it takes the place of the one before."""
    received = received_at or day(merchant, of).ready
    before = Statement.objects.filter(merchant=merchant, day=of, is_current=True).first()
    Statement.objects.filter(merchant=merchant, day=of).update(is_current=False)
    statement = Statement.objects.create(
        number=uuid4(), merchant=merchant, day=of, grain=grain, state="read", source="upload", name="day.csv",
        digest=uuid4().hex * 2, size=1, is_current=True, replaces=before, received_at=received, read_at=received,
        **fields,
    )  # fmt: skip
    rows = [StatementRow(statement=statement, line=number, **vars(line)) for number, line in enumerate(lines, start=2)]
    StatementRow.objects.bulk_create(rows)
    sums = StatementRow.objects.filter(statement=statement).values("currency", "kind")
    sums = sums.annotate(rows=Count("line"), total=Sum("amount")).order_by("currency", "kind")
    statement.totals = [
        {"currency": each["currency"], "kind": each["kind"], "rows": each["rows"], "amount": str(each["total"])}
        for each in sums
    ]
    statement.rows = len(rows)
    statement.save()
    return statement


def changed(lines: Iterable[Line], transaction_id: str, **fields: Any) -> list[Line]:
    return [replace(line, **fields) if line.transaction_id == transaction_id else line for line in lines]


def without(lines: Iterable[Line], *transaction_ids: str) -> list[Line]:
    return [line for line in lines if line.transaction_id not in transaction_ids]


def reconcile(
    merchant: Merchant, of: date = DATE, *, after: timedelta = timedelta(hours=5), **how: Any
) -> runs.Outcome:
    """At the merchant's usual hour."""
    with clock.at(day(merchant, of).ready + after):
        return runs.reconcile(merchant=merchant, day=of, **how)


def breaks(merchant: Merchant, of: date = DATE) -> set[tuple[str, str]]:
    """Of the day, those that are not resolved: kind and subject."""
    cases = Case.objects.filter(merchant=merchant, day=of).exclude(state=Case.State.RESOLVED)
    return {(case.kind, case.subject) for case in cases}


def case(merchant: Merchant, kind: str, subject: str = "", of: date = DATE) -> Case:
    return Case.objects.get(merchant=merchant, day=of, kind=kind, subject=subject)


@dataclass
class Busy:
    """A day with each kind of row; `ids` by what they are."""

    machine: Told
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def merchant(self) -> Merchant:
        return self.machine.merchant

    def lines(self, of: date = DATE) -> list[Line]:
        return ledger_lines(self.merchant, of)


def plan(merchant: Merchant, **fields: Any) -> ReconciliationPlan:
    return ReconciliationPlan.objects.create(merchant=merchant, **fields)


def busy_day(machine: Told, of: date = DATE) -> Busy:
    """Won, lost, rewarded, withdrawn, a bet taken back, and a round with its payout taken back."""
    with at(machine.merchant, of=of):
        machine.deposit(50_000_000, transactionId="deposit")
        machine.launch()
        for name, amount in (("won", 1_000), ("lost", 500), ("back", 700), ("void", 900)):
            machine.bet(amount, transactionId=name)
        machine.payout("won", 2_000, transactionId="win")
        machine.payout("lost", 0, transactionId="loss")
        machine.payout("void", 1_100, transactionId="void-win")
        machine.reward(300, transactionId="reward")
        machine.withdraw(200, transactionId="withdraw")
        for name in ("back", "void"):
            item = machine.rollback_item(name, transactionId=f"{name}-rollback")
            machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    return Busy(machine)
