"""Due dates of cases by severity: people are reminded before the date and on it, and overdue cases are escalated.

A trigger keeps the date (wallet/models/case_due.py). A row for each case, step and date says who was emailed already.
So a job that runs twice, or late, emails once, and of several passed steps only the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from merchants.errors import moment_text
from merchants.models import Merchant, Person
from merchants.services import emails
from portal.lib import clock
from portal.lib.moments import show_day
from wallet.models import Case, CaseReminder
from wallet.reconciliation import break_amounts, cases, plans

Step = CaseReminder.Step
TEMPLATE = "cases_due"
SOON_SHORT, SOON_LONG = timedelta(hours=4), timedelta(hours=24)  # of what is due within a day, and of the rest
ESCALATED_AFTER = timedelta(hours=24)
SHOWN = 20  # cases in one email
CHOICES = [("overdue", _("Overdue")), ("day", _("Due within 24 hours")), ("week", _("Due within 7 days"))]
SPANS = {"overdue": timedelta(0), "day": timedelta(hours=24), "week": timedelta(days=7)}
HEADLINES = {Step.SOON: _("due soon"), Step.DUE: _("due now"), Step.ESCALATED: _("overdue")}
# Of open cases those that have come to a step, which is taken down; of another step or a later one, never again.
TAKE_DOWN = """
    INSERT INTO wallet_casereminder (case_id, step, due_at, created_at)
    SELECT c.id, %(step)s, c.due_at, %(now)s FROM wallet_case c
     WHERE c.merchant_id = %(merchant)s AND c.state <> 'resolved'
       AND c.due_at <= CASE WHEN c.severity >= 3 THEN %(short)s ELSE %(long)s END
       AND NOT EXISTS (SELECT FROM wallet_casereminder r
                        WHERE r.case_id = c.id AND r.due_at = c.due_at AND r.step >= %(step)s)
     ORDER BY c.id
    ON CONFLICT DO NOTHING
    RETURNING case_id
"""


def due_condition(choice: str, *, now: datetime | None = None) -> Q:
    """Return the condition of a list filter; no condition for an unknown filter."""
    if choice not in SPANS:
        return Q()
    return ~Q(state=Case.State.RESOLVED) & Q(due_at__lte=(now or clock.now()) + SPANS[choice])


# --- the job ----------------------------------------------------------------------------------------------------------
def send_reminders() -> int:
    """Write the due emails; return how many. Cases of sandboxes get no reminder."""
    open_cases = Case.objects.exclude(state=Case.State.RESOLVED).filter(due_at__lte=clock.now() + SOON_LONG)
    merchants = Merchant.objects.live().filter(pk__in=open_cases.order_by().values("merchant"))
    return sum(_remind(merchant) for merchant in merchants.order_by("pk"))


@transaction.atomic
def _remind(merchant: Merchant) -> int:
    """Remind of one step. The last step runs first, so earlier steps skip its cases."""
    return sum(_take_step(merchant, step) for step in reversed(Step))


def _take_step(merchant: Merchant, step: Step) -> int:
    now = clock.now()
    short, long = _due_before(step, now)
    values: dict[str, int | datetime] = {
        "merchant": merchant.pk,
        "step": step.value,
        "now": now,
        "short": short,
        "long": long,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_DOWN, values | {"short": short, "long": long})
        numbers = [number for (number,) in cursor.fetchall()]
    found = Case.objects.filter(pk__in=numbers).select_related("owner").order_by("-severity", "due_at", "pk")
    return _write(merchant, step, list(found))


def _due_before(step: Step, now: datetime) -> tuple[datetime, datetime]:
    """Return the moment before which severe cases, and other cases, are due."""
    if step == Step.SOON:
        return now + SOON_SHORT, now + SOON_LONG
    end = now - ESCALATED_AFTER if step == Step.ESCALATED else now
    return end, end


# --- who is told ------------------------------------------------------------------------------------------------------
def _write(merchant: Merchant, step: Step, found: Iterable[Case]) -> int:
    """Write one email to each address, about all its cases."""
    by_address: dict[str, list[Case]] = {}
    for case in found:
        for address in _addresses(case, merchant, step):
            by_address.setdefault(address, []).append(case)
    staff = {email.lower() for email in [*settings.RECONCILIATION_ALARM_TO, *_workers()]}
    return sum(
        emails.write_each([address], merchant, TEMPLATE, _contents(merchant, step, own, is_staff=address in staff))
        for address, own in by_address.items()
    )


def _addresses(case: Case, merchant: Merchant, step: Step) -> set[str]:
    return {address.lower() for address in _told(case, merchant, step)}


def _told(case: Case, merchant: Merchant, step: Step) -> Iterator[str]:
    """Yield the addresses to notify: the assigned person, else all who may take the case. While the case waits for the
    operator, also the recipients of reports. On escalation, also our alarm addresses and the owners.
    """
    if case.owner is not None and cases.works_on_cases(case.owner):
        yield case.owner.email
    else:
        yield from _workers()
    if case.state == Case.State.WAITING:
        yield from plans.report_recipients(merchant)
    if step == Step.ESCALATED:
        yield from settings.RECONCILIATION_ALARM_TO
        yield from emails.owner_addresses(merchant)


def _workers() -> list[str]:
    found = Person.objects.filter(is_active=True, staff_role__in=cases.WORKERS)
    return list(found.values_list("email", flat=True))


def _contents(merchant: Merchant, step: Step, found: list[Case], *, is_staff: bool) -> dict[str, Any]:
    """Return the contents, without player and transaction."""
    page = f"/admin/wallet/case/?merchant__id__exact={merchant.pk}" if is_staff else _operators_page(merchant)
    return {
        "merchant": merchant.name,
        "number": len(found),
        "what": str(HEADLINES[step]),
        "cases": [_line(case) for case in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "page": page,
    }


def _operators_page(merchant: Merchant) -> str:
    return f"/operator/{merchant.code}/reconciliation/cases/"


def _line(case: Case) -> dict[str, str]:
    return {
        "kind": str(case.get_kind_display()),
        "day": show_day(case.day),
        "difference": break_amounts.difference_text(case) if break_amounts.net_difference(case) else "",
        "severity": str(case.get_severity_display()),
        "due": moment_text(case.due_at) if case.due_at else "",
        "assigned": case.owner.email if case.owner else "",
    }
