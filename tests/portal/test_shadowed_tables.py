"""The application may make temporary tables and objects in the schema `statements`. No trigger takes them for ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from merchants.models import Merchant
from portal.database import paths
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser

ONE_FUNCTION = """
    SELECT t.tgname, p.oid::regprocedure::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
     WHERE t.tgname LIKE 'pgtrigger_secret_ended_for_good%'
"""


def do(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def test_an_event_goes_to_the_real_table(acme: Merchant) -> None:
    do(
        "CREATE TEMP TABLE merchants_allowlistentryevent"
        " (LIKE public.merchants_allowlistentryevent INCLUDING DEFAULTS INCLUDING IDENTITY)"
    )
    [(entry,)] = do(
        "INSERT INTO public.merchants_allowlistentry (merchant_id, network, note)"
        " VALUES (%s, '192.0.2.7', '') RETURNING id",
        acme.pk,
    )
    do("DELETE FROM public.merchants_allowlistentry WHERE id = %s", entry)
    assert do("SELECT count(*) FROM pg_temp.merchants_allowlistentryevent") == [(0,)]
    kept = do("SELECT count(*) FROM public.merchants_allowlistentryevent WHERE pgh_obj_id = %s", entry)
    assert kept == [(2,)]


def test_an_approval_of_ones_own_making_is_none(acme: Merchant) -> None:
    do("UPDATE merchants_merchant SET two_person = true WHERE id = %s", acme.pk)
    do(
        "CREATE TEMP TABLE merchants_approval AS"
        " SELECT %s::bigint AS merchant_id, 'status' AS verb, 'approved' AS state,"
        ' pg_current_xact_id()::text::bigint AS decided_in, \'{"status": "closed"}\'::jsonb AS wish',
        acme.pk,
    )
    with pytest.raises(DatabaseError, match="a second person approves this change"), transaction.atomic():
        do("UPDATE public.merchants_merchant SET status = 'closed' WHERE id = %s", acme.pk)


def test_a_clock_of_ones_own_is_not_asked(caller: Caller) -> None:
    do("UPDATE merchants_secret SET superseded_at = now(), usable_until = now()")
    with as_superuser() as cursor:  # the application makes no function; one that was made before misleads nobody
        cursor.execute(
            "CREATE FUNCTION statements.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " AS $$SELECT to_timestamp(0)$$"
        )
    do("SET LOCAL search_path = statements, pg_catalog, public")
    assert do("SELECT extract(year FROM clock_timestamp())") == [(1970,)]
    with pytest.raises(DatabaseError, match="an overlap that has ended"), transaction.atomic():
        do("UPDATE merchants_secret SET usable_until = NULL")


@pytest.mark.parametrize("change", ["RESET search_path", "SET search_path = statements, public", "SET work_mem = 64"])
def test_a_function_without_its_path_is_named_and_set_right(db: None, change: str) -> None:
    assert paths.functions_without_path(connection) == []
    [(trigger, function)] = do(ONE_FUNCTION)
    with as_superuser() as cursor:
        cursor.execute(f"ALTER FUNCTION {function} {change}")
        assert paths.functions_without_path(connection) == [function]
    with pytest.raises(SystemCheckError, match=f"The function of the trigger {trigger} of merchants_secret looks for"):
        call_command("check", databases=["default"])
    with as_superuser():
        paths.fix_search_paths(connection)
    assert paths.functions_without_path(connection) == []
    call_command("check", databases=["default"])
