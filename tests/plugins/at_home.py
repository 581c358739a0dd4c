"""No request waits for a stranger's host: while one is answered, nothing connects to anything but Valkey, asks a name
server, or sends mail; and no signed call speaks even to Valkey, which may hang. Held for every test that makes a
request in process; PostgreSQL's own library is not seen here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from redis.connection import AbstractConnection

COMPANY = ("/account/company/", "/account/oidc/")  # the one exception: it asks the provider, for seconds at most
BASES = ("/wallet/", "/game/", "/reconciliation/")
EVENTS = {"socket.connect": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}  # where the address stands
under_way: list[str] = []  # paths
met: list[str] = []


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    if under_way and event in EVENTS:
        address = arguments[EVENTS[event] :]
        whom = address[0] if event == "socket.connect" else address[:2]
        if not is_home(whom):
            met.append(f"{event} {whom}")


def is_home(whom: Any) -> bool:
    """By its port: the host may be given as a name. A test may have put the cache where nothing answers."""
    from django.conf import settings  # noqa: PLC0415 - as below

    known = [os.environ["BROKER_URL"], settings.CACHES["default"]["LOCATION"]]
    if all(path.startswith(COMPANY) for path in under_way):
        known += [each["issuer"] for each in settings.OIDC_PROVIDERS]
    return isinstance(whom, tuple) and whom[1:2] in [(urlsplit(url).port or 6379,) for url in known]


sys.addaudithook(watch)  # for good: the interpreter gives none back


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from django.core import mail  # noqa: PLC0415 - Django's settings are not to be read before tests.plugins.servers
    from django.test.client import ClientHandler  # noqa: PLC0415

    answer: Any = ClientHandler.__call__
    speak: Any = AbstractConnection.send_packed_command

    def guarded(handler: ClientHandler, environ: dict[str, Any]) -> Any:
        sent, path = len(getattr(mail, "outbox", ())), environ["PATH_INFO"]
        under_way.append(path)
        try:
            return answer(handler, environ)
        finally:
            under_way.remove(path)
            if len(getattr(mail, "outbox", ())) > sent:
                met.append(f"mail from {path}")

    def listened(connection: AbstractConnection, *arguments: Any, **options: Any) -> Any:
        if any(f"{path}/".startswith(BASES) for path in under_way):
            met.append("a signed call speaks to Valkey")
        return speak(connection, *arguments, **options)

    monkeypatch.setattr(ClientHandler, "__call__", guarded)
    monkeypatch.setattr(AbstractConnection, "send_packed_command", listened)
    met.clear()
    yield
    assert not met, "a request went out"
