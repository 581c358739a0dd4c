"""Sign-in by a provider of OpenID Connect: our staff's own, or that of a merchant, found by the domain of the address.

Off unless OIDC_PROVIDERS names a provider. The provider proves an address of one of its domains; the account must
exist, or its person must be invited. No link is stored: the address is the identity, as with a password.
"""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.stages import AuthenticateStage
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.adapter import get_adapter as get_provider_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from merchants.models import Person
from merchants.services import people
from merchants.sign_in.lock import count_guess
from merchants.sign_in.record import Kind, add_record
from portal.lib.email_addresses import EmailAddressFormField, ascii_if_possible

log = structlog.get_logger(__name__)
METHOD = "openid_connect"
FACTOR = "oidc"  # the kind of second factor in a session that the provider has proved
PROVED_BY = {"mfa", "otp", "hwk", "swk", "fpt", "face", "sc"}  # RFC 8176: of these, a second factor was one
Provider = dict[str, Any]


class Refused(Exception):
    """The provider proved something that does not sign in here; the reason is for the record of sign-ins."""


def provider_of(email: str) -> Provider | None:
    """Return the provider of an address's domain."""
    domain = email.rpartition("@")[2].lower()
    return next((each for each in settings.OIDC_PROVIDERS if domain in each["domains"]), None)


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Providers are settings, and never rows."""
        return [
            SocialApp(
                provider=METHOD,
                provider_id=each["id"],
                name=each["name"],
                client_id=each["client_id"],
                secret=each["client_secret"],
                settings={"server_url": each["issuer"], "oauth_pkce_enabled": True},
            )
            for each in settings.OIDC_PROVIDERS
            if provider in {None, METHOD, each["id"]} and client_id in {None, each["client_id"]}
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_: Any, **__: Any) -> None:
        """The provider refused, or was not reached, or the person cancelled."""
        raise ImmediateHttpResponse(refused_page(request))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Sign in the person whose address the provider has proved; nothing of allauth's own linking follows."""
        email = ""
        try:
            claims = claims_of(sociallogin)
            email = str(claims.get("email", "")).lower()
            provider = next(each for each in settings.OIDC_PROVIDERS if each["id"] == sociallogin.account.provider)
            person = person_of(provider, email, claims, process=sociallogin.state.get("process"))
        except Refused as why:
            add_record(request, Kind.REFUSED, email=email[:254], method=f"OIDC: {why}"[:60])
            raise ImmediateHttpResponse(refused_page(request)) from why
        if request.user.is_authenticated:
            get_account_adapter(request).logout(request)
        record_authentication(request, person, METHOD, provider=provider["id"])
        if has_second_factor(provider, claims):
            record_authentication(request, person, "mfa", type=FACTOR)
        next_url = sociallogin.get_redirect_url(request)
        raise ImmediateHttpResponse(perform_login(request, person, email_verification="none", redirect_url=next_url))


def claims_of(sociallogin: Any) -> dict[str, Any]:
    """Return what the provider says: the signed token's claims count before those of the user's page.

    That an address is verified counts beside this address alone. Raises Refused where the two are about two people.
    """
    data = sociallogin.account.extra_data
    page, token = data.get("userinfo", {}), data.get("id_token", {})
    if page and token and page.get("sub") != token.get("sub"):
        raise Refused("two identities")
    found: dict[str, Any] = {**page, **token}
    said = token if "email" in token else page
    other = page if said is token else token
    if "email_verified" not in said and other.get("email") != said.get("email"):
        found.pop("email_verified", None)
    return found


def person_of(provider: Provider, email: str, claims: dict[str, Any], *, process: str | None) -> Person:
    """Return the person with this address. Raises Refused."""
    if process != AuthProcess.LOGIN:
        raise Refused("not a sign-in")
    if claims.get("email_verified") is not True:
        raise Refused("address not verified")
    if provider_of(email) is not provider:
        raise Refused("address of another domain")
    person = Person.objects.filter(email__iexact=ascii_if_possible(email)).first()
    if person is None and not provider["staff"]:
        person = people.create_invited_account(email=email)
    if person is None:
        raise Refused("no account")
    if person.is_staff != provider["staff"]:
        raise Refused("account of the other kind")
    return person


def has_second_factor(provider: Provider, claims: dict[str, Any]) -> bool:
    """Return whether the provider says that a second factor was used: by `amr`, or an `acr` that the settings name."""
    amr = claims.get("amr")
    methods = {str(each) for each in amr} if isinstance(amr, list) else set()
    return bool(methods & PROVED_BY) or claims.get("acr") in provider["acr"]


class FactorStage(AuthenticateStage):
    """Asks for a second factor, unless the provider has proved one in this sign-in."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user: Any = self.login.user
        records = get_authentication_records(request, user)
        if any((each.get("method"), each.get("type")) == ("mfa", FACTOR) for each in records):
            return False
        return bool(super()._should_handle(request))


# --- Pages ------------------------------------------------------------------------------------------------------------
class CompanyForm(forms.Form):
    email = EmailAddressFormField(label=_("Work email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if provider_of(email) is None:
            raise forms.ValidationError(_("This company has no company sign-in here. Sign in with your password."))
        return email


@never_cache
def company_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for the work email, and lead to the provider of its domain."""
    if not settings.OIDC_PROVIDERS:
        raise Http404
    form = CompanyForm(request.POST or None)
    if form.is_valid() and count_guess(request) is not None:
        found = provider_of(form.cleaned_data["email"])
        provider: Any = get_provider_adapter(request).get_provider(request, found["id"] if found else "")
        to_provider: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, next_url=None, auth_params={"login_hint": form.cleaned_data["email"]}
        )
        return to_provider
    return render(request, "account/company_sign_in.html", {"form": form})


def refused_page(request: HttpRequest) -> HttpResponse:
    return render(request, "account/company_refused.html", status=403)


@never_cache
def company_refused(request: HttpRequest) -> HttpResponse:
    return refused_page(request)
