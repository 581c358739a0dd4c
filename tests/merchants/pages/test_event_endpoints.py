"""The pages of event endpoints: for owners and managers; the secret shown once; the log and its button."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import EventDelivery, EventEndpoint, EventType, Merchant, Person
from merchants.services import event_endpoints, event_outbox
from tests import factories
from tests.pages import opened, said, send
from tests.people import signed_in

ADD, LIST = "/operator/acme/endpoints/add/", "/operator/acme/integrations/"
URL = "https://93.184.216.34/events"
SECRET = re.compile(r"whsec_[0-9A-Za-z+/=]{44}")


@pytest.fixture
def manager(client: Client, acme: Merchant) -> Client:
    cache.clear()
    return signed_in(client, factories.member(acme, "manager"))


@pytest.fixture
def endpoint(acme: Merchant, owner: Person) -> EventEndpoint:
    return event_endpoints.add_endpoint(
        merchant=acme, kind="standard", url=URL, event_types=EventType.values, by=owner
    ).row


def page(endpoint: EventEndpoint, verb: str = "") -> str:
    return f"/operator/acme/endpoints/{endpoint.pk}/{verb}{'/' if verb else ''}"


def test_a_manager_adds_an_endpoint_and_sees_its_secret_once(manager: Client) -> None:
    answer: Any = send(manager, ADD, kind="standard", url=URL, event_types=["key.rotated"])
    [secret] = set(SECRET.findall(said(answer)))
    row = EventEndpoint.objects.get()
    assert event_endpoints.reveal_secret(row) == secret
    assert row.event_types == ["key.rotated"]
    for address in (LIST, page(row), "/operator/acme/timeline/"):
        shown = said(manager.get(address))
        assert URL in shown
        assert secret not in shown
    newer = SECRET.findall(said(send(manager, page(row, "rotate"))))[0]
    assert newer != secret


def test_a_wrong_address_is_explained(manager: Client) -> None:
    for url, why in (("http://example.com/", "https only"), ("https://10.0.0.1/", "private network")):
        assert why in said(send(manager, ADD, kind="standard", url=url, event_types=["key.rotated"]))
    assert "Slack incoming webhook" in said(send(manager, ADD, kind="slack", url=URL, event_types=["key.rotated"]))
    assert not EventEndpoint.objects.exists()


def test_each_verb_of_an_endpoint(manager: Client, endpoint: EventEndpoint) -> None:
    assert send(manager, page(endpoint, "events"), event_types=["break.found"]).status_code == 302
    assert send(manager, page(endpoint, "switch")).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.event_types, endpoint.is_enabled) == (["break.found"], False)
    assert "disabled" in said(manager.get(page(endpoint)))
    assert send(manager, page(endpoint, "test")).status_code == 302
    assert EventDelivery.objects.get().event.is_test
    assert send(manager, page(endpoint, "remove")).status_code == 302
    assert manager.get(page(endpoint)).status_code == 404
    told = said(manager.get("/operator/acme/timeline/"))
    for verb in ("changed", "disabled", "removed"):
        assert f"Event endpoint {URL} {verb}" in told


def test_two_who_switch_the_same_way_do_not_undo_each_other(
    manager: Client, endpoint: EventEndpoint, acme: Merchant
) -> None:
    other, path = signed_in(Client(), factories.member(acme, "owner", email="two@acme.test")), page(endpoint, "switch")
    forms = [(client, opened(client, path)) for client in (manager, other)]
    for client, form in forms:
        assert client.post(path, form).status_code == 302
        endpoint.refresh_from_db()
        assert not endpoint.is_enabled


def test_an_event_is_sent_again_from_the_log(manager: Client, endpoint: EventEndpoint) -> None:
    delivery = event_outbox.send_test_event(endpoint=endpoint)
    EventDelivery.objects.filter(pk=delivery.pk).update(state="given_up", last_status=500, last_answer="<b>no</b>")
    shown = said(manager.get(page(endpoint)))
    assert "HTTP 500" in shown
    assert "&lt;b&gt;no&lt;/b&gt;" in shown
    assert send(manager, f"/operator/acme/events/{delivery.pk}/resend/").status_code == 302
    assert EventDelivery.objects.get().state == "waiting"


def test_viewers_read_and_others_see_nothing(
    client: Client, viewer: Person, endpoint: EventEndpoint, rival: Merchant
) -> None:
    signed_in(client, viewer)
    assert URL in said(client.get(page(endpoint)))
    for verb in ("test", "rotate", "switch", "remove", "events"):
        assert client.get(page(endpoint, verb)).status_code == 403
    stranger = signed_in(Client(), factories.member(rival, "owner"))
    assert stranger.get(page(endpoint)).status_code == 404
    assert stranger.get(page(endpoint).replace("acme", "rival")).status_code == 404
