"""Emails to owners about changes that our staff made, and to the people whom a change removed.

A trigger records each change with its history event (merchants.models.audit), in the transaction of the change; this
job makes one email of the changes of a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from django.conf import settings
from django.db import transaction

from merchants.models import Approval, Merchant, OutgoingEmail, StaffChange
from merchants.services import emails, history, history_sentences
from merchants.services.history_sentences import Event
from portal.lib import clock

MOST_AT_ONCE = 500
CAN_BE_OFF = {"ReconciliationPlan", "StatementSource"}  # and then nobody notices that a day is not compared


@transaction.atomic
def notify_owners_of_changes() -> int:
    """Email the owners; return how many changes were reported. A worker that dies has neither sent nor marked
    anything.
    """
    untold = StaffChange.objects.select_for_update(skip_locked=True).filter(told_at=None).order_by("pk")
    changes = list(untold[:MOST_AT_ONCE])
    for (merchant_id, number), each in groupby(changes, key=lambda each: (each.merchant_id, each.transaction)):
        together, merchant = list(each), Merchant.objects.filter(pk=merchant_id).first()
        email = _tell(merchant, number, together) if merchant else None
        done = StaffChange.objects.filter(pk__in=[change.pk for change in together])
        done.update(told_at=clock.now(), email=email)
    return len(changes)


def _tell(merchant: Merchant, number: int, changes: Sequence[StaffChange]) -> OutgoingEmail | None:
    """Write the email. `transaction` names its changes: the database needs it before they count as reported."""
    events = sorted(_events(merchant, changes), key=lambda event: event.at)
    if not events:  # a kind that the history has no words for
        what = f"changed: {', '.join(sorted({change.thing for change in changes}))}"
        at = changes[0].created_at
        return emails.notify_owners(merchant, what, by=_by(number, None), at=at, transaction=number)
    told, last = history_sentences.describe_transaction(events), events[-1]
    return emails.notify_owners(
        merchant,
        told.title,
        by=_by(number, last),
        at=last.at,
        also=_also(events),
        reason=(last.context or {}).get("reason", ""),
        changes=[list(change) for change in told.changes],
        transaction=number,
    )


def _events(merchant: Merchant, changes: Sequence[StaffChange]) -> Iterator[Event]:
    numbers: dict[str, list[int]] = {}
    for change in changes:
        numbers.setdefault(change.thing, []).append(change.event)
    about = [(merchant, thing, {"pgh_id__in": events}) for thing, events in numbers.items()]
    yield from history.events(*about, each=MOST_AT_ONCE)


def _by(number: int, event: Event | None) -> str:
    """Return the authors: two, where a second person approved the change."""
    approved = Approval.objects.filter(decided_in=number, state=Approval.State.APPROVED)
    approval = approved.select_related("asked_by", "decided_by").first()
    return (
        f"{approval.asked_by} and {approval.decided_by}"
        if approval
        else history.author_name(event.context if event else None)
    )


def _also(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        yield from _removed(event)
        if event.thing in CAN_BE_OFF and event.new_value("is_on") is False:
            yield from settings.RECONCILIATION_ALARM_TO


def _removed(event: Event) -> Iterator[str]:
    """Yield the addresses that the change removed or replaced."""
    if event.thing == "Membership" and event.label != "insert" and event.name:
        yield event.name
    elif "email" in event.row:
        if event.label == "delete":
            yield event.row["email"]
        elif event.new_value("email"):
            yield (event.old or {})["email"]
