"""The environment as values: a bad one stops the start with one sentence that names the variable."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parents[2]
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
