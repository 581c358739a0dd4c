"""Who bets: one merchant with a key, one game, some thousand players, each with money and a session."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from bench.servers import Bench

PLAYERS = 5000
GAME = "G0000000000001"
CURRENCY = "EUR"
OPENING_BALANCE = 10**12  # ten million EUR, so that no run ever empties an account
ROUNDS_A_CHUNK = 50
IN_SHELL = ("shell", "--no-imports", "--verbosity", "0", "--command")
SETTLE = ("VACUUM ANALYZE", "CHECKPOINT")

# A round is a bet of 200 and a payout of 100. Rows come in the order in which a busy day would bring them: all players
# side by side, over thirty days.
ROUNDS = """
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, session_id, game_id, currency, amount,
        debit_account_id, credit_account_id, balance, ref_transaction_id, is_win, round_id, secret_id, address,
        request_id, created_at
    )
    SELECT s.merchant_id, m.transaction_id, 0, m.kind, 'RS_OK', s.player_id, s.id, s.game_id, s.currency, m.amount,
           m.debit, m.credit, %(opening)s - 100 * (n - 1) + m.change, m.ref, m.is_win, 'round-' || n, %(secret)s,
           '127.0.0.1', gen_random_uuid(), now() - interval '30 days' * (1 - n / %(rounds)s::float)
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
     CROSS JOIN wallet_session s
      JOIN wallet_account g ON g.merchant_id = s.merchant_id AND g.currency = s.currency AND g.kind = 'games'
     CROSS JOIN LATERAL (SELECT md5('bet ' || s.id || ' ' || n)::uuid::text AS bet) b
     CROSS JOIN LATERAL (VALUES
        ('bet', b.bet, 200, s.account_id, g.id, -200, NULL, NULL),
        ('payout', md5('payout ' || s.id || ' ' || n)::uuid::text, 100, g.id, s.account_id, -100, b.bet, true)
     ) m (kind, transaction_id, amount, debit, credit, change, ref, is_win)
     ORDER BY n, s.id, m.kind
"""
# One call in twenty is refused; the last day has its share of thirty.
LOG = """
    INSERT INTO wallet_signedrequest (
        created_at, request_id, merchant_id, secret_id, auth_key, address, address_source, method, endpoint,
        http_status, status, message, player_id, session_id, transaction_id, currency, amount, balance, duration_us
    )
    SELECT now() - interval '30 days' * (1 - n / %(rows)s::float), gen_random_uuid(), %(merchant)s, %(secret)s,
           %(auth_key)s, ('10.0.0.' || (1 + n %% 6))::inet, 'socket', 'POST',
           (ARRAY['/wallet/transaction/bet', '/wallet/transaction/payout', '/wallet/balance'])[1 + n %% 3], 200,
           CASE n %% 20 WHEN 0 THEN 'RS_ERROR_NOT_ENOUGH_MONEY' ELSE 'RS_OK' END, '', 'player-' || n %% %(players)s,
           NULL, gen_random_uuid()::text, %(currency)s, 200, 1000000, 1500
      FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""
LINES_A_CHUNK = 500_000
BALANCES = "UPDATE wallet_account SET balance = balance - 100 * %(rounds)s WHERE kind = 'player'"


@dataclass(frozen=True)
class Cast:
    merchant_id: int
    secret_id: int
    access_version: int
    auth_key: str
    secret: str


def assemble(bench: Bench, database: str, players: int = PLAYERS) -> Cast:
    """Makes the portal's tables, and seats everybody through its own services and ledger."""
    bench.migrate(database)
    return seat(bench, database, players)


def seat(bench: Bench, database: str, players: int) -> Cast:
    """Where the tables are there already."""
    said = bench.manage(database, *IN_SHELL, f"from bench import seed; seed.main({players})")
    return Cast(**json.loads(said))


def assemble_yardstick(bench: Bench, database: str, cast: Cast) -> None:
    """The same players under the same key, in the yardstick's own tables."""
    settings = {"DJANGO_SETTINGS_MODULE": "bench.yardstick.settings", "YARDSTICK_CAST": json.dumps(asdict(cast))}
    bench.create(database)
    bench.manage(database, "migrate", "--run-syncdb", "--verbosity", "0", **settings)
    bench.manage(database, *IN_SHELL, "from bench.yardstick import seed; seed.main()", **settings)


def fill(bench: Bench, database: str, cast: Cast, rows: int) -> None:
    """Adds at least `rows` ledger rows: bets and their payouts, by the same rules as if they had been called."""
    rounds = -(-rows // (2 * PLAYERS))
    fixed = {"rounds": rounds, "secret": cast.secret_id, "opening": OPENING_BALANCE}
    with psycopg.connect(bench.database(database), autocommit=True) as connection:
        for first in range(1, rounds + 1, ROUNDS_A_CHUNK):
            last = min(first + ROUNDS_A_CHUNK - 1, rounds)
            connection.execute(ROUNDS, fixed | {"first": first, "last": last})
        connection.execute(BALANCES, {"rounds": rounds})
        for statement in SETTLE:
            connection.execute(statement.encode())


def fill_log(bench: Bench, database: str, cast: Cast, rows: int) -> None:
    """Adds `rows` lines of the request log, of the last thirty days."""
    fixed = {"rows": rows, "merchant": cast.merchant_id, "secret": cast.secret_id, "auth_key": cast.auth_key}
    fixed |= {"players": PLAYERS, "currency": CURRENCY}
    with psycopg.connect(bench.database(database), autocommit=True) as connection:
        for first in range(1, rows + 1, LINES_A_CHUNK):
            connection.execute(LOG, fixed | {"first": first, "last": min(first + LINES_A_CHUNK - 1, rows)})
        for statement in SETTLE:
            connection.execute(statement.encode())
