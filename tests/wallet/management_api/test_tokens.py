"""Who gets in with a token: scopes, expiry, roles, limits, and nothing kept in clear."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from merchants import crypto, errors
from merchants.models import AccessToken, Membership, Merchant, OutgoingEmail, Person, SignInRecord
from merchants.services import access_tokens, history, keys, people, scan
from merchants.sign_in import resets
from portal.lib import clock, masking
from tests import factories
from tests.factories import PASSWORD
from tests.people import give_totp, signed_in
from tests.wallet.management_api.conftest import ROOT, Program

Make = Callable[..., Program]


def test_a_token_reads_its_merchant_and_no_other(program: Program, rival: Merchant) -> None:
    assert [each["code"] for each in program.get("/merchants/")["items"]] == ["acme"]
    assert program.get("keys/") == {"items": []}
    program.code = "rival"
    status, answer = program.send("GET", "keys/")
    assert (status, answer["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("header", ["", "Bearer", "Basic x", "Bearer a b", "Bearer ü", f"Bearer oppi_mgmt_{'A' * 49}"])
def test_what_is_no_token_gets_one_answer(program: Program, header: str) -> None:
    status, answer = program.send("GET", "keys/", authorization=header)
    assert (status, answer["error"]["code"]) == (401, "token_invalid")


def test_a_token_is_kept_as_a_hash_and_known_to_scanner_and_mask(program: Program, tmp_path: Any) -> None:
    assert bytes(program.row.token_hash) == crypto.fingerprint(program.token)
    assert program.token not in str(AccessToken.objects.values().get() | program.row.__dict__)
    assert masking.mask_secrets(f"x {program.token} y") == "x oppi_mgmt_… y"
    wide = masking.mask_bytes(program.token.encode("utf-16-le"))
    assert program.token[10:].encode("utf-16-le") not in wide
    file = tmp_path / "log"
    file.write_text(f"Authorization: Bearer {program.token}\n")
    with file.open("rb") as content:
        [finding] = scan.findings(content)
    assert (finding.token, finding.usable) == (program.row, True)
    access_tokens.revoke_token(token=program.row)
    with file.open("rb") as content:
        assert [each.state for each in scan.findings(content)] == [scan.SecretState.REVOKED]


def test_a_scope_that_is_missing_refuses(owner: Person, acme: Merchant, program_of: Make) -> None:
    reader = program_of(owner, acme, "players:read")
    assert reader.get("players/") == {"items": [], "next": None}
    status, answer = reader.send("GET", "keys/")
    assert (status, answer["error"]["code"]) == (403, "scope_missing")


def test_a_token_ends_at_its_expiry_and_when_it_is_revoked(program: Program) -> None:
    with clock.frozen_at(clock.now() + timedelta(days=30, seconds=1)):
        assert program.send("GET", "keys/")[0] == 401
    assert program.send("GET", "keys/")[0] == 200
    access_tokens.revoke_token(token=program.row)
    assert program.send("GET", "keys/")[0] == 401
    with pytest.raises(errors.TokenOver):
        access_tokens.revoke_token(token=program.row)
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessToken.objects.filter(pk=program.row.pk).update(revoked_at=None)


def demote(owner: Person) -> None:
    Membership.objects.filter(person=owner).update(role="manager")
    Membership.objects.filter(person=owner).update(role="owner")


def remove(owner: Person) -> None:
    member = Membership.objects.get(person=owner)
    member.delete()
    Membership.objects.create(person=owner, merchant=member.merchant, role="owner")


def shut(owner: Person) -> None:
    Person.objects.filter(pk=owner.pk).update(is_active=False)
    Person.objects.filter(pk=owner.pk).update(is_active=True)


def employ(owner: Person) -> None:
    Person.objects.filter(pk=owner.pk).update(staff_role="support")


@pytest.mark.parametrize("change", [demote, remove, shut, employ])
def test_a_token_ends_with_the_role_and_does_not_come_back_with_it(
    program: Program, owner: Person, acme: Merchant, program_of: Make, change: Callable[[Person], None]
) -> None:
    twin = program_of(owner, factories.sandbox(acme))
    assert twin.send("GET", "keys/")[0] == 200
    change(owner)
    assert program.send("GET", "keys/")[0] == 401
    assert twin.send("GET", "keys/")[0] == 401
    assert not AccessToken.objects.usable(at=clock.now()).exists()


NEW_PASSWORD = "a long walk by the sea"


def open_reset_link(person: Person, client: Client | None = None) -> None:
    browser = client or Client()
    form = browser.get(resets.reset_link(person))["location"]
    assert browser.post(form, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW_PASSWORD)


def open_reset_link_while_signed_in(person: Person) -> None:
    open_reset_link(person, signed_in(Client(), person))


def set_by_staff(person: Person) -> None:
    people.set_password(person=person, password=NEW_PASSWORD)


def reset_factor(person: Person) -> None:
    people.reset_second_factor(person=person)


RESETS = pytest.mark.parametrize(
    ("reset", "why"),
    [
        (open_reset_link, "password reset"),
        (open_reset_link_while_signed_in, "password reset"),
        (set_by_staff, "password set by an administrator"),
        (reset_factor, "second factor reset by an administrator"),
    ],
)


@RESETS
def test_tokens_end_when_the_sign_in_of_their_person_is_reset(
    program: Program, owner: Person, acme: Merchant, program_of: Make, reset: Callable[[Person], None], why: str
) -> None:
    """Whoever had the account may have made them. Owners are told, and the record and the pages say why."""
    other = factories.member(acme, "owner", email="other@acme.test")
    of_other, twin = program_of(other, acme), program_of(owner, factories.sandbox(acme))
    reset(owner)
    assert (program.send("GET", "keys/")[0], twin.send("GET", "keys/")[0]) == (401, 401)
    assert of_other.send("GET", "keys/")[0] == 200
    program.row.refresh_from_db()
    assert program.row.get_revoked_because_display() == why
    record = SignInRecord.objects.get(person=owner, kind=program.row.revoked_because)
    assert record.method == "API tokens revoked: 2"
    told = [each for each in OutgoingEmail.objects.filter(template="merchant_changed") if why in str(each.context)]
    assert {each.to for each in told} == {"owner@acme.test", "other@acme.test"}
    assert all(each.context["lines"] == ["Nightly job"] for each in told)
    [event] = apps.get_model("merchants", "AccessTokenEvent").objects.filter(pgh_obj=program.row, pgh_label="update")
    assert event.revoked_because == program.row.revoked_because
    page = signed_in(Client(), other).get("/operator/acme/integrations/").content.decode()
    assert why in page


def test_a_token_does_nothing_while_its_owner_has_no_second_factor(
    program: Program, owner: Person, acme: Merchant, program_of: Make, support: Person
) -> None:
    """Nobody makes one without. Who takes the factor away, or lets it be taken, keeps no way in beside the pages."""
    twin, ours = program_of(owner, factories.sandbox(acme)), program_of(support, None)
    Authenticator.objects.all().delete()
    assert (program.send("GET", "keys/")[0], twin.send("GET", "keys/")[0]) == (401, 401)
    assert access_tokens.lock_token(program.row) is None
    assert ours.send("GET", "keys/")[0] == 200  # of our staff the factor may be their company's
    give_totp(owner)
    assert program.send("GET", "keys/")[0] == 200


def test_the_timeline_says_why_a_token_ended(program: Program, owner: Person, acme: Merchant) -> None:
    open_reset_link(owner)
    titles = [entry.title for entry in history.timeline(acme)]
    assert "owner@acme.test reset the password; API token “Nightly job” revoked: password reset" in titles


@RESETS
def test_tokens_of_our_staff_end_too_and_the_person_is_told(
    support: Person, program_of: Make, acme: Merchant, reset: Callable[[Person], None], why: str
) -> None:
    ours = program_of(support, None)
    reset(support)
    assert ours.send("GET", "keys/")[0] == 401
    [told] = [each for each in OutgoingEmail.objects.filter(template="account") if "- Nightly job" in str(each.context)]
    assert (told.to, why in told.context["body"]) == (support.email, True)
    support.refresh_from_db()
    assert f"revoked ({why})" in signed_in(Client(), support).get("/admin/tokens/").content.decode()


def test_a_password_that_its_person_changes_ends_no_token(program: Program, owner: Person) -> None:
    fields = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert signed_in(Client(), owner).post("/account/password/change/", fields).status_code == 302
    assert program.send("GET", "keys/")[0] == 200


def test_the_database_ends_tokens_with_a_reset(program: Program, owner: Person) -> None:
    """Whatever door wrote the record."""
    SignInRecord.objects.create(kind="signed_in", person=owner)
    assert AccessToken.objects.usable(at=clock.now()).exists()
    SignInRecord.objects.create(kind="reset_done", person=owner)
    assert not AccessToken.objects.usable(at=clock.now()).exists()


def test_tokens_of_staff_reach_all_merchants_as_far_as_the_role_goes(
    support: Person, auditor: Person, acme: Merchant, rival: Merchant, program_of: Make
) -> None:
    ours = program_of(support, None)
    assert {each["code"] for each in ours.get("/merchants/")["items"]} == {"acme", "rival"}
    reader = program_of(auditor, None, code="rival")
    assert reader.get("keys/") == {"items": []}
    assert reader.send("POST", "games/switch/", {"game_ids": ["x"], "is_on": False})[0] == 403
    Person.objects.filter(pk=support.pk).update(staff_role="auditor")
    assert ours.send("GET", "keys/")[0] == 401


def test_who_may_have_tokens(viewer: Person, owner: Person, acme: Merchant, rival: Merchant) -> None:
    for person, merchant in ((viewer, acme), (owner, rival), (owner, None)):
        with pytest.raises(errors.TokenNeedsRole):
            access_tokens.create_token(person=person, merchant=merchant, name="x", scopes=["keys:read"], days=1)
    with pytest.raises(errors.TokenNeedsFactor):
        access_tokens.create_token(person=owner, merchant=acme, name="x", scopes=["keys:read"], days=1)
    give_totp(owner)
    out_of_range: list[dict[str, Any]] = [{"days": 0}, {"days": 366}, {"scopes": []}]
    for wrong in out_of_range:
        wish: dict[str, Any] = {"name": "x", "scopes": ["keys:read"], "days": 1} | wrong
        with pytest.raises(errors.TokenOutOfRange):
            access_tokens.create_token(person=owner, merchant=acme, **wish)
    for _ in range(access_tokens.MOST_TOKENS):
        access_tokens.create_token(person=owner, merchant=acme, name="x", scopes=["keys:read"], days=1)
    with pytest.raises(errors.TooManyTokens):
        access_tokens.create_token(person=owner, merchant=acme, name="x", scopes=["keys:read"], days=1)


def test_owners_are_notified_of_a_new_token(program: Program) -> None:
    email = OutgoingEmail.objects.get()
    assert email.to == "owner@acme.test"
    assert "Nightly job" in str(email.context)


def test_use_is_noted_once_a_minute(program: Program) -> None:
    program.get("keys/")
    program.row.refresh_from_db()
    first = program.row.last_used_at
    assert first is not None
    assert program.row.last_used_from == "127.0.0.1"
    program.get("keys/")
    program.row.refresh_from_db()
    assert program.row.last_used_at == first


def test_requests_are_limited_by_token_and_by_address(program: Program, settings: Any) -> None:
    settings.MANAGEMENT_TOKEN_REQUESTS_A_MINUTE = 2
    statuses = [program.send("GET", "keys/")[0] for _ in range(3)]
    assert statuses[-1] == 429
    settings.MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE = 4
    wrong = [program.send("GET", "keys/", authorization="Bearer x") for _ in range(3)]
    assert wrong[-1][0] == 429
    assert wrong[-1][1]["error"]["code"] == "throttled"


def test_every_endpoint_refuses_a_stranger_and_unknown_methods(program: Program) -> None:
    from wallet.management_api.urls import urlpatterns  # noqa: PLC0415 - as the server has them

    values = {"merchant": "acme", "auth_key": "x", "number": "1", "day": "2026-01-01"}
    for each in urlpatterns:
        path = "/" + str(each.pattern)
        for name, value in values.items():
            for kind in ("slug", "int", "str"):
                path = path.replace(f"<{kind}:{name}>", value)
        below = "/" + path.removeprefix("/api/management/v1/")
        assert program.send("GET", below, authorization="")[0] == 401, path
        assert program.send("DELETE", below)[0] == 405, path
        assert program.send("OPTIONS", below)[0] == 405, path


def test_the_document_says_everything_and_no_class_name(client: Any) -> None:
    document = client.get(reverse("management_schema")).json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations) > 20
    assert all(each["summary"] and each["tags"] and each["security"] for each in operations)
    known = {each["name"] for each in document["tags"]}
    assert {tag for each in operations for tag in each["tags"]} == known
    assert document["servers"]
    text = str(document)
    assert "Endpoint" not in text
    assert "Serializer" not in text
    assert "RS_OK" not in text


class SlowBody:
    """The body of a request, during which something happens."""

    def __init__(self, body: bytes, meanwhile: Callable[[], object]) -> None:
        self.rest, self.meanwhile = BytesIO(body), meanwhile

    def read(self, size: int = -1) -> bytes:
        self.meanwhile()
        return self.rest.read(size)

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


@pytest.mark.parametrize("ends", ["revoked", "left", "role lost", "switched off"])
def test_whoever_sends_slowly_does_nothing_after_the_token_has_ended(
    program: Program, owner: Person, acme: Merchant, ends: str
) -> None:
    """The token is good when the request begins, and no longer when its body has arrived."""
    key, membership = keys.issue_key(merchant=acme).key, Membership.objects.filter(person=owner)
    deeds: dict[str, Callable[[], object]] = {
        "revoked": lambda: AccessToken.objects.filter(revoked_at=None).update(revoked_at=clock.now()),
        "left": membership.delete,
        "role lost": lambda: membership.update(role="viewer"),
        "switched off": lambda: Person.objects.filter(pk=owner.pk).update(is_active=False),
    }
    body = json.dumps({"reason": "Leaked"}).encode()
    slow: Any = {
        "wsgi.input": SlowBody(body, deeds[ends]),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json",
    }
    path = f"{ROOT}merchants/acme/keys/{key.auth_key}/revoke/"
    headers = {"authorization": f"Bearer {program.token}"}
    answer = Client().generic("POST", path, b"", "application/json", headers=headers, **slow)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_invalid")
    key.refresh_from_db()
    assert key.status == "active"
