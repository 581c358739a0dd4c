"""Both sides of a day by currency and type: their totals, and how much of the difference the breaks explain."""

from __future__ import annotations

from wallet.models import ReconciliationPlan
from wallet.reconciliation import matching
from wallet.reconciliation.day_statement import DayStatement
from wallet.reconciliation.figures import FigureSide, OurSide
from wallet.reconciliation.matching import SumExplanation, Sums

ROLLBACK = "rollback"
NOTHING = (0, 0)


def compare_sides(*, ours: OurSide, statement: DayStatement | None) -> list[FigureSide]:
    """Return the sums of ledger and file, each read on its own. Without a statement, only ours.

    `FigureSide.unexplained` is what the breaks of this session's matching do not explain.
    """
    if statement is None:
        return [FigureSide(*both, *sums, explained=sums[1]) for both, sums in sorted(ours.sums.items())]
    is_totals = statement.grain == ReconciliationPlan.Grain.TOTALS
    our_sums = matching.our_groups() if is_totals else ours.sums
    their_sums = _sums_of(statement, matching.their_rollbacks(is_totals=is_totals))
    explanations = matching.explanations(is_totals=is_totals)
    return [
        _side(
            both, our_sums.get(both, NOTHING), their_sums.get(both, NOTHING), explanations.get(both, SumExplanation())
        )
        for both in sorted({*our_sums, *their_sums, *explanations})
    ]


def _sums_of(statement: DayStatement, rollbacks: dict[str, tuple[int, int]]) -> Sums:
    """As the file was read; a rollback counts with what it takes back, also where only a flag says so."""
    listed = {(each["currency"], each["kind"]): (int(each["rows"]), int(each["amount"])) for each in statement.totals}
    return listed | {(currency, ROLLBACK): sums for currency, sums in rollbacks.items()}


def _side(both: tuple[str, str], ours: tuple[int, int], theirs: tuple[int, int], why: SumExplanation) -> FigureSide:
    our_amount, their_amount = ours[1] - why.ours_left_out, theirs[1] - why.theirs_left_out
    return FigureSide(*both, ours[0], our_amount, theirs[0], their_amount, explained=why.explained)
