"""What a rehearsal found, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timesince import timesince

from merchants.services.posture import plural
from wallet.services.rehearsal import Called, Rehearsal

SHOWN = 50
ENDPOINTS = {
    "/wallet/balance": "balances",
    "/wallet/transaction/bet": "bets",
    "/wallet/transaction/payout": "payouts",
    "/wallet/transaction/reward": "rewards",
    "/wallet/transaction/rollback": "rollbacks",
    "/wallet/transaction/retry": "retries",
    "/wallet/transaction/settlement": "settlements",
    "/wallet/transaction/deposit": "deposits",
    "/wallet/transaction/withdraw": "withdrawals",
    "/game/url": "game launches",
    "/game/sessions": "lists of sessions",
    "/game/session": "sessions",
    "/game/list": "lists of games",
}


@dataclass(frozen=True, slots=True)
class Told:
    address: str
    calls: int
    last: str
    last_at: datetime
    endpoints: str


def entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def ago(moment: datetime, now: datetime) -> str:
    """`4 minutes ago`."""
    said = timesince(moment, now, depth=1).replace("\xa0", " ")
    return "just now" if said.startswith("0 ") else f"{said} ago"


def endpoint(name: str) -> str:
    return ENDPOINTS.get(name, name)


def sentence(found: Rehearsal) -> str:
    """As `would have refused 14,201 of 98,330 calls: from 52.1.2.3, last seen 4 minutes ago, mostly bets`."""
    span = f"the last {found.days} days"
    if not found.calls:
        return f"No rightly signed call came in {span}, so the rehearsal can say nothing."
    if not found.refused_addresses or found.last_at is None:
        return f"All {plural(found.calls, 'rightly signed call')} of {span} would have been let in."
    first, others = found.refused_addresses[0], len(found.refused_addresses) - 1
    many = f" and {others:,} more address{'' if others == 1 else 'es'}" if others else ""
    return (
        f"This list would have refused {found.refused:,} of {plural(found.calls, 'call')} in {span}, from "
        f"{first.address}{many}, last seen {ago(found.last_at, found.at)}, mostly {endpoint(mostly(found))}."
    )


def mostly(found: Rehearsal) -> str:
    calls = dict[str, int]()
    for called in found.refused_addresses:
        for name, number in called.endpoints.items():
            calls[name] = calls.get(name, 0) + number
    return max(calls, key=lambda name: (calls[name], name))


def told(called: Called, now: datetime) -> Told:
    most = sorted(called.endpoints.items(), key=lambda pair: (-pair[1], pair[0]))
    return Told(
        address=str(called.address),
        calls=called.calls,
        last=ago(called.last_at, now),
        last_at=called.last_at,
        endpoints=", ".join(f"{number:,} {endpoint(name)}" for name, number in most),
    )
