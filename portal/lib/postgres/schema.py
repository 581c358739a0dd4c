"""A migration's statements are sent together, so that their locks last as long as they run.

Django rebuilds its models between two operations of a migration. On a busy machine this takes parts of a second, and in
one transaction the locks of the operation before would last meanwhile: a bet waits 300 ms for a lock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql import schema

BETWEEN = "\n;\n"  # a statement may end with a comment


class SchemaEditor(schema.DatabaseSchemaEditor):
    """In a transaction it keeps its statements until the end, or until another query of the connection needs them.

    The server gets the same statements in the same order as from Django's own. Outside of a transaction each is sent at
    once, and so is the change of a column's type: django-pgtrigger waits for its error, to put triggers aside.
    """

    is_altering_field_type = False  # set by django-pgtrigger

    def __init__(self, connection: BaseDatabaseWrapper, *arguments: Any, **options: Any) -> None:
        super().__init__(connection, *arguments, **options)
        self.kept: list[str] = []
        self.is_sending = False
        self.watch: AbstractContextManager[Any] = connection.execute_wrapper(self.pass_query)

    def __enter__(self) -> Self:
        self.watch.__enter__()
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what is kept before Django commits. A failure rolls the transaction back."""
        try:
            if kind is None:
                self.send_all()
        except BaseException:
            super().__exit__(*sys.exc_info())
            raise
        else:
            super().__exit__(kind, fault, trace)
        finally:
            self.watch.__exit__(None, None, None)

    def execute(self, sql: Any, params: Any = ()) -> None:
        if self.collect_sql or not self.connection.in_atomic_block or self.is_altering_field_type:
            super().execute(sql, params)
            return
        statement = str(sql)
        self.kept.append(statement if params is None else self.connection.ops.compose_sql(statement, params))

    def send_all(self) -> None:
        """Send the kept statements, and those that Django keeps for the end of a migration: foreign keys."""
        while self.deferred_sql:
            self.execute(self.deferred_sql.pop(0), params=None)
        self.send()

    def send(self) -> None:
        """Send the kept statements in one message."""
        if not self.kept:
            return
        script, self.kept, self.is_sending = BETWEEN.join(self.kept), [], True
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(script)
        finally:
            self.is_sending = False

    def pass_query(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own signature
        """Send what is kept before a query of anybody else. A savepoint keeps its place among the statements."""
        if not self.is_sending and self.connection.in_atomic_block:
            if self.is_kept(str(sql)):
                return None
            self.send()
        return execute(sql, params, many, context)

    def is_kept(self, query: str) -> bool:
        """Return whether the query is of a savepoint that is not sent, and keep it."""
        verb, _, savepoint = query.rpartition(" ")
        begin = f"SAVEPOINT {savepoint}"
        if verb == "SAVEPOINT" or (verb == "RELEASE SAVEPOINT" and begin in self.kept):
            self.kept.append(query)
            return True
        if verb == "ROLLBACK TO SAVEPOINT":
            is_kept = begin in self.kept
            self.kept = self.kept[: self.kept.index(begin) + 1] if is_kept else []
            return is_kept
        return False
