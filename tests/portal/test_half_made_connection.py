"""Time that runs out while a connection is being made leaves none that holds back what it was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connections
from psycopg.pq import TransactionStatus

from portal.lib import deadline
from portal.lib.postgres.availability import Availability
from portal.lib.postgres.base import DatabaseWrapper
from portal.lib.postgres.connection import Connection
from tests.wallet.conftest import PATIENCE, until

NOW = 0.0  # of a monotonic clock: over


@pytest.fixture
def own(db: None) -> Iterator[DatabaseWrapper]:
    """Of a thread that has had a connection before, and has none now."""
    wrapper = connections.create_connection("default")
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.ensure_connection()
    wrapper.close()
    yield wrapper
    wrapper.close()


def status(wrapper: DatabaseWrapper) -> TransactionStatus:
    return TransactionStatus(wrapper.connection.info.transaction_status)


def test_one_that_is_made_in_the_last_moment_is_not_used(own: DatabaseWrapper, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = Connection.connect

    def connect_late(conninfo: str = "", **options: Any) -> Connection:
        made = connect(conninfo, **options)
        deadline._end.set(NOW)
        return made

    monkeypatch.setattr(Connection, "connect", connect_late)
    with deadline.limit_time(PATIENCE), pytest.raises(OperationalError, match="No time"):
        own.ensure_connection()
    assert own.connection is None
    monkeypatch.undo()
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    assert status(own) == TransactionStatus.IDLE, "a statement is committed when it is answered"


def test_one_is_made_so_that_each_statement_is_committed(own: DatabaseWrapper) -> None:
    made = own.get_new_connection(own.get_connection_params())
    with made:
        assert made.autocommit


def test_one_in_doubt_is_proved_by_what_it_was_made_with(own: DatabaseWrapper) -> None:
    known = Availability(grace=0)
    with deadline.limit_time(PATIENCE), known.connect(own.get_connection_params() | {"autocommit": True}) as made:
        assert made.doubt is not None
        made.doubt()
    until(lambda: not known.is_away())


def test_one_whose_time_is_over_as_a_transaction_ends_is_not_used(own: DatabaseWrapper) -> None:
    own.ensure_connection()
    own.set_autocommit(False)
    with deadline.limit_time(PATIENCE):
        deadline._end.set(NOW)
        with pytest.raises(OperationalError):
            own.set_autocommit(True)
    assert own.connection is None
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
    assert status(own) == TransactionStatus.IDLE


def test_what_is_not_committed_is_not_told(own: DatabaseWrapper) -> None:
    own.ensure_connection()
    own.check_committed()
    own.connection.autocommit = False
    with own.cursor() as cursor:
        cursor.execute("SELECT 1")
    with pytest.raises(OperationalError, match="not committed"):
        own.check_committed()
    assert own.connection is None
