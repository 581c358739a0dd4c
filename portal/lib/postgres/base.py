"""Django's PostgreSQL backend with connections that keep the deadline of the request."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from portal.lib import deadline
from portal.lib.postgres import availability
from portal.lib.postgres.availability import Availability
from portal.lib.postgres.connection import Connection

OURS = ("longest_wait", "proof_grace")
HEALTH_CHECK_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    """Two more OPTIONS, both seconds: `longest_wait` where no request has a deadline, and `proof_grace`.

    The second one has the database watched: while it is away, a request that needs a new connection is refused at once
    (see `availability`).
    """

    @property
    def availability(self) -> Availability | None:
        is_watched = "proof_grace" in self.settings_dict["OPTIONS"]
        return availability.database_availability(self.alias) if is_watched else None

    def get_connection_params(self) -> dict[str, Any]:
        options = super().get_connection_params()
        return {name: value for name, value in options.items() if name not in OURS}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        watched = self.availability if deadline.seconds_left() is not None else None
        made = Connection.connect(**conn_params) if watched is None else watched.connect(conn_params)
        made.longest_wait = self.settings_dict["OPTIONS"].get("longest_wait")
        return made

    def is_usable(self) -> bool:
        """Django asks this when something failed, also before the next request has its deadline."""
        with deadline.limit_time(HEALTH_CHECK_SECONDS):
            usable = super().is_usable()
        if not usable and self.availability is not None:
            self.availability.put_in_doubt(self.get_connection_params())
        return usable
