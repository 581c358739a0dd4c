"""A PostgreSQL and a Valkey for the run, before Django reads its settings; workers inherit them from the controller.

What DATABASE_URL and BROKER_URL name is used instead. Nothing else of the caller's settings has a say in a test.
"""

from __future__ import annotations

import atexit
import base64
import os
import secrets
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from portal.database import roles
from portal.local import embedded

if TYPE_CHECKING:
    from collections.abc import Generator

VALKEY_DATABASES = 16


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """A wrapper, since pytest-django loads the settings in a plain hook of this name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        set_environment()
        start_servers()
    else:
        os.environ["BROKER_URL"] = own_broker(os.environ["BROKER_URL"], int(worker.removeprefix("gw")))
        os.environ["PRIVATE_FILES"] = str(Path(os.environ["PRIVATE_FILES"]) / worker)
    return (yield)


def set_environment() -> None:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    os.environ |= {
        "ENVIRONMENT": "test",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "KEY_ENCRYPTION_KEYS": f"test:{key}",
        "WALLET_ON_DEFAULT": "true",  # a test's transaction holds both database aliases
        "EMAIL_URL": "memorymail://",
        "BASE_URL": "http://testserver",
        "API_URL": "http://testserver:81",
        "MAIL_URL": "",
        "OWNER_DATABASE_URL": "",
        "APPLICATION_ROLE": roles.APPLICATION,
        "ALLOWED_HOSTS": "*",
        "TRUSTED_PROXIES": "",
        "ANSWER_WITHIN_MS": "60000",  # a busy machine is no fault; the deadline has tests with portals of their own
        "MIGRATED_DATABASE": f"migrated_{secrets.token_hex(4)}",
    }


def start_servers() -> None:
    """Ended at exit; a killed run takes them along too, but leaves their folder behind."""
    stack = ExitStack()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-tests-")))
    atexit.register(stack.close)  # after the folder has registered its own end, so as to come before it
    os.environ["PRIVATE_FILES"] = str(folder / "private")
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = stack.enter_context(embedded.postgres(folder / "postgres", durable=False)).url
    else:
        take_along_migrated(stack)
    if "BROKER_URL" not in os.environ:
        os.environ["BROKER_URL"] = stack.enter_context(embedded.valkey(folder / "valkey", durable=False)).url


def take_along_migrated(stack: ExitStack) -> None:
    """Drop the migrated database at the end, or find that of an earlier run."""
    from tests.plugins import databases  # noqa: PLC0415 - Django's settings are not to be read before the hook

    if os.environ.get("KEEP_MIGRATED") == "true":
        os.environ["MIGRATED_DATABASE"] = f"migrated_{databases.digest()}"
    else:
        stack.callback(databases.forget)


def own_broker(url: str, number: int) -> str:
    """Each worker has a Valkey database of its own; 0 is left to the running portal of `live`."""
    return urlsplit(url)._replace(path=f"/{number % (VALKEY_DATABASES - 1) + 1}").geturl()
