"""Compares the functions of the ledger, and every trigger, in the database with the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pgtrigger

from portal.database import grants, paths

CHECKOUT = Path(__file__).parents[2]
LEDGER = CHECKOUT / "wallet" / "ledger" / "post.sql"
FROZEN = CHECKOUT / "wallet" / "migrations" / "sql"
FUNCTION = re.compile(r"^CREATE OR REPLACE FUNCTION (\w+)\(.*?\bAS \$\$(.*?)\$\$;", re.MULTILINE | re.DOTALL)
TRIGGER_BODY = re.compile(r"RETURNS TRIGGER AS \$\$(.*?)\$\$ LANGUAGE plpgsql", re.DOTALL)
FUNCTIONS = r"""
    SELECT p.oid::regprocedure::text, p.proname, p.prosrc, p.prosecdef, coalesce(p.proconfig, '{}')
      FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'wallet\_%%'
"""
TRIGGERS = """
    SELECT c.relname, t.tgname, t.tgenabled IN ('O', 'A'), p.prosrc, obj_description(t.oid, 'pg_trigger'), p.proconfig
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgparentid = 0
"""
SEARCHED = "search_path=public, pg_temp"


def newest_frozen() -> Path:
    """Return the copy of post.sql that the newest migration installs."""
    return max(FROZEN.glob("*_ledger.sql"))


def differences(connection: Any) -> Iterator[str]:
    """Yield a sentence for each function or trigger that differs from the code."""
    yield from function_differences(connection)
    yield from trigger_differences(connection)


def function_differences(connection: Any) -> Iterator[str]:
    wanted = dict(FUNCTION.findall(LEDGER.read_text()))
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS, [])
        found = cursor.fetchall()
    yield from (f"The function {name} is missing." for name in sorted(wanted.keys() - {name for _, name, *_ in found}))
    for signature, name, body, is_definer, configuration in sorted(found):
        if body != wanted.get(name):
            yield f"The function {signature} is not that of wallet/ledger/post.sql."
        elif is_definer != (name in grants.POSTING) or (is_definer and SEARCHED not in configuration):
            yield f"The function {signature} does not run with the rights that wallet/ledger/post.sql gives it."


def trigger_differences(connection: Any) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        found = {(table, name): state for table, name, *state in cursor.fetchall()}
    for table, name, body, digest in sorted(wanted_triggers()):
        is_on, *installed, path = found.pop((table, name), (None, None, None, None))
        if is_on is None:
            yield f"The trigger {name} of {table} is missing."
        elif not is_on:
            yield f"The trigger {name} of {table} is disabled."
        elif installed != [body, digest]:
            yield f"The trigger {name} of {table} is not that of the code."
        elif path != paths.CONFIGURATION:
            yield f"The function of the trigger {name} of {table} looks for tables where a session tells it to."
    yield from (f"The trigger {name} of {table} is not of the code." for table, name in sorted(found))


def wanted_triggers() -> Iterator[tuple[str, str, str, str]]:
    """Yield table, name, body and digest of each trigger of the models."""
    for model, trigger in pgtrigger.registered():
        compiled = trigger.compile(model)
        [body] = TRIGGER_BODY.findall(compiled.install_sql)
        yield model._meta.db_table, compiled.sql.pgid, body, compiled.hash  # noqa: SLF001
