"""How a merchant wants its days reconciled: said by its people, kept on its timeline."""

from __future__ import annotations

from collections.abc import Mapping as Words
from typing import Any

from django.db import IntegrityError, transaction

from merchants.errors import Refusal, SecondPersonNeeded
from merchants.models import Approval, Merchant, OwnerQuestion, Person
from merchants.services import approvals, questions
from portal.lib import clock, money
from wallet.models import Reconciliation, Statement
from wallet.models.currency_rate import BASE
from wallet.models.reconciliation import CASHIER_KINDS, HOURS, ReconciliationPlan, ReportRecipient
from wallet.reconciliation import refusals, report_opt_outs
from wallet.reconciliation.days import DAY, date_at, moment_of
from wallet.reconciliation.reading import mapping as mappings
from wallet.reconciliation.thresholds import thresholds

MOST_RECIPIENTS = 20
LIMITS = ("write_off_alone", "write_off_alone_by_currency")


class WrongHour(Refusal):
    def __init__(self) -> None:
        super().__init__(f"An hour is a whole number from {HOURS[0]} to {HOURS[1]}.")


class WrongTypes(Refusal):
    def __init__(self) -> None:
        super().__init__("Only deposits and withdrawals can be left out of the comparison.")


class RecipientThere(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} gets the report already.")


class TooManyRecipients(Refusal):
    def __init__(self) -> None:
        super().__init__(f"A report has at most {MOST_RECIPIENTS} recipients. Remove one, or give a list's address.")


@transaction.atomic
def set_plan(*, merchant: Merchant, by: Person | None = None, **said: Any) -> ReconciliationPlan:
    """Of a merchant that had none, what is not said is as the model has it.

    Where our staff want player names in emails, an owner is asked; until then there are none. Raises
    SecondPersonNeeded for a higher write-off limit under the two-person rule.
    """
    if any(said.get(name, HOURS[0]) not in range(HOURS[0], HOURS[1] + 1) for name in ("hour", "day_begins")):
        raise WrongHour
    if not {*said.get("left_out", ())} <= {*CASHIER_KINDS}:
        raise WrongTypes
    check_timetable(merchant, is_on=bool(said.get("is_on")))
    plan = _locked(merchant)
    if needs_second_person(plan, said):
        raise SecondPersonNeeded
    if by is not None and by.is_staff and said.get("names_players") and not plan.names_players:
        questions.ask(merchant=merchant, kind=OwnerQuestion.Kind.NAMES_PLAYERS, by=by)
        said |= {"names_players": False}
    if said.get("day_begins", plan.day_begins) != plan.day_begins:
        _keep_earlier_days(plan, said["day_begins"], plan.merchant.time_zone)
    for name, value in said.items():
        setattr(plan, name, value)
    plan.save()
    return plan


def keep_days_of_zone(*, instance: Merchant, **_: Any) -> None:
    """Before a merchant is saved: where its time zone changes, days that have begun keep the one of before."""
    old = Merchant.objects.filter(pk=instance.pk).exclude(time_zone=instance.time_zone).first()
    plan = ReconciliationPlan.objects.select_for_update().filter(merchant=old).first() if old else None
    if old is None or plan is None:
        return
    plan.merchant = old
    _keep_earlier_days(plan, plan.day_begins, instance.time_zone)
    plan.save(update_fields=["earlier_days"])
    plan.merchant = instance


def _keep_earlier_days(plan: ReconciliationPlan, hour: int, zone: str) -> None:
    """Days that have begun keep their hour; the last of them ends where the next one begins, so that no row is of two
    days or of none. Where nothing was ever sent or compared, all days begin at the new hour.
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
    """Nothing follows the plan of a sandbox, so that none says it is on."""
    if merchant.is_sandbox and is_on:
        raise refusals.NoTimetable


def needs_second_person(plan: ReconciliationPlan, said: Words[str, Any]) -> bool:
    """Whether this raises the write-off limit, in euro or in any currency, which one person alone may not do."""
    if not plan.merchant.two_person or said.keys().isdisjoint(LIMITS):
        return False
    limit, by_currency = _wanted(plan, said)
    wanted = ReconciliationPlan(merchant=plan.merchant, write_off_alone=limit, write_off_alone_by_currency=by_currency)
    currencies = sorted({BASE, *(plan.write_off_alone_by_currency or {}), *(by_currency or {})})
    before, after = (thresholds(each, currencies) for each in (plan, wanted))
    return any(new.write_off_alone > old.write_off_alone for old, new in zip(before, after, strict=True))


def _wanted(plan: ReconciliationPlan, said: Words[str, Any]) -> tuple[int, dict[str, int] | None]:
    """The limit in euro and by currency; what is not said stays."""
    limit = said.get("write_off_alone")
    by_currency = said.get("write_off_alone_by_currency", plan.write_off_alone_by_currency)
    return plan.write_off_alone if limit is None else limit, by_currency


def ask_to_raise_limit(*, plan: ReconciliationPlan, said: Words[str, Any], by: Person, reason: str) -> Approval:
    """Until a second person approves it, the limit stays. Raises AlreadyAsked."""
    limit, by_currency = _wanted(plan, said)
    changes = [
        f"write-off limit{of} from {before} to {after}"
        for of, before, after in (
            ("", money.show(plan.write_off_alone), money.show(limit)),
            (" by currency", _in_words(plan.write_off_alone_by_currency), _in_words(by_currency)),
        )
        if before != after
    ]
    wish = {"limit": limit, "by_currency": by_currency, "changes": changes}
    return approvals.ask_to_raise_limit(merchant=plan.merchant, wish=wish, by=by, reason=reason)


def _in_words(by_currency: dict[str, int] | None) -> str:
    amounts = [money.show_with_code(amount, currency) for currency, amount in sorted((by_currency or {}).items())]
    return ", ".join(amounts) or "none"


def raise_limit(approval: Approval) -> None:
    plan, wish = _locked(approval.merchant), approval.wish
    plan.write_off_alone = wish["limit"]
    if "by_currency" in wish:
        plan.write_off_alone_by_currency = wish["by_currency"]
    plan.save()


@transaction.atomic
def keep_mapping(*, merchant: Merchant, mapping: Words[str, Any]) -> ReconciliationPlan:
    """How the next files are read. Nothing is compared by it: a merchant without a plan gets one that is off."""
    plan, how = _locked(merchant), mappings.from_json(mapping)
    if (plan.mapping, plan.grain) != (how.as_json(), how.grain):
        plan.mapping, plan.grain = how.as_json(), ReconciliationPlan.Grain(how.grain)
        plan.save()
    return plan


def _locked(merchant: Merchant) -> ReconciliationPlan:
    """`merchant` knows it from then on, so that its days are those of this plan."""
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    found = ReconciliationPlan.objects.filter(merchant=merchant).first()
    if found is not None:
        found.merchant = merchant
    return found or ReconciliationPlan(merchant=merchant, is_on=False)


@transaction.atomic
def add_recipient(*, merchant: Merchant, email: str, by: Person | None = None) -> ReportRecipient | OwnerQuestion:
    """Where our staff name an address of a domain that no owner has, an owner is asked first."""
    if by is not None and by.is_staff and questions.is_outside(merchant, email):
        return questions.ask(merchant=merchant, kind=OwnerQuestion.Kind.RECIPIENT, by=by, email=email)
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
    set_plan(merchant=question.merchant, names_players=True)


def send_reports_to(question: OwnerQuestion) -> None:
    add_recipient(merchant=question.merchant, email=question.email)


def remove_recipient(*, recipient: ReportRecipient) -> None:
    recipient.delete()
