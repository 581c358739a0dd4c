"""Saves a proposed allowlist, unless another person changed the list meanwhile or the list would refuse every
caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import JSONObject

from merchants import errors
from merchants.errors import ListChange
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, ListTrial, Merchant, Person
from merchants.models.audit import tracked_columns
from merchants.services import history
from merchants.services.allowlist import guard, notices, trial, writing
from merchants.services.allowlist.entries import check_list, parse_domain, parse_network
from merchants.services.allowlist.proposal import DomainLine, EntryPlan, Proposal
from portal.lib import clock

VERBS = {"insert": "added", "delete": "removed"}


@dataclass(frozen=True, slots=True)
class Saved:
    changed: bool
    trial: ListTrial | None = None


def list_version(merchant: Merchant, key: ApiKey | None) -> int:
    """Return the number of the list's last change. A page sends it back when it saves."""
    return _newest(_events(AllowlistEntry, merchant).filter(key=key))


def domain_list_version(merchant: Merchant) -> int:
    """Return the number of the last change of the domains."""
    return _newest(_events(AllowedDomain, merchant))


def changes_since(merchant: Merchant, key: ApiKey | None, expected: int) -> list[ListChange]:
    """Return the changes for which `save_networks` would raise ListChanged."""
    return _changes(_events(AllowlistEntry, merchant).filter(key=key), expected, "network")


def domain_changes_since(merchant: Merchant, expected: int) -> list[ListChange]:
    """Return the changes for which `save_domains` would raise ListChanged."""
    return _changes(_events(AllowedDomain, merchant), expected, "domain")


def save_networks(
    *,
    proposal: Proposal,
    by: Person | None,
    expected: int | None = None,
    confirmed_code: str = "",
    on_trial: bool = False,
    reason: str = "",
) -> Saved:
    """Save the list as proposed, from the commit on; write only differences. `on_trial`: it reverts unless a request
    keeps it.

    `expected`: the version of the list that the person saw. `confirmed_code`: the merchant's code, which allows a
    lock-out. Raises ListChanged, LockOut, ListOnTrial, ListWentBack, NotAllowed, MomentPassed or SecretInText. Then
    nothing has changed, except that an ended trial is reverted.
    """
    revert_ended_trial(merchant=proposal.merchant, key=proposal.key)
    with transaction.atomic(), history.give_reason(reason) if reason else nullcontext():
        return _save(proposal, by, expected, confirmed_code=confirmed_code, on_trial=on_trial)


def _save(proposal: Proposal, by: Person | None, expected: int | None, *, confirmed_code: str, on_trial: bool) -> Saved:
    merchant, key = proposal.merchant, proposal.key
    trial.check_not_on_trial(merchant=merchant, key=key)
    _check_version(_events(AllowlistEntry, merchant).filter(key=key), expected, "network")
    before = writing.standing_entries(merchant, key)
    _check_new(writing.rows_by_name(before), proposal.lines, parse_network)
    check_guard(guard.network_lockout(proposal), merchant, confirmed_code)
    awaited = guard.accepted_addresses(merchant, key) if on_trial else []
    owner = by.pk if by else None
    changed = writing.write_networks(merchant=merchant, key=key, lines=proposal.lines, owner=lambda _: owner)
    begun = None
    if changed and on_trial:
        begun = trial.begin_trial(merchant=merchant, key=key, before=before, by=by, awaited=awaited)
    if changed:
        notices.notify_of_networks(merchant, key, writing.entry_plans(before), proposal.lines, tried=begun)
    return Saved(changed, begun)


@transaction.atomic
def keep_without_trial(*, tried: ListTrial, by: Person | None, confirmed_code: str = "") -> Saved:
    """End a trial by hand: the list stays as if it had been saved without a trial.

    Raises TrialOver, and LockOut, NotAllowed and MomentPassed as `save_networks` does.
    """
    trial.lock_list(tried.merchant_id)
    if tried.deadline <= clock.now():
        raise errors.TrialOver(tried.state)
    lines = writing.entry_plans(writing.standing_entries(tried.merchant, tried.key))
    trial.revert_trial(trial=tried, quietly=True)
    proposal = Proposal(tried.merchant, lines, tried.key)
    return _save(proposal, by, None, confirmed_code=confirmed_code, on_trial=False)


@transaction.atomic
def save_domains(
    *,
    merchant: Merchant,
    lines: Sequence[DomainLine],
    by: Person | None = None,
    expected: int | None = None,
    confirmed_code: str = "",
    reason: str = "",
) -> Saved:
    """Save the domains. They judge every signed request with `Origin`, from the commit on. Domains have no trial.

    `expected` and `confirmed_code` as for `save_networks`. Raises ListChanged, LockOut, NotAllowed, MomentPassed or
    SecretInText, and then changes nothing.
    """
    trial.lock_list(merchant.pk)
    _check_version(_events(AllowedDomain, merchant), expected, "domain")
    check_list([line.domain for line in lines])
    before = writing.standing_domains(merchant)
    _check_new(writing.rows_by_name(before), lines, parse_domain)
    check_guard(guard.domain_lockout(lines, merchant), merchant, confirmed_code)
    with history.give_reason(reason) if reason else nullcontext():
        changed = writing.write_domains(merchant=merchant, lines=lines, owner=by.pk if by else None)
        if changed:
            notices.notify_of_domains(merchant, writing.domain_plans(before), lines)
        return Saved(changed)


# --- checks -----------------------------------------------------------------------------------------------------------
def revert_ended_trial(*, merchant: Merchant, key: ApiKey | None) -> None:
    """Revert a trial that has ended. Committed on its own, so that a later refusal does not undo it."""
    with transaction.atomic(), history.give_reason(trial.NO_CALL):
        trial.lock_list(merchant.pk)
        trial.revert_if_ended(merchant=merchant, key=key)


def check_guard(shut_out: guard.LockedOut | None, merchant: Merchant, confirmed_code: str) -> None:
    """Raise LockOut when a list locks out all callers, all of a live key, or a tenth of the calls, and `confirmed_code`
    is not the merchant's code.
    """
    if shut_out is not None and confirmed_code.strip() != merchant.code:
        raise errors.LockOut(shut_out.summary)


def _check_new(
    known: Mapping[str, AllowlistEntry | AllowedDomain],
    lines: Sequence[EntryPlan] | Sequence[DomainLine],
    parse: Callable[[str], object],
) -> None:
    """Refuse new entries that break a rule. Entries that are in the list already may stay: another person
    keeps them.
    """
    for line in lines:
        row = known.get(line.name)
        if row is None:
            parse(line.name)
        if line.ends is not None and line.ends <= clock.now() and (row is None or row.expires_at != line.ends):
            raise errors.MomentPassed(line.ends)


def _events(model: Any, merchant: Merchant) -> QuerySet[Any]:
    return QuerySet(model.pgh_event_model).filter(merchant=merchant)


def _newest(events: QuerySet[Any]) -> int:
    """Return the newest event of the list. Events are in the order of commits: a list changes only under the merchant's
    lock.
    """
    return events.order_by("-pgh_created_at").values_list("pgh_id", flat=True).first() or 0


def _check_version(events: QuerySet[Any], expected: int | None, name: str) -> None:
    """Raise ListChanged, with the changes of other people, when the list is not at the expected version."""
    check_unchanged([] if expected is None else _changes(events, expected, name))


def check_unchanged(changes: Sequence[errors.ListChange]) -> None:
    """Raise ListChanged when there are changes of other people."""
    if changes:
        raise errors.ListChanged(changes)


def _changes(events: QuerySet[Any], expected: int, name: str) -> list[ListChange]:
    after = JSONObject(**{column: F(column) for column in tracked_columns(events.model)})
    later = events.filter(pgh_id__gt=expected).annotate(after=after).order_by("pgh_id")
    return [_told(event, name) for event in later if _matters(event)]


def _matters(event: Any) -> bool:
    """Return whether the event changes the list. The loss of an owner who left does not."""
    before = event.pgh_before or {}
    return {column for column in before if before[column] != event.after[column]} != {"owner_id"}


def _told(event: Any, name: str) -> ListChange:
    return ListChange(
        name=str(getattr(event, name)),
        verb=VERBS.get(event.pgh_label, "changed"),
        who=history.author_name(history.trusted_context(event.pgh_context, event.pgh_role)),
        at=event.pgh_created_at,
    )
