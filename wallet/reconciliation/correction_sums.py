"""Sums of the correcting entries of a day. A run does not look for them in a statement, so they are listed
separately.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.utils.translation import ngettext

from portal.lib import money

# By the day on which they were posted, whatever day their case is of.
OF_DAY = """
    SELECT t.currency, count(*), coalesce(sum(t.amount) FILTER (WHERE a.kind = 'player'), 0),
           coalesce(sum(t.amount) FILTER (WHERE a.kind <> 'player'), 0)
      FROM wallet_transaction t JOIN wallet_account a ON a.id = t.credit_account_id
     WHERE t.merchant_id = %(merchant)s AND t.kind = 'correct' AND t.part = -1
       AND t.created_at >= %(begin)s AND t.created_at < %(end)s
     GROUP BY 1 ORDER BY 1
"""


class CorrectionSum(NamedTuple):
    """Corrections of one currency that were posted on a day. Amounts × 100000."""

    currency: str
    rows: int
    to_players: int
    from_players: int

    def __str__(self) -> str:
        to_players, from_players = (
            money.format_amount(units, self.currency) for units in (self.to_players, self.from_players)
        )
        sentence = ngettext(
            "%(currency)s: %(count)s correction, %(to_players)s to players, %(from_players)s from players",
            "%(currency)s: %(count)s corrections, %(to_players)s to players, %(from_players)s from players",
            self.rows,
        )
        facts = {"currency": self.currency, "count": f"{self.rows:,}"}
        return sentence % (facts | {"to_players": to_players, "from_players": from_players})


def sums_by_currency(merchant_id: int, begin: datetime, end: datetime) -> list[CorrectionSum]:
    """Return the sums of the corrections between two moments, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(OF_DAY, {"merchant": merchant_id, "begin": begin, "end": end})
        return [
            CorrectionSum(currency, rows, int(to_players), int(from_players))
            for currency, rows, to_players, from_players in cursor.fetchall()
        ]
