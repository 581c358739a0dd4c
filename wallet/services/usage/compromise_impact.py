"""Current use of a key before a compromise is reported, and the answers to its callers after each response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import ApiKey, Compromise, Secret, SeenAddress
from portal.lib import clock
from wallet import statuses
from wallet.models import Session
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_totals import OpenRounds, Span

LATELY = timedelta(hours=24)
LAST_HOUR = timedelta(hours=1)
OPEN_DAYS = 30
NEWEST_SESSIONS = 20_000
Response = Compromise.Response

CALLS = f"""
    SELECT GROUPING(c.endpoint), c.endpoint, host(c.address), sum(c.calls)::bigint
      FROM ({usage_totals.CALLS}) c
     GROUP BY GROUPING SETS ((c.endpoint), (c.address))
"""

UNKNOWN_SECRET = statuses.SignatureNotMatch.key  # the auth key goes on with its new secret
REFUSED = statuses.InvalidApiKey.key
NEW_RISK = ("bet", "deposit", "withdraw", "launch", gettext_lazy("game list"), "sessions")
OWED = ("payout", gettext_lazy("late payout (retry, settlement)"), "reward", "rollback", "balance")


@dataclass(frozen=True, slots=True)
class CompromiseImpact:
    """The current use of a key. `known`: addresses that a quarantined key still accepts."""

    open_rounds: list[OpenRounds]
    per_minute_hour: float
    per_minute_day: float
    by_endpoint: list[tuple[str, int]]
    addresses: int
    known: int
    players_in_session: int

    @property
    def rounds(self) -> int:
        return sum(each.rounds for each in self.open_rounds)


@transaction.atomic
def compromise_impact(key: ApiKey, now: datetime | None = None) -> CompromiseImpact:
    """Return the current use of a key: open rounds of OPEN_DAYS days, requests of 24 hours, and players in session."""
    now = now or clock.now()
    secrets = list(Secret.objects.filter(key=key))
    day, hour = (
        usage_totals.usage_rows(CALLS, secrets, Span(now - LATELY)),
        usage_totals.usage_rows(CALLS, secrets, Span(now - LAST_HOUR)),
    )
    return CompromiseImpact(
        open_rounds=usage_totals.open_rounds(secrets, key.merchant_id, Span(now - timedelta(days=OPEN_DAYS))),
        per_minute_hour=_calls(hour) / 60,
        per_minute_day=_calls(day) / (24 * 60),
        by_endpoint=sorted(((row[1], row[3]) for row in day if not row[0]), key=lambda each: (-each[1], each[0])),
        addresses=sum(1 for row in day if row[0]),
        known=SeenAddress.objects.filter(key=key, first_seen_at__lt=now).count(),
        players_in_session=_players_in_session(key.merchant_id, now),
    )


def _calls(rows: list[usage_totals.Row]) -> int:
    return sum(row[3] for row in rows if not row[0])


def _players_in_session(merchant_id: int, now: datetime) -> int:
    """Among the merchant's newest sessions, so that it costs the same with millions of them."""
    newest = Session.objects.for_merchant(merchant_id).order_by("-pk").values("pk")[:NEWEST_SESSIONS]
    live = Session.objects.filter(pk__in=newest).live(at=now).order_by()
    return live.values("player").distinct().count()


def call_answers(response: str) -> list[tuple[str, str]]:
    """Return each kind of request with its answer after this response, signed with the compromised secret
    (section 4).
    """
    if response == Response.ROTATE:
        risk = owed = _("as usual until the overlap ends, then %(status)s") % {"status": UNKNOWN_SECRET}
    elif response == Response.QUARANTINE:
        risk, owed = (
            REFUSED,
            _("as usual from addresses that signed before, %(status)s from others") % {"status": REFUSED},
        )
    elif response == Response.REVOKE:
        risk = owed = UNKNOWN_SECRET
    else:
        raise ValueError(response)
    return [(str(what), risk) for what in NEW_RISK] + [(str(what), owed) for what in OWED]
