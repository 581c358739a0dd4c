"""A stranger's checkout: what git tracks, in an empty folder, started by the one command."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from portal.local.ports import is_free
from portal.local.up import API_PORT_AFTER, MAIL_PORT_AFTER, METRICS_PORT_AFTER

CHECKOUT = Path(__file__).parents[2]
NOT_OURS = {
    *(
        "ENVIRONMENT",
        "DEBUG",
        "SECRET_KEY",
        "KEY_ENCRYPTION_KEYS",
        "WALLET_ON_DEFAULT",
        "ALLOWED_HOSTS",
        "TRUSTED_PROXIES",
        "API_PORT",
        "API_URL",
    ),
    *("OWNER_DATABASE_URL", "APPLICATION_ROLE"),
    *("DATABASE_URL", "BROKER_URL", "EMAIL_URL", "BASE_URL", "MAIL_URL", "DJANGO_SETTINGS_MODULE", "PRIVATE_FILES"),
}
START_SECONDS = 900  # it fills a database, and the machine may be busy with other tests
STOP_SECONDS = 180


@pytest.fixture
def port() -> int:
    """It and those that go with it are bound only when the demo is there: so below those that the system lends.
    Workers of a run never draw the same.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) * 2 % (MAIL_PORT_AFTER - 1)
    while True:
        drawn = 11_000 + secrets.randbelow(420) * 2 * MAIL_PORT_AFTER + worker
        ports = (0, API_PORT_AFTER, MAIL_PORT_AFTER, METRICS_PORT_AFTER)
        if all(is_free("127.0.0.1", drawn + after) for after in ports):
            return drawn


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What git tracks (or would), in an empty folder with a space in its name."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT, capture_output=True, check=True,
    ).stdout  # fmt: skip
    folder = tmp_path / "a stranger's copy"
    for name in filter(None, listed.decode().split("\0")):
        if (CHECKOUT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, folder / name)
    return folder


@contextmanager
def running(checkout: Path, port: int) -> Iterator[dict[str, Any]]:
    """The portal from this folder, and its demo.json; asserts an orderly end."""
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS} | {"PORT": str(port)}
    log = checkout.parent / "up.log"
    with log.open("ab") as out:
        portal = subprocess.Popen(
            [sys.executable, "-m", "portal.local.up"], cwd=checkout, env=environment, stdout=out, stderr=out
        )
    try:
        await_health(port, portal, log)
        yield json.loads((checkout / "var/demo.json").read_text())
        portal.send_signal(signal.SIGINT)
        assert portal.wait(STOP_SECONDS) == 0, log.read_text()[-4000:]
    finally:
        with suppress(ProcessLookupError):
            portal.kill()
        portal.wait()


def await_health(port: int, portal: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and portal.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            if urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).status == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"make up did not come up:\n{log.read_text()[-4000:]}")
