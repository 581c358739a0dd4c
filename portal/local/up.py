"""The whole portal from one command, `make up`: servers, schema, data, and all that serves."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console

from portal.database import roles
from portal.local import embedded
from portal.local.checkout_lock import VAR, Running, lock_checkout
from portal.local.checkout_settings import CannotStart, kept_settings, port_of, share_settings
from portal.local.ports import free_port, is_free, url_host
from portal.local.processes import TOLD, Program, run_all
from portal.local.steps import run_command, step
from portal.local.welcome import NoAnswer, await_answer, welcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.local.embedded import Server

API_PORT_AFTER = 1
MAIL_PORT_AFTER = 25
METRICS_PORT_AFTER = 26
METRICS = VAR / "metrics"  # what the web processes count
LAST_PORT = 65535
THREADS = {"people": 8, "machines": 8}  # of a web process; each has up to two connections to the database
SERVER_CHECK_SECONDS = 0.5


def main() -> int:
    signal.signal(signal.SIGTERM, interrupt)
    console = Console(highlight=False)
    try:
        with lock_checkout(VAR):
            ended = run(console)
    except (Running, CannotStart, embedded.ServerFault) as refusal:
        console.print(str(refusal), style="red", markup=False, soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        ended = TOLD
    if ended == TOLD:
        console.print("Stopped.")
        return 0
    console.print(f"{ended} ended unexpectedly, so everything was stopped.", style="red")
    return 1


def interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def run(console: Console) -> str:
    """What ended it: TOLD, or the name of the part that failed."""
    environment = kept_settings() | os.environ | {"PYTHONUNBUFFERED": "1"}  # their lines are shown as they come
    host, port = environment.get("HOST", "127.0.0.1"), port_of(environment)
    if not is_free(host, port):
        raise CannotStart(
            f"Port {port} on {host} is in use. Stop the program that uses it, or choose another port: PORT=8080 make up"
        )
    environment.setdefault("BASE_URL", f"http://{url_host(host)}:{port}")
    api_port = port_of_machines(environment, host, port)
    environment.setdefault("API_URL", f"http://{url_host(host)}:{api_port}")
    environment["API_PORT"] = str(api_port)
    metrics_port = port_after(port, METRICS_PORT_AFTER, "127.0.0.1")
    environment.setdefault("METRICS_PORT", str(metrics_port))
    programs = [*mail_catcher(environment, port), *portal_programs(host, port, api_port), metrics_exporter()]
    with ExitStack() as stack:
        servers = start_servers(console, environment, stack)
        programs += backup_programs(environment)
        stack.enter_context(share_settings(environment))
        run_command(console, environment, "migrate")
        run_command(console, environment, "seed")
        shutil.rmtree(METRICS, ignore_errors=True)  # of processes that are gone
        environment["METRICS_FOLDER"] = str(METRICS)
        return asyncio.run(run_all(programs, environment, console, partial(watch, console, servers, environment)))


def start_servers(console: Console, environment: dict[str, str], stack: ExitStack) -> list[Server]:
    servers = []
    for variable, start in (("DATABASE_URL", embedded.postgres), ("BROKER_URL", embedded.valkey)):
        if variable not in environment:
            with step(console, f"start {start.__name__}"):
                options = own_settings(variable, environment)
                server = stack.enter_context(start(VAR / start.__name__, **options))
            environment |= addresses(variable, server.url)
            servers.append(server)
    return servers


def addresses(variable: str, url: str) -> dict[str, str]:
    """Of a database, the application's and the owner's."""
    if variable != "DATABASE_URL":
        return {variable: url}
    return {
        variable: roles.url_with_role(url, roles.APPLICATION),
        "OWNER_DATABASE_URL": roles.url_with_role(url, roles.OWNER),
        "BACKUP_DATABASE_URL": url,
    }


def own_settings(variable: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """With BACKUP_FOLDER, PostgreSQL lets its WAL be received."""
    if variable != "DATABASE_URL" or not environment.get("BACKUP_FOLDER"):
        return {}
    return {"extra": embedded.RECEIVED}


def port_of_machines(environment: Mapping[str, str], host: str, port: int) -> int:
    """The one that was named; else one that goes with the portal's own, or any where that is taken."""
    if "API_PORT" in environment:
        named = port_of(environment, "API_PORT")
        if named == port or not is_free(host, named):
            raise CannotStart(f"Port {named} on {host} is in use. Choose another port: API_PORT=8090 make up")
        return named
    return port_after(port, API_PORT_AFTER, host)


def port_after(port: int, distance: int, host: str) -> int:
    """Two portals that are started at once do not choose the same."""
    wanted = port + distance
    return wanted if wanted <= LAST_PORT and is_free(host, wanted) else free_port()


def mail_catcher(environment: dict[str, str], port: int) -> list[Program]:
    """None when mail goes elsewhere; else the others are told where to send it."""
    if "EMAIL_URL" in environment:
        return []
    smtp = free_port()
    page = port_after(port, MAIL_PORT_AFTER, "127.0.0.1")
    environment["EMAIL_URL"] = f"smtp://127.0.0.1:{smtp}"
    environment["MAIL_URL"] = f"http://127.0.0.1:{page}"
    options = ["--smtp-port", str(smtp), "--http-port", str(page), "--dir", str(VAR / "mail")]
    return [Program("mail", [sys.executable, "-m", "portal.local.mailbox", *options], "magenta")]


def portal_programs(host: str, port: int, api_port: int) -> list[Program]:
    """People's and machines' web servers share no thread, so that neither can take the other's."""
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
    beat = ["beat", "--pidfile", ""]
    return [
        Program("web", granian(host, port, "people"), "cyan"),
        Program("api", granian(host, api_port, "machines"), "bright_cyan"),
        Program("worker", [*last, *worker], "green", late=True),
        Program("reconciler", [*last, *reconciler], "blue", late=True),
        Program("beat", [*celery, *beat], "yellow", late=True),
    ]


def backup_programs(environment: Mapping[str, str]) -> list[Program]:
    """With BACKUP_FOLDER, what receives the WAL, and a worker that makes backups and tests them."""
    if not environment.get("BACKUP_FOLDER"):
        return []
    last = ["nice", "-n", "19", sys.executable]
    worker = ["-W", "ignore:You're running the worker", "-m", "celery", "--app", "portal.celery:app", "-q", "worker"]
    worker += ["--concurrency", "1", "--queues", "backup", "--hostname", "backup@%h", "--without-gossip"]
    return [
        Program("wal", [*last, "manage.py", "receive_wal"], "white", late=True),
        Program("backup", [*last, *worker, "--without-mingle"], "white", late=True),
    ]


def metrics_exporter() -> Program:
    command = ["nice", "-n", "19", sys.executable, "manage.py", "metrics"]
    return Program("metrics", command, "white", late=True)


def granian(host: str, port: int, application: str) -> list[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += [
        "--workers",
        "2",
        "--blocking-threads",
        str(THREADS[application]),
        "--respawn-failed-workers",
    ]  # else one ends all
    return [*command, f"portal.wsgi:{application}"]


async def watch(console: Console, servers: list[Server], environment: Mapping[str, str], ready: asyncio.Event) -> str:
    """Greets once the portal answers, then returns only when a server of ours is gone."""
    host = url_host(environment.get("HOST", "127.0.0.1"))
    for name, port in {"api": port_of(environment, "API_PORT"), "web": port_of(environment)}.items():
        try:
            await await_answer(f"http://{host}:{port}/readyz")
        except NoAnswer:
            return name
    ready.set()
    welcome(console, environment, VAR / "demo.json")
    while True:
        await asyncio.sleep(SERVER_CHECK_SECONDS)
        for server in servers:
            if server.process.poll() is not None:
                return server.name


if __name__ == "__main__":
    sys.exit(main())
