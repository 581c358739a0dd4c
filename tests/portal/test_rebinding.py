"""A name that a merchant gives may point elsewhere a moment later: the address that was checked is the one reached.

Events and statements, by HTTPS and SFTP. The name server answers an allowed address first and one of a private network
after that; the hosts are real, and each connection of the portal is written down.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from merchants.services import event_addresses
from merchants.services.event_addresses import NotDelivered
from tests.wallet.hosts import PASSWORD, HttpsHost, SftpHost, certificate, https_host, sftp_host
from wallet.reconciliation import fetching, places
from wallet.reconciliation.host_addresses import Inside, NotFetched

NAME, DAY = "receiver.example", date(2026, 1, 31)
CHECKED = "127.0.0.1"
LATER = ["127.0.0.2", "169.254.169.254", "10.0.0.1", "::ffff:10.0.0.1", "::1"]


class NameServer:
    """Answers the checked address once, and another one to each later question."""

    def __init__(self, later: str) -> None:
        self.later, self.asked = later, 0

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        assert host == NAME
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (CHECKED if self.asked == 1 else self.later, port))]


@pytest.fixture(params=LATER)
def names(request: Any, monkeypatch: pytest.MonkeyPatch) -> NameServer:
    server = NameServer(request.param)
    monkeypatch.setattr(socket, "getaddrinfo", server)
    return server


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where the portal's sockets connected to, in order."""
    found: list[tuple[str, int]] = []
    connect = socket.socket.connect

    def write_down(wire: socket.socket, address: Any) -> None:
        found.append(address[:2])
        connect(wire, address)

    monkeypatch.setattr(socket.socket, "connect", write_down)
    return found


@pytest.fixture(autouse=True)
def _one_address(settings: Any) -> None:
    """Stands for a public one."""
    settings.EVENT_NETWORKS = settings.STATEMENT_NETWORKS = (ip_network(CHECKED),)
    settings.EVENT_SECONDS = settings.STATEMENT_FETCH_SECONDS = 60
    settings.STATEMENT_FETCH_IDLE_SECONDS = 20


def host_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    pem = certificate(folder, names=[name])
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return https_host(pem)


@pytest.fixture
def https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpsHost]:
    with host_of(NAME, tmp_path, monkeypatch) as host:
        host.answers = lambda handler: handler.give(b"ok")
        yield host


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpHost]:
    with sftp_host(tmp_path) as host:
        (tmp_path / "out" / f"{DAY}.csv").write_bytes(b"ok")
        yield host


def post(port: int) -> str:
    return event_addresses.post(f"https://{NAME}:{port}/events", b"{}", {}).text


def fetch(address: str, host_key: str = "") -> str:
    into = io.BytesIO()
    place = places.parse_place("sftp" if address.startswith("sftp") else "url", address)
    fetching.fetch_file(place, password=PASSWORD, host_key=host_key, day=DAY, into=into)
    return into.getvalue().decode()


def pull(port: int) -> str:
    return fetch(f"https://{NAME}:{port}/{{day}}.csv")


@pytest.mark.parametrize("reach", [post, pull])
def test_by_https_the_checked_address_is_reached_and_named(
    https: HttpsHost, names: NameServer, reached: list[tuple[str, int]], reach: Callable[[int], str]
) -> None:
    assert reach(https.port) == "ok"
    assert names.asked == 1
    assert reached == [(CHECKED, https.port)]
    assert https.named == [NAME], "TLS verifies the name, not the address"
    with pytest.raises((NotDelivered, Inside), match="private network"):
        reach(https.port)
    assert (names.asked, reached) == (2, [(CHECKED, https.port)])


@pytest.mark.parametrize("reach", [post, pull])
def test_a_host_that_is_not_the_named_one_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reach: Callable[[int], str]
) -> None:
    """Whoever answers at the address needs a certificate of the name."""
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(CHECKED))
    with host_of("another.example", tmp_path, monkeypatch) as host:
        with pytest.raises((NotDelivered, NotFetched), match="certificate"):
            reach(host.port)
        assert host.asked == []


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "https://10.0.0.1/", f"//{NAME}:1/", "https://[::1]/"])
@pytest.mark.parametrize("reach", [post, pull])
def test_a_redirect_reaches_nobody_else(
    https: HttpsHost,
    monkeypatch: pytest.MonkeyPatch,
    reached: list[tuple[str, int]],
    target: str,
    reach: Callable[[int], str],
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer("10.0.0.1"))
    https.answers = lambda handler: handler.give(b"moved", status=302, Location=target)
    if reach is post:
        assert reach(https.port) == "moved"
    else:
        with pytest.raises(NotFetched, match="redirects to another host"):
            reach(https.port)
    assert reached == [(CHECKED, https.port)]


def test_by_sftp_the_checked_address_is_reached(
    sftp: SftpHost, names: NameServer, reached: list[tuple[str, int]]
) -> None:
    address = f"sftp://acme@{NAME}:{sftp.port}/out/{{day}}.csv"
    assert fetch(address, sftp.host_key) == "ok"
    assert (names.asked, reached) == (1, [(CHECKED, sftp.port)])
    with pytest.raises(Inside):
        fetching.look_up_host_key(places.parse_place("sftp", address))
    with pytest.raises(Inside):
        fetch(address, sftp.host_key)
    assert reached == [(CHECKED, sftp.port)]
    assert len(sftp.tried) == 1, "the password goes nowhere else"
