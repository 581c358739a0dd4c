"""Signing in: a password, then a second factor, and a fresh one before what matters."""

from __future__ import annotations

import importlib
import re
import secrets
import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client

from merchants.crypto import SealBroken
from merchants.errors import LastAdministrator
from merchants.models import ApiKey, Merchant, OutgoingEmail, Person
from merchants.services import email_outbox, history, keys, people, sealing, second_factors
from merchants.sign_in import resets
from portal.lib import clock
from portal.lib.clientip import parse_networks
from tests.factories import PASSWORD
from tests.pages import submit
from tests.people import ask_for_new_password, code_of, give_totp, signed_in, wrong_code

FIRST_CODE = "/account/second-factor/totp/activate/"
SIGN_IN, SECOND = "/account/login/", "/account/second-factor/authenticate/"
PROVE, SET_UP = "/account/second-factor/reauthenticate/", "/account/second-factor/"
PAST_FRESH = timedelta(seconds=301)


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def secret(support: Person) -> str:
    return give_totp(support)


def password(client: Client, person: Person, given: str = PASSWORD, **headers: str) -> Any:
    fields = {"login": person.email, "password": given}
    return client.post(f"{SIGN_IN}?next=/admin/", fields, headers=headers)


def code(client: Client, given: str, page: str = SECOND) -> Any:
    return client.post(page, {"code": given})


def enter(client: Client, person: Person, given: str) -> Client:
    password(client, person)
    assert code(client, given)["location"] == "/admin/"
    return client


# --- At the door ------------------------------------------------------------------------------------------------------
def test_a_password_alone_does_not_sign_in(client: Client, support: Person, secret: str) -> None:
    assert password(client, support)["location"] == SECOND
    assert client.get("/admin/")["location"].startswith(SIGN_IN)

    assert code(client, code_of(secret))["location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_page_that_was_wanted_comes_after_signing_in(client: Client, support: Person, secret: str) -> None:
    page = "/admin/merchants/merchant/?status__exact=active"
    to_sign_in = client.get(page)["location"]
    client.post(to_sign_in, {"login": support.email.upper(), "password": PASSWORD})
    assert code(client, code_of(secret))["location"] == page


def test_nobody_is_led_to_another_host(client: Client, support: Person, secret: str) -> None:
    client.post(f"{SIGN_IN}?next=https://elsewhere.example/", {"login": support.email, "password": PASSWORD})
    assert code(client, code_of(secret))["location"] == "/"


def test_a_session_from_before_is_not_the_one_that_is_signed_in(client: Client, support: Person, secret: str) -> None:
    """Somebody who put a cookie into the browser does not know the one after the sign-in."""
    session = client.session
    session["put here"] = "by a stranger"
    session.save()
    password(client, support)
    halfway = client.session.session_key
    code(client, code_of(secret))
    after = Client()
    after.cookies["sessionid"] = str(session.session_key)
    assert client.session.session_key not in {session.session_key, halfway}
    assert after.get("/admin/")["location"].startswith(SIGN_IN)


def test_a_wrong_code_does_not_sign_in(client: Client, support: Person, secret: str) -> None:
    password(client, support)
    assert "The code is wrong or was already used" in code(client, wrong_code(secret)).content.decode()
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("between", [0, 40])
def test_a_code_works_once_even_while_its_number_would_still_be_right(
    client: Client, support: Person, secret: str, between: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    given = code_of(secret)
    enter(client, support, given)
    monkeypatch.setattr(time, "time", lambda: now + between)
    cache.delete(f"allauth.mfa.totp.used?user={support.pk}&code={given}")  # allauth forgets after half a minute
    other = Client()
    password(other, support)
    assert "was already used" in code(other, given).content.decode()
    assert other.get("/admin/").status_code == 302


def test_a_recovery_code_works_once(client: Client, support: Person, secret: str) -> None:
    recovery = RecoveryCodes.activate(support).get_unused_codes()[3]
    assert re.fullmatch(r"\d{8}", recovery)
    enter(client, support, recovery)
    other = Client()
    password(other, support)
    assert "The code is wrong or was already used" in code(other, recovery).content.decode()


def test_nobody_signs_up(client: Client, db: None) -> None:
    fields = {"email": "new@example.test", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/signup/", fields).status_code == 404
    assert "sign up" not in client.get(SIGN_IN).content.decode().lower()
    assert not Person.objects.exists()


def test_a_person_who_is_switched_off_does_not_come_in(client: Client, support: Person, secret: str) -> None:
    Person.objects.update(is_active=False)
    assert password(client, support)["location"] == "/account/inactive/"
    assert client.get(SECOND)["location"] == SIGN_IN


def test_a_merchants_people_are_told_that_this_part_is_not_theirs(client: Client, owner: Person) -> None:
    client.force_login(owner)
    refused = client.get("/admin/merchants/merchant/")
    assert refused.status_code == 403
    assert "for our staff only" in refused.content.decode()


def test_the_administrations_own_sign_in_leads_here(client: Client, db: None) -> None:
    assert client.get("/admin/login/?next=/admin/x/")["location"] == f"{SIGN_IN}?next=/admin/x/"


# --- Without a second factor ------------------------------------------------------------------------------------------
def test_staff_without_a_second_factor_may_only_set_one_up(
    client: Client, support: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_: act())  # a test's own transaction never commits
    assert password(client, support)["location"] == "/admin/"
    for page in ("/admin/", "/admin/merchants/merchant/", "/admin/merchants/apikey/add/"):
        assert client.get(page)["location"] == SET_UP
    assert "Staff need a second factor for the administration." in client.get(SET_UP).content.decode()

    form = client.get(f"{SET_UP}totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*>([A-Z2-7]+)<', form)
    assert found
    shown = code_of(found[1])
    code(client, shown, f"{SET_UP}totp/activate/")
    assert client.get("/admin/").status_code == 200
    email_outbox.send_due_emails()
    assert "Authenticator" in mail.outbox[0].subject

    other = Client()
    password(other, support)
    assert "was already used" in code(other, shown).content.decode()


def test_staff_keep_at_least_one_second_factor(client: Client, support: Person) -> None:
    signed_in(client, support)
    refused = client.post(f"{SET_UP}totp/deactivate/")
    assert "Staff need a second factor" in refused.content.decode()
    assert Authenticator.objects.filter(user=support, type="totp").exists()


def test_a_factor_that_was_taken_away_proves_nothing_more(client: Client, owner: Person, acme: Merchant) -> None:
    """Else a session goes on for hours as if proved, and a password alone confirms what matters."""
    people.require_second_factor(merchant=acme, required=True)
    signed_in(client, owner)
    assert client.get("/operator/acme/people/invite/").status_code == 200
    assert client.post(f"{SET_UP}totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=owner).exists()
    for page in ("", "people/invite/"):
        assert client.get(f"/operator/acme/{page}")["location"] == SET_UP


def test_a_factor_of_the_company_outlives_the_own_one(client: Client, owner: Person, acme: Merchant) -> None:
    people.require_second_factor(merchant=acme, required=True)
    session = signed_in(client, owner).session
    session[AUTHENTICATION_METHODS_SESSION_KEY] += [{"method": "mfa", "type": "oidc", "at": time.time()}]
    session.save()
    assert client.post(f"{SET_UP}totp/deactivate/").status_code == 302
    assert client.get("/operator/acme/").status_code == 200


def test_who_has_a_factor_cannot_change_it_by_password(client: Client, support: Person) -> None:
    """Somebody who knows the password and found the browser open must not bring a telephone of his own."""
    signed_in(client, support, proved_at=clock.now() - PAST_FRESH)
    for page in ("totp/deactivate/", "webauthn/add/", "recovery-codes/generate/"):
        assert client.get(SET_UP + page)["location"].startswith(PROVE)
    assert client.get(f"/account/reauthenticate/?next={SET_UP}")["location"].startswith(PROVE)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get(f"{SET_UP}webauthn/add/")["location"].startswith(PROVE)


def test_seeds_are_sealed_in_the_database(support: Person, secret: str) -> None:
    recovery = RecoveryCodes.activate(support)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [code for code in recovery.get_unused_codes() if code in kept]


def test_a_seed_copied_to_the_row_of_another_person_opens_nothing(
    client: Client, support: Person, administrator: Person, secret: str
) -> None:
    """Whoever may write the table and owns one account would else sign in as anybody."""
    give_totp(administrator)
    mine = Authenticator.objects.get(user=support, type="totp")
    Authenticator.objects.filter(user=administrator, type="totp").update(data=mine.data)
    password(client, administrator)
    assert "Your second factor cannot be read" in code(client, code_of(secret)).content.decode()
    enter(Client(), support, code_of(secret))


def test_a_seed_opens_for_its_kind_only(support: Person, secret: str) -> None:
    seed = Authenticator.objects.get(user=support, type="totp").data["secret"]
    RecoveryCodes.activate(support)
    recovery = Authenticator.objects.get(user=support, type="recovery_codes")
    recovery.data["seed"] = str(seed)
    recovery.save()
    with pytest.raises(SealBroken):
        RecoveryCodes(Authenticator.objects.get(pk=recovery.pk)).get_unused_codes()


def test_seeds_from_before_are_bound_by_the_migration(client: Client, support: Person, secret: str) -> None:
    bound = importlib.import_module("merchants.migrations.0030_seeds_bound_to_their_person")
    bound.unbind(apps, connections["default"].schema_editor())
    with pytest.raises(SealBroken):
        second_factors.unseal(Authenticator.objects.get(user=support, type="totp").data["secret"])
    bound.bind(apps, connections["default"].schema_editor())
    enter(client, support, code_of(secret))


def test_seeds_move_to_a_new_key_and_the_old_one_can_go(
    client: Client, support: Person, secret: str, settings: Any
) -> None:
    RecoveryCodes.activate(support)
    old = settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = {"next": secrets.token_bytes(32)} | old
    assert sealing.removable_keys() == []
    list(sealing.rewrap())
    assert sealing.removable_keys() == list(old)
    settings.KEY_ENCRYPTION_KEYS = {"next": settings.KEY_ENCRYPTION_KEYS["next"]}
    enter(client, support, code_of(secret))


def test_a_seed_whose_key_is_gone_says_what_to_do(client: Client, support: Person, secret: str, settings: Any) -> None:
    password(client, support)
    settings.KEY_ENCRYPTION_KEYS = {"other": secrets.token_bytes(32)}
    assert "key-encryption key is missing" in code(client, code_of(secret)).content.decode()


# --- The lock ---------------------------------------------------------------------------------------------------------
def test_five_wrong_passwords_lock_the_account_for_a_while(
    client: Client, support: Person, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert "Wrong email or password" in password(client, support, "wrong").content.decode()
    locked = password(Client(), support, PASSWORD, host="another.example").content.decode()
    assert "Too many wrong passwords. Try again in 15 minutes" in locked
    assert "the correct password is refused, too" in locked

    later = time.time() + 14 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert "Try again in 1 minute." in password(client, support).content.decode()
    monkeypatch.setattr(time, "time", lambda: later + 61)
    assert password(client, support)["location"] == SECOND


def test_wrong_passwords_from_one_address_lock_the_address(client: Client, support: Person, secret: str) -> None:
    for number in range(20):
        client.post(SIGN_IN, {"login": f"guess-{number}@oppi.test", "password": "wrong"})
    assert "Too many wrong passwords. Try again in 5 minutes" in password(client, support).content.decode()
    assert password(Client(REMOTE_ADDR="198.51.100.7"), support)["location"] == SECOND


def test_of_ipv6_the_network_of_a_subscriber_is_locked(client: Client, support: Person, secret: str) -> None:
    for number in range(20):
        fields = {"login": f"guess-{number}@oppi.test", "password": "wrong"}
        Client(REMOTE_ADDR=f"2001:db8:1:2::{number:x}").post(SIGN_IN, fields)
    neighbour = password(Client(REMOTE_ADDR="2001:db8:1:2:ffff::1"), support)
    assert "Too many wrong passwords" in neighbour.content.decode()
    assert password(Client(REMOTE_ADDR="2001:db8:1:3::1"), support)["location"] == SECOND


def test_behind_a_proxy_the_address_is_the_callers(client: Client, support: Person, secret: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES = parse_networks(["127.0.0.0/8"])
    for number in range(20):
        fields = {"login": f"guess-{number}@oppi.test", "password": "wrong"}
        client.post(SIGN_IN, fields, headers={"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"})
    locked = password(client, support, **{"x-forwarded-for": "198.51.100.7"})
    assert "Too many wrong passwords" in locked.content.decode()
    assert password(client, support, **{"x-forwarded-for": "198.51.100.8"})["location"] == SECOND


def test_codes_cannot_be_guessed_either(client: Client, support: Person, secret: str) -> None:
    password(client, support)
    for _ in range(5):
        code(client, wrong_code(secret))
    locked = code(client, code_of(secret)).content.decode()
    assert "Too many wrong codes. Try again in 15 minutes" in locked
    assert client.get("/admin/").status_code == 302


def test_the_lock_of_first_codes_says_how_long_it_lasts(client: Client, support: Person, secret: str) -> None:
    enter(client, support, code_of(secret))
    Authenticator.objects.filter(user=support, type="totp").delete()
    for _ in range(5):
        client.post(FIRST_CODE, {"code": "000000"})
    assert "Too many wrong codes. Try again in 15 minutes" in client.post(FIRST_CODE, {"code": "1"}).content.decode()


def test_a_new_authenticator_keeps_its_secret_over_a_reload(client: Client, support: Person, secret: str) -> None:
    enter(client, support, code_of(secret))
    Authenticator.objects.filter(user=support, type="totp").delete()
    scanned = client.get(FIRST_CODE).context["form"].secret
    assert client.get(FIRST_CODE).context["form"].secret == scanned
    client.post(FIRST_CODE, {"code": code_of(scanned)})
    assert Authenticator.objects.filter(user=support, type="totp").exists()


def test_the_door_does_not_tell_who_has_an_account(client: Client, support: Person) -> None:
    known = password(client, support, "wrong").content.decode()
    unknown = client.post(f"{SIGN_IN}?next=/admin/", {"login": "nobody@oppi.test", "password": "wrong"})
    said = "Wrong email or password."
    assert said in known
    assert said in unknown.content.decode()

    answers = [ask_for_new_password(client, email) for email in (support.email, "x@oppi.test")]
    assert {answer["location"] for answer in answers} == {"/account/password/reset/done/"}
    assert [email.to for email in mail.outbox] == [[support.email]]


def test_a_stranger_who_asks_often_fills_no_mailbox(support: Person) -> None:
    for _ in range(3):
        resets.write_reset_email(support.email)
    assert len(mail.outbox) == 1
    with clock.frozen_at(clock.now() + resets.EMAIL_EVERY):
        resets.write_reset_email(support.email)
    assert len(mail.outbox) == 2


def test_a_new_password_by_mail_still_needs_the_second_factor(client: Client, support: Person, secret: str) -> None:
    ask_for_new_password(client, support.email, host="elsewhere.example")
    [link] = re.findall(r"http\S+", str(mail.outbox[0].body))
    assert link.startswith("http://testserver/account/password/reset/key/")
    form = client.get(link)["location"]
    new = "a long walk by the sea"
    client.post(form, {"password1": new, "password2": new})
    assert password(client, support, new)["location"] == SECOND


# --- Sessions ---------------------------------------------------------------------------------------------------------
def test_a_session_that_is_ended_elsewhere_is_signed_out(client: Client, support: Person, secret: str) -> None:
    enter(client, support, code_of(secret))
    other = enter(Client(), support, code_of(secret, steps=1))  # if the half minute ends meanwhile, it is the one now
    assert client.get("/account/sessions/").content.decode().count("/end/") == 2
    session = UserSession.objects.get(session_key=other.session.session_key)
    client.post(f"/account/sessions/{session.pk}/end/")
    assert other.get("/admin/")["location"].startswith(SIGN_IN)
    assert client.get("/admin/").status_code == 200


def test_nobody_ends_the_sessions_of_others(
    client: Client, support: Person, secret: str, administrator: Person
) -> None:
    enter(client, support, code_of(secret))
    other = signed_in(Client(), administrator)
    assert other.post(f"/account/sessions/{UserSession.objects.get().pk}/end/").status_code == 404
    assert client.get("/admin/").status_code == 200


def test_a_new_password_signs_out_everywhere_else(client: Client, support: Person, secret: str) -> None:
    enter(client, support, code_of(secret))
    other = enter(Client(), support, code_of(secret, steps=1))  # if the half minute ends meanwhile, it is the one now
    new = "a long walk by the sea"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/account/password/change/", fields)
    assert client.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302


def test_pages_about_ones_account_are_not_kept_by_anybody(client: Client, support: Person) -> None:
    signed_in(client, support)
    for page in (SET_UP, "/account/sessions/", "/account/password/change/"):
        assert "no-store" in client.get(page)["cache-control"]


def test_signing_out_clears_what_the_browser_kept(client: Client, support: Person) -> None:
    signed_in(client, support)
    assert client.post("/account/logout/")["clear-site-data"] == '"cache"'
    assert client.get("/admin/").status_code == 302


# --- A fresh second factor --------------------------------------------------------------------------------------------
def test_after_five_minutes_the_second_factor_is_asked_again(client: Client, support: Person, acme: Merchant) -> None:
    secret = give_totp(support)
    key = keys.issue_key(merchant=acme).key
    page = f"/admin/merchants/apikey/{key.pk}/revoke/"
    signed_in(client, support)
    assert client.get(page).status_code == 200
    with clock.frozen_at(clock.now() + PAST_FRESH):
        assert client.get("/admin/merchants/apikey/").status_code == 200
        assert client.get(page)["location"] == f"{PROVE}?next={page.replace('/', '%2F')}"
    signed_in(client, support, proved_at=clock.now() - PAST_FRESH)
    assert client.post(f"{PROVE}?next={page}", {"code": code_of(secret), "next": page})["location"] == page
    assert client.get(page).status_code == 200


def test_an_incomplete_form_that_is_sent_too_late_is_shown_again_and_does_nothing(
    client: Client, support: Person, acme: Merchant
) -> None:
    secret = give_totp(support)
    key = keys.issue_key(merchant=acme).key
    signed_in(client, support, proved_at=clock.now() - PAST_FRESH)
    page = f"/admin/merchants/apikey/{key.pk}/revoke/"
    asked = client.post(page)["location"]
    key.refresh_from_db()
    assert key.status == ApiKey.Status.ACTIVE
    client.get(asked)

    back = client.post(asked, {"code": code_of(secret), "next": page}, follow=True)
    assert back.redirect_chain[-1][0] == page
    key.refresh_from_db()
    assert key.status == ApiKey.Status.ACTIVE


def test_a_password_typed_again_is_no_second_factor(client: Client, support: Person, acme: Merchant) -> None:
    signed_in(client, support, proved_at=clock.now() - PAST_FRESH)
    session = client.session
    proof = {"method": "password", "at": clock.now().timestamp(), "reauthenticated": True}
    session["account_authentication_methods"] += [proof]
    session.save()
    assert client.get("/admin/merchants/apikey/add/")["location"].startswith(PROVE)


def test_proofs_of_another_person_do_not_count(client: Client, support: Person, administrator: Person) -> None:
    signed_in(client, support)
    session = client.session
    session["account_authentication_methods_user"] = str(administrator.pk)
    session.save()
    give_totp(administrator)
    assert client.get("/admin/")["location"].startswith(PROVE)


# --- Administrators and people ----------------------------------------------------------------------------------------
def test_a_lost_telephone(client: Client, support: Person, secret: str, administrator: Person) -> None:
    enter(client, support, code_of(secret))
    desk = signed_in(Client(), administrator)
    page = f"/admin/merchants/person/{support.pk}/reset_second_factor/"
    assert "Use this after the loss of a phone" in desk.get(page).content.decode()
    submit(desk, page)
    assert not Authenticator.objects.filter(user=support).exists()
    assert client.get("/admin/")["location"].startswith(SIGN_IN)
    assert OutgoingEmail.objects.get().to == support.email
    password(client, support)
    assert client.get("/admin/")["location"] == SET_UP


def test_who_is_switched_off_is_signed_out_everywhere(
    client: Client, support: Person, secret: str, administrator: Person
) -> None:
    enter(client, support, code_of(secret))
    key = client.session.session_key
    people.set_access(person=support, role="support", active=False, by=administrator)
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/admin/").status_code == 302


def save_person(client: Client, person: Person, **fields: str) -> str:
    table = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = client.post(
        f"/admin/merchants/person/{person.pk}/change/", {"email": person.email, "name": person.name} | table | fields
    )
    return answer.content.decode()


def test_an_administrator_gives_a_role_and_takes_it(client: Client, administrator: Person, support: Person) -> None:
    signed_in(client, administrator)
    save_person(client, support, staff_role="auditor", is_active="on", name="Nora")
    support.refresh_from_db()
    assert (support.staff_role, support.name, support.is_staff) == ("auditor", "Nora", True)
    save_person(client, support, staff_role="", is_active="on")
    support.refresh_from_db()
    assert not support.is_staff


def test_who_becomes_one_of_our_staff_belongs_to_no_merchant_any_more(
    client: Client, administrator: Person, viewer: Person, acme: Merchant
) -> None:
    signed_in(client, administrator)
    save_person(client, viewer, staff_role="support", is_active="on")
    viewer.refresh_from_db()
    assert (viewer.staff_role, viewer.memberships.count()) == ("support", 0)
    titles = [entry.title for entry in history.timeline(acme)]
    assert any("viewer@acme.test is no longer viewer of the merchant" in title for title in titles)


def test_the_last_owner_of_a_merchant_becomes_none_of_our_staff(
    client: Client, administrator: Person, owner: Person
) -> None:
    signed_in(client, administrator)
    assert "needs at least one owner" in save_person(client, owner, staff_role="support", is_active="on")
    owner.refresh_from_db()
    assert (owner.staff_role, owner.memberships.get().role) == ("", "owner")


def test_no_administrator_locks_himself_out(client: Client, administrator: Person) -> None:
    signed_in(client, administrator)
    said = "You cannot remove your own role"
    assert said in save_person(client, administrator, staff_role="support", is_active="on")
    assert said in save_person(client, administrator, staff_role="administrator")
    administrator.refresh_from_db()
    assert (administrator.staff_role, administrator.is_active) == ("administrator", True)


def test_the_last_administrator_stays(administrator: Person, support: Person) -> None:
    with pytest.raises(LastAdministrator):
        people.set_access(person=administrator, role="", active=True, by=support)


def test_support_changes_no_people(client: Client, support: Person, owner: Person) -> None:
    signed_in(client, support)
    page = client.get(f"/admin/merchants/person/{owner.pk}/change/").content.decode()
    assert "Reset second factor" not in page
    assert client.post(f"/admin/merchants/person/{owner.pk}/change/", {"staff_role": "support"}).status_code == 403
    owner.refresh_from_db()
    assert owner.staff_role == ""


def test_an_auditor_reads_and_is_offered_nothing_else(client: Client, auditor: Person, acme: Merchant) -> None:
    signed_in(client, auditor)
    key = keys.issue_key(merchant=acme).key
    page = client.get(f"/admin/merchants/apikey/{key.pk}/change/").content.decode()
    assert key.auth_key in page
    for offer in ("/revoke/", "/quarantine/", 'name="_save"', "-DELETE"):
        assert offer not in page
    assert client.post(f"/admin/merchants/apikey/{key.pk}/revoke/").status_code == 403
    key.refresh_from_db()
    assert key.status == ApiKey.Status.ACTIVE


def test_a_hail_of_requests_is_told_to_wait(client: Client, db: None) -> None:
    for _ in range(60):
        client.post(SIGN_IN, {})
    refused = client.post(SIGN_IN, {})
    assert refused.status_code == 429
    assert "Wait a minute" in refused.content.decode()
