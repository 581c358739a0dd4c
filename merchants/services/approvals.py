"""The two-person rule: one person requests a change, and a second approver decides (Merchant.two_person).

Changes that only refuse calls (revoking all secrets, quarantine) do not wait; the new secret after them does. A request
without a decision expires after APPROVAL_VALID_FOR. Each request is emailed to the approvers. All `ask_…` functions
refuse a secret in the reason (SecretInText) and a second waiting request about the same (AlreadyAsked).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from merchants import errors
from merchants.models import ApiKey, Approval, Compromise, Merchant, Person
from merchants.models.compromise import APPROVAL_VALID_FOR
from merchants.services import allowlist, emails, independence, keys, merchants
from merchants.services.allowlist import DomainLine, EntryPlan
from merchants.services.keys import Issued
from merchants.services.typed_text import check_no_secret
from portal.lib import clock
from portal.lib.clientip import parse_networks

Verb, State = Approval.Verb, Approval.State
Lines = Iterable[EntryPlan] | Iterable[DomainLine]
_effects: dict[str, Callable[[Approval], None]] = {}


def register(verb: str, effect: Callable[[Approval], None]) -> None:
    """Register the function of an app above this one that carries out an approved request of this verb."""
    _effects[verb] = effect


# --- asking -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_to_rotate(
    *,
    key: ApiKey,
    by: Person,
    reason: str,
    overlap: timedelta = keys.DEFAULT_OVERLAP,
    quiet_hours: int | None = None,
    expected_version: int | None = None,
) -> Approval:
    """Request a rotation. `expected_version`: the current version as the person saw it.

    Refuses a key that is revoked or expired, another current version than expected, an overlap above 7 days, and quiet
    hours outside 1 to 168.
    """
    keys.check_overlap(overlap, quiet_hours)
    key = keys.lock_usable_key(key)
    keys.check_version(key, expected_version)
    wish = {"overlap_seconds": int(overlap.total_seconds()), "quiet_hours": quiet_hours}
    return _ask(key.merchant, Verb.ROTATE, by, reason, wish | {"version": keys.current_version(key)}, key)


@transaction.atomic
def ask_to_revoke(*, key: ApiKey, by: Person, reason: str) -> Approval:
    """Request the revocation of a key. Refuses a key that is revoked or expired."""
    key = keys.lock_usable_key(key)
    return _ask(key.merchant, Verb.REVOKE, by, reason, {"version": keys.current_version(key)}, key)


@transaction.atomic
def ask_to_issue(
    *,
    merchant: Merchant,
    by: Person,
    reason: str,
    environment: str = ApiKey.Environment.LIVE,
    label: str = "",
    expires_at: datetime | None = None,
    expected_keys: int | None = None,
) -> Approval:
    """Request a new key. Refuses a closed merchant, an end in the past, a secret in the label and another number of
    keys than expected.
    """
    merchant = keys.check_issue(merchant=merchant, label=label, expires_at=expires_at)
    keys.check_number_of_keys(merchant, expected_keys)
    wish = {"environment": environment, "label": label, "expires_at": _written(expires_at)}
    return _ask(merchant, Verb.ISSUE, by, reason, wish)


@transaction.atomic
def ask_for_replacement(*, case: Compromise, by: Person) -> Approval:
    """Request the new secret after a compromise report, whose key or secrets are refused already.

    Earlier requests about the key are declined, because they concerned another state. Refuses a key that is revoked or
    expired.
    """
    key, reason = keys.lock_usable_key(case.key), f"Replacement after a compromise: {case.reason}"[:500]
    beside = case.response == Compromise.Response.QUARANTINE
    stale = Q(key=key) | Q(merchant=key.merchant, key=None, verb=Verb.ISSUE) if beside else Q(key=key)
    if beside:
        Merchant.objects.select_for_update(no_key=True).get(pk=key.merchant_id)
    for approval in Approval.objects.filter(stale, state=State.WAITING):
        decline_request(approval=approval, by=by)
    if not beside:
        return ask_to_rotate(key=key, by=by, reason=reason, overlap=timedelta(0))
    wish = {"environment": key.environment, "label": key.label, "beside": key.pk, "case": case.pk}
    return _ask(key.merchant, Verb.ISSUE, by, reason, wish)


@transaction.atomic
def ask_to_set_status(*, merchant: Merchant, status: str, by: Person, reason: str) -> Approval:
    """Request another status of the merchant."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    return _ask(merchant, Verb.STATUS, by, reason, {"status": str(status), "before": merchant.status})


@transaction.atomic
def ask_to_switch_off(*, merchant: Merchant, by: Person, reason: str) -> Approval:
    """Request the end of the two-person rule. The owners are emailed with the request. Refuses a merchant without the
    rule.
    """
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if not merchant.two_person:
        raise errors.NothingToSwitchOff
    return _ask(merchant, Verb.RULE_OFF, by, reason, {})


@transaction.atomic
def ask_to_raise_limit(*, merchant: Merchant, wish: dict[str, Any], by: Person, reason: str) -> Approval:
    """Request a higher write-off limit. `wish`: the limits, with `changes`, the sentences for the approver."""
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    return _ask(merchant, Verb.LIMIT, by, reason, wish)


@transaction.atomic
def ask_to_change_list(
    *, merchant: Merchant, key: ApiKey | None, verb: str, before: Lines, after: Lines, by: Person, reason: str
) -> Approval:
    """Request a change of an allowlist. `after`: the whole list as it would be; `verb`: networks or domains."""
    version = (
        allowlist.list_version(merchant, key) if verb == Verb.NETWORKS else allowlist.domain_list_version(merchant)
    )
    wish = {
        "lines": [[line.name, line.note, _written(line.ends)] for line in after],
        "version": version,
        "changes": list(_differences(before, after)),
    }
    return _ask(merchant, Verb(verb), by, reason, wish, key)


def _differences(before: Lines, after: Lines) -> Iterable[str]:
    old, new = {line.name: line for line in before}, {line.name: line for line in after}
    yield from (f"add {name}" for name in new if name not in old)
    yield from (f"remove {name}" for name in old if name not in new)
    for name, line in new.items():
        if name in old and old[name] != line:
            yield f"change {name} (ends: {errors.moment_text(line.ends) if line.ends else 'never'})"


def _ask(
    merchant: Merchant, verb: Approval.Verb, by: Person, reason: str, wish: dict[str, Any], key: ApiKey | None = None
) -> Approval:
    check_no_secret(reason)
    waiting = Approval.objects.filter(merchant=merchant, state=State.WAITING)
    for before in waiting.filter(Q(key=key) if key else Q(key=None, verb=verb)):
        if not _expire(before):
            raise errors.AlreadyAsked
    approval = Approval.objects.create(
        merchant=merchant, key=key, verb=verb, asked_by=by, reason=reason, wish=wish, asked_at=clock.now()
    )
    emails.ask_approvers_by_email(approval)
    return approval


# --- deciding ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def approve_request(*, approval: Approval, by: Person) -> Issued | None:
    """Carry out the request, and return a new secret if there is one, for the approver or an owner to see.

    Refuses a request that is decided or expired, an approver who is not independent (OwnWish, ApproverWithoutFactor,
    NotIndependent), a state that has changed since the request, and what the change itself refuses.
    """
    approval = _decide(approval, by, State.APPROVED)
    return _carry_out(approval)


@transaction.atomic
def decline_request(*, approval: Approval, by: Person) -> Approval:
    """Decline the request: nothing changes. Refuses a request that is decided. Pages check who may decline."""
    return _decide(approval, by, State.DECLINED)


def _decide(approval: Approval, by: Person, state: Approval.State) -> Approval:
    approval = _locked(approval)
    if approval.state != State.WAITING:
        raise errors.AlreadyDecided
    if state == State.APPROVED:
        if approval.expires_at <= clock.now():
            raise errors.ApprovalExpired
        independence.check_approver(approval, by)
    approval.state, approval.decided_by, approval.decided_at = state, by, clock.now()
    approval.save(update_fields=["state", "decided_by", "decided_at"])
    return approval


def expire_requests() -> int:
    """Close the requests without a decision in time, and email the people who made them; return how many."""
    old = Approval.objects.filter(state=State.WAITING, asked_at__lte=clock.now() - APPROVAL_VALID_FOR)
    return sum(_expire(approval) for approval in old)


@transaction.atomic
def _expire(approval: Approval) -> bool:
    """Close one request. False when it is still open for a decision, or was decided meanwhile."""
    approval = _locked(approval)
    if approval.state != State.WAITING or clock.now() < approval.expires_at:
        return False
    approval.state, approval.decided_at = State.EXPIRED, clock.now()
    approval.save(update_fields=["state", "decided_at"])
    emails.notify_of_expired_request(approval)
    return True


def _locked(approval: Approval) -> Approval:
    """Lock the request after its key or merchant, in the order in which the services lock them."""
    if approval.key_id:
        ApiKey.objects.select_for_update(no_key=True).get(pk=approval.key_id)
    else:
        Merchant.objects.select_for_update(no_key=True).get(pk=approval.merchant_id)
    found = Approval.objects.select_for_update(of=("self",)).select_related("merchant", "key__merchant", "asked_by")
    return found.get(pk=approval.pk)


def _carry_out(approval: Approval) -> Issued | None:
    match approval.verb:
        case Verb.ISSUE:
            return _issue(approval)
        case Verb.ROTATE:
            return _rotate(approval)
        case Verb.REVOKE:
            keys.revoke_key(key=_key(approval), approval=approval)
        case Verb.STATUS:
            merchants.set_status(merchant=approval.merchant, status=approval.wish["status"], approval=approval)
        case Verb.RULE_OFF:
            merchants.switch_two_person_off(approval=approval)
        case Verb.LIMIT:
            _effects[approval.verb](approval)
        case _:
            _change_list(approval)
    return None


def _issue(approval: Approval) -> Issued:
    wish = approval.wish
    if beside := wish.get("beside"):
        issued = keys.issue_beside(key=ApiKey.objects.select_related("merchant").get(pk=beside), approval=approval)
        Compromise.objects.filter(pk=wish["case"], replacement=None).update(replacement=issued.row)
        return issued
    return keys.issue_key(
        merchant=approval.merchant,
        environment=wish["environment"],
        label=wish["label"],
        expires_at=_read(wish["expires_at"]),
        approval=approval,
    )


def _rotate(approval: Approval) -> Issued:
    key, wish = _key(approval), approval.wish
    if (current := keys.current_version(key)) != wish["version"]:
        raise errors.StalePage(current)
    issued = keys.rotate_secret(
        key=key,
        overlap=timedelta(seconds=wish["overlap_seconds"]),
        quiet_hours=wish["quiet_hours"],
        approval=approval,
    )
    revoked = Compromise.objects.filter(key=key, response=Compromise.Response.REVOKE, replacement=None)
    revoked.update(replacement=issued.row)
    return issued


def _change_list(approval: Approval) -> None:
    wish, merchant, by = approval.wish, approval.merchant, approval.asked_by
    lines = [(name, note, _read(ends)) for name, note, ends in wish["lines"]]
    known = {"by": by, "expected": wish["version"], "confirmed_code": merchant.code}
    if approval.verb == Verb.DOMAINS:
        allowlist.save_domains(merchant=merchant, lines=[DomainLine(*line) for line in lines], **known)
        return
    networks = tuple(EntryPlan(parse_networks([name])[0], note, ends) for name, note, ends in lines)
    allowlist.save_networks(proposal=allowlist.Proposal(merchant, networks, approval.key), **known)


def _key(approval: Approval) -> ApiKey:
    if approval.key is None:
        raise ValueError(approval)
    return approval.key


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
