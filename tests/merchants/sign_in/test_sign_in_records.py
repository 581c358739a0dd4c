"""What happens at a sign-in leaves a record that nobody can change, on the person's page; many locks raise an alarm."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client

from merchants.models import OutgoingEmail, Person, SignInRecord
from merchants.services import people, sign_in_records
from merchants.services.history import act_as
from portal.lib import clock
from tests.factories import PASSWORD
from tests.people import code_of, give_totp, signed_in, wrong_code

SIGN_IN, SECOND = "/account/login/", "/account/second-factor/authenticate/"
PROVE, RESET = "/account/second-factor/reauthenticate/", "/account/password/reset/"
HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def secret(support: Person) -> str:
    return give_totp(support)


def password(client: Client, email: str, given: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": email, "password": given})


def enter(client: Client, person: Person, secret: str) -> None:
    password(client, person.email)
    assert client.post(SECOND, {"code": code_of(secret)}).status_code == 302


def records() -> list[tuple[str, str, str, str | None]]:
    """Oldest first: kind, whose or which address, method, from where."""
    return list(SignInRecord.objects.order_by("id").values_list("kind", "email", "method", "address"))


def test_a_sign_in(client: Client, support: Person, secret: str) -> None:
    enter(client, support, secret)
    assert records() == [("signed_in", support.email, "password, totp", HERE)]
    assert SignInRecord.objects.get().person == support


def test_wrong_passwords_and_the_lock(client: Client, support: Person, secret: str) -> None:
    for _ in range(5):
        password(client, support.email, "wrong")
    for _ in range(3):
        password(client, support.email)
    refused = ("refused", support.email, "password", HERE)
    assert records() == [refused] * 5 + [("locked", support.email, "password", HERE)]


def test_an_address_that_nobody_has(client: Client, db: None) -> None:
    password(client, "nobody@oppi.test")
    assert records() == [("refused", "nobody@oppi.test", "password", HERE)]
    assert SignInRecord.objects.get().person is None


def test_a_password_in_the_wrong_box_is_not_kept(client: Client, db: None) -> None:
    password(client, "correct horse battery")
    sign_in_records.add_record(SignInRecord.Kind.REFUSED, email="correct horse battery")
    assert [email for _, email, _, _ in records()] == [""]


def test_wrong_codes_and_their_lock(client: Client, support: Person, secret: str) -> None:
    password(client, support.email)
    for _ in range(6):
        client.post(SECOND, {"code": wrong_code(secret)})
    refused = ("refused", support.email, "totp", HERE)
    assert records() == [refused] * 5 + [("locked", support.email, "code", HERE)]


def test_a_switched_off_account(client: Client, support: Person, secret: str) -> None:
    Person.objects.filter(pk=support.pk).update(is_active=False)
    password(client, support.email)
    assert [kind for kind, *_ in records()] == ["refused"]


def test_a_fresh_second_factor(client: Client, support: Person) -> None:
    secret = give_totp(support)
    signed_in(client, support)
    client.post(PROVE, {"code": code_of(secret)})
    assert records() == [("step_up", support.email, "totp", HERE)]


def test_factors_come_and_go(client: Client, support: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "on_commit", lambda act, **_: act())  # a test's own transaction never commits
    password(client, support.email)
    form = client.get("/account/second-factor/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*>([A-Z2-7]+)<', form)
    assert found
    client.post("/account/second-factor/totp/activate/", {"code": code_of(found[1])})
    client.post("/account/second-factor/recovery-codes/generate/")
    other = Authenticator.objects.create(user=support, type="webauthn", data={"name": "Key", "credential": {}})
    client.post(f"/account/second-factor/webauthn/keys/{other.pk}/remove/")
    told = [(kind, method) for kind, _, method, _ in records()]
    assert ("factor_added", "totp") in told
    assert ("codes_renewed", "recovery_codes") in told
    assert told[-1] == ("factor_removed", "webauthn")


def test_a_forgotten_password(client: Client, support: Person) -> None:
    client.post(RESET, {"email": support.email})
    client.post(RESET, {"email": "nobody@oppi.test"})
    assert records() == [("reset_asked", support.email, "", HERE), ("reset_asked", "nobody@oppi.test", "", HERE)]


def test_a_changed_password(client: Client, support: Person) -> None:
    signed_in(client, support)
    new = "a long walk by the sea"
    client.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [kind for kind, *_ in records()] == ["password_changed"]


def test_an_administrator_who_resets_is_named(support: Person, administrator: Person) -> None:
    with act_as(door="page", person=administrator):
        people.reset_second_factor(person=support)
        people.set_password(person=support, password="another long walk")
    assert [kind for kind, *_ in records()] == ["factors_reset", "password_set"]
    assert {record.by for record in SignInRecord.objects.all()} == {administrator}


def test_the_page_of_a_person_shows_them(client: Client, support: Person, administrator: Person) -> None:
    password(Client(REMOTE_ADDR="198.51.100.7"), support.email, "wrong")
    page = signed_in(client, administrator).get(f"/admin/merchants/person/{support.pk}/change/").content.decode()
    assert "Sign-in record" in page
    assert "198.51.100.7" in page


@pytest.mark.parametrize(
    "statement",
    ["UPDATE merchants_signinrecord SET kind = 'x'", "DELETE FROM merchants_signinrecord", "TRUNCATE {}"],
)
def test_records_stay_as_they_are(support: Person, statement: str) -> None:
    sign_in_records.add_record(SignInRecord.Kind.REFUSED, person=support)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("merchants_signinrecord"))
    assert len(records()) == 1


# --- The alarm --------------------------------------------------------------------------------------------------------
def lock(number: int) -> None:
    for each in range(number):
        sign_in_records.add_record(SignInRecord.Kind.LOCKED, email=f"guess-{each}@oppi.test", address=HERE)


def test_many_locks_in_an_hour_raise_one_alarm(db: None, settings: Any) -> None:
    settings.SECURITY_ALARM_TO = ["security@oppi.test", "cto@oppi.test"]
    settings.SIGN_IN_LOCKS_ALARM = 4
    now = clock.now()
    with clock.frozen_at(now):
        lock(3)
        assert sign_in_records.raise_alarm() == 0
        lock(4)
        assert sign_in_records.raise_alarm() == 4
        lock(9)
        assert sign_in_records.raise_alarm() == 0
    assert sorted(OutgoingEmail.objects.values_list("to", flat=True)) == ["cto@oppi.test", "security@oppi.test"]
    with clock.frozen_at(now + timedelta(minutes=61)):
        lock(4)
        assert sign_in_records.raise_alarm() == 4


# --- The limit by address ---------------------------------------------------------------------------------------------
def test_a_right_code_does_not_reset_the_limit_of_its_address(
    client: Client, support: Person, secret: str, administrator: Person
) -> None:
    """A guesser with an account of their own signed in after each 19 guesses, and went on."""
    for number in range(19):
        password(Client(), f"guess-{number}@oppi.test", "wrong")
    enter(client, support, secret)
    password(Client(), "guess-20@oppi.test", "wrong")
    assert "Too many wrong passwords" in password(Client(), administrator.email).content.decode()


def test_codes_and_passwords_count_together(client: Client, support: Person, secret: str) -> None:
    for number in range(18):
        password(Client(), f"guess-{number}@oppi.test", "wrong")
    password(client, support.email)
    for _ in range(2):
        client.post(SECOND, {"code": wrong_code(secret)})
    assert "Too many wrong codes" in client.post(SECOND, {"code": code_of(secret)}).content.decode()
