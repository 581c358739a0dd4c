"""Operators' hosts on loopback that keep a statement, and misbehave on demand: HTTPS and SFTP."""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import paramiko
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

PASSWORD = "sesame of the operator"
MINUTE = timedelta(minutes=1)


# --- certificates -----------------------------------------------------------------------------------------------------
def certificate(folder: Path, *, names: list[str], begins: datetime | None = None) -> Path:
    """Signed by itself; whoever trusts the file trusts the host. Key and certificate in one PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    begin = begins or datetime.now(UTC) - MINUTE
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_general(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{names[0]}.pem"
    file.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return file


def _general(name: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(name))
    return x509.DNSName(name)


# --- HTTPS ------------------------------------------------------------------------------------------------------------
Answering = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        self.server.host.asked.append((self.path, dict(self.headers)))
        with suppress(OSError):
            self.server.host.answers(self)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.do_GET()

    def log_message(self, *_: Any) -> None: ...

    def give(self, body: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@dataclass
class HttpsHost:
    port: int = 0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    named: list[str | None] = field(default_factory=list)  # by TLS, the name that the caller wants to reach
    answers: Answering = lambda handler: handler.give(b"", status=404)

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}/out/{{day}}.csv"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    host: HttpsHost

    def handle_error(self, *_: Any) -> None: ...


@contextmanager
def https_host(pem: Path) -> Iterator[HttpsHost]:
    server = _Server(("127.0.0.1", 0), Handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.host = host = HttpsHost(server.server_address[1])
    tls.sni_callback = lambda _wire, name, _context: host.named.append(name)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw_host(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port behind which something else than a server is."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ended = threading.Event()

        def run() -> None:
            listening.settimeout(0.05)
            while not ended.is_set():
                with suppress(OSError), closing(listening.accept()[0]) as wire:
                    wire.settimeout(5)
                    serve(wire)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def drip(wire: socket.socket, piece: bytes = b"x", *, every: float = 0.05, seconds: float = 5) -> None:
    """Never silent for long, and never done."""
    for _ in range(int(seconds / every)):
        wire.sendall(piece)
        time.sleep(every)


def hang(wire: socket.socket) -> None:
    """Takes what comes and says nothing, until the other side has had enough."""
    while wire.recv(4096):
        pass


# --- SFTP -------------------------------------------------------------------------------------------------------------
class _Door(paramiko.ServerInterface):
    def __init__(self, host: SftpHost) -> None:
        self.host = host

    def check_auth_password(self, username: str, password: str) -> int:
        self.host.tried.append((username, password))
        return AUTH_SUCCESSFUL if (username, password) == ("acme", PASSWORD) else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(server, *args, **kwargs)
        self.host: SftpHost = server.host

    def stat(self, path: str) -> Any:
        try:
            found = paramiko.SFTPAttributes.from_stat((self.host.folder / path.lstrip("/")).stat())
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno or 0)
        if self.host.claims is not None:
            found.st_size = self.host.claims()
        return found

    def open(self, path: str, flags: int, attr: Any) -> Any:
        try:
            file = (self.host.folder / path.lstrip("/")).open("rb")
        except OSError as fault:
            return paramiko.SFTPServer.convert_errno(fault.errno or 0)
        handle = _Handle(flags)
        handle.readfile, handle.host = file, self.host  # type: ignore[attr-defined]
        return handle


class _Handle(paramiko.SFTPHandle):
    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))  # type: ignore[attr-defined]

    def read(self, offset: int, length: int) -> Any:
        self.host.before_piece()  # type: ignore[attr-defined]
        return super().read(offset, length)


@dataclass
class SftpHost:
    folder: Path
    key: paramiko.PKey
    port: int = 0
    tried: list[tuple[str, str]] = field(default_factory=list)
    claims: Callable[[], int] | None = None
    before_piece: Callable[[], None] = lambda: None

    @property
    def address(self) -> str:
        return f"sftp://acme@127.0.0.1:{self.port}/out/{{day}}.csv"

    @property
    def host_key(self) -> str:
        return str(self.key.fingerprint)

    def serve(self, wire: socket.socket) -> None:
        transport = paramiko.Transport(wire)
        transport.add_server_key(self.key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
        with suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=_Door(self))
        while transport.is_active():
            time.sleep(0.02)
        transport.close()


@contextmanager
def sftp_host(folder: Path) -> Iterator[SftpHost]:
    host = SftpHost(folder, paramiko.ECDSAKey.generate())
    (folder / "out").mkdir()
    with raw_host(host.serve) as host.port:
        yield host
