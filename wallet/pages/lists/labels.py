"""What a rehearsal found, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timesince import timesince

from merchants.services.key_hygiene import plural
from wallet.services.usage.rehearsal import Called, Rehearsal

SHOWN = 50
ENDPOINTS = {
    "/wallet/balance": ("balance", "balances"),
    "/wallet/transaction/bet": ("bet", "bets"),
    "/wallet/transaction/payout": ("payout", "payouts"),
    "/wallet/transaction/reward": ("reward", "rewards"),
    "/wallet/transaction/rollback": ("rollback", "rollbacks"),
    "/wallet/transaction/retry": ("retry", "retries"),
    "/wallet/transaction/settlement": ("settlement", "settlements"),
    "/wallet/transaction/deposit": ("deposit", "deposits"),
    "/wallet/transaction/withdraw": ("withdrawal", "withdrawals"),
    "/game/url": ("game launch", "game launches"),
    "/game/sessions": ("list of sessions", "lists of sessions"),
    "/game/session": ("session", "sessions"),
    "/game/list": ("list of games", "lists of games"),
    "/reconciliation/days": ("list of reconciled days", "lists of reconciled days"),
    "/reconciliation/breaks": ("list of breaks", "lists of breaks"),
}


@dataclass(frozen=True, slots=True)
class RehearsalText:
    address: str
    calls: int
    last: str
    last_at: datetime
    endpoints: str


def entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number:,} entries"


def age_text(moment: datetime, now: datetime) -> str:
    """`4 minutes ago`."""
    said = timesince(moment, now, depth=1).replace("\xa0", " ")
    return "just now" if said.startswith("0 ") else f"{said} ago"


def endpoints(name: str, number: int = 2) -> str:
    one, many = ENDPOINTS.get(name, (name, name))
    return one if number == 1 else many


def sentence(found: Rehearsal) -> str:
    """As `would have refused 14,201 of 98,330 calls: from 52.1.2.3, last seen 4 minutes ago, mostly bets`."""
    span = f"the last {found.days} days"
    if not found.calls:
        return f"No request with a valid signature arrived in {span}, so there is nothing to test against."
    if not found.refused_addresses or found.last_at is None:
        all_calls = "The one" if found.calls == 1 else f"All {found.calls:,}"
        requests = f"request{'' if found.calls == 1 else 's'} with a valid signature"
        return f"{all_calls} {requests} in {span} would have been accepted."
    first, others = found.refused_addresses[0], len(found.refused_addresses) - 1
    many = f" and {others:,} more address{'' if others == 1 else 'es'}" if others else ""
    return (
        f"This list would have refused {found.refused:,} of {plural(found.calls, 'call')} in {span}, from "
        f"{first.address}{many}, last seen {age_text(found.last_at, found.at)}, mostly {endpoints(main_source(found))}."
    )


def main_source(found: Rehearsal) -> str:
    calls = dict[str, int]()
    for called in found.refused_addresses:
        for name, number in called.endpoints.items():
            calls[name] = calls.get(name, 0) + number
    return max(calls, key=lambda name: (calls[name], name))


def rehearsal_text(called: Called, now: datetime) -> RehearsalText:
    most = sorted(called.endpoints.items(), key=lambda pair: (-pair[1], pair[0]))
    return RehearsalText(
        address=str(called.address),
        calls=called.calls,
        last=age_text(called.last_at, now),
        last_at=called.last_at,
        endpoints=", ".join(f"{number:,} {endpoints(name, number)}" for name, number in most),
    )
