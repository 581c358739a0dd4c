"""Allowlist trials: a list on trial stays once every address of the last 24 hours has called, else it reverts
(decisions 0019 and 0075). Where no address called, the first request with a valid signature from the new list keeps it.

Reverting needs no job: from the deadline on, requests are judged by the previous list (`credentials.Allowlist`).
`revert_ended_trials` only writes the reverted entries into the table.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from merchants import errors
from merchants.models import AllowlistEntry, ApiKey, ListTrial, Merchant, Person
from merchants.services import history
from merchants.services.allowlist import notices, writing
from merchants.services.allowlist.proposal import EntryPlan
from portal.lib import clock
from portal.lib.clientip import Address, parse_networks

TRYING, KEPT, REVERTED = ListTrial.State.TRYING, ListTrial.State.KEPT, ListTrial.State.REVERTED
MINUTES = 10
MOST_AWAITED = 100  # addresses that a trial waits for, those that called last
NO_CALL = f"The requests that the trial waits for did not arrive within {MINUTES} minutes."
WHO_KEEPS = "SELECT set_config('pghistory.context_metadata', %s, true), set_config('pghistory.context_id', '', true)"


def begin_trial(
    *,
    merchant: Merchant,
    key: ApiKey | None,
    before: Sequence[AllowlistEntry],
    by: Person | None,
    awaited: Sequence[str] = (),
) -> ListTrial:
    """Begin a trial of MINUTES minutes that waits for a call from each of the `awaited` addresses. Call it only in the
    transaction that changes the list, after the entries are written.
    """
    now = clock.now()
    return ListTrial.objects.create(
        merchant=merchant,
        key=key,
        before=[_kept(entry) for entry in before],
        awaited=list(awaited[:MOST_AWAITED]),
        begun_at=now,
        deadline=now + timedelta(minutes=MINUTES),
        by=by,
    )


def keep_list(trials: Sequence[int], *, merchant_id: int, address: Address, using: str) -> bool:
    """Note that a request with a valid signature arrived, and keep the list when no other address is awaited. Return
    False when the deadline has passed.

    The database's clock decides. Committed before the request goes on, so no worker and no writer of the request log is
    needed.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        lock_list(merchant_id, using=using)
        cursor.execute(WHO_KEEPS, [json.dumps({"who": "A signed call", "address": str(address), "door": "signed API"})])
        found = ListTrial.objects.using(using).filter(pk__in=trials)
        moment = clock.moment() or Now()
        for each in found.filter(state=TRYING, deadline__gt=moment):
            _note_arrival(found.filter(pk=each.pk), each, str(address), moment)
        in_time = Q(state=KEPT) | Q(state=TRYING, deadline__gt=moment)
        return not found.exclude(in_time).exists()


def _note_arrival(row: QuerySet[ListTrial], tried: ListTrial, address: str, moment: datetime | Now) -> None:
    arrived = [*tried.arrived, address] if address in tried.awaited and address not in tried.arrived else tried.arrived
    if set(arrived) >= set(tried.awaited):
        row.update(arrived=arrived, state=KEPT, ended_at=moment, kept_for=address)
    elif arrived != tried.arrived:
        row.update(arrived=arrived)


@transaction.atomic
def revert_trial(*, trial: ListTrial, quietly: bool = False) -> ListTrial:
    """Restore the previous list at once, before the deadline. `quietly`: the caller writes the emails.

    Raises TrialOver when the trial is not running.
    """
    lock_list(trial.merchant_id)
    trial = ListTrial.objects.select_related("merchant", "key").get(pk=trial.pk)
    if trial.state != TRYING:
        raise errors.TrialOver(trial.state)
    return _go_back(trial, quietly=quietly)


def revert_ended_trials() -> int:
    """Write the previous entries of all ended trials; return how many."""
    due = ListTrial.objects.filter(state=TRYING, deadline__lte=clock.now())
    return sum(_tidy(trial) for trial in due.order_by("pk"))


@transaction.atomic
def _tidy(trial: ListTrial) -> bool:
    lock_list(trial.merchant_id)
    with history.give_reason(NO_CALL):
        return revert_if_ended(merchant=trial.merchant, key=trial.key) is not None


def revert_if_ended(*, merchant: Merchant, key: ApiKey | None) -> ListTrial | None:
    """Write the previous list if the trial has ended, and return the trial, else None. Needs the merchant's lock."""
    trial = current_trial(merchant, key)
    if trial is None or trial.deadline > clock.now():
        return None
    with history.act_by_timetable():
        return _go_back(trial)


def check_not_on_trial(*, merchant: Merchant, key: ApiKey | None) -> None:
    """Lock the merchant until the transaction ends, and refuse to change a list on trial.

    Raises ListOnTrial. Raises ListWentBack when the trial has ended and its entries were not restored yet. They are
    restored here, so the caller must commit.
    """
    lock_list(merchant.pk)
    with history.give_reason(NO_CALL):
        if revert_if_ended(merchant=merchant, key=key) is not None:
            raise errors.ListWentBack
    trial = current_trial(merchant, key)
    if trial is not None:
        raise errors.ListOnTrial(trial.deadline)


def current_trial(merchant: Merchant, key: ApiKey | None) -> ListTrial | None:
    """Return the running trial of a list; None when there is none."""
    trials = ListTrial.objects.select_related("merchant", "key").filter(merchant=merchant, state=TRYING)
    return trials.filter(Q(key=None) if key is None else Q(key=key)).first()


def lock_list(merchant_id: int, using: str = "default") -> None:
    """Lock the merchant's row first. Every change of a list and every end of a trial does, so two of them cannot
    deadlock.
    """
    Merchant.objects.using(using).select_for_update(no_key=True).values_list("pk").get(pk=merchant_id)


def lines_before(trial: ListTrial) -> tuple[EntryPlan, ...]:
    """Return the entries of the list before the trial."""
    return tuple(
        EntryPlan(parse_networks([entry["network"]])[0], entry["note"], _moment(entry["expires_at"]))
        for entry in trial.before
    )


def _go_back(trial: ListTrial, *, quietly: bool = False) -> ListTrial:
    tried = writing.entry_plans(writing.standing_entries(trial.merchant, trial.key))
    trial.state, trial.ended_at = REVERTED, clock.now()
    trial.save(update_fields=["state", "ended_at"])
    owners = {entry["network"]: entry["owner"] for entry in trial.before}
    known = set(Person.objects.filter(pk__in=[*filter(None, owners.values())]).values_list("pk", flat=True))
    writing.write_networks(
        merchant=trial.merchant,
        key=trial.key,
        lines=lines_before(trial),
        owner=lambda line: owners[line.name] if owners[line.name] in known else None,
    )
    if not quietly:
        notices.notify_of_revert(trial, tried, lines_before(trial))
    return trial


def _kept(entry: AllowlistEntry) -> dict[str, Any]:
    return {
        "network": str(entry.network),
        "note": entry.note,
        "owner": entry.owner_id,
        "expires_at": entry.expires_at.isoformat() if entry.expires_at else None,
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
