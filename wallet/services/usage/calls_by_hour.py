"""The requests of all merchants by the hour: the hourly sums, and the rows of the log that are not summed up yet.

It costs the same however long the log is: hours are read by their index, and at most TAIL rows behind the watermark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from portal.lib import database
from wallet.services.log.log_search import REFUSED_UNSIGNED

TAIL = 50_000
MARK = "coalesce((SELECT m.upto FROM wallet_mark m WHERE m.source = 'calls'), 0)"
# One statement, and so one moment: no row is counted twice or left out when the job ends meanwhile.
HOURS = f"""
      WITH tail AS MATERIALIZED (
        SELECT r.* FROM wallet_signedrequest r WHERE r.id > {MARK} ORDER BY r.id DESC LIMIT %(most)s
    )
    SELECT m.id, h.hour, h.status, sum(h.calls)::bigint, 0
      FROM merchants_merchant m
     CROSS JOIN LATERAL (SELECT s.hour, s.status, s.calls FROM "wallet_merchanthour" s
                          WHERE s.merchant_id = m.id AND s.hour = ANY(%(hours)s)) h
     WHERE m.sandbox_of_id IS NULL
     GROUP BY 1, 2, 3
     UNION ALL
    SELECT m.id, date_trunc('hour', r.created_at, 'UTC'), r.status, count(m.id), count(*)
      FROM tail r
      LEFT JOIN merchants_apikey k ON {REFUSED_UNSIGNED} AND k.auth_key = r.auth_key
      LEFT JOIN merchants_merchant m ON m.id = coalesce(r.merchant_id, k.merchant_id) AND m.sandbox_of_id IS NULL
     GROUP BY 1, 2, 3
"""


class HourCalls(NamedTuple):
    """Requests of one merchant in one hour; refused ones also where only the auth key was the merchant's."""

    accepted: int = 0
    refused: int = 0

    @property
    def total(self) -> int:
        return self.accepted + self.refused

    @property
    def refused_share(self) -> float:
        """From 0 to 1."""
        return self.refused / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class CallsByHour:
    """`hours` by merchant and hour. `is_whole`: no row was left out because too many are not summed up yet."""

    hours: dict[tuple[int, datetime], HourCalls] = field(default_factory=dict)
    by_status: dict[str, int] = field(default_factory=dict)
    is_whole: bool = True

    def calls_of(self, merchant: int, hour: datetime) -> HourCalls:
        return self.hours.get((merchant, hour), HourCalls())


def calls_by_hour(hours: Sequence[datetime]) -> CallsByHour:
    """Return the requests of all merchants in these full hours (UTC), without sandboxes."""
    known, statuses, tail = dict[tuple[int, datetime], HourCalls](), dict[str, int](), 0
    wanted = set(hours)
    for merchant, hour, status, calls, unsummed in database.fetch_rows(HOURS, {"hours": list(hours), "most": TAIL}):
        tail += unsummed
        if merchant is None or hour not in wanted:
            continue
        statuses[status] = statuses.get(status, 0) + calls
        before = known.get((merchant, hour), HourCalls())
        added = HourCalls(calls, 0) if status == "RS_OK" else HourCalls(0, calls)
        known[merchant, hour] = HourCalls(before.accepted + added.accepted, before.refused + added.refused)
    return CallsByHour(known, statuses, is_whole=tail < TAIL)
