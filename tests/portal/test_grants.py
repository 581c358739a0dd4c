"""What the application's role may not do: tried on a connection of its own, as somebody with its password would."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction
from django.db.migrations import RunSQL
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from merchants.models import Merchant
from portal.database import grants, installed, roles, switch
from portal.database.grants import APPEND_ONLY
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from wallet.models import Account, Transaction

EVENT_TABLES = grants.event_tables()
ADDED_ONLY = sorted(
    EVENT_TABLES
    | {table for table, rights in grants.TABLES.items() if rights in {grants.APPEND_ONLY, grants.READ_ONLY}}
)
DEEDS = [
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "DROP TABLE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} ADD COLUMN more text",
    "ALTER TABLE {table} OWNER TO {application}",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "CREATE INDEX ON {table} ({column})",
    "SET ROLE {owner}",
]
SWITCH = (
    "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
    " LANGUAGE sql IMMUTABLE AS 'SELECT true'"
)
ALONE = [
    "SET SESSION AUTHORIZATION {owner}",
    "SET session_replication_role = replica",
    "GRANT {owner} TO {application}",
    "ALTER ROLE {application} SUPERUSER",
    "CREATE TABLE public.mine ()",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    SWITCH,
    "ALTER FUNCTION wallet_move(bigint, bigint) SECURITY DEFINER",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "ALTER DATABASE {database} SET session_replication_role = replica",
]
LEDGER_OIDS = r"""
    SELECT oid::bigint, proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'wallet\_%'
    UNION ALL
    SELECT oid::bigint, typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typname LIKE 'wallet\_%'
     ORDER BY 1
"""
NAMES = {"owner": sql.Identifier(roles.OWNER), "application": sql.Identifier(roles.APPLICATION)}


@pytest.fixture
def application(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A session of the application's role on this test's database."""
    url = urlsplit(roles.url_with_role(os.environ["DATABASE_URL"], roles.APPLICATION))
    with psycopg.connect(url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()) as session:
        yield session
        session.rollback()


def refused(session: psycopg.Connection[Any], deed: str, **names: sql.Composable) -> bool:
    """Whether it is the right that is missing."""
    try:
        with session.transaction(force_rollback=True):
            session.execute(sql.SQL(deed).format(**NAMES, **names))
    except InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_only_added_stays(application: psycopg.Connection[Any], deed: str) -> None:
    done = []
    for table in ADDED_ONLY:
        [(column,)] = application.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum LIMIT 1",
            [table],
        ).fetchall()
        if not refused(application, deed, table=sql.Identifier(table), column=sql.Identifier(column)):
            done.append(table)
    assert len(ADDED_ONLY) > 20
    assert done == []


@pytest.mark.parametrize("deed", ALONE)
def test_no_door_to_more_rights(application: psycopg.Connection[Any], deed: str) -> None:
    assert refused(application, deed, database=sql.Identifier(application.info.dbname))


def test_rows_of_the_ledger_are_not_added_either(application: psycopg.Connection[Any]) -> None:
    for table in ("wallet_account", "wallet_transaction", "wallet_refusedpayout"):
        assert refused(application, "INSERT INTO {table} (merchant_id) VALUES (1)", table=sql.Identifier(table))


def test_the_database_numbers_rows_that_are_only_added(application: psycopg.Connection[Any]) -> None:
    """A number far ahead would keep all rows after it out of the chain, or make the request log look old."""
    for table in sorted({*EVENT_TABLES, *(table for table, rights in grants.TABLES.items() if rights == APPEND_ONLY)}):
        number = sql.Identifier("pgh_id" if table in EVENT_TABLES else "id")
        deed = "INSERT INTO {table} ({number}) VALUES (2147483647)"
        assert refused(application, deed, table=sql.Identifier(table), number=number), table
    assert refused(application, "INSERT INTO merchants_staffchange (id) VALUES (1)")
    assert refused(application, "SELECT setval(pg_get_serial_sequence('merchants_signinrecord', 'id'), 2147483647)")


def test_columns_that_never_change(application: psycopg.Connection[Any]) -> None:
    for deed in (
        "UPDATE merchants_secret SET fingerprint = 'x'",
        "UPDATE merchants_secret SET key_id = 1",
        "UPDATE merchants_apikey SET auth_key = 'x'",
        "UPDATE merchants_player SET merchant_id = 1",
        "UPDATE wallet_session SET account_id = 1",
        "UPDATE wallet_playtransaction SET amount = 1",
        "DELETE FROM merchants_secret",
        "DELETE FROM wallet_mark",
    ):
        assert refused(application, deed), deed
    assert not refused(application, "UPDATE merchants_secret SET usable_until = now() WHERE false")


def test_the_inside_of_the_ledger_is_not_called_from_outside(application: psycopg.Connection[Any]) -> None:
    rows = application.execute(
        "SELECT proname, has_function_privilege(oid, 'EXECUTE') FROM pg_proc WHERE proname LIKE 'wallet\\_%'"
    ).fetchall()
    wanted = {name for name in grants.CALLED if name.startswith("wallet_")} | {grants.SAYS_WHEN}
    assert {name for name, executable in rows if executable} == wanted
    assert refused(application, "SELECT wallet_move(1, 1)")
    assert refused(application, "SELECT wallet_keep(NULL, NULL)")


def test_in_production_nobody_says_when(settings: Any, caller: Caller) -> None:
    settings.PRODUCTION = True
    with as_superuser():
        assert [each for each in grants.apply_grants(connection) if grants.SAYS_WHEN in each]
    assert caller.bet().status == "RS_OK"
    dated = POST.format(merchant=caller.merchant.pk, kind="deposit").replace("NULL)::wallet_caller", "now())")
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="the clock says when"), transaction.atomic():
        cursor.execute(dated)


def test_nobody_hands_a_right_on(application: psycopg.Connection[Any]) -> None:
    assert refused(application, "GRANT ALL ON wallet_transaction TO PUBLIC")
    may = application.execute("SELECT has_table_privilege('wallet_transaction', 'UPDATE')").fetchone()
    assert may == (False,)


POST = """
    SELECT wallet_post(
        ROW({merchant}, s.id, m.access_version, '127.0.0.1'::inet, gen_random_uuid(), NULL)::wallet_caller,
        ROW('{kind}', 'x', NULL, NULL, NULL, 'player-1', NULL, 'EUR', 5, NULL, NULL)::wallet_call)
      FROM merchants_merchant m JOIN merchants_apikey k ON k.merchant_id = m.id
      JOIN merchants_secret s ON s.key_id = k.id
     WHERE m.id = {merchant}
"""


@pytest.mark.parametrize("kind", ["tombstone", "rollback", "gift", "balance"])
def test_a_kind_that_the_ledger_does_not_know_is_refused(caller: Caller, kind: str) -> None:
    before = Transaction.objects.count()
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="a single call is no"), transaction.atomic():
        cursor.execute(POST.format(merchant=caller.merchant.pk, kind=kind))
    assert Transaction.objects.count() == before


@pytest.mark.parametrize("items", ['[{"kind": "deposit"}]', '[{"amount": 1}]', '[{"kind": "payout"}, {"kind": null}]'])
def test_a_batch_is_of_one_kind(caller: Caller, items: str) -> None:
    call = "SELECT wallet_post_batch(ROW(%s, 1, 1, '127.0.0.1', gen_random_uuid(), NULL)::wallet_caller, 'payout', %s)"
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="a batch is of"), transaction.atomic():
        cursor.execute(call, [caller.merchant.pk, items])


def test_an_account_is_of_the_players_own_merchant(caller: Caller, rival: Merchant) -> None:
    player = Account.objects.get(kind="player").player_id
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="is not of merchant"), transaction.atomic():
        cursor.execute("SELECT wallet_open_account(%s, %s, 'EUR')", [rival.pk, player])


def test_a_table_of_the_session_does_not_stand_in_for_one_of_ours(caller: Caller) -> None:
    """A temporary table is found before one of the same name, unless a function says where to look."""
    with connection.cursor() as cursor:
        post = POST.format(merchant=caller.merchant.pk, kind="withdraw").replace("merchants_", "public.merchants_")
        for table in ("wallet_account", "wallet_transaction", "merchants_player", "merchants_merchant"):
            cursor.execute(f"CREATE TEMP TABLE {table} AS TABLE public.{table}")
        cursor.execute("UPDATE pg_temp.wallet_account SET balance = 1")
        cursor.execute(post)
        cursor.execute("SELECT balance FROM public.wallet_account WHERE kind = 'player'")
        assert cursor.fetchone() == (1_000_000 - 5,)
        cursor.execute("SELECT count(*) FROM pg_temp.wallet_transaction WHERE transaction_id = 'x'")
        assert cursor.fetchone() == (0,)


# --- declared, given, compared ----------------------------------------------------------------------------------------
def test_every_table_has_its_line() -> None:
    assert grants.undeclared_tables() == [], "give each a line in portal/database/grants.py"
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    assert grants.TABLES.keys() <= tables


def test_a_table_without_a_line_is_closed(application: psycopg.Connection[Any]) -> None:
    assert grants.declared_rights("anything").privileges == frozenset()


def test_the_database_is_what_the_code_says(db: None) -> None:
    call_command("check", databases=["default"])


ONE = "RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'"
DROP = """DO $$ BEGIN EXECUTE (
    SELECT format('DROP TRIGGER %I ON %s', tgname, tgrelid::regclass)
      FROM pg_trigger WHERE tgname LIKE 'pgtrigger_secret_stays%') ; END $$"""
ADD = """CREATE TRIGGER mine BEFORE UPDATE ON merchants_secret
    FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"""
FOREIGN_HANDS = {
    "a right more": ("GRANT UPDATE ON wallet_transaction TO {application}", "on the table wallet_transaction differ"),
    "a right of a column": (
        "GRANT UPDATE (balance) ON wallet_account TO {application}",
        "on the table wallet_account differ",
    ),
    "a right for all": ("GRANT SELECT ON merchants_secret TO PUBLIC", "on the table merchants_secret differ"),
    "a right less": ("REVOKE INSERT ON wallet_signedrequest FROM {application}", "wallet_signedrequest differ"),
    "a right in the schema": ("GRANT CREATE ON SCHEMA public TO {application}", "in the schema public differ"),
    "a function that is called": ("GRANT EXECUTE ON FUNCTION wallet_move TO {application}", "execute wallet_move"),
    "another body": (
        f"CREATE OR REPLACE FUNCTION wallet_move(p_account bigint, p_delta bigint) {ONE}",
        "wallet_move(bigint,bigint) is not that of",
    ),
    "a function more": (
        f"CREATE FUNCTION wallet_move(p_account bigint) {ONE}",
        "wallet_move(bigint) is not that of",
    ),
    "other rights of a function": ("ALTER FUNCTION wallet_post SECURITY INVOKER", "does not run with the rights"),
    "a path of its own": ("ALTER FUNCTION wallet_post RESET search_path", "does not run with the rights"),
    "a trigger off": ("ALTER TABLE wallet_transaction DISABLE TRIGGER USER", "of wallet_transaction is disabled"),
    "a trigger away": (DROP, "is missing"),
    "a trigger more": (ADD, "The trigger mine of merchants_secret is not of the code"),
    "the switch": (SWITCH, "_pgtrigger_should_ignore can switch triggers off"),
}


@pytest.mark.parametrize("case", FOREIGN_HANDS)
def test_what_was_changed_by_hand_is_named(db: None, case: str) -> None:
    deed, sentence = FOREIGN_HANDS[case]
    with as_superuser() as cursor:
        cursor.execute(deed.replace("{application}", roles.APPLICATION))
    with pytest.raises(SystemCheckError, match=re.escape(sentence)):
        call_command("check", databases=["default"])


@pytest.mark.parametrize("case", [case for case in FOREIGN_HANDS if "right" in case or "called" in case])
def test_rights_are_given_anew_by_the_next_migrate(db: None, case: str) -> None:
    with as_superuser() as cursor:
        before = list(grants.differences(connection))
        cursor.execute(FOREIGN_HANDS[case][0].replace("{application}", roles.APPLICATION))
        if not list(grants.differences(connection)):
            return  # a matter of the function itself, which a migration installs
        grants.apply_grants(connection)
        assert (before, list(grants.differences(connection))) == ([], [])


# --- the switch of the triggers ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("deed", ["UPDATE wallet_transaction SET amount = 1", "DELETE FROM wallet_transaction"])
def test_no_session_switches_triggers_off(caller: Caller, deed: str) -> None:
    with as_superuser() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [every_trigger()])
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            cursor.execute(deed)


def test_a_secret_does_not_come_back_by_the_switch(caller: Caller) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE merchants_secret SET revoked_at = now()")
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [every_trigger()])
        with pytest.raises(DatabaseError, match="revoked"), transaction.atomic():
            cursor.execute("UPDATE merchants_secret SET revoked_at = NULL")


def every_trigger() -> str:
    names = (name for _, name, _, _ in installed.wanted_triggers())
    return "{" + ",".join(names) + "}"


def test_the_switch_is_put_away_again(db: None) -> None:
    with as_superuser() as cursor:
        cursor.execute(SWITCH)
        assert switch.switches(connection) == ["_pgtrigger_should_ignore"]
        switch.disable_switches(connection)
        assert switch.switches(connection) == []


# --- the texts of migrations ------------------------------------------------------------------------------------------
def test_a_change_of_the_ledger_comes_with_a_migration() -> None:
    frozen = installed.newest_frozen()
    assert frozen.read_text() == installed.LEDGER.read_text(), (
        f"wallet/ledger/post.sql is not {frozen.name}: copy it to a new file beside that, and install it by a migration"
    )


def test_a_change_of_the_ledger_takes_nothing_from_calls_that_run(db: None) -> None:
    """A call that has begun looks for the types and functions of its beginning, and would be answered 503 without."""
    with as_superuser() as cursor:
        cursor.execute(LEDGER_OIDS)
        before = cursor.fetchall()
        cursor.execute(installed.newest_frozen().read_text())
        cursor.execute(LEDGER_OIDS)
        assert len(before) > 30
        assert cursor.fetchall() == before


def test_each_frozen_text_is_installed_by_the_migration_of_its_number() -> None:
    texts = sorted(installed.FROZEN.glob("*.sql"))
    assert len(texts) >= 5
    for text in texts:
        files = installed.FROZEN.parent.glob(f"{text.name[:4]}_*.py")
        of_number = [import_module(f"wallet.migrations.{file.stem}").Migration for file in files]
        inner = [getattr(each, "database_operations", [each]) for one in of_number for each in one.operations]
        installs = [each.sql for each in chain.from_iterable(inner) if isinstance(each, RunSQL)]
        assert text.read_text() in installs, text


def test_no_migration_reads_what_changes() -> None:
    """A text that is read from elsewhere would be another one tomorrow."""
    paths = [*installed.CHECKOUT.glob("*/migrations/*.py")]
    assert len(paths) > 30
    for path in paths:
        for file in re.findall(r"[\w/.]+\.sql", path.read_text()):
            assert (installed.FROZEN / file).exists(), path
