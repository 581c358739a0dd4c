"""The whole portal from one command, `make up`: servers, schema, data, and all that serves."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

from portal import embedded
from portal.claim import VAR, Running, claim
from portal.database import roles
from portal.local import Refusal, kept_settings, port_of, shared_while_running
from portal.ports import free_port, is_free, visible
from portal.processes import TOLD, Program, run_all
from portal.steps import manage, step
from portal.welcome import NoAnswer, await_answer, welcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.embedded import Server

MAIL_PORT_AFTER = 25
LAST_PORT = 65535
SERVER_CHECK_SECONDS = 0.5


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    console = Console(highlight=False)
    try:
        with claim(VAR):
            ended = run(console)
    except (Running, Refusal, embedded.ServerFault) as refusal:
        console.print(str(refusal), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        ended = TOLD
    if ended == TOLD:
        console.print("Stopped.")
        return 0
    console.print(f"{ended} ended by itself, so everything was stopped.", style="red")
    return 1


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def run(console: Console) -> str:
    """What ended it: TOLD, or the name of the part that failed."""
    environment = kept_settings() | os.environ | {"PYTHONUNBUFFERED": "1"}  # their lines are shown as they come
    host, port = environment.get("HOST", "127.0.0.1"), port_of(environment)
    if not is_free(host, port):
        raise Refusal(f"Port {port} on {host} is taken; stop what uses it, or choose another: PORT=8080 make up")
    environment.setdefault("BASE_URL", f"http://{visible(host)}:{port}")
    programs = [*mail_catcher(environment, port), *portal_programs(host, port)]
    with ExitStack() as stack:
        servers = start_servers(console, environment, stack)
        stack.enter_context(shared_while_running(environment))
        manage(console, environment, "migrate")
        manage(console, environment, "seed")
        return asyncio.run(run_all(programs, environment, console, partial(watch, console, servers, environment)))


def start_servers(console: Console, environment: dict[str, str], stack: ExitStack) -> list[Server]:
    servers = []
    for variable, start in (("DATABASE_URL", embedded.postgres), ("BROKER_URL", embedded.valkey)):
        if variable not in environment:
            with step(console, f"start {start.__name__}"):
                server = stack.enter_context(start(VAR / start.__name__))
            environment |= addresses(variable, server.url)
            servers.append(server)
    return servers


def addresses(variable: str, url: str) -> dict[str, str]:
    """Of a database, the application's and the owner's."""
    if variable != "DATABASE_URL":
        return {variable: url}
    return {variable: roles.as_role(url, roles.APPLICATION), "OWNER_DATABASE_URL": roles.as_role(url, roles.OWNER)}


def mail_catcher(environment: dict[str, str], port: int) -> list[Program]:
    """None when mail goes elsewhere; else the others are told where to send it.

    Its page has a port that goes with the portal's own: two that are started at once do not choose the same.
    """
    if "EMAIL_URL" in environment:
        return []
    smtp = free_port()
    page = port + MAIL_PORT_AFTER
    if page > LAST_PORT or not is_free("127.0.0.1", page):
        page = free_port()
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp}"
    environment["MAIL_URL"] = f"http://127.0.0.1:{page}"
    options = ["--smtp-port", str(smtp), "--http-port", str(page), "--dir", str(VAR / "mail")]
    return [Program("mail", [sys.executable, "-m", "portal.mailbox", *options], "magenta")]


def portal_programs(host: str, port: int) -> list[Program]:
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    granian += ["--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers"]  # else one that dies ends all
    # As root it warns at length; what it runs here is only ours.
    celery = [
        sys.executable,
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "--app",
        "portal.celery:app",
        "-q",
    ]
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    # Nobody waits for a job as callers wait for the wallet: the processors are the web server's first.
    last = ["nice", "-n", "19", *celery]
    # Of the reconciler, one process compares, one reads and one fetches statements.
    reconciler = [*worker, "--concurrency", "3", "--queues", "reconciliation", "--hostname", "reconciler@%h"]
    beat = ["beat", "--schedule", str(VAR / "beat"), "--pidfile", ""]
    return [
        Program("web", [*granian, "portal.wsgi:application"], "cyan"),
        Program("worker", [*last, *worker], "green", late=True),
        Program("reconciler", [*last, *reconciler], "blue", late=True),
        Program("beat", [*celery, *beat], "yellow", late=True),
    ]


async def watch(console: Console, servers: list[Server], environment: Mapping[str, str], ready: asyncio.Event) -> str:
    """Greets once the portal answers, then returns only when a server of ours is gone."""
    host, port = environment.get("HOST", "127.0.0.1"), port_of(environment)
    try:
        await await_answer(f"http://{visible(host)}:{port}/healthz")
    except NoAnswer:
        return "web"
    ready.set()
    welcome(console, environment["BASE_URL"], environment.get("MAIL_URL", ""), VAR / "demo.json")
    while True:
        await asyncio.sleep(SERVER_CHECK_SECONDS)
        for server in servers:
            if server.process.poll() is not None:
                return server.name


if __name__ == "__main__":
    sys.exit(main())
