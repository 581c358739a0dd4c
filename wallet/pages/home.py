"""The first page: how calls and money went, what is open, and what needs somebody's attention now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from merchants.access import Visit
from merchants.errors import spoken
from merchants.models import ApiKey, Approval, Compromise, Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.services import credentials, key_hygiene, owner_questions
from merchants.services.credentials import Allowlist, Domains
from portal.lib import clock, money
from wallet import statuses
from wallet.pages import charts
from wallet.pages.lists.proposal import of_list
from wallet.pages.reconciliation.days import last_told
from wallet.pages.reconciliation.labels import to_day
from wallet.reconciliation import alarms, cases
from wallet.services.log.log_search import REFUSED
from wallet.services.usage import last_day, money_flow, usage_totals
from wallet.services.usage.last_day import Pulse
from wallet.services.usage.money_flow import Flow, Kind

SPANS = {"24h": (24, "24 hours"), "7d": (7 * 24, "7 days")}
SHOWN_KEYS, SHOWN_REFUSALS, SHOWN_CURRENCIES, SHOWN_NOTICES = 6, 6, 8, 12
SHOWN_ALARMS = 3
OPEN_DAYS = 30  # of the bets whose rounds are counted as open
OLD_ROUND = timedelta(hours=24)
SOON = timedelta(days=30)
ENTRY_SOON = timedelta(days=7)
MANY = 5  # percent of calls
LOOK_AT_LIST = "Look at the list"
UNLESS_CALLED = "unless a request with a valid signature arrives from it, the previous list is restored."


@dataclass(frozen=True, slots=True)
class Notice:
    level: str  # danger, warning, info
    text: str
    url: str = ""
    link: str = ""


@page()
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    chosen = request.GET.get("span", "")
    span = chosen if chosen in SPANS else "24h"
    hours, said = SPANS[span]
    merchant, now = visit.merchant, clock.now()
    secrets = money_flow.secrets_of(merchant)
    beat, flows = last_day.last(merchant, hours=hours), money_flow.last(secrets, hours=hours)
    keys, lists = key_hygiene.keys_of(merchant, now), credentials.lists_of(merchant)
    domains = credentials.domains_of(merchant.pk)
    rounds = usage_totals.open_rounds(secrets, merchant.pk, usage_totals.Span(now - timedelta(days=OPEN_DAYS)))
    context: dict[str, Any] = {
        "span": span,
        "spans": [(name, title) for name, (_, title) in SPANS.items()],
        "said": said,
        "pulse": beat,
        "taken": beat.taken.total(),
        "refused": beat.refused.total(),
        "share": share(beat),
        "refusals": [pair for pair in beat.by_status.most_common() if pair[0] != statuses.OK][:SHOWN_REFUSALS],
        "unsigned": beat.unsigned.most_common(SHOWN_REFUSALS),
        "calls_chart": calls_chart(beat, hours),
        "money_chart": money_chart(flows[0], beat.since, hours) if flows else None,
        "flows": [shown(flow) for flow in flows[:SHOWN_CURRENCIES]],
        "rounds": [(each, money.show(each.stake)) for each in rounds],
        "keys": keys[:SHOWN_KEYS],
        "more_keys": max(0, len(keys) - SHOWN_KEYS),
        "lists": key_hygiene.lists_in_words(lists, keys, now),
        "reconciled": last_told(merchant),
        "notices": list(islice(notices(merchant, keys, lists, domains, beat, rounds, now), SHOWN_NOTICES)),
    }
    return page_frame.show(request, visit, "home.html", tab="home", title="Home", **context)


def share(beat: Pulse) -> str:
    calls = beat.taken.total() + beat.refused.total()
    return f"{100 * beat.refused.total() / calls:.1f} %" if calls else "–"


def calls_chart(beat: Pulse, hours: int) -> charts.Chart:
    begins = charts.slots(beat.since, hours)
    taken, refused = charts.folded(beat.taken, begins), charts.folded(beat.refused, begins)
    return charts.stacked((taken, "bar-taken"), (refused, "bar-refused"), charts.ticks(begins))


def money_chart(flow: Flow, since: datetime, hours: int) -> charts.Chart:
    begins = charts.slots(since, hours)
    came, went = charts.folded(flow.came, begins), charts.folded(flow.went, begins)
    return charts.beside((came, "bar-in"), (went, "bar-out"), charts.ticks(begins))


def shown(flow: Flow) -> dict[str, str]:
    return {
        "currency": flow.currency,
        "stakes": money.show(flow.stakes),
        "winnings": money.show(flow.winnings),
        "result": money.show(flow.stakes - flow.winnings),
        "deposits": money.show(flow.by_kind[Kind.DEPOSIT]),
        "withdrawals": money.show(flow.by_kind[Kind.WITHDRAW]),
    }


# --- What needs attention ---------------------------------------------------------------------------------------------
def notices(
    merchant: Merchant,
    keys: list[ApiKey],
    lists: dict[int | None, Allowlist],
    domains: Domains,
    beat: Pulse,
    rounds: list[usage_totals.OpenRounds],
    now: datetime,
) -> Iterator[Notice]:
    """The gravest first."""
    counting = key_hygiene.that_restrict(lists, keys, now)
    yield from of_days(merchant)
    yield from of_who_is_refused(merchant, keys, counting, now)
    yield from of_questions(merchant)
    yield from of_write_offs(merchant)
    yield from of_cases(merchant)
    yield from of_lists(merchant, counting, now)
    yield from of_domains(merchant, domains, now)
    for key in keys:
        yield from of_key(merchant, key, now)
    yield from of_calls(merchant, beat)
    old = [each for each in rounds if each.oldest < now - OLD_ROUND]
    if old:
        days = (now - min(each.oldest for each in old)).days or 1
        yield Notice(
            "info", f"Rounds have been open for more than a day, the oldest for {key_hygiene.plural(days, 'day')}."
        )


def of_days(merchant: Merchant) -> Iterator[Notice]:
    """What reconciliation lacks, and what it found that players are owed."""
    for alarm in alarms.alarms(merchant)[:SHOWN_ALARMS]:
        yield Notice("danger", str(alarm), to_day(merchant, alarm.day), "Look at the day")
    if owed := cases.owed(merchant).count():
        url = reverse("operator:cases", args=[merchant.code])
        yield Notice(
            "danger", f"{key_hygiene.plural(owed, 'late payout')} refused: money owed to players.", url, "Look"
        )


def of_questions(merchant: Merchant) -> Iterator[Notice]:
    for question in owner_questions.waiting(merchant)[:SHOWN_KEYS]:
        text = f"Our staff ({question.asked_by}) want to {question.wish}: an owner decides."
        yield Notice("warning", text, reverse("operator:question", args=[merchant.code, question.pk]), "Answer")


def of_write_offs(merchant: Merchant) -> Iterator[Notice]:
    """Decided by our support; the merchant sees what is about to be given up."""
    for each in cases.sums(cases.waiting_for_second(merchant)):
        text = (
            f"{key_hygiene.plural(each.cases, 'case')} with a difference of "
            f"{money.show_with_code(each.difference, each.currency)} "
            f"{'waits' if each.cases == 1 else 'wait'} for a second approver of our support."
        )
        yield Notice("warning", text, reverse("operator:cases", args=[merchant.code]), "Look at the cases")


def of_cases(merchant: Merchant) -> Iterator[Notice]:
    for case in Compromise.objects.filter(key__merchant=merchant, closed_at=None).select_related("key")[:SHOWN_KEYS]:
        text = f"A secret of {named(case.key)} was declared as leaked; the case is open."
        yield Notice("danger", text, to_key(merchant, case.key), "Look at the key")
    waiting = Approval.objects.filter(merchant=merchant, state=Approval.State.WAITING)
    for approval in waiting.select_related("key", "asked_by")[:SHOWN_KEYS]:
        of_key = f" ({named(approval.key)})" if approval.key else ""
        text = f"{approval.asked_by} asked to {approval.request}{of_key}: another person must approve it."
        yield Notice("warning", text, reverse("operator:approval", args=[merchant.code, approval.pk]), "Look")


def of_calls(merchant: Merchant, beat: Pulse) -> Iterator[Notice]:
    calls, refused, unsigned = beat.taken.total() + beat.refused.total(), beat.refused.total(), beat.unsigned.total()
    if calls and 100 * refused >= MANY * calls:
        early = f", {unsigned:,} of them before their signature was right" if unsigned else ""
        url = f"{reverse('operator:requests', args=[merchant.code])}?status={REFUSED}"
        yield Notice("warning", f"{refused:,} of {calls:,} calls were refused{early}.", url, "Look at them")


def of_who_is_refused(
    merchant: Merchant, keys: list[ApiKey], lists: dict[ApiKey | None, Allowlist], now: datetime
) -> Iterator[Notice]:
    """Why every call is refused, or every one under a key, whatever it says."""
    if merchant.status != Merchant.Status.ACTIVE:
        yield Notice("danger", f"The merchant is {merchant.get_status_display().lower()}. Ask our support.")
    usable = [key for key in keys if key_hygiene.usable(key)]
    if keys and all(key.status == ApiKey.Status.QUARANTINED for key in usable):
        text = "No key can be used: each is revoked or has ended, and every call is refused."
        if usable:
            text = "No key can begin anything new: each is quarantined, is revoked or has ended."
        yield Notice("danger", text, reverse("operator:keys", args=[merchant.code]), "Look at the keys")
    for key, each in lists.items():
        if each.refuses_everybody(now):
            text = f"All entries of {whose(key)} have ended: every call {'under it ' if key else ''}is refused."
            yield Notice("danger", text, of_list(merchant, key), LOOK_AT_LIST)


def of_lists(merchant: Merchant, lists: dict[ApiKey | None, Allowlist], now: datetime) -> Iterator[Notice]:
    """Those that are tried; and the next entry that ends."""
    for key, each in lists.items():
        if trial := each.on_trial(now):
            text = f"{whose(key)} is on trial until {spoken(trial.deadline)}: {UNLESS_CALLED}"
            yield Notice("warning", text, of_list(merchant, key), LOOK_AT_LIST)
    ends = [(end, key) for key, each in lists.items() for _, end in each.standing(now) if end]
    first, key = min(ends, key=lambda pair: pair[0], default=(None, None))
    if first is not None and first <= now + ENTRY_SOON:
        text = f"An entry of {whose(key)} ends on {first:%-d %B, %H:%M} UTC."
        yield Notice("warning", text, of_list(merchant, key), LOOK_AT_LIST)


def of_domains(merchant: Merchant, domains: Domains, now: datetime) -> Iterator[Notice]:
    """As of networks: when all have ended, and the next that ends."""
    standing = credentials.domains_that_stand(domains, now)
    if domains and not standing:
        text = "All domains of the merchant’s list have ended: every call that says Origin is refused."
        yield Notice("danger", text, of_list(merchant, None), LOOK_AT_LIST)
    first = min(((ends, domain) for domain, ends in standing.items() if ends), default=None)
    if first is not None and first[0] <= now + ENTRY_SOON:
        text = f"The domain {first[1]} ends on {first[0]:%-d %B, %H:%M} UTC."
        yield Notice("warning", text, of_list(merchant, None), LOOK_AT_LIST)


def of_key(merchant: Merchant, key: ApiKey, now: datetime) -> Iterator[Notice]:
    if not key_hygiene.usable(key):
        return
    url = to_key(merchant, key)
    if key.status == ApiKey.Status.QUARANTINED:
        yield Notice("warning", f"{named(key)} is quarantined: players are paid, nothing new begins.", url, "Look")
    if key.expires_at and key.expires_at <= now + SOON:
        yield Notice("warning", f"{named(key)} ends on {key.expires_at:%-d %B %Y, %H:%M} UTC.", url, "Look at the key")
    live: list[Any] = key.live  # type: ignore[attr-defined]
    if len(live) > 1 and live[-1].usable_until:
        text = f"{named(key)} is being rotated: version {live[-1].version} stops working on "
        yield Notice("info", f"{text}{live[-1].usable_until:%-d %B, %H:%M} UTC.", url, "Rotation progress")
    if not live:
        yield Notice("danger", f"{named(key)} has no secret that works.", url, "Look at the key")


def named(key: ApiKey) -> str:
    return f"the key “{key.label}”" if key.label else f"the key {key.auth_key[:20]}…"


def whose(key: ApiKey | None) -> str:
    return f"the list of {named(key)}" if key else "the merchant’s list"


def to_key(merchant: Merchant, key: ApiKey) -> str:
    return reverse("operator:key", args=[merchant.code, key.pk])
