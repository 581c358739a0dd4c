"""The sealed tables: every event table of the history, and each table that is registered here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from psycopg import sql

from merchants.models import Chain, ChainRecipe
from merchants.models.audit import Trace

_registered: dict[type[models.Model], tuple[Chain, frozenset[str]]] = {}
# A version of a table's recipe: made where the table has other columns than its newest version.
NEW_VERSION = """
    INSERT INTO merchants_chainrecipe (table_name, version, chain, id_column, merchant_column, columns)
    SELECT %(name)s, coalesce(n.version, 0) + 1, %(chain)s, %(id_column)s, %(merchant_column)s, t.columns
      FROM (SELECT array_agg(a.attname::varchar ORDER BY a.attnum) AS columns FROM pg_attribute a
             WHERE a.attrelid = to_regclass(%(name)s) AND a.attnum > 0 AND NOT a.attisdropped
               AND NOT a.attname::text = ANY (%(changing)s)) t
      LEFT JOIN LATERAL (
        SELECT r.* FROM merchants_chainrecipe r WHERE r.table_name = %(name)s ORDER BY r.version DESC LIMIT 1
      ) n ON true
     WHERE t.columns IS NOT NULL
       AND (t.columns, %(chain)s::varchar, %(id_column)s::varchar, %(merchant_column)s::varchar)
           IS DISTINCT FROM (n.columns::varchar[], n.chain, n.id_column, n.merchant_column)
"""
COUNT_ABOVE = sql.SQL("SELECT count(*) FROM {table} WHERE {id} > %s")


@dataclass(frozen=True, slots=True)
class ChainedTable:
    name: str
    chain: Chain
    id_column: str
    merchant_column: str
    changing: frozenset[str] = frozenset()


def register(model: type[models.Model], chain: Chain = Chain.HISTORY, *, changing: Iterable[str] = ()) -> None:
    """Seal the rows of an append-only table. Rows with a `merchant_id` belong to the chain of that merchant.

    `changing`: columns that change later, which the seal leaves out.
    """
    _registered[model] = chain, frozenset(changing)


def chained_tables(chain: Chain | None = None) -> list[ChainedTable]:
    """Return all sealed tables, or those of one chain. The ledger, which has most rows, is last."""
    events = [model for model in apps.get_models() if issubclass(model, Trace)]
    models_of = dict.fromkeys(events, (Chain.HISTORY, frozenset[str]())) | _registered
    found = [_table(model, of, changing) for model, (of, changing) in models_of.items() if chain in {None, of}]
    return sorted(found, key=lambda table: (table.chain == Chain.LEDGER, table.name))


def _table(model: Any, chain: Chain, changing: frozenset[str]) -> ChainedTable:
    meta = model._meta  # noqa: SLF001
    return ChainedTable(meta.db_table, chain, meta.pk.column, merchant_column(model), changing)


def merchant_column(model: Any) -> str:
    """Return the column with the merchant of a row; "" for a table without one."""
    scope = getattr(model, "pgh_scopes", {}).get("merchant", "merchant")
    columns: dict[str, str] = {each.name: each.column for each in model._meta.concrete_fields}  # noqa: SLF001
    return columns.get(scope, "")


def keep_recipes(using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
    """Add a version of the recipe for each table that is new or has a new column. Runs after each migration."""
    owner = connections[using]
    if ChainRecipe._meta.db_table not in owner.introspection.table_names():  # noqa: SLF001
        return
    with owner.cursor() as cursor:
        for table in chained_tables():
            cursor.execute(
                NEW_VERSION,
                {
                    "name": table.name,
                    "chain": table.chain.value,
                    "id_column": table.id_column,
                    "merchant_column": table.merchant_column,
                    "changing": sorted(table.changing),
                },
            )


def rows_above(table: str, id_column: str, upto: int) -> int:
    """Return how many rows of a table have an id above `upto`."""
    statement = COUNT_ABOVE.format(table=sql.Identifier(table), id=sql.Identifier(id_column))
    with connection.cursor() as cursor:
        cursor.execute(statement.as_string(), [upto])
        return int(cursor.fetchone()[0])
