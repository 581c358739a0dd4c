"""Migrations that lock a table, or that the version before cannot live with, are found by squawk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

CHECKOUT = Path(__file__).parents[2]
SQUAWK = Path(sys.executable).parent / "squawk"
EXCEPTIONS = Path(__file__).parent / "migration_exceptions.txt"
APPS = {"merchants", "wallet"}
# A matter of taste here, or done by `migrate` itself (its waits for locks are bounded).
LEFT_OUT = [
    "ban-char-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-timeout-settings",
]


def old() -> set[str]:
    """Migrations from before the rule: they are on installations, and never change."""
    return set(EXCEPTIONS.read_text().split())


@pytest.mark.django_db
def test_new_migrations_lock_nothing_for_long_and_break_no_version_before(tmp_path: Path) -> None:
    loader = MigrationLoader(connection)
    new = [(app, name) for app, name in loader.disk_migrations if app in APPS and f"{app}.{name}" not in old()]
    found = {}
    for app, name in sorted(new):
        path = tmp_path / f"{app}.{name}.sql"
        with path.open("w") as file:
            call_command("sqlmigrate", app, name, stdout=file)
        if findings := squawk(path):
            found[path.stem] = findings
    assert not found, f"Make it in steps (docs/upgrading.md), or add its name to {EXCEPTIONS.name} with a reason."


def squawk(path: Path) -> list[str]:
    command = [str(SQUAWK), "--reporter", "json", "--pg-version", "18.0", "--exclude", ",".join(LEFT_OUT)]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    return [f"line {each['line'] + 1}: {each['rule_name']}" for each in json.loads(done.stdout or "[]")]


def test_new_migrations_fill_rows_apart_from_changes_of_tables() -> None:
    """In one transaction, the locks of the changes would last while the rows are filled."""
    migrations = MigrationLoader(None).disk_migrations
    new = [each for (app, name), each in migrations.items() if app in APPS and f"{app}.{name}" not in old()]
    assert new
    assert [each.name for each in new if is_mixed(each)] == []


def is_mixed(migration: Migration) -> bool:
    """Return whether code runs in the transaction of other operations."""
    kinds = {isinstance(each, RunPython) for each in migration.operations}
    return migration.atomic and kinds == {True, False}


def test_a_migration_that_fills_rows_among_changes_is_found() -> None:
    class Mixed(Migration):
        operations = [RunPython(RunPython.noop), RunSQL(RunSQL.noop)]

    assert is_mixed(Mixed("mixed", "wallet"))


def test_a_column_that_is_dropped_is_found(tmp_path: Path) -> None:
    path = tmp_path / "drop.sql"
    path.write_text("ALTER TABLE merchants_player DROP COLUMN name;")
    assert squawk(path) == ["line 1: ban-drop-column"]


def test_an_index_that_stops_writes_is_found(tmp_path: Path) -> None:
    path = tmp_path / "index.sql"
    path.write_text("CREATE INDEX slow ON wallet_transaction (amount);")
    assert squawk(path) == ["line 1: require-concurrent-index-creation"]


def test_only_migrations_that_exist_are_excepted() -> None:
    there = {f"{app}.{path.stem}" for app in APPS for path in (CHECKOUT / app / "migrations").glob("[0-9]*.py")}
    assert old() <= there
