"""Writes the coarser sums of the days that were there before their triggers, 128 days of a merchant at a time."""

from typing import Any

from django.db import migrations, transaction

DAYS = 128  # as many as the longest span, so that no sum is of two pieces
COARSER = {
    "wallet_merchantgamingday": ("wallet_gameday", ""),
    "wallet_gamespan": ("wallet_gameday", "game_id"),
    "wallet_playerspan": ("wallet_playergamingday", "player_id"),
}
PIECES = """
    SELECT merchant_id, piece FROM (
        SELECT merchant_id, (min(day) - DATE '0001-01-01') / {days} AS first,
               (max(day) - DATE '0001-01-01') / {days} AS last
          FROM {origin} GROUP BY 1) m
     CROSS JOIN LATERAL generate_series(m.first, m.last) piece ORDER BY 1, 2
"""
# The job adds to the days while it holds the watermark, and the triggers add to what is written here.
HOLD = "SELECT upto FROM wallet_mark WHERE source = 'gaming' FOR UPDATE"
WRITE = """
    INSERT INTO {table} (merchant_id, {keys}, bets, stakes, payouts, rewards)
    SELECT d.merchant_id, {values}, sum(d.bets), sum(d.stakes), sum(d.payouts), sum(d.rewards)
      FROM {origin} d {lengths}
     WHERE d.merchant_id = %(merchant)s AND d.day >= DATE '0001-01-01' + %(first)s::int
       AND d.day < DATE '0001-01-01' + %(first)s::int + {days}
     GROUP BY d.merchant_id, {values}
    ON CONFLICT (merchant_id, {keys}) DO UPDATE
       SET bets = excluded.bets, stakes = excluded.stakes, payouts = excluded.payouts, rewards = excluded.rewards
"""


def write_coarser_sums(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    for table, (origin, of) in COARSER.items():
        keys, values = "day, currency", "d.day, d.currency"
        if of:
            keys = f"length, day, {of}, currency"
            values = f"l.length, d.day - mod(d.day - DATE '0001-01-01', l.length), d.{of}, d.currency"
        lengths = "CROSS JOIN (VALUES (8), (32), (128)) l (length)" if of else ""
        write = WRITE.format(table=table, origin=origin, keys=keys, values=values, lengths=lengths, days=DAYS)
        with connection.cursor() as cursor:
            cursor.execute(PIECES.format(origin=origin, days=DAYS))
            for merchant, piece in cursor.fetchall():
                with transaction.atomic(connection.alias):
                    cursor.execute(HOLD)
                    cursor.execute(write, {"merchant": merchant, "first": piece * DAYS})


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("wallet", "0130_coarser_gaming_sums")]
    operations = [migrations.RunPython(write_coarser_sums, migrations.RunPython.noop)]
