"""What the database itself holds, broken at the lowest level: by SQL, past all Python."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from merchants.models import Merchant, Player
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser
from wallet.services.log import request_log

NAMES = {
    ":acme": "(SELECT id FROM merchants_merchant WHERE code = 'acme')",
    ":key": "(SELECT min(id) FROM merchants_apikey)",
    ":player": "(SELECT min(id) FROM merchants_player)",
    ":account": "(SELECT min(id) FROM wallet_account WHERE kind = 'player')",
    ":entry": "INSERT INTO merchants_allowlistentry (merchant_id, network, note) VALUES",
    ":bet": "(SELECT min(id) FROM wallet_transaction WHERE kind = 'bet')",
}
FORBIDDEN: dict[str, tuple[str, str]] = {
    # deed: how it is tried, what refuses it
    "a merchant is deleted": (
        "DELETE FROM merchants_merchant WHERE id = :acme",
        "Cannot delete",
    ),
    "a merchant in an unknown state": (
        "UPDATE merchants_merchant SET status = 'paused'",
        "merchant_status_known",
    ),
    "a window above 5 minutes": (
        "UPDATE merchants_merchant SET timestamp_window_seconds = 301",
        "merchant_timestamp_window_at_most_5_minutes",
    ),
    "no window": (
        "UPDATE merchants_merchant SET timestamp_window_seconds = 0",
        "merchant_timestamp_window_at_most_5_minutes",
    ),
    "a stake below nothing": (
        "UPDATE merchants_merchant SET max_stake = -1",
        "merchant_max_stake_not_negative",
    ),
    "a key is deleted": (
        "DELETE FROM merchants_apikey",
        "Cannot delete",
    ),
    "a key in an unknown state": (
        "UPDATE merchants_apikey SET status = 'paused'",
        "api_key_status_known",
    ),
    "a quarantine without a date": (
        "UPDATE merchants_apikey SET status = 'quarantined', quarantined_at = NULL",
        "api_key_quarantine_dated",
    ),
    "an auth key twice": (
        """
        INSERT INTO merchants_apikey (merchant_id, environment, auth_key, label, status)
        SELECT merchant_id, environment, auth_key, label, status FROM merchants_apikey WHERE id = :key""",
        "merchants_apikey_auth_key",
    ),
    "a secret is deleted": (
        "DELETE FROM merchants_secret",
        "Cannot delete",
    ),
    "a version of a secret twice": (
        """
        INSERT INTO merchants_secret (key_id, version, sealed, sealed_under, fingerprint)
        SELECT key_id, version, sealed, sealed_under, 'x' FROM merchants_secret WHERE key_id = :key""",
        "secret_version_once",
    ),
    "one secret in two rows": (
        """
        INSERT INTO merchants_secret (key_id, version, sealed, sealed_under, fingerprint)
        SELECT key_id, version + 1, sealed, sealed_under, fingerprint FROM merchants_secret WHERE key_id = :key""",
        "merchants_secret_fingerprint",
    ),
    "the whole internet allowed": (
        ":entry (:acme, '0.0.0.0/0', '')",
        "at most a /8",
    ),
    "half of IPv6 allowed": (
        ":entry (:acme, '2000::/3', '')",
        "at most a /8, or a /16 for IPv6",
    ),
    "an entry with host bits": (
        ":entry (:acme, '198.51.100.7/24', '')",
        "invalid cidr value",
    ),
    "an entry twice": (
        ":entry (:acme, '198.51.100.0/24', ''), (:acme, '198.51.100.0/24', '')",
        "allowlist_network_once",
    ),
    "101 entries": (
        """
        INSERT INTO merchants_allowlistentry (merchant_id, network, note)
        SELECT :acme, ('198.51.100.' || n)::cidr, '' FROM generate_series(1, 101) n""",
        "at most 100 entries",
    ),
    "a domain twice": (
        """
        INSERT INTO merchants_alloweddomain (merchant_id, domain, note)
        VALUES (:acme, 'casino.example', ''), (:acme, 'CASINO.example', '')""",
        "allowed_domain_once",
    ),
    "a player is deleted": (
        "DELETE FROM merchants_player",
        "Cannot delete",
    ),
    "a player twice": (
        "INSERT INTO merchants_player (merchant_id, player_id) VALUES (:acme, 'player-1')",
        "player_once",
    ),
    "a game is deleted": (
        "DELETE FROM merchants_game",
        "Cannot delete",
    ),
    "an account is deleted": (
        "DELETE FROM wallet_account",
        "Cannot delete",
    ),
    "the accounts are emptied": (
        "TRUNCATE wallet_account CASCADE",
        "never emptied",
    ),
    "a second account of a player": (
        """
        INSERT INTO wallet_account (merchant_id, player_id, currency, kind, balance)
        VALUES (:acme, :player, 'EUR', 'player', 0)""",
        "player_account_once",
    ),
    "a player's account without a balance": (
        "UPDATE wallet_account SET balance = NULL WHERE id = :account",
        "account_player_has_balance",
    ),
    "a balance that JavaScript cannot hold": (
        "UPDATE wallet_account SET balance = 9007199254740992 WHERE id = :account",
        "account_balance_representable",
    ),
    "an account of play money": (
        """
        INSERT INTO wallet_account (merchant_id, player_id, currency, kind, balance)
        VALUES (:acme, :player, 'XXX', 'player', 0)""",
        "account_never_play_money",
    ),
    "a row is changed": (
        "UPDATE wallet_transaction SET amount = amount + 1",
        "Cannot update or delete",
    ),
    "a row is deleted": (
        "DELETE FROM wallet_transaction",
        "Cannot update or delete",
    ),
    "the rows are emptied": (
        "TRUNCATE wallet_transaction",
        "never emptied",
    ),
    "a line of the log is changed": (
        "UPDATE wallet_signedrequest SET status = 'RS_OK'",
        "Cannot update",
    ),
}


@pytest.fixture(autouse=True)
def movements(caller: Caller) -> None:
    caller.bet(5, transactionId="bet-1")
    request_log.drain_lines()


def run(statement: str, *parameters: str | int) -> None:
    for name, sql in NAMES.items():
        statement = statement.replace(name, sql)
    with transaction.atomic(), as_superuser() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement, parameters or None)


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_database_forbids_it(deed: str) -> None:
    statement, refusal = FORBIDDEN[deed]
    with pytest.raises(DatabaseError, match=refusal):
        run(statement)


# Rows of the ledger that must not be: the same as one that is, but for one thing --------------------------------------
COPY = """
    INSERT INTO wallet_transaction (merchant_id, transaction_id, part, kind, status, player_id, currency, amount,
        debit_account_id, credit_account_id, secret_id, address, request_id, reverses_id)
    SELECT merchant_id, %s, part, kind, %s, player_id, %s, %s, debit_account_id, :credit, secret_id, address,
           request_id, :reverses FROM wallet_transaction WHERE id = :bet
"""
ROWS: dict[str, tuple[str, str, str, int, str, str]] = {
    # what is wrong: transaction id, status, currency, amount, credit account, what refuses it
    "an id twice": ("bet-1", "RS_OK", "EUR", 5, "credit_account_id", "transaction_once"),
    "less than nothing": ("new", "RS_OK", "EUR", -5, "credit_account_id", "transaction_amount_not_negative"),
    "from an account to itself": ("new", "RS_OK", "EUR", 5, "debit_account_id", "transaction_sides_differ"),
    "one side only": ("new", "RS_OK", "EUR", 5, "NULL", "transaction_two_sides_or_none"),
    "a refusal that moves": ("new", "RS_ERROR", "EUR", 5, "credit_account_id", "transaction_refused_moves_nothing"),
    "play money": ("new", "RS_OK", "XXX", 5, "credit_account_id", "transaction_never_play_money"),
}


def copy(transaction_id: str, status: str, currency: str, amount: int, credit: str, reverses: str = "NULL") -> None:
    statement = COPY.replace(":credit", credit).replace(":reverses", reverses)
    run(statement, transaction_id, status, currency, amount)


@pytest.mark.parametrize("row", ROWS)
def test_the_ledger_takes_no_such_row(row: str) -> None:
    transaction_id, status, currency, amount, credit, refusal = ROWS[row]
    with pytest.raises(DatabaseError, match=refusal):
        copy(transaction_id, status, currency, amount, credit)


def test_the_row_that_they_were_made_from_is_taken() -> None:
    copy("new", "RS_OK", "EUR", 5, "credit_account_id")


def test_nothing_is_taken_back_twice() -> None:
    copy("undo-1", "RS_OK", "EUR", 5, "credit_account_id", ":bet")
    with pytest.raises(DatabaseError, match="transaction_reversed_once"):
        copy("undo-2", "RS_OK", "EUR", 5, "credit_account_id", ":bet")


def test_what_was_revoked_does_not_come_back() -> None:
    run("UPDATE merchants_secret SET revoked_at = now()")
    run("UPDATE merchants_apikey SET status = 'revoked'")
    for comeback in ("active", "quarantined"):
        with pytest.raises(DatabaseError, match="cannot come back"):
            run("UPDATE merchants_apikey SET status = %s, quarantined_at = now()", comeback)
    with pytest.raises(DatabaseError, match="cannot come back"):
        run("UPDATE merchants_secret SET revoked_at = NULL")


@pytest.mark.parametrize(
    "wrong",
    [
        {}, [], 5, {"EUR": "5"}, {"EUR": -1}, {"EUR": 1.5}, {"EUR": [5]}, {"EUR": None},
        {"eur": 5}, {"EUR": 2**53}, {"EUR": 5, "JPY": {}},
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("of", [Merchant, Player])
def test_stakes_by_currency_are_amounts(caller: Caller, of: type[Merchant | Player], wrong: Any) -> None:
    with pytest.raises(IntegrityError, match="max_stake_by_currency_are_amounts"), transaction.atomic():
        of.objects.update(max_stake_by_currency=wrong)
    of.objects.update(max_stake_by_currency={"EUR": 0, "USDT2": 2**53 - 1})
