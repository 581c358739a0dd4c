"""The two-person rule: what one asks for, another decides (Merchant.two_person). The emergency revoke does not wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from merchants import errors
from merchants.models import ApiKey, Approval, Person
from merchants.services import keys
from merchants.services.keys import Issued
from merchants.services.words import check_no_secret
from portal.lib import clock


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
    """`expected_version`: the current version as the person saw it."""
    keys.check_overlap(overlap, quiet_hours)
    keys.check_version(keys.locked_alive(key), expected_version)
    wish = {"overlap_seconds": int(overlap.total_seconds()), "quiet_hours": quiet_hours}
    return _ask(key, Approval.Verb.ROTATE, by, reason, wish)


@transaction.atomic
def ask_to_revoke(*, key: ApiKey, by: Person, reason: str) -> Approval:
    return _ask(key, Approval.Verb.REVOKE, by, reason, {})


def _ask(key: ApiKey, verb: Approval.Verb, by: Person, reason: str, wish: dict[str, Any]) -> Approval:
    check_no_secret(reason)
    key = keys.locked_alive(key)
    if Approval.objects.filter(key=key, state=Approval.State.WAITING).exists():
        raise errors.AlreadyAsked
    wish |= {"version": keys.current_version(key)}
    return Approval.objects.create(key=key, verb=verb, asked_by=by, reason=reason, wish=wish, asked_at=clock.now())


@transaction.atomic
def approve(*, approval: Approval, by: Person) -> Issued | ApiKey:
    """Carries out what was asked for; a rotation comes back with the new secret, for the one who approved it."""
    approval = _decide(approval, by, Approval.State.APPROVED)
    if approval.verb == Approval.Verb.REVOKE:
        return keys.revoke(key=approval.key, approval=approval)
    return keys.rotate(
        key=approval.key,
        overlap=timedelta(seconds=approval.wish["overlap_seconds"]),
        quiet_hours=approval.wish["quiet_hours"],
        expected_version=approval.wish["version"],
        approval=approval,
    )


@transaction.atomic
def decline(*, approval: Approval, by: Person) -> Approval:
    """By anybody, also by who asked for it."""
    return _decide(approval, by, Approval.State.DECLINED)


def _decide(approval: Approval, by: Person, state: Approval.State) -> Approval:
    approval = Approval.objects.select_for_update(of=("self",)).select_related("key__merchant").get(pk=approval.pk)
    if approval.state != Approval.State.WAITING:
        raise errors.AlreadyDecided
    if state == Approval.State.APPROVED and by == approval.asked_by:
        raise errors.OwnWish
    approval.state, approval.decided_by, approval.decided_at = state, by, clock.now()
    approval.save(update_fields=["state", "decided_by", "decided_at"])
    return approval
