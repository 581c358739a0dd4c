"""What the lists of the administration cost, over tables that are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import ApiKey, Game, Merchant, Person, Player, Secret
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from tests.plans import measured, plan
from tests.plugins.database_role import as_superuser
from wallet.models import Account, Session, SignedRequest, Transaction
from wallet.services.log import request_log

ROWS = 3_000
MANY = {"merchants_player", *(f"wallet_{name}" for name in ("account", "transaction", "session", "signedrequest"))}
WHO = ["django_session", "merchants_person"]
NEWEST = datetime(2026, 5, 1, tzinfo=UTC)
WANTED = "wanted-7"
REQUEST_ID = UUID(int=7)

# Every query of every list, by the table that it is about, in order: who asks, then one for the rows.
LISTS = {
    "merchants/merchant": [*WHO, "merchants_merchant"],
    "merchants/apikey": [*WHO, "merchants_apikey", "merchants_secret"],
    "merchants/player": [*WHO, "merchants_player"],
    "merchants/game": [*WHO, "merchants_game"],
    "merchants/person": [*WHO, "merchants_person"],
    "wallet/account": [*WHO, "wallet_account"],
    "wallet/transaction": [*WHO, "wallet_transaction"],
    "wallet/session": [*WHO, "wallet_session"],
    "wallet/signedrequest": [*WHO, "wallet_refusedhour", "wallet_signedrequest"],
}
HOME = [
    *WHO,
    "wallet_refusedhour",  # what was not kept of refused calls
    "wallet_signedrequest",  # the newest line
    "wallet_signedrequest",  # when the window of lines begins
    "wallet_signedrequest",  # calls by hour and status
    "wallet_transaction",  # the newest row
    "wallet_transaction",  # when the window of rows begins
    "wallet_transaction",  # sums by currency and kind
    "wallet_case",  # write-offs that wait for a second person
    "wallet_reconciliationplan",  # red lines: whose days have no good report
    "wallet_reconciliationplan",  # days of merchants with a plan
    "wallet_case",  # what is owed to players
    "wallet_trafficincident",  # open alarms about traffic
    "merchants_compromise",  # what waits for a person, of all kinds
    "wallet_merchanthour",  # requests by merchant and hour
    "wallet_case",  # open ones by kind and age
    "merchants_compromise",  # open cases
    "merchants_approval",  # what waits for a second person
    "merchants_secret",  # overlaps that end within a day
    "merchants_apikey",  # that end within a week
    "merchants_merchant",  # not active
    "merchants_apikey",  # in quarantine
]
# A search, and the index that must answer it.
SEARCHES = {
    "merchants/player/?q=wanted-7": "player_once",
    "wallet/account/?q=wanted-7": "player_once",
    "wallet/transaction/?q=wanted-7": "transaction_once",
    "wallet/transaction/?q=wanted-7&kind__exact=bet": "transaction_of_reference",
    "wallet/transaction/?player__id__exact={player}": "transaction_of_player",
    "wallet/session/?q=wanted-7": "wallet_session_session_id",
    "wallet/session/?merchant__id__exact={other}": "Index Cond: (merchant_id =",
    "wallet/signedrequest/?q={request_id}": "request_by_id",
    "wallet/signedrequest/?q=wanted-7": "request_transaction_hash",
    "wallet/signedrequest/?q=player-wanted": "request_player_block",
    "wallet/signedrequest/?q=198.51.100.7": "wallet_signedrequest_pkey",
}


FILLED = ("account", "session", "transaction", "signedrequest")


@pytest.fixture
def filled(caller: Caller, acme: Merchant, game: Game) -> dict[str, object]:
    """3 000 rows of what there will be millions of; and among them one to look for."""
    for number in range(5):
        factories.signer(factories.merchant(f"other-{number}"))
    secret = Secret.objects.filter(key__merchant=acme)[0]
    players = fill_players(acme)
    with as_superuser():
        accounts = Account.objects.bulk_create(
            Account(merchant=acme, player=player, currency="EUR", kind="player", balance=5) for player in players
        )
        fill_transactions(acme, accounts, secret)
    Session.objects.bulk_create(
        Session(
            session_id=WANTED if number == 7 else f"s-{number}", merchant=acme, player=account.player, game=game,
            account=account, currency="EUR", pushed_balance=0, expires_at=NEWEST,
        )
        for number, account in enumerate(accounts)
    )  # fmt: skip
    fill_log(acme)
    measured("merchants_player", *(f"wallet_{name}" for name in FILLED))
    return {
        "merchant": acme.pk,
        "other": Merchant.objects.get(code="other-0").pk,
        "player": players[7].pk,
        "request_id": REQUEST_ID,
    }


def fill_players(merchant: Merchant) -> list[Player]:
    names = [WANTED if number == 7 else f"p-{number}" for number in range(ROWS)]
    return Player.objects.bulk_create(Player(merchant=merchant, player_id=name) for name in names)


def fill_transactions(merchant: Merchant, accounts: list[Account], secret: Secret) -> None:
    Transaction.objects.bulk_create(
        Transaction(
            merchant=merchant, transaction_id=WANTED if number == 7 else f"t-{number}", kind="bet", status="RS_OK",
            player=account.player, currency="EUR", amount=0, secret=secret, address="203.0.113.9", request_id=uuid4(),
            ref_transaction_id=WANTED if number == 8 else f"r-{number}",
        )
        for number, account in enumerate(accounts)
        if account.player
    )  # fmt: skip


def fill_log(merchant: Merchant) -> None:
    blocked = "RS_ERROR_PLAYER_BLOCKED"
    SignedRequest.objects.bulk_create(
        SignedRequest(
            created_at=NEWEST - timedelta(seconds=ROWS - number), merchant=merchant, duration_us=900,
            request_id=REQUEST_ID if number == 7 else uuid4(), address=f"203.0.113.{number % 250}",
            address_source="socket", method="POST", endpoint="/wallet/transaction/bet", http_status=200,
            status=blocked if number % 100 == 7 else "RS_OK", transaction_id=WANTED if number == 7 else f"t-{number}",
            player_id="player-wanted" if number == 7 else f"p-{number}",
        )
        for number in range(ROWS)
    )  # fmt: skip


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@contextmanager
def asked() -> Iterator[list[str]]:
    """The queries of the block; savepoints are none."""
    statements: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield statements
    statements += [query["sql"] for query in captured if query["sql"].lstrip("( \n").startswith("SELECT")]


def subject(statement: str) -> str:
    """The table that a statement is about; those of its subqueries have other names."""
    found = re.search(r'FROM "(\w+)"(?! "?U\d)', statement)
    return found[1] if found else statement


def counted(statements: list[str]) -> list[str]:
    """Statements that count or sum a big table without a bound."""
    return [each for each in statements if "COUNT(" in each and subject(each) in MANY and '"id" >' not in each]


def test_each_list_is_a_handful_of_named_queries(staff: Client, filled: dict[str, object]) -> None:
    got = {}
    for name in LISTS:
        with asked() as statements:
            response = staff.get(f"/admin/{name}/")
        assert response.status_code == 200
        assert not counted(statements)
        got[name] = [subject(each) for each in statements]
    assert got == LISTS
    assert max(len(queries) for queries in got.values()) <= 12


@pytest.mark.parametrize("name", ["merchants/player", "wallet/transaction", "wallet/signedrequest"])
def test_filters_do_not_count_either(staff: Client, filled: dict[str, object], name: str) -> None:
    with asked() as statements:
        page = staff.get(f"/admin/{name}/?_facets=True").content.decode()
    assert "Show counts" not in page
    assert not counted(statements)


def test_home_is_a_handful_of_named_queries(staff: Client, filled: dict[str, object]) -> None:
    with asked() as statements:
        staff.get("/admin/")
    assert not counted(statements)
    assert [subject(each) for each in statements] == HOME


@pytest.mark.parametrize("name", ["merchants/player", "wallet/transaction", "wallet/signedrequest"])
def test_a_filtered_and_searched_list_stays_below_twelve(staff: Client, filled: dict[str, object], name: str) -> None:
    with asked() as statements:
        staff.get(f"/admin/{name}/", {"q": WANTED, "merchant__id__exact": str(filled["merchant"]), "p": "1"})
    assert not counted(statements)
    assert len(statements) <= 12


def test_searches_go_through_their_index(staff: Client, filled: dict[str, object]) -> None:
    missed = {}
    for path, index in SEARCHES.items():
        with asked() as statements:
            assert staff.get(f"/admin/{path.format(**filled)}").status_code == 200
        plans = "\n".join(explained(each) for each in statements if subject(each) in MANY)
        if index not in plans or any(f"Seq Scan on {table}" in plans for table in MANY):
            missed[path] = plans
    assert not missed, "\n\n".join(f"{path}\n{plans}" for path, plans in missed.items())


def explained(statement: str) -> str:
    """As over many rows: with so few, reading them all may be the cheapest way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return plan(statement)


@pytest.mark.parametrize("name", ["wallet/account", "wallet/transaction", "wallet/session", "wallet/signedrequest"])
def test_an_unfiltered_list_reads_one_page_from_the_end_of_the_primary_key(
    staff: Client, filled: dict[str, object], name: str
) -> None:
    with asked() as statements:
        staff.get(f"/admin/{name}/")
    table = name.replace("/", "_")
    way = explained(next(each for each in statements if subject(each) == table))
    assert f"Index Scan Backward using {table}_pkey" in way


def test_a_page_too_deep_is_not_looked_for(staff: Client, filled: dict[str, object]) -> None:
    assert staff.get("/admin/wallet/transaction/?p=200").status_code == 200
    with asked() as statements:
        response = staff.get("/admin/wallet/transaction/?p=1000000")
    assert response.status_code == 302
    assert "wallet_transaction" not in [subject(each) for each in statements]


def test_a_list_of_many_keys_asks_no_more_often(staff: Client, acme: Merchant) -> None:
    for _ in range(10):
        factories.signer(acme)
    assert ApiKey.objects.count() == 10
    with asked() as statements:
        staff.get("/admin/merchants/apikey/")
    assert [subject(each) for each in statements] == LISTS["merchants/apikey"]


@pytest.mark.parametrize(
    "name",
    [
        *("merchants/apikey", "merchants/player"),
        *("wallet/account", "wallet/session", "wallet/transaction", "wallet/signedrequest"),
    ],
)
def test_a_list_shows_ids_short_with_a_button_that_copies_them(staff: Client, caller: Caller, name: str) -> None:
    caller.player = "p" * 64
    caller.deposit(1_000_000)
    caller.launch()
    caller.bet()
    request_log.drain_lines()
    page = staff.get(f"/admin/{name}/").content.decode()
    text = caller.signer.auth_key if name == "merchants/apikey" else caller.player
    assert f">{text}<" not in page
    assert f'data-copy-text="{text}"' in page
