"""A secret may have leaked: one of three responses, a replacement at once, and a record to investigate from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from merchants import errors
from merchants.models import ApiKey, Compromise, Person, Secret
from merchants.services import approvals, emails, keys
from merchants.services.keys import Issued
from merchants.services.typed_text import check_no_secret
from portal.lib import clock


@dataclass(frozen=True, slots=True)
class Declared:
    """`issued`: the replacement; None where it waits for a second approver."""

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
    """Carries out the response and keeps the case. The replacement's secret is in `issued`, to be shown once.

    Where the two-person rule holds, what refuses calls is done at once; the replacement waits for a second approver.

    rotate: the next version under the same auth key, the exposed one usable for `overlap`. quarantine: another key with
    the same label, end and list, since this one may begin nothing any more. revoke: the next version under the same
    auth key, all earlier ones refused from the commit on; this does not wait for a second person. `exposed`: the
    version that the report is about, otherwise the latest.
    """
    check_no_secret(reason)
    now, key = clock.now(), keys.lock_usable_key(key)
    if exposed_since > now:
        raise errors.MomentToCome(exposed_since)
    check_not_quarantined(key)
    exposed = _latest(key) if exposed is None else _of(key, exposed)
    with emails.left_to_caller():
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
    emails.notify_of_compromise(case, replacement=issued.key if issued else None, ends=exposed.usable_until)
    return Declared(case, issued)


def check_not_quarantined(key: ApiKey) -> None:
    """Its replacement was issued when it was quarantined; what is left is to revoke it."""
    replaced = Compromise.objects.filter(key=key, response=Compromise.Response.QUARANTINE)
    if key.status == ApiKey.Status.QUARANTINED and replaced.exists():
        raise errors.KeyQuarantined


def waits_for_approval(key: ApiKey, response: str) -> bool:
    """For a second approver, with the replacement. A rotation refuses nothing, so that all of it would wait."""
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
    """The investigation is over; the record stays."""
    compromise = Compromise.objects.select_for_update(of=("self",)).get(pk=compromise.pk)
    if compromise.closed_at is None:
        compromise.closed_at, compromise.closed_by = clock.now(), by
        compromise.save(update_fields=["closed_at", "closed_by"])
    return compromise
