"""What the drills happen to: PostgreSQL, Valkey, two web servers and the workers, each supervised alone."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_urlsafe

import psutil
from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from bench import cast
from bench.cast import Cast
from bench.drill import nodes
from bench.drill.keeper import Kept, kept
from bench.drill.nodes import Node
from bench.drill.traffic import until
from bench.servers import HOST, Bench, settings
from portal.database import roles
from portal.local import embedded
from portal.local.checkout_lock import VAR
from portal.local.embedded import Server
from portal.local.ports import free_port
from portal.local.up import portal_programs
from portal.local.welcome import is_answering

DATABASE = embedded.DATABASE
NODES = ("north", "south", "west")
WORKERS = ("worker", "reconciler", "beat")
ANSWERING = 2  # of the workers; beat answers nobody
WEB_SERVERS = 2
PLAYERS = 1_000  # each drill has some of its own
PLACE = "/var/tmp"  # noqa: S108 - the folder in it is ours alone


@dataclass
class Ground:
    """`served`: the nodes that web servers and workers know of, the primary among them."""

    bench: Bench
    nodes: dict[str, Node]
    stack: ExitStack
    cast: Cast
    ports: list[int]
    clock: dict[str, str] = field(default_factory=dict)  # of web servers and workers
    primary: str = NODES[0]
    served: list[str] = field(default_factory=lambda: [NODES[0]])
    kept: dict[str, Kept] = field(default_factory=dict)

    @property
    def writes(self) -> Node:
        return self.nodes[self.primary]

    def keep(self, name: str, start: Callable[[], AbstractContextManager[Server]]) -> Kept:
        self.kept[name] = self.stack.enter_context(kept(name, start))
        return self.kept[name]

    def keep_node(self, name: str) -> None:
        self.keep(name, self.nodes[name].start)

    def environment(self) -> dict[str, str]:
        """Of the application: its role, on the nodes that are served."""
        url = nodes.url_of([self.nodes[name] for name in self.served])
        return {"DATABASE_URL": roles.url_with_role(url, roles.APPLICATION)}

    @contextmanager
    def program(self, name: str, command: list[str]) -> Iterator[Server]:
        with self.bench.beside(name, command, DATABASE, **self.environment(), **self.clock) as process:
            yield Server(name, "", process)

    def manage(self, *arguments: str) -> str:
        """As the superuser, on whichever node takes writes."""
        return self.bench.manage(DATABASE, *arguments, DATABASE_URL=self.writes.url)

    def begin_web(self, number: int) -> None:
        port = self.ports[number]
        command = next(list(each.command) for each in portal_programs(HOST, 0, port) if each.name == "api")
        self.keep(f"web {number}", partial(self.program, f"web-{number}", command))

    def begin_workers(self) -> None:
        schedule = str(self.bench.folder / "beat")
        for each in portal_programs(HOST, 0, 0):
            if each.name in WORKERS:
                command = [schedule if part == str(VAR / "beat") else part for part in each.command]
                self.keep(each.name, partial(self.program, each.name, command))

    def family(self, *names: str) -> list[psutil.Process]:
        """All processes of all servers whose name begins so."""
        return [process for name, server in self.kept.items() if name.startswith(names) for process in server.family]

    def is_ready(self) -> bool:
        return all(is_answering(f"http://{HOST}:{port}/readyz") for port in self.ports)

    def await_ready(self) -> None:
        until("the web servers to be ready", self.is_ready)

    def await_workers(self) -> None:
        control = Celery(broker=self.bench.environment["BROKER_URL"]).control

        def is_answered() -> bool:
            with suppress(OperationalError, RedisError, OSError):
                return len(control.ping(timeout=1) or ()) >= ANSWERING
            return False

        until("the workers to answer", is_answered)

    def restart(self, *names: str) -> None:
        """In order, so that a changed environment holds."""
        servers = [server for name, server in self.kept.items() if name.startswith(names)]
        before = [server.starts for server in servers]
        for server in servers:
            server.server.process.send_signal(signal.SIGINT if server.name in self.nodes else signal.SIGTERM)
        for server, starts in zip(servers, before, strict=True):
            until(f"{server.name} to start again", lambda server=server, starts=starts: server.starts > starts)  # type: ignore[misc]
        self.await_ready()


type Fill = Callable[[Bench], Cast]


def assemble(bench: Bench) -> Cast:
    return cast.assemble(bench, DATABASE, PLAYERS)


@contextmanager
def opened(fill: Fill = assemble, *, web_servers: int = WEB_SERVERS, workers: bool = True) -> Iterator[Ground]:
    """In a folder of its own with a short path, on a disk: the paths of sockets may not be long."""
    with tempfile.TemporaryDirectory(prefix="portal-drill-", dir=PLACE, ignore_cleanup_errors=True) as place:
        folder = Path(place)
        with ExitStack() as stack:
            made = {name: Node(name, folder / name) for name in NODES}
            primary = stack.enter_context(kept(NODES[0], made[NODES[0]].start))
            valkey = f"redis://:{token_urlsafe(24)}@{HOST}:{free_port()}/0"
            environment = settings(primary.server.url, valkey) | {"PRIVATE_FILES": str(folder / "private")}
            bench = Bench(folder, environment)
            ground = Ground(bench, made, stack, fill(bench), [free_port() for _ in range(web_servers)])
            ground.kept[NODES[0]] = primary
            ground.keep("valkey", partial(embedded.valkey, folder / "valkey", url=valkey))
            for number in range(web_servers):
                ground.begin_web(number)
            if workers:
                ground.begin_workers()
            ground.await_ready()
            yield ground
