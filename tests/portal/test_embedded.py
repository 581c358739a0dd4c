from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cluster for the file: making it is what takes the time."""
    return tmp_path_factory.mktemp("embedded folder")


def version_of(url: str) -> int:
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10_000


def cluster_server(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "-D" in (process.info["cmdline"] or ()) and str(folder / "cluster") in process.info["cmdline"]
    ]


@contextmanager
def tethered_sleep() -> Iterator[subprocess.Popen[bytes]]:
    """A living process that is no server, of the account that the server runs as."""
    with subprocess.Popen(
        tethered_command([shutil.which("sleep") or "", "600"], account=embedded.account())
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.xdist_group("embedded")
class TestPostgres:
    def test_it_is_version_18_and_keeps_what_it_was_told(self, folder: Path) -> None:
        with embedded.postgres(folder, durable=False) as server, psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1")
        with embedded.postgres(folder, durable=False) as server, psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT * FROM kept").fetchall() == [(1,)]
            assert version_of(server.url) == 18
        assert cluster_server(folder) == []

    def test_it_is_durable_unless_told_otherwise(self, folder: Path) -> None:
        with embedded.postgres(folder) as server, psycopg.connect(server.url) as connection:
            shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
        assert shown == [("on",), ("on",)]

    def test_what_the_superuser_owned_is_handed_over(self, folder: Path) -> None:
        """As in a folder of a version that knew one role."""
        with embedded.postgres(folder, durable=False) as server, psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE ours AS SELECT 1")
        with embedded.postgres(folder, durable=False) as server:
            with psycopg.connect(roles.url_with_role(server.url, roles.OWNER)) as connection:
                connection.execute("ALTER TABLE ours ADD COLUMN more int")
            with (
                psycopg.connect(roles.url_with_role(server.url, roles.APPLICATION)) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute("SELECT * FROM ours")

    def test_nobody_else_on_the_machine_can_connect(self, folder: Path) -> None:
        with embedded.postgres(folder, durable=False):
            assert folder.stat().st_mode & 0o077 == 0
            assert (folder / "socket").stat().st_mode & 0o077 == 0

    def test_a_record_of_a_process_that_is_not_it_does_not_stop_the_start(self, folder: Path) -> None:
        with embedded.postgres(folder, durable=False):
            pass
        (folder / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")
        with embedded.postgres(folder, durable=False) as server:
            assert version_of(server.url) == 18

    def test_the_lock_of_a_socket_with_the_number_of_another_process_does_not_stop_the_start(
        self, folder: Path
    ) -> None:
        """As after a power cut: the lock is there, and its number is that of something else by now."""
        with embedded.postgres(folder, durable=False):
            pass
        lock = folder / "socket" / ".s.PGSQL.5432.lock"
        with tethered_sleep() as other:
            lock.write_text(f"{other.pid}\n{folder / 'cluster'}\n1\n5432\n{folder / 'socket'}\n")
            (folder / "socket" / ".s.PGSQL.5432").touch()
            with embedded.postgres(folder, durable=False) as server:
                assert version_of(server.url) == 18
            assert other.poll() is None, "it is left alone"

    def test_it_starts_again_after_it_was_killed(self, folder: Path) -> None:
        with embedded.postgres(folder, durable=False) as server:
            server.process.kill()
        with embedded.postgres(folder, durable=False) as server:
            assert version_of(server.url) == 18

    def test_it_waits_for_what_a_killed_one_left(self, folder: Path) -> None:
        with embedded.postgres(folder, durable=False) as server:
            last = psutil.Process(server.process.pid).children()[0]
            last.suspend()
            server.process.kill()
        later = threading.Timer(1, last.resume)
        later.start()
        with embedded.postgres(folder, durable=False) as server:
            assert version_of(server.url) == 18
        later.join()

    def test_a_path_too_long_for_a_socket_is_no_hindrance(self, tmp_path: Path) -> None:
        with embedded.socket_folder(tmp_path / ("long" * 30)) as sockets:
            assert len(str(sockets)) < 60

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
    def test_it_ends_when_its_parent_is_killed(self, folder: Path) -> None:
        code = "import sys, time, pathlib; from portal.local import embedded\n"
        code += "with embedded.postgres(pathlib.Path(sys.argv[1]), durable=False): print(flush=True); time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE) as parent:
            assert parent.stdout is not None
            parent.stdout.readline()
            parent.kill()
        deadline = time.monotonic() + 20
        while cluster_server(folder) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert cluster_server(folder) == []

    def test_a_failed_start_says_why(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(embedded.SETTINGS, "shared_buffers", "nonsense")
        with pytest.raises(embedded.ServerFault, match="shared_buffers"), embedded.postgres(folder):
            pass


def test_valkey_asks_for_its_password_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path / "valkey") as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "1")
        port = urlsplit(server.url).port or 0
        with (
            redis.Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger,
            pytest.raises(redis.exceptions.AuthenticationError),
        ):
            stranger.get("kept")
    with embedded.valkey(tmp_path / "valkey") as server, redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"1"


def test_valkey_keeps_nothing_where_it_need_not(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path / "valkey", durable=False) as server, redis.Redis.from_url(server.url) as client:
        client.set("kept", "1")
    with embedded.valkey(tmp_path / "valkey", durable=False) as server, redis.Redis.from_url(server.url) as client:
        assert client.get("kept") is None


def test_valkey_is_not_called_started_while_it_still_reads_what_it_kept(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path / "valkey") as server, redis.Redis.from_url(server.url) as client:
        client.eval('for i = 1, 300000 do redis.call("SET", i, i) end', 0)
    with (
        embedded.valkey(tmp_path / "valkey") as server,
        redis.Redis.from_url(server.url, retry=Retry(NoBackoff(), 0)) as client,
    ):
        assert client.dbsize() == 300_000


def test_what_is_tethered_to_a_process_that_has_ended_does_not_begin() -> None:
    code = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    # Tethered to this process, but started by another: as if this one had ended in between.
    done = subprocess.run([sys.executable, "-c", code, *tethered_command(["true"])], timeout=20, check=False)
    assert done.returncode == 1


def test_valkey_ends_even_when_its_folder_is_gone(tmp_path: Path) -> None:
    with embedded.valkey(tmp_path / "valkey") as server:
        shutil.rmtree(tmp_path / "valkey")
        started = time.monotonic()
    assert server.process.returncode == 0
    assert time.monotonic() - started < 5
