"""A form works once, whatever other pages load beside it."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory

from merchants import form_tokens
from merchants.models import Person, UsedForm
from portal.lib import clock
from tests.people import signed_in

PAGE = "/operator/acme/people/invite/"


@pytest.fixture
def session(client: Client, owner: Person) -> str:
    return str(signed_in(client, owner).session.session_key)


def request(session: str, path: str = PAGE) -> Any:
    """With a session of its own, as each process reads it."""
    made: HttpRequest = RequestFactory().post(path)
    made.session = import_module(settings.SESSION_ENGINE).SessionStore(session)
    made.session.get("anything")
    return made


def test_a_token_works_once_though_a_page_beside_it_saves_an_older_session(session: str) -> None:
    beside, token = request(session, "/b"), form_tokens.new_token(request(session))
    assert form_tokens.use_token(request(session), token)
    beside.session["something"] = "else"
    beside.session.save()
    assert not form_tokens.use_token(request(session), token)


def test_pages_that_load_beside_each_other_each_have_a_form_that_works(session: str) -> None:
    tokens = [form_tokens.new_token(request(session)) for _ in range(30)]
    assert all(form_tokens.use_token(request(session), token) for token in tokens)


def test_no_page_writes_the_session(session: str) -> None:
    page = request(session)
    form_tokens.new_token(page)
    assert not page.session.modified


@pytest.mark.parametrize("bend", ["another page", "another session", "x", "", "a:b:c"])
def test_a_token_is_of_one_page_and_session(session: str, client: Client, viewer: Person, bend: str) -> None:
    token = form_tokens.new_token(request(session))
    other = str(signed_in(Client(), viewer).session.session_key)
    sent = {"another page": (request(session, "/b"), token), "another session": (request(other), token)}
    assert not form_tokens.use_token(*sent.get(bend, (request(session), bend)))
    assert form_tokens.use_token(request(session), token)


def test_what_was_refused_can_be_sent_again(session: str) -> None:
    token = form_tokens.new_token(request(session))
    with transaction.atomic():
        assert form_tokens.use_token(request(session), token)
        transaction.set_rollback(True)
    assert form_tokens.use_token(request(session), token)


def test_a_used_form_is_forgotten_when_its_token_is_too_old_to_be_used(session: str) -> None:
    token = form_tokens.new_token(request(session))
    assert form_tokens.use_token(request(session), token)
    assert form_tokens.purge_form_tokens() == 0
    with clock.frozen_at(clock.now() + form_tokens.KEPT + timedelta(minutes=1)):
        assert form_tokens.purge_form_tokens() == 1
    with time_machine.travel(clock.now() + form_tokens.KEPT):
        assert not form_tokens.use_token(request(session), token)
    assert not UsedForm.objects.exists()
