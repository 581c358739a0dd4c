"""The ledger function under pgbench: what the database alone can do."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
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
WAL = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"
TAKEN_SINCE = "SELECT count(*) FROM wallet_transaction WHERE id > %s AND kind = 'bet' AND status = 'RS_OK'"
BET = """\\set player {player}
SELECT status, balance FROM wallet_post(
    ROW({merchant}::bigint, {secret}::bigint, {version}::bigint, '127.0.0.1'::inet, gen_random_uuid(), NULL
       )::wallet_caller,
    ROW('bet', gen_random_uuid()::text, NULL, 'session-player-' || :player::text, NULL, 'player-' || :player::text,
        '{game}', '{currency}', 100, NULL, NULL)::wallet_call);
"""


YARDSTICKS = Path(__file__).parents[1] / "yardstick_ledger.sql"
SMALLEST = """\\set player random(1, {players})
SELECT status, answer FROM small_bet(1, gen_random_uuid()::text, 'player-' || :player::text, 100);
"""
TRANSFER = """\\set player random(1, {players})
\\set house random(1, 16)
SELECT entry_transfer_money(:player::bigint, -(:house::bigint), 100);
"""
UNITS = ("calls/s", "WAL bytes a call")


def measure(bench: Bench, cast: Cast, database: str, seconds: int, *, hot: bool) -> Run:
    """Return the rate of bets by the ledger function, each of them taken, and the WAL bytes of one."""
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
    done = counted(bench, database, script.name, seconds)
    taken = bench.ask(database, TAKEN_SINCE, before)
    return done.run("" if taken == done.calls > 0 else f"{taken} of {done.calls:.0f} bets were taken")


def yardstick(bench: Bench, database: str, seconds: int, call: str, count: str) -> Run:
    """Return the rate of a yardstick's calls, whose rows are counted by `count`, and the WAL bytes of one."""
    bench.create(database)
    command = [program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--set=players={PLAYERS}"]
    command += [f"--file={YARDSTICKS}", bench.database(database)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (bench.folder / "yardstick.sql").write_text(call.format(players=PLAYERS))
    done = counted(bench, database, "yardstick.sql", seconds)
    rows = bench.ask(database, count)
    return done.run("" if rows == done.calls > 0 else f"{rows} rows for {done.calls:.0f} calls")


@dataclass(frozen=True)
class Counted:
    """What pgbench said: calls, calls a second, WAL bytes of all; or why it failed."""

    calls: float
    rate: float
    wal: int
    error: str

    def run(self, fault: str) -> Run:
        if self.error:
            return Run("", {}, self.error)
        return Run("", {"calls/s": self.rate, "WAL bytes a call": self.wal / max(self.calls, 1)}, fault)


def counted(bench: Bench, database: str, script: str, seconds: int) -> Counted:
    before = bench.ask(database, WAL)
    done = pgbench(bench, database, script, seconds)
    error = " ".join(done.stderr.split())[-LAST_WORDS:] if done.returncode else ""
    calls, rate = number(r"actually processed: (\d+)", done.stdout), number(r"tps = ([\d.]+)", done.stdout)
    return Counted(calls, rate, bench.ask(database, WAL) - before, error)


def pgbench(bench: Bench, database: str, script: str, seconds: int) -> subprocess.CompletedProcess[str]:
    command = [program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={CONNECTIONS}", f"--jobs={THREADS}"]
    command += [f"--time={seconds}", f"--file={script}", bench.database(database)]
    return subprocess.run(command, cwd=bench.folder, capture_output=True, text=True, check=False)


def number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    return float(found[1]) if found else 0.0
