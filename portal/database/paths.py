"""The search path of trigger functions: the owner's schemas, whatever a session sets.

The application may create temporary tables, and objects in the schema `statements`. With the session's own path, one
of these with the name of our table would be used in its place. A migration installs the function of a trigger without
a path, so `migrate` sets it after every run. No bet or payout fires one of these triggers.
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
    """Set the path of each trigger function that has another path or other settings."""
    for function in functions_without_path(connection):
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER FUNCTION {function} RESET ALL SET search_path = {PATH}")


def functions_without_path(connection: Any) -> list[str]:
    """Return the trigger functions without this path; their names are quoted."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT, [CONFIGURATION])
        return [function for (function,) in cursor.fetchall()]
