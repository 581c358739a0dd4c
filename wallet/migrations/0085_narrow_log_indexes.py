from collections.abc import Callable
from typing import Any

import django.db.models.expressions
from django.contrib.postgres.indexes import HashIndex
from django.db import migrations, models
from django.db.models import F, Q

from portal.database.operations import LOCK_TIMEOUT

LOG = "wallet_signedrequest"
NEW = {
    "request_transaction_hash": "USING hash (transaction_id) WHERE transaction_id IS NOT NULL",
    "request_address_block": "(merchant_id, address, (id / 4096)) WHERE merchant_id IS NOT NULL",
}
OLD = {
    "request_of_transaction": "(transaction_id) WHERE transaction_id IS NOT NULL",
    "request_of_address": "(merchant_id, address, id) WHERE merchant_id IS NOT NULL",
}


def build(indexes: dict[str, str]) -> Callable[[Any, Any], None]:
    """Each partition first, while lines are written; the one above finds them there and builds nothing."""

    def run(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT relid::regclass::text FROM pg_partition_tree(%s) WHERE isleaf", [LOG])
            parts = [name for [name] in cursor.fetchall()]
            for name, definition in indexes.items():
                for part in parts:
                    own = f"{name}_{part.removeprefix(LOG).strip('_')}"
                    cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [own])
                    if cursor.fetchone() == (False,):  # of a run that was broken off
                        cursor.execute(f"DROP INDEX CONCURRENTLY {own}")
                    cursor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {own} ON {part} {definition}")
                bound(cursor, f"CREATE INDEX IF NOT EXISTS {name} ON {LOG} {definition}")

    return run


def drop(indexes: dict[str, str]) -> Callable[[Any, Any], None]:
    def run(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            for name in indexes:
                bound(cursor, f"DROP INDEX IF EXISTS {name}")

    return run


def bound(cursor: Any, statement: str) -> None:
    cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    try:
        cursor.execute(statement)
    finally:
        cursor.execute("SET lock_timeout = 0")


class Migration(migrations.Migration):

    atomic = False
    dependencies = [("wallet", "0073_guards_of_sessions_and_limits")]
    operations = [
        migrations.RunPython(build(NEW), drop(NEW)),
        migrations.RunPython(drop(OLD), build(OLD)),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex(model_name="signedrequest", name="request_of_transaction"),
                migrations.RemoveIndex(model_name="signedrequest", name="request_of_address"),
                migrations.AddIndex(
                    model_name="signedrequest",
                    index=HashIndex(
                        condition=Q(("transaction_id__isnull", False)),
                        fields=["transaction_id"],
                        name="request_transaction_hash",
                    ),
                ),
                migrations.AddIndex(
                    model_name="signedrequest",
                    index=models.Index(
                        models.F("merchant"),
                        models.F("address"),
                        django.db.models.expressions.CombinedExpression(F("id"), "/", models.Value(4096)),
                        condition=Q(("merchant__isnull", False)),
                        name="request_address_block",
                    ),
                ),
            ],
        ),
    ]
