"""Severity of a case: by its kind, amount and age. One rule, in Python for one case and in SQL for many."""

from __future__ import annotations

from datetime import timedelta

from wallet.models.case import Case

Kind, Severity = Case.Kind, Case.Severity
OLD, OLDER = timedelta(days=1), timedelta(days=3)
MEDIUM_PART = 10  # from a tenth of the merchant's high amount on, a difference is of medium severity
GRAVE = frozenset(
    {
        Kind.NO_STATEMENT, Kind.TRUNCATED, Kind.TOTALS, Kind.BALANCE, Kind.PAID_ON_ROLLED_BACK, Kind.BELOW_ZERO,
        Kind.TOMBSTONE_MET, Kind.DUPLICATE_HERE,
    }
)  # fmt: skip
# Paid to, or taken from, another player than the other side has: it is not mended by the sum that agrees.
MISDIRECTED = ("payout", "reward", "deposit", "withdraw")
HARMLESS = frozenset({Kind.DAY_BOUNDARY, Kind.NETS_OUT, Kind.LATE_STATEMENT})


def severity_of(
    *, kind: str, difference: int, high_amount: int, age: timedelta = timedelta(0), misdirected: bool = False
) -> Case.Severity:
    """Return the severity. `difference` and `high_amount`: in the currency of the case, × 100000."""
    if kind == Kind.OWED:
        return Severity.OWED
    if kind in HARMLESS:
        return Severity.LOW
    if kind in GRAVE or misdirected or abs(difference) >= high_amount or age >= OLDER:
        return Severity.HIGH
    return Severity.MEDIUM if abs(difference) * MEDIUM_PART >= high_amount or age >= OLD else Severity.LOW


def misdirected_condition(row: str) -> str:
    """Return the SQL condition for a payout to another player, or one that may be made twice. `row` has kind, ours and
    theirs.
    """
    types = ", ".join(f"'{each}'" for each in MISDIRECTED)
    return f"""(coalesce({row}.ours ? 'replaced_by', false)
                OR {row}.kind = '{Kind.WHOSE}' AND {row}.ours ->> 'kind' IN ({types})
                AND {row}.ours ->> 'player' <> {row}.theirs ->> 'player')"""


def unpaid_kind(row: str) -> str:
    """Return the SQL of a break's kind for its severity; '' for a refused payout that another payout replaces."""
    return f"CASE WHEN {row}.ours ? 'replaced_by' THEN '' ELSE {row}.kind END"


def severity_sql(*, kind: str, difference: str, high_amount: str, age: str, misdirected: str) -> str:
    """Return the same rule as an SQL expression. The arguments are expressions too: columns, `interval '0'`."""
    return f"""CASE WHEN {kind} = '{Kind.OWED}' THEN {Severity.OWED:d}
        WHEN {kind} IN ({_listed(HARMLESS)}) THEN {Severity.LOW:d}
        WHEN {kind} IN ({_listed(GRAVE)}) OR {misdirected} OR abs({difference}) >= {high_amount}
             OR {age} >= interval '{OLDER.days} days' THEN {Severity.HIGH:d}
        WHEN abs({difference})::numeric * {MEDIUM_PART} >= {high_amount} OR {age} >= interval '{OLD.days} days'
             THEN {Severity.MEDIUM:d}
        ELSE {Severity.LOW:d} END"""


def _listed(kinds: frozenset[Case.Kind]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))
