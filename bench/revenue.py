"""Times the page of gaming revenue over a year of one merchant; run inside Django's shell on an empty, migrated database.

`echo "from bench import revenue; revenue.main()" | manage.py shell`: rows are made as their job would leave them.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import timedelta

from django.db import connection

from merchants.models import Merchant
from portal.lib import clock
from wallet.services.usage import gaming_revenue
from wallet.services.usage.gaming_revenue import RevenueWish

TIMES, WARM = 15, 2
DAYS, GAMES, PLAYERS, SHARE = 365, 200, 5_000, 0.527  # 961,775 days of players
SUMS = "1 + n % 7, 1000000 * (1 + n % 97), 900000 * (1 + n % 89), 0"
MAKE_GAMES = """
    INSERT INTO wallet_gameday (merchant_id, day, game_id, currency, bets, stakes, payouts, rewards)
    SELECT %(merchant)s, %(until)s::date - day, game, currency, {sums}
      FROM generate_series(0, {days} - 1) day, generate_series(1, {games}) game, unnest(ARRAY['EUR', 'USD']) currency,
           LATERAL (SELECT day * 31 + game * 17 AS n) numbers
"""
MAKE_DAYS = """
    INSERT INTO wallet_playergamingday (merchant_id, day, player_id, currency, bets, stakes, payouts, rewards)
    SELECT %(merchant)s, %(until)s::date - day, player, 'EUR', {sums}
      FROM generate_series(0, {days} - 1) day, generate_series(1, {players}) player,
           LATERAL (SELECT day * 31 + player * 17 AS n) numbers
     WHERE hashint4(day * 100003 + player) & 1023 < {share} * 1024
"""


def main() -> None:
    merchant, until = Merchant.objects.get_or_create(code="revenue", defaults={"name": "Revenue"})[0], clock.now().date()
    make_year(merchant, until)
    for by in ("day", "game", "player", "currency"):
        for since in (until - timedelta(days=DAYS - 1), until - timedelta(days=29)):
            took = timed(merchant, RevenueWish(since, until, by))
            days = (until - since).days + 1
            print(f"{by:8} {days:3} days {took[0]:7.0f} ms median ({took[1]:.0f} to {took[2]:.0f})", file=sys.stderr)


def make_year(merchant: Merchant, until: object) -> None:
    values = {"merchant": merchant.pk, "until": until}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM wallet_playergamingday WHERE merchant_id = %(merchant)s", values)
        if not cursor.fetchone()[0]:
            for statement in (MAKE_GAMES, MAKE_DAYS):
                cursor.execute(statement.format(sums=SUMS, days=DAYS, games=GAMES, players=PLAYERS, share=SHARE), values)
        cursor.execute("ANALYZE")


def timed(merchant: Merchant, wish: RevenueWish) -> tuple[float, float, float]:
    """Return milliseconds: median, least and most."""
    took = []
    for number in range(WARM + TIMES):
        begun = time.perf_counter()
        gaming_revenue.revenue_report(merchant, wish)
        if number >= WARM:
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), min(took), max(took)


