"""Live and sandbox on the pages of a merchant's people: one switch, the same roles, nothing mixed up."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import email_links, keys, merchants, people, sandboxes
from tests import factories
from tests.pages import said, send, submit
from tests.people import signed_in

SWITCH = 'aria-label="Live or sandbox"'


@pytest.fixture(autouse=True)
def _no_locks() -> None:
    cache.clear()


@pytest.fixture
def sandbox(acme: Merchant) -> Merchant:
    return sandboxes.create_sandbox(merchant=acme)


def switched(client: Client, path: str) -> str:
    """Where the switch leads from a page."""
    response: Any = client.get(path)
    assert response.status_code == 200
    [there] = [side.address for side in response.context["live_and_sandbox"] if not side.is_here]
    return str(there)


def test_an_owner_creates_the_sandbox_on_the_keys_page(client: Client, acme: Merchant, owner: Person) -> None:
    factories.early_test_key(acme)
    signed_in(client, owner)
    page = said(client.get("/operator/acme/keys/"))
    assert "1 test key has no sandbox, so all requests with this key are refused" in page
    assert "refused: no sandbox" in page
    assert SWITCH not in page
    answer = send(client, "/operator/acme/sandbox/create/")
    assert answer["location"] == "/operator/acme/keys/"
    sandbox = Merchant.objects.get(sandbox_of=acme)
    assert sandbox.keys.get().label == "Staging"
    page = said(client.get("/operator/acme/keys/"))
    assert "Acme Casino Sandbox is active" in page
    assert "/operator/acme/sandbox/create/" not in page
    assert "has no sandbox" not in page
    again = send(client, "/operator/acme/sandbox/create/")
    assert "The sandbox already exists: acme-sandbox" in said(again)


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_others_are_told_who_creates_it(client: Client, acme: Merchant, role: str) -> None:
    signed_in(client, factories.member(acme, role))
    assert "An owner can create the sandbox." in said(client.get("/operator/acme/keys/"))
    assert client.get("/operator/acme/sandbox/create/").status_code == 403


PAGES = (
    "", "keys/", "requests/", "allowlist/", "games/", "players/", "rounds/", "rounds/open/", "exports/", "limits/",
    "reconciliation/", "reconciliation/cases/", "reconciliation/plan/", "reconciliation/2026-03-10/", "people/",
    "timeline/",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_the_switch_stays_on_the_page(client: Client, sandbox: Merchant, viewer: Person, page: str) -> None:
    signed_in(client, viewer)
    there = switched(client, f"/operator/acme/{page}")
    assert there == f"/operator/{sandbox.code}/{page}"
    assert switched(client, there) == f"/operator/acme/{page}"
    shown = said(client.get(there))
    assert "of Acme Casino: test keys and test data, no real money." in shown
    assert "is-sandbox" not in said(client.get(f"/operator/acme/{page}"))


def test_from_the_page_of_one_key_it_leads_to_the_list(client: Client, sandbox: Merchant, viewer: Person) -> None:
    key = keys.issue_key(merchant=sandbox, environment="test").key
    signed_in(client, viewer)
    assert switched(client, f"/operator/{sandbox.code}/keys/{key.pk}/") == "/operator/acme/keys/"
    assert client.get(f"/operator/acme/keys/{key.pk}/").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("manager", 403), ("owner", 200)])
def test_the_roles_are_those_of_the_live_merchant(
    client: Client, sandbox: Merchant, acme: Merchant, role: str, status: int
) -> None:
    key = keys.issue_key(merchant=sandbox, environment="test").key
    signed_in(client, factories.member(acme, role))
    assert client.get(f"/operator/{sandbox.code}/keys/{key.pk}/rotate/").status_code == status
    assert client.get(f"/operator/{sandbox.code}/people/invite/").status_code == 403


def test_it_is_not_there_for_the_people_of_others(client: Client, sandbox: Merchant, rival: Merchant) -> None:
    signed_in(client, factories.member(rival, "owner"))
    for page in PAGES:
        assert client.get(f"/operator/{sandbox.code}/{page}").status_code == 404


def test_who_leaves_the_live_merchant_leaves_the_sandbox(
    client: Client, sandbox: Merchant, owner: Person, viewer: Person
) -> None:
    signed_in(client, viewer)
    assert client.get(f"/operator/{sandbox.code}/").status_code == 200
    people.remove_member(membership=viewer.memberships.get())
    assert client.get(f"/operator/{sandbox.code}/").status_code == 404


def test_the_people_of_a_sandbox_are_shown_and_changed_in_live(
    client: Client, sandbox: Merchant, owner: Person
) -> None:
    signed_in(client, owner)
    page = said(client.get(f"/operator/{sandbox.code}/people/"))
    assert owner.email in page
    assert "/operator/acme/people/" in page
    assert "Invite person" not in page


def test_a_second_factor_that_live_asks_for_is_asked_for_here(
    client: Client, acme: Merchant, sandbox: Merchant, viewer: Person
) -> None:
    people.require_second_factor(merchant=acme, required=True)
    client.force_login(viewer)
    assert client.get(f"/operator/{sandbox.code}/")["location"] == "/account/second-factor/"


def test_somebody_of_one_merchant_is_led_to_its_live_pages(client: Client, sandbox: Merchant, viewer: Person) -> None:
    signed_in(client, viewer)
    assert client.get("/operator/")["location"] == "/operator/acme/"


def test_support_sees_the_twin_and_creates_one(
    client: Client, acme: Merchant, rival: Merchant, support: Person
) -> None:
    signed_in(client, support)
    path = f"/admin/merchants/merchant/{acme.pk}/"
    assert client.get(f"{path}create_sandbox/").status_code == 200
    assert submit(client, f"{path}create_sandbox/", {"why": ""}).status_code == 302
    sandbox = Merchant.objects.get(sandbox_of=acme)
    assert f"/admin/merchants/merchant/{sandbox.pk}/change/" in said(client.get(f"{path}change/"))
    for side, shown in (("live", [acme, rival]), ("sandbox", [sandbox]), ("else", [acme, sandbox, rival])):
        found: Any = client.get("/admin/merchants/merchant/", {"side": side})
        assert list(found.context["cl"].result_list) == shown
    page = said(client.get(f"/admin/merchants/merchant/{sandbox.pk}/change/"))
    assert "of Acme Casino: test keys and test data, no real money." in page
    assert f"{path}change/" in page
    assert "Two-person rule" in page
    listed = said(client.get("/operator/"))
    assert "Acme Casino" in listed
    assert "Acme Casino Sandbox" not in listed
    assert client.get(f"/operator/{sandbox.code}/").status_code == 200


def test_a_test_key_is_issued_to_the_sandbox_by_support(
    client: Client, acme: Merchant, support: Person, owner: Person
) -> None:
    """Its secret goes to an owner of the live merchant, as that of a live key does."""
    signed_in(client, support)
    fields = {"merchant": str(acme.pk), "environment": "test", "label": ""}
    answer = send(client, "/admin/merchants/apikey/add/", **fields)
    assert "Acme Casino has no sandbox yet. Create the sandbox on its Keys page" in said(answer)
    sandbox = sandboxes.create_sandbox(merchant=acme)
    send(client, "/admin/merchants/apikey/add/", **fields)
    key = sandbox.keys.get()
    assert OutgoingEmail.objects.filter(template="secret_claim").values_list("to", flat=True).get() == owner.email
    link = email_links.claim_link(key.claims.get().pk).removeprefix(settings.BASE_URL)
    assert signed_in(Client(), factories.member(acme, "manager")).get(link).status_code == 403
    shown = send(signed_in(Client(), owner), link).content.decode()
    assert key.auth_key in shown
    assert "oppi_test_" in shown
    assert key.claims.get().claimed_by == owner


def test_a_sandbox_shows_our_staff_as_much_as_its_merchant_did(acme: Merchant) -> None:
    merchants.show_secrets_to_staff(merchant=acme, allowed=False)
    assert not sandboxes.create_sandbox(merchant=acme).staff_sees_secrets
