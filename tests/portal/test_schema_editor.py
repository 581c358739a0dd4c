"""A migration's statements are sent together: no lock lasts while Django prepares the next statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from django.db import DataError, connection, transaction

LOCK = "LOCK TABLE merchants_merchant IN SHARE ROW EXCLUSIVE MODE"
HELD = """
    SELECT FROM pg_locks WHERE pid = %s AND relation = 'merchants_merchant'::regclass AND mode = 'ShareRowExclusiveLock'
"""
Held = Callable[[], bool]


class OfTheMigration(Exception):
    pass


@pytest.fixture
def held(db: None) -> Iterator[Held]:
    """Return whether the connection has the lock, as another one sees it."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    told = connection.connection.info
    with psycopg.connect(told.dsn, password=told.password) as watcher:
        yield lambda: watcher.execute(HELD, [pid]).rowcount > 0


def send(editor: Any, *statements: str) -> None:
    for statement in statements:
        editor.execute(statement)


def test_a_lock_is_taken_at_the_end(held: Held) -> None:
    with connection.schema_editor() as editor:
        editor.execute(LOCK)
        editor.execute("SELECT %s -- what a statement ends with", ["it's"])
        assert not held()
    assert held()


def test_a_foreign_key_that_django_defers_is_sent_with_the_rest(held: Held) -> None:
    with connection.schema_editor() as editor:
        editor.deferred_sql.append(LOCK)
    assert held()


def test_another_query_finds_what_was_done_before_it(held: Held) -> None:
    with connection.schema_editor() as editor:
        editor.execute("CREATE TEMPORARY TABLE made (id integer)")
        editor.execute(LOCK)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM made")
        assert held()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE made")


def test_the_change_of_a_type_is_sent_at_once(held: Held) -> None:
    """django-pgtrigger puts the triggers of the table aside when it fails."""
    with connection.schema_editor() as opened:
        editor: Any = opened
        editor.is_altering_field_type = True
        editor.execute(LOCK)
        assert held()


def test_a_savepoint_keeps_its_place(held: Held) -> None:
    """django-pgtrigger makes one around each trigger."""
    with connection.schema_editor() as editor:
        with transaction.atomic():
            editor.execute(LOCK)
        assert not held()
    assert held()


def test_what_is_undone_before_it_was_sent_is_not_sent(held: Held) -> None:
    with connection.schema_editor() as editor:
        with suppress(OfTheMigration), transaction.atomic():
            editor.execute(LOCK)
            raise OfTheMigration
        editor.execute("SELECT 1")
    assert not held()


def test_what_is_undone_after_its_savepoint_was_sent_is_not_sent(held: Held) -> None:
    with connection.schema_editor() as editor:
        with suppress(OfTheMigration), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            editor.execute(LOCK)
            raise OfTheMigration
        editor.execute("SELECT 1")
    assert not held()


def test_a_migration_that_fails_sends_nothing(held: Held) -> None:
    with suppress(OfTheMigration), connection.schema_editor() as editor:
        editor.execute(LOCK)
        raise OfTheMigration
    assert not held()


def test_a_statement_that_fails_rolls_the_others_back(held: Held) -> None:
    editor = connection.schema_editor()
    with pytest.raises(DataError, match="division by zero"), editor:
        send(editor, LOCK, "SELECT 1 / 0")
    assert not held()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,), "the connection goes on"
