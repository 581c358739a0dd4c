"""What somebody who means harm, or is careless, tries. Each of these stood open once, or is easily opened again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from pghistory.models import Context

from merchants import crypto, errors
from merchants.models import ApiKey, Merchant, OutgoingEmail, Person, Player, Secret
from merchants.services import email_outbox, keys
from portal.lib import clock
from tests.conftest import Caller
from tests.factories import PASSWORD, person
from tests.pages import submit
from tests.people import ask_for_new_password, code_of, give_totp, signed_in

DAY = timedelta(days=1)
SIGN_IN = "/account/login/"


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def desk(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def save(client: Client, page: str, **fields: str) -> str:
    """A form as the page gives it, with its tables empty."""
    tables = re.findall(r'name="([^"]+-(?:TOTAL|INITIAL)_FORMS)"', client.get(page).content.decode())
    return str(client.post(page, dict.fromkeys(tables, "0") | fields).content.decode())


# --- A key's end ------------------------------------------------------------------------------------------------------
def page_of(key: ApiKey) -> str:
    return f"/admin/merchants/apikey/{key.pk}/change/"


@pytest.mark.parametrize(
    ("days", "refused"), [(-1, errors.MomentPassed), (1, errors.EndTooNear), (29, errors.EndTooNear), (31, None)]
)
def test_a_near_end_is_no_way_round_the_second_person(
    desk: Client, acme: Merchant, days: int, refused: type[errors.Refusal] | None
) -> None:
    key = keys.issue_key(merchant=acme).key
    Merchant.objects.update(two_person=True)
    ends = (clock.now() + days * DAY).replace(microsecond=0)
    said = save(desk, page_of(key), label="cashier", expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert (key.expires_at, key.label) == ((None, "") if refused else (ends, "cashier"))
    if refused:
        words = str(errors.MomentPassed(ends)) if refused is errors.MomentPassed else "an end this soon would be one"
        assert escape(words) in said


def test_without_that_rule_a_key_may_end_tomorrow_and_its_contacts_are_told(desk: Client, owner: Person) -> None:
    key = keys.issue_key(merchant=Merchant.objects.get()).key
    keys.rotate_secret(key=key, overlap=7 * DAY)
    ends = (clock.now() + DAY).replace(microsecond=0)
    save(desk, page_of(key), expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert key.expires_at == ends
    assert Secret.objects.get(version=1).usable_until == ends
    assert OutgoingEmail.objects.filter(
        context__what=f"now expires on {errors.moment_text(ends)}", to=owner.email
    ).exists()


def test_a_key_that_has_ended_does_not_come_back(desk: Client, acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme, expires_at=clock.now() + timedelta(hours=1)).key
    ended = key.expires_at
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        signed_in(desk, Person.objects.get(staff_role="support"))
        assert "This key expired on" in save(desk, page_of(key), expires_at="")
        key.refresh_from_db()
        assert key.expires_at == ended


def test_a_label_can_be_changed_whatever_the_end_is(desk: Client, acme: Merchant) -> None:
    ends = clock.now().replace(microsecond=123456) + timedelta(hours=1)
    key = keys.issue_key(merchant=acme, expires_at=ends).key
    Merchant.objects.update(two_person=True)
    save(desk, page_of(key), label="cashier", expires_at=f"{ends:%Y-%m-%dT%H:%M:%S}")
    key.refresh_from_db()
    assert (key.label, key.expires_at) == ("cashier", ends)


# --- Secrets in texts -------------------------------------------------------------------------------------------------
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
PASTED = "This text contains a secret key"


@pytest.fixture
def words() -> str:
    return f"found {crypto.new_secret('live')} in a chat"


def clear() -> str:
    """All that the database keeps of people's words, the history included."""
    rows = [list(model._default_manager.values()) for model in apps.get_app_config("merchants").get_models()]
    return str([rows, list(Context.objects.values())])


@pytest.mark.parametrize("two_person", [False, True])
@pytest.mark.parametrize("verb", ["rotate", "leak", "revoke", "quarantine"])
def test_a_secret_in_a_reason_is_refused_and_kept_nowhere(
    desk: Client, acme: Merchant, words: str, verb: str, two_person: bool
) -> None:
    key = keys.issue_key(merchant=acme).key
    Merchant.objects.update(two_person=two_person)
    page = f"/admin/merchants/apikey/{key.pk}/{verb}/"
    token = re.findall(r'name="token" value="([^"]+)"', desk.get(page).content.decode())
    hour_ago = f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"
    asked = {"length": "24", "unit": "hours", "response": "revoke", "exposed_since": hour_ago}
    given = asked | {"reason": words, "why": words, "token": "".join(token), "exposed": str(key.secrets.get().pk)}
    assert PASTED in desk.post(page, given).content.decode()
    key.refresh_from_db()
    assert (key.status, keys.current_version(key)) == ("active", 1)
    assert words not in clear()


def test_a_secret_in_a_label_or_a_note_is_refused(desk: Client, acme: Merchant, words: str) -> None:
    page = "/admin/merchants/apikey/add/"
    token = re.findall(r'name="token" value="([^"]+)"', desk.get(page).content.decode())[0]
    given = {"merchant": str(acme.pk), "environment": "live", "label": words, "token": token}
    assert PASTED in desk.post(page, given).content.decode()

    key = keys.issue_key(merchant=acme).key
    assert PASTED in save(desk, page_of(key), label=words)
    row = {"contacts-TOTAL_FORMS": "1", "contacts-0-email": "desk@acme.test", "contacts-0-note": words}
    assert PASTED in save(desk, f"/admin/merchants/merchant/{acme.pk}/change/", name="Acme", time_zone="UTC", **row)
    assert words not in clear()


def test_the_database_refuses_a_secret_in_a_label_as_well(acme: Merchant, words: str) -> None:
    key = keys.issue_key(merchant=acme).key
    with pytest.raises(IntegrityError, match="api_key_label_without_secret"), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(label=words)


def test_a_blocked_players_reason_holds_no_secret(desk: Client, caller: Caller, words: str) -> None:
    player = Player.objects.get()
    refused = submit(desk, f"/admin/merchants/player/{player.pk}/block/", {"reason": words})
    assert PASTED in refused.content.decode()
    player.refresh_from_db()
    assert not player.is_blocked


# --- Control characters -----------------------------------------------------------------------------------------------
BROKEN = "This text contains a line break or another control character"
FORGED = ["cashier\r\nBcc: all@oppi.test", "cashier\x85Subject: All clear", "cashier\u2028next", "cashier\u202egnp"]


@pytest.mark.parametrize("text", FORGED)
def test_a_label_is_one_line(acme: Merchant, text: str) -> None:
    """A label stands in subjects of emails, and beside names on pages."""
    with pytest.raises(errors.NotOneLine):
        keys.issue_key(merchant=acme, label=text)
    key = keys.issue_key(merchant=acme).key
    with pytest.raises(IntegrityError, match="api_key_label_one_line"), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(label=text)


@pytest.mark.parametrize("field", ["name", "note"])
def test_names_and_notes_are_one_line(desk: Client, acme: Merchant, field: str) -> None:
    row = {"contacts-TOTAL_FORMS": "1", "contacts-0-email": "desk@acme.test"}
    wish = {"name": "Acme", "time_zone": "UTC", "contacts-0-note": "desk"} | row
    wish["name" if field == "name" else "contacts-0-note"] = FORGED[1]
    assert BROKEN in save(desk, f"/admin/merchants/merchant/{acme.pk}/change/", **wish)


def test_every_text_of_one_line_is_held_by_the_database() -> None:
    """Where no Secret Key may stand, no line may be forged either; a comment has lines of its own."""
    held = {constraint.name for model in apps.get_models() for constraint in model._meta.constraints}
    texts = {name.removesuffix("_without_secret") for name in held if name.endswith("_without_secret")}
    lines = {name.removesuffix("_one_line") for name in held if name.endswith("_one_line")}
    assert texts - lines == {"case_note_text", "statement_source_address"}  # of the latter, its form is checked


# --- Addresses --------------------------------------------------------------------------------------------------------
def reset_link(client: Client, email: str) -> list[str]:
    mail.outbox.clear()
    ask_for_new_password(client, email)
    return [found for email in mail.outbox for found in re.findall(r"http\S+/password/reset/key/\S+", str(email.body))]


def test_who_has_a_new_address_is_not_reached_by_the_old_one(client: Client, owner: Person) -> None:
    """Who once reset the password is known to allauth under that address, beside ours."""
    [link] = reset_link(client, owner.email)
    new = "a long walk by the sea"
    client.post(client.get(link)["location"], {"password1": new, "password2": new})
    Person.objects.filter(pk=owner.pk).update(email="new@acme.test")
    assert reset_link(client, "owner@acme.test") == []
    assert len(reset_link(client, "new@acme.test")) == 1
    assert (
        "Wrong email or password"
        in client.post(SIGN_IN, {"login": "owner@acme.test", "password": new}).content.decode()
    )


def test_an_address_with_capitals_signs_in(client: Client, db: None) -> None:
    person("Nora.Quist@Oppi.test")
    assert client.post(SIGN_IN, {"login": "Nora.Quist@oppi.test", "password": PASSWORD})["location"] == "/"


def test_a_mail_server_that_is_down_gives_nobody_away(
    client: Client, support: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    answers = [ask_for_new_password(client, email) for email in (support.email, "x@oppi.test")]
    assert {answer.get("location") for answer in answers} == {"/account/password/reset/done/"}


def test_the_page_of_a_forgotten_password_asks_nothing_about_an_account(client: Client, support: Person) -> None:
    """So that its time tells nothing either: what it reads and writes is the same, to the email."""
    asked = []
    for email in (support.email, "x@oppi.test"):
        with CaptureQueriesContext(connection) as queries, clock.frozen_at(NOON):
            client.post("/account/password/reset/", {"email": email})
        asked.append([without_numbers(each["sql"]).replace(email, "EMAIL") for each in queries])
    assert asked[0] == asked[1]
    [only] = asked[0]
    context, _, insert = only.partition("; ")  # what the history is told of the request goes with the row itself
    assert context.startswith("SELECT set_config('pghistory.context_id', 'NUMBER', true)")
    assert insert.startswith('INSERT INTO "merchants_signinrecord"')


def without_numbers(statement: str) -> str:
    """Each request has one of its own, and so has what it changes."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}", "NUMBER", statement)


def test_the_link_of_a_new_password_is_kept_nowhere(client: Client, support: Person) -> None:
    [link] = reset_link(client, support.email)
    with connection.cursor() as cursor:
        cursor.execute("SELECT email::text FROM merchants_letter email")
        [[kept]] = cursor.fetchall()
    assert link.rpartition("-")[2].strip("/") not in kept
    assert "password/reset" not in kept


def test_nobody_bars_the_second_factor_of_another_by_asking_for_a_new_password(client: Client, support: Person) -> None:
    reset_link(Client(), support.email)
    signed_in(client, support)
    assert client.get("/account/second-factor/webauthn/add/").status_code == 200


def test_after_a_new_password_by_mail_a_second_factor_can_be_set_up(client: Client, support: Person) -> None:
    new = new_password(client, support)
    client.post(SIGN_IN, {"login": support.email, "password": new})
    assert client.get("/account/second-factor/totp/activate/").status_code == 200
    changed = {"oldpassword": new, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/account/password/change/", changed).status_code == 302
    assert client.get("/account/second-factor/webauthn/add/").status_code == 200


def new_password(client: Client, somebody: Person) -> str:
    [link] = reset_link(client, somebody.email)
    new = "a long walk by the sea"
    assert client.post(client.get(link)["location"], {"password1": new, "password2": new}).status_code == 302
    return new


# --- Doors ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "page", ["totp/activate", "webauthn/add", "recovery-codes/generate", "webauthn", "totp/deactivate"]
)
def test_a_stranger_is_asked_to_sign_in_before_any_page_of_a_second_factor(client: Client, db: None, page: str) -> None:
    for answer in (client.get(f"/account/second-factor/{page}/"), client.post(f"/account/second-factor/{page}/")):
        assert answer["location"].startswith(SIGN_IN)


def test_who_is_locked_out_on_purpose_comes_in_by_a_new_password(client: Client, support: Person) -> None:
    for _ in range(6):
        client.post(SIGN_IN, {"login": support.email, "password": "wrong"})
    assert "Too many wrong" in client.post(SIGN_IN, {"login": support.email, "password": PASSWORD}).content.decode()
    new = new_password(client, support)
    assert client.post(SIGN_IN, {"login": support.email, "password": new}).status_code == 302


@pytest.mark.parametrize(
    "way", ["//elsewhere.example", "\\\\elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_nobody_is_led_away_after_a_second_factor(client: Client, support: Person, way: str) -> None:
    seed = give_totp(support)
    signed_in(client, support)
    page = "/account/second-factor/reauthenticate/"
    assert client.post(f"{page}?{urlencode({'next': way})}", {"code": code_of(seed), "next": way})["location"] == "/"


# --- An administrator who means harm ----------------------------------------------------------------------------------
def test_who_gets_another_address_from_an_administrator_is_told_at_the_old_one(
    client: Client, administrator: Person, support: Person
) -> None:
    signed_in(client, administrator)
    page = f"/admin/merchants/person/{support.pk}/change/"
    save(client, page, email="Other@oppi.test", is_active="on", staff_role="support")
    support.refresh_from_db()
    assert support.email == "other@oppi.test"
    email = OutgoingEmail.objects.get()
    assert (email.to, "to other@oppi.test" in email.context["what"]) == ("support@oppi.test", True)
    email_outbox.send_due_emails()
    assert "changed your sign-in address to other@oppi.test" in str(mail.outbox[0].body)


def test_who_gets_another_password_from_an_administrator_is_told(administrator: Person, support: Person) -> None:
    theirs = signed_in(Client(), support)
    new = {"password1": "a long walk by the sea", "password2": "a long walk by the sea", "usable_password": "true"}
    for somebody in (support, administrator):
        desk = signed_in(Client(), administrator)
        desk.post(f"/admin/merchants/person/{somebody.pk}/password/", new)
        assert OutgoingEmail.objects.latest("pk").to == somebody.email
        assert desk.get("/admin/").status_code == 200
        somebody.refresh_from_db()
        assert somebody.check_password(new["password1"])
    assert theirs.get("/admin/").status_code == 302
