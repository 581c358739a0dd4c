"""Replaces the function by which django-pgtrigger lets every session switch triggers off (`SET pgtrigger.ignore`).

The library installs its function again with each trigger of a migration, so `migrate` replaces it after every run.
"""

from __future__ import annotations

from typing import Any

NEVER = "SELECT false"
REPLACE = f"""
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $${NEVER}$$
"""
INSTALLED = """
    SELECT p.proname, p.prosrc = %s AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'sql')
      FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE '%%pgtrigger_should_ignore%%'
"""


def disable_switches(connection: Any) -> None:
    """Replace the library's function by one that never ignores a trigger."""
    if switches(connection):
        with connection.cursor() as cursor:
            cursor.execute(REPLACE)


def switches(connection: Any) -> list[str]:
    """Return the names of functions by which a session could switch triggers off."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED, [NEVER])
        return [name for name, is_ours in cursor.fetchall() if not is_ours]
