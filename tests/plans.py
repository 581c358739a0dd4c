"""How PostgreSQL would answer a query, for tables of a known size."""

from __future__ import annotations

from django.db import connection

from tests.plugins.database_role import as_superuser


def measured(*tables: str) -> None:
    """Sizes as they are now, without what the tests before this one wrote and took back.

    Such rows stay in an index until it is vacuumed, and an index of many pages looks dear to the planner.
    """
    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no index is built anew while a check of its table waits
        for table in tables:
            cursor.execute("SELECT relid::text FROM pg_partition_tree(%s) WHERE isleaf", [table])
            for [part] in cursor.fetchall() or [[table]]:  # a partitioned table is not reindexed in a transaction
                cursor.execute(f"REINDEX TABLE {part}")
            cursor.execute(f"ANALYZE {table}")


def plan(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(row[0] for row in cursor.fetchall())
