"""Where the functions of triggers look for tables and functions: the owner's schemas, whatever a session says.

The application may make temporary tables, and objects in the schema `statements`. By the session's own path one of
these, named as a table of ours, would be written and asked in its place. A migration that installs a trigger installs
its function without a path, so `migrate` sets it after every run. No bet or payout fires one of these triggers.
"""

from __future__ import annotations

from typing import Any

PATH = "pg_catalog, public, pg_temp"
CONFIGURATION = [f"search_path={PATH}"]
WITHOUT = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.prorettype = 'trigger'::regtype
       AND p.proconfig IS DISTINCT FROM %s::text[]
     ORDER BY 1
"""


def fix_search_paths(connection: Any) -> None:
    """Give the path to each function of a trigger that has another, or a setting more."""
    for function in functions_without_path(connection):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER FUNCTION {function} RESET ALL SET search_path = {PATH}")


def functions_without_path(connection: Any) -> list[str]:
    """Return the functions of triggers that look elsewhere; their names are quoted."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT, [CONFIGURATION])
        return [function for (function,) in cursor.fetchall()]
