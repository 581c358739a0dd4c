"""`/reconciliation`: the days that were compared and their breaks, so that a merchant's system can read what to fix."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from wallet import statuses
from wallet.api import contracts
from wallet.api.game_views import Listing, iso_moment
from wallet.ledger.ledger import Caller
from wallet.models import Case, Reconciliation
from wallet.reconciliation import figures
from wallet.reconciliation.day_statement import LINES_OF_ONE

DONE = Reconciliation.State.DONE


class ReconciledDays(Listing):
    """List the compared days, newest first, each with its newest reconciliation run."""

    takes, gives = contracts.DaysQuery, contracts.DayPage

    def rows(self, caller: Caller, asked: contracts.DaysQuery) -> QuerySet[Reconciliation]:
        said = contracts.stated_fields(asked)
        done = Reconciliation.objects.using(settings.WALLET_DATABASE).filter(merchant=caller.merchant_id, state=DONE)
        later = done.filter(day=OuterRef("day"), number__gt=OuterRef("number"))
        done = done.filter(day__gte=parse_day("from", said["from_day"])) if "from_day" in said else done
        done = done.filter(day__lte=parse_day("to", said["to_day"])) if "to_day" in said else done
        return done.filter(~Exists(later)).select_related("statement").order_by("-day")

    def row(self, found: Reconciliation) -> contracts.DayRow:
        counted = figures.figures_of(found)
        return contracts.DayRow(
            day=found.day.isoformat(),
            number=found.number,
            outcome=found.outcome,
            compared_at=iso_moment(found.done_at),
            statement_id=str(found.statement.number) if found.statement else None,
            matched=counted.matched,
            our_rows=counted.ours,
            their_rows=counted.theirs,
            sides=[_side(side) for side in counted.sides],
            breaks=[_sum(each) for each in counted.breaks],
        )


class Breaks(Listing):
    """List the breaks of a day, highest severity first, with both sides and the state of the case."""

    takes, gives = contracts.BreaksQuery, contracts.BreakPage

    def rows(self, caller: Caller, asked: contracts.BreaksQuery) -> QuerySet[Case]:
        found = Case.objects.using(settings.WALLET_DATABASE).filter(
            merchant=caller.merchant_id, day=parse_day("day", asked.day)
        )
        state = contracts.stated_fields(asked).get("state")
        return (found.filter(state=state) if state else found).order_by("-severity", "pk")

    def row(self, found: Case) -> contracts.BreakRow:
        return contracts.BreakRow(
            break_id=found.pk,
            kind=found.kind,
            name=str(found.get_kind_display()),
            transaction_id=found.subject if is_about_a_transaction(found) else None,
            player_id=found.player_id or None,
            currency=found.currency or None,
            ours=side_of(found.ours),
            theirs=side_of(found.theirs),
            difference=found.difference,
            severity=Case.Severity(found.severity).name.lower(),
            state=found.state,
            resolution=found.resolution or None,
            opened_at=iso_moment(found.opened_at),
            due_at=iso_moment(found.due_at) if found.due_at else None,
            resolved_at=iso_moment(found.resolved_at) if found.resolved_at else None,
        )


def parse_day(name: str, text: str) -> date:
    """Of the right form by now; the calendar may not have it."""
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise statuses.FieldRequiredOrInvalid(f"{name} is not a day such as 2026-01-31.") from fault


def is_about_a_transaction(case: Case) -> bool:
    """The subject of other breaks is of a player, an account or a row of ours."""
    return bool(case.subject) and "|" not in case.subject and case.kind != Case.Kind.BALANCE


def side_of(said: Mapping[str, Any] | None) -> contracts.BreakSide | None:
    if not said:
        return None
    return contracts.BreakSide(
        kind=said.get("kind"),
        player_id=said.get("player"),
        game_id=said.get("game"),
        currency=said.get("currency"),
        amount=_whole(said.get("amount")),
        state=said.get("state"),
        created_at=_moment(said.get("at")),
        line=_line(said.get("line")),
        rows=_whole(said.get("rows")),
    )


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _line(value: Any) -> int | None:
    """The line in its own file, also where the day has several statements."""
    return None if value is None else int(value) % LINES_OF_ONE


def _moment(text: Any) -> str | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return iso_moment(moment.astimezone(UTC) if moment.tzinfo else moment)


def _side(side: figures.FigureSide) -> contracts.DaySide:
    return contracts.DaySide(
        currency=side.currency,
        kind=side.kind,
        our_rows=side.ours_rows,
        our_amount=str(side.ours_amount),
        their_rows=side.theirs_rows,
        their_amount=str(side.theirs_amount),
    )


def _sum(each: figures.BreakFigures) -> contracts.BreakSum:
    return contracts.BreakSum(
        kind=each.kind,
        name=each.label,
        currency=each.currency,
        breaks=each.breaks,
        difference=str(each.difference),
    )
