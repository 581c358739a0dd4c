"""Sessions that are ended by hand stand in the history: of games, and of people."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from merchants.models import Merchant, Person, Player
from merchants.services import history, people
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from wallet.models import Session
from wallet.services.calls import sessions


def session_of(client: Client, person: Person) -> UserSession:
    """As a sign-in keeps it."""
    key = client.session.session_key
    return UserSession.objects.create(user=person, session_key=key, ip="192.0.2.1", user_agent="a browser")


def newest(of: Any) -> tuple[str, str]:
    entry = history.timeline(of)[0]
    return entry.sentence, entry.who


def test_a_closed_session_stands_on_the_timelines(caller: Caller, acme: Merchant, support: Person) -> None:
    session = Session.objects.get()
    with history.act_as(door="page", person=support), history.give_reason("a bot plays"):
        sessions.close_session(session=session)
    expected = f"Session of player {session.player.player_id} closed, because “a bot plays”"
    for subject in (acme, Player.objects.get(pk=session.player_id)):
        assert newest(subject) == (expected, "support@oppi.test")


def test_a_call_of_a_session_leaves_no_trace(caller: Caller, acme: Merchant) -> None:
    caller.bet(1)
    assert not [entry for entry in history.timeline(acme) if "Session" in entry.title]


def test_whom_our_staff_sign_out_is_in_the_history(client: Client, owner: Person, support: Person) -> None:
    cache.clear()
    session_of(signed_in(client, owner), owner)
    with history.act_as(door="page", person=support), history.give_reason("lost laptop"):
        people.end_sessions(person=owner)
    assert newest(owner) == ("1 session of owner@acme.test ended, because “lost laptop”", "support@oppi.test")
    with history.act_as(door="page", person=support):
        people.end_sessions(person=owner)
    assert len([entry for entry in history.timeline(owner) if "ended" in entry.title]) == 1


@pytest.mark.parametrize("which", ["one", "others"])
def test_who_ends_own_sessions_is_in_the_history(client: Client, owner: Person, support: Person, which: str) -> None:
    cache.clear()
    signed_in(client, owner)
    elsewhere = signed_in(Client(), owner)
    client.get("/account/sessions/")
    other = session_of(elsewhere, owner)
    path = f"/account/sessions/{other.pk}/end/" if which == "one" else "/account/sessions/"
    assert client.post(path).status_code == 302
    assert newest(owner) == ("1 session of owner@acme.test ended", "owner@acme.test")
    audit: Any = signed_in(client, support).get("/admin/audit/")
    assert "1 session of owner@acme.test ended" in said(audit)
