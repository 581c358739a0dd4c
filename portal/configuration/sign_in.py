"""People: passwords, second factors, company sign-in, sessions."""

from __future__ import annotations

import json
from typing import Any

from portal.configuration.environment import PRODUCTION, refuse, setting
from portal.lib.clientip import SUBSCRIBER_BITS

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "merchants.sign_in.passwords.OwnWords"},
]
AUTHENTICATION_BACKENDS = ["merchants.sign_in.backend.RoleBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
DOWNLOADS_A_DAY: int = setting("DOWNLOADS_A_DAY", int, default=100)  # files, of one person in 24 hours
STEP_UP_SECONDS = 300  # how long a second factor is fresh
ACCOUNT_ADAPTER = "merchants.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "merchants.sign_in.forms.SignIn",
    "reset_password": "merchants.sign_in.forms.AskForReset",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; allauth compares it with the line above
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by administrators
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses that a stranger types
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Oppi Games portal: "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_SECONDS
# The lock: wrong passwords and wrong codes, each counted by account, and together by address.
ALLAUTH_RATE_LIMIT_IPV6_PREFIX = SUBSCRIBER_BITS
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key", "login": "60/m/ip"}
SIGN_IN_RATE_LIMITS = {"guess": "20/5m/ip"}  # by address: no right code clears it (merchants.sign_in.lock)
SIGN_IN_LOCKS_ALARM: int = setting("SIGN_IN_LOCKS_ALARM", int, default=10)  # in an hour


def read_providers(text: str) -> list[dict[str, Any]]:
    """`[{"id", "name", "issuer", "client_id", "client_secret", "domains": [], "staff": false, "acr": []}]` as JSON."""
    try:
        told = json.loads(text) if text else []
        found = [
            {
                "id": each["id"],
                "name": each["name"],
                "issuer": each["issuer"].rstrip("/"),
                "client_id": each["client_id"],
                "client_secret": each["client_secret"],
                "domains": [domain.lower() for domain in each["domains"]],
                "staff": bool(each.get("staff", False)),
                "acr": list(each.get("acr", [])),
            }
            for each in told
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        refuse("OIDC_PROVIDERS cannot be read; docs/operations.md has its form.")
    domains = [domain for each in found for domain in each["domains"]]
    if len(set(domains)) != len(domains) or not all(each["domains"] for each in found):
        refuse("OIDC_PROVIDERS: each provider needs domains, and each domain has one provider.")
    if len({each["id"] for each in found}) != len(found):
        refuse("OIDC_PROVIDERS: two providers have the same id.")
    if PRODUCTION and not all(each["issuer"].startswith("https://") for each in found):
        refuse("OIDC_PROVIDERS: an issuer must be an address that begins with https://.")
    return found


OIDC_PROVIDERS = read_providers(setting("OIDC_PROVIDERS", default=""))  # empty: nobody signs in so
SOCIALACCOUNT_ADAPTER = "merchants.sign_in.oidc.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds that a sign-in waits for its provider
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
USERSESSIONS_ADAPTER = "merchants.sign_in.adapter.SessionsAdapter"
MFA_ADAPTER = "merchants.sign_in.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "merchants.sign_in.forms.SignInCode",
    "reauthenticate": "merchants.sign_in.forms.StepUpCode",
    "activate_totp": "merchants.sign_in.forms.FirstCode",
    "add_webauthn": "merchants.sign_in.forms.NewPasskey",
    "login_webauthn": "merchants.sign_in.forms.PasskeyAlone",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # else whoever asks for somebody's new password bars that person's second factor
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Oppi Games portal"
MFA_TOTP_TOLERANCE = 1  # a code typed slowly, or a telephone half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # http://localhost; browsers take no passkey for an IP address
# A session ends so long after signing in, and without a request of its person for so many minutes (ASVS 7.3):
# our staff 30, as NIST SP 800-63B has it, and operators, who look at their figures through the day, two hours.
SESSION_HOURS: int = setting("SESSION_HOURS", int, default=12)
if not 1 <= SESSION_HOURS <= 24:
    refuse("SESSION_HOURS must be from 1 to 24.")
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_IDLE_MINUTES_STAFF: int = setting("SESSION_IDLE_MINUTES_STAFF", int, default=30)
SESSION_IDLE_MINUTES: int = setting("SESSION_IDLE_MINUTES", int, default=120)
if min(SESSION_IDLE_MINUTES_STAFF, SESSION_IDLE_MINUTES) < 1:
    refuse("SESSION_IDLE_MINUTES and SESSION_IDLE_MINUTES_STAFF must be 1 or more.")
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "merchants.pages.error_pages.form_expired"
if PRODUCTION:  # a browser takes these only over TLS, for this host and all of its paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
