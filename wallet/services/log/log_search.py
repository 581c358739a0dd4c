"""Searches a merchant's requests: those that it signed, and those refused under one of its auth keys.

Each search reads an index, newest first. Filters that the index does not cover are checked row by row, on at most
SCANNED rows. Then the answer says how far back the search went, and the next search continues there. So no search is
slow, however long the log is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.urls import get_resolver

from merchants.models import ApiKey, Merchant, Secret
from portal.lib.clientip import Network
from wallet import statuses
from wallet.models import SignedRequest
from wallet.models.request_log import BLOCK, FREQUENT_ENDPOINTS, MERCHANT_BLOCK, PLAYER_BLOCK

SCANNED = 10_000
LATE = timedelta(minutes=1)  # a line stands this far at most from where its time would have put it
REFUSED = "refused"  # every status but RS_OK
MOST_ADDRESSES = 32  # of a block, each looked up by itself; a busier one is judged row by row
LEAST = 1_001  # rows judged for each value of an arm, however many there are; a page is never longer
NEWEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    since: datetime | None = None
    until: datetime | None = None
    status: str = ""  # one, or REFUSED
    endpoint: str = ""
    block: Network | None = None
    key: ApiKey | None = None
    player_id: str = ""
    transaction_id: str = ""
    part: str = ""  # of any id of the request, in any case


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A page of requests. `older`, `newer`: the ids where the next pages begin.

    `looked_to`: where the search stopped before the end of the log.
    """

    lines: list[SignedRequest] = field(default_factory=list)
    older: int | None = None
    newer: int | None = None
    looked_to: datetime | None = None


class Edges(NamedTuple):
    """The ids between which a page lies, both excluded; `rising`: oldest first."""

    above: int = 0
    below: int = NEWEST
    rising: bool = False

    @property
    def order(self) -> str:
        return "ASC" if self.rising else "DESC"


class Arm(NamedTuple):
    """The rows that one index gives in the order of ids, for each of `values`, and the conditions for them.

    `lead`: the column before the id in the index; it is `held` at one value, among the rows `of` this arm. `block`:
    the index has the number of a block of so many ids in place of the id, and the rows of a block are sorted.
    """

    lead: str
    of: str
    values: Sequence[Any]
    type: str
    rest: tuple[str, ...]
    held: str = "v.value"
    block: int = 0

    @property
    def range_condition(self) -> str:
        return (BETWEEN_BLOCKS if self.block else BETWEEN) if self.lead != "transaction_id" else OF_ONE

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that its rows are sorted by, as the index has them."""
        return (self.lead, "block", "id") if self.block else (self.lead, "id")


# --- One look ---------------------------------------------------------------------------------------------------------
def search_requests(*, merchant: Merchant, wish: RequestFilter, edges: Edges, limit: int) -> RequestPage:
    """Return a page of at most `limit` requests, newest first."""
    search = _Search(merchant, wish, _within(wish, edges))
    arms = search.arms()
    ids = search.matches(arms, limit + 1)
    stopped = search.stopped_at(arms) if len(ids) <= limit else None
    if stopped is not None:
        ids = [each for each in ids if (each <= stopped if edges.rising else each >= stopped)]
    lines = list(SignedRequest.objects.filter(pk__in=ids[:limit]).order_by("-id"))
    beyond = ids[limit - 1] if len(ids) > limit else stopped
    return _found(lines, edges, beyond, _time_of(stopped))


def _found(lines: list[SignedRequest], edges: Edges, beyond: int | None, looked_to: datetime | None) -> RequestPage:
    """`beyond`: from where there is more in the direction of the look."""
    if edges.rising:
        return RequestPage(lines, lines[-1].pk if lines else edges.above + 1, beyond, looked_to)
    newer = None if edges.below == NEWEST else lines[0].pk if lines else edges.below - 1
    return RequestPage(lines, beyond, newer, looked_to)


def all_requests(*, merchant: Merchant, wish: RequestFilter, at_once: int) -> Iterator[SignedRequest]:
    """Yield all requests, newest first. Python holds `at_once` of them."""
    below: int | None = NEWEST
    while below is not None:
        found = search_requests(merchant=merchant, wish=wish, edges=Edges(below=below), limit=at_once)
        yield from found.lines
        below = found.older


def has_request(merchant: Merchant, wish: RequestFilter) -> bool:
    """Return whether a matching request is among the newest that one search reads."""
    return bool(search_requests(merchant=merchant, wish=wish, edges=Edges(), limit=1).lines)


def _time_of(line_id: int | None) -> datetime | None:
    return SignedRequest.objects.values_list("created_at", flat=True).get(pk=line_id) if line_id else None


# --- From time to ids -------------------------------------------------------------------------------------------------
# Ids grow with time, but for LATE. Found by halving: some thirty rows are read.
FIRST_SINCE = """
    WITH RECURSIVE halved (low, high) AS (
        SELECT 0::bigint, (SELECT coalesce(max(id), 0) + 1 FROM wallet_signedrequest)
         UNION ALL
        SELECT CASE WHEN r.created_at < %(moment)s THEN r.id + 1 ELSE h.low END,
               CASE WHEN r.created_at < %(moment)s THEN h.high ELSE (h.low + h.high) / 2 END
          FROM halved h
          LEFT JOIN LATERAL (SELECT s.id, s.created_at FROM wallet_signedrequest s
                              WHERE s.id >= (h.low + h.high) / 2 ORDER BY s.id LIMIT 1) r ON true
         WHERE h.low < h.high
    )
    SELECT max(low) FROM halved
"""


def _within(wish: RequestFilter, edges: Edges) -> Edges:
    above, below = edges.above, edges.below
    if wish.since is not None:
        above = max(above, _first_since(wish.since - LATE) - 1)
    if wish.until is not None:
        below = min(below, _first_since(wish.until + LATE))
    return Edges(above, below, edges.rising)


def _first_since(moment: datetime) -> int:
    return int(_ask(FIRST_SINCE, {"moment": moment})[0][0])


def _ask(statement: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement.strip(), values)
        return list(cursor.fetchall())


# --- Which index ------------------------------------------------------------------------------------------------------
CONDITIONS = {
    "merchant": "d.merchant_id = %(merchant)s",
    "own": "(d.merchant_id = %(merchant)s OR d.merchant_id IS NULL AND d.auth_key = ANY(%(auth_keys)s::text[]))",
    "since": "d.created_at >= %(since)s",
    "until": "d.created_at < %(until)s",
    "refused": "d.status <> 'RS_OK'",
    "status": "d.status = %(status)s",
    "endpoint": "d.endpoint = ANY(%(endpoints)s::text[])",
    "block": "d.address <<= %(block)s::inet",
    "key": "d.auth_key = %(auth_key)s",
    "player": "d.player_id = %(player)s",
    "transaction": "d.transaction_id = %(transaction)s",
    "part": "strpos(lower(concat_ws(' ', d.request_id, d.transaction_id, d.ref_transaction_id, d.round_id, d.player_id,"
    " d.session_id, d.auth_key)), %(part)s) > 0",
}
# Both ends are compared as pairs, and sorted by both, so that no other index will do: one without the lead would be
# read whole where nothing matches.
BETWEEN = """
    {of} AND (r.{lead}, r.id) > ({held}, %(above)s) AND (r.{lead}, r.id) < ({held}, %(below)s)
    ORDER BY r.{lead} {order}, r.id {order}
"""
BETWEEN_BLOCKS = """
    {of} AND (r.{lead}, r.id / {block}) >= ({held}, %(above)s::bigint / {block})
    AND (r.{lead}, r.id / {block}) <= ({held}, %(below)s::bigint / {block})
    AND r.id > %(above)s AND r.id < %(below)s
    ORDER BY r.{lead} {order}, r.id / {block} {order}, r.id {order}
"""
# By the hash of a value, which a few lines have.
OF_ONE = """
    {of} AND r.{lead} = {held} AND r.id > %(above)s AND r.id < %(below)s ORDER BY r.id {order}
"""
MATCHES = """
    SELECT f.id FROM unnest(%({name})s::{type}[]) v (value) CROSS JOIN LATERAL (
        SELECT d.id FROM (SELECT r.*, r.id / {step} AS block FROM wallet_signedrequest r
                           WHERE {between} LIMIT %(most)s) d
         WHERE {rest} ORDER BY {sorted} LIMIT %(limit)s) f
"""
STOPPED = """
    SELECT d.id FROM unnest(%({name})s::{type}[]) v (value) CROSS JOIN LATERAL (
        SELECT r.id FROM wallet_signedrequest r WHERE {between} OFFSET %(most)s - 1 LIMIT 1) d
"""
# Addresses from which a merchant called, hopping from each to the next.
ADDRESSES = """
    WITH RECURSIVE hop (address) AS (
        (SELECT r.address FROM wallet_signedrequest r
          WHERE r.merchant_id = %(merchant)s AND r.address BETWEEN %(first)s::inet AND %(last)s::inet
          ORDER BY r.address LIMIT 1)
         UNION ALL
        SELECT (SELECT r.address FROM wallet_signedrequest r
                 WHERE r.merchant_id = %(merchant)s AND r.address > h.address AND r.address <= %(last)s::inet
                 ORDER BY r.address LIMIT 1)
          FROM hop h WHERE h.address IS NOT NULL
    )
    SELECT host(address) FROM hop WHERE address IS NOT NULL LIMIT %(most)s
"""
OF_MERCHANT = "r.merchant_id = %(merchant)s"
OF_BLOCK = f"r.id / {MERCHANT_BLOCK}"  # lines of a merchant are sorted by it and then by id, as their index has them
OF_REFUSALS = f"{OF_MERCHANT} AND r.status <> 'RS_OK'"
UNSIGNED = "r.merchant_id IS NULL AND r.auth_key <> ''"
REFUSED_UNSIGNED = f"{UNSIGNED} AND r.status <> 'RS_OK'"  # whom they name is believed for no call that was taken
OF_RARE_ENDPOINTS = f"{OF_MERCHANT} AND r.endpoint NOT IN ({', '.join(f"'{path}'" for path in FREQUENT_ENDPOINTS)})"
REFUSALS = [key for key in statuses.ALL_KEYS if key != statuses.OK]


class _Search:
    def __init__(self, merchant: Merchant, wish: RequestFilter, edges: Edges) -> None:
        self.wish, self.edges, self.merchant = wish, edges, merchant
        self.keys = [wish.key.auth_key] if wish.key else list(merchant.keys.values_list("auth_key", flat=True))
        self.values: dict[str, Any] = {
            "merchant": merchant.pk,
            "auth_keys": self.keys,
            "since": wish.since,
            "until": wish.until,
            "status": wish.status,
            "endpoints": [wish.endpoint, f"{wish.endpoint}/"],
            "block": str(wish.block),
            "address": str(wish.block.network_address) if wish.block else None,
            "auth_key": wish.key.auth_key if wish.key else "",
            "player": wish.player_id,
            "transaction": wish.transaction_id,
            "part": wish.part.lower(),
            "above": edges.above,
            "below": edges.below,
        }

    def wanted(self) -> list[str]:
        wish = self.wish
        said = {
            "since": wish.since,
            "until": wish.until,
            "refused": wish.status == REFUSED,
            "status": wish.status not in {"", REFUSED},
            "endpoint": wish.endpoint,
            "block": wish.block,
            "key": wish.key,
            "player": wish.player_id,
            "transaction": wish.transaction_id,
            "part": wish.part,
        }
        return [name for name, value in said.items() if value]

    def rest(self, *decided: str, also: str = "") -> tuple[str, ...]:
        names = [*([also] if also else []), *(name for name in self.wanted() if name not in decided)]
        return tuple(CONDITIONS[name] for name in names)

    def arms(self) -> list[Arm]:
        wish = self.wish
        if wish.transaction_id:
            rest = self.rest("transaction", also="own")
            return [Arm("transaction_id", "r.transaction_id IS NOT NULL", [wish.transaction_id], "text", rest)]
        if wish.player_id:
            rest = self.rest("player", also="own")
            named = "r.player_id IS NOT NULL"
            return [Arm("player_id", named, [wish.player_id], "text", rest, block=PLAYER_BLOCK)]
        signed = self.narrowest(list(self.signed()))
        return [signed] if wish.status == statuses.OK else [signed, self.narrowest(list(self.unsigned()))]

    def signed(self) -> Iterator[Arm]:
        """Return the indexes that could lead to calls with a valid signature, the shortest first."""
        wish = self.wish
        if wish.block is not None and (found := self.addresses(wish.block)) is not None:
            yield Arm("address", OF_MERCHANT, found, "inet", self.rest("block"), block=BLOCK)
        if wish.status not in {"", REFUSED, statuses.OK}:
            yield Arm("status", OF_REFUSALS, [wish.status], "text", self.rest("status"))
        if wish.endpoint and wish.endpoint not in FREQUENT_ENDPOINTS:
            yield Arm("endpoint", OF_RARE_ENDPOINTS, self.values["endpoints"], "text", self.rest("endpoint"))
        if wish.key is not None:
            secrets = list(Secret.objects.filter(key=wish.key).values_list("pk", flat=True))
            yield Arm("secret_id", "r.secret_id IS NOT NULL", secrets, "bigint", self.rest("key"), block=BLOCK)
        if wish.status == REFUSED:
            yield Arm("status", OF_REFUSALS, REFUSALS, "text", self.rest("refused"))
        named = "r.merchant_id IS NOT NULL"
        yield Arm("merchant_id", named, [self.merchant.pk], "bigint", self.rest(), block=MERCHANT_BLOCK)

    def unsigned(self) -> Iterator[Arm]:
        """Return, for each key, what was refused before its signature was valid."""
        wish, named = self.wish, f"{UNSIGNED} AND r.auth_key = v.value"
        if wish.block is not None and wish.block.num_addresses == 1:
            yield Arm("address", named, self.keys, "text", self.rest("block", "key"), "%(address)s::inet")
        if wish.status not in {"", REFUSED}:
            yield Arm("status", named, self.keys, "text", self.rest("status", "key"), "%(status)s")
        yield Arm("auth_key", UNSIGNED, self.keys, "text", self.rest("key", "refused"))

    def narrowest(self, ways: list[Arm]) -> Arm:
        """Return the arm that a search gets farthest with. The arm of all calls is the last resort."""
        choices = ways[:-1] or ways
        return choices[0] if len(choices) == 1 else max(choices, key=self.reach)

    def reach(self, way: Arm) -> int:
        stopped = self.stopped_at([way])
        return NEWEST if stopped is None else stopped if self.edges.rising else -stopped

    def addresses(self, block: Network) -> list[str] | None:
        """Return the addresses of the block; None when they are too many to look each up."""
        if block.num_addresses == 1:
            return [str(block.network_address)]
        ends = {"first": str(block.network_address), "last": str(block.broadcast_address), "most": MOST_ADDRESSES + 1}
        found = [address for (address,) in _ask(ADDRESSES, self.values | ends)]
        return found if len(found) <= MOST_ADDRESSES else None

    def matches(self, arms: list[Arm], limit: int) -> list[int]:
        ids = {row[0] for row in self.ask(MATCHES, arms, most=export_limit(arms), limit=limit)}
        return sorted(ids, reverse=not self.edges.rising)[:limit]

    def stopped_at(self, arms: list[Arm]) -> int | None:
        """Return where the first arm ran out of rows to judge; None when every row was read."""
        ids = [row[0] for row in self.ask(STOPPED, [arm for arm in arms if arm.rest], most=export_limit(arms))]
        return None if not ids else min(ids) if self.edges.rising else max(ids)

    def ask(self, statement: str, arms: Iterable[Arm], **more: Any) -> list[Any]:
        parts, values = [], self.values | more
        for number, arm in enumerate(arm for arm in arms if arm.values):
            name, rest = f"v{number}", " AND ".join(arm.rest) or "true"
            values[name] = list(arm.values)
            said = arm._asdict() | {"name": name, "rest": rest, "order": self.edges.order, "step": arm.block or 1}
            said["sorted"] = ", ".join(f"d.{column} {self.edges.order}" for column in arm.columns)
            parts.append(statement.format_map(said | {"between": arm.range_condition.format_map(said)}))
        return _ask(" UNION ALL ".join(parts), values) if parts else []


def export_limit(arms: Sequence[Arm]) -> int:
    """Return how many rows an export may read."""
    return max(SCANNED // max(sum(len(arm.values) for arm in arms), 1), LEAST)


# --- What can be said -----------------------------------------------------------------------------------------------
def endpoints() -> list[str]:
    """Return the paths of the signed API."""
    return [f"/{route.pattern}" for route in get_resolver("wallet.api.urls").url_patterns]


def parse_uuid(text: str) -> UUID | None:
    """Return the UUID; None for other text."""
    try:
        return UUID(text)
    except ValueError:
        return None
