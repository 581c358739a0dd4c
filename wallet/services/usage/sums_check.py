"""Compares the sums of the last days with the ledger rows that a watermark says are in them.

A watermark that somebody moved over rows, without summing them, leaves their hours short of them. The sums of calls are
not compared: the request log has no index that makes it cheap, and no money follows from them.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from merchants.models import Merchant
from merchants.services.chain import ChainVerdict
from merchants.services.chain.verification import ChainFinding
from portal.lib import clock, database
from wallet.models import Watermark
from wallet.models.usage import SPANS, first_day
from wallet.services.usage.usage_rollup import AMOUNT, GAMING_ROWS

JUDGED_DAYS = 2
# Read in the statement that compares, so both are of one snapshot: the job that moves the watermark writes its sums in
# the same transaction. Nobody waits for a lock, neither that job nor the check. `since` begins a day.
UPTO = "(SELECT k.upto FROM wallet_mark k WHERE k.source = %(source)s)"
MOVEMENTS = f"""
    SELECT coalesce(r.at, s.at), coalesce(r.rows, 0)::bigint, coalesce(s.rows, 0)::bigint
      FROM (SELECT date_trunc('hour', t.created_at, 'UTC') AS at, count(*) AS rows, sum({AMOUNT}) AS amount
              FROM wallet_transaction t
             WHERE t.created_at >= %(since)s AND t.id <= {UPTO} AND t.kind <> 'correct' GROUP BY 1) r
      FULL JOIN (SELECT h.hour AS at, sum(h.moves) AS rows, sum(h.amount) AS amount
                   FROM wallet_movementhour h WHERE h.hour >= %(since)s GROUP BY 1) s ON s.at = r.at
     WHERE (r.rows, r.amount) IS DISTINCT FROM (s.rows, s.amount)
     ORDER BY 1
"""
FIGURES = "sum(d.bets), sum(d.stakes), sum(d.payouts), sum(d.rewards)"
GAMING = f"""
    SELECT coalesce(r.at, s.at), coalesce(r.figures[1], 0)::bigint, coalesce(s.figures[1], 0)::bigint
      FROM (SELECT d.day AS at, ARRAY[{FIGURES}]::numeric[] AS figures
              FROM ({GAMING_ROWS} AND t.created_at >= %(since)s AND t.id <= {UPTO}) d GROUP BY 1) r
      FULL JOIN (SELECT d.day AS at, ARRAY[{FIGURES}]::numeric[] AS figures
                   FROM {{table}} d WHERE d.day >= %(day)s GROUP BY 1) s ON s.at = r.at
     WHERE r.figures IS DISTINCT FROM s.figures
     ORDER BY 1
"""
# Each length is compared with the one before it, so a span of 128 days costs four rows. A deleted day leaves zeros.
SPANS_OF = """
    SELECT at, coalesce(sum(r.figures[1]), 0)::bigint, coalesce(sum(s.figures[1]), 0)::bigint
      FROM (SELECT {first} AS at, d.merchant_id, d.{of}, d.currency,
                   NULLIF(ARRAY[{figures}]::numeric[], {zeros}) AS figures
              FROM {finer} d WHERE {of_length} d.day >= {since} GROUP BY 1, 2, 3, 4) r
      FULL JOIN (SELECT d.day AS at, d.merchant_id, d.{of}, d.currency,
                        NULLIF(ARRAY[d.bets, d.stakes, d.payouts, d.rewards]::numeric[], {zeros}) AS figures
                   FROM {table} d WHERE d.length = {length} AND d.day >= {since}) s
     USING (at, merchant_id, {of}, currency)
     WHERE r.figures IS DISTINCT FROM s.figures
     GROUP BY 1 ORDER BY 1
"""


def spans_compared(table: str, of: str, days: str) -> dict[str, tuple[str, str]]:
    """Return, for each length of span, what is compared: its name, the watermark, and the statement."""
    statements: dict[str, tuple[str, str]] = {}
    for shorter, length in zip((0, *SPANS), SPANS, strict=False):
        statement = SPANS_OF.format(
            table=table,
            of=of,
            length=length,
            finer=table if shorter else days,
            of_length=f"d.length = {shorter} AND" if shorter else "",
            first=first_day("d.day", length),
            since=first_day("%(day)s::date", length),
            figures=FIGURES,
            zeros="ARRAY[0, 0, 0, 0]::numeric[]",
        )
        statements[f"{table} of {length} days"] = (Watermark.Source.GAMING, statement)
    return statements


COMPARED = {
    "wallet_movementhour": (Watermark.Source.MOVEMENTS, MOVEMENTS),
    "wallet_gameday": (Watermark.Source.GAMING, GAMING.format(table="wallet_gameday")),
    "wallet_playergamingday": (Watermark.Source.GAMING, GAMING.format(table="wallet_playergamingday")),
    "wallet_merchantgamingday": (Watermark.Source.GAMING, GAMING.format(table="wallet_merchantgamingday")),
    **spans_compared("wallet_gamespan", "game_id", "wallet_gameday"),
    **spans_compared("wallet_playerspan", "player_id", "wallet_playergamingday"),
}


def check_sums(verdict: ChainVerdict, merchant: Merchant | None = None) -> None:
    """Add to the verdict each hour or day whose sums are not those of its rows. Only of all merchants at once."""
    if merchant is not None:
        return
    since = datetime.combine(clock.now().date() - timedelta(days=JUDGED_DAYS), time.min, clock.now().tzinfo)
    for table in COMPARED:
        for at, rows, summed in differing_sums(table, since):
            sentence = (
                f"{table} does not match the ledger at {at:%Y-%m-%d %H:%M}: {rows:,} entries, of which {summed:,} are"
                " summed. A watermark was moved past entries, or a sum was changed."
            )
            verdict.add(ChainFinding("", sentence, table))


def differing_sums(table: str, since: datetime) -> list[tuple[datetime, int, int]]:
    """Return moment, entries and summed entries of each hour or day, since then, whose sums differ."""
    source, statement = COMPARED[table]
    found: list[tuple[datetime, int, int]] = database.fetch_rows(
        statement, {"since": since, "day": since.date(), "source": source}
    )
    return found
