"""Everything that can be set, in one file. A bad value stops the start with one sentence that names the variable."""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import environ
import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environ.fileaware_mapping import FileAwareMapping

from portal.database import roles
from portal.lib.clientip import SUBSCRIBER_BITS, parse_networks, too_wide_version
from portal.lib.private_storage import UnreadablePlace, is_bucket, storage_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
PLACEHOLDER = re.compile(r"\.invalid\b", re.IGNORECASE)


class Values(FileAwareMapping):
    """The environment; `NAME_FILE` names a file that holds the value of NAME, which is how containers hold secrets."""

    def __getitem__(self, name: str) -> str:
        if not self.env.get(f"{name}_FILE"):
            return str(self.env[name])
        try:
            return str(super().__getitem__(name)).rstrip("\n")
        except (OSError, ValueError) as fault:
            refuse(f"{name}_FILE names a file that cannot be read: {fault}.")


class Env(environ.Env):
    ENVIRON = Values(cache=False)


env = Env()
if env.ENVIRON.get("ENVIRONMENT") != "production":  # nothing of a demo in this folder may fill a gap there
    for name in ("demo.env", "embedded.env"):
        if (VAR_DIR / name).exists():
            env.read_env(VAR_DIR / name)


def setting(name: str, cast: Any = str, default: Any = environ.Env.NOTSET) -> Any:
    """One variable from the environment; an absent or unreadable one ends the process with a sentence."""
    try:
        return env.get_value(name, cast=cast, default=default)
    except (ImproperlyConfigured, ValueError, TypeError, KeyError) as fault:
        refuse(
            f"{name} is missing." if name not in env.ENVIRON else f"{name} has a value that cannot be read: {fault}."
        )


def refuse(sentence: str) -> NoReturn:
    sys.exit(f"The portal does not start: {sentence}")


# --- Which kind of installation -------------------------------------------------------------------------------------
ENVIRONMENT: str = setting("ENVIRONMENT", default="production")
if ENVIRONMENT not in {"production", "demo", "test"}:
    refuse(f"ENVIRONMENT must be production, demo or test, not {ENVIRONMENT!r}.")
PRODUCTION = ENVIRONMENT == "production"
DEBUG: bool = setting("DEBUG", bool, default=False)
if PRODUCTION and DEBUG:
    refuse("DEBUG must be off in production.")

SECRET_KEY: str = setting("SECRET_KEY")
if PRODUCTION and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or "insecure" in SECRET_KEY):
    refuse("SECRET_KEY is too short or a placeholder; make a random one of at least 50 characters.")


def public(name: str, cast: Any = str, default: Any = environ.Env.NOTSET) -> Any:
    """Return a setting that people or machines outside read; production states it and refuses a placeholder."""
    value = setting(name, cast, environ.Env.NOTSET if PRODUCTION else default)
    told = ",".join(value) if isinstance(value, list) else value
    if PRODUCTION and not told.strip():
        refuse(f"{name} is empty.")
    if PRODUCTION and PLACEHOLDER.search(told):
        refuse(f"{name} holds a placeholder (no address ends in .invalid); set the real one.")
    return value


def public_url(name: str, default: str) -> str:
    """Return an address that browsers open: https in production, so that no link or launch can be read on the way."""
    url: str = public(name, default=default).rstrip("/")
    if PRODUCTION and not re.fullmatch(r"https://[^\s/]+(/\S*)?", url):
        refuse(f"{name} must be an address that begins with https://.")
    return url


BASE_URL = public_url("BASE_URL", "http://127.0.0.1:8000")
API_URL = public_url("API_URL", "http://127.0.0.1:8001") if "API_URL" in env.ENVIRON or not PRODUCTION else BASE_URL
MAIL_URL: str = setting("MAIL_URL", default="")
ALLOWED_HOSTS: list[str] = setting("ALLOWED_HOSTS", list, default=[] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS: list[str] = setting("CSRF_TRUSTED_ORIGINS", list, default=[])


# --- Keys that encrypt the merchants' secrets (never SECRET_KEY) ----------------------------------------------------
def read_keys(name: str, text: str) -> dict[str, bytes]:
    """`id:base64,id:base64`, the current key first, each 32 bytes. Never shown in an error."""
    keys = {}
    for number, entry in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id or len(key_id) > 16 or len(key) != 32:
            refuse(f"{name}: entry {number} is not `id:` and the base64 of 32 bytes.")
        if key_id in keys:
            refuse(f"{name}: the id of entry {number} is used twice.")
        keys[key_id] = key
    return keys


KEY_ENCRYPTION_KEYS = read_keys("KEY_ENCRYPTION_KEYS", setting("KEY_ENCRYPTION_KEYS"))
if not KEY_ENCRYPTION_KEYS:
    refuse("KEY_ENCRYPTION_KEYS is empty; without it no merchant's secret can be stored or used.")

# --- What is installed ----------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "merchants.apps.MerchantsConfig",
    "wallet.apps.WalletConfig",
]

# For people with a browser. The signed calls of machines have processes and a row of their own: portal.machines.
MIDDLEWARE = [
    "portal.middleware.RequestId",
    "portal.health.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.PagePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "merchants.sign_in.session_age.SessionAge",
    "portal.middleware.History",
    "merchants.sign_in.profile.TimeZone",
    "merchants.sign_in.refused_pages.RefusedPages",
    "merchants.pages.error_pages.EmptyErrors",
    "merchants.pages.error_pages.UsedForms",
    "portal.middleware.RefuseNul",
    "merchants.staff_desk.StaffDesk",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "merchants.sign_in.gate.StaffGate",
    "portal.middleware.PageDeadline",
    "portal.middleware.PrivateFilesAway",
]

ROOT_URLCONF = "portal.urls"
STAFF_DESK_URLCONF = "portal.staff_desk_urls"
WSGI_APPLICATION = "portal.wsgi.people"
AUTH_USER_MODEL = "merchants.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "merchants.sign_in.appearance.admin_appearance",
                "merchants.kept_forms.kept_fields",
            ],
            "builtins": [f"portal.templatetags.{name}" for name in ("back_links", "cards", "desk", "moments", "parts")],
        },
    },
]


# --- Database: one, under two names ---------------------------------------------------------------------------------
# `wallet` is the same database with the deadlines of a signed call (contract, section 7). Tests run the ledger on
# `default`, so that a test's transaction holds both; the deadlines are tested against a running portal.
def read_database(name: str) -> dict[str, Any]:
    """One of the URLs as Django's settings of a connection."""
    if not setting(name).startswith(("postgres://", "postgresql://")):
        refuse(f"{name} must name a PostgreSQL database; it looks like postgres://user:password@host:5432/name.")
    try:
        found: dict[str, Any] = env.db_url(name)
    except (ImproperlyConfigured, ValueError):
        refuse(f"{name} cannot be read; it looks like postgres://user:password@host:5432/name.")
    found["HOST"] = unquote(found["HOST"])  # the folder of a socket stands percent-encoded in a URL
    return found


database = read_database("DATABASE_URL")
database |= {"CONN_MAX_AGE": setting("CONN_MAX_AGE", int, default=600), "ATOMIC_REQUESTS": False}
database["ENGINE"] = "portal.lib.postgres"
# A signed call is answered within this, come what may: callers give up after a second (contract, section 7).
ANSWER_SECONDS: float = setting("ANSWER_WITHIN_MS", int, default=850) / 1000
if ANSWER_SECONDS < 0.1 or (PRODUCTION and ANSWER_SECONDS > 0.9):
    refuse("ANSWER_WITHIN_MS must be from 100 to 900.")
READY_SECONDS = ANSWER_SECONDS * 0.6  # that a health check waits for a write
# A host that is gone without a word: jobs and pages find out within a minute, and not after a quarter of an hour.
NETWORK = {"connect_timeout": 5, "keepalives_idle": 20, "keepalives_interval": 10, "keepalives_count": 3}
NETWORK |= {"tcp_user_timeout": 40_000}
WALLET_NETWORK = {"connect_timeout": 2, "keepalives_idle": 2, "keepalives_interval": 1, "keepalives_count": 2}
WALLET_NETWORK |= {"tcp_user_timeout": 2_000}
# Told by each connection when it begins; the role of WALLET_DATABASE_URL has them of itself (decision 0054).
WALLET_DEADLINES = roles.WALLET_DEADLINES
WALLET_ROLE = read_database("WALLET_DATABASE_URL") if setting("WALLET_DATABASE_URL", default="") else {}
if WALLET_ROLE.get("USER") == database["USER"]:
    refuse("WALLET_DATABASE_URL names the role of DATABASE_URL; the role with the wallet's deadlines is another one.")
told_deadlines = {"options": " ".join(f"-c {name}={value}" for name, value in WALLET_DEADLINES.items())}
DATABASES: dict[str, dict[str, Any]] = {
    "default": database
    | {
        "CONN_HEALTH_CHECKS": True,  # a page after a database's restart is no error page
        "OPTIONS": NETWORK | database.get("OPTIONS", {}),
    },
    "wallet": database
    | WALLET_ROLE
    | {
        "ENGINE": database["ENGINE"],
        "OPTIONS": (WALLET_ROLE or database).get("OPTIONS", {})
        | WALLET_NETWORK
        | ({} if WALLET_ROLE else told_deadlines)
        | {"server_side_binding": True, "prepare_threshold": 1}
        | {"longest_wait": 30, "proof_grace": ANSWER_SECONDS / 8},
        "TEST": {"MIRROR": "default"},
    },
}
# Only `migrate` and what else must own the tables connects as the owner (decision 0036).
if setting("OWNER_DATABASE_URL", default=""):
    DATABASES["owner"] = read_database("OWNER_DATABASE_URL") | {"TEST": {"MIRROR": "default"}}
    if DATABASES["owner"]["USER"] == database["USER"]:
        refuse("OWNER_DATABASE_URL names the role of DATABASE_URL; the owner of the tables is another one.")
SUPERUSER_DATABASE_URL: str = setting("SUPERUSER_DATABASE_URL", default="")  # for make_roles alone
APPLICATION_ROLE: str = database["USER"]
if ENVIRONMENT == "test":  # tests in process connect as a superuser and become this role
    APPLICATION_ROLE = setting("APPLICATION_ROLE", default=APPLICATION_ROLE)
WALLET_DATABASE = "default" if ENVIRONMENT == "test" and setting("WALLET_ON_DEFAULT", bool, default=False) else "wallet"


# --- History --------------------------------------------------------------------------------------------------------
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)  # the indexes of history are by thing and time


# --- Mail and jobs --------------------------------------------------------------------------------------------------
def read_mailer() -> dict[str, Any]:
    """EMAIL_URL (`smtp+tls://user:password@host:587`) as a mailer; outside production mail may go to the console."""
    try:
        mail = env.email_url("EMAIL_URL", default=environ.Env.NOTSET if PRODUCTION else "consolemail://")
    except (ImproperlyConfigured, ValueError):
        refuse("EMAIL_URL is missing or cannot be read; it looks like smtp+tls://user:password@host:587.")
    if "smtp" not in mail["EMAIL_BACKEND"]:
        return {"BACKEND": mail["EMAIL_BACKEND"]}
    names = {"host": "HOST", "port": "PORT", "username": "HOST_USER", "password": "HOST_PASSWORD"}
    options = {option: mail[f"EMAIL_{name}"] for option, name in names.items()}
    security = {option: mail.get(f"EMAIL_{option.upper()}", False) for option in ("use_tls", "use_ssl")}
    # Of connection and commands; the phases of a mail itself have their own (portal/lib/smtp.py).
    return {"BACKEND": "portal.lib.smtp.EmailBackend", "OPTIONS": options | security | {"timeout": 60}}


MAILERS = {"default": read_mailer()}
DEFAULT_FROM_EMAIL: str = public("DEFAULT_FROM_EMAIL", default="Oppi Games portal <portal@oppi.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
SUPPORT_EMAIL: str = public("SUPPORT_EMAIL", default="support@oppi.invalid")  # whom emails tell to ask
LEDGER_ALARM_TO: list[str] = public("LEDGER_ALARM_TO", list, default=["ledger@oppi.invalid"])
RECONCILIATION_ALARM_TO: list[str] = (
    public("RECONCILIATION_ALARM_TO", list, default=[]) if "RECONCILIATION_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
SECURITY_ALARM_TO: list[str] = (
    public("SECURITY_ALARM_TO", list, default=[]) if "SECURITY_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
TRAFFIC_ALARM_TO: list[str] = (
    public("TRAFFIC_ALARM_TO", list, default=[]) if "TRAFFIC_ALARM_TO" in env.ENVIRON else LEDGER_ALARM_TO
)
CELERY_BROKER_URL: str = setting("BROKER_URL")
# Whoever publishes in a request waits less (merchants.services.job_queue); a worker waits for its next job for seconds.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # workers and beat outlive a broker that is away for a day
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10, "socket_keepalive": True}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
# Comparisons are long, and many are due in one minute: they wait for each other, and nothing else waits for them.
CELERY_TASK_ROUTES = {
    "wallet.tasks.reconcile_days": {"queue": "reconciliation"},
    "wallet.tasks.compare_day": {"queue": "reconciliation"},
    "wallet.tasks.read_statements": {"queue": "reconciliation"},
    "wallet.tasks.fetch_statements": {"queue": "reconciliation"},
    "wallet.tasks.look_up_host_key": {"queue": "reconciliation"},
    "wallet.tasks.look_up_waiting_host_keys": {"queue": "reconciliation"},
    "wallet.tasks.check_source": {"queue": "reconciliation"},
    "wallet.tasks.verify_books": {"queue": "reconciliation"},
    "wallet.tasks.prepare_settlement": {"queue": "reconciliation"},
    "wallet.tasks.prepare_waiting_settlements": {"queue": "reconciliation"},
    # By a worker of its own, where the folder of the backups and PostgreSQL's programs are.
    "portal.tasks.make_backup": {"queue": "backup"},
    "portal.tasks.test_restore": {"queue": "backup"},
}

ALIVE_FILE: str = setting("ALIVE_FILE", default="")  # which workers and beat touch as long as they work

# --- What processes share -------------------------------------------------------------------------------------------
# Locks against guessing and codes that were used: all web processes must count together.
CACHE_TIMEOUTS = {"socket_connect_timeout": 2, "socket_timeout": 2}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": setting("CACHE_URL", default=CELERY_BROKER_URL),
        "KEY_PREFIX": "portal-json",  # values of versions that pickled them stand apart
        "OPTIONS": CACHE_TIMEOUTS | {"serializer": "portal.lib.json_cache.JsonSerializer"},
    }
}

# --- People ---------------------------------------------------------------------------------------------------------
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
ACCOUNT_FORMS = {
    "login": "merchants.sign_in.forms.SignIn",
    "reset_password": "merchants.sign_in.forms.AskForReset",
}


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
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if setting("BEHIND_TLS_PROXY", bool, default=False) else None
)
SECURE_REDIRECT_EXEMPT = [r"^healthz(/reconciliation)?$"]
X_FRAME_OPTIONS = "DENY"
# For all pages (portal.middleware.PagePolicy): nothing inline, nothing from another host.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# What pages of others need: Alpine evaluates attributes, unfold and Swagger have styles inline, and unfold opens a page
# of a related thing in a frame.
UNFOLD_CSP: dict[str, list[str]] = {
    "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}
# A form leads on to the provider of a company's sign-in.
PROVIDER_ORIGINS = sorted({"/".join(each["issuer"].split("/")[:3]) for each in OIDC_PROVIDERS})
PAGE_CSP: dict[str, dict[str, list[str]]] = {
    "/admin/": UNFOLD_CSP | {"frame-src": [CSP.SELF], "frame-ancestors": [CSP.SELF]},
    "/account/": UNFOLD_CSP | {"form-action": [CSP.SELF, *PROVIDER_ORIGINS]},
    "/api/docs": {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE]},
    "/api/management/docs": {"style-src": [CSP.SELF, CSP.UNSAFE_INLINE]},
}
PAGE_STATEMENT_SECONDS: int = setting("PAGE_STATEMENT_SECONDS", int, default=15)  # of the database, for one page
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
if PRODUCTION:  # a browser takes these only over TLS, for this host and all of its paths
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

# --- Network --------------------------------------------------------------------------------------------------------
try:
    TRUSTED_PROXIES = parse_networks(setting("TRUSTED_PROXIES", list, default=[]))
except ValueError as fault:
    refuse(f"TRUSTED_PROXIES: {fault}.")
if too_wide_version(TRUSTED_PROXIES):  # whoever is a proxy chooses the address that allowlists judge
    refuse("TRUSTED_PROXIES holds more addresses than two /8 (IPv6: two /16). Name your proxies' own networks.")
# May an allowlist name private, loopback and reserved networks? A demo lives on 127.0.0.1; production callers do not.
ALLOWLIST_PRIVATE: bool = setting("ALLOWLIST_PRIVATE", bool, default=not PRODUCTION)
# Statements are fetched from public addresses, and from these networks besides.
try:
    STATEMENT_NETWORKS = parse_networks(setting("STATEMENT_NETWORKS", list, default=[]))
except ValueError as fault:
    refuse(f"STATEMENT_NETWORKS: {fault}.")
if too_wide_version(STATEMENT_NETWORKS):
    refuse("STATEMENT_NETWORKS holds more addresses than two /8 (IPv6: two /16). Name the hosts' own networks.")
# Events go to public addresses by https, and to these networks besides; a laptop's receiver is on loopback, by http.
try:
    EVENT_NETWORKS = parse_networks(
        setting("EVENT_NETWORKS", list, default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"])
    )
except ValueError as fault:
    refuse(f"EVENT_NETWORKS: {fault}.")
if too_wide_version(EVENT_NETWORKS):
    refuse("EVENT_NETWORKS holds more addresses than two /8 (IPv6: two /16). Name the receivers' own networks.")
EVENT_SECONDS = 15  # for one attempt: connect, send, answer
STATEMENT_FETCH_SECONDS = 300  # for all of it
STATEMENT_FETCH_IDLE_SECONDS = 20  # between two pieces

# --- The signed API -------------------------------------------------------------------------------------------------
GAME_LAUNCH_URL = public_url("GAME_LAUNCH_URL", "https://games.oppi.invalid/launch")
SESSION_LIFETIME_HOURS: int = setting("SESSION_LIFETIME_HOURS", int, default=24)
WEB_THREADS: int = setting("WEB_THREADS", int, default=8)  # of each process, as the web server is told
BODY_SECONDS, FORM_SECONDS = (
    2.0,
    10.0,
)  # that a body of a call, and of a form, may stand still (portal.lib.request_bodies)
FILE_ANSWER_SECONDS = 30  # of a statement, once it has arrived: it is kept before it is answered
CREDENTIAL_CACHE_SECONDS = 5
MAX_BODY_BYTES = 64 * 1024
MAX_BATCH_BODY_BYTES = 1024 * 1024
MAX_STATEMENT_BODY_BYTES: int = setting("MAX_STATEMENT_BODY_BYTES", int, default=64 * 1024 * 1024)  # as it is sent
STATEMENTS_AT_ONCE = 2  # large ones that a web process receives at the same time
REFUSED_BODY_DAYS: int = setting("REFUSED_BODY_DAYS", int, default=7)  # bodies of refused calls
if not 1 <= REFUSED_BODY_DAYS <= 35:
    refuse("REFUSED_BODY_DAYS must be from 1 to 35.")
REQUEST_LOG_DAYS: int = setting("REQUEST_LOG_DAYS", int, default=90)
if REQUEST_LOG_DAYS < 35:  # the database holds it too (wallet/services/log/retention.py)
    refuse("REQUEST_LOG_DAYS must be 35 or more.")
# Rows that are no books and no history; the database holds the 90 days too (merchants/services/retention.py).
EMAIL_DAYS: int = setting("EMAIL_DAYS", int, default=400)
STAFF_VISIT_DAYS: int = setting("STAFF_VISIT_DAYS", int, default=400)
EVENT_DAYS: int = setting("EVENT_DAYS", int, default=90)
if EVENT_DAYS < 31:  # the database holds 30 days too (merchants/models/events.py)
    refuse("EVENT_DAYS must be 31 or more.")
if min(EMAIL_DAYS, STAFF_VISIT_DAYS) < 91:
    refuse("EMAIL_DAYS and STAFF_VISIT_DAYS must be 91 or more.")
EXPORT_HOURS: int = setting("EXPORT_HOURS", int, default=24)
if not 1 <= EXPORT_HOURS <= 168:
    refuse("EXPORT_HOURS must be from 1 to 168.")
# The simulated game server of sandboxes: its jobs call this address, and its runs are kept so many days.
SIMULATION_API_URL: str = setting("SIMULATION_API_URL", default="").rstrip("/") or API_URL
if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", SIMULATION_API_URL):
    refuse("SIMULATION_API_URL must be an address that begins with http:// or https://.")
SIMULATION_DAYS: int = setting("SIMULATION_DAYS", int, default=30)
SIMULATIONS_AN_HOUR: int = setting("SIMULATIONS_AN_HOUR", int, default=12)  # of one person
if min(SIMULATION_DAYS, SIMULATIONS_AN_HOUR) < 1:
    refuse("SIMULATION_DAYS and SIMULATIONS_AN_HOUR must be 1 or more.")
# A day is compared with those beside it, and a weekend may lie between.
STATEMENT_TABLE_DAYS: int = setting("STATEMENT_TABLE_DAYS", int, default=4)
if STATEMENT_TABLE_DAYS < 4:
    refuse("STATEMENT_TABLE_DAYS must be 4 or more.")
# What is kept of refused calls (docs/operations.md): an address and minute in a web process, an hour, all of it.
REFUSED_CALLS_A_MINUTE: int = setting("REFUSED_CALLS_A_MINUTE", int, default=300)
REFUSED_BYTES_A_MINUTE: int = setting("REFUSED_BYTES_A_MINUTE", int, default=512 * 1024)
REFUSED_BYTES_AN_HOUR: int = setting("REFUSED_BYTES_AN_HOUR", int, default=64 * 1024 * 1024)
REFUSED_TABLE_BYTES: int = setting("REFUSED_TABLE_BYTES", int, default=2 * 1024**3)
REQUEST_LOG_FLUSH_SECONDS = 0.25
REQUEST_LOG_CAPACITY = 20_000
REQUEST_LOG_HELD_BYTES = 16 * 1024 * 1024
MAX_STATEMENT_BYTES: int = setting("MAX_STATEMENT_BYTES", int, default=512 * 1024 * 1024)  # as it comes
MAX_STATEMENT_UNPACKED_BYTES: int = setting("MAX_STATEMENT_UNPACKED_BYTES", int, default=2 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BATCH_BODY_BYTES
FILE_UPLOAD_HANDLERS = [
    "portal.lib.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
MANAGEMENT_TOKEN_REQUESTS_A_MINUTE: int = setting("MANAGEMENT_TOKEN_REQUESTS_A_MINUTE", int, default=120)
MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE: int = setting("MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE", int, default=300)
if min(MANAGEMENT_TOKEN_REQUESTS_A_MINUTE, MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE) < 1:
    refuse("MANAGEMENT_TOKEN_REQUESTS_A_MINUTE and MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE must be 1 or more.")
REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "wallet.api.schema.ContractSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oppi Games signed API",
    "DESCRIPTION": (
        "Launch games, move money and reconcile. Every request is signed: `x-signature` is the lower-case hex "
        "HMAC-SHA256, with the secret key, of the raw body, `|` and `x-timestamp`. Amounts are whole numbers: real "
        "amount × 100000."
    ),
    "EXTERNAL_DOCS": {"url": f"{BASE_URL}/developers/", "description": "Signing, statuses and retries"},
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": """{
  deepLinking: true,
  validatorUrl: null,
  supportedSubmitMethods: [], // no "Try it out": it cannot sign
  plugins: [documentOnly], // of wallet/api_docs.js
}""",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/",
    "SERVERS": [{"url": API_URL, "description": "Live keys and test keys"}],
    "TAGS": [
        {"name": "wallet", "description": "Balances and transactions of players"},
        {"name": "game", "description": "Game launch, sessions and rounds"},
        {"name": "reconciliation", "description": "Statements, reconciliation runs and breaks"},
    ],
    "POSTPROCESSING_HOOKS": ["wallet.api.schema.add_components"],
}

# --- Language, time, files ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True  # English only for now; catalogues: .ci/messages
LOCALE_PATHS = [BASE_DIR / "portal" / "locale", BASE_DIR / "templates" / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "portal.formats"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static" if PRODUCTION else None  # elsewhere the apps' own files are served
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # where they are collected
# What people export waits here for a day; web processes and workers share this folder, and nothing serves it.
EXPORT_FOLDER = Path(setting("EXPORT_FOLDER", default=str(VAR_DIR / "exports")))
PRIVATE_FILES: str = setting("PRIVATE_FILES", default=str(VAR_DIR / "private"))
try:
    private_place = storage_settings(PRIVATE_FILES)
except UnreadablePlace as unreadable:
    refuse(f"PRIVATE_FILES cannot be read: {unreadable}.")
except ImportError:
    refuse("PRIVATE_FILES is a bucket, and the client of S3 is not installed. Install requirements/s3.txt.")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": private_place,  # what only a view that has asked who reads may hand out
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- What is watched ------------------------------------------------------------------------------------------------
# Web processes count their calls in files there, and `manage.py metrics` shows them. Empty: nothing is counted.
METRICS_FOLDER: str = setting("METRICS_FOLDER", default="")
METRICS_ADDRESS: str = setting("METRICS_ADDRESS", default="127.0.0.1")
METRICS_PORT: int = setting("METRICS_PORT", int, default=9464)
if METRICS_FOLDER:
    Path(METRICS_FOLDER).mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_FOLDER  # read by prometheus_client when it is imported
# Where spans are sent by OTLP over HTTP. Empty: nothing is traced.
TRACES_URL: str = setting("TRACES_URL", default="").rstrip("/")
TRACES_SHARE: float = setting("TRACES_SHARE", float, default=0.1)
if TRACES_URL:
    if urlsplit(TRACES_URL).scheme not in {"http", "https"} or not urlsplit(TRACES_URL).hostname:
        refuse("TRACES_URL must begin with http:// or https:// and name a host.")
    if find_spec("opentelemetry") is None:
        refuse("TRACES_URL is set, and OpenTelemetry is not installed. Install requirements/traces.txt.")
if not 0 <= TRACES_SHARE <= 1:
    refuse("TRACES_SHARE must be from 0 to 1.")
BACKUP_RECORD: str = setting("BACKUP_RECORD", default=str(VAR_DIR / "backup.json"))
BACKUP_FOLDER: str = setting("BACKUP_FOLDER", default="")  # without it nothing is backed up by us
# A role with REPLICATION: it reads everything, so what serves does not have it.
BACKUP_DATABASE_URL: str = setting("BACKUP_DATABASE_URL", default="")
BACKUP_KEYS = read_keys("BACKUP_KEYS", setting("BACKUP_KEYS", default=""))
BACKUP_DAYS: int = setting("BACKUP_DAYS", int, default=14)
if BACKUP_DAYS < 1:
    refuse("BACKUP_DAYS must be 1 or more.")
BACKUP_SPOOL: str = setting("BACKUP_SPOOL", default=str(VAR_DIR / "wal"))  # WAL that is being received
BACKUP_SCRATCH: str = setting("BACKUP_SCRATCH", default=str(VAR_DIR / "restore-tests"))
POSTGRES_PROGRAMS: str = setting("POSTGRES_PROGRAMS", default="")
# Disks whose free space is watched: those of our own files, and what else is named.
WATCHED_FOLDERS: list[str] = [str(EXPORT_FOLDER), *setting("WATCHED_FOLDERS", list, default=[])]
if not is_bucket(PRIVATE_FILES):
    WATCHED_FOLDERS.append(PRIVATE_FILES)
if BACKUP_FOLDER:
    WATCHED_FOLDERS.append(BACKUP_FOLDER)

# --- Logs -----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.lib.logs.formatter"}},
    "filters": {"pages": {"()": "portal.lib.logs.signed_request_filter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": setting("LOG_LEVEL", default="INFO")},
    "loggers": {
        "paramiko": {"level": "CRITICAL"},  # what its threads meet is told by who fetches
        "fontTools": {"level": "ERROR"},  # tells each step of its work
        "fpdf": {"level": "ERROR"},
        "django.request": {"filters": ["pages"]},
    },
}


# --- Admin ----------------------------------------------------------------------------------------------------------
def page_of(model: str, title: Any, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD = {
    "SITE_TITLE": "Oppi Games portal",
    "SITE_HEADER": "Oppi Games",
    "SITE_SUBHEADER": _("Merchant portal"),
    "SITE_SYMBOL": "shield_lock",
    "SITE_URL": None,
    "STYLES": [lambda _request: static("merchants/admin.css")],
    "SCRIPTS": [lambda _request: static("merchants/controls.js")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("merchants/favicon.svg")}
    ],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Profile"), "link": reverse_lazy("profile")},
            {"title": _("API tokens"), "link": reverse_lazy("admin:access_tokens")},
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("Sessions"), "link": reverse_lazy("usersessions_list")},
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
        ]
    },
    "SHOW_HISTORY": False,  # the timeline knows more
    "SHOW_VIEW_ON_SITE": False,
    "SITE_VIEWS": [
        ("find/", "find", "wallet.admin.find.Find"),
        ("audit/", "audit", "merchants.admin.audit.AuditPage"),
        ("audit/export/", "audit_export", "merchants.admin.audit.AuditExport"),
        ("hygiene/", "hygiene", "merchants.admin.hygiene.HygienePage"),
        ("tokens/", "access_tokens", "merchants.admin.access_tokens.StaffTokensPage"),
        ("health/", "installation_health", "portal.soundness.page.HealthPage"),
    ],
    "DASHBOARD_CALLBACK": "wallet.admin.dashboard.fill_dashboard",
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {"items": [{"title": _("Today"), "icon": "monitoring", "link": reverse_lazy("admin:index")}]},
            {
                "title": _("Merchants"),
                "items": [
                    page_of("merchants_merchant", _("Merchants"), "storefront"),
                    page_of("merchants_apikey", _("API keys"), "key"),
                    page_of("merchants_compromise", _("Compromises"), "gpp_maybe"),
                    page_of("merchants_approval", _("Approvals"), "how_to_reg"),
                    {"title": _("Key hygiene"), "icon": "cleaning_services", "link": reverse_lazy("admin:hygiene")},
                    page_of("merchants_outgoingemail", _("Outgoing emails"), "mail"),
                    page_of("merchants_player", _("Players"), "groups"),
                    page_of("merchants_game", _("Games"), "casino"),
                ],
            },
            {
                "title": _("Wallet"),
                "items": [
                    page_of("wallet_transaction", _("Transactions"), "receipt_long"),
                    page_of("wallet_account", _("Accounts"), "account_balance_wallet"),
                    page_of("wallet_session", _("Sessions"), "stadia_controller"),
                    page_of("wallet_signedrequest", _("Request log"), "list_alt"),
                ],
            },
            {
                "title": _("Reconciliation"),
                "items": [
                    page_of("wallet_case", _("Cases"), "rule"),
                    page_of("wallet_reconciliation", _("Reconciliation runs"), "balance"),
                    page_of("wallet_statement", _("Statements"), "upload_file"),
                    page_of("wallet_reportdelivery", _("Reports"), "forward_to_inbox"),
                    page_of("wallet_reconciliationplan", _("Plans"), "event_repeat"),
                    page_of("wallet_currencyrate", _("Exchange rates"), "currency_exchange"),
                    page_of("wallet_settlement", _("Settlement statements"), "request_quote"),
                ],
            },
            {
                "title": _("People"),
                "items": [
                    page_of("merchants_person", _("People"), "badge"),
                    {"title": _("Audit log"), "icon": "history", "link": reverse_lazy("admin:audit")},
                    {
                        "title": _("Installation health"),
                        "icon": "stethoscope",
                        "link": reverse_lazy("admin:installation_health"),
                        "permission": lambda request: request.user.has_perm("merchants.change_person"),
                    },
                ],
            },
        ],
    },
}
