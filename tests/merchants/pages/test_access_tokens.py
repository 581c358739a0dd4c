"""The pages on which owners and our staff create and revoke tokens."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from merchants.models import AccessToken, Merchant, Person
from merchants.services import access_tokens
from portal.lib import clock
from tests import factories
from tests.pages import opened, said, send
from tests.people import give_totp, signed_in

CREATE, LIST, STAFF = "/operator/acme/tokens/create/", "/operator/acme/integrations/", "/admin/tokens/"
TOKEN = re.compile(r"oppi_mgmt_[0-9A-Za-z]{49}")


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


def test_an_owner_creates_a_token_that_is_shown_once(client: Client, owner: Person, acme: Merchant) -> None:
    signed_in(client, owner)
    fields = opened(client, CREATE) | {"name": "Nightly job", "scopes": ["keys:read"], "days": "90"}
    answer: Any = client.post(CREATE, fields)
    [token] = TOKEN.findall(said(answer))[:1]
    assert "no-store" in answer["cache-control"]
    found = access_tokens.find_token(token)
    assert found is not None
    assert (found.person, found.merchant, found.scopes) == (owner, acme, ["keys:read"])
    assert client.post(CREATE, fields).status_code == 409
    shown = said(client.get(LIST))
    assert "Nightly job" in shown
    assert TOKEN.search(shown) is None
    assert "API token “Nightly job” created" in said(client.get("/operator/acme/timeline/"))
    assert send(client, f"/operator/acme/tokens/{found.pk}/revoke/").status_code == 302
    assert access_tokens.find_token(token) is None
    assert "API token “Nightly job” revoked" in said(client.get("/operator/acme/timeline/"))


def test_a_token_needs_a_fresh_second_factor(client: Client, owner: Person) -> None:
    signed_in(client, owner, proved_at=clock.now() - timedelta(seconds=301))
    assert "/reauthenticate/" in client.get(CREATE)["location"]


def test_a_password_alone_makes_no_token(client: Client, owner: Person) -> None:
    client.post("/account/login/", {"login": owner.email, "password": factories.PASSWORD})
    answer = send(client, CREATE, name="x", scopes=["keys:read"], days="30")
    assert "An API token needs a second factor" in said(answer)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_others_have_no_tokens(client: Client, acme: Merchant, role: str) -> None:
    signed_in(client, factories.member(acme, role))
    assert client.get(CREATE).status_code == 403
    assert "Owners can create tokens" in said(client.get(LIST))


def test_nobody_revokes_a_token_of_another_merchant(client: Client, owner: Person, rival: Merchant) -> None:
    give_totp(theirs := factories.member(rival, "owner"))
    issued = access_tokens.create_token(person=theirs, merchant=rival, name="x", scopes=["keys:read"], days=1)
    signed_in(client, owner)
    assert client.get(f"/operator/acme/tokens/{issued.row.pk}/revoke/").status_code == 404


def test_our_staff_create_and_revoke_their_own(client: Client, support: Person, administrator: Person) -> None:
    signed_in(client, support)
    fields = opened(client, STAFF) | {"name": "Shift report", "scopes": ["keys:read"], "days": "30"}
    answer = client.post(STAFF, fields)
    token = TOKEN.findall(said(answer))[0]
    [row] = AccessToken.objects.all()
    assert (row.person, row.merchant) == (support, None)
    assert client.post(STAFF, fields).status_code == 409
    assert AccessToken.objects.count() == 1
    assert "Shift report" in said(client.get(STAFF))
    assert client.post(STAFF, {"revoke": row.pk}).status_code == 409
    assert access_tokens.find_token(token) is not None
    wish = {"revoke": row.pk, "token": client.get(STAFF).context["revoke_form"].initial["token"]}
    assert [client.post(STAFF, wish).status_code for _ in range(2)] == [302, 409]
    assert access_tokens.find_token(token) is None
    other = access_tokens.create_token(person=administrator, merchant=None, name="x", scopes=["keys:read"], days=1)
    assert client.post(STAFF, {"revoke": other.row.pk}).status_code == 404


def test_an_auditor_is_offered_scopes_that_read(client: Client, auditor: Person) -> None:
    signed_in(client, auditor)
    form = client.get(STAFF).context["form"]
    offered = {value for value, _label in form.fields["scopes"].choices}
    assert {each.partition(":")[2] for each in offered} == {"read"}
    stale = signed_in(Client(), auditor, proved_at=clock.now() - timedelta(seconds=301))
    assert "/reauthenticate/" in stale.post(STAFF, {"name": "x"})["location"]
