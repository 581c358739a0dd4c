"""The compromise report of the one secret that signed the whole ledger, summed up beforehand as the job does."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from bench.run import Run

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Bench

TIMES = 5
IN_SHELL = ("shell", "--no-imports", "--verbosity", "0", "--command")
SUM_UP = (
    "from wallet.services.usage import usage_rollup; [usage_rollup.sum_up(source) for source in usage_rollup.TABLES]"
)
REPORT = """
import json, statistics, time
from datetime import timedelta
from merchants.models import Secret
from portal.lib import clock
from wallet.services.usage import compromise_report
secret, took = Secret.objects.select_related("key").get(pk={secret}), []
for _ in range({times}):
    begun = time.perf_counter()
    found = compromise_report.compromise_report(secret, clock.now() - timedelta(days=365))
    took.append(time.perf_counter() - begun)
rows = sum(each.rows for money in found.money for each in money.of.values()) + found.moved_nothing
print(json.dumps(dict(seconds=statistics.median(took), rows=rows)))
"""
SIGNED = "SELECT count(*) FROM wallet_transaction WHERE secret_id = %s"


def measure(bench: Bench, cast: Cast, database: str) -> Run:
    """The median of a few; a report that misses a row is a fault."""
    try:
        bench.manage(database, *IN_SHELL, SUM_UP)
        said = bench.manage(database, *IN_SHELL, REPORT.format(secret=cast.secret_id, times=TIMES))
    except subprocess.CalledProcessError as failed:
        return Run("", {}, str(failed.returncode))
    told = json.loads(said.splitlines()[-1])
    signed = bench.ask(database, SIGNED, cast.secret_id)
    fault = "" if told["rows"] == signed else f"{told['rows']} of {signed} rows"
    return Run("", {"s": told["seconds"]}, fault)
