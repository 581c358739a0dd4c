"""Events: written in the transaction of the deed, delivered by a job, tried again with growing waits.

`emit` is for services. A receiver may get an event twice, with the same `webhook-id`, and may get events in any order.
"""

from __future__ import annotations

import json
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from standardwebhooks import Webhook

from merchants import crypto, errors
from merchants.errors import Refusal
from merchants.models import EventDelivery, EventEndpoint, EventType, Membership, Merchant, OutgoingEvent
from merchants.services import emails, event_addresses, event_endpoints, job_queue
from merchants.services.event_addresses import NotDelivered
from portal.lib import clock

log = structlog.get_logger(__name__)
TASK = "merchants.tasks.deliver_events"
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600)]  # 28 hours in all
DISABLED_AFTER = timedelta(hours=24)
RUN_SECONDS = 30  # of one job, so that receivers that hang hold up no other job for long
GONE = 410  # by the convention: the receiver wants no more
ANSWER_LENGTH = 500
State = EventDelivery.State


# --- Writing ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def emit(*, merchant: Merchant, event_type: EventType, data: dict[str, Any]) -> OutgoingEvent | None:
    """Write an event for each endpoint that listens, in the transaction of the caller. None: no endpoint listens.

    `data`: JSON without any secret.
    """
    listening = list(EventEndpoint.objects.listening(event_type).filter(merchant=merchant))
    return _write(merchant, event_type, data, listening) if listening else None


@transaction.atomic
def send_test_event(*, endpoint: EventEndpoint) -> EventDelivery:
    """Send a test event to one endpoint, also if it is disabled."""
    endpoint = event_endpoints.lock_endpoint(endpoint)
    data = {"test": True, "merchant": endpoint.merchant.code}
    return _write(
        endpoint.merchant, EventType(endpoint.event_types[0]), data, [endpoint], is_test=True
    ).deliveries.get()


def _write(
    merchant: Merchant, event_type: EventType, data: dict[str, Any], to: list[EventEndpoint], *, is_test: bool = False
) -> OutgoingEvent:
    now = clock.now()
    event = OutgoingEvent.objects.create(merchant=merchant, type=event_type, data=data, is_test=is_test, created_at=now)
    EventDelivery.objects.bulk_create(
        EventDelivery(merchant=merchant, event=event, endpoint=endpoint, created_at=now, due_at=now) for endpoint in to
    )
    wake_on_commit()
    return event


@transaction.atomic
def resend_event(*, delivery: EventDelivery) -> EventDelivery:
    """Send an event again, with the same id. Refuses one that waits, or whose endpoint was removed."""
    delivery = EventDelivery.objects.select_for_update(of=("self",)).select_related("endpoint").get(pk=delivery.pk)
    event_endpoints.lock_endpoint(delivery.endpoint)  # after the delivery, as the job that sends it does
    if delivery.state == State.WAITING:
        raise errors.EventWaits
    delivery.state, delivery.attempts, delivery.due_at = State.WAITING, 0, clock.now()
    delivery.save(update_fields=["state", "attempts", "due_at"])
    wake_on_commit()
    return delivery


def wake_on_commit() -> None:
    transaction.on_commit(lambda: job_queue.send_job(TASK), robust=True)


# --- Delivering -------------------------------------------------------------------------------------------------------
def deliver_due_events() -> int:
    """Deliver due events for up to RUN_SECONDS, fresh ones first; return how many were tried. Workers share them."""
    ends, tried = monotonic() + RUN_SECONDS, 0
    while monotonic() < ends and _deliver_next():
        tried += 1
    return tried


@transaction.atomic
def _deliver_next() -> bool:
    due = EventDelivery.objects.due(at=clock.now()).order_by("attempts", "due_at", "pk")
    delivery = (
        due.select_for_update(skip_locked=True, of=("self",)).select_related("event", "endpoint__merchant").first()
    )
    if delivery is None:
        return False
    if not delivery.endpoint.is_enabled and not delivery.event.is_test:
        delivery.state, delivery.last_answer = State.GIVEN_UP, _("The endpoint is disabled.")
        _save(delivery)
        return True
    delivery.attempts += 1
    delivery.tried_at = clock.now()
    try:
        answer = event_addresses.post(*request_of(delivery))
    except (NotDelivered, Refusal, crypto.SealBroken, crypto.UnknownKeyEncryptionKey) as fault:
        delivery.last_status, delivery.last_answer = None, _kept(str(fault))
        _note_failure(delivery, is_gone=False)
        return True
    except Exception:
        log.exception("event.cannot_be_sent", delivery=delivery.pk)
        delivery.last_status, delivery.last_answer = None, _("The event could not be sent. Ask our support.")
        _note_failure(delivery, is_gone=False)
        return True
    delivery.last_status, delivery.last_answer = answer.status, _kept(answer.text)
    if answer.is_accepted:
        _note_success(delivery)
    else:
        _note_failure(delivery, is_gone=answer.status == GONE)
    return True


def request_of(delivery: EventDelivery) -> tuple[str, bytes, dict[str, str]]:
    """Return address, body and headers. Raises SealBroken and UnknownKeyEncryptionKey."""
    event, endpoint = delivery.event, delivery.endpoint
    headers = {"content-type": "application/json", "user-agent": "oppi-portal"}
    if endpoint.kind == EventEndpoint.Kind.SLACK:
        return event_endpoints.reveal_secret(endpoint), json.dumps({"text": sentence_of(event)}).encode(), headers
    now, message_id = clock.now(), f"msg_{event.number.hex}"
    body = json.dumps({"type": event.type, "timestamp": event.created_at.isoformat(), "data": event.data})
    signatures = [Webhook(secret).sign(message_id, now, body) for secret in event_endpoints.signing_secrets(endpoint)]
    headers |= {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return endpoint.url, body.encode(), headers


def sentence_of(event: OutgoingEvent) -> str:
    """Return the event as one line for people."""
    facts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in event.data.items() if name != "merchant")
    test = _("Test: ") if event.is_test else ""
    return f"{test}{event.merchant.name}: {EventType(event.type).label} ({facts})"


def _note_success(delivery: EventDelivery) -> None:
    delivery.state = State.SENT
    _save(delivery)
    EventEndpoint.objects.filter(pk=delivery.endpoint_id).exclude(failing_since=None).update(failing_since=None)
    log.info("event.delivered", delivery=delivery.pk, attempts=delivery.attempts)


def _note_failure(delivery: EventDelivery, *, is_gone: bool) -> None:
    is_last = delivery.attempts > len(WAITS) or delivery.event.is_test
    is_over = not delivery.event.is_test and _disable_if_broken(delivery.endpoint, is_gone=is_gone)
    delivery.state = State.GIVEN_UP if is_last or is_over else State.WAITING
    if not is_last:
        delivery.due_at = clock.now() + WAITS[delivery.attempts - 1]
    _save(delivery)
    log.warning("event.not_delivered", delivery=delivery.pk, attempts=delivery.attempts, status=delivery.last_status)


def _save(delivery: EventDelivery) -> None:
    delivery.save(update_fields=["state", "attempts", "due_at", "last_status", "last_answer", "tried_at"])


def _disable_if_broken(endpoint: EventEndpoint, *, is_gone: bool) -> bool:
    """Disable an endpoint that has failed for a day, and notify owners and managers. Returns whether it is disabled.

    Events that wait for it are given up when they are due.
    """
    endpoint = EventEndpoint.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=endpoint.pk)
    now = clock.now()
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if not endpoint.is_enabled:
        return True
    if now - endpoint.failing_since < DISABLED_AFTER and not is_gone:
        return False
    endpoint.is_enabled = False
    endpoint.save(update_fields=["is_enabled"])
    managers = Membership.objects.filter(
        merchant=endpoint.merchant.live_merchant, role=Membership.Role.MANAGER, person__is_active=True
    )
    emails.notify_owners(
        endpoint.merchant,
        _("The event endpoint %(url)s was disabled, because it failed for a day") % {"url": endpoint.url},
        by=_("The portal"),
        at=now,
        also=managers.values_list("person__email", flat=True),
    )
    log.warning("event.endpoint_disabled", endpoint=endpoint.pk)
    return True


def _kept(said: str) -> str:
    return crypto.mask(said.replace("\0", ""))[:ANSWER_LENGTH]
