"""Sign-in by a provider of OpenID Connect that runs in this process: real redirects, tokens and claims."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import jwt
import oidc_provider_mock
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.test import Client, RequestFactory

from merchants.models import Invitation, Membership, Merchant, Person, SignInRecord
from merchants.sign_in import oidc
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import code_of, give_totp
from tests.plugins.live import CHECKOUT

START = "/account/company/"
VERIFIED = {"email_verified": True}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Company:
    """The provider of a company, and a person in front of it with a browser."""

    issuer: str
    browser: Client

    def sign_in(self, typed: str, **claims: Any) -> Any:
        """Goes the whole way; `claims` are what the provider says beside the address that was typed."""
        self.tell(typed, {"email": typed} | VERIFIED | claims)
        leads: Any = self.browser.post(START, {"email": typed})
        assert leads.status_code == 302, said(leads)
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(leads["location"]).query)
        assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])
        assert asked.keys() >= {"code_challenge", "state"}
        return self.browser.get(self.consent(leads["location"], typed))

    def tell(self, sub: str, claims: dict[str, Any]) -> None:
        address = f"{self.issuer}/users/{urllib.parse.quote(sub)}"
        body = json.dumps(claims).encode()
        asked = urllib.request.Request(address, body, {"content-type": "application/json"}, method="PUT")
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 204

    def consent(self, address: str, sub: str, **more: str) -> str:
        """Presses the button at the provider; returns where it leads back to."""
        assert address.startswith(self.issuer)
        form = urllib.parse.urlencode({"sub": sub} | more).encode()
        try:
            urllib.request.build_opener(NoRedirect).open(address, form)
        except urllib.error.HTTPError as answer:
            with answer:
                back = urllib.parse.urlsplit(answer.headers["location"])
                return f"{back.path}?{back.query}"
        raise AssertionError


@pytest.fixture
def company(settings: Any, client: Client) -> Iterator[Company]:
    cache.clear()
    with oidc_provider_mock.run_server_in_thread() as server:
        issuer = f"http://localhost:{server.server_port}"
        shared = {"name": "x", "issuer": issuer, "client_secret": "s"}
        settings.OIDC_PROVIDERS = [
            shared | {"id": "acme", "client_id": "a", "domains": ["acme.test"], "staff": False, "acr": ["strong"]},
            shared | {"id": "ours", "client_id": "o", "domains": ["oppi.test"], "staff": True, "acr": []},
        ]
        yield Company(issuer, client)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refusals() -> list[str]:
    return list(SignInRecord.objects.filter(kind="refused").order_by("pk").values_list("method", flat=True))


def test_an_operator_signs_in_by_the_company(company: Company, owner: Person) -> None:
    assert "Sign in with your company account" in said(company.browser.get("/account/login/"))
    answer = company.sign_in("owner@acme.test")
    assert answer.status_code == 302
    assert company.browser.session["_auth_user_id"] == str(owner.pk)
    assert company.browser.get("/operator/acme/").status_code == 200
    assert SignInRecord.objects.get(kind="signed_in").method == "openid_connect"


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"amr": ["hwk"]}])
def test_a_second_factor_of_the_provider_is_honoured(company: Company, support: Person, claims: Any) -> None:
    give_totp(support)
    company.sign_in("support@oppi.test", **claims)
    assert is_signed_in(company.browser)
    assert company.browser.get("/admin/").status_code == 200


def test_a_named_acr_is_honoured_and_no_other(company: Company, owner: Person) -> None:
    give_totp(owner)
    company.sign_in("owner@acme.test", acr="weak")
    assert not is_signed_in(company.browser)
    company.browser = Client()
    company.sign_in("owner@acme.test", acr="strong")
    assert is_signed_in(company.browser)


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": "strong"}])
def test_without_one_the_own_second_factor_is_demanded(company: Company, support: Person, claims: Any) -> None:
    secret = give_totp(support)
    answer = company.sign_in("support@oppi.test", **claims)
    assert answer["location"] == "/account/second-factor/authenticate/"
    assert not is_signed_in(company.browser)
    company.browser.post(answer["location"], {"code": code_of(secret)})
    assert company.browser.get("/admin/").status_code == 200


def test_staff_without_any_second_factor_have_to_set_one_up(company: Company, support: Person) -> None:
    company.sign_in("support@oppi.test")
    assert company.browser.get("/admin/")["location"] == "/account/second-factor/"


def test_nobody_is_added_without_an_invitation(company: Company, acme: Merchant, owner: Person) -> None:
    answer = company.sign_in("stranger@acme.test")
    assert answer.status_code == 403
    assert "Company sign-in refused" in said(answer)
    assert not Person.objects.filter(email="stranger@acme.test").exists()
    company.sign_in("stranger@oppi.test")
    assert refusals() == ["OIDC: no account"] * 2
    assert not is_signed_in(company.browser)


def test_an_invited_person_gets_an_account_and_no_membership(company: Company, acme: Merchant, owner: Person) -> None:
    ends = clock.now() + timedelta(days=1)
    Invitation.objects.create(merchant=acme, email="new@acme.test", role="viewer", invited_by=owner, expires_at=ends)
    company.sign_in("new@acme.test")
    person = Person.objects.get(email="new@acme.test")
    assert company.browser.session["_auth_user_id"] == str(person.pk)
    assert not person.has_usable_password()
    assert not Membership.objects.filter(person=person).exists()
    assert company.browser.get("/operator/acme/").status_code == 404


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email_verified": False}, "address not verified"),
        ({"email_verified": "true"}, "address not verified"),
        ({"email": "owner@rival.test"}, "address of another domain"),
        ({"email": "owner@acme.test.evil.test"}, "address of another domain"),
        ({"email": "support@oppi.test"}, "address of another domain"),
        ({"email": ""}, "address of another domain"),
    ],
)
def test_what_a_provider_may_not_say(
    company: Company, owner: Person, support: Person, rival: Merchant, claims: Any, why: str
) -> None:
    factories.member(rival, "owner", email="owner@rival.test")
    assert company.sign_in("owner@acme.test", **claims).status_code == 403
    assert not is_signed_in(company.browser)
    assert refusals() == [f"OIDC: {why}"]


def test_a_providers_people_are_of_its_kind(company: Company, acme: Merchant) -> None:
    factories.person("admin@acme.test", staff_role="administrator")
    factories.member(acme, "owner", email="somebody@oppi.test")
    for email in ("admin@acme.test", "somebody@oppi.test"):
        assert company.sign_in(email).status_code == 403
    assert refusals() == ["OIDC: account of the other kind"] * 2


def test_an_inactive_person_stays_outside(company: Company, owner: Person) -> None:
    Person.objects.filter(pk=owner.pk).update(is_active=False)
    company.sign_in("owner@acme.test")
    assert not is_signed_in(company.browser)


def test_a_sign_in_that_another_browser_began_is_refused(company: Company, owner: Person) -> None:
    company.tell("owner@acme.test", {"email": "owner@acme.test"} | VERIFIED)
    leads = company.browser.post(START, {"email": "owner@acme.test"})
    back = company.consent(leads["location"], "owner@acme.test")
    victim = Client()
    assert victim.get(back).status_code == 403
    assert not is_signed_in(victim)
    assert company.browser.get(back).status_code == 302
    assert company.browser.get(back).status_code == 403  # once


def test_a_sign_in_that_is_cancelled_is_told(company: Company, owner: Person) -> None:
    leads = company.browser.post(START, {"email": "owner@acme.test"})
    back = company.consent(leads["location"], "owner@acme.test", action="deny")
    assert company.browser.get(back, follow=True).status_code == 403


def test_a_domain_without_a_provider_is_told(company: Company) -> None:
    for email in ("x@rival.test", "x"):
        assert company.browser.post(START, {"email": email}).status_code == 200


def test_it_is_off_unless_it_is_set(client: Client, db: None) -> None:
    assert "company account" not in said(client.get("/account/login/"))
    assert client.get(START).status_code == 404
    assert client.post("/account/oidc/acme/login/").status_code == 404
    assert "OIDC_PROVIDERS" in (CHECKOUT / "docs/operations.md").read_text()


OWNER, OTHER = {"sub": "1", "email": "owner@acme.test"}, {"sub": "2", "email": "owner@acme.test"}


@pytest.mark.parametrize(
    ("page", "token", "verified"),
    [
        (OWNER | VERIFIED, OWNER, True),
        (OWNER, OWNER | VERIFIED, True),
        (OWNER | VERIFIED, OWNER | {"email_verified": False}, False),
        (OWNER | VERIFIED | {"email": "me@acme.test"}, OWNER, False),  # verified was another address
        ({"sub": "1"} | VERIFIED, OWNER, False),
        (OWNER, {"sub": "1"} | VERIFIED, False),
    ],
)
def test_an_address_is_verified_by_what_stands_beside_it(page: Any, token: Any, verified: bool) -> None:
    account = SimpleNamespace(extra_data={"userinfo": page, "id_token": token})
    assert (oidc.claims_of(SimpleNamespace(account=account)).get("email_verified") is True) == verified


def test_a_page_about_another_person_than_the_token_signs_in_nobody() -> None:
    account = SimpleNamespace(extra_data={"userinfo": OTHER | VERIFIED, "id_token": OWNER | VERIFIED})
    with pytest.raises(oidc.Refused, match="two identities"):
        oidc.claims_of(SimpleNamespace(account=account))


@pytest.mark.parametrize("wrong", [{}, {"aud": "o"}, {"iss": "https://evil.example"}, {"exp": 1}], ids=str)
def test_an_id_token_is_of_its_provider_for_us_and_not_over(
    company: Company, rf: RequestFactory, wrong: dict[str, Any]
) -> None:
    reader = OpenIDConnectOAuth2Adapter(rf.get("/"), "acme")
    reader.did_fetch_access_token = True
    now = int(time.time())
    claims = {"iss": reader.openid_config["issuer"], "aud": "a", "sub": "1", "iat": now, "exp": now + 300}
    token = jwt.encode(claims | wrong, "k" * 32)
    read = reader._decode_id_token
    app = reader.get_provider().app
    if wrong:
        with pytest.raises(OAuth2Error):
            read(app, token)
    else:
        assert read(app, token) == claims


OUTSIDE = ["//evil.example", r"/\evil.example", "https://evil.example/", "//[evil.example", "/\n/evil.example"]


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_sign_in_by_the_company_leads_nowhere_else(company: Company, owner: Person, way: str) -> None:
    """What the address of the first page says is not what the last one leads to."""
    company.tell("owner@acme.test", {"email": "owner@acme.test"} | VERIFIED)
    query = urllib.parse.urlencode({"next": way})
    for first in (START, "/account/oidc/acme/login/"):
        company.browser.logout()
        leads: Any = company.browser.post(f"{first}?{query}", {"email": "owner@acme.test", "next": way})
        assert leads.status_code == 302
        answer: Any = company.browser.get(company.consent(leads["location"], "owner@acme.test"))
        assert answer["location"] == "/"
        assert is_signed_in(company.browser)
