"""A merchant's requests of the last 24 hours by hour and answer, and the first uses of keys, versions and addresses.

The cost does not depend on the length of the log: full hours come from the summary (usage_rollup.py), and at most TAIL
entries behind its watermark are counted.

Requests that failed before the signature check are counted by the auth key that they name, as in log_search.py, and
separately, because anyone can name an auth key. Each key has its own tail, so that a flood under one key does not hide
signed requests.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from merchants.models import Merchant
from portal.lib import clock, database
from wallet import statuses
from wallet.models.request_log import MERCHANT_BLOCK
from wallet.services.log.log_search import NEWEST, OF_BLOCK, REFUSED_UNSIGNED

HOURS = 24
TAIL, KEY_TAIL = 50_000, 10_000
SIGNED = 0  # the tail of what was signed, beside those of the keys
SHOWN = 5  # of each kind
# One statement, and so one moment: no line is counted twice or left out when the job ends meanwhile.
# A key and an id are compared as a pair, and sorted by both, so that no other index will do (decision 0024).
MARK = "coalesce((SELECT m.upto FROM wallet_mark m WHERE m.source = 'calls'), 0)"
NAMED = 'k.auth_key COLLATE "default"'  # as the log's column is, and so its index
LAST_DAY = f"""
    SELECT h.hour, h.status, h.signed, h.calls, NULL::bigint, NULL::timestamptz
      FROM wallet_merchanthour h
     WHERE h.merchant_id = %(merchant)s AND h.hour >= %(since)s
     UNION ALL
    SELECT date_trunc('hour', t.created_at, 'UTC'), t.status, true, count(*), {SIGNED}, min(t.created_at)
      FROM (SELECT r.created_at, r.status FROM wallet_signedrequest r
             WHERE r.merchant_id = %(merchant)s AND r.id > {MARK} AND {OF_BLOCK} >= {MARK} / {MERCHANT_BLOCK}
             ORDER BY {OF_BLOCK} DESC, r.id DESC LIMIT %(most)s) t
     WHERE t.created_at >= %(since)s GROUP BY 1, 2
     UNION ALL
    SELECT date_trunc('hour', t.created_at, 'UTC'), t.status, false, count(*), k.id, min(t.created_at)
      FROM merchants_apikey k
     CROSS JOIN LATERAL (SELECT r.created_at, r.status FROM wallet_signedrequest r
                          WHERE {REFUSED_UNSIGNED}
                            AND (r.auth_key, r.id) > ({NAMED}, {MARK}) AND (r.auth_key, r.id) < ({NAMED}, {NEWEST})
                          ORDER BY r.auth_key DESC, r.id DESC LIMIT %(most_of_key)s) t
     WHERE k.merchant_id = %(merchant)s AND t.created_at >= %(since)s GROUP BY 1, 2, k.id
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
    """Requests by hour. `since`: a full hour. `behind`: before this moment, not every request is counted yet.

    `refused`: all refused requests. `by_status`: those with a valid signature; `unsigned`: those that only named a key.
    """

    since: datetime
    taken: Counter[datetime] = field(default_factory=Counter)
    refused: Counter[datetime] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    unsigned: Counter[str] = field(default_factory=Counter)
    behind: datetime | None = None


@dataclass(frozen=True, slots=True)
class First:
    """A first use. `what`: refusal, address or version; the other fields as far as they apply."""

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
    """Return the requests of the last 24 hours."""
    return last_hours(merchant, hours=HOURS)


def last_hours(merchant: Merchant, *, hours: int) -> Pulse:
    """Return the requests of `hours` hours, the current one included."""
    since = clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1)
    pulse, counted, oldest = Pulse(since), Counter[int](), dict[int, datetime]()
    values = {"merchant": merchant.pk, "since": since, "most": TAIL, "most_of_key": KEY_TAIL}
    for hour, status, signed, calls, tail, first in database.fetch_rows(LAST_DAY, values):
        (pulse.by_status if signed else pulse.unsigned)[status] += calls
        (pulse.taken if status == statuses.OK else pulse.refused)[hour] += calls
        if first is not None:
            counted[tail] += calls
            oldest[tail] = min(first, oldest.get(tail, first))
    full = [oldest[tail] for tail, calls in counted.items() if calls >= (TAIL if tail == SIGNED else KEY_TAIL)]
    return replace(pulse, behind=max(full, default=None))


def first_uses(merchant: Merchant) -> list[First]:
    """Return first refusals, addresses and versions, newest first; at most SHOWN of each."""
    rows = database.fetch_rows(FIRSTS, {"merchant": merchant.pk, "statuses": list(statuses.ALL_KEYS), "most": SHOWN})
    return sorted((First(*row) for row in rows), key=lambda first: first.at, reverse=True)
