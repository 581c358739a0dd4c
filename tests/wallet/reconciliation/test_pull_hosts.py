"""Getting a file from a host that somebody else runs: from there and from nowhere else, whole, and in bounded time."""

from __future__ import annotations

import io
import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import paramiko
import pytest

from portal.lib import public_hosts
from tests.wallet.hosts import (
    PASSWORD,
    Handler,
    HttpsHost,
    SftpHost,
    certificate,
    drip,
    hang,
    https_host,
    raw_host,
    sftp_host,
)
from wallet.reconciliation import fetching, host_addresses, places
from wallet.reconciliation.host_addresses import Inside, NotFetched, NotThereYet

DAY = date(2026, 1, 31)
FILE = b"transactionId,amount\nt-1,100\n"
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1"))
SOON = 20  # seconds; far above the bounds of who is impatient, far below what the hosts would like


@pytest.fixture(autouse=True)
def _bounds(settings: Any) -> None:
    """Nearly as outside: hosts and who asks them share a process, and on a busy machine that takes time."""
    settings.STATEMENT_NETWORKS = LOOPBACK
    settings.STATEMENT_FETCH_SECONDS = 60
    settings.STATEMENT_FETCH_IDLE_SECONDS = 20
    settings.MAX_STATEMENT_BYTES = 2**20


@pytest.fixture
def impatient(settings: Any) -> None:
    """For a host that is given up; on a busy machine it may be given up before it has begun to misbehave."""
    settings.STATEMENT_FETCH_SECONDS = 2
    settings.STATEMENT_FETCH_IDLE_SECONDS = 1


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    pem = certificate(tmp_path, names=["127.0.0.1", "localhost"])
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return pem


@pytest.fixture
def https(trusted: Path) -> Iterator[HttpsHost]:
    with https_host(trusted) as host:
        yield host


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpHost]:
    with sftp_host(tmp_path) as host:
        (tmp_path / "out" / f"{DAY}.csv").write_bytes(FILE)
        yield host


def bring(address: str, password: str = "", host_key: str = "") -> bytes:
    into = io.BytesIO()
    place = places.parse_place("sftp" if address.startswith("sftp") else "url", address)
    fetching.fetch_file(place, password=password, host_key=host_key, day=DAY, into=into)
    return into.getvalue()


def why_not(address: str, password: str = "", host_key: str = "") -> str:
    began = time.monotonic()
    with pytest.raises(NotFetched) as refusal:
        bring(address, password, host_key)
    assert time.monotonic() - began < SOON
    assert PASSWORD not in str(refusal.value)
    return str(refusal.value)


# --- HTTPS ------------------------------------------------------------------------------------------------------------
def test_the_file_of_the_day_is_had(https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(FILE)
    assert bring(https.address) == FILE
    ((path, headers),) = https.asked
    assert path == "/out/2026-01-31.csv"
    assert "Authorization" not in headers


def test_a_file_in_chunks_is_had(https: HttpsHost) -> None:
    def chunked(handler: Handler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"4\r\ntran\r\n" + f"{len(FILE) - 4:x}\r\n".encode() + FILE[4:] + b"\r\n0\r\n\r\n")

    https.answers = chunked
    assert bring(https.address) == FILE


@pytest.mark.parametrize(("user", "shown"), [("acme@", "Basic YWNtZTpzZXNhbWUg"), ("", f"Bearer {PASSWORD}")])
def test_a_password_goes_with_its_user_or_as_a_token(https: HttpsHost, user: str, shown: str) -> None:
    https.answers = lambda handler: handler.give(FILE)
    bring(https.address.replace("https://", f"https://{user}"), PASSWORD)
    assert https.asked[0][1]["Authorization"].startswith(shown)


def test_a_file_that_is_not_there_is_not_there_yet(https: HttpsHost) -> None:
    with pytest.raises(NotThereYet, match=r"does not have the file yet"):
        bring(https.address)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "refuses access"), (403, "refuses access"), (500, "answered 500"), (204, "204")],
)
def test_another_answer_is_told(https: HttpsHost, status: int, sentence: str) -> None:
    https.answers = lambda handler: handler.give(b"who are you?", status=status)
    assert sentence in why_not(https.address)


def moved(*targets: str) -> Callable[[Handler], None]:
    waiting = list(targets)
    return lambda handler: handler.give(b"", status=302, Location=waiting.pop(0)) if waiting else handler.give(FILE)


def test_on_the_same_host_it_is_followed(https: HttpsHost) -> None:
    https.answers = moved("/elsewhere/a.csv?x=1", f"https://127.0.0.1:{https.port}/b.csv")
    assert bring(https.address) == FILE
    assert [path for path, _ in https.asked] == ["/out/2026-01-31.csv", "/elsewhere/a.csv?x=1", "/b.csv"]


@pytest.mark.parametrize(
    "target",
    [
        "https://127.0.0.2:{port}/secret",
        "https://localhost:{port}/secret",
        "http://127.0.0.1:{port}/secret",
        "https://127.0.0.1/secret",
        "https://169.254.169.254/latest/meta-data/",
        "//10.0.0.1/secret",
        "file:///etc/passwd",
        "https://[::1",
        "https://127.0.0.1:99999/",
        "https://127.0.0.1:{port}@10.0.0.1/secret",
        "https://127.0.0.1.:{port}/secret",
        "https://2130706433:{port}/secret",
        "https://[::ffff:127.0.0.1]:{port}/secret",
        "sftp://127.0.0.1:{port}/secret",
    ],
)
def test_to_another_place_it_is_not(https: HttpsHost, target: str) -> None:
    https.answers = moved(target.format(port=https.port))
    assert " redirects to a" in why_not(https.address, PASSWORD)
    assert len(https.asked) == 1


def test_a_circle_has_an_end(https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(b"", status=302, Location=handler.path)
    assert "redirects too often" in why_not(https.address)
    assert len(https.asked) == 3


def test_a_file_that_says_it_is_too_large_is_not_begun(https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(b"", length=5 * 2**30)
    assert "larger than 1 MiB" in why_not(https.address)


def test_a_file_without_an_end_is_given_up(https: HttpsHost) -> None:
    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 2**16)

    https.answers = endless
    assert "larger than 1 MiB" in why_not(https.address)


def test_a_file_that_breaks_off_is_no_file(https: HttpsHost) -> None:
    https.answers = lambda handler: handler.give(FILE, length=len(FILE) + 1)
    assert "closed the connection" in why_not(https.address)


def test_a_file_of_no_said_length_ends_with_the_end_of_tls(https: HttpsHost) -> None:
    """Cut off on the way, it looks as if it were over."""

    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(FILE)
        os.close(handler.connection.detach())  # without TLS's own end

    https.answers = cut
    assert "closed the connection" in why_not(https.address)


@pytest.mark.usefixtures("impatient")
def test_a_host_that_says_nothing_is_given_up(https: HttpsHost) -> None:
    https.answers = lambda handler: time.sleep(5)
    assert "did not" in why_not(https.address)


def dripping_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


def dripping_header(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(100):
        handler.wfile.write(b"x")
        time.sleep(0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("drips", [dripping_body, dripping_header])
def test_a_host_that_drips_is_given_up(https: HttpsHost, drips: Callable[[Handler], None]) -> None:
    https.answers = drips
    assert "did not" in why_not(https.address)


@pytest.mark.usefixtures("impatient")
def test_a_handshake_that_drips_is_given_up(trusted: Path) -> None:
    record = b"\x16\x03\x03\x3f\xff"  # a TLS record of 16 KiB that never comes whole

    def begin(wire: socket.socket) -> None:
        wire.sendall(record)
        drip(wire)

    with raw_host(begin) as port:
        assert "did not" in why_not(f"https://127.0.0.1:{port}/{{day}}")


@pytest.mark.parametrize("said", [b"SSH-2.0-nonsense\r\n", b"\x00" * 64, b""])
def test_a_host_that_speaks_no_tls(trusted: Path, said: bytes) -> None:
    with raw_host(lambda wire: wire.sendall(said)) as port:
        assert "Ask the people who run the host." in why_not(f"https://127.0.0.1:{port}/{{day}}")


@pytest.mark.parametrize(
    "said", [b"nonsense\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 999]
)
def test_a_host_that_speaks_no_http(https: HttpsHost, said: bytes) -> None:
    def speak(handler: Handler) -> None:
        handler.wfile.write(said)

    https.answers = speak
    assert "Ask the people who run the host." in why_not(https.address)


def test_a_port_where_nobody_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert f"no connections on port {port}" in why_not(f"https://127.0.0.1:{port}/{{day}}")


def test_a_certificate_of_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path, names=["files.example.com"])
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with https_host(pem) as host:
        assert "certificate of 127.0.0.1 is not valid" in why_not(host.address, PASSWORD)
        assert host.asked == []


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    with https_host(certificate(tmp_path, names=["127.0.0.1"])) as host:
        assert "certificate of 127.0.0.1 is not valid" in why_not(host.address, PASSWORD)
        assert host.asked == []


def test_a_certificate_that_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path, names=["127.0.0.1"], begins=datetime.now(UTC) - timedelta(days=9))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with https_host(pem) as host:
        assert "expired" in why_not(host.address)


# --- nowhere inside ---------------------------------------------------------------------------------------------------
INSIDE = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0.0.0.0", "10.1.2.3"),
    *("172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "[fec0::1]", "[ff02::1]"),
    *("localhost.", "0", "0x7f.1", "127.0.0.1.", "017700000001", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]"),
    *("[0:0:0:0:0:0:0:1]", "[fe80::1%25lo]", "[::ffff:0:127.0.0.1]"),
    *("[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[::127.0.0.1]", "[2001:0:1::1]", "[2001:db8::1]"),
]


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["https://", "sftp://acme@"])
def test_nothing_is_fetched_from_inside(settings: Any, scheme: str, host: str) -> None:
    settings.STATEMENT_NETWORKS = ()
    with pytest.raises((Inside, host_addresses.NoSuchHost)):
        bring(f"{scheme}{host}/{{day}}", PASSWORD, "SHA256:" + "a" * 43)


@pytest.mark.parametrize("text", ["8.8.8.8", "52.1.2.3", "2a00:1450:4001:80b::200e", "2606:4700::1111"])
def test_public_addresses_are_public(text: str) -> None:
    assert public_hosts.is_public(ip_address(text))


Answers = Callable[..., list[Any]]


def names(*answers: list[str]) -> tuple[Answers, list[str]]:
    """A name server that answers each question with the next of these."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (text, port)) for text in answers[min(len(asked), len(answers)) - 1]]

    return resolve, asked


@pytest.mark.parametrize("inside", ["10.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "64:ff9b::a00:1"])
def test_one_address_inside_is_enough(monkeypatch: pytest.MonkeyPatch, settings: Any, inside: str) -> None:
    settings.STATEMENT_NETWORKS = ()
    resolve, _ = names(["93.184.215.14", inside, "2606:4700::1111"])
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert "points to" in why_not("https://files.example.com/{day}")


def test_a_name_is_asked_once_and_the_connection_goes_to_that_address(
    https: HttpsHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again, it would point elsewhere, where nobody listens."""
    resolve, asked = names(["127.0.0.1"], ["127.0.0.9"])
    https.answers = moved("/again.csv")
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert bring(f"https://localhost:{https.port}/{{day}}.csv") == FILE
    assert asked == ["localhost"]
    assert len(https.asked) == 2


def test_an_address_that_does_not_answer_is_passed_over(https: HttpsHost, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, _ = names(["::1", "127.0.0.1"])
    https.answers = lambda handler: handler.give(FILE)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert bring(f"https://localhost:{https.port}/{{day}}.csv") == FILE


def test_a_name_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_hosts, "RESOLVE_SECONDS", 0.1)

    def hangs(*_: Any, **__: Any) -> list[Any]:
        time.sleep(2)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    assert "has no address" in why_not("https://files.example.com/{day}")


# --- SFTP -------------------------------------------------------------------------------------------------------------
def test_the_file_of_the_day_is_had_by_sftp(sftp: SftpHost) -> None:
    assert bring(sftp.address, PASSWORD, sftp.host_key) == FILE


def test_a_file_of_many_pieces_is_had_whole(sftp: SftpHost) -> None:
    large = os.urandom(900_000)
    (sftp.folder / "out" / f"{DAY}.csv").write_bytes(large)
    assert bring(sftp.address, PASSWORD, sftp.host_key) == large


def test_the_key_of_a_host_is_shown_without_signing_in(sftp: SftpHost) -> None:
    assert fetching.look_up_host_key(places.parse_place("sftp", sftp.address)) == sftp.host_key
    assert sftp.tried == []


def test_a_host_with_another_key_gets_no_password(sftp: SftpHost) -> None:
    other = str(paramiko.ECDSAKey.generate().fingerprint)
    told = why_not(sftp.address, PASSWORD, other)
    assert f"a key that differs from the confirmed key: {sftp.host_key}" in told
    assert sftp.tried == []


def test_a_wrong_password_by_sftp(sftp: SftpHost) -> None:
    assert "refuses access for acme" in why_not(sftp.address, "another password", sftp.host_key)


def test_no_password_by_sftp(sftp: SftpHost) -> None:
    assert "refuses access for acme" in why_not(sftp.address, "", sftp.host_key)


def test_a_file_that_is_not_there_by_sftp(sftp: SftpHost) -> None:
    (sftp.folder / "out" / f"{DAY}.csv").unlink()
    with pytest.raises(NotThereYet, match="does not have the file yet"):
        bring(sftp.address, PASSWORD, sftp.host_key)


def test_a_folder_is_no_file(sftp: SftpHost) -> None:
    (sftp.folder / "out" / f"{DAY}.csv").unlink()
    (sftp.folder / "out" / f"{DAY}.csv").mkdir()
    assert "is not a file" in why_not(sftp.address, PASSWORD, sftp.host_key)


@pytest.mark.parametrize("size", [5 * 2**30, 2**63])
def test_a_file_that_says_it_is_too_large_by_sftp(sftp: SftpHost, size: int) -> None:
    sftp.claims = lambda: size
    assert "larger than 1 MiB" in why_not(sftp.address, PASSWORD, sftp.host_key)


@pytest.mark.parametrize("size", [len(FILE) - 1, len(FILE) + 1])
def test_a_file_that_is_not_as_long_as_it_says_is_still_being_written(sftp: SftpHost, size: int) -> None:
    sftp.claims = lambda: size
    with pytest.raises(NotThereYet, match="still being written"):
        bring(sftp.address, PASSWORD, sftp.host_key)


def test_a_file_that_grows_meanwhile_is_still_being_written(sftp: SftpHost) -> None:
    sizes = iter([len(FILE), len(FILE) + 10])
    sftp.claims = lambda: next(sizes)
    with pytest.raises(NotThereYet, match="still being written"):
        bring(sftp.address, PASSWORD, sftp.host_key)


def test_an_sftp_host_that_hangs_in_the_middle_is_given_up(sftp: SftpHost, settings: Any) -> None:
    """Not so soon that signing in could be what took too long."""
    settings.STATEMENT_FETCH_IDLE_SECONDS = 5
    sftp.before_piece = lambda: time.sleep(7)
    assert "did not" in why_not(sftp.address, PASSWORD, sftp.host_key)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("misbehaves", [hang, drip, lambda wire: drip(wire, b"hello\r\n"), lambda wire: None])
def test_a_host_that_speaks_no_ssh_is_given_up(misbehaves: Callable[[socket.socket], None]) -> None:
    with raw_host(misbehaves) as port:
        assert "127.0.0.1" in why_not(f"sftp://acme@127.0.0.1:{port}/{{day}}", PASSWORD, "SHA256:" + "a" * 43)
