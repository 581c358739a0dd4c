"""Sealed rows are changed, removed and inserted by a superuser without triggers. Each is found and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from merchants import tasks
from merchants.models import (
    Chain,
    ChainBlock,
    ChainRecipe,
    Contact,
    Download,
    Game,
    Merchant,
    Person,
    Player,
    Secret,
)
from merchants.models.audit import Trace
from merchants.services import approvals, chain, claim_links, history, merchants
from merchants.services.chain import sealing, tables
from merchants.services.chain.heads import chain_heads
from merchants.services.chain.verification import ChainVerdict
from tests import factories
from tests.conftest import Caller
from tests.people import give_totp
from tests.plugins.database_role import as_superuser, unguarded
from tests.plugins.live import CHECKOUT
from wallet.models import Transaction

SQL = CHECKOUT / "merchants" / "sql" / "chain.sql"
LEDGER = "wallet_transaction"
SHORT = "left('~' || coalesce({c}, ''), greatest(length({c}), 1))"
# By type, what a value is changed to.
OTHER = {
    "bigint": "coalesce({c}, 0) + 1", "integer": "coalesce({c}, 0) + 1", "smallint": "coalesce({c}, 0) + 1",
    "character varying": SHORT, "text": SHORT,
    "boolean": "NOT coalesce({c}, false)", "uuid": "gen_random_uuid()", "inet": "'192.0.2.99'",
    "timestamp with time zone": "coalesce({c}, now()) + interval '1 microsecond'", "bytea": "{c} || 'x'::bytea",
    "jsonb": """coalesce({c}, '{{}}') || '{{"forged": true}}'""", "ARRAY": "{c} || {c}",
    "date": "coalesce({c}, now()) + 1", "interval": "coalesce({c}, '0') + interval '1 second'",
    "cidr": "'198.51.100.0/24'",
}  # fmt: skip


def forge(statement: Any, *values: Any, rows: int = 1) -> None:
    with unguarded() as cursor:
        cursor.execute(statement if isinstance(statement, str) else statement.as_string(), values)
        assert cursor.rowcount == rows


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done within is undone, so that the next forgery begins with a whole chain."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def drop_constraints(table: str) -> None:
    """Nothing that a superuser could not take away stands between a value and another one."""
    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = to_regclass(%s) AND contype IN ('c', 'u', 'n')", [table]
        )
        for (name,) in cursor.fetchall():
            if name != f"{table}_id_not_null":
                names = {"t": sql.Identifier(table), "c": sql.Identifier(name)}
                cursor.execute(sql.SQL("ALTER TABLE {t} DROP CONSTRAINT {c}").format(**names).as_string())


def columns_of(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table])
        return dict(cursor.fetchall())


def found(verdict: ChainVerdict) -> list[tuple[str, str, int | None]]:
    return [(finding.merchant, finding.sentence, finding.row) for finding in verdict.findings]


def rows_named(verdict: ChainVerdict) -> set[int | None]:
    return {finding.row for finding in verdict.findings}


def row(transaction_id: str) -> int:
    return Transaction.objects.get(transaction_id=transaction_id, part=0).pk


def run(command: str, **options: Any) -> tuple[int, str]:
    """Exit code and output."""
    output = StringIO()
    try:
        call_command(command, stdout=output, **options)
    except SystemExit as end:
        return int(end.code or 0), output.getvalue()
    return 0, output.getvalue()


@pytest.fixture
def sealed(caller: Caller, rival_caller: Caller) -> Caller:
    """Rows of two merchants side by side, every kind of them, in several windows."""
    bets = [caller.bet(100 + number, transactionId=f"bet-{number}").body["transactionId"] for number in range(4)]
    rival_caller.bet(70, transactionId="theirs")
    caller.payout(bets[0], 50, transactionId="win")
    caller.reward(10, transactionId="bonus")
    caller.withdraw(5, transactionId="out")
    caller.rollback(bets[0], "never-seen")
    caller.bet(10**9, transactionId="refused")
    sealing.seal_rows(rows_a_window=4)
    return caller


@pytest.fixture
def told(sealed: Caller, support: Person) -> Caller:
    """History of merchants, keys, people and games, sealed."""
    merchants.set_status(merchant=sealed.merchant, status="suspended")
    merchants.set_status(merchant=sealed.merchant, status="active")
    Contact.objects.create(merchant=sealed.merchant, email="desk@acme.test", note="")
    sealing.seal_rows()
    return sealed


# --- sealing ----------------------------------------------------------------------------------------------------------
def test_every_row_is_sealed_once_in_the_chain_of_its_merchant(told: Caller, rival: Merchant) -> None:
    for merchant in (told.merchant, rival):
        blocks = ChainBlock.objects.filter(chain=Chain.LEDGER, merchant_id=merchant.pk).order_by("number")
        assert [block.number for block in blocks] == [*range(1, len(blocks) + 1)]
        ids = [each for block in blocks for each in block.ids]
        assert ids == [*Transaction.objects.filter(merchant=merchant).order_by("pk").values_list("pk", flat=True)]
        assert blocks[len(blocks) - 1].total_rows == len(ids)
    assert sealing.seal_rows() == 0
    for verdict in (chain.verify_ledger(), chain.verify_history()):
        assert verdict.holds, verdict.findings
        assert verdict.unsealed == 0
    assert chain.verify_ledger().rows == Transaction.objects.count()


def test_rows_of_nobody_have_a_chain_of_their_own(told: Caller) -> None:
    blocks = ChainBlock.objects.filter(merchant_id=0)
    assert {"merchants_personevent", "merchants_gameevent"} <= {block.table_name for block in blocks}
    assert {block.chain for block in blocks} == {Chain.HISTORY}


def test_a_run_is_bounded_and_the_next_goes_on(caller: Caller) -> None:
    for number in range(5):
        caller.bet(number, transactionId=f"b{number}")
    history = sum(rows for rows in counts(*(table.name for table in tables.chained_tables(Chain.HISTORY))).values())
    assert sealing.seal_rows(seconds=0, rows_a_window=1_000) == history + Transaction.objects.count()
    for number in range(5, 9):
        caller.bet(number, transactionId=f"b{number}")
    assert sealing.seal_rows(seconds=0, rows_a_window=2) == 2
    assert chain.verify_ledger().unsealed == 2
    assert sealing.seal_rows(seconds=60, rows_a_window=1) == 2
    assert chain.verify_ledger().holds


def counts(*names: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)).as_string())
            found[name] = cursor.fetchone()[0]
        return found


def test_rows_below_which_an_earlier_one_may_still_come_wait(caller: Caller) -> None:
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("RESET SESSION AUTHORIZATION")
            cursor.execute("LOCK TABLE wallet_transaction IN ROW EXCLUSIVE MODE")
        sealing.seal_rows()
        assert not ChainBlock.objects.filter(chain=Chain.LEDGER).exists()
        assert ChainBlock.objects.filter(chain=Chain.HISTORY).exists()
        other.rollback()
    sealing.seal_rows()
    assert chain.verify_ledger().unsealed == 0


def test_who_seals_does_not_choose_the_rows(caller: Caller) -> None:
    """Neither by a horizon, nor by a window without rows, nor by an old snapshot."""
    for call in ("%s, 1, 10", "%s, -1, 10"):
        with pytest.raises(DatabaseError, match="does not exist"), transaction.atomic():
            connection.cursor().execute(f"SELECT merchants_chain_seal({call})", [LEDGER])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("SELECT merchants_chain_horizon(r) FROM merchants_chainrecipe r")
    connection.cursor().execute("SELECT merchants_chain_seal(%s, -5)", [LEDGER])
    assert ChainBlock.objects.filter(chain=Chain.LEDGER).exists()
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="in read committed"):
            cursor.execute("SELECT merchants_chain_seal(%s, 10)", [LEDGER])


def test_the_functions_that_are_installed_are_those_that_are_read(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc, prosecdef FROM pg_proc WHERE proname LIKE 'merchants_chain_%%'", [])
        installed = cursor.fetchall()
    assert len(installed) == 5
    text = SQL.read_text()
    assert all(source in text for _, source, _ in installed)
    assert [name for name, _, definer in installed if definer] == ["merchants_chain_seal"]


@pytest.mark.parametrize("table", ["merchants_chainblock", "merchants_chainrecipe"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_chain_only_grows(told: Caller, table: str, statement: str) -> None:
    """The application has no right to try, and a superuser is stopped by a trigger."""
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement.format(table))
    refused = pytest.raises(DatabaseError, match=r"Cannot update or delete|never emptied")
    with refused, transaction.atomic(), as_superuser() as cursor:
        cursor.execute(statement.format(table))


def test_every_table_that_only_grows_is_sealed() -> None:
    """A table that may not be updated or deleted from is for keeps, and what is for keeps is sealed."""
    names = {table.name for table in tables.chained_tables()}
    for model, trigger in pgtrigger.registered():
        keeps = isinstance(trigger, pgtrigger.Protect) and str(trigger.operation) == "UPDATE OR DELETE"
        if keeps and not model._meta.db_table.startswith("merchants_chain"):
            assert model._meta.db_table in names
    assert {model._meta.db_table for model in apps.get_models() if issubclass(model, Trace)} <= names


# --- rows -------------------------------------------------------------------------------------------------------------
def test_every_column_of_a_ledger_row_is_sealed(sealed: Caller) -> None:
    changed = row("bet-1")
    drop_constraints(LEDGER)
    for column, kind in columns_of(LEDGER).items():
        value = OTHER[kind].format(c=column) if column != "id" else "id + 1000000"
        with taken_back():
            forge(f"UPDATE {LEDGER} SET {column} = {value} WHERE id = %s", changed)  # noqa: S608
            assert changed in rows_named(chain.verify_ledger()), column
    assert chain.verify_ledger().holds


def test_every_column_of_the_history_is_sealed(told: Caller) -> None:
    seen = 0
    for table in tables.chained_tables(Chain.HISTORY):
        names = {"t": sql.Identifier(table.name), "id": sql.Identifier(table.id_column)}
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT max({id}) FROM {t}").format(**names).as_string())
            [newest] = cursor.fetchone()
        for column, kind in columns_of(table.name).items() if newest else ():
            if column in table.changing:
                continue
            name = sql.Identifier(column)
            value = sql.SQL(OTHER[kind].format(c=name.as_string()))
            with taken_back():
                forge(sql.SQL("UPDATE {t} SET {c} = {v} WHERE {id} = %s").format(**names, c=name, v=value), newest)
                assert newest in rows_named(chain.verify_history()), (table.name, column)
            seen += 1
    assert seen > 50


@pytest.mark.parametrize("deed", ["changed", "removed"])
def test_what_shows_the_deeds_of_our_staff_is_sealed(
    told: Caller, support: Person, administrator: Person, deed: str
) -> None:
    """Requests and their decision, downloads, claim links, what the owners are mailed of, the administration's log."""
    acme = told.merchant
    with history.act_as(door="/admin/", person=support):
        Contact.objects.all().delete()
    LogEntry.objects.create(user=support, action_flag=2, object_repr="x", change_message="is closed now")
    Download.objects.create(person=support, merchant=acme, what="players", filters={})
    give_totp(administrator)
    approval = approvals.ask_to_set_status(merchant=acme, status="suspended", by=support, reason="x")
    approvals.approve_request(approval=approval, by=administrator)
    factories.member(acme, "owner")
    claim_links.send_link(secret=Secret.objects.get(key__merchant=acme), by=support)
    sealing.seal_rows()
    assert chain.verify_history().holds
    for table, change in {
        "django_admin_log": "change_message = ''",
        "merchants_staffchange": "event = event + 1",
        "merchants_approval": "decided_by_id = asked_by_id",
        "merchants_approvalevent": "decided_by_id = asked_by_id",
        "merchants_download": "what = 'nothing'",
        "merchants_downloadevent": "what = 'nothing'",
        "merchants_secretclaim": "sent_by_id = NULL",
        "merchants_secretclaimevent": "sent_by_id = NULL",
    }.items():
        if not table.endswith("event"):
            drop_constraints(table)
        with taken_back(), unguarded() as cursor:
            names = {"t": table, "c": change}
            statement = "DELETE FROM {t}" if deed == "removed" else "UPDATE {t} SET {c}"
            cursor.execute(statement.format(**names))
            assert cursor.rowcount
            assert not chain.verify_history().holds, table


def test_a_row_is_named_with_its_merchant(sealed: Caller) -> None:
    forge("UPDATE wallet_transaction SET amount = amount + 1 WHERE transaction_id = 'bet-2'")
    number = row("bet-2")
    expected = ("acme", f"Row {number} of wallet_transaction was changed after it was sealed.", number)
    assert found(chain.verify_ledger()) == [expected]
    assert found(chain.verify_ledger(sealed.merchant)) == [expected]


def test_another_merchant_is_not_concerned(sealed: Caller, rival: Merchant) -> None:
    forge("UPDATE wallet_transaction SET amount = amount + 1 WHERE transaction_id = 'bet-2'")
    assert chain.verify_ledger(rival).holds
    assert chain.verify_ledger(rival).rows == 2


def test_a_removed_row(sealed: Caller) -> None:
    """Also the newest, after which no balance tells."""
    for name in ("bet-1", "refused"):
        number = row(name)
        with taken_back():
            forge("DELETE FROM wallet_transaction WHERE id = %s", number)
            assert found(chain.verify_ledger()) == [
                ("acme", f"Row {number} of wallet_transaction was removed after it was sealed.", number)
            ]


COPY = """
    INSERT INTO wallet_transaction (id, merchant_id, transaction_id, part, kind, status, player_id, secret_id, address,
                                    request_id, created_at)
    OVERRIDING SYSTEM VALUE
    SELECT %s, %s, 'forged', 0, kind, status, player_id, secret_id, address, request_id, created_at
      FROM wallet_transaction WHERE transaction_id = 'bet-1'
"""


@pytest.mark.parametrize("place", ["between", "before all", "of a merchant without rows there"])
def test_an_inserted_row(sealed: Caller, place: str) -> None:
    merchant, number = sealed.merchant, -5
    if place == "between":
        number = row("bet-1")
        forge("DELETE FROM wallet_transaction WHERE id = %s", number)
    if place.startswith("of"):
        merchant, number = factories.merchant("quiet"), row("bet-1")
        forge("UPDATE wallet_transaction SET id = id + 1000000 WHERE id = %s", number)
        forge("UPDATE wallet_transaction SET transaction_id = 'bet-1' WHERE id = %s", number + 1_000_000)
    forge(COPY.replace("transaction_id = 'bet-1'", "transaction_id = 'bet-2'"), number, merchant.pk)
    verdict = chain.verify_ledger()
    sentences = [sentence for _, sentence, _ in found(verdict)]
    if place == "between":
        assert sentences == [f"Row {number} of wallet_transaction was changed after it was sealed."]
    else:
        assert f"Row {number} of wallet_transaction was inserted among sealed rows." in sentences
        assert merchant.code in {code for code, _, _ in found(verdict)}


def test_rows_that_change_their_merchant(sealed: Caller, rival: Merchant) -> None:
    forge("UPDATE wallet_transaction SET merchant_id = %s WHERE transaction_id = 'bet-1'", rival.pk)
    number = row("bet-1")
    assert set(found(chain.verify_ledger())) == {
        ("acme", f"Row {number} of wallet_transaction was removed after it was sealed.", number),
        ("rival", f"Row {number} of wallet_transaction was inserted among sealed rows.", number),
    }


COMPUTED = """
    SELECT b.id, encode(n.digest, 'hex'), encode(merchants_chain_head(b.head, b, r), 'hex')
      FROM merchants_chainblock b
      JOIN merchants_chainrecipe r ON r.id = b.recipe_id,
           LATERAL merchants_chain_blocks(r, b.after_id, b.upto_id, NULL, b.merchant_id) n
     ORDER BY b.id
"""


def test_a_session_with_other_settings_computes_the_same(told: Caller) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COMPUTED)
        before = cursor.fetchall()
        assert len(before) == ChainBlock.objects.count()
        with taken_back():
            cursor.execute("SET LOCAL timezone = 'Asia/Kathmandu'")
            cursor.execute("SET LOCAL datestyle = 'German'")
            cursor.execute("SET LOCAL bytea_output = 'escape'")
            cursor.execute("SET LOCAL intervalstyle = 'iso_8601'")
            cursor.execute("SET LOCAL extra_float_digits = -3")
            cursor.execute(COMPUTED)
            assert cursor.fetchall() == before


# --- blocks -----------------------------------------------------------------------------------------------------------
def test_every_column_of_a_block_is_held_by_its_head(sealed: Caller) -> None:
    block = ChainBlock.objects.filter(chain=Chain.LEDGER, merchant_id=sealed.merchant.pk).order_by("number")[1]
    drop_constraints("merchants_chainblock")
    for column, kind in columns_of("merchants_chainblock").items():
        if column in {"id", "chain"}:
            continue  # `id` says nothing; of another chain it is missing here, as below
        with taken_back():
            forge(f"UPDATE merchants_chainblock SET {column} = {OTHER[kind].format(c=column)} WHERE id = %s", block.pk)  # noqa: S608
            assert not chain.verify_ledger().holds, column


@pytest.mark.parametrize("which", [0, 1])
def test_a_removed_block(sealed: Caller, which: int) -> None:
    block = ChainBlock.objects.filter(chain=Chain.LEDGER, merchant_id=sealed.merchant.pk).order_by("number")[which]
    forge("DELETE FROM merchants_chainblock WHERE id = %s", block.pk)
    sentences = [sentence for _, sentence, _ in found(chain.verify_ledger())]
    assert f"Blocks {which + 1} to {which + 1} of the chain were removed or renumbered." in sentences


def test_a_replaced_block(sealed: Caller) -> None:
    """The row and its block are forged together, so that they agree: the next block's head does not."""
    first = ChainBlock.objects.filter(chain=Chain.LEDGER, merchant_id=sealed.merchant.pk).order_by("number")[0]
    forge("UPDATE wallet_transaction SET address = '192.0.2.99' WHERE id = %s", first.ids[0])
    forge(
        """UPDATE merchants_chainblock b SET digest = n.digest, fingerprints = n.fingerprints
             FROM merchants_chainrecipe r, LATERAL merchants_chain_blocks(r, %s, %s, NULL, %s) n
            WHERE r.id = %s AND b.id = %s""",
        first.after_id, first.upto_id, first.merchant_id, first.recipe_id, first.pk,
    )  # fmt: skip
    forge(
        """UPDATE merchants_chainblock b SET head = merchants_chain_head(''::bytea, b, r)
             FROM merchants_chainrecipe r WHERE r.id = b.recipe_id AND b.id = %s""",
        first.pk,
    )
    assert found(chain.verify_ledger()) == [("acme", "Block 2 was changed, or the block before it was replaced.", None)]


def test_a_head_from_a_mail_finds_a_chain_that_was_cut(sealed: Caller) -> None:
    """Without it nothing tells that the newest rows and blocks were ever there."""
    [head] = [head for head in chain_heads(sealed.merchant) if head.chain == "Ledger"]
    assert chain.verify_ledger(sealed.merchant, head=head.digits).holds
    last = ChainBlock.objects.filter(chain=Chain.LEDGER).order_by("-upto_id")[0].upto_id
    forge("DELETE FROM merchants_chainblock WHERE upto_id = %s", last)
    block = ChainBlock.objects.filter(chain=Chain.LEDGER).order_by("-upto_id")[0]
    with unguarded() as cursor:
        cursor.execute("DELETE FROM wallet_transaction WHERE id > %s", [block.upto_id])
    assert chain.verify_ledger(sealed.merchant).holds
    assert found(chain.verify_ledger(sealed.merchant, head=head.digits)) == [
        (
            "acme",
            f"No block has the head {head.digits}. The chain was cut or rebuilt after that head was sent.",
            None,
        )
    ]


def test_a_head_from_a_mail_finds_a_chain_that_was_made_again(sealed: Caller) -> None:
    [head] = [head for head in chain_heads(sealed.merchant) if head.chain == "Ledger"]
    forge("UPDATE wallet_transaction SET address = '192.0.2.99' WHERE transaction_id = 'bet-1'")
    with unguarded() as cursor:
        cursor.execute("DELETE FROM merchants_chainblock WHERE chain = 'ledger'")
    sealing.seal_rows(rows_a_window=4)
    assert chain.verify_ledger().holds
    assert not chain.verify_ledger(head=head.digits).holds


# --- columns that come and go -----------------------------------------------------------------------------------------
def alter(statement: str) -> None:
    """As `migrate` does, with the owner's rights."""
    with as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE merchants_gameevent {statement}")
        tables.keep_recipes()


def test_a_table_may_get_a_column(told: Caller) -> None:
    alter("ADD COLUMN place text DEFAULT current_user")
    assert chain.verify_history().holds
    Game.objects.update(name="Other")
    sealing.seal_rows()
    assert ChainRecipe.objects.filter(table_name="merchants_gameevent").count() == 2
    assert chain.verify_history().holds
    forge(
        "UPDATE merchants_gameevent SET place = 'nobody' WHERE pgh_id = (SELECT max(pgh_id) FROM merchants_gameevent)"
    )
    assert chain.verify_history().found == 1


def test_a_new_column_without_a_recipe_is_told(told: Caller) -> None:
    with as_superuser() as cursor:
        cursor.execute("ALTER TABLE merchants_gameevent ADD COLUMN forgotten text")
    assert [finding.sentence for finding in chain.verify_history().findings] == [
        "The newest recipe does not cover forgotten. Run manage.py migrate."
    ]


def test_a_column_that_is_gone_is_told(told: Caller) -> None:
    alter("DROP COLUMN name")
    with transaction.atomic():
        sentences = {finding.sentence for finding in chain.verification.verify_chains(Chain.HISTORY).findings}
    assert "Version 2 of the recipe leaves out name." in sentences
    assert "Rows sealed by version 1 of the recipe cannot be checked: name no longer exists." in sentences


def test_recipes_are_kept_once(told: Caller) -> None:
    before = ChainRecipe.objects.count()
    with as_superuser():
        tables.keep_recipes()
    assert ChainRecipe.objects.count() == before == len(tables.chained_tables())


# --- the history against its tables -----------------------------------------------------------------------------------
def sentences(verdict: ChainVerdict) -> list[str]:
    return [finding.sentence for finding in verdict.findings]


def test_a_change_that_no_event_tells(told: Caller) -> None:
    """Triggers off, so that nothing was there to be sealed."""
    forge("UPDATE merchants_merchant SET two_person = NOT two_person WHERE code = 'acme'")
    [finding] = chain.verify_history().findings
    assert (finding.merchant, finding.table, finding.row) == ("acme", "merchants_merchant", told.merchant.pk)
    assert "differs from its newest event" in finding.sentence
    assert chain.verify_history(told.merchant).found == 1


def test_an_event_removed_before_it_was_sealed(told: Caller) -> None:
    merchants.set_status(merchant=told.merchant, status="suspended")
    assert chain.verify_history().unsealed == 1
    forge("DELETE FROM merchants_merchantevent WHERE pgh_id = (SELECT max(pgh_id) FROM merchants_merchantevent)")
    assert "differs from its newest event" in sentences(chain.verify_history())[0]


def test_a_row_deleted_or_brought_back_without_an_event(told: Caller) -> None:
    contact = Contact.objects.get()
    with taken_back():
        forge("DELETE FROM merchants_contact")
        assert sentences(chain.verify_history()) == [
            f"Row {contact.pk} of merchants_contact was deleted without an event."
        ]
    Contact.objects.all().delete()
    forge(
        "INSERT INTO merchants_contact (id, merchant_id, email, note)"
        " OVERRIDING SYSTEM VALUE VALUES (%s, %s, 'a@b.test', '')",
        contact.pk, told.merchant.pk,
    )  # fmt: skip
    assert "exists, although its newest event says that it was deleted" in sentences(chain.verify_history())[0]


def test_a_row_that_no_event_has_made(told: Caller) -> None:
    forge("INSERT INTO merchants_contact (merchant_id, email, note) VALUES (%s, 'a@b.test', '')", told.merchant.pk)
    assert "has no event for its creation" in sentences(chain.verify_history())[0]


def test_players_that_launches_make_have_no_event(told: Caller) -> None:
    assert Player.objects.filter(merchant=told.merchant).exists()
    Player.objects.update(is_blocked=True, blocked_reason="asked for it")
    assert chain.verify_history().holds
    forge("UPDATE merchants_player SET is_blocked = false WHERE merchant_id = %s", told.merchant.pk)
    assert chain.verify_history().found == 1


# --- commands, jobs, mail, page ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("command", ["verify_ledger", "verify_history"])
def test_the_commands_say_that_the_chain_holds(told: Caller, command: str) -> None:
    code, output = run(command)
    assert code == 0
    assert " chain is intact: " in output
    assert "0 rows are not sealed yet" in output


@pytest.mark.parametrize(
    ("command", "statement", "named"),
    [
        ("verify_ledger", "UPDATE wallet_transaction SET address = '192.0.2.9' WHERE transaction_id = 'win'", LEDGER),
        ("verify_ledger", "DELETE FROM wallet_transaction WHERE transaction_id = 'refused'", LEDGER),
        ("verify_history", "UPDATE merchants_contactevent SET email = 'x@y.test'", "merchants_contactevent"),
        ("verify_history", "DELETE FROM merchants_contactevent", "merchants_contactevent"),
    ],
)
def test_the_commands_name_the_row_and_fail(told: Caller, command: str, statement: str, named: str) -> None:
    forge(statement)
    code, output = run(command)
    assert code == 1
    assert f"of {named} was" in output
    assert "chain is not intact" in output
    assert run(command, merchant="acme")[0] == 1
    assert run(command, merchant="rival")[0] == 0


def test_a_head_is_looked_for_as_it_stands_in_a_mail(told: Caller) -> None:
    for head, command in zip(chain_heads(told.merchant), ("verify_ledger", "verify_history"), strict=True):
        code, output = run(command, merchant="acme", head=f" {head.digits[:16]} {head.digits[16:].upper()}")
        assert code == 0
        assert f"The head belongs to block {head.number}: {head.rows} rows" in output
        assert run(command, merchant="rival", head=head.digits)[0] == 1
        assert run(command, head="0" * 32)[0] == 1
    for wrong in ("abc", "z" * 32, "%" * 32):
        with pytest.raises(CommandError, match="16 to 64 digits"):
            run("verify_ledger", head=wrong)


def test_only_newer_blocks_are_read_when_asked(told: Caller) -> None:
    forge("UPDATE wallet_transaction SET address = '192.0.2.9' WHERE transaction_id = 'win'")
    tomorrow = datetime.now(UTC) + timedelta(days=2)
    assert run("verify_ledger", since=f"{tomorrow:%Y-%m-%d}")[0] == 0
    assert run("verify_ledger", since="2020-01-01")[0] == 1
    with pytest.raises(CommandError, match="is not a day"):
        run("verify_ledger", since="yesterday")


def test_the_job_seals_and_the_nightly_one_is_quiet(caller: Caller) -> None:
    tasks.seal_chains()
    assert ChainBlock.objects.filter(chain=Chain.LEDGER).exists()
    tasks.verify_history()
    assert mail.outbox == []


@pytest.mark.parametrize("name", ["ledger", "history"])
def test_the_nightly_jobs_raise_an_alarm(told: Caller, settings: Any, name: str) -> None:
    from wallet.tasks import verify_ledger  # noqa: PLC0415

    settings.LEDGER_ALARM_TO = ["books@oppi.example"]
    jobs: dict[str, tuple[str, Callable[[], None]]] = {
        "ledger": ("UPDATE wallet_transaction SET address = '192.0.2.9' WHERE transaction_id = 'win'", verify_ledger),
        "history": ("UPDATE merchants_contactevent SET email = 'x@y.test'", tasks.verify_history),
    }
    statement, job = jobs[name]
    forge(statement)
    job()
    [email] = mail.outbox
    assert isinstance(email, mail.EmailMultiAlternatives)
    assert (email.to, email.subject) == (["books@oppi.example"], f"The {name} does not match its sealed chain")
    [(html, _)] = email.alternatives
    for part in (str(email.body), str(html)):
        assert "was changed after it was sealed" in part
        assert f"verify_{name}" in part
        assert told.player not in part


def test_a_head_is_that_of_the_newest_block(told: Caller) -> None:
    assert [head.chain for head in chain_heads(told.merchant)] == ["Ledger", "History"]
    for head, of in zip(chain_heads(told.merchant), Chain, strict=True):
        newest = ChainBlock.objects.filter(chain=of, merchant_id=told.merchant.pk).order_by("-number")[0]
        assert bytes(newest.head).hex().startswith(head.digits)
        assert (head.rows, head.number, head.sealed_at) == (newest.total_rows, newest.number, newest.sealed_at)
    assert [head.chain for head in chain_heads(None)] == ["History"]
    assert chain_heads(factories.merchant("new")) == []
