"""Whether the database takes durable writes: asked before each new connection, and for readiness.

A late answer or a failed connection puts the database in doubt. From then on no thread connects until one thread has
proved by a tiny write, committed as durably as a bet, that the database can be used. Meanwhile all others are refused
in microseconds, so a lost standby does not meet ever more waiting connections. Threads with a connection use it: each
finds out by itself, once.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from time import monotonic
from typing import Any

import psycopg
import structlog
from django.db import connections

from portal.lib import deadline
from portal.lib.postgres.connection import Connection, StatementNotSent

# Written to the log of the database and nowhere else; its commit waits for the disk and the synchronous standby.
WRITE = "SELECT pg_logical_emit_message(true, 'portal', '')"
CONNECT_SECONDS = 1.0
WRITE_SECONDS = 0.5
PAUSE_SECONDS = 0.25  # between two proofs: so long, and the time of a proof, it is refused after it is back
NOT_FOR_A_PROOF = ("cursor_factory", "context", "prepare_threshold")
log = structlog.get_logger(__name__)


class ProvingConnection(Connection):
    """The connection of the proof. Its write has no meaning and may be cancelled, so no session stays on the server."""

    def give_up(self) -> None:
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=WRITE_SECONDS)
        self.close()


class Availability:
    """The state of one database in this process. `grace`: seconds in which a healthy database must prove itself before
    calls are refused.
    """

    def __init__(self, grace: float) -> None:
        self._grace = grace
        self._changed = threading.Condition()
        self._is_certain = True
        self._is_proving = False
        self._proofs = 0
        self._refuse_from = 0.0
        self._first_host: tuple[str, str] | None = None

    def connect(self, options: dict[str, Any]) -> Connection:
        """Make a connection for a request with a deadline.

        Raises StatementNotSent, after `grace` at most, while the database is in doubt.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_certain, self._patience()):
                raise StatementNotSent("The database cannot be reached.")
        try:
            made = Connection.connect(**self._in_order(options))
        except psycopg.OperationalError:
            self.put_in_doubt(options)
            raise
        made.doubt = lambda: self.put_in_doubt(options)
        return made

    def is_away(self) -> bool:
        return not self._is_certain and monotonic() >= self._refuse_from

    def _patience(self) -> float:
        return max(0.0, min(self._refuse_from - monotonic(), deadline.seconds_left() or 0.0))

    def put_in_doubt(self, options: dict[str, Any]) -> None:
        """Refuse new connections until a proof succeeds, and start the proof."""
        with self._changed:
            if self._is_certain:
                self._is_certain, self._refuse_from = False, monotonic() + self._grace
            self._begin_proof(options)

    def takes_writes(self, options: dict[str, Any], *, within: float) -> bool:
        """Return whether a new proof succeeds in `within` seconds. It holds at most one session of the server."""
        with self._changed:
            before = self._proofs
            self._begin_proof(options)
            if self._changed.wait_for(lambda: self._proofs > before, within):
                return True
        self.put_in_doubt(options)
        return False

    def _begin_proof(self, options: dict[str, Any]) -> None:
        """Only under the condition's lock."""
        if not self._is_proving:
            proof = threading.Thread(target=self._prove, args=[options], name="database-proof", daemon=True)
            proof.start()  # before the word: where no thread can begin, the next call tries again
            self._is_proving = True

    def _prove(self, options: dict[str, Any]) -> None:
        """Until it succeeds."""
        pause, failures = threading.Event(), 0
        while fault := self._write(options):
            if not failures:
                log.warning("database.out_of_reach", fault=fault)
                self.put_in_doubt(options)
            failures += 1
            pause.wait(PAUSE_SECONDS)
        if failures:
            log.warning("database.within_reach", attempts=failures)
        with self._changed:
            self._is_certain, self._is_proving = True, False
            self._proofs += 1
            self._changed.notify_all()

    def _write(self, options: dict[str, Any]) -> str:
        """The first line of what was wrong at the last host; empty when one took the write."""
        fault = "no host"
        for host, port in self._hosts(options):
            own = {name: options[name] for name in options if name not in NOT_FOR_A_PROOF}
            try:
                _write_once(own | {"host": host, "port": port})
            except Exception as refusal:  # noqa: BLE001 - whatever it is, a proof that ended here would be the last one
                fault = str(refusal).partition("\n")[0] or type(refusal).__name__
            else:
                self._first_host = (host, port)
                return ""
        return fault

    def _hosts(self, options: dict[str, Any]) -> list[tuple[str, str]]:
        """The one that took the last write first: after a failover another may never answer."""
        hosts, ports = str(options.get("host", "")).split(","), str(options.get("port", "")).split(",")
        pairs = list(zip(hosts, ports if len(ports) == len(hosts) else ports * len(hosts), strict=False))
        return sorted(pairs, key=lambda pair: pair != self._first_host)

    def _in_order(self, options: dict[str, Any]) -> dict[str, Any]:
        hosts, ports = zip(*self._hosts(options), strict=True)
        return options | {"host": ",".join(hosts), "port": ",".join(ports)} if len(hosts) > 1 else options


def _write_once(options: dict[str, Any]) -> None:
    with deadline.limit_time(CONNECT_SECONDS):
        connection = ProvingConnection.connect(**(options | {"autocommit": True}))
    with connection, deadline.limit_time(WRITE_SECONDS):
        connection.execute(WRITE)


_databases: dict[str, Availability] = {}


def database_availability(alias: str) -> Availability:
    """Return the availability of a database in this process."""
    if alias not in _databases:
        grace = connections[alias].settings_dict["OPTIONS"].get("proof_grace", 0.0)
        _databases.setdefault(alias, Availability(grace))
    return _databases[alias]


def would_refuse(alias: str) -> bool:
    """Return whether this thread needs a new connection and would be refused one. It costs almost nothing."""
    known = _databases.get(alias)
    return known is not None and known.is_away() and connections[alias].connection is None


def takes_writes(alias: str, *, within: float) -> bool:
    """Return whether the database commits a write, as durably as a bet, in `within` seconds. For readiness.

    It waits no longer, and uses no connection of the process's threads.
    """
    return database_availability(alias).takes_writes(connections[alias].get_connection_params(), within=within)
