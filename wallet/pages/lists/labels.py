"""What a rehearsal found, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wallet.services.usage.rehearsal import Called, Rehearsal

SHOWN = 50
ENDPOINTS = {
    "/wallet/balance": (gettext_lazy("balance"), gettext_lazy("balances")),
    "/wallet/transaction/bet": (gettext_lazy("bet"), gettext_lazy("bets")),
    "/wallet/transaction/payout": (gettext_lazy("payout"), gettext_lazy("payouts")),
    "/wallet/transaction/reward": (gettext_lazy("reward"), gettext_lazy("rewards")),
    "/wallet/transaction/rollback": (gettext_lazy("rollback"), gettext_lazy("rollbacks")),
    "/wallet/transaction/retry": (gettext_lazy("retry"), gettext_lazy("retries")),
    "/wallet/transaction/settlement": (gettext_lazy("settlement"), gettext_lazy("settlements")),
    "/wallet/transaction/deposit": (gettext_lazy("deposit"), gettext_lazy("deposits")),
    "/wallet/transaction/withdraw": (gettext_lazy("withdrawal"), gettext_lazy("withdrawals")),
    "/game/url": (gettext_lazy("game launch"), gettext_lazy("game launches")),
    "/game/sessions": (gettext_lazy("list of sessions"), gettext_lazy("lists of sessions")),
    "/game/session": (gettext_lazy("session"), gettext_lazy("sessions")),
    "/game/list": (gettext_lazy("list of games"), gettext_lazy("lists of games")),
    "/reconciliation/days": (gettext_lazy("list of reconciled days"), gettext_lazy("lists of reconciled days")),
    "/reconciliation/breaks": (gettext_lazy("list of breaks"), gettext_lazy("lists of breaks")),
}


@dataclass(frozen=True, slots=True)
class RehearsalText:
    address: str
    calls: int
    last: str
    last_at: datetime
    endpoints: str


def entries(number: int) -> str:
    return ngettext("%(number)s entry", "%(number)s entries", number) % {"number": f"{number:,}"}


def age_text(moment: datetime, now: datetime) -> str:
    """`4 minutes ago`."""
    said = timesince(moment, now, depth=1).replace("\xa0", " ")
    return _("just now") if said.startswith("0 ") else _("%(said)s ago") % {"said": said}


def endpoints(name: str, number: int = 2) -> str:
    one, many = ENDPOINTS.get(name, (name, name))
    return str(one if number == 1 else many)


def sentence(found: Rehearsal) -> str:
    """As `would have refused 14,201 of 98,330 calls: from 52.1.2.3, last seen 4 minutes ago, mostly bets`."""
    days = found.days
    if not found.calls:
        return _(
            "No request with a valid signature arrived in the last %(days)s days, so there is nothing to test against."
        ) % {"days": days}
    if not found.refused_addresses or found.last_at is None:
        return ngettext(
            "The one request with a valid signature in the last %(days)s days would have been accepted.",
            "All %(calls)s requests with a valid signature in the last %(days)s days would have been accepted.",
            found.calls,
        ) % {"calls": f"{found.calls:,}", "days": days}
    first, others = found.refused_addresses[0], len(found.refused_addresses) - 1
    more = ngettext(" and %(others)s more address", " and %(others)s more addresses", others)
    sentence = ngettext(
        "This allowlist would have refused %(refused)s of %(calls)s request in the last %(days)s days, from "
        "%(address)s%(more)s, last used %(ago)s, mostly %(endpoints)s.",
        "This allowlist would have refused %(refused)s of %(calls)s requests in the last %(days)s days, from "
        "%(address)s%(more)s, last used %(ago)s, mostly %(endpoints)s.",
        found.calls,
    )
    return sentence % {
        "refused": f"{found.refused:,}",
        "calls": f"{found.calls:,}",
        "days": days,
        "address": first.address,
        "more": more % {"others": f"{others:,}"} if others else "",
        "ago": age_text(found.last_at, found.at),
        "endpoints": endpoints(main_source(found)),
    }


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
