"""What a line of the request log costs, and that each look at it still goes down an index."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.models import ApiKey, Merchant, Secret
from portal.lib import database
from tests import factories
from tests.plans import measured, plan
from tests.plugins.database_role import as_superuser
from wallet.models import SignedRequest
from wallet.models.request_log import BLOCK
from wallet.services.log.log_search import NEWEST, Edges, RequestFilter, search_requests
from wallet.services.rounds import find_by_id
from wallet.services.usage import last_day, quiet_merchants, restriction_impact

pytestmark = pytest.mark.django_db
LOG = "wallet_signedrequest"
LINES = 3 * BLOCK
BYTES_A_LINE = 450  # 315 of them in the table
SIZE = """
    SELECT sum(pg_table_size(relid) + pg_indexes_size(relid))
      FROM pg_partition_tree('wallet_signedrequest') WHERE isleaf
"""
NEWEST_TRANSACTION = """
    SELECT transaction_id FROM wallet_signedrequest WHERE transaction_id IS NOT NULL ORDER BY id DESC LIMIT 1
"""
FROM_ADDRESS = """
    SELECT id FROM wallet_signedrequest WHERE merchant_id = %s AND address = '198.51.100.7' ORDER BY id
"""
# 40 addresses, 3,000 players, two thirds of the lines with a transaction: as those of a busy merchant are.
FILL = """
    INSERT INTO wallet_signedrequest (
               created_at, request_id, merchant_id, secret_id, auth_key, address, address_source, method, endpoint,
               http_status, status, message, player_id, session_id, game_id, transaction_id, round_id,
               currency, amount, balance, duration_us)
    SELECT now(), uuidv7(), %(merchant)s, %(secret)s, md5('key'),
           ('198.51.100.' || n %% 40)::inet, 'socket', 'POST',
           (ARRAY['/wallet/balance', '/wallet/transaction/bet', '/wallet/transaction/payout'])[n %% 3 + 1], 200,
           'RS_OK', '', 'player-' || (random() * 3000)::int, gen_random_uuid(), 'book-of-gold',
           CASE WHEN n %% 3 > 0 THEN gen_random_uuid()::text END, CASE WHEN n %% 3 > 0 THEN gen_random_uuid()::text END,
           'EUR', 100000, 1000000, 1500
      FROM generate_series(1, %(lines)s) n
"""


def fill(merchant: Merchant, lines: int = LINES, *, secret: int = 1) -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(FILL, {"merchant": merchant.pk, "lines": lines, "secret": secret})


def size() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SIZE)
        return int(cursor.fetchone()[0])


@pytest.fixture
def busy() -> Merchant:
    merchant = factories.merchant()
    fill(merchant)
    return merchant


def looks(merchant: Merchant, wish: RequestFilter, edges: Edges) -> list[str]:
    """How the looks of one search at the log are answered."""
    with CaptureQueriesContext(connection) as queries:
        assert search_requests(merchant=merchant, wish=wish, edges=edges, limit=50).lines
    asked = [query["sql"] for query in queries if "FROM unnest" in query["sql"]]
    assert asked
    return [plan(statement) for statement in asked]


@pytest.mark.parametrize("edges", [Edges(), Edges(above=1, rising=True)])
def test_an_address_is_found_by_its_index(busy: Merchant, edges: Edges) -> None:
    measured(LOG)
    block = ipaddress.ip_network("198.51.100.7/32")
    for found in looks(busy, RequestFilter(block=block), edges):
        assert "request_address_block" in found or "address" in found
        assert "Seq Scan on wallet_signedrequest_0" not in found


def test_a_transaction_is_found_by_the_hash_of_its_id(busy: Merchant) -> None:
    measured(LOG)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_TRANSACTION)
        [number] = cursor.fetchone()
    for found in looks(busy, RequestFilter(transaction_id=number), Edges()):
        assert "request_transaction_hash" in found
        assert "Seq Scan on wallet_signedrequest_0" not in found


PLAYERS = """
    SELECT id FROM wallet_signedrequest WHERE player_id = %s ORDER BY id
"""


@pytest.mark.parametrize("edges", [Edges(), Edges(above=1, rising=True)])
def test_a_player_is_found_by_blocks_of_ids(busy: Merchant, edges: Edges) -> None:
    measured(LOG)
    for found in looks(busy, RequestFilter(player_id="player-7"), edges):
        assert "request_player_block" in found or "player_id" in found
        assert "Seq Scan on wallet_signedrequest_0" not in found


@pytest.mark.parametrize("edges", [Edges(), Edges(above=1, rising=True)])
def test_calls_of_a_key_are_found_by_blocks_of_ids(edges: Edges) -> None:
    """Its secret signed one line of a thousand."""
    merchant = factories.merchant()
    factories.signer(merchant)
    fill(merchant, LINES - 12, secret=2**40)
    fill(merchant, 12, secret=Secret.objects.get(key__merchant=merchant).pk)
    measured(LOG)
    key = ApiKey.objects.get(merchant=merchant)
    for found in looks(merchant, RequestFilter(key=key), edges):
        assert "request_secret_block" in found
        assert "Seq Scan on wallet_signedrequest_0" not in found


NEWEST_OF = {"statements": "/reconciliation/%", "most": 50, "since": datetime(2020, 1, 1, tzinfo=UTC)}


@pytest.fixture
def quiet(busy: Merchant) -> Merchant:
    """Another merchant, whose few lines are among many of the busy one."""
    merchant = factories.merchant()
    fill(merchant, 12)
    fill(busy, BLOCK)
    measured(LOG)
    return merchant


@pytest.mark.parametrize("edges", [Edges(), Edges(above=1, rising=True)])
def test_calls_of_a_merchant_are_found_by_blocks_of_ids(quiet: Merchant, edges: Edges) -> None:
    for found in looks(quiet, RequestFilter(), edges):
        assert "request_merchant_block" in found or "merchant_id_expr" in found
        assert "Seq Scan on wallet_signedrequest_0" not in found


def test_whoever_counts_the_newest_calls_of_a_merchant_reads_blocks_of_ids(quiet: Merchant) -> None:
    with CaptureQueriesContext(connection) as queries:
        last_day.last_day(quiet)
        restriction_impact.game_impact(quiet, [factories.game()])
        find_by_id.find_part(quiet, "nothing")
        database.fetch_rows(quiet_merchants.NEWEST_CALLS, NEWEST_OF | {"merchants": [quiet.pk]})
    asked = [query["sql"] for query in queries if "/ 1024" in query["sql"]]
    assert len(asked) >= 4
    for statement in asked:
        assert "request_merchant_block" in plan(statement)


def test_lines_of_a_player_keep_their_order(busy: Merchant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAYERS, ["player-7"])
        wanted = [number for [number] in cursor.fetchall()]
    named = SignedRequest.objects.of_player
    assert [line.pk for line in named("player-7")] == wanted[::-1]
    assert [line.pk for line in named("player-7", since=wanted[1])] == wanted[1:]


@pytest.mark.parametrize("rising", [False, True])
def test_blocks_leave_no_line_out_and_no_order(busy: Merchant, rising: bool) -> None:
    wish = RequestFilter(block=ipaddress.ip_network("198.51.100.7/32"))
    with connection.cursor() as cursor:
        cursor.execute(FROM_ADDRESS, [busy.pk])
        wanted = [number for [number] in cursor.fetchall()]
    found = list[int]()
    edge: int | None = 0 if rising else NEWEST
    while edge is not None:
        edges = Edges(above=edge, rising=True) if rising else Edges(below=edge)
        page = search_requests(merchant=busy, wish=wish, edges=edges, limit=37)
        found += sorted((line.pk for line in page.lines), reverse=not rising)
        edge = page.newer if rising else page.older
    assert found == (wanted if rising else wanted[::-1])


def test_a_line_costs_so_many_bytes() -> None:
    merchant = factories.merchant()
    measured(LOG)
    before = size()
    fill(merchant, 10 * BLOCK)
    assert (size() - before) / (10 * BLOCK) < BYTES_A_LINE
