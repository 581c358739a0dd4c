"""The life of a key and of its secrets: issue, rotate, extend or end an overlap, quarantine, revoke.

Each function locks the row of the key first, so the second of two people sees the change of the first. A change
applies from its commit: the ledger reads these rows again for every call that moves money. `expected_version`: the
current version as the person saw it; another one is refused (StalePage).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import crypto, errors
from merchants.models import AllowlistEntry, ApiKey, Approval, EventType, Merchant, Secret
from merchants.models.credentials import LONGEST_OVERLAP, MAX_LIVE_SECRETS, QUIET_HOURS
from merchants.services import emails, event_outbox, sandboxes
from merchants.services.credentials import seal_context
from merchants.services.typed_text import check_no_secret
from portal.lib import clock
from portal.lib.texts import Text

DEFAULT_OVERLAP = timedelta(hours=24)
# What callers are answered afterwards, for whoever is about to decide; contract, section 4.
QUARANTINED_ANSWERS: list[tuple[Text, Text]] = [
    (gettext_lazy("Bet, launch, deposit, withdraw, lists"), "RS_ERROR_INVALID_APIKEY"),
    (
        gettext_lazy("Payout, reward, rollback, balance"),
        gettext_lazy("as usual, from addresses that used this key before"),
    ),
]
REVOKED_ANSWERS: list[tuple[Text, Text]] = [(gettext_lazy("Every request"), "RS_ERROR_INVALID_APIKEY")]
SECOND_FACTOR_GRACE = timedelta(days=14)
NEXT_IS_APPROVED = gettext_lazy("The new secret is issued after a second person approves it.")
NOTICE = timedelta(days=30)  # an end that is nearer is a revocation by another name


@dataclass(frozen=True, slots=True)
class Issued:
    """A key and its new secret version, with the secret in clear: shown once, stored nowhere."""

    key: ApiKey
    row: Secret
    secret: str = field(repr=False)


@transaction.atomic
def issue_key(
    *,
    merchant: Merchant,
    environment: str = ApiKey.Environment.LIVE,
    label: str = "",
    expires_at: datetime | None = None,
    expected_keys: int | None = None,
    approval: Approval | None = None,
) -> Issued:
    """Issue an auth key with the first version of its secret. A test key belongs to the merchant's sandbox.

    `expected_keys`: how many keys that merchant has, as the person saw it; another number is refused (KeysChanged).

    Refuses a closed merchant, an end in the past, a secret in the label, a test key without a sandbox, a live key in a
    sandbox, and a merchant with the two-person rule without `approval`.
    """
    merchant = sandboxes.merchant_for_key(merchant=merchant, environment=environment)
    merchant = check_issue(merchant=merchant, label=label, expires_at=expires_at)
    check_number_of_keys(merchant, expected_keys)
    _check_second_person(merchant, approval)
    key = ApiKey.objects.create(
        merchant=merchant,
        environment=environment,
        auth_key=crypto.new_auth_key(environment),
        label=label,
        expires_at=expires_at,
    )
    if key.environment == ApiKey.Environment.LIVE:
        ask_for_second_factors(merchant)
    emails.notify_contacts(key, _("was issued"), do=_("The secret is delivered separately."))
    return _new_version(key, 1, approval)


def check_issue(*, merchant: Merchant, label: str, expires_at: datetime | None) -> Merchant:
    """Lock the merchant until the transaction ends, and return it.

    Refuses a closed merchant, an end in the past and a secret in the label.
    """
    check_no_secret(label)
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)  # nobody closes it meanwhile
    if merchant.status == Merchant.Status.CLOSED:
        raise errors.MerchantClosed
    if expires_at is not None and expires_at <= clock.now():
        raise errors.MomentPassed(expires_at)
    return merchant


def check_number_of_keys(merchant: Merchant, expected: int | None) -> None:
    """Refuse another number of keys than expected, so that a repeat of a request issues nothing (KeysChanged). Keys are
    never deleted. The caller has the merchant locked.
    """
    if expected is not None and (current := ApiKey.objects.filter(merchant=merchant).count()) != expected:
        raise errors.KeysChanged(current)


@transaction.atomic
def issue_beside(*, key: ApiKey, approval: Approval | None = None) -> Issued:
    """Issue another key with the environment, label, end and allowlist of this one. Refuses as `issue_key` does."""
    issued = issue_key(
        merchant=key.merchant,
        environment=key.environment,
        label=key.label,
        expires_at=key.expires_at,
        approval=approval,
    )
    entries = AllowlistEntry.objects.filter(key=key)
    AllowlistEntry.objects.bulk_create(
        AllowlistEntry(
            merchant=key.merchant,
            key=issued.key,
            network=entry.network,
            note=entry.note,
            owner=entry.owner,
            expires_at=entry.expires_at,
        )
        for entry in entries
    )
    return issued


def ask_for_second_factors(merchant: Merchant) -> None:
    """Require a second factor of owners and managers two weeks after the first live key. Later keys change nothing."""
    ends = clock.now() + SECOND_FACTOR_GRACE
    Merchant.objects.filter(pk=merchant.pk, second_factor_from=None).update(second_factor_from=ends)


@transaction.atomic
def rotate_secret(
    *,
    key: ApiKey,
    overlap: timedelta = DEFAULT_OVERLAP,
    quiet_hours: int | None = None,
    expected_version: int | None = None,
    approval: Approval | None = None,
) -> Issued:
    """Issue the next version of the secret. The old version works for `overlap`, but not beyond the end of the key.

    `quiet_hours`: the overlap ends early when the old version has not been used for this time.

    Refuses a key that is revoked or expired, another current version than expected, a third usable version, an overlap
    above 7 days, quiet hours outside 1 to 168, and a merchant with the two-person rule without `approval`.
    """
    key = lock_usable_key(key)
    check_version(key, expected_version)
    _check_second_person(key.merchant, approval)
    now, live = clock.now(), _live(key)
    if len(live) >= MAX_LIVE_SECRETS:
        raise errors.TwoSecretsAlready(live[0].version, live[0].usable_until or now)
    check_overlap(overlap, quiet_hours)
    for old in live:
        old.superseded_at, old.usable_until = now, _within_key(key, now + overlap)
        old.quiet_hours = quiet_hours
        old.save(update_fields=["superseded_at", "usable_until", "quiet_hours"])
    issued = _new_version(key, _last_version(key) + 1, approval)
    emails.notify_contacts(
        key, _("was rotated: version %(version)s is active") % {"version": issued.row.version}, ends=_ends(live)
    )
    return issued


@transaction.atomic
def extend_overlap(*, secret: Secret, until: datetime, expected_version: int | None = None) -> Secret:
    """Move the end of an overlap to a later moment: at most 7 days after the rotation, and not beyond the end of the
    key.

    Refuses a key that is revoked or expired, another current version than expected, an overlap that has ended, a moment
    in the past or after the 7 days, and an end that would not be later.
    """
    old, begun, ends = _overlapping(secret, expected_version)
    if until <= clock.now():
        raise errors.MomentPassed(until)
    if until > begun + LONGEST_OVERLAP:
        raise errors.OverlapTooLong(begun + LONGEST_OVERLAP)
    if _within_key(old.key, until) <= ends:
        raise errors.NotLater(ends)
    old.usable_until = _within_key(old.key, until)
    old.save(update_fields=["usable_until"])
    emails.notify_contacts(
        old.key,
        _("has a longer overlap: version %(version)s still works") % {"version": old.version},
        ends=old.usable_until,
    )
    return old


@transaction.atomic
def end_overlap(*, secret: Secret, expected_version: int | None = None) -> Secret:
    """End an overlap: the old version is refused from the commit on.

    Refuses a key that is revoked or expired, another current version than expected, and an overlap that has ended.
    """
    old = _overlapping(secret, expected_version).secret
    old.usable_until = clock.now()
    old.save(update_fields=["usable_until"])
    emails.notify_contacts(
        old.key,
        _("has no overlap any more: version %(version)s is refused") % {"version": old.version},
        do=_("Sign with the newer version."),
    )
    return old


@transaction.atomic
def end_when_quiet(*, secret: Secret, hours: int | None, expected_version: int | None = None) -> Secret:
    """End an overlap after `hours` without use of the old version (1 to 168); None removes this condition.

    Refuses a key that is revoked or expired, another current version than expected, an overlap that has ended, and
    other numbers of hours.
    """
    old = _overlapping(secret, expected_version).secret
    check_quiet_hours(hours)
    old.quiet_hours = hours
    old.save(update_fields=["quiet_hours"])
    return old


def check_end(*, key: ApiKey, ends: datetime | None) -> ApiKey:
    """Lock the key until the transaction ends, and return it.

    Refuses a key that is revoked or expired, an end in the past, and under the two-person rule an earlier end within 30
    days. None (no end) is always allowed.
    """
    key = lock_usable_key(key)
    if ends is None:
        return key
    if ends <= clock.now():
        raise errors.MomentPassed(ends)
    earlier = key.expires_at is None or ends < key.expires_at
    if key.merchant.two_person and earlier and ends < clock.now() + NOTICE:
        raise errors.EndTooNear(clock.now() + NOTICE)
    return key


@transaction.atomic
def set_end(*, key: ApiKey, ends: datetime | None) -> ApiKey:
    """Set or remove the end of a key. A longer overlap is shortened to it. Refuses as `check_end` does."""
    key = check_end(key=key, ends=ends)
    if ends != key.expires_at:
        key.expires_at = ends
        key.save(update_fields=["expires_at"])
        if ends is not None:
            late = Secret.objects.overlapping(at=clock.now()).filter(key=key, usable_until__gt=ends)
            late.update(usable_until=ends)
        emails.notify_contacts(
            key, _("now expires on %(ends)s") % {"ends": errors.moment_text(ends)} if ends else _("no longer expires")
        )
    return key


@transaction.atomic
def quarantine_key(*, key: ApiKey) -> ApiKey:
    """Quarantine a key: it starts nothing new. A quarantined key stays as it is.

    Payouts, rewards, rollbacks and balances are accepted from addresses that sent valid signatures before. Refuses a
    revoked key.
    """
    key = _lock(key)
    if key.status == ApiKey.Status.REVOKED:
        raise errors.KeyRevoked
    if key.status == ApiKey.Status.ACTIVE:
        key.status, key.quarantined_at = ApiKey.Status.QUARANTINED, clock.now()
        key.save(update_fields=["status", "quarantined_at"])
        emails.notify_contacts(
            key,
            _("is quarantined: players are paid, no new round starts"),
            do=_(
                "Use another key for all new rounds. The quarantined key is accepted only from addresses "
                "that sent valid signatures before."
            ),
        )
    return key


@transaction.atomic
def revoke_key(*, key: ApiKey, approval: Approval | None = None) -> ApiKey:
    """Revoke a key and all its secrets: every call with it is refused from the commit on. The database refuses to undo
    it.

    Refuses a merchant with the two-person rule without `approval`. A revoked key stays as it is.
    """
    key = _lock(key)
    if key.status != ApiKey.Status.REVOKED:
        _check_second_person(key.merchant, approval)
        key.status = ApiKey.Status.REVOKED
        key.save(update_fields=["status"])
        Secret.objects.filter(key=key, revoked_at=None).update(revoked_at=clock.now())
        emails.notify_contacts(
            key, _("is revoked: every request with this key is refused"), do=_("Sign with another key.")
        )
    return key


@transaction.atomic
def replace_secrets(*, key: ApiKey, expected_version: int | None = None) -> Issued:
    """Revoke every secret version and issue the next one, under the same auth key.

    Refuses what `revoke_secrets` refuses, and a merchant with the two-person rule. There `revoke_secrets` acts at once,
    and the next version waits for a second approver.
    """
    _check_second_person(lock_usable_key(key).merchant, None)
    with emails.suppress_notices():
        key = revoke_secrets(key=key, expected_version=expected_version)
    issued = _new_version(key, _last_version(key) + 1)
    emails.notify_contacts(
        key,
        _("has a new secret: version %(version)s is active, all earlier versions are revoked")
        % {"version": issued.row.version},
        do=_("Sign with the new version now. The secret is delivered separately."),
    )
    return issued


@transaction.atomic
def revoke_secrets(*, key: ApiKey, expected_version: int | None = None) -> ApiKey:
    """Revoke every secret version: calls signed with them are refused from the commit on. Needs no second approver.

    Refuses a key that is revoked or expired, and another current version than expected.
    """
    key = lock_usable_key(key)
    check_version(key, expected_version)
    Secret.objects.filter(key=key, revoked_at=None).update(revoked_at=clock.now())
    emails.notify_contacts(
        key,
        _("has no active secret: all versions are revoked, and every request with this key is refused"),
        do=str(NEXT_IS_APPROVED),
    )
    return key


# --- what the verbs share ---------------------------------------------------------------------------------------------
def _lock(key: ApiKey) -> ApiKey:
    """Lock the key until the transaction ends.

    The lock lets new rows name the key. Who writes its allowlist has the merchant locked, and a verb waits for that
    lock later (the triggers of access_version): with a stronger lock both would wait in a ring.
    """
    return ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("merchant").get(pk=key.pk)


def lock_usable_key(key: ApiKey) -> ApiKey:
    """Lock the key until the transaction ends, and return it. Refuses a key that is revoked or expired."""
    key = _lock(key)
    if key.status == ApiKey.Status.REVOKED:
        raise errors.KeyRevoked
    if key.expires_at is not None and key.expires_at <= clock.now():
        raise errors.KeyExpired(key.expires_at)
    return key


class Overlap(NamedTuple):
    secret: Secret
    begun: datetime
    ends: datetime


def _overlapping(secret: Secret, expected_version: int | None) -> Overlap:
    """Return the secret under the lock of its key.

    Refuses an overlap that has ended, and a page that is out of date.
    """
    key = lock_usable_key(secret.key)
    check_version(key, expected_version)
    fresh = Secret.objects.overlapping(at=clock.now()).filter(pk=secret.pk).first()
    if fresh is None or fresh.superseded_at is None or fresh.usable_until is None:
        raise errors.NoOverlap
    fresh.key = key
    return Overlap(fresh, fresh.superseded_at, fresh.usable_until)


def check_version(key: ApiKey, expected: int | None) -> None:
    """Refuse when the current version is not the version that the person saw (StalePage). None accepts any version."""
    current = current_version(key)
    if expected is not None and expected != current:
        raise errors.StalePage(current)


def check_overlap(overlap: timedelta, quiet_hours: int | None) -> None:
    """Refuse an overlap below 0 or above 7 days, and quiet hours outside 1 to 168."""
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise errors.OverlapTooLong(clock.now() + LONGEST_OVERLAP)
    check_quiet_hours(quiet_hours)


def check_quiet_hours(hours: int | None) -> None:
    """Refuse quiet hours outside 1 to 168. None is accepted."""
    if hours is not None and hours not in QUIET_HOURS:
        raise errors.QuietHoursOutOfRange(QUIET_HOURS[0], QUIET_HOURS[-1])


def _check_second_person(merchant: Merchant, approval: Approval | None) -> None:
    if merchant.two_person and approval is None:
        raise errors.SecondPersonNeeded


def current_version(key: ApiKey) -> int | None:
    """Return the number of the version without an end; None when there is none."""
    return Secret.objects.current().filter(key=key).values_list("version", flat=True).first()


def _live(key: ApiKey) -> list[Secret]:
    """Return the usable versions, oldest first."""
    return list(Secret.objects.usable(at=clock.now()).filter(key=key).order_by("version"))


def _last_version(key: ApiKey) -> int:
    return Secret.objects.filter(key=key).order_by("-version").values_list("version", flat=True)[0]


def _within_key(key: ApiKey, moment: datetime) -> datetime:
    return moment if key.expires_at is None else min(moment, key.expires_at)


def _ends(live: list[Secret]) -> datetime | None:
    return live[0].usable_until if live else None


def _new_version(key: ApiKey, version: int, approval: Approval | None = None) -> Issued:
    secret = crypto.new_secret(key.environment)
    sealed_under, sealed = crypto.seal(secret, context=seal_context(key, version), keys=settings.KEY_ENCRYPTION_KEYS)
    row = Secret.objects.create(
        key=key,
        version=version,
        sealed=sealed,
        sealed_under=sealed_under,
        fingerprint=crypto.fingerprint(secret),
        approval=approval,
        created_at=clock.now(),
    )
    if version > 1:
        data = {"auth_key": key.auth_key, "environment": key.environment, "version": version}
        event_outbox.emit(merchant=key.merchant, event_type=EventType.KEY_ROTATED, data=data)
    return Issued(key, row, secret)
