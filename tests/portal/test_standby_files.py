"""The scripts of docs/deploy/postgres make a primary whose commits wait for a standby, and that standby."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded
from portal.local.embedded import Server
from tests.plugins.live import CHECKOUT, end_of, stop
from tests.wallet.clusters import LASTING, REPLICATED, folder_of_socket, own_folder
from tests.wallet.conftest import until

pytestmark = pytest.mark.xdist_group("clusters")
BASH = "/bin/bash"  # the program is looked for by another account, which may not read ours
SCRIPTS = CHECKOUT / "docs/deploy/postgres"
STATES = "SELECT application_name, sync_state FROM pg_stat_replication"


def environment(folder: Path, **own: str) -> dict[str, str]:
    """As the image sets it, with the password in a file."""
    password = folder / "replication_password"
    password.write_text("a password\n")
    password.chmod(0o644)
    programs = str(embedded.programs() / "bin")
    return {"PATH": f"{programs}:{os.environ['PATH']}", "REPLICATION_PASSWORD_FILE": str(password), **own}


def prepare_primary(primary: Server, folder: Path) -> None:
    told = environment(folder, PGHOST=folder_of_socket(primary), PGDATA=str(folder / "cluster"), POSTGRES_DB="portal")
    command = tethered_command([BASH, str(SCRIPTS / "primary.sh")], account=embedded.account())
    subprocess.run(command, env=told, cwd=folder, check=True)


@contextmanager
def standby(primary: Server, folder: Path) -> Iterator[None]:
    embedded.prepare_folder(folder)
    told = environment(folder, PRIMARY_HOST=folder_of_socket(primary), PGDATA=str(folder / "cluster"))
    options = ["-ccluster_name=standby", "-clisten_addresses=", f"-cunix_socket_directories={folder}"]
    command = [BASH, str(SCRIPTS / "standby.sh"), *options, *(f"-c{name}={value}" for name, value in SAME.items())]
    log = folder / "log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            tethered_command(command, account=embedded.account()),
            env=told,
            cwd=folder,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield
    except AssertionError:
        print(end_of(log))  # noqa: T201 - pytest shows it
        raise
    finally:
        stop(process)


SAME = embedded.SETTINGS | LASTING | REPLICATED | {"unix_socket_permissions": "0700"}
SAME = {name: value for name, value in SAME.items() if name != "listen_addresses"}


def test_a_commit_waits_for_the_standby_that_was_made() -> None:
    with (
        own_folder() as folder,
        own_folder() as other,
        embedded.postgres(folder, extra=LASTING | REPLICATED) as primary,
    ):
        prepare_primary(primary, folder)
        with psycopg.connect(primary.url, autocommit=True) as connection:
            assert connection.execute("SHOW synchronous_standby_names").fetchone() == ("",), "not yet: nobody is there"
            connection.execute("SELECT pg_reload_conf()")
        with standby(primary, other), psycopg.connect(primary.url, autocommit=True) as connection:
            until(lambda: connection.execute(STATES).fetchall() == [("standby", "quorum")])
            connection.execute("CREATE TABLE kept ()")
            rule = (other / "cluster/postgresql.auto.conf").read_text()
            assert 'synchronous_standby_names = \'ANY 1 ("primary", "standby")\'' in rule, "also after a promotion"
