"""A day of a merchant's on which much went on, the operator's statement of it, and what can be wrong between them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import connection
from django.db.models import Exists, OuterRef

from merchants.models import Merchant
from portal.lib import clock
from tests.conftest import Caller
from tests.plugins.database_role import unguarded
from wallet.models import Case, ReconciliationPlan, Statement, Transaction
from wallet.reconciliation import books_check, planning, runs, statement_rows, statements
from wallet.reconciliation.days import Day, day_of
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import as_csv

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
    return clock.frozen_at(day(merchant, of).begin + after)


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
    rollbacks: str = "",
    currency: str = "",
    **fields: Any,
) -> Statement:
    """A statement that has come and been read; it takes the place of the one before.

    What no line says is no column of it, and no currency is where `currency` is that of all. A column of the sender's
    own makes its bytes others than those before.
    """
    told = [vars(line) for line in lines]
    names = [name for name in (TOTALS if grain == "totals" else ROWS) if name != "currency" or not currency]
    names += [name for name in OPTIONAL if name not in names and any(each[name] is not None for each in told)]
    rows = [[*(written(each[name]) for name in names), ""] for each in told]
    content = b"".join(as_csv([[*names, f"own {uuid4()}"], *(rows or [["TOTAL", "0"]])]))
    received = received_at or day(merchant, of).ready
    statement = Statement.objects.create(
        number=uuid4(), merchant=merchant, day=of, grain=grain, source="upload", name="day.csv",
        file=ContentFile(content, "day.csv"), digest=sha256(content).hexdigest(), size=len(content),
        mapping=mapping(names, grain, rollbacks=rollbacks, currency=currency), received_at=received, **fields,
    )  # fmt: skip
    with clock.frozen_at(received):
        statement = statements.read_statement(statement=statement)
    assert statement.faults == []
    return statement


ROWS = ("transaction_id", "kind", "player_id", "currency", "amount")
TOTALS = ("player_id", "kind", "currency", "amount")
OPTIONAL = ("game_id", "is_rolled_back", "ref_transaction_id", "at", "count")


def written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def mapping(names: Iterable[str], grain: str, **stated: str) -> dict[str, Any]:
    columns = {"state" if name == "is_rolled_back" else name: name for name in names}
    how = Mapping(columns=columns, grain=grain, amounts="units", states={"true": True, "false": False})
    return how.as_json() | stated


def rows_of(statement: Statement) -> list[SimpleNamespace]:
    """As the comparison meets them; of one that was refused, none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NULL", [statement_rows.view_name(statement)])
        if cursor.fetchone() == (True,):
            return []
        cursor.execute(f"SELECT * FROM {statement_rows.view_name(statement)} ORDER BY line")  # noqa: S608 - ours
        names = [column.name for column in cursor.description]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def changed(lines: Iterable[Line], transaction_id: str, /, **fields: Any) -> list[Line]:
    return [replace(line, **fields) if line.transaction_id == transaction_id else line for line in lines]


def without(lines: Iterable[Line], *transaction_ids: str) -> list[Line]:
    return [line for line in lines if line.transaction_id not in transaction_ids]


def reconcile(
    merchant: Merchant, of: date = DATE, *, after: timedelta = timedelta(hours=5), **how: Any
) -> runs.RunOutcome:
    """At the merchant's usual hour, after the nightly check of the books."""
    with clock.frozen_at(day(merchant, of).ready + after):
        check_books(merchant)
        return runs.reconcile_day(merchant=merchant, day=of, **how)


def check_books(merchant: Merchant) -> None:
    books_check.check_new_rows()
    books_check.check_slice(merchant)


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
    """A plan; its write-off limits are those that two people agreed on earlier."""
    limits = {name: fields.pop(name) for name in planning.LIMITS if name in fields}
    made = ReconciliationPlan.objects.create(merchant=merchant, **fields)
    if limits:
        agree_on_limits(made, **limits)
        made.refresh_from_db()
    return made


def agree_on_limits(made: ReconciliationPlan, **limits: Any) -> None:
    with unguarded():
        ReconciliationPlan.objects.filter(pk=made.pk).update(**limits)


def closed_by_one(merchant: Merchant) -> None:
    """Whatever differs, one person may close it: for tests of what follows."""
    made, _ = ReconciliationPlan.objects.get_or_create(merchant=merchant, defaults={"is_on": False})
    agree_on_limits(made, write_off_alone=10**15)


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
