"""nginx with the file of this repository before people and machines, and what is demanded of a proxy."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal import __version__
from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from tests.plugins.live import CHECKOUT, Live, end_of, stop
from tests.wallet.clusters import own_portal
from tests.wallet.conftest import SECONDS, LiveCaller, Stage, stage_on, until

CALLER = "127.0.0.2"
SLOW_CALLERS = 40  # more than all threads of the machines
SETTINGS = {"TRUSTED_PROXIES": "127.0.0.1", "BEHIND_TLS_PROXY": "true"}


def nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        missing = "not run: no nginx (on Debian: apt-get install nginx-light)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found


@dataclass
class Proxy:
    port: int
    plain_port: int
    stage: Stage

    def connect(self) -> http.client.HTTPSConnection:
        context = ssl._create_unverified_context()  # noqa: S323 - its certificate is of this test
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=SECONDS, context=context, source_address=(CALLER, 0)
        )

    def ask(self, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, str]:
        with closing(self.connect()) as wire:
            wire.request(method, path, body)
            response = wire.getresponse()
            return response.status, response.read().decode(errors="replace")


@dataclass
class ThroughProxy(LiveCaller):
    proxy: Proxy | None = None

    def connect(self) -> http.client.HTTPConnection:
        assert self.proxy is not None
        return self.proxy.connect()


@pytest.fixture
def proxy(live: Live, tmp_path: Path) -> Iterator[Proxy]:
    with own_portal(live.dsn, tmp_path, **SETTINGS) as machines, stage_on(machines) as stage:
        places = {"machines:8000": urlsplit(machines.api_url).netloc, "people:8000": urlsplit(live.base_url).netloc}
        with serving(tmp_path, places) as (port, plain_port):
            yield Proxy(port, plain_port, stage)


@contextmanager
def serving(folder: Path, places: dict[str, str]) -> Iterator[tuple[int, int]]:
    port, plain_port = free_port(), free_port()
    text = (CHECKOUT / "docs/deploy/nginx.conf").read_text()
    places |= {"listen 8443": f"listen 127.0.0.1:{port}", "listen 8080": f"listen 127.0.0.1:{plain_port}"}
    places |= {"/run/secrets": str(folder), "/var/cache/nginx": str(folder), "/tmp/nginx.pid": str(folder / "pid")}  # noqa: S108
    for there, here in places.items():
        assert there in text
        text = text.replace(there, here)
    (folder / "nginx.conf").write_text(text)
    write_certificate(folder)
    account = "user root; " if os.geteuid() == 0 else ""
    command = [nginx(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    log = folder / "nginx.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            tethered_command([*command, "-g", f"{account}daemon off;"]), stdout=out, stderr=out, start_new_session=True
        )
    try:
        until(lambda: process.poll() is not None or listens(port))
        assert process.poll() is None, end_of(log)
        yield port, plain_port
    finally:
        stop(process)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def write_certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.test")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem = serialization.Encoding.PEM
    (folder / "tls_certificate").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    (folder / "tls_key").write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))


def test_it_does_what_a_proxy_of_ours_must(proxy: Proxy) -> None:
    check_addresses(proxy)
    check_paths(proxy)
    check_sizes(proxy)
    check_slow_bodies(proxy)


def seat(proxy: Proxy) -> ThroughProxy:
    caller = proxy.stage.caller()
    return ThroughProxy(**(vars(caller) | {"wire": None, "proxy": proxy}))


def check_addresses(proxy: Proxy) -> None:
    """The address is the caller's, whatever the caller writes."""
    caller = seat(proxy)
    for header in ("X-Forwarded-For", "X_Forwarded_For", "x_forwarded_for"):
        caller.signer = replace(caller.signer, headers={header: "8.8.8.8"})
        assert caller.balance().http_status == 200
    seen = "SELECT DISTINCT host(address), address_source FROM wallet_signedrequest WHERE merchant_id = %s"
    wanted = (CALLER, "x-forwarded-for")
    until(lambda: wanted in proxy.stage.sql(seen, proxy.stage.merchant_id))
    assert "8.8.8.8" not in dict(proxy.stage.sql(seen, proxy.stage.merchant_id))


def check_paths(proxy: Proxy) -> None:
    assert '"RS_' in proxy.ask("/wallet/balance")[1]
    assert '"RS_' in proxy.ask("/wallet%2Fbalance")[1], "compared after decoding"
    assert '"RS_' in proxy.ask("/reconciliation/statements")[1]
    assert "</html>" in proxy.ask("/account/login/")[1]
    assert "</html>" in proxy.ask("/walletbalance")[1]
    assert proxy.ask("/livez") == (200, f'{{"live": true, "version": "{__version__}"}}')
    with closing(http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=SECONDS)) as wire:
        wire.request("GET", "/account/login/", headers={"Host": "portal.test"})
        answer = wire.getresponse()
        assert (answer.status, answer.getheader("Location")) == (301, "https://portal.test/account/login/")


def check_sizes(proxy: Proxy) -> None:
    assert '"RS_' in proxy.ask("/wallet/balance", "POST", b" " * 1_500_000)[1], "answered by the contract"
    assert proxy.ask("/wallet/balance", "POST", b" " * 3_000_000)[0] == 413


def check_slow_bodies(proxy: Proxy) -> None:
    """Callers whose bodies do not arrive hold no thread."""
    caller = seat(proxy)
    with ExitStack() as stack:
        for _ in range(SLOW_CALLERS):
            wire = stack.enter_context(closing(proxy.connect()))
            wire.putrequest("POST", "/wallet/transaction/bet")
            wire.putheader("Content-Length", "1000")
            wire.endheaders()
            wire.send(b"{")
        assert caller.bet(10).status == "RS_OK"
