"""Changes of reconciliation plans by the merchant's people and our staff. The timeline shows each change."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Words
from copy import copy
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from merchants.errors import ChangedSince, Refusal, SecondPersonNeeded
from merchants.models import Approval, Merchant, OwnerQuestion, Person
from merchants.services import approvals, history, owner_questions
from portal.lib import clock, money
from wallet.models import Reconciliation, Statement
from wallet.models.currency_rate import BASE
from wallet.models.reconciliation_plan import CASHIER_KINDS, HOURS, ReconciliationPlan, ReportRecipient
from wallet.reconciliation import refusals, report_opt_outs, thresholds
from wallet.reconciliation.days import DAY, date_at, moment_of
from wallet.reconciliation.reading import mapping as mappings

MOST_RECIPIENTS = 20
LIMITS = ("write_off_alone", "write_off_alone_by_currency")
SET_BY_PEOPLE = (
    "is_on", "hour", "day_begins", "grain", "left_out", "scopes", "unsettled_hours", "high_amount",
    "high_amount_by_currency", "is_attached", "names_players", *LIMITS,
)  # fmt: skip


class WrongHour(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The hour must be a whole number from %(hours)s to %(hours2)s.") % {"hours": HOURS[0], "hours2": HOURS[1]}
        )


class WrongTypes(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Only deposits and withdrawals can be left out of the comparison."))


class RecipientThere(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s already receives the report.") % {"email": email})


class TooManyRecipients(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "A report has at most %(most_recipients)s recipients. Remove one, or enter the address of a "
                "mailing list."
            )
            % {"most_recipients": MOST_RECIPIENTS}
        )


def plan_state(plan: ReconciliationPlan) -> str:
    """Return a digest of the settings; "" without a plan. A form sends it back when it saves."""
    if plan._state.adding:  # noqa: SLF001 - Django's documented name
        return ""
    return sha256(repr([getattr(plan, name) for name in SET_BY_PEOPLE]).encode()).hexdigest()


@transaction.atomic
def set_plan(
    *, merchant: Merchant, by: Person | None = None, seen: str | None = None, **said: Any
) -> ReconciliationPlan:
    """Set a merchant's plan. Missing values of a new plan are the model's defaults. `seen`: the `plan_state` of the
    form.

    Player names in emails that our staff switch on wait for an owner. Refuses a wrong hour (WrongHour) or type
    (WrongTypes), a plan that is on in a sandbox (NoTimetable), a plan that another person has changed (ChangedSince),
    and a higher write-off limit of a live merchant (SecondPersonNeeded).
    """
    if any(said.get(name, HOURS[0]) not in range(HOURS[0], HOURS[1] + 1) for name in ("hour", "day_begins")):
        raise WrongHour
    if not {*said.get("left_out", ())} <= {*CASHIER_KINDS}:
        raise WrongTypes
    check_timetable(merchant, is_on=bool(said.get("is_on")))
    plan = _locked(merchant)
    if seen is not None and seen != plan_state(plan):
        raise ChangedSince(_("The plan"), _last_author(merchant))
    if needs_second_person(plan, said):
        raise SecondPersonNeeded
    if by is not None and by.is_staff and said.get("names_players") and not plan.names_players:
        owner_questions.ask_owners(merchant=merchant, kind=OwnerQuestion.Kind.NAMES_PLAYERS, by=by)
        said |= {"names_players": False}
    if said.get("day_begins", plan.day_begins) != plan.day_begins:
        _keep_earlier_days(plan, said["day_begins"], plan.merchant.time_zone)
    for name, value in said.items():
        setattr(plan, name, value)
    plan.save()
    return plan


def _last_author(merchant: Merchant) -> str:
    newest = history.events((merchant, "ReconciliationPlan", {}), each=1)
    return history.author_name(newest[0].context) if newest else ""


def keep_days_of_zone(*, instance: Merchant, **_: Any) -> None:
    """Keep the time zone of days that have begun. Runs before a merchant with another time zone is saved."""
    old = Merchant.objects.filter(pk=instance.pk).exclude(time_zone=instance.time_zone).first()
    plan = ReconciliationPlan.objects.select_for_update().filter(merchant=old).first() if old else None
    if old is None or plan is None:
        return
    plan.merchant = old
    _keep_earlier_days(plan, plan.day_begins, instance.time_zone)
    plan.save(update_fields=["earlier_days"])
    plan.merchant = instance


def _keep_earlier_days(plan: ReconciliationPlan, hour: int, zone: str) -> None:
    """Keep the hour of days that have begun. The last of them ends where the next one begins, so each row is of one
    day. Without any statement or run, all days begin at the new hour.
    """
    merchant, now = plan.merchant, clock.now()
    if not any(model.objects.filter(merchant=merchant).exists() for model in (Reconciliation, Statement)):
        return
    until = date_at(merchant, now) + DAY
    while moment_of(until, hour, zone) <= now:
        until += DAY
    if any(each["until"] >= until.isoformat() for each in plan.earlier_days):
        return  # the hour that is changed now has begun no day yet
    entry = {"until": until.isoformat(), "hour": plan.day_begins, "zone": merchant.time_zone}
    plan.earlier_days = [*plan.earlier_days, entry]


def check_timetable(merchant: Merchant, *, is_on: bool) -> None:
    """Refuse a plan that is on for a sandbox, which no timetable follows (NoTimetable)."""
    if merchant.is_sandbox and is_on:
        raise refusals.NoTimetable


def needs_second_person(plan: ReconciliationPlan, said: Words[str, Any]) -> bool:
    """Return whether these write-off limits need a second person: one of them is higher than now, at a live
    merchant.
    """
    return not plan.merchant.is_sandbox and any(after > now for _, now, after in _limits(plan, said))


def ask_to_raise_limit(*, plan: ReconciliationPlan, said: Words[str, Any], by: Person, reason: str) -> Approval:
    """Request higher write-off limits. They stay unchanged until a second approver approves.

    Refuses a second waiting request (AlreadyAsked) and a secret in the reason.
    """
    wanted = _with_limits(plan, said)
    wish = {
        "limit": wanted.write_off_alone,
        "by_currency": wanted.write_off_alone_by_currency,
        "before": [plan.write_off_alone, plan.write_off_alone_by_currency],
        "changes": [
            f"write-off limit from {money.format_with_code(now, currency)} to {money.format_with_code(after, currency)}"
            for currency, now, after in _limits(plan, said)
            if now != after
        ],
    }
    return approvals.ask_to_raise_limit(merchant=plan.merchant, wish=wish, by=by, reason=reason)


def raise_limit(approval: Approval) -> None:
    """Set the approved limits. Refuses limits that have changed since the request (LimitsChanged)."""
    plan, wish = _locked(approval.merchant), approval.wish
    if [plan.write_off_alone, plan.write_off_alone_by_currency] != wish["before"]:
        raise refusals.LimitsChanged
    plan.write_off_alone, plan.write_off_alone_by_currency = wish["limit"], wish["by_currency"]
    plan.save()


def _limits(plan: ReconciliationPlan, said: Words[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Yield each limit, in euro and in the currencies that have one of their own: as it is, and as it would be."""
    wanted = _with_limits(plan, said)
    yield BASE, plan.write_off_alone, wanted.write_off_alone
    own = (plan.write_off_alone_by_currency or {}) | (wanted.write_off_alone_by_currency or {})
    before, after = (thresholds.thresholds(each, sorted(own)) for each in (plan, wanted))
    for now, then in zip(before, after, strict=True):
        yield now.currency, now.write_off_alone, then.write_off_alone


def _with_limits(plan: ReconciliationPlan, said: Words[str, Any]) -> ReconciliationPlan:
    wanted = copy(plan)
    for name in LIMITS:
        setattr(wanted, name, said.get(name, getattr(plan, name)))
    return wanted


@transaction.atomic
def keep_mapping(*, merchant: Merchant, mapping: Words[str, Any]) -> ReconciliationPlan:
    """Store the mapping for the next files. A merchant without a plan gets one that is off. Raises BadMapping."""
    plan, how = _locked(merchant), mappings.from_json(mapping)
    if (plan.mapping, plan.grain) != (how.as_json(), how.grain):
        plan.mapping, plan.grain = how.as_json(), ReconciliationPlan.Grain(how.grain)
        plan.save()
    return plan


def _locked(merchant: Merchant) -> ReconciliationPlan:
    """Return the plan under its lock, and attach it to `merchant`, so that its days follow this plan."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    found = ReconciliationPlan.objects.filter(merchant=merchant).first()
    if found is not None:
        found.merchant = merchant
    return found or ReconciliationPlan(merchant=merchant, is_on=False)


@transaction.atomic
def add_recipient(*, merchant: Merchant, email: str, by: Person | None = None) -> ReportRecipient | OwnerQuestion:
    """Add a recipient, who is also subscribed again. Our staff's address outside the owners' domains waits for an
    owner.

    Refuses a recipient who receives the report already (RecipientThere), and too many (TooManyRecipients).
    """
    if by is not None and by.is_staff and owner_questions.is_outside(merchant, email):
        return owner_questions.ask_owners(merchant=merchant, kind=OwnerQuestion.Kind.RECIPIENT, by=by, email=email)
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    named = ReportRecipient.objects.filter(merchant=merchant)
    was_out = report_opt_outs.opt_in(merchant=merchant, email=email)
    if known := named.filter(email__iexact=email).first():
        if was_out:
            return known
        raise RecipientThere(email)
    if named.count() >= MOST_RECIPIENTS:
        raise TooManyRecipients
    try:
        with transaction.atomic():
            return ReportRecipient.objects.create(merchant=merchant, email=email)
    except IntegrityError as there:
        raise RecipientThere(email) from there


def name_players(question: OwnerQuestion) -> None:
    """Carry out an allowed question: name players in emails."""
    set_plan(merchant=question.merchant, names_players=True)


def send_reports_to(question: OwnerQuestion) -> None:
    """Carry out an allowed question: add a recipient."""
    add_recipient(merchant=question.merchant, email=question.email)


def remove_recipient(*, recipient: ReportRecipient) -> None:
    """Remove a recipient. Refuses nothing."""
    recipient.delete()
