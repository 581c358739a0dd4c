"""Django's PostgreSQL backend with connections that keep the deadline of the request."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import psycopg
from django.db import Error
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus

from portal.lib import deadline
from portal.lib.postgres import availability
from portal.lib.postgres.availability import Availability
from portal.lib.postgres.connection import Connection, NotCommitted
from portal.lib.postgres.schema import SchemaEditor

OURS = ("longest_wait", "proof_grace")
HEALTH_CHECK_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    """Two more OPTIONS, both in seconds: `longest_wait` without a deadline, and `proof_grace`.

    The second one watches the database: while it is down, a request that needs a new connection is refused at once (see
    `availability`).
    """

    SchemaEditorClass = SchemaEditor
    _shared_cursor: psycopg.Cursor[Any] | None = None

    @property
    def availability(self) -> Availability | None:
        is_watched = "proof_grace" in self.settings_dict["OPTIONS"]
        return availability.database_availability(self.alias) if is_watched else None

    def get_connection_params(self) -> dict[str, Any]:
        options = super().get_connection_params()
        return {name: value for name, value in options.items() if name not in OURS}

    def connect(self) -> None:
        """Make a connection that is ready for use, or none: the deadline may pass between making and configuring it."""
        try:
            super().connect()
        except BaseException:
            self.drop_connection()
            raise

    def drop_connection(self) -> None:
        """Close the connection, whatever runs on it; its transaction is rolled back."""
        dropped, self.connection = self.connection, None
        if dropped is not None:
            with suppress(psycopg.Error):
                dropped.close()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Make a connection that commits each statement from the first one on. Psycopg's default would commit
        nothing.
        """
        self.isolation_level = IsolationLevel.READ_COMMITTED
        watched = self.availability if deadline.seconds_left() is not None else None
        options = conn_params | {"autocommit": True}
        made = Connection.connect(**options) if watched is None else watched.connect(options)
        made.longest_wait = self.settings_dict["OPTIONS"].get("longest_wait")
        return made

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001 - Django's own signature
        """One that fails would leave Django and the connection of different minds about what is committed."""
        try:
            super()._set_autocommit(autocommit)  # type: ignore[misc]
        except Error:
            self.drop_connection()
            raise

    def rows(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Execute one statement and return its rows; raises as a cursor of Django does.

        All statements of a connection share one cursor: to make Django's anew costs a tenth of a signed bet. Where
        somebody listens (a count of queries, traces), it is Django's.
        """
        self.validate_thread_sharing()
        self.close_if_health_check_failed()
        self.ensure_connection()  # who listens begins when a connection is made
        if self.execute_wrappers or self.queries_logged:
            with self.cursor() as listened:
                listened.execute(sql, parameters)
                return list(listened.fetchall())
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            shared = self._shared_cursor
            if shared is None or shared.connection is not self.connection:
                shared = self._shared_cursor = self.connection.cursor()
            return shared.execute(sql, parameters).fetchall()

    def is_closed(self) -> bool:
        """Return whether the connection was made and has ended, which is known without asking the database."""
        return self.connection is not None and bool(self.connection.closed)

    def check_committed(self) -> None:
        """Raise unless the work on this connection is committed, or belongs to a transaction that a caller began.

        Otherwise a caller could be told that money moved by a statement that is not committed.
        """
        made = self.connection
        if made is None or self.in_atomic_block or made.info.transaction_status == TransactionStatus.IDLE:
            return
        self.drop_connection()
        with self.wrap_database_errors:
            raise NotCommitted("The statement was not committed.")

    def is_usable(self) -> bool:
        """Return whether the connection works. Django asks after an error, even before the next request has its
        deadline.
        """
        with deadline.limit_time(HEALTH_CHECK_SECONDS):
            usable = super().is_usable()
        if not usable and self.availability is not None:
            self.availability.put_in_doubt(self.get_connection_params())
        return usable
