"""Settlement statements: requested and prepared by one person, signed off by another, confirmed by the merchant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from merchants.errors import Refusal
from merchants.models import Membership, Merchant, Person
from merchants.services import job_queue
from merchants.services.independence import check_second_person
from merchants.services.typed_text import check_no_secret
from portal.lib import clock
from wallet.models import Settlement, SettlementAdjustment, SettlementConfirmation
from wallet.reconciliation import cases
from wallet.reconciliation.closing import adjustments, day_counts, ledger_sums, refusals, settlement_mail
from wallet.reconciliation.closing.months import Month, month_of, next_month
from wallet.reconciliation.closing.settlement_figures import DayCounts, SettlementFigures, as_json, figures_of

log = structlog.get_logger(__name__)
DIGESTED = ("kind", "month", "transaction_id", "part", "ref_transaction_id", "currency", "amount", "difference", "text")
AT_ONCE = 2_000
TASK = "wallet.tasks.prepare_settlement"
FAULT_LENGTH = 500
FAILED = _("The statement could not be prepared ({}). Prepare it again. If this fails again, check the log.")
State = Settlement.State
SPEAKERS = (Membership.Role.OWNER, Membership.Role.MANAGER)


# --- Asking -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def request_statement(*, merchant: Merchant, month: date, reason: str, by: Person) -> Settlement:
    """Request a statement; a job prepares it.

    Refuses by StaffOnly, NoMonthOfASandbox, MonthNotComplete, MonthsInOrder, DraftWaits, a secret in the reason, and by
    ReasonNeeded for open days or cases of high severity without a reason.
    """
    check_staff(by)
    check_no_secret(reason)
    if merchant.is_sandbox:
        raise refusals.NoMonthOfASandbox
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)  # of two, the second finds the draft
    of = month_of(merchant, month)
    check_due(merchant, of)
    check_reason(day_counts.days_now(merchant, of), reason)
    earlier = Settlement.objects.filter(merchant=merchant, month=month)
    asked = Settlement.objects.create(
        merchant=merchant,
        month=month,
        number=(earlier.aggregate(newest=Max("number"))["newest"] or 0) + 1,
        time_zone=merchant.time_zone,
        begins_at=of.begin,
        ends_at=of.end,
        reason=reason,
        prepared_by=by,
        requested_at=clock.now(),
    )
    transaction.on_commit(lambda: job_queue.send_job(TASK, asked.pk), robust=True)
    return asked


def check_staff(person: Person) -> None:
    """Refuse a person who does not work on cases (StaffOnly)."""
    if not cases.works_on_cases(person):
        raise refusals.StaffOnly


def check_due(merchant: Merchant, month: Month) -> None:
    """Refuse a month that is not complete, is not the next one, or while another draft waits."""
    if clock.now() < month.ready:
        raise refusals.MonthNotComplete(month.first, month.ready)
    draft = Settlement.objects.filter(merchant=merchant, state__in=[State.REQUESTED, State.PREPARED]).first()
    if draft is not None:
        raise refusals.DraftWaits(draft.month)
    due = due_month(merchant)
    if due is not None and due != month.first:
        raise refusals.MonthsInOrder(due)


def due_month(merchant: Merchant) -> date | None:
    """Return the next month to close; None before the first, which may be any."""
    newest = signed_statements(merchant)[-1:]
    return next_month(newest[0].month) if newest else None


def signed_statements(merchant: Merchant) -> Sequence[Settlement]:
    """Return the signed statements, oldest first."""
    return list(Settlement.objects.filter(merchant=merchant, state=State.SIGNED).order_by("month"))


def check_reason(days: DayCounts, reason: str) -> None:
    """Refuse exceptions without a reason (ReasonNeeded)."""
    if days.exceptions and not reason.strip():
        raise refusals.ReasonNeeded(days.exceptions)


# --- Preparing --------------------------------------------------------------------------------------------------------
def prepare_waiting() -> int:
    """Prepare requests whose job did not run; return how many."""
    waiting = list(
        Settlement.objects.filter(state=State.REQUESTED).order_by("requested_at").values_list("pk", flat=True)
    )
    return sum(prepare_statement(number) for number in waiting)


@transaction.atomic
def prepare_statement(number: int) -> bool:
    """Count and store the figures of a request, or the reason why it failed. False: another job has it, or it is
    done.
    """
    found = Settlement.objects.select_for_update(of=("self",), skip_locked=True).select_related("merchant")
    settlement = found.filter(pk=number, state=State.REQUESTED).first()
    if settlement is None:
        return False
    try:
        with transaction.atomic():
            _fill(settlement)
    except Refusal as refused:
        _refuse(settlement, str(refused))
    except Exception as fault:
        log.exception("settlement.not_prepared", settlement=number)
        _refuse(settlement, FAILED.format(type(fault).__name__))
    return True


def _fill(settlement: Settlement) -> None:
    merchant, closed = settlement.merchant, signed_statements(settlement.merchant)
    settlement.counted_at = clock.now()
    before = closed[-1] if closed else None
    opening = ledger_sums.opening_balances(settlement, _closing_of(before) if before else None)
    of_ledger = adjustments.write_adjustments(adjustments.ledger_adjustments(settlement, closed))
    adjustments.write_adjustments(adjustments.count_adjustments(settlement, adjustments.known_counts(closed)))
    currencies, games = ledger_sums.sums(settlement, opening, of_ledger)
    month = month_of(merchant, settlement.month)
    runs = day_counts.newest_runs(merchant, month.first, month.days[-1])
    open_cases = day_counts.open_cases(merchant, month.first)
    days = day_counts.count_days(month, runs, open_cases.values())
    check_reason(days, settlement.reason)
    settlement.figures = as_json(
        SettlementFigures(
            currencies=currencies,
            games=games,
            days=days,
            runs={day: run.pk for day, run in runs.items()},
            open_cases=sorted(open_cases),
            adjustments=_counts(settlement),
        )
    )
    settlement.digest = digest_of(settlement)
    settlement.state = State.PREPARED
    settlement.save(update_fields=["state", "figures", "digest", "counted_at"])


def digest_of(settlement: Settlement) -> str:
    """Return the SHA-256 of the figures and all adjustments, so that a later change of a row is found."""
    digest = hashlib.sha256(json.dumps(settlement.figures, sort_keys=True).encode())
    for row in settlement.adjustments.order_by("pk").values_list(*DIGESTED).iterator(AT_ONCE):
        digest.update(json.dumps([str(value) for value in row]).encode())
    return digest.hexdigest()


def _closing_of(settlement: Settlement) -> dict[str, int]:
    return {each.currency: each.closing for each in figures_of(settlement).currencies}


def _counts(settlement: Settlement) -> dict[str, int]:
    kinds = SettlementAdjustment.objects.filter(settlement=settlement).values_list("kind", flat=True).order_by()
    return {kind: sum(each == kind for each in kinds) for kind in SettlementAdjustment.Kind.values}


def _refuse(settlement: Settlement, why: str) -> None:
    settlement.refresh_from_db()
    settlement.state, settlement.refusal = State.REFUSED, why[:FAULT_LENGTH]
    settlement.save(update_fields=["state", "refusal"])


# --- Deciding ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def sign_off(*, settlement: Settlement, by: Person) -> Settlement:
    """Sign off a statement as another person than the one who prepared it. The recipients of reports get an email.

    Refuses by StaffOnly, NotPrepared, SamePerson, NotIndependent, ApproverWithoutFactor, and by SettlementChanged when
    figures, days or cases have changed since.
    """
    check_staff(by)
    settlement = _locked(settlement)
    if settlement.state != State.PREPARED:
        raise refusals.NotPrepared
    if settlement.prepared_by_id == by.pk:
        raise refusals.SamePerson
    check_second_person(settlement.prepared_by, by, settlement.merchant, settlement.requested_at)
    if settlement.digest != digest_of(settlement) or is_outdated(settlement):
        raise refusals.SettlementChanged
    settlement.state, settlement.signed_by, settlement.signed_at = State.SIGNED, by, clock.now()
    settlement.save(update_fields=["state", "signed_by", "signed_at"])
    settlement_mail.send_settlement(settlement)
    return settlement


def is_outdated(settlement: Settlement) -> bool:
    """Return whether days, cases or adjustments have changed. Sums cannot change, because ledger rows stay."""
    merchant, figures = settlement.merchant, figures_of(settlement)
    month = month_of(merchant, settlement.month)
    if day_counts.days_now(merchant, month) != figures.days:
        return True
    if sorted(day_counts.open_cases(merchant, month.first)) != figures.open_cases:
        return True
    now = adjustments.count_adjustments(settlement, adjustments.known_counts(signed_statements(merchant)))
    kinds = [SettlementAdjustment.Kind.DAY, SettlementAdjustment.Kind.CASE]
    return not adjustments.is_unchanged(now, settlement.adjustments.filter(kind__in=kinds))


@transaction.atomic
def withdraw_statement(*, settlement: Settlement, reason: str, by: Person) -> Settlement:
    """Withdraw a statement that is not signed off, so that its month can be prepared again.

    Refuses by StaffOnly and NotPrepared, and a secret in the reason.
    """
    check_staff(by)
    check_no_secret(reason)
    settlement = _locked(settlement)
    if not settlement.is_draft:
        raise refusals.NotPrepared
    settlement.state, settlement.withdrawn_by, settlement.withdrawn_at = State.WITHDRAWN, by, clock.now()
    settlement.withdrawal = reason
    settlement.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal"])
    return settlement


@transaction.atomic
def confirm_statement(*, settlement: Settlement, by: Person) -> SettlementConfirmation:
    """Confirm a signed statement for the merchant, as an owner or manager. It cannot be undone.

    Refuses by OwnersAndManagersOnly, NotSigned and ConfirmedAlready.
    """
    check_speaker(settlement.merchant, by)
    settlement = _locked(settlement)
    if settlement.state != State.SIGNED:
        raise refusals.NotSigned
    if SettlementConfirmation.objects.filter(settlement=settlement).exists():
        raise refusals.ConfirmedAlready
    return SettlementConfirmation.objects.create(settlement=settlement, by=by, at=clock.now())


def check_speaker(merchant: Merchant, person: Person) -> None:
    """Refuse people other than active owners and managers of the merchant (OwnersAndManagersOnly)."""
    mine = Membership.objects.filter(merchant=merchant, person=person, role__in=SPEAKERS)
    if person.is_staff or not person.is_active or not mine.exists():
        raise refusals.OwnersAndManagersOnly


def _locked(settlement: Settlement) -> Settlement:
    return Settlement.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=settlement.pk)
