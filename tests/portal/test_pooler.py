"""A real PgBouncer in transaction mode before the wallet: the deadlines are the role's, and no pooler can lose them."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psycopg
import pytest

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local.embedded import Server
from portal.local.ports import free_port
from tests.plugins.live import CHECKOUT, end_of, stop
from tests.wallet.clusters import insist, own_cluster, own_portal, relay_to, seated
from tests.wallet.conftest import stage_on, until

pytestmark = pytest.mark.image
FOLDER = CHECKOUT / "var/pooler"
WALLET = "portal_wallet"
CLIENTS = 1000
SERVERS = 20
NOBODY = "65534:65534"
IN_USE = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"


class Pooled(NamedTuple):
    server: Server
    url: str  # of the role with the deadlines, through the pooler
    folder: Path


@contextmanager
def pooling(database: str, *, ignored: str = "") -> Iterator[str]:
    """An address of the database behind a pooler with the settings of docs/deploy/pgbouncer.ini."""
    subprocess.run([".ci/pooler", str(FOLDER)], cwd=CHECKOUT, check=True)
    port, address = free_port(), urlsplit(database)
    text = (CHECKOUT / "docs/deploy/pgbouncer.ini").read_text()
    for there, here in {
        "host=primary port=5432": f"host={address.hostname} port={address.port}",
        "listen_addr = 0.0.0.0": "listen_addr = 127.0.0.1",
        "listen_port = 6432": f"listen_port = {port}",
        "auth_type = scram-sha-256": "auth_type = trust",
        "/etc/pgbouncer/userlist.txt": f"/tmp/{port}.users",  # noqa: S108 - of the folder that it is locked into
    }.items():
        assert there in text
        text = text.replace(there, here)
    if ignored:
        text += f"ignore_startup_parameters = {ignored}\n"
    (FOLDER / f"tmp/{port}.ini").write_text(text)
    (FOLDER / f"tmp/{port}.users").write_text(f'"{WALLET}" ""\n"{roles.APPLICATION}" ""\n')
    log = FOLDER / f"tmp/{port}.log"
    command = ["chroot", f"--userspec={NOBODY}", str(FOLDER), "/usr/sbin/pgbouncer", f"/tmp/{port}.ini"]  # noqa: S108
    with log.open("wb") as out:
        process = subprocess.Popen(tethered_command(command), stdout=out, stderr=out, start_new_session=True)
    try:
        until(lambda: process.poll() is not None or b"process up" in log.read_bytes())
        assert process.poll() is None, end_of(log)
        yield f"postgres://{WALLET}@127.0.0.1:{port}{address.path}"
    finally:
        stop(process)


@pytest.fixture(scope="module")
def pooled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooled]:
    with own_cluster() as server, relay_to(server) as (_, url), pooling(url) as through:
        roles.prepare_roles(
            server.url,
            roles.DatabaseRole(roles.OWNER),
            roles.DatabaseRole(roles.APPLICATION),
            roles.DatabaseRole(WALLET),
        )
        yield Pooled(server, through, tmp_path_factory.mktemp("portal"))


def test_every_session_behind_it_has_the_deadlines(pooled: Pooled) -> None:
    with ExitStack() as stack:
        sessions = [stack.enter_context(psycopg.connect(pooled.url, autocommit=True)) for _ in range(2 * SERVERS)]
        for session in sessions:
            for name, value in roles.WALLET_DEADLINES.items():
                assert session.execute(f"SHOW {name}".encode()).fetchone() == (value,)
            who = session.execute("SELECT session_user::text, current_user::text").fetchone()
            assert who == (WALLET, roles.APPLICATION)


def test_bets_are_answered_through_it(pooled: Pooled) -> None:
    with (
        own_portal(pooled.server.url, pooled.folder, WALLET_DATABASE_URL=pooled.url) as portal,
        stage_on(portal) as stage,
    ):
        caller = seated(stage)
        for _ in range(20):
            assert insist(lambda: caller.bet(10)).status == "RS_OK"
        with psycopg.connect(pooled.server.url) as connection:
            found = connection.execute(IN_USE, [WALLET]).fetchone()
            assert found is not None
            assert 1 <= found[0] <= SERVERS
            connection.execute(
                "SELECT FROM wallet_account a JOIN merchants_player p ON p.id = a.player_id"
                " WHERE p.player_id = %s FOR UPDATE OF a, p",
                [caller.player],
            )
            assert caller.bet(10).http_status == 503, "the role's lock_timeout ends the wait"


def test_a_thousand_idle_clients_take_twenty_connections(pooled: Pooled) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            session = stack.enter_context(psycopg.connect(pooled.url, autocommit=True))
            assert session.execute("SELECT 1").fetchone() == (1,)
        with psycopg.connect(pooled.server.url) as connection:
            found = connection.execute(IN_USE, [WALLET]).fetchone()
        assert found is not None
        assert 1 <= found[0] <= SERVERS


def test_deadlines_that_a_pooler_drops_stop_the_start(pooled: Pooled) -> None:
    """As with the application's role behind a pooler that was told to overlook what a connection asks for."""
    with relay_to(pooled.server) as (_, url), pooling(url, ignored="options") as through:
        told = {"DATABASE_URL": roles.url_with_role(through, roles.APPLICATION), "WALLET_ON_DEFAULT": "false"}
        done = subprocess.run(
            tethered_command([sys.executable, "-c", "import portal.wsgi"]), env=os.environ | told, cwd=CHECKOUT,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "The wallet's connection has statement_timeout 0 and needs 700ms" in done.stderr
