"""A code of an authenticator works once, also within the minute and a half in which its number would be right."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn.forms import AddWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.crypto import SealBroken, UnknownKeyEncryptionKey
from merchants.sign_in import resets
from merchants.sign_in.lock import count_guess, seconds_locked, too_many_codes
from merchants.sign_in.record import Kind, add_record
from portal.lib.email_addresses import ascii_if_possible

NOT_ALONE = gettext_lazy("This passkey was added as a second factor. Sign in with your password, then use the passkey.")
UNREADABLE = gettext_lazy(
    "Your second factor cannot be read, because its key-encryption key is missing. Ask the "
    "administrator of the server to restore the key in KEY_ENCRYPTION_KEYS, or ask an administrator "
    "of the portal to reset your second factor."
)


class SignIn(LoginForm):
    def clean_login(self) -> str:
        """As addresses are kept: a domain of other letters in ASCII."""
        return ascii_if_possible(str(super().clean_login()))


class AskForReset(ResetPasswordForm):
    """Looks at no account: that is a job's."""

    def clean_email(self) -> str:
        return ascii_if_possible(str(self.cleaned_data["email"])).lower()

    def save(self, request: HttpRequest, **_: Any) -> str:
        email: str = self.cleaned_data["email"]
        add_record(request, Kind.RESET_ASKED, email=email)
        resets.request_reset(email)
        return email


class CodeOnce(BaseAuthenticateForm):
    def clean_code(self) -> str:
        guess = count_guess(context.request)
        if guess is None:
            raise self.locked()
        try:
            code: str = super().clean_code()
        except ValidationError as refused:
            if refused.code != "too_many_login_attempts":
                raise
            raise self.locked() from refused
        except (UnknownKeyEncryptionKey, SealBroken) as fault:
            raise ValidationError(UNREADABLE) from fault
        guess.rollback()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_code(self.user.pk, code)
        return code

    def locked(self) -> ValidationError:
        add_record(context.request, Kind.LOCKED, person=self.user, method="code")
        return locked_codes(self.user)


def locked_codes(person: Any) -> ValidationError:
    """Return the refusal that says how long the lock of this person's codes still lasts."""
    return too_many_codes(seconds_locked(context.request, f"mfa-auth-user-{person.pk}"))  # allauth's key


class SignInCode(CodeOnce, AuthenticateForm):
    pass


class StepUpCode(CodeOnce, ReauthenticateForm):
    pass


class FirstCode(ActivateTOTPForm):
    """Keeps its secret over a reload: the code that a person is about to type belongs to the one that was scanned."""

    def __init__(self, *args: Any, **options: Any) -> None:
        shown = context.request.session.get(SECRET_SESSION_KEY)
        super().__init__(*args, **options)
        if shown:
            self.secret = context.request.session[SECRET_SESSION_KEY] = shown

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()
        except ValidationError as refused:
            if refused.code != "rate_limited":
                raise
            raise locked_codes(self.user) from refused
        use_code(self.user.pk, code)
        return code


class PasskeyAlone(LoginWebAuthnForm):
    """Takes only a passkey that was added to sign in alone, and that says itself that it knew its owner."""

    def clean_credential(self) -> Authenticator:
        signed = parse_authentication_response(self.cleaned_data["credential"])
        authenticator: Authenticator = super().clean_credential()
        if authenticator.wrap().is_passwordless is False:  # of passkeys from before, nobody may know
            raise ValidationError(NOT_ALONE)
        if not signed.response.authenticator_data.is_user_verified():
            raise get_adapter().validation_error("incorrect_code")
        return authenticator


class NewPasskey(AddWebAuthnForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        alone = self.fields["passwordless"]
        alone.label = _("Sign in with this passkey alone")
        alone.help_text = _(
            "You need no password with this passkey. The passkey verifies you with a PIN, fingerprint or face."
        )

    def clean(self) -> dict[str, Any]:
        """Store what the person chose, not what the device made of it: many make every passkey discoverable."""
        cleaned: dict[str, Any] = super().clean()
        if isinstance(cleaned.get("credential"), dict):
            results = cleaned["credential"].get("clientExtensionResults") or {}
            chosen = {"credProps": {"rk": bool(cleaned.get("passwordless"))}}
            cleaned["credential"]["clientExtensionResults"] = results | chosen
        return cleaned


def use_code(person: int, code: str) -> None:
    digits = "".join(filter(str.isdigit, code))
    lifetime = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
    if not cache.add(f"totp-code-used:{person}:{digits}", 1, timeout=lifetime):
        raise get_adapter().validation_error("incorrect_code")
