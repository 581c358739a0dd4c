"""What was typed is not lost: a second factor in between sends it, a new sign-in shows it again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from merchants import crypto, kept_forms
from merchants.models import Game, Merchant, Person, Secret
from merchants.services import keys
from merchants.sign_in.session_age import SEEN
from portal.lib import clock
from tests import factories
from tests.pages import opened, said
from tests.people import signed_in

LATE = timedelta(seconds=301)


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


def late(client: Client, person: Person) -> Client:
    """Signed in, with a second factor that counts no more."""
    return signed_in(client, person, proved_at=clock.now() - LATE)


def prove(client: Client) -> None:
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": clock.now().timestamp()}]
    session.save()


def end_session(client: Client) -> None:
    """As after half an hour without its person."""
    session = client.session
    session[SEEN] = time.time() - 3 * 3600
    session.save()


def back(answer: Any) -> str:
    """Where a sign-in or a second factor leads on to."""
    return str(parse_qs(urlsplit(answer["location"]).query)["next"][0])


def merchant_form(name: str) -> dict[str, str]:
    tables = {
        f"{table}-{part}": "0"
        for table in ("allowlist", "domains", "memberships", "contacts", "disabled_games")
        for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    return {"name": name, "time_zone": "UTC", "timestamp_window_seconds": "300"} | tables


def page_of(merchant: Merchant) -> str:
    return f"/admin/merchants/merchant/{merchant.pk}/change/"


def test_after_the_second_factor_the_form_is_sent_as_it_was(client: Client, support: Person, acme: Merchant) -> None:
    staff = late(client, support)
    asked = staff.post(page_of(acme), merchant_form("Acme Palace"))
    assert "/reauthenticate/" in asked["location"]
    assert Merchant.objects.get().name == "Acme Casino"
    prove(staff)
    done = staff.get(back(asked))
    assert done.status_code == 302
    assert Merchant.objects.get().name == "Acme Palace"
    Merchant.objects.update(name="Acme Casino")
    assert staff.get(back(asked)).status_code == 200, "once only"
    assert Merchant.objects.get().name == "Acme Casino"


def test_without_the_second_factor_nothing_is_sent(client: Client, support: Person, acme: Merchant) -> None:
    staff = late(client, support)
    asked = staff.post(page_of(acme), merchant_form("Acme Palace"))
    shown = staff.get(back(asked))
    assert "The form shows what you typed" in said(shown)
    assert '["name", "Acme Palace"]' in said(shown)
    assert Merchant.objects.get().name == "Acme Casino"


def test_a_form_that_works_once_still_does(client: Client, owner: Person, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    at_work = signed_in(client, owner)
    page = f"/operator/acme/keys/{key.pk}/rotate/"
    form = opened(at_work, page)
    session = at_work.session
    session[AUTHENTICATION_METHODS_SESSION_KEY][0]["at"] -= 301
    session.save()
    asked = at_work.post(page, form)
    prove(at_work)
    assert at_work.get(back(asked)).status_code == 200
    assert Secret.objects.filter(key=key).count() == 2


def test_after_a_new_sign_in_the_form_shows_what_was_typed(client: Client, support: Person, acme: Merchant) -> None:
    staff = signed_in(client, support)
    end_session(staff)
    ended = staff.post(page_of(acme), merchant_form("Acme Palace"))
    assert ended["location"].startswith("/account/login/")
    signed_in(staff, support)
    shown = staff.get(back(ended))
    assert '["name", "Acme Palace"]' in said(shown)
    assert "kept_form.js" in said(shown)
    assert Merchant.objects.get().name == "Acme Casino"
    assert "kept-form" not in said(staff.get(page_of(acme)))


def test_a_page_without_a_second_factor_shows_it_too(client: Client, support: Person, game: Game) -> None:
    staff = signed_in(client, support)
    page = f"/admin/merchants/game/{game.pk}/change/"
    end_session(staff)
    ended = staff.post(page, {"name": "Thunder Bison"})
    signed_in(staff, support)
    assert '["name", "Thunder Bison"]' in said(staff.get(back(ended)))


def test_nobody_else_gets_it(client: Client, support: Person, administrator: Person, acme: Merchant) -> None:
    staff = signed_in(client, support)
    end_session(staff)
    ended = staff.post(page_of(acme), merchant_form("Acme Palace"))
    signed_in(staff, administrator)
    assert "Acme Palace" not in said(staff.get(back(ended)))


def test_a_proposed_allowlist_is_shown_again(client: Client, owner: Person, acme: Merchant) -> None:
    at_work = signed_in(client, owner)
    page = "/operator/acme/allowlist/add/"
    proposal = at_work.post(page, opened(at_work, page) | {"network": "198.51.100.7"})
    form = proposal.context["form"]
    wish = {name: form[name].value() for name in form.fields} | {"do": "save", "reason": "New office"}
    end_session(at_work)
    ended = at_work.post(proposal.context["action"], {name: value for name, value in wish.items() if value})
    signed_in(at_work, owner)
    shown = said(at_work.get(back(ended)))
    assert "198.51.100.7" in shown
    assert "New office" in shown
    assert not acme.allowlist.exists()


def test_no_password_is_kept_and_its_form_is_only_shown(client: Client, administrator: Person, support: Person) -> None:
    chief = late(client, administrator)
    wish = {"email": "new@acme.test", "name": "New", "usable_password": "true", "password1": "x" * 30, "password2": "y"}
    asked = chief.post("/admin/merchants/person/add/", wish)
    assert "x" * 30 not in repr(dict(chief.session))
    prove(chief)
    shown = said(chief.get(back(asked)))
    assert '["email", "new@acme.test"]' in shown
    assert not Person.objects.filter(email="new@acme.test").exists()


def test_a_secret_key_in_another_field_is_not_kept(client: Client, support: Person, acme: Merchant) -> None:
    staff, secret = late(client, support), crypto.new_secret("live")
    asked = staff.post(page_of(acme), merchant_form(f"Acme {secret}"))
    assert secret not in repr(dict(staff.session))
    prove(staff)
    assert "The form shows what you typed" in said(staff.get(back(asked)))
    assert Merchant.objects.get().name == "Acme Casino"


def test_a_form_that_is_too_large_is_not_kept(client: Client, owner: Person, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    at_work = late(client, owner)
    page = f"/operator/acme/keys/{key.pk}/rotate/"
    asked = at_work.post(page, {"reason": "x" * (kept_forms.MOST_CHARACTERS + 1)})
    assert back(asked) == page


def test_half_an_hour_later_it_is_gone(client: Client, support: Person, acme: Merchant) -> None:
    staff = late(client, support)
    asked = staff.post(page_of(acme), merchant_form("Acme Palace"))
    with clock.frozen_at(clock.now() + kept_forms.KEPT_FOR):
        prove(staff)
        assert "Acme Palace" not in said(staff.get(back(asked)))
    assert Merchant.objects.get().name == "Acme Casino"


def test_a_stranger_who_sends_a_form_leaves_nothing(client: Client, acme: Merchant) -> None:
    sent = client.post(page_of(acme), merchant_form("Acme Palace"))
    assert back(sent) == page_of(acme)
    assert not client.session.keys()


def test_the_merchants_people_keep_theirs_as_well(client: Client, acme: Merchant) -> None:
    manager = factories.member(acme, "manager")
    at_work = signed_in(client, manager)
    end_session(at_work)
    ended = at_work.post("/operator/acme/allowlist/paste/", {"text": "198.51.100.7, office", "how": "add"})
    signed_in(at_work, manager)
    assert "198.51.100.7, office" in said(at_work.get(back(ended)))
