"""Owners run their own keys: each verb from its page, the secret shown once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import ApiKey, Approval, Compromise, Merchant, Person, Secret
from merchants.services import history, keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import filled, opened, said, send
from tests.people import signed_in
from tests.signing import Signer


@pytest.fixture
def at_work(client: Client, owner: Person) -> Client:
    cache.clear()
    return signed_in(client, owner)


@pytest.fixture
def key(caller: Caller, acme: Merchant) -> ApiKey:
    return ApiKey.objects.get(merchant=acme)


def page(key: ApiKey, verb: str = "") -> str:
    return f"/operator/acme/keys/{key.pk}/{verb}/".replace("//", "/") if verb else f"/operator/acme/keys/{key.pk}/"


def shown_secret(response: Any) -> str:
    return str(response.context["issued"].secret)


def test_the_owner_rotates_and_both_secrets_sign(at_work: Client, caller: Caller, key: ApiKey) -> None:
    answer = send(at_work, page(key, "rotate"), overlap=6)
    secret = shown_secret(answer)
    assert secret in said(answer)
    assert "no-store" in answer["cache-control"]
    assert caller.balance().body["status"] == "RS_OK"
    caller.signer = Signer(key.auth_key, secret)
    assert caller.balance().body["status"] == "RS_OK"
    old = Secret.objects.get(key=key, version=1)
    assert timedelta(hours=5, minutes=59) < (old.usable_until or clock.now()) - clock.now() <= timedelta(hours=6)
    assert secret not in said(at_work.get(page(key)))


def test_a_rotation_sent_twice_shows_nothing_the_second_time(at_work: Client, key: ApiKey) -> None:
    form = at_work.get(page(key, "rotate")).context["form"]
    fields = {"token": form.initial["token"], "overlap": 24, "expected_version": 1}
    assert at_work.post(page(key, "rotate"), fields).status_code == 200
    again = at_work.post(page(key, "rotate"), fields)
    assert again.status_code == 409
    assert "oppi_live_" not in again.content.decode()
    assert Secret.objects.filter(key=key).count() == 2


def test_a_page_that_was_left_open_does_not_rotate_what_another_has_rotated(at_work: Client, key: ApiKey) -> None:
    form = opened(at_work, page(key, "rotate"))
    keys.replace_secrets(key=key)
    told = at_work.post(page(key, "rotate"), form | {"reason": "Every quarter"})
    assert "The key has changed since you opened this page" in said(told)
    assert Secret.objects.filter(key=key).count() == 2
    assert filled(told)["expected_version"] == 2
    assert filled(told)["reason"] == "Every quarter"
    assert shown_secret(at_work.post(page(key, "rotate"), filled(told)))


def test_what_cannot_be_read_in_a_form_makes_it_none_that_has_seen_more(at_work: Client, key: ApiKey) -> None:
    form = opened(at_work, page(key, "rotate"))
    keys.replace_secrets(key=key)
    unread = at_work.post(page(key, "rotate"), form | {"quiet_hours": "x"})
    assert filled(unread)["expected_version"] == "1"
    refused = at_work.post(page(key, "rotate"), filled(unread) | {"quiet_hours": ""})
    assert "The key has changed since you opened this page" in said(refused)


def test_an_overlap_is_extended_made_quiet_and_ended(at_work: Client, key: ApiKey) -> None:
    keys.rotate_secret(key=key)
    later = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S")
    assert send(at_work, page(key, "extend"), until=later).status_code == 302
    assert send(at_work, page(key, "quiet"), hours=12).status_code == 302
    shown = said(at_work.get(page(key)))
    assert "or until 12 hours pass without use" in shown
    assert "Not yet safe to end" in shown
    assert send(at_work, page(key, "end")).status_code == 302
    assert not Secret.objects.overlapping(at=clock.now()).exists()


def test_the_end_of_an_old_secret_reads_right_with_the_countdown_and_without(at_work: Client, key: ApiKey) -> None:
    keys.rotate_secret(key=key, overlap=timedelta(hours=6, seconds=30), quiet_hours=12)
    shown = re.sub(r"</?strong[^>]*>", "", said(at_work.get(page(key))))
    assert re.search(
        r"Version 1: works until [^(]+ UTC \(time left: 6 hours\), or until 12 hours pass without use", shown
    )


@pytest.mark.parametrize("verb", ["extend", "end", "quiet"])
def test_without_an_overlap_its_pages_lead_back_with_the_reason(at_work: Client, key: ApiKey, verb: str) -> None:
    response = at_work.get(page(key, verb), follow=True)
    assert response.redirect_chain[-1][0] == page(key)
    assert "No old secret version of this key works" in said(response)


@pytest.mark.parametrize("verb", ["quarantine", "revoke", "leak"])
def test_what_the_key_does_now_is_shown_before_it_is_switched_off(
    at_work: Client, caller: Caller, key: ApiKey, verb: str
) -> None:
    caller.bet(250_000)
    shown = said(at_work.get(page(key, verb)))
    assert "1 with EUR 2.50 at stake" in shown
    assert "<dt>Players in session</dt><dd>1</dd>" in shown


def test_quarantine_then_revoke(at_work: Client, caller: Caller, key: ApiKey) -> None:
    send(at_work, page(key, "quarantine"))
    assert caller.bet().body["status"] == "RS_ERROR_INVALID_APIKEY"
    send(at_work, page(key, "revoke"))
    key.refresh_from_db()
    assert key.status == "revoked"
    assert caller.balance().body["status"] == "RS_ERROR_INVALID_APIKEY"
    assert "all requests with this key are refused" in said(at_work.get(page(key)))


@pytest.mark.parametrize("response", ["revoke", "quarantine", "rotate"])
def test_a_leak_is_declared_and_the_new_secret_shown(
    at_work: Client, acme: Merchant, owner: Person, key: ApiKey, response: str
) -> None:
    answer = send(at_work, page(key, "leak"), response=response, reason="In a public repository")
    assert shown_secret(answer) in said(answer)
    case = Compromise.objects.get(key=key)
    assert (case.response, case.declared_by) == (response, owner)
    assert "is compromised" in said(at_work.get("/operator/acme/"))
    assert any(entry.who == owner.email for entry in history.timeline(acme, kind="keys"))


def test_where_two_decide_another_owner_approves_and_is_shown_the_secret(
    at_work: Client, acme: Merchant, key: ApiKey
) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    other = signed_in(Client(), factories.member(acme, "owner", email="second@acme.test"))
    assert send(at_work, page(key, "rotate"), reason="Yearly").status_code == 302
    assert "You requested this change, so another person must approve it." in said(send(at_work, page(key, "approve")))
    assert "asked to rotate" in said(other.get("/operator/acme/"))
    assert shown_secret(send(other, page(key, "approve")))
    assert Approval.objects.get().state == "approved"


def test_an_asked_for_revocation_is_declined(at_work: Client, acme: Merchant, key: ApiKey) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    send(at_work, page(key, "revoke"), reason="Not needed")
    assert send(at_work, page(key, "decline")).status_code == 302
    key.refresh_from_db()
    assert key.status == "active"


def test_a_viewer_sees_the_key_and_no_button(client: Client, viewer: Person, key: ApiKey) -> None:
    shown = said(signed_in(client, viewer).get(page(key)))
    assert key.auth_key in shown
    assert page(key, "rotate") not in shown


# --- The timeline -----------------------------------------------------------------------------------------------------
def test_the_timeline_tells_who_and_hides_where_our_staff_sit(at_work: Client, support: Person, key: ApiKey) -> None:
    send(at_work, page(key, "rotate"), reason="Because it is spring")
    with (
        history.act_as(door="/admin/x/", person=support, address="203.0.113.99"),
        history.give_reason("a hunch of ours"),
    ):
        keys.quarantine_key(key=key)
    shown = said(at_work.get("/operator/acme/timeline/"))
    assert "owner@acme.test" in shown
    assert "Because it is spring" in shown
    assert "support@oppi.test" in shown
    assert "our staff" in shown
    assert "203.0.113.99" not in shown
    assert "a hunch of ours" not in shown


def test_the_timeline_of_one_kind(at_work: Client, acme: Merchant, key: ApiKey) -> None:
    Merchant.objects.filter(pk=acme.pk).update(name="Acme of another name")
    assert "Acme of another name" in said(at_work.get("/operator/acme/timeline/")).split("<main")[1]
    assert "Acme of another name" not in said(at_work.get("/operator/acme/timeline/?what=keys")).split("<main")[1]


@pytest.mark.parametrize("asked", ["before=nonsense", "what=nothing", "after=2026-01-01T00:00:00"])
def test_an_address_made_up_by_hand_shows_the_newest(at_work: Client, key: ApiKey, asked: str) -> None:
    assert "issued (live)" in said(at_work.get(f"/operator/acme/timeline/?{asked}"))
