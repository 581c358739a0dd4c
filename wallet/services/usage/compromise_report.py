"""The compromise report: everything that a secret version has done since it may be known to others.

Money comes from ledger rows and is exact to the unit. Requests come from the request log, whose last moment a crash can
lose. Only requests with a valid signature can be attributed to a secret.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from merchants.models import Secret
from portal.lib import clock
from wallet import statuses
from wallet.models import Transaction
from wallet.models.usage import MovementHour
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_totals import OpenRounds, Span

LAUNCH = "/game/url"
HOURLY = timedelta(days=3)  # longer spans are drawn by the day
Kind = MovementHour.Kind
TO_PLAYERS = (Kind.PAYOUT, Kind.REWARD, Kind.DEPOSIT, Kind.BET_BACK, Kind.WITHDRAW_BACK)
FROM_PLAYERS = (Kind.BET, Kind.WITHDRAW, Kind.PAYOUT_BACK, Kind.REWARD_BACK, Kind.DEPOSIT_BACK)
LONG_AGO = usage_totals.LONG_AGO

JUDGED = """
      JOIN merchants_secret k ON k.id = c.secret_id
      LEFT JOIN merchants_seenaddress s ON s.key_id = k.key_id AND s.address = c.address
"""
KNOWN = "coalesce(s.first_seen_at < %(since)s, false)"
# Which columns are grouped by tells what a row is about: GROUPING has a 0 for each that is.
CALLS = f"""
    SELECT GROUPING(c.address, c.endpoint, c.status), host(c.address), c.known, c.endpoint, c.status, c.bucket,
           sum(c.calls)::bigint, coalesce(sum(c.calls) FILTER (WHERE c.status <> 'RS_OK'), 0)::bigint,
           min(c.first_at), max(c.last_at)
      FROM (SELECT c.*, {KNOWN} AS known, date_trunc(%(unit)s, c.hour, 'UTC') AS bucket
              FROM ({usage_totals.CALLS}) c {JUDGED}) c
     GROUP BY GROUPING SETS ((c.address, c.known), (c.endpoint), (c.status), (c.bucket, c.known))
"""
BY_ADDRESS, BY_ENDPOINT, BY_STATUS, BY_TIME = 0b011, 0b101, 0b110, 0b111
MOVEMENTS = f"""
    SELECT GROUPING(c.address), host(c.address), c.known, c.kind, c.currency, sum(c.moves)::bigint, sum(c.amount),
           min(c.first_at), max(c.last_at)
      FROM (SELECT c.*, {KNOWN} AS known FROM ({usage_totals.MOVEMENTS}) c {JUDGED}) c
     GROUP BY GROUPING SETS ((c.kind, c.currency), (c.address, c.known, c.currency))
"""


@dataclass(frozen=True, slots=True)
class Sum:
    rows: int = 0
    amount: int = 0  # × 100000


@dataclass(frozen=True, slots=True)
class Money:
    """Money of one currency. `net`: what the players have more than before; negative: less. Amounts × 100000."""

    currency: str
    of: dict[str, Sum]

    @property
    def net(self) -> int:
        given = sum(self.of[kind].amount for kind in TO_PLAYERS)
        return given - sum(self.of[kind].amount for kind in FROM_PLAYERS)


@dataclass(slots=True)
class Address:
    """Requests of one address. `known`: the key had signed from there before the compromise."""

    address: str
    known: bool
    calls: int = 0
    refused: int = 0
    moved: dict[str, int] = field(default_factory=dict)  # by currency, whichever way
    first_at: datetime = usage_totals.FAR
    last_at: datetime = LONG_AGO

    def widen(self, first_at: datetime, last_at: datetime) -> None:
        self.first_at, self.last_at = min(self.first_at, first_at), max(self.last_at, last_at)


@dataclass(slots=True)
class ReportHour:
    """An hour or a day. `from_new`: of all requests, those from addresses that were not known."""

    begins: datetime
    taken: int = 0
    refused: int = 0
    from_new: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    secret: Secret
    since: datetime
    until: datetime
    calls: int
    refused: int
    money: list[Money]
    moved_nothing: int  # ledger rows: refused debits, tombstones, rollbacks of what had not moved
    players: int
    open_rounds: list[OpenRounds]
    sessions: int
    addresses: list[Address]
    by_status: list[tuple[str, int]]  # refusals
    by_endpoint: list[tuple[str, int, int]]  # calls, and of them refused
    series: list[ReportHour]
    unit: str
    first_at: datetime | None  # in all, not only in the span
    last_at: datetime | None

    @property
    def known(self) -> list[Address]:
        return [each for each in self.addresses if each.known]

    @property
    def new(self) -> list[Address]:
        return [each for each in self.addresses if not each.known]


@transaction.atomic
def compromise_report(secret: Secret, since: datetime, until: datetime | None = None) -> Report:
    """Return everything signed with this version from `since` until just before `until`; None is now."""
    span, now = Span(since, until), clock.now()
    unit = "hour" if (until or now) - since <= HOURLY else "day"
    calls = usage_totals.usage_rows(CALLS, [secret], span, unit=unit)
    movements = usage_totals.usage_rows(MOVEMENTS, [secret], span)
    first_at, last_at = usage_totals.first_and_last_call([secret], Span(LONG_AGO))
    statuses_found = {row[4]: row[6] for row in calls if row[0] == BY_STATUS}
    taken = statuses_found.pop(statuses.OK, 0)
    return Report(
        secret=secret,
        since=since,
        until=until or now,
        calls=taken + sum(statuses_found.values()),
        refused=sum(statuses_found.values()),
        money=_money(movements),
        moved_nothing=sum(row[5] for row in movements if row[0] and row[3] == Kind.NOTHING),
        players=usage_totals.count_players([secret], span),
        open_rounds=usage_totals.open_rounds([secret], secret.key.merchant_id, span),
        sessions=sum(row[6] - row[7] for row in calls if row[0] == BY_ENDPOINT and row[3] == LAUNCH),
        addresses=_addresses(calls, movements),
        by_status=sorted(statuses_found.items(), key=lambda each: (-each[1], each[0])),
        by_endpoint=sorted(
            ((row[3], row[6], row[7]) for row in calls if row[0] == BY_ENDPOINT), key=lambda each: (-each[1], each[0])
        ),
        series=_series(calls),
        unit=unit,
        first_at=first_at,
        last_at=last_at,
    )


def signed_movements(secret: Secret, since: datetime, until: datetime | None = None) -> QuerySet[Transaction]:
    """Return the ledger rows that were signed with this version, oldest first."""
    signed = Transaction.objects.signed_with(secret.pk, since=since, until=until)
    return signed.select_related("player", "game", "session").order_by("pk")


def _money(found: list[usage_totals.Row]) -> list[Money]:
    sums: defaultdict[str, dict[str, Sum]] = defaultdict(lambda: {kind: Sum() for kind in (*TO_PLAYERS, *FROM_PLAYERS)})
    for by_kind, _, _, kind, currency, rows, amount, _, _ in found:
        if by_kind and kind != Kind.NOTHING:
            sums[currency][kind] = Sum(rows, int(amount))
    return [Money(currency, sums[currency]) for currency in sorted(sums)]


def _addresses(calls: list[usage_totals.Row], moved: list[usage_totals.Row]) -> list[Address]:
    """The new ones first, and of both the busiest first."""
    found: dict[str, Address] = {}
    for grouped, address, known, _, _, _, number, refused, first_at, last_at in calls:
        if grouped == BY_ADDRESS:
            found[address] = Address(address, known, number, refused, {}, first_at, last_at)
    for by_kind, address, known, _, currency, _, amount, first_at, last_at in moved:
        if not by_kind:
            each = found.setdefault(address, Address(address, known))
            each.widen(first_at, last_at)
            if amount:
                each.moved[currency] = int(amount)
    return sorted(found.values(), key=lambda each: (each.known, -each.calls, each.address))


def _series(calls: list[usage_totals.Row]) -> list[ReportHour]:
    buckets: dict[datetime, ReportHour] = {}
    for grouped, _, known, _, _, begins, number, refused, _, _ in calls:
        if grouped == BY_TIME:
            bucket = buckets.setdefault(begins, ReportHour(begins))
            bucket.taken += number - refused
            bucket.refused += refused
            bucket.from_new += 0 if known else number
    return [buckets[begins] for begins in sorted(buckets)]
