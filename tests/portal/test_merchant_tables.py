"""Every table of a merchant can go where its merchant goes: the catalogue of the migrated database keeps the rule.

What the rule is, and where it does not hold yet, stands in `merchant_tables.toml`, whose lists only shrink.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, NotSupportedError, connection, transaction

from tests.plugins.database_role import as_superuser

pytestmark = pytest.mark.django_db
DECLARED: dict[str, Any] = tomllib.loads((Path(__file__).parent / "merchant_tables.toml").read_text())
# Each table of ours; the partitions of one are the same table.
TABLES = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
TABLES = f"SELECT * FROM ({TABLES} AND NOT relispartition) AS t WHERE NOT relname = ANY(%(global)s)"  # noqa: S608
BEGINS = "SELECT attnum FROM pg_attribute WHERE attrelid = t.oid AND attname = 'merchant_id' AND NOT attisdropped"
EXCEPTIONS = {
    "without_merchant": f"SELECT relname FROM ({TABLES}) AS t WHERE NOT EXISTS ({BEGINS})",  # noqa: S608
    "merchant_may_be_missing": f"SELECT relname FROM ({TABLES}) AS t WHERE EXISTS ({BEGINS} AND NOT attnotnull)",  # noqa: S608
    "unique_indexes": f"""
        SELECT indexrelid::regclass::text FROM ({TABLES}) AS t JOIN pg_index i ON i.indrelid = t.oid
         WHERE i.indisunique AND i.indkey[0] IS DISTINCT FROM ({BEGINS})
           AND NOT (i.indisprimary AND i.indnatts = 1 AND EXISTS (
               SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = i.indkey[0]
                  AND a.attname IN ('id', 'pgh_id')))""",  # noqa: S608
    "foreign_keys": f"""
        SELECT t.relname || '.' || (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = c.conkey[1])
          FROM ({TABLES}) AS t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' AND c.conparentid = 0
          JOIN ({TABLES}) AS other ON other.oid = c.confrelid
         WHERE c.conkey[1] IS DISTINCT FROM ({BEGINS})""",  # noqa: S608
    "locks_of_one_server": """
        SELECT DISTINCT regexp_replace(proname, '_[0-9a-f]{5}$', '') FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace AND prosrc ~ 'pg_(try_)?advisory|pg_locks'""",
}


def found(which: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(EXCEPTIONS[which], {"global": list(DECLARED["global"])})
        return sorted(name for [name] in cursor.fetchall())


@pytest.mark.parametrize("which", EXCEPTIONS)
def test_a_table_of_a_merchant_keeps_the_rule_or_is_listed(which: str) -> None:
    assert found(which) == DECLARED[which]["names"]


def test_what_is_declared_global_is_a_table_without_a_merchant() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relname FROM pg_class t WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%s)
                  AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.oid AND attname = 'merchant_id')""",
            [list(DECLARED["global"])],
        )
        assert sorted(name for [name] in cursor.fetchall()) == sorted(DECLARED["global"])
    assert all(DECLARED["global"].values())


NEW = "CREATE TABLE public.merchants_new (id bigint PRIMARY KEY, merchant_id bigint NOT NULL, key_id bigint, word text)"
BREACHES = {
    # what a migration might do: the list that it is missed in, the statement, the name that is found
    "a table without a merchant": (
        "without_merchant",
        "CREATE TABLE public.merchants_other (id bigint)",
        "merchants_other",
    ),
    "a row without its merchant": (
        "merchant_may_be_missing",
        "ALTER TABLE merchants_new ALTER merchant_id DROP NOT NULL",
        "merchants_new",
    ),
    "a unique index over all merchants": (
        "unique_indexes",
        "CREATE UNIQUE INDEX new_word_once ON merchants_new (word)",
        "new_word_once",
    ),
    "a unique index by another column first": (
        "unique_indexes",
        "CREATE UNIQUE INDEX new_word_once ON merchants_new (lower(word), merchant_id)",
        "new_word_once",
    ),
    "a foreign key by the number alone": (
        "foreign_keys",
        "ALTER TABLE merchants_new ADD FOREIGN KEY (key_id) REFERENCES merchants_apikey (id)",
        "merchants_new.key_id",
    ),
    "a lock that another server does not know": (
        "locks_of_one_server",
        "CREATE FUNCTION public.merchants_lock() RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_xact_lock(1)'",
        "merchants_lock",
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_new_breach_of_the_rule_is_found(breach: str) -> None:
    which, statement, name = BREACHES[breach]
    with as_superuser() as cursor:
        cursor.execute(NEW)
        assert found(which) == DECLARED[which]["names"]
        cursor.execute(statement)
        assert set(found(which)) - set(DECLARED[which]["names"]) == {name}


# PostgreSQL's own hash partitions: what of the ledger they take today -------------------------------------------------
LEDGER = {
    # a table of the ledger: its unique indexes that partitions by merchant refuse
    "wallet_transaction": {"wallet_transaction_pkey", "transaction_reversed_once"},
    "wallet_account": {"wallet_account_pkey", "player_account_once"},
    "wallet_session": {"wallet_session_pkey", "wallet_session_session_id_key"},
    "wallet_openbet": {"wallet_openbet_pkey"},
    "wallet_refusedpayout": {"wallet_refusedpayout_pkey"},
}
INDEXES = """
    SELECT c.relname, replace(pg_get_indexdef(c.oid), ' ON public.' || %(table)s || ' ', ' ON scratch ')
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %(table)s::regclass
"""
PARTS = 4


def partition(cursor: Any, table: str) -> set[str]:
    """Copy an empty table to hash partitions, with the indexes that they take. Return the names of the others."""
    cursor.execute(
        f"CREATE TEMP TABLE scratch (LIKE public.{table} INCLUDING CONSTRAINTS INCLUDING DEFAULTS)"
        " PARTITION BY HASH (merchant_id)"
    )
    for number in range(PARTS):
        cursor.execute(
            f"CREATE TEMP TABLE scratch_{number} PARTITION OF scratch"
            f" FOR VALUES WITH (MODULUS {PARTS}, REMAINDER {number})"
        )
    cursor.execute(INDEXES, {"table": table})
    return {name for name, definition in cursor.fetchall() if not takes(cursor, definition)}


def takes(cursor: Any, definition: str) -> bool:
    """Build the index, and return True. False where partitions cannot hold it: it is unique without their column."""
    try:
        with transaction.atomic():
            cursor.execute(definition.replace(" INDEX ", " INDEX of_scratch_", 1))
    except NotSupportedError:
        return False
    return True


@pytest.mark.parametrize("table", LEDGER)
def test_hash_partitions_take_the_ledger_but_for_these_indexes(table: str) -> None:
    with as_superuser() as cursor:
        assert partition(cursor, table) == LEDGER[table]


def test_hash_partitions_hold_the_rules_of_a_row() -> None:
    """With the two indexes by merchant in place of those that are refused, nothing that is forbidden gets in."""
    with as_superuser() as cursor:
        partition(cursor, "wallet_transaction")
        cursor.execute("CREATE UNIQUE INDEX scratch_key ON scratch (merchant_id, id)")
        cursor.execute("CREATE UNIQUE INDEX scratch_reversed ON scratch (merchant_id, reverses_id)")
        for merchant in range(1, 21):
            insert(cursor, merchant, reverses_id=7)
        cursor.execute("SELECT count(DISTINCT tableoid), count(*) FROM scratch")
        assert cursor.fetchone() == (PARTS, 20)
        forbidden: dict[str, dict[str, Any]] = {
            "transaction_sides_differ": {"id": 2, "reverses_id": None, "credit_account_id": 1},
            "merchant_id_transaction_id_part": {"id": 2, "reverses_id": None},
            "merchant_id_reverses_id": {"id": 2, "reverses_id": 7, "transaction_id": "other"},
            "merchant_id_id": {"reverses_id": None, "transaction_id": "other"},
        }
        for rule, row in forbidden.items():
            with pytest.raises(IntegrityError, match=rule), transaction.atomic():
                insert(cursor, 1, **row)


def insert(cursor: Any, merchant: int, **fields: Any) -> None:
    row = {
        "id": 1, "merchant_id": merchant, "player_id": 1, "transaction_id": "one", "part": 0, "kind": "rollback",
        "status": "RS_OK", "currency": "EUR", "amount": 5, "debit_account_id": 1, "credit_account_id": 2,
        "secret_id": 1, "address": "127.0.0.1", "request_id": "00000000-0000-4000-8000-000000000001",
    } | fields  # fmt: skip
    places = ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO scratch ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608
