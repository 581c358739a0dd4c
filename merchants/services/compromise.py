"""Compromise reports: one of three responses, a replacement secret, and a record for the investigation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from merchants import errors
from merchants.models import ApiKey, Compromise, EventType, Person, Secret
from merchants.services import approvals, emails, event_outbox, keys
from merchants.services.keys import Issued
from merchants.services.typed_text import check_no_secret
from portal.lib import clock


@dataclass(frozen=True, slots=True)
class Declared:
    """The compromise report, and the new secret in `issued`; None while it waits for a second approver."""

    compromise: Compromise
    issued: Issued | None


@transaction.atomic
def declare_compromise(
    *,
    key: ApiKey,
    response: str,
    reason: str,
    exposed_since: datetime,
    by: Person | None,
    exposed: Secret | None = None,
    overlap: timedelta = keys.DEFAULT_OVERLAP,
    expected_version: int | None = None,
) -> Declared:
    """Carry out the response to a compromise, and open the compromise report. `issued` has the new secret, shown once.

    rotate: issues the next version under the same auth key; the old version works for `overlap`.
    quarantine: quarantines the key, and issues another key with the same label, end and allowlist.
    revoke: revokes all versions, and issues the next version under the same auth key.
    Under the two-person rule, quarantine and revoke act at once, and the new secret waits for a second approver.
    `exposed`: the compromised version, by default the latest. `expected_version`: the current one as the person saw it.

    Refuses a key that is revoked or expired, a moment in the future, a secret in the reason, another current version
    than expected, a rotation under the two-person rule, an overlap above 7 days, a third usable version, and for a
    quarantined key everything but its first quarantine report.
    """
    check_no_secret(reason)
    now, key = clock.now(), keys.lock_usable_key(key)
    if exposed_since > now:
        raise errors.MomentToCome(exposed_since)
    check_not_quarantined(key)
    exposed = _latest(key) if exposed is None else _of(key, exposed)
    with emails.suppress_notices():
        issued = (_refuse if waits_for_approval(key, response) else _respond)(key, response, overlap, expected_version)
    case = Compromise.objects.create(
        key=key,
        secret=exposed,
        response=response,
        reason=reason,
        exposed_since=exposed_since,
        declared_by=by,
        replacement=issued.row if issued else None,
        created_at=now,
    )
    if issued is None and by is not None:
        approvals.ask_for_replacement(case=case, by=by)
    exposed.refresh_from_db(fields=["usable_until"])
    event_outbox.emit(
        merchant=key.merchant,
        event_type=EventType.KEY_COMPROMISED,
        data={"auth_key": key.auth_key, "version": exposed.version, "response": str(response)},
    )
    emails.notify_of_compromise(case, replacement=issued.key if issued else None, ends=exposed.usable_until)
    return Declared(case, issued)


def check_not_quarantined(key: ApiKey) -> None:
    """Refuse a key that a report has quarantined: its replacement exists, and it can only be revoked."""
    replaced = Compromise.objects.filter(key=key, response=Compromise.Response.QUARANTINE)
    if key.status == ApiKey.Status.QUARANTINED and replaced.exists():
        raise errors.KeyQuarantined


def waits_for_approval(key: ApiKey, response: str) -> bool:
    """Return whether the new secret waits for a second approver. A rotation refuses no call, so it waits as a whole."""
    return key.merchant.two_person and response != Compromise.Response.ROTATE


def _refuse(key: ApiKey, response: str, overlap: timedelta, expected_version: int | None) -> None:
    if response == Compromise.Response.REVOKE:
        if key.status == ApiKey.Status.QUARANTINED:
            raise errors.NoUnderQuarantine
        keys.revoke_secrets(key=key, expected_version=expected_version)
    else:
        keys.check_version(key, expected_version)
        keys.quarantine_key(key=key)


def _respond(key: ApiKey, response: str, overlap: timedelta, expected_version: int | None) -> Issued:
    if key.status == ApiKey.Status.QUARANTINED and response != Compromise.Response.QUARANTINE:
        raise errors.NoUnderQuarantine
    if response == Compromise.Response.ROTATE:
        return keys.rotate_secret(key=key, overlap=overlap, expected_version=expected_version)
    if response == Compromise.Response.REVOKE:
        return keys.replace_secrets(key=key, expected_version=expected_version)
    if response == Compromise.Response.QUARANTINE:
        keys.check_version(key, expected_version)
        keys.quarantine_key(key=key)
        return keys.issue_beside(key=key)
    raise ValueError(response)


def _of(key: ApiKey, exposed: Secret) -> Secret:
    if exposed.key_id != key.pk:
        raise ValueError(exposed)
    return exposed


def _latest(key: ApiKey) -> Secret:
    return Secret.objects.filter(key=key).order_by("-version")[0]


@transaction.atomic
def close_compromise(*, compromise: Compromise, by: Person) -> Compromise:
    """Close a compromise report; the record stays. A closed report stays as it is."""
    compromise = Compromise.objects.select_for_update(of=("self",)).get(pk=compromise.pk)
    if compromise.closed_at is None:
        compromise.closed_at, compromise.closed_by = clock.now(), by
        compromise.save(update_fields=["closed_at", "closed_by"])
    return compromise
