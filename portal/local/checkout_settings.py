"""Settings of the portal that runs from this checkout: made once and kept, or true only while it runs."""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.local.checkout_lock import VAR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DEFAULT_PORT = 8000
WHILE_RUNNING = ("DATABASE_URL", "OWNER_DATABASE_URL", "BROKER_URL", "EMAIL_URL", "BASE_URL", "API_URL", "MAIL_URL")


class CannotStart(Exception):
    """Why nothing was started, as a sentence for a person."""


def kept_settings() -> dict[str, str]:
    path = VAR / "demo.env"
    if not path.exists():
        write_private(path, as_lines(new_settings()))
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if line)


def new_settings() -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "ENVIRONMENT": "demo",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "KEY_ENCRYPTION_KEYS": f"demo:{key}",
        "PORT": str(DEFAULT_PORT),
    }


@contextmanager
def share_settings(environment: Mapping[str, str]) -> Iterator[None]:
    """So that `manage.py` in another shell reaches the same servers. What that shell sets itself, wins."""
    path = VAR / "embedded.env"
    write_private(path, as_lines({name: environment[name] for name in WHILE_RUNNING if name in environment}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def as_lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others, not even for a moment."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    draft.rename(path)


def port_of(environment: Mapping[str, str], name: str = "PORT") -> int:
    text = environment.get(name, str(DEFAULT_PORT))
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise CannotStart(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)
