"""Operations of migrations beside Django's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, transaction

from portal.database import grants

LOCK_TIMEOUT = "100ms"  # who comes after waits as well, and a bet waits 300 ms


class InstallFunctions(migrations.RunSQL):
    """Install a frozen file of SQL functions, and give the application the right to call them, in the same transaction.

    `before`: the file that going back installs, when the newer functions need a column that is gone then.
    """

    def __init__(self, file: Path, before: Path | None = None) -> None:
        self.file, self.before = file, before
        super().__init__(file.read_text(), before.read_text() if before else migrations.RunSQL.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.file, self.before], {}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        grants.apply_function_grants(schema_editor.connection)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        grants.apply_function_grants(schema_editor.connection)


class InOneTransaction(migrations.SeparateDatabaseAndState):
    """Run some operations of a migration that is not atomic: all or none, with a limited wait for locks."""

    def __init__(self, *operations: Any) -> None:
        self.operations = operations
        super().__init__(database_operations=operations, state_operations=operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, list(self.operations), {}

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with in_transaction(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with in_transaction(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


@contextmanager
def in_transaction(schema_editor: Any) -> Iterator[None]:
    """Run the block in a transaction with a bounded wait for locks; `sqlmigrate` shows where it begins and ends."""
    shown = schema_editor.collected_sql if schema_editor.collect_sql else []
    shown.append("BEGIN;")
    with transaction.atomic(schema_editor.connection.alias):
        schema_editor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield
        schema_editor.send_all()
    shown.append("COMMIT;")


class RemoveConstraintOnline(migrations.RemoveConstraint):
    """Remove a check of a table. Going back adds it without reading the table, so an earlier migration validates it."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        constraint = to_state.models[app_label, self.model_name_lower].get_constraint_by_name(self.name)
        AddConstraintNotValid(self.model_name, constraint).database_forwards(
            app_label, schema_editor, from_state, to_state
        )


class AddIndexOnline(AddIndexConcurrently):
    """Build an index while rows are written. A run that was broken off is gone on with: what it built stays."""

    def _ensure_not_in_transaction(self, schema_editor: Any) -> None:
        if not schema_editor.collect_sql:  # `sqlmigrate` only shows it
            super()._ensure_not_in_transaction(schema_editor)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        is_valid = None if schema_editor.collect_sql else self.is_valid(schema_editor)
        if is_valid:
            return
        if is_valid is False:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY {self.index.name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def is_valid(self, schema_editor: Any) -> bool | None:
        """Return whether the index is there as a whole; None where there is none."""
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [self.index.name])
            found = cursor.fetchone()
        return found[0] if found else None
