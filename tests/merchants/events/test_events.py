"""Events from the deed to a real receiver: signed, tried again, given up, sent again."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from merchants import crypto, errors
from merchants.models import (
    ApiKey,
    EventDelivery,
    EventEndpoint,
    EventType,
    Merchant,
    OutgoingEmail,
    OutgoingEvent,
    Person,
)
from merchants.services import allowlist, compromise, event_addresses, event_endpoints, event_outbox, keys, retention
from merchants.services.allowlist import EntryPlan, Proposal
from merchants.services.event_addresses import WrongEndpoint
from merchants.services.event_endpoints import IssuedEndpoint
from portal.lib import clock
from portal.lib.clientip import parse_networks
from tests import factories
from tests.merchants.events.conftest import Receiver
from tests.plugins.database_role import unguarded

QUIET = EventType.MERCHANT_QUIET


@pytest.fixture
def issued(acme: Merchant, owner: Person, receiver: Receiver) -> IssuedEndpoint:
    return event_endpoints.add_endpoint(
        merchant=acme, kind="standard", url=receiver.url, event_types=EventType.values, by=owner
    )


def emit(merchant: Merchant, **data: Any) -> OutgoingEvent | None:
    return event_outbox.emit(merchant=merchant, event_type=QUIET, data=data)


def later(**span: int) -> Any:
    return clock.frozen_at(clock.now() + timedelta(**span))


# --- Delivering -------------------------------------------------------------------------------------------------------
def test_an_event_arrives_signed_by_the_convention(acme: Merchant, issued: IssuedEndpoint, receiver: Receiver) -> None:
    event = emit(acme, hours=3)
    assert event is not None
    assert event_outbox.deliver_due_events() == 1
    [sent] = receiver.got
    assert sent.path == "/events?of=acme"
    assert sent.headers["content-type"] == "application/json"
    told = Webhook(issued.secret).verify(sent.body, sent.headers)
    assert told == {"type": "merchant.quiet", "timestamp": event.created_at.isoformat(), "data": {"hours": 3}}
    assert sent.headers["webhook-id"] == f"msg_{event.number.hex}"
    with pytest.raises(WebhookVerificationError):
        Webhook(event_endpoints.new_secret()).verify(sent.body, sent.headers)
    delivery = EventDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("sent", 1, 204)
    assert event_outbox.deliver_due_events() == 0


def test_an_event_is_written_with_the_deed_or_not_at_all(acme: Merchant, issued: IssuedEndpoint) -> None:
    with transaction.atomic():
        emit(acme)
        transaction.set_rollback(True)
    assert not EventDelivery.objects.exists()


def test_without_a_listener_nothing_is_written(acme: Merchant, rival: Merchant, issued: IssuedEndpoint) -> None:
    assert emit(rival) is None
    event_endpoints.set_event_types(endpoint=issued.row, event_types=["key.rotated"])
    assert emit(acme) is None
    assert not OutgoingEvent.objects.exists()


def test_a_refusal_is_tried_again_with_growing_waits_and_then_given_up(
    acme: Merchant, issued: IssuedEndpoint, receiver: Receiver
) -> None:
    emit(acme)
    receiver.status = 500
    begun = clock.now()
    tried = []
    moment = begun
    while (delivery := EventDelivery.objects.get()).state == "waiting":
        moment = max(delivery.due_at, moment)
        with clock.frozen_at(moment):
            assert event_outbox.deliver_due_events() == 1
        tried.append(moment - begun)
        EventEndpoint.objects.update(failing_since=None)  # of the endpoint itself: the next test
    assert len(tried) == len(event_outbox.WAITS) + 1
    assert (delivery.state, delivery.last_status) == ("given_up", 500)
    waits = [after - before for before, after in pairwise(tried)]
    assert waits == event_outbox.WAITS
    assert len({sent.headers["webhook-id"] for sent in receiver.got}) == 1
    receiver.status = 200
    with pytest.raises(errors.EventWaits):
        event_outbox.resend_event(delivery=event_outbox.resend_event(delivery=delivery))
    event_outbox.deliver_due_events()
    assert EventDelivery.objects.get().state == "sent"


def test_an_endpoint_that_fails_for_a_day_is_disabled_and_its_people_are_notified(
    acme: Merchant, issued: IssuedEndpoint, receiver: Receiver
) -> None:
    factories.member(acme, "manager", email="manager@acme.test")
    receiver.status = 503
    emit(acme)
    event_outbox.deliver_due_events()
    with later(hours=23):
        event_outbox.deliver_due_events()
        assert EventEndpoint.objects.get().is_enabled
        emit(acme)
    with later(hours=24, minutes=1):
        event_outbox.deliver_due_events()
    assert not EventEndpoint.objects.get().is_enabled
    assert set(EventDelivery.objects.values_list("state", flat=True)) == {"given_up"}
    told = OutgoingEmail.objects.filter(template="merchant_changed", context__what__icontains="was disabled")
    assert set(told.values_list("to", flat=True)) == {"owner@acme.test", "manager@acme.test"}
    assert emit(acme) is None
    event_endpoints.set_enabled(endpoint=issued.row, enabled=True)
    assert emit(acme) is not None


def test_one_success_ends_the_count_of_failures(acme: Merchant, issued: IssuedEndpoint, receiver: Receiver) -> None:
    receiver.status = 500
    emit(acme)
    event_outbox.deliver_due_events()
    assert EventEndpoint.objects.get().failing_since is not None
    receiver.status = 200
    with later(minutes=2):
        event_outbox.deliver_due_events()
    assert EventEndpoint.objects.get().failing_since is None


def test_a_receiver_that_is_gone_is_asked_no_more(acme: Merchant, issued: IssuedEndpoint, receiver: Receiver) -> None:
    receiver.status = 410
    emit(acme)
    event_outbox.deliver_due_events()
    assert not EventEndpoint.objects.get().is_enabled


def test_a_redirect_is_a_failure_and_is_not_followed(
    acme: Merchant, issued: IssuedEndpoint, receiver: Receiver
) -> None:
    receiver.status, receiver.headers = 302, {"location": f"http://127.0.0.1:{receiver.port}/other"}
    emit(acme)
    event_outbox.deliver_due_events()
    assert [sent.path for sent in receiver.got] == ["/events?of=acme"]
    assert EventDelivery.objects.get().last_status == 302


def test_a_receiver_that_hangs_is_given_up_in_time(
    acme: Merchant, issued: IssuedEndpoint, receiver: Receiver, settings: Any
) -> None:
    settings.EVENT_SECONDS = 0.5
    receiver.hold = threading.Event()
    emit(acme)
    event_outbox.deliver_due_events()
    receiver.hold.set()
    delivery = EventDelivery.objects.get()
    assert (delivery.state, delivery.last_status) == ("waiting", None)
    assert "No answer within" in delivery.last_answer


def test_a_receiver_that_is_not_there_is_tried_again(acme: Merchant, owner: Person) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        event_endpoints.add_endpoint(
            merchant=acme, kind="standard", url=f"http://127.0.0.1:{port}/", event_types=[QUIET], by=owner
        )
        emit(acme)
        event_outbox.deliver_due_events()
    assert EventDelivery.objects.get().state == "waiting"


def test_an_event_that_cannot_be_made_holds_up_no_other(
    acme: Merchant, owner: Person, issued: IssuedEndpoint, receiver: Receiver
) -> None:
    broken = event_endpoints.add_endpoint(
        merchant=acme, kind="standard", url=receiver.url + "&broken", event_types=[QUIET], by=owner
    ).row
    sealed = crypto.seal(
        "whsec_a",
        context=f"event endpoint:{broken.number}:{acme.pk}:standard:{broken.url}",
        keys=django_settings.KEY_ENCRYPTION_KEYS,
    )[1]
    EventEndpoint.objects.filter(pk=broken.pk).update(sealed=sealed)
    emit(acme)
    event_outbox.deliver_due_events()
    states = {each.endpoint_id: each.state for each in EventDelivery.objects.all()}
    assert states == {issued.row.pk: "sent", broken.pk: "waiting"}


def test_slack_gets_a_sentence_and_its_address_is_sealed(acme: Merchant, owner: Person, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/services/T0/B0/token"
    issued = event_endpoints.add_endpoint(merchant=acme, kind="slack", url=url, event_types=[QUIET], by=owner)
    assert (issued.secret, issued.row.url) == ("", f"http://127.0.0.1:{receiver.port}/services/…")
    emit(acme, hours=3)
    event_outbox.deliver_due_events()
    [sent] = receiver.got
    assert sent.path == "/services/T0/B0/token"
    assert sent.json == {"text": "Acme Casino: Merchant quiet (hours 3)"}
    assert "webhook-signature" not in sent.headers
    assert "B0" not in str(EventEndpoint.objects.values())
    with pytest.raises(errors.NoSigningSecret):
        event_endpoints.rotate_signing_secret(endpoint=issued.row)


def test_a_test_event_says_so_and_fails_without_consequence(issued: IssuedEndpoint, receiver: Receiver) -> None:
    receiver.status = 500
    event_outbox.send_test_event(endpoint=issued.row)
    event_outbox.deliver_due_events()
    assert receiver.got[0].json["data"]["test"] is True
    assert EventDelivery.objects.get().state == "given_up"
    assert EventEndpoint.objects.get().failing_since is None


# --- Secrets ----------------------------------------------------------------------------------------------------------
def test_after_a_rotation_both_secrets_verify_for_a_day(
    acme: Merchant, issued: IssuedEndpoint, receiver: Receiver
) -> None:
    newer = event_endpoints.rotate_signing_secret(endpoint=issued.row).secret
    emit(acme)
    event_outbox.deliver_due_events()
    for secret in (issued.secret, newer):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    with later(hours=25):
        assert event_endpoints.signing_secrets(EventEndpoint.objects.get()) == [newer]


def test_a_secret_is_sealed_and_bound_to_its_row(acme: Merchant, owner: Person, issued: IssuedEndpoint) -> None:
    assert issued.secret.encode() not in bytes(EventEndpoint.objects.get().sealed)
    other = event_endpoints.add_endpoint(
        merchant=acme, kind="standard", url="https://93.184.216.34/", event_types=[QUIET], by=owner
    )
    EventEndpoint.objects.filter(pk=other.row.pk).update(sealed=bytes(issued.row.sealed))
    with pytest.raises(crypto.SealBroken):
        event_endpoints.reveal_secret(EventEndpoint.objects.get(pk=other.row.pk))
    for change in ({"url": "https://93.184.216.34/other"}, {"kind": "slack"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            EventEndpoint.objects.filter(pk=issued.row.pk).update(**change)


def test_secrets_move_to_the_current_key(issued: IssuedEndpoint, settings: Any) -> None:
    newer = event_endpoints.rotate_signing_secret(endpoint=issued.row).secret
    settings.KEY_ENCRYPTION_KEYS = {"fresh": b"x" * 32} | django_settings.KEY_ENCRYPTION_KEYS
    assert event_endpoints.rewrap() == 1
    row = EventEndpoint.objects.get()
    assert (row.kek_id, row.kek_id_before) == ("fresh", "fresh")
    assert event_endpoints.signing_secrets(row) == [newer, issued.secret]
    assert event_endpoints.seals_by_key() == {"fresh": 2}


# --- Addresses --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user@example.com/",
        "https://example.com/#x",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://0.0.0.0/",
        "https://example.com:99999/",
        "https:///x",
        "https://exa mple.com/",
        "//example.com",
        "",
        "https://example.com/" + "x" * 500,
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(WrongEndpoint):
        event_addresses.parse_endpoint(url)


def test_loopback_is_refused_where_it_is_not_allowed(settings: Any, receiver: Receiver) -> None:
    settings.EVENT_NETWORKS = ()
    for url in (receiver.url, f"https://127.0.0.1:{receiver.port}/"):
        with pytest.raises(WrongEndpoint):
            event_addresses.parse_endpoint(url)
    settings.EVENT_NETWORKS = parse_networks(["127.0.0.0/8"])
    with pytest.raises(WrongEndpoint):
        event_addresses.parse_endpoint(f"http://localhost:{receiver.port}/")


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "::1", "fd00::1", "64:ff9b::a00:1"])
def test_a_name_that_points_inside_is_not_reached(inside: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EVENT_NETWORKS = ()
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    both = [(family, socket.SOCK_STREAM, 0, "", (each, 443)) for each in ("93.184.216.34", inside)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(event_addresses.NotDelivered, match="private network"):
        event_addresses.post("https://events.example.com/", b"{}", {})


@pytest.mark.parametrize(
    "url", ["https://example.com/services/x", "https://hooks.slack.com/x", "https://slack.com/services/x"]
)
def test_slack_is_slack(acme: Merchant, owner: Person, url: str) -> None:
    with pytest.raises(WrongEndpoint):
        event_endpoints.add_endpoint(merchant=acme, kind="slack", url=url, event_types=[QUIET], by=owner)


def test_no_more_than_some_endpoints(acme: Merchant, owner: Person) -> None:
    wish: dict[str, Any] = {"kind": "standard", "url": "https://93.184.216.34/", "event_types": [QUIET], "by": owner}
    with pytest.raises(errors.NoEventType):
        event_endpoints.add_endpoint(merchant=acme, **wish | {"event_types": ["x"]})
    made = [event_endpoints.add_endpoint(merchant=acme, **wish).row for _ in range(event_endpoints.MOST_ENDPOINTS)]
    with pytest.raises(errors.TooManyEndpoints):
        event_endpoints.add_endpoint(merchant=acme, **wish)
    event_endpoints.remove_endpoint(endpoint=made[-1])
    event_endpoints.add_endpoint(merchant=acme, **wish)
    with pytest.raises(errors.EndpointRemoved):
        event_endpoints.set_enabled(endpoint=made[-1], enabled=True)


# --- Deeds ------------------------------------------------------------------------------------------------------------
def test_deeds_emit_their_events(acme: Merchant, owner: Person, issued: IssuedEndpoint) -> None:
    key = keys.issue_key(merchant=acme).key
    assert not OutgoingEvent.objects.exists()
    keys.rotate_secret(key=key)
    network = EntryPlan(parse_networks(["203.0.113.9"])[0])
    for _ in range(2):  # the second changes nothing
        allowlist.save_networks(proposal=Proposal(acme, (network,)), by=owner)
    compromise.declare_compromise(
        key=ApiKey.objects.get(pk=key.pk), response="revoke", reason="Log", exposed_since=timezone.now(), by=owner
    )
    told = [(event.type, event.data) for event in OutgoingEvent.objects.order_by("pk")]
    rotated = {"auth_key": key.auth_key, "environment": "live"}
    assert told == [
        ("key.rotated", rotated | {"version": 2}),
        ("allowlist.changed", {"list": "networks", "auth_key": None, "entries": 1}),
        ("key.rotated", rotated | {"version": 3}),
        ("key.compromised", {"auth_key": key.auth_key, "version": 2, "response": "revoke"}),
    ]


def test_the_log_is_kept_for_a_while(acme: Merchant, issued: IssuedEndpoint, receiver: Receiver) -> None:
    emit(acme)
    event_outbox.deliver_due_events()
    with pytest.raises(DatabaseError), transaction.atomic():
        EventDelivery.objects.all().delete()
    assert retention.purge_events() == 0
    with unguarded():
        old = clock.now() - timedelta(days=91)
        EventDelivery.objects.update(created_at=old)
        OutgoingEvent.objects.update(created_at=old)
    assert retention.purge_events() == 1
    assert not OutgoingEvent.objects.exists()
