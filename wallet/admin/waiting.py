"""Everything that waits for a person of our staff: how many there are, since when, and the list to work on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, QuerySet, Value
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from merchants.models import ApiKey, Approval, Compromise, Merchant, OutgoingEmail, Secret
from merchants.models.merchant import MerchantQuerySet
from portal.lib import clock
from portal.lib.texts import Text
from wallet.models import Case, Settlement
from wallet.reconciliation import cases, due_dates

OVERLAP_ENDS, KEY_ENDS, GIVEN_UP_SINCE = timedelta(hours=24), timedelta(days=7), timedelta(days=30)


class WorkKind(NamedTuple):
    """One kind of work: its rows, the column that says since when (or until when), and its list."""

    title: Text
    rows: QuerySet[Any]
    at: str
    page: str
    filters: dict[str, str] = {}
    ends: bool = False


class WaitingWork(NamedTuple):
    """`oldest` is the first moment since which one waits, or at which one ends where `ends`."""

    title: Text
    number: int
    oldest: datetime | None
    url: str
    ends: bool


def waiting_work() -> list[WaitingWork]:
    """Return the kinds of which there is something, in one query; sandboxes are left out."""
    kinds = list(work_kinds())
    arms = [
        kind.rows.order_by()
        .values(which=Value(number))
        .annotate(number=Count("pk"), oldest=Min(kind.at))
        .values_list("which", "number", "oldest")
        .order_by()
        for number, kind in enumerate(kinds)
    ]
    counted = arms[0].union(*arms[1:], all=True).order_by()
    found = {which: (number, oldest) for which, number, oldest in counted if number}
    return [
        WaitingWork(kind.title, *found[which], url=list_url(kind), ends=kind.ends)
        for which, kind in enumerate(kinds)
        if which in found
    ]


def list_url(kind: WorkKind) -> str:
    address = reverse(f"admin:{kind.page}")
    return f"{address}?{urlencode(kind.filters)}" if kind.filters else address


def work_kinds() -> Iterator[WorkKind]:
    """Most urgent first."""
    live, now = Merchant.objects.live().order_by(), clock.now()
    leaks = Compromise.objects.filter(closed_at=None, key__merchant__in=live)
    yield WorkKind(
        gettext_lazy("Open compromises"), leaks, "created_at", "merchants_compromise_changelist", {"state": "open"}
    )
    approvals = Approval.objects.filter(state=Approval.State.WAITING, merchant__in=live)
    waiting = {"state__exact": Approval.State.WAITING.value}
    yield WorkKind(gettext_lazy("Changes to approve"), approvals, "asked_at", "merchants_approval_changelist", waiting)
    yield from case_kinds()
    prepared = Settlement.objects.filter(state=Settlement.State.PREPARED, merchant__in=live)
    state = {"state__exact": Settlement.State.PREPARED.value}
    yield WorkKind(
        gettext_lazy("Settlement statements to sign off"), prepared, "counted_at", "wallet_settlement_changelist", state
    )
    given_up = OutgoingEmail.objects.filter(state=OutgoingEmail.State.GIVEN_UP, created_at__gt=now - GIVEN_UP_SINCE)
    title, state = (
        gettext_lazy("Emails given up in the last 30 days"),
        {"state__exact": OutgoingEmail.State.GIVEN_UP.value},
    )
    yield WorkKind(title, given_up, "created_at", "merchants_outgoingemail_changelist", state)
    yield from key_kinds(live, now)


def case_kinds() -> Iterator[WorkKind]:
    page, unresolved = "wallet_case_changelist", cases.unresolved_cases()
    owed = {"severity__exact": str(Case.Severity.OWED.value)}
    yield WorkKind(gettext_lazy("Payouts owed to players"), cases.owed_cases(), "opened_at", page, owed)
    asked = cases.write_offs_to_confirm()
    yield WorkKind(gettext_lazy("Write-offs and corrections to approve"), asked, "opened_at", page, {"state": "asked"})
    overdue = unresolved.filter(due_dates.due_condition("overdue"))
    yield WorkKind(gettext_lazy("Overdue cases"), overdue, "due_at", page, {"due": "overdue"})
    unassigned = unresolved.filter(state=Case.State.OPEN)
    yield WorkKind(gettext_lazy("Unassigned cases"), unassigned, "opened_at", page, {"state": Case.State.OPEN.value})


def key_kinds(live: MerchantQuerySet, now: datetime) -> Iterator[WorkKind]:
    keys = ApiKey.objects.filter(merchant__in=live.open())
    quarantined = keys.filter(status=ApiKey.Status.QUARANTINED)
    state = {"status__exact": ApiKey.Status.QUARANTINED.value}
    yield WorkKind(gettext_lazy("Keys in quarantine"), quarantined, "created_at", "merchants_apikey_changelist", state)
    ending = keys.usable(at=now).filter(expires_at__lte=now + KEY_ENDS)
    yield WorkKind(gettext_lazy("Keys that expire within 7 days"), ending, "expires_at", "hygiene", ends=True)
    running = Secret.objects.overlapping(at=now).filter(key__merchant__in=live, usable_until__lte=now + OVERLAP_ENDS)
    running = running.exclude(key__status=ApiKey.Status.REVOKED)
    yield WorkKind(gettext_lazy("Overlaps that end within 24 hours"), running, "usable_until", "hygiene", ends=True)
