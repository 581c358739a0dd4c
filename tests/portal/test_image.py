"""The image is built from Dockerfile without fetching one, and answers a signed bet as compose.yaml runs it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from portal.local.welcome import is_answering
from tests.plugins.live import Live, end_of, stop
from tests.portal.containers import podman, portal_image
from tests.portal.test_settings import GOOD
from tests.wallet.clusters import insist, own_cluster, relay_to, seated
from tests.wallet.conftest import stage_on

pytestmark = pytest.mark.image
MOST_BYTES = 250_000_000
# No systemd, no cgroups to set, and limits that a session without CAP_SYS_RESOURCE may have.
HOST = ["--network=host", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", "--no-healthcheck"]
CLOSED = ["--read-only", "--cap-drop=all", "--security-opt=no-new-privileges", "--tmpfs=/tmp"]
NAME = "portal-tested"
START_SECONDS = 300  # of a container that copies its image, on a busy machine
SETTINGS = ("SECRET_KEY", "KEY_ENCRYPTION_KEYS")  # of this run, so that what the tests seal can be opened
# In one container: each copies the whole image where there are no layers.
FACTS = r"""
echo size=$(find / -xdev -type f -printf '%s\n' 2>/dev/null | awk '{ sum += $1 } END { print sum }')
echo account=$(id -u)
echo written=$(touch /app/x /usr/x /etc/x 2>/dev/null; ls /app/x /usr/x /etc/x 2>/dev/null)
echo writable=$(cd /app/var && stat --format '%n=%u=%a' exports private record backups wal restore-tests)
echo programs=$(which apt-get dpkg-reconfigure perl gcc pip)
echo authorities=$(python -c 'import ssl; print(len(ssl.create_default_context().get_ca_certs()))')
echo zone=$(python -c 'import zoneinfo; print(zoneinfo.ZoneInfo("Europe/Berlin"))')
echo files=$(ls -A /app)
echo environment=$(env) $(ls -A /root /home /run/secrets 2>/dev/null)
"""


@pytest.fixture(scope="module")
def image() -> str:
    return portal_image("production")


@pytest.fixture(scope="module")
def facts(image: str) -> dict[str, str]:
    run = podman("run", "--rm", *HOST, *CLOSED, image, "sh", "-c", FACTS)
    said = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=True).stdout
    return dict(line.partition("=")[::2] for line in said.splitlines())


def test_it_is_small_and_runs_as_nobody_in_particular(facts: dict[str, str]) -> None:
    assert int(facts["size"]) <= MOST_BYTES
    assert facts["account"] == "10001"
    assert not facts["written"]
    assert not facts["programs"]
    folders = ("exports", "private", "record", "backups", "wal", "restore-tests")
    assert facts["writable"].split() == [f"{name}=10001=700" for name in folders]


def test_it_can_work_without_what_was_removed(facts: dict[str, str]) -> None:
    assert int(facts["authorities"]) > 100
    assert facts["zone"] == "Europe/Berlin"


def test_it_holds_no_secret_and_no_file_that_nobody_named(facts: dict[str, str]) -> None:
    code = {"manage.py", "merchants", "portal", "templates", "wallet"}
    assert set(facts["files"].split()) == {".venv", "docs", "var", *code}
    assert not any(name in facts["environment"] for name in ("SECRET", "KEY", "PASSWORD", "URL"))


@contextmanager
def running(image: str, environment: dict[str, str], port: int, log: Path) -> Iterator[None]:
    told = [f"--env={name}={value}" for name, value in environment.items()]
    serve = ["granian", "--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "8"]
    created = podman("create", f"--name={NAME}", *HOST, *CLOSED, *told, image, *serve, "portal.wsgi:machines")
    subprocess.run(created, stdout=subprocess.DEVNULL, check=True)
    with log.open("ab") as out:
        started = tethered_command(podman("start", "--attach", NAME))
        process = subprocess.Popen(started, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_answering(f"http://127.0.0.1:{port}/readyz"):
            assert process.poll() is None, end_of(log)
            assert time.monotonic() < deadline, end_of(log)
            time.sleep(0.1)
        yield
    finally:
        stop(process)
        subprocess.run(podman("rm", "--force", "--ignore", NAME), stdout=subprocess.DEVNULL, check=True)


def test_a_signed_bet_is_answered_from_inside(image: str, tmp_path: Path) -> None:
    port = free_port()
    with own_cluster() as server, relay_to(server) as (_, url):
        address = f"http://127.0.0.1:{port}"
        environment = GOOD | {name: os.environ[name] for name in SETTINGS}
        environment |= {
            "DATABASE_URL": url.replace("postgres@", "portal_application@"),
            "BROKER_URL": os.environ["BROKER_URL"],
        }
        log = tmp_path / "log"
        portal = Live(address, server.url, environment, log, address)
        with running(image, environment, port, log), stage_on(portal) as stage:
            caller = seated(stage)
            assert insist(lambda: caller.bet(100_000)).status == "RS_OK"
            assert replace(caller, player="nobody").bet(1).status != "RS_OK"
            assert is_alive(f"{address}/livez")
            assert not is_alive(f"http://127.0.0.1:{free_port()}/livez")


def is_alive(address: str) -> bool:
    """As the health check asks, from inside."""
    asked = podman("exec", NAME, "python", "-m", "portal.alive", address)
    return subprocess.run(asked, check=False).returncode == 0
