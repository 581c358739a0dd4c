"""Event endpoints of a merchant: add, change, rotate the signing secret, enable, remove.

A secret is sealed for its row: the endpoint's number, merchant, kind and address. Whoever changes the address in the
database gets nothing signed or sent there.
"""

from __future__ import annotations

import base64
import secrets
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from merchants import crypto, errors
from merchants.models import EventEndpoint, EventType, Merchant, Person
from merchants.services import event_addresses
from merchants.services.typed_text import check_no_secret
from portal.lib import clock

MOST_ENDPOINTS = 10
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)
PREFIX = "whsec_"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class IssuedEndpoint:
    """An endpoint with its signing secret in clear, shown once. Slack has none."""

    row: EventEndpoint
    secret: str = field(repr=False)


@transaction.atomic
def add_endpoint(
    *, merchant: Merchant, kind: str, url: str, event_types: Collection[str], by: Person
) -> IssuedEndpoint:
    """Add an endpoint. Refuses WrongEndpoint, a secret of ours in the address, no event type, and too many."""
    check_no_secret(url)
    target = event_addresses.parse_endpoint(url)
    if kind == EventEndpoint.Kind.SLACK:
        event_addresses.check_slack(target)
    merchant = Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    if EventEndpoint.objects.present().filter(merchant=merchant).count() >= MOST_ENDPOINTS:
        raise errors.TooManyEndpoints(MOST_ENDPOINTS)
    row = EventEndpoint(
        merchant=merchant,
        kind=kind,
        url=shown_address(url) if kind == EventEndpoint.Kind.SLACK else url,
        event_types=checked_types(event_types),
        created_by=by,
        created_at=clock.now(),
    )
    secret = url if kind == EventEndpoint.Kind.SLACK else new_secret()
    row.kek_id, row.sealed = _seal(row, secret)
    row.save(force_insert=True)
    return IssuedEndpoint(row, "" if kind == EventEndpoint.Kind.SLACK else secret)


def shown_address(url: str) -> str:
    """Return a Slack address without its secret part."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{event_addresses.SLACK_PATH}…"


def checked_types(event_types: Collection[str]) -> list[str]:
    chosen = [each.value for each in EventType if each in event_types]
    if not chosen:
        raise errors.NoEventType
    return chosen


@transaction.atomic
def set_event_types(*, endpoint: EventEndpoint, event_types: Collection[str]) -> EventEndpoint:
    endpoint = lock_endpoint(endpoint)
    endpoint.event_types = checked_types(event_types)
    endpoint.save(update_fields=["event_types"])
    return endpoint


@transaction.atomic
def rotate_signing_secret(*, endpoint: EventEndpoint) -> IssuedEndpoint:
    """Issue a new signing secret. For OLD_SECRET_SIGNS_FOR each event is signed with both. Refuses Slack."""
    endpoint = lock_endpoint(endpoint)
    if endpoint.kind != EventEndpoint.Kind.STANDARD:
        raise errors.NoSigningSecret
    secret = new_secret()
    endpoint.sealed_before, endpoint.kek_id_before = endpoint.sealed, endpoint.kek_id
    endpoint.signs_before_until = clock.now() + OLD_SECRET_SIGNS_FOR
    endpoint.kek_id, endpoint.sealed = _seal(endpoint, secret)
    endpoint.save(update_fields=["sealed", "kek_id", "sealed_before", "kek_id_before", "signs_before_until"])
    return IssuedEndpoint(endpoint, secret)


@transaction.atomic
def set_enabled(*, endpoint: EventEndpoint, enabled: bool) -> EventEndpoint:
    """Enable or disable. A disabled endpoint gets no events, also not later those of the time between."""
    endpoint = lock_endpoint(endpoint)
    endpoint.is_enabled, endpoint.failing_since = enabled, None
    endpoint.save(update_fields=["is_enabled", "failing_since"])
    return endpoint


@transaction.atomic
def remove_endpoint(*, endpoint: EventEndpoint) -> EventEndpoint:
    """Remove an endpoint. Its log stays for EVENT_DAYS."""
    endpoint = lock_endpoint(endpoint)
    endpoint.removed_at, endpoint.is_enabled = clock.now(), False
    endpoint.save(update_fields=["removed_at", "is_enabled"])
    return endpoint


def lock_endpoint(endpoint: EventEndpoint) -> EventEndpoint:
    """Return the endpoint, locked. Raises EndpointRemoved."""
    endpoint = EventEndpoint.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=endpoint.pk)
    if endpoint.removed_at is not None:
        raise errors.EndpointRemoved
    return endpoint


# --- Secrets ----------------------------------------------------------------------------------------------------------
def new_secret() -> str:
    """`whsec_` and the base64 of 32 random bytes, as the Standard Webhooks convention has it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _context(endpoint: EventEndpoint) -> str:
    return f"event endpoint:{endpoint.number}:{endpoint.merchant_id}:{endpoint.kind}:{endpoint.url}"


def _seal(endpoint: EventEndpoint, secret: str) -> tuple[str, bytes]:
    return crypto.seal(secret, context=_context(endpoint), keys=settings.KEY_ENCRYPTION_KEYS)


def _unseal(endpoint: EventEndpoint, sealed: bytes | memoryview[int], kek_id: str) -> str:
    return crypto.unseal(bytes(sealed), key_id=kek_id, context=_context(endpoint), keys=settings.KEY_ENCRYPTION_KEYS)


def reveal_secret(endpoint: EventEndpoint) -> str:
    """Return the signing secret, or the address of Slack. Raises SealBroken and UnknownKeyEncryptionKey."""
    return _unseal(endpoint, endpoint.sealed, endpoint.kek_id)


def signing_secrets(endpoint: EventEndpoint) -> list[str]:
    """Return the secrets that sign now, the newest first."""
    found = [reveal_secret(endpoint)]
    if endpoint.sealed_before is not None and (endpoint.signs_before_until or clock.now()) > clock.now():
        found.append(_unseal(endpoint, endpoint.sealed_before, endpoint.kek_id_before))
    return found


def seals_by_key() -> Counter[str]:
    """Return how many secrets are sealed under each key-encryption key."""
    present = EventEndpoint.objects.present()
    before = present.exclude(sealed_before=None)
    return Counter([*present.values_list("kek_id", flat=True), *before.values_list("kek_id_before", flat=True)])


def rewrap() -> int:
    """Move all secrets to the current key; return how many endpoints moved."""
    _current, *older = settings.KEY_ENCRYPTION_KEYS
    found = EventEndpoint.objects.present().filter(kek_id__in=older)
    return sum(_rewrap_one(endpoint) for endpoint in found)


@transaction.atomic
def _rewrap_one(endpoint: EventEndpoint) -> bool:
    endpoint = EventEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    try:
        endpoint.kek_id, endpoint.sealed = _seal(endpoint, reveal_secret(endpoint))
        if endpoint.sealed_before is not None:
            before = _unseal(endpoint, endpoint.sealed_before, endpoint.kek_id_before)
            endpoint.kek_id_before, endpoint.sealed_before = _seal(endpoint, before)
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken):
        return False
    endpoint.save(update_fields=["sealed", "kek_id", "sealed_before", "kek_id_before"])
    return True
