"""Where allauth asks how this house signs people in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import access
from merchants.models.people import SECOND_FACTORS
from merchants.services import access_tokens, emails, history, people, second_factors
from merchants.services.history import Proof
from merchants.sign_in.lock import count_guess, seconds_locked, too_many_passwords
from merchants.sign_in.record import Kind, add_record, caller_address
from portal.lib.clientip import request_address

NAMES = {"mfa_reauthenticate": gettext_lazy("Use code"), "mfa_reauthenticate:webauthn": gettext_lazy("Use passkey")}


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Sessions that a person ends on the page of sessions stand in the history."""

    def end_sessions(self, sessions: list[UserSession]) -> None:
        super().end_sessions(sessions)
        if sessions:
            people.record_sign_out(person=sessions[0].user, sessions=len(sessions))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy(
            "This account is inactive. Ask an administrator of the portal to activate your account."
        ),
        "email_password_mismatch": gettext_lazy("Wrong email or password."),
        "incorrect_password": gettext_lazy("The password is wrong. Enter your current password."),
        "rate_limited": gettext_lazy("Too many attempts. Wait a minute, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        address, _ = request_address(request.META, settings.TRUSTED_PROXIES)
        if address is None:
            raise PermissionDenied
        return str(address)

    def is_safe_url(self, url: str) -> bool:
        """Whether a page leads back there: a path of this portal, and no other host, also none of ours."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What allauth tells of a person's account goes out as all emails do: no request waits for a mail server.

        None of it holds a link that signs in; that of a new password is made by `resets`.
        """
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email} | context)
        emails.write_account(email, subject=mail.subject, body=str(mail.body))

    def set_password(self, user: Any, password: str) -> None:
        """Who has no session came by the link of a reset, which proves the address. A reset revokes API tokens."""
        if not self._is_reset():
            super().set_password(user, password)
            return
        address = caller_address(self.request) if self.request is not None else None
        with history.act_by_proof(Proof.RESET, email=user.email, person=user), transaction.atomic():
            super().set_password(user, password)
            access_tokens.record_reset(Kind.RESET_DONE, person=user, address=address)

    def _is_reset(self) -> bool:
        """Return whether a link sets the password, also in a browser in which somebody is signed in."""
        if self.request is None or not self.request.user.is_authenticated:
            return True
        found = self.request.resolver_match
        return found is not None and found.url_name == "account_reset_password_from_key"

    def get_login_stages(self) -> list[str]:
        """With a stage of ours in place of allauth's: a second factor that a provider has proved is honoured."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "merchants.sign_in.oidc.FactorStage"}
        return [ours.get(each, each) for each in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor proves it with that; a password typed again proves nothing new."""
        if not user.is_authenticated:
            return []
        methods = super().get_reauthentication_methods(user)
        factors = [method | {"description": NAMES[method["id"]]} for method in methods if method["id"] in NAMES]
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            factors.reverse()  # the passkey first, before recovery codes
        return factors or methods

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """For changing one's own factors: a fresh second factor, or a fresh password as long as there is none."""
        fresh = access.fresh_second_factor if self.request.user.has_second_factor else access.fresh_proof
        return not fresh(self.request)

    # --- The lock -----------------------------------------------------------------------------------------------------
    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By account alone: the host that the browser names is the guesser's to choose."""
        return str(credentials.get("email", "")).strip().lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._guess = count_guess(request)
        try:
            if self._guess is None:
                raise self.validation_error("too_many_login_attempts")
            super().pre_authenticate(request, **credentials)
        except ValidationError as locked:
            seconds = seconds_locked(request, self._get_login_attempts_cache_key(request, **credentials))
            add_record(request, Kind.LOCKED, email=str(credentials.get("email", "")), method="password")
            raise too_many_passwords(seconds) from locked

    def _rollback_login_failed_rl_usage(self) -> None:
        """The right password takes back its own attempt, and none of those before it."""
        super()._rollback_login_failed_rl_usage()
        if self._guess is not None:
            self._guess.rollback()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        add_record(request, Kind.REFUSED, email=str(credentials.get("email", "")), method="password")

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        add_record(request, Kind.REFUSED, person=user, method="account inactive")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("The code is wrong or was already used. Wait for the next code."),
        "cannot_delete_authenticator": gettext_lazy(
            "Staff need a second factor. Add another one before you remove this one."
        ),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": number + 1} if number else _("My passkey")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user, type__in=SECOND_FACTORS)
        return not authenticator.user.is_staff or others.exclude(pk=authenticator.pk).exists()

    def encrypt(self, text: str) -> str:
        return second_factors.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factors.unseal(encrypted_text)
