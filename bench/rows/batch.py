"""A full batch of rollbacks, each of a bet with ten payouts, while signed bets come at a fixed pace.

The batch is sent again until each item is answered RS_OK, as a game server does after a 503. Bets go to all players, so
one in five meets a player of the batch.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg

from bench import signed
from bench.cast import CURRENCY, GAME
from bench.rows import pace
from bench.run import Run
from bench.servers import HOST

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench, Web

CALLS_A_SECOND = 500
ITEMS, PAYOUTS = 1_000, 10
ROLLBACK = "/wallet/transaction/rollback"
BEFORE_SECONDS = 2  # of bets alone
MOST_TRIES = 20
UNITS = ("p99 ms", "p99.9 ms", "batch s", "tries")
# Written by the ledger itself, a bet and its payouts for each of the first players.
POST = """
    SELECT answer.status, count(*)
      FROM (SELECT i, n FROM generate_series(1, %(items)s) i, generate_series(0, %(payouts)s) n ORDER BY i, n) one,
           LATERAL wallet_post(
               ROW(%(merchant)s::bigint, %(secret)s::bigint, %(version)s::bigint, '127.0.0.1'::inet,
                   gen_random_uuid(), NULL)::wallet_caller,
               ROW(CASE n WHEN 0 THEN 'bet' ELSE 'payout' END, 'batch-' || i || '-' || n,
                   CASE WHEN n > 0 THEN 'batch-' || i || '-0' END, 'session-player-' || i, 'batch', 'player-' || i,
                   %(game)s, %(currency)s, CASE n WHEN 0 THEN 100 ELSE 10 END, n > 0, NULL)::wallet_call
           ) answer
     GROUP BY 1
"""


@dataclass
class BatchOutcome:
    seconds: float = 0.0
    tries: int = 0
    done: int = 0  # items answered RS_OK by the last try


def measure(bench: Bench, cast: Cast, web: Web, database: str, seconds: int) -> Run:
    post_rounds(bench, cast, database)
    try:
        walk, outcome = asyncio.run(walked(cast, web.port, seconds))
    except (TimeoutError, OSError) as fault:
        return Run("", {}, str(fault) or type(fault).__name__)
    if not walk.seconds:
        return Run("", {}, f"{walk.refused} not taken")
    cuts = statistics.quantiles(walk.seconds, n=1000, method="inclusive")
    figures = {"p99 ms": cuts[989] * 1000, "p99.9 ms": cuts[998] * 1000}
    figures |= {"batch s": outcome.seconds, "tries": float(outcome.tries)}
    faults = [f"{walk.refused} not taken"] * bool(walk.refused)
    faults += [f"{outcome.done} of {ITEMS} rolled back"] * (outcome.done != ITEMS)
    return Run("", figures, "; ".join(faults))


def post_rounds(bench: Bench, cast: Cast, database: str) -> None:
    known = {"merchant": cast.merchant_id, "secret": cast.secret_id, "version": cast.access_version}
    known |= {"items": ITEMS, "payouts": PAYOUTS, "game": GAME, "currency": CURRENCY}
    with psycopg.connect(bench.database(database), autocommit=True) as connection:
        found = connection.execute(POST, known).fetchall()
        connection.execute("VACUUM ANALYZE")
    if found != [("RS_OK", ITEMS * (PAYOUTS + 1))]:
        raise ValueError(found)


async def walked(cast: Cast, port: int, seconds: int) -> tuple[pace.Walk, BatchOutcome]:
    free = await pace.connected(port)
    async with asyncio.timeout(pace.WARM_SECONDS + seconds + pace.PATIENCE_SECONDS):
        await pace.send_all(list(signed.bets(cast, CALLS_A_SECOND * pace.WARM_SECONDS)), free, CALLS_A_SECOND)
        beside = list(signed.bets(cast, CALLS_A_SECOND * seconds))
        async with asyncio.TaskGroup() as both:
            batch = both.create_task(roll_back(cast, port))
            walk = both.create_task(pace.send_all(beside, free, CALLS_A_SECOND))
    pace.hang_up(free)
    return walk.result(), batch.result()


async def roll_back(cast: Cast, port: int) -> BatchOutcome:
    """Send the batch until all of it is done. What was done by an earlier try is a repeat."""
    outcome, body = BatchOutcome(), batch_body()
    await asyncio.sleep(BEFORE_SECONDS)
    began = asyncio.get_running_loop().time()
    while outcome.done < ITEMS and outcome.tries < MOST_TRIES:
        outcome.tries += 1
        answered = await sent(cast, port, body)
        outcome.done = sum(item["status"] == "RS_OK" for item in answered.get("data", []))
    outcome.seconds = asyncio.get_running_loop().time() - began
    return outcome


async def sent(cast: Cast, port: int, body: bytes) -> dict[str, list[dict[str, str]]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    timestamp = str(int(time.time() * 1000))
    writer.write(signed.request(cast.auth_key, cast.secret.encode(), timestamp, body, ROLLBACK))
    found: dict[str, list[dict[str, str]]] = json.loads(await pace.answer(reader))
    writer.close()
    return found


def batch_body() -> bytes:
    items = [
        {
            "transactionId": str(uuid4()),
            "refTransactionId": f"batch-{number}-0",
            "sessionId": f"session-player-{number}",
            "playerId": f"player-{number}",
            "gameId": GAME,
        }
        for number in range(1, ITEMS + 1)
    ]
    return json.dumps({"transactions": items}, separators=(",", ":")).encode()
