"""How a merchant's calls went in the last 24 hours, by the hour and by answer; and the few of all calls that mattered.

Both cost the same however long the log is: hours that are summed up (usage.py) are read as they are, the lines behind
its mark are counted, at most TAIL of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from merchants.models import Merchant
from portal.lib import clock
from wallet import statuses

HOURS = 24
TAIL = 50_000
SHOWN = 5  # of each kind
# One statement, and so one moment: no line is counted twice or left out when the job ends meanwhile.
LAST_DAY = """
    SELECT h.hour, h.status, h.calls, NULL::timestamptz
      FROM wallet_merchanthour h
     WHERE h.merchant_id = %(merchant)s AND h.hour >= %(since)s
     UNION ALL
    SELECT date_trunc('hour', t.created_at, 'UTC'), t.status, count(*), min(t.created_at)
      FROM (SELECT r.created_at, r.status FROM wallet_signedrequest r
             WHERE r.merchant_id = %(merchant)s
               AND r.id > coalesce((SELECT m.upto FROM wallet_mark m WHERE m.source = 'calls'), 0)
             ORDER BY r.id DESC LIMIT %(most)s) t
     WHERE t.created_at >= %(since)s GROUP BY 1, 2
"""
# The first refusal of each kind, the first call from each address, the first use of each version.
FIRSTS = """
    SELECT * FROM (SELECT 'refusal', r.created_at, r.status, host(r.address), r.endpoint, r.id, NULL::text, NULL::int,
            NULL::bigint
       FROM unnest(%(statuses)s::text[]) AS s (status)
      CROSS JOIN LATERAL (SELECT * FROM wallet_signedrequest r
                           WHERE r.merchant_id = %(merchant)s AND r.status = s.status AND r.status <> 'RS_OK'
                           ORDER BY r.id LIMIT 1) r
      ORDER BY r.created_at DESC LIMIT %(most)s) refusals
     UNION ALL
    (SELECT 'address', a.first_seen_at, NULL, host(a.address), NULL, NULL, k.auth_key, NULL, k.id
       FROM merchants_apikey k
      CROSS JOIN LATERAL (SELECT * FROM merchants_seenaddress a WHERE a.key_id = k.id
                           ORDER BY a.first_seen_at DESC LIMIT %(most)s) a
      WHERE k.merchant_id = %(merchant)s
      ORDER BY a.first_seen_at DESC LIMIT %(most)s)
     UNION ALL
    (SELECT 'version', u.first_at, NULL, host(u.address), u.endpoint, NULL, k.auth_key, s.version, k.id
       FROM merchants_apikey k
       JOIN merchants_secret s ON s.key_id = k.id AND s.version > 1
      CROSS JOIN LATERAL (SELECT * FROM wallet_callhour u WHERE u.secret_id = s.id
                           ORDER BY u.hour, u.first_at LIMIT 1) u
      WHERE k.merchant_id = %(merchant)s
      ORDER BY u.first_at DESC LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True)
class Pulse:
    """`since` is a full hour, at most 24 hours and the begun one ago. `behind`: from there to it nothing is known."""

    since: datetime
    taken: Counter[datetime] = field(default_factory=Counter)
    refused: Counter[datetime] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    behind: datetime | None = None


@dataclass(frozen=True, slots=True)
class First:
    """`what`: refusal, address or version; the rest as far as it is of that."""

    what: str
    at: datetime
    status: str | None
    address: str | None
    endpoint: str | None
    line_id: int | None
    auth_key: str | None
    version: int | None
    key_id: int | None


def last_day(merchant: Merchant) -> Pulse:
    return last(merchant, hours=HOURS)


def last(merchant: Merchant, *, hours: int) -> Pulse:
    """The begun hour is one of them."""
    since = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    pulse, counted, oldest = Pulse(since), 0, None
    for hour, status, calls, first in _rows(LAST_DAY, merchant=merchant.pk, since=since, most=TAIL):
        pulse.by_status[status] += calls
        (pulse.taken if status == statuses.OK else pulse.refused)[hour] += calls
        if first is not None:
            counted, oldest = counted + calls, min(first, oldest or first)
    if counted < TAIL:
        return pulse
    return Pulse(since, pulse.taken, pulse.refused, pulse.by_status, behind=oldest)


def firsts(merchant: Merchant) -> list[First]:
    """Newest first, at most SHOWN of each kind."""
    rows = _rows(FIRSTS, merchant=merchant.pk, statuses=list(statuses.ALL_KEYS), most=SHOWN)
    return sorted((First(*row) for row in rows), key=lambda first: first.at, reverse=True)


def _rows(statement: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.strip(), values)
        return list(cursor.fetchall())
