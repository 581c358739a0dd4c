"""What is done to the servers. Each fault is real, and over when its function returns."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from bench import signed
from bench.drill import nodes
from bench.drill.ground import NODES, Ground
from bench.drill.keeper import frozen, kill
from bench.drill.traffic import PATIENCE_SECONDS, Traffic, until
from bench.servers import HOST
from portal.database import roles
from portal.local import embedded

type Fault = Callable[[Ground, Traffic], None]
WEB, VALKEY, WORKERS = ("web",), ("valkey",), ("worker", "reconciler", "beat")
EVERYTHING = (*NODES, *WEB, *VALKEY, *WORKERS)
MEANWHILE = 100  # calls that are acknowledged while something is away that no call needs


# --- Killed and frozen ------------------------------------------------------------------------------------------------
def killed(*names: str) -> Fault:
    def fault(ground: Ground, traffic: Traffic) -> None:
        kill(ground.family(*names))

    return fault


def killed_one_process(ground: Ground, traffic: Traffic) -> None:
    """One of the two that answer at the first web server."""
    kill(ground.kept["web 0"].family[-1:])


def killed_backend(ground: Ground, traffic: Traffic) -> None:
    """One server process of PostgreSQL, upon which it ends all others and recovers."""
    kill([each for each in ground.family(ground.primary) if roles.APPLICATION in " ".join(each.cmdline())][:1])


def frozen_for(seconds: float, *names: str) -> Fault:
    def fault(ground: Ground, traffic: Traffic) -> None:
        with frozen(ground.family(*names)):
            time.sleep(seconds)

    return fault


def drawn_by_chance(seed: str) -> Callable[[Ground, Traffic], str]:
    """One fault after the other; each says what it was."""
    chance = random.Random(seed)
    choice: dict[str, Fault] = {
        "a web process killed": killed_one_process,
        "web killed": killed(*WEB),
        "web frozen 2 s": frozen_for(2, *WEB),
        "PostgreSQL killed": killed(NODES[0]),
        "a process of PostgreSQL killed": killed_backend,
        "PostgreSQL frozen 2 s": frozen_for(2, NODES[0]),
        "Valkey killed": killed(*VALKEY),
        "Valkey frozen 2 s": frozen_for(2, *VALKEY),
        "workers killed": killed(*WORKERS),
    }

    def fault(ground: Ground, traffic: Traffic) -> str:
        name = chance.choice(list(choice))
        choice[name](ground, traffic)
        return name

    return fault


# --- Full -------------------------------------------------------------------------------------------------------------
LOG_BYTES = 1024 * 1024
LINES = "SELECT count(*) FROM wallet_signedrequest"
# The log is one table or many partitions; its indexes go with it.
PARTS = """
    WITH RECURSIVE part AS (
        SELECT 'wallet_signedrequest'::regclass::oid AS id
        UNION ALL SELECT i.inhrelid FROM pg_inherits i JOIN part p ON p.id = i.inhparent
    )
    SELECT coalesce(string_agg('ALTER TABLE ' || quote_ident(c.relname) || ' SET TABLESPACE ' || %s, '; '), '')
      FROM part p JOIN pg_class c ON c.oid = p.id AND c.relkind = 'r'
"""


def log_has_no_room(ground: Ground, traffic: Traffic) -> None:
    """The request log lies on a file system of its own, which is full."""
    place, node = ground.bench.folder / "small", ground.writes
    with small_file_system(place):
        node.ask(f"CREATE TABLESPACE small LOCATION '{place}'")
        move_log(ground, "small")
        filler = place / "filler"
        with filler.open("wb") as out, suppress(OSError):
            while out.write(bytes(4096)):
                out.flush()
        waiting = told_waiting(ground)
        until("log lines to wait", lambda: told_waiting(ground) > waiting)
        traffic.await_acknowledged(MEANWHILE)
        before = node.ask(LINES)
        filler.unlink()
        until("the log to take lines again", lambda: node.ask(LINES) != before)
        move_log(ground, "pg_default")
        node.ask("DROP TABLESPACE small")


def told_waiting(ground: Ground) -> int:
    """How often a web process has said that it cannot write its lines."""
    return sum(file.read_text().count("request_log.waiting") for file in ground.bench.folder.glob("web-*.log"))


def move_log(ground: Ground, tablespace: str) -> None:
    with psycopg.connect(ground.writes.url, autocommit=True) as connection:
        row = connection.execute(PARTS, [tablespace]).fetchone()
        connection.execute(row[0].encode() if row else b"")


@contextmanager
def small_file_system(place: Path) -> Iterator[None]:
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", str(place)], check=True)
    embedded.hand_over(place)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def why_no_small_file_system() -> str:
    return "" if os.geteuid() == 0 and shutil.which("mount") else "needs root, to mount a small file system"


HELD_SECONDS = 3
END_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s AND NOT pid = ANY (%s)
"""


def no_connection_left(ground: Ground, traffic: Traffic) -> None:
    """Somebody holds all connections that PostgreSQL gives out; those of the portal are gone."""
    with ExitStack() as stack, psycopg.connect(ground.writes.url, autocommit=True) as operator:
        held, ends = list[psycopg.Connection](), time.monotonic() + PATIENCE_SECONDS
        is_full = False
        while time.monotonic() < ends:
            take_all(ground, stack, held)
            pids = [each.info.backend_pid for each in held]
            row = operator.execute(END_OTHERS, [roles.APPLICATION, pids]).fetchone()
            if not is_full and row == (0,):
                is_full, ends = True, time.monotonic() + HELD_SECONDS


def take_all(ground: Ground, stack: ExitStack, held: list[psycopg.Connection]) -> None:
    url = roles.url_with_role(ground.writes.url, roles.APPLICATION)
    with suppress(psycopg.OperationalError):
        while True:
            held.append(stack.enter_context(psycopg.connect(url)))


# --- Slow -------------------------------------------------------------------------------------------------------------
SLOW_CALLERS, SLOW_SECONDS = 50, 5
SLOW_BODIES = 4  # to each web server, of whose sixteen threads each holds one


def slow_readers(ground: Ground, traffic: Traffic) -> None:
    """They ask a hundred things at once, rightly signed, and read nothing."""
    cast, body = ground.cast, b'{"playerId":"player-1","currency":"EUR"}'
    stamp = str(int(time.time() * 1000))
    asked = signed.request(cast.auth_key, cast.secret.encode(), stamp, body, "/wallet/balance") * 100
    with connected(ground, SLOW_CALLERS) as wires:
        for wire in wires:
            with suppress(TimeoutError):
                wire.sendall(asked)
        traffic.await_acknowledged(2 * MEANWHILE)


def slow_bodies(ground: Ground, traffic: Traffic) -> None:
    """A byte a second, of bodies that are said to be long."""
    head = f"POST /wallet/balance HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 60000\r\n\r\n".encode()
    with connected(ground, SLOW_BODIES * len(ground.ports)) as wires:
        for wire in wires:
            wire.sendall(head)
        for _ in range(SLOW_SECONDS):
            for wire in wires:
                wire.sendall(b"{")
            time.sleep(1)


@contextmanager
def connected(ground: Ground, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        wires = []
        for each in range(number):
            wire = stack.enter_context(socket.socket())
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            wire.settimeout(5)
            wire.connect((HOST, ground.ports[each % len(ground.ports)]))
            wires.append(wire)
        yield wires


# --- Clocks -----------------------------------------------------------------------------------------------------------
LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
JUMPED_SECONDS = 3


def fake_clock() -> str:
    """The library that moves a process's clock; empty where there is none, and it can't be had from the system."""
    if not found_library() and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-qq", "-y", "libfaketime"], check=False, capture_output=True)
    return found_library()


def found_library() -> str:
    return next((str(each) for pattern in LIBRARIES for each in Path("/").glob(pattern[1:])), "")


def why_no_fake_clock() -> str:
    return "" if fake_clock() else "needs libfaketime (Debian's package)"


def movable_clock(file: Path) -> dict[str, str]:
    """What the environment of a process says, so that its clock goes as the file says. Monotonic clocks stay."""
    set_clock(file, "+0")
    return {
        "LD_PRELOAD": fake_clock(),
        "FAKETIME_TIMESTAMP_FILE": str(file),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "0",
    }


def set_clock(file: Path, offset: str) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(offset)
    draft.chmod(0o644)
    draft.replace(file)


@contextmanager
def web_clock(ground: Ground) -> Iterator[None]:
    ground.clock.update(movable_clock(ground.bench.folder / "clock"))
    ground.restart(*WEB)
    try:
        yield
    finally:
        ground.clock.clear()
        ground.restart(*WEB)


@contextmanager
def database_clock(ground: Ground) -> Iterator[None]:
    node = ground.writes
    node.environment.update(movable_clock(ground.bench.folder / "clock"))
    ground.restart(node.name)
    try:
        yield
    finally:
        node.environment.clear()
        ground.restart(node.name)


def clock_jumps(*offsets: str) -> Fault:
    def fault(ground: Ground, traffic: Traffic) -> None:
        for offset in (*offsets, "+0"):
            set_clock(ground.bench.folder / "clock", offset)
            time.sleep(JUMPED_SECONDS if offset != "+0" else 1)

    return fault


# --- Restarted in order -----------------------------------------------------------------------------------------------
def rolling_restart(ground: Ground, traffic: Traffic) -> None:
    for number in range(len(ground.ports)):
        ground.restart(f"web {number}")
        traffic.await_acknowledged(MEANWHILE)


# --- Standbys ---------------------------------------------------------------------------------------------------------
def others(ground: Ground) -> list[str]:
    return [name for name in NODES if name != ground.primary]


@contextmanager
def standbys(ground: Ground) -> Iterator[None]:
    """Two follow, and each commit waits for one of them. From here on the portal knows of all three nodes."""
    if len(ground.served) == 1:
        everybody = list(ground.nodes.values())
        nodes.follow_whoever_writes(ground.writes, everybody)
        for name in others(ground):
            nodes.copy(ground.writes, ground.nodes[name])
            ground.keep_node(name)
            await_follower(ground, name)
        nodes.protect(ground.writes, 1, NODES)
        ground.served = list(NODES)
        kill(ground.family(*WORKERS))
        ground.restart(*WEB)
    yield


def await_follower(ground: Ground, name: str) -> None:
    until(f"{name} to follow", lambda: ground.writes.ask(nodes.FOLLOWERS, name))


def one_standby_killed(ground: Ground, traffic: Traffic) -> None:
    kill(ground.family(others(ground)[0]))


def standbys_frozen(seconds: float) -> Fault:
    return lambda ground, traffic: frozen_for(seconds, *others(ground))(ground, traffic)


def standbys_killed(ground: Ground, traffic: Traffic) -> None:
    kill(ground.family(*others(ground)))


def primary_lost(ground: Ground, traffic: Traffic) -> None:
    """Its host is gone; somebody promotes the standby that has received most."""
    ground.kept.pop(ground.primary).lose()
    ground.primary = nodes.promote([ground.nodes[name] for name in others(ground)]).name


def primary_comes_back(ground: Ground, traffic: Traffic) -> None:
    """The host of the old primary is there again: rewound, it follows."""
    [old] = set(NODES) - set(ground.kept)
    nodes.rewind(ground.nodes[old], ground.writes)
    ground.keep_node(old)
    await_follower(ground, old)


def unprotected_primary_lost(ground: Ground, traffic: Traffic) -> None:
    """The control: commits wait for nobody, and the standbys have heard nothing for a while when it happens."""
    ground.writes.set("synchronous_standby_names", "")
    for name in others(ground):
        ground.nodes[name].set("primary_conninfo", "")
    until("nobody to follow", lambda: ground.writes.ask("SELECT count(*) FROM pg_stat_replication") == 0)
    traffic.await_acknowledged(2 * MEANWHILE)
    primary_lost(ground, traffic)
