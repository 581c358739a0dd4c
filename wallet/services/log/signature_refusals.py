"""Auth keys that calls with a wrong signature name now. An auth key is no secret: anyone can name it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django.db import connection

from portal.lib import clock
from wallet import statuses

WITHIN = timedelta(minutes=15)
NEWEST_LINES = 50_000  # the most that is looked at, so that it costs the same however long the log is
SHOWN = 10
COUNTS = """
    SELECT m.code, k.auth_key, n.calls
      FROM (SELECT t.auth_key, count(*) AS calls
              FROM (SELECT r.auth_key, r.merchant_id, r.status, r.created_at FROM wallet_signedrequest r
                     ORDER BY r.id DESC LIMIT %s) t
             WHERE t.merchant_id IS NULL AND t.created_at >= %s AND t.status = ANY(%s) GROUP BY 1) n
      JOIN merchants_apikey k ON k.auth_key = n.auth_key
      JOIN merchants_merchant m ON m.id = k.merchant_id
     ORDER BY n.calls DESC, k.auth_key LIMIT %s
"""


class RefusedKey(NamedTuple):
    merchant: str
    auth_key: str
    calls: int


def refused_signatures() -> list[RefusedKey]:
    """Return the keys with most calls refused for their signature lately, at most SHOWN."""
    wrong = [statuses.SignatureNotMatch.key, statuses.SignatureExpired.key]
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [NEWEST_LINES, clock.now() - WITHIN, wrong, SHOWN])
        return [RefusedKey(*row) for row in cursor.fetchall()]
