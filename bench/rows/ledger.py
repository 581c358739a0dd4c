"""The ledger function under pgbench: what the database alone can do."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from bench.cast import CURRENCY, GAME, PLAYERS
from bench.run import Run
from portal.local.embedded import program

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench

CONNECTIONS = 16
THREADS = 2
LAST_WORDS = 200
LATEST_ROW = "SELECT max(id) FROM wallet_transaction"
TAKEN_SINCE = "SELECT count(*) FROM wallet_transaction WHERE id > %s AND kind = 'bet' AND status = 'RS_OK'"
BET = """\\set player {player}
SELECT status, balance FROM wallet_post(
    ROW({merchant}::bigint, {secret}::bigint, {version}::bigint, '127.0.0.1'::inet, gen_random_uuid(), NULL
       )::wallet_caller,
    ROW('bet', gen_random_uuid()::text, NULL, 'session-player-' || :player::text, NULL, 'player-' || :player::text,
        '{game}', '{currency}', 100, NULL, NULL)::wallet_call);
"""


def measure(bench: Bench, cast: Cast, database: str, seconds: int, *, hot: bool) -> Run:
    script = bench.folder / "bet.sql"
    script.write_text(
        BET.format(
            player="1" if hot else f"random(1, {PLAYERS})",
            merchant=cast.merchant_id,
            secret=cast.secret_id,
            version=cast.access_version,
            game=GAME,
            currency=CURRENCY,
        )
    )
    before = bench.ask(database, LATEST_ROW)
    done = pgbench(bench, database, script.name, seconds)
    if done.returncode:
        return Run("", {}, " ".join(done.stderr.split())[-LAST_WORDS:])
    calls, rate = number(r"actually processed: (\d+)", done.stdout), number(r"tps = ([\d.]+)", done.stdout)
    taken = bench.ask(database, TAKEN_SINCE, before)
    return Run("", {"calls/s": rate}, "" if taken == calls > 0 else f"{taken} of {calls:.0f} bets were taken")


def pgbench(bench: Bench, database: str, script: str, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", f"--jobs={THREADS}"]
    command += [f"--time={seconds}", f"--file={script}", bench.database(database)]
    return subprocess.run(command, cwd=bench.folder, capture_output=True, text=True, check=False)


def number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    return float(found[1]) if found else 0.0
