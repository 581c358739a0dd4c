"""A day of a million rows against the operator's file of it, with one break in a thousand: from CSV to breaks.

Beside it, on the same files: a bare COPY and one FULL JOIN in psql, which is the floor, and two tools that compare
tables, which first need our day out of the database. Each must find the breaks that were planted, and no others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.run import Run
from portal.lib.ends_with_parent import tethered_command
from portal.local.checkout_lock import CHECKOUT
from portal.local.embedded import program

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench

DATABASE = "day"
IN_SHELL = ("shell", "--no-imports", "--verbosity", "0", "--command")
PEERS = ("polars", "datacompy")
UNITS = ("s", "s floor", "s polars", "s datacompy", "s books", "MB", "precision", "recall")
# Where the tools are put that no part of the portal needs.
TOOLS = CHECKOUT / "var" / "bench-tools"
FLOOR = """
    CREATE TEMP TABLE theirs (id text, kind text, player text, game text, currency text, amount bigint, state text,
                              ref text, at timestamptz);
    \\copy theirs FROM '{file}' CSV HEADER
    SELECT count(*) FROM wallet_transaction t FULL JOIN theirs s ON s.id = t.transaction_id
     WHERE t.id IS NULL OR s.id IS NULL OR s.kind <> t.kind OR s.amount <> t.amount OR s.currency <> t.currency;
"""


def prepare(bench: Bench, cast: Cast, origin: str, rows: int) -> None:
    """The tools, the day, and the operator's file with what is planted in it; the file stays for all rounds."""
    install_tools()
    bench.copy(origin, DATABASE)
    folder = files(bench)
    folder.mkdir(exist_ok=True)
    told = bench.manage(
        DATABASE, *IN_SHELL, f"from bench import day; day.plant({rows}, {cast.secret_id}, {str(folder)!r})"
    )
    json.loads(told.splitlines()[-1])


def install_tools() -> None:
    """Into a folder of their own: no part of the portal may come to need them."""
    uv = Path(sys.executable).with_name("uv")
    locked = CHECKOUT / "requirements" / "bench.txt"
    command = [uv, "pip", "install", "--quiet", "--require-hashes", "--target", TOOLS, "--requirement", locked]
    subprocess.run(command, check=True)


def files(bench: Bench) -> Path:
    return bench.folder / "day"


def measure(bench: Bench) -> Run:
    """One after the other, so that what disturbs the machine disturbs all."""
    ours = _told(bench.manage(DATABASE, *IN_SHELL, f"from bench import day; day.reconcile({str(files(bench))!r})"))
    floor = _floor(bench)
    peers = {name: _peer(bench, name) for name in PEERS}
    figures = {
        "s": ours["seconds"],
        "s floor": floor,
        **{f"s {name}": told["seconds"] for name, told in peers.items()},
        "s books": ours["books"],
        "MB": ours["rss"] / 1e6,
        "precision": ours["precision"],
        "recall": ours["recall"],
    }
    wrong = [name for name, told in peers.items() if not told["found"]]
    is_exact = ours["precision"] == ours["recall"] == 1
    return Run("", figures, ", ".join(f"{name} found nothing" for name in wrong) or ("" if is_exact else ours["wrong"]))


def _floor(bench: Bench) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [program("psql"), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", bench.database(DATABASE)],
        input=FLOOR.format(file=files(bench) / "statement.csv").encode(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


def _peer(bench: Bench, name: str) -> dict[str, float]:
    """In a process of its own that has our day to fetch, as any tool has that lives outside the database."""
    command = tethered_command([sys.executable, str(CHECKOUT / "bench" / "yardstick_reconciliation.py"), name])
    environment = os.environ | {
        "PYTHONPATH": str(TOOLS),
        "DATABASE_URL": bench.database(DATABASE),
        "FOLDER": str(files(bench)),
        "PSQL": program("psql"),
    }
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return _told(done.stdout)


def _told(said: str) -> dict[str, float]:
    told: dict[str, float] = json.loads(said.splitlines()[-1])
    return told
