"""Times the report of gaming revenue over a year of one merchant: `python -m bench.revenue`."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from bench.cast import IN_SHELL
from bench.servers import started
from portal.local.checkout_lock import VAR

TIMES, WARM = 15, 2
DAYS, GAMES, PLAYERS, SHARE = 365, 200, 5_000, 0.527  # 961,775 days of players
SUMS = "1 + mod(n, 7), 1000000 * (1 + mod(n, 97)), 900000 * (1 + mod(n, 89)), 0"
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
    with started(VAR / "bench-revenue") as bench:
        bench.create("revenue")
        bench.migrate("revenue")
        bench.manage("revenue", *IN_SHELL, "from bench import revenue; revenue.measure()")


def measure() -> None:
    """Print the milliseconds of each report; inside Django's shell."""
    from merchants.models import Merchant  # noqa: PLC0415 - the models need settings
    from portal.lib import clock  # noqa: PLC0415
    from wallet.services.usage.gaming_revenue import RevenueWish  # noqa: PLC0415

    until = clock.now().date()
    merchant, _new = Merchant.objects.get_or_create(code="revenue", defaults={"name": "Revenue"})
    make_year({"merchant": merchant.pk, "until": until})
    for by in ("day", "game", "player", "currency"):
        for days in (DAYS, 30):
            median, least, most = timed(merchant, RevenueWish(until - timedelta(days=days - 1), until, by))
            print(f"{by:8} {days:3} days {median:6.0f} ms median ({least:.0f} to {most:.0f})", file=sys.stderr)


def make_year(values: dict[str, Any]) -> None:
    """Make the rows that the job would leave."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        for statement in (MAKE_GAMES, MAKE_DAYS):
            begun = time.perf_counter()
            cursor.execute(statement.format(sums=SUMS, days=DAYS, games=GAMES, players=PLAYERS, share=SHARE), values)
            print(f"{cursor.rowcount:,} rows made in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        cursor.execute("VACUUM ANALYZE")


def timed(merchant: Any, wish: Any) -> tuple[float, float, float]:
    """Return milliseconds: median, least and most."""
    from wallet.services.usage import gaming_revenue  # noqa: PLC0415

    took = []
    for number in range(WARM + TIMES):
        begun = time.perf_counter()
        gaming_revenue.revenue_report(merchant, wish)
        if number >= WARM:
            took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took), min(took), max(took)


if __name__ == "__main__":
    main()
