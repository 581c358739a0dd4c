"""Whether the database takes writes that last, and where it is."""

from __future__ import annotations

import socket
from typing import Any

import psycopg
import pytest
from django.db import connections

from portal.lib import deadline
from portal.lib.postgres.availability import WRITE, Availability
from portal.lib.postgres.connection import StatementNotSent
from tests.plugins.database_role import as_superuser
from tests.wallet.conftest import PATIENCE, until


@pytest.fixture
def options(db: None) -> dict[str, Any]:
    return connections["default"].get_connection_params()


def test_a_healthy_database_takes_writes(options: dict[str, Any]) -> None:
    assert Availability(grace=0).takes_writes(options, within=PATIENCE)


def test_any_role_may_prove_it(db: None) -> None:
    with as_superuser() as cursor:
        cursor.execute("CREATE ROLE plain_role")
        cursor.execute("SET ROLE plain_role")
        cursor.execute(WRITE)
        cursor.execute("RESET ROLE")


def test_while_it_is_away_nobody_waits_for_a_connection(options: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        away = options | {"host": "127.0.0.1", "port": mute.getsockname()[1]}
        availability = Availability(grace=0)
        with deadline.limit_time(0.1), pytest.raises(psycopg.OperationalError):
            availability.connect(away)
        assert availability.is_away()
        with deadline.limit_time(PATIENCE), pytest.raises(StatementNotSent, match="cannot be reached"):
            availability.connect(away)
        assert not availability.takes_writes(away, within=0.1)


def test_after_a_failover_the_host_that_answers_is_asked_first(options: dict[str, Any]) -> None:
    """Else each new connection would meet the silent one first, and be late."""
    right = (str(options["host"]), str(options.get("port") or 5432))
    with socket.create_server(("127.0.0.1", 0)) as mute:
        both = options | {"host": f"127.0.0.1,{right[0]}", "port": f"{mute.getsockname()[1]},{right[1]}"}
        availability = Availability(grace=0)
        with deadline.limit_time(0.1), pytest.raises(psycopg.OperationalError):
            availability.connect(both)
        until(lambda: not availability.is_away())
        assert availability._hosts(both)[0] == right
        with deadline.limit_time(PATIENCE), availability.connect(both) as made:
            assert made.info.host == right[0]
