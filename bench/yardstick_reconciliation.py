"""The same comparison by tools outside the database. They get our day by COPY, and name the rows that differ.

Run by itself, with the tools on its path: it imports nothing of the portal.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(os.environ["FOLDER"])
THEIRS, OURS = FOLDER / "statement.csv", FOLDER / "ours.csv"
COMPARED = ("kind", "playerId", "currency", "amount")
DAY = """
    \\copy (SELECT t.transaction_id AS "transactionId", t.kind, p.player_id AS "playerId", t.currency, t.amount FROM wallet_transaction t JOIN merchants_player p ON p.id = t.player_id WHERE t.part = 0 AND t.debit_account_id IS NOT NULL AND t.kind <> 'deposit') TO '{file}' CSV HEADER
"""  # noqa: E501 - psql wants it in one line


def fetch() -> None:
    command = [os.environ["PSQL"], "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", os.environ["DATABASE_URL"]]
    subprocess.run(command, input=DAY.format(file=OURS).encode(), check=True)


def polars() -> int:
    import polars as pl

    columns = ["transactionId", *COMPARED]
    ours, theirs = (pl.scan_csv(file).select(columns) for file in (OURS, THEIRS))
    met = ours.join(theirs, on="transactionId", how="full", suffix="There")
    differs = [pl.col(name).ne_missing(pl.col(f"{name}There")) for name in COMPARED]
    return met.filter(pl.any_horizontal(differs)).collect().height


def datacompy() -> int:
    import datacompy
    import pandas as pd

    ours, theirs = (pd.read_csv(file, usecols=["transactionId", *COMPARED]) for file in (OURS, THEIRS))
    found = datacompy.PandasCompare(ours, theirs, join_columns="transactionId")
    return len(found.df1_unq_rows) + len(found.df2_unq_rows) + len(found.all_mismatch())


def main() -> None:
    tool = {"polars": polars, "datacompy": datacompy}[sys.argv[1]]
    begun = time.perf_counter()
    fetch()
    fetched = time.perf_counter() - begun
    found = tool()
    print(json.dumps({"seconds": time.perf_counter() - begun, "fetched": fetched, "found": found}))


if __name__ == "__main__":
    main()
