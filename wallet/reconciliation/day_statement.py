"""The current statements of a day as one statement, with which the day is compared.

A plan can leave out types, and can name the only scopes that are compared. Both are left out on both sides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection

from merchants.models import Merchant
from wallet.models import ReconciliationPlan, Statement
from wallet.reconciliation import scopes, statement_rows
from wallet.reconciliation.reading import mapping as mappings
from wallet.reconciliation.scopes import OUR_KIND, THEIR_KIND, Scope

LINES_OF_ONE = 100_000_000  # a line of the second statement is this and its number, of the third twice this
STRICTEST = ("rows", "flags", "none")  # of what mappings say about rollbacks
OUR_EXPORT = "Transaction"  # so the column of ids is called in the portal's own export
# There, a rollback that also takes payouts back is a row for each movement under one id. The first of them stands for
# all, as long as they are no more than those of our ledger.
ONE_ROLLBACK = (
    "(SELECT {columns} FROM {view} AS r WHERE r.kind <> 'rollback' UNION ALL "
    "SELECT {columns} FROM (SELECT r.*,"
    " row_number() OVER (PARTITION BY r.transaction_id ORDER BY coalesce(r.amount = (SELECT x.amount"
    " FROM wallet_transaction x WHERE x.merchant_id = {merchant} AND x.transaction_id = r.transaction_id"
    " AND x.part = 0), false) DESC, r.line) AS nth,"
    " (SELECT count(*) FROM wallet_transaction x WHERE x.merchant_id = {merchant}"
    " AND x.transaction_id = r.transaction_id AND x.kind = 'rollback' AND x.debit_account_id IS NOT NULL) AS parts"
    " FROM {view} AS r WHERE r.kind = 'rollback') AS r WHERE r.nth = 1 OR r.nth > r.parts)"
)
SUMS = "SELECT s.currency, s.kind, count(*), sum(s.amount)::text FROM {source} s GROUP BY 1, 2 ORDER BY 1, 2"


@dataclass(frozen=True)
class DayStatement:
    """A day's statements. `parts`: the current ones, oldest first, each without rows that the plan leaves out."""

    merchant: Merchant
    plan: ReconciliationPlan
    parts: tuple[Statement, ...]

    @property
    def head(self) -> Statement:
        """Return the newest statement, which names the run."""
        return self.parts[-1]

    @property
    def grain(self) -> str:
        return str(self.head.grain)

    @property
    def day(self) -> date:
        return self.head.day

    @property
    def rollback_rule(self) -> str:
        """Return the strictest rollback rule of the parts: one part may list what another leaves out."""
        rules = {mappings.from_json(part.mapping).rollback_rule for part in self.parts}
        return next(rule for rule in STRICTEST if rule in rules)

    @property
    def rows(self) -> int:
        return self.head.rows if self.is_plain else sum(int(total["rows"]) for total in self.totals)

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """Return the totals of all parts together. Rows that are left out are counted when they are loaded."""
        if self.is_plain:
            return list(self.head.totals)
        statement_rows.restore_rows(self.parts)
        with connection.cursor() as cursor:
            cursor.execute(SUMS.replace("{source}", self.source))
            names = ("currency", "kind", "rows", "amount")
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @property
    def is_plain(self) -> bool:
        return len(self.parts) == 1 and self._kept(0) == "true" and not _is_our_export(self.head)

    @cached_property
    def source(self) -> str:
        """Return the rows as an SQL source for FROM, with the columns of `statement_rows.view_name`."""
        if self.is_plain:
            return statement_rows.view_name(self.head)
        return f"({' UNION ALL '.join(self._selected(number) for number in range(len(self.parts)))})"

    def _selected(self, number: int) -> str:
        names = ", ".join(f"p.{name}" for name in statement_rows.COLUMNS)
        line = f"p.line + {number * LINES_OF_ONE}"
        view = statement_rows.view_name(self.parts[number])
        if _is_our_export(self.parts[number]):
            columns = ", ".join(f"r.{name}" for name in ("line", *statement_rows.COLUMNS))
            view = ONE_ROLLBACK.format(view=view, columns=columns, merchant=int(self.merchant.pk))
        return f"SELECT {line} AS line, {names} FROM {view} AS p WHERE {self._kept(number)}"  # noqa: S608 - ours

    def _kept(self, number: int) -> str:
        """Return the condition for the rows of one part: those that the plan compares and that no newer part covers. A
        rollback of an unknown transaction stays.
        """
        kind = THEIR_KIND.format(a="p", m=int(self.merchant.pk))
        own = Scope.parse(self.parts[number].scope)
        newer = [scope for part in self.parts[number + 1 :] if (scope := Scope.parse(part.scope)).trims(own)]
        taken = [f"NOT {scopes.scope_condition([scope], kind, 'p.currency', unknown='false')}" for scope in newer]
        return scopes.all_true_condition(compared_rows(self.plan, kind, "p.currency"), *taken)


def _is_our_export(statement: Statement) -> bool:
    return bool(statement.grain == ReconciliationPlan.Grain.ROWS) and (
        statement.mapping.get("columns", {}).get("transaction_id") == OUR_EXPORT
    )


def compared_rows(plan: ReconciliationPlan, kind: str, currency: str) -> str:
    """Return the SQL condition for the rows that the plan compares."""
    return scopes.all_true_condition(
        scopes.condition_without_kinds(plan.left_out, kind),
        scopes.scope_condition([Scope.parse(text) for text in plan.scopes], kind, currency),
    )


def our_condition(plan: ReconciliationPlan, alias: str = "t") -> str:
    """Return the SQL condition for the rows of our ledger that are compared."""
    return compared_rows(plan, OUR_KIND.format(a=alias), f"{alias}.currency")


def current_statements(merchant: Merchant, day: Any) -> list[Statement]:
    """Return the current statements of a day, oldest first."""
    found = Statement.objects.filter(merchant=merchant, day=day, is_current=True)
    return list(found.order_by("pk"))


def day_statement(
    merchant: Merchant, plan: ReconciliationPlan, parts: list[Statement]
) -> tuple[DayStatement | None, list[str]]:
    """Return the statement that the day is compared with; or None, and what is missing."""
    if not parts:
        return None, []
    missing = scopes.missing_parts(
        [Scope.parse(part.scope) for part in parts], [Scope.parse(text) for text in plan.scopes]
    )
    return (None, missing) if missing else (DayStatement(merchant, plan, tuple(parts)), [])


def rows_of_other_days(statement: DayStatement, others: Iterable[DayStatement]) -> str:
    """Return the rows of other days as an SQL source for FROM, each as it is compared, with its `day`."""
    names = ", ".join(f"n.{name}" for name in ("line", *statement_rows.COLUMNS))
    days = [(f"'{each.day:%Y-%m-%d}'::date", each.source, "true") for each in others]
    parts = (
        f"SELECT {day} AS day, {names} FROM {source} AS n WHERE {condition}"  # noqa: S608 - ours
        for day, source, condition in days or [("NULL::date", statement.source, "false")]
    )
    return f"({' UNION ALL '.join(parts)})"


def line_label(line: Any) -> str:
    """Return a line for people: “7”, or “7 of statement 2” when the day has several statements."""
    number = int(line)
    part, own = divmod(number, LINES_OF_ONE)
    return f"{own} of statement {part + 1}" if part else str(own)


def lines_label(lines: Any) -> str:
    """Return several lines for people, as in the case of a duplicate: “5, 7 of statement 2”."""
    return ", ".join(map(line_label, str(lines).split(", ")))
