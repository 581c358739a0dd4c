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
from merchants.errors import moment_text
from merchants.models import ApiKey, Approval, Compromise, Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.services import credentials, key_hygiene, owner_questions
from merchants.services.credentials import Allowlist, Domains
from portal.lib import clock, money
from wallet import statuses
from wallet.pages import charts
from wallet.pages.lists.proposal import list_address
from wallet.pages.reconciliation.days import last_report
from wallet.pages.reconciliation.labels import day_address
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
    secrets = money_flow.secrets_of_key(merchant)
    beat, flows = last_day.last_hours(merchant, hours=hours), money_flow.recent_flows(secrets, hours=hours)
    keys, lists = key_hygiene.keys_by_use(merchant, now), credentials.allowlists_by_key(merchant)
    domains = credentials.domain_allowlist(merchant.pk)
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
        "flows": [amount_label(flow) for flow in flows[:SHOWN_CURRENCIES]],
        "rounds": [(each, money.format_amount(each.stake)) for each in rounds],
        "keys": keys[:SHOWN_KEYS],
        "more_keys": max(0, len(keys) - SHOWN_KEYS),
        "lists": key_hygiene.list_texts(lists, keys, now),
        "reconciled": last_report(merchant),
        "notices": list(islice(notices(merchant, keys, lists, domains, beat, rounds, now), SHOWN_NOTICES)),
    }
    return page_frame.render_page(request, visit, "home.html", tab="home", title="Home", **context)


def share(beat: Pulse) -> str:
    calls = beat.taken.total() + beat.refused.total()
    return f"{100 * beat.refused.total() / calls:.1f} %" if calls else "–"


def calls_chart(beat: Pulse, hours: int) -> charts.Chart:
    begins = charts.slots(beat.since, hours)
    taken, refused = charts.folded_hours(beat.taken, begins), charts.folded_hours(beat.refused, begins)
    return charts.stacked_chart((taken, "bar-taken"), (refused, "bar-refused"), charts.ticks(begins))


def money_chart(flow: Flow, since: datetime, hours: int) -> charts.Chart:
    begins = charts.slots(since, hours)
    came, went = charts.folded_hours(flow.came, begins), charts.folded_hours(flow.went, begins)
    return charts.grouped_chart((came, "bar-in"), (went, "bar-out"), charts.ticks(begins))


def amount_label(flow: Flow) -> dict[str, str]:
    return {
        "currency": flow.currency,
        "stakes": money.format_amount(flow.stakes),
        "winnings": money.format_amount(flow.winnings),
        "result": money.format_amount(flow.stakes - flow.winnings),
        "deposits": money.format_amount(flow.by_kind[Kind.DEPOSIT]),
        "withdrawals": money.format_amount(flow.by_kind[Kind.WITHDRAW]),
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
    counting = key_hygiene.restricting_lists(lists, keys, now)
    yield from day_notices(merchant)
    yield from refusal_notices(merchant, keys, counting, now)
    yield from question_notices(merchant)
    yield from write_off_notices(merchant)
    yield from case_notices(merchant)
    yield from list_notices(merchant, counting, now)
    yield from domain_notices(merchant, domains, now)
    for key in keys:
        yield from key_notices(merchant, key, now)
    yield from call_notices(merchant, beat)
    old = [each for each in rounds if each.oldest < now - OLD_ROUND]
    if old:
        days = (now - min(each.oldest for each in old)).days or 1
        yield Notice(
            "info", f"Rounds have been open for more than a day, the oldest for {key_hygiene.plural(days, 'day')}."
        )


def day_notices(merchant: Merchant) -> Iterator[Notice]:
    """What reconciliation lacks, and what it found that players are owed."""
    for alarm in alarms.alarms(merchant)[:SHOWN_ALARMS]:
        yield Notice("danger", str(alarm), day_address(merchant, alarm.day), "Look at the day")
    if owed := cases.owed_cases(merchant).count():
        url = reverse("operator:cases", args=[merchant.code])
        yield Notice(
            "danger", f"{key_hygiene.plural(owed, 'late payout')} refused: money owed to players.", url, "Look"
        )


def question_notices(merchant: Merchant) -> Iterator[Notice]:
    for question in owner_questions.waiting_questions(merchant)[:SHOWN_KEYS]:
        text = f"Our staff ({question.asked_by}) want to {question.wish}: an owner decides."
        yield Notice("warning", text, reverse("operator:question", args=[merchant.code, question.pk]), "Answer")


def write_off_notices(merchant: Merchant) -> Iterator[Notice]:
    """Decided by our support; the merchant sees what is about to be given up."""
    for each in cases.currency_sums(cases.write_offs_to_confirm(merchant)):
        text = (
            f"{key_hygiene.plural(each.cases, 'case')} with a difference of "
            f"{money.format_with_code(each.difference, each.currency)} "
            f"{'waits' if each.cases == 1 else 'wait'} for a second approver of our support."
        )
        yield Notice("warning", text, reverse("operator:cases", args=[merchant.code]), "Look at the cases")


def case_notices(merchant: Merchant) -> Iterator[Notice]:
    for case in Compromise.objects.filter(key__merchant=merchant, closed_at=None).select_related("key")[:SHOWN_KEYS]:
        text = f"A secret of {key_name(case.key)} was declared as leaked; the case is open."
        yield Notice("danger", text, key_address(merchant, case.key), "Look at the key")
    waiting = Approval.objects.filter(merchant=merchant, state=Approval.State.WAITING)
    for approval in waiting.select_related("key", "asked_by")[:SHOWN_KEYS]:
        of_key = f" ({key_name(approval.key)})" if approval.key else ""
        text = f"{approval.asked_by} asked to {approval.request}{of_key}: another person must approve it."
        yield Notice("warning", text, reverse("operator:approval", args=[merchant.code, approval.pk]), "Look")


def call_notices(merchant: Merchant, beat: Pulse) -> Iterator[Notice]:
    calls, refused, unsigned = beat.taken.total() + beat.refused.total(), beat.refused.total(), beat.unsigned.total()
    if calls and 100 * refused >= MANY * calls:
        early = f", {unsigned:,} of them before their signature was right" if unsigned else ""
        url = f"{reverse('operator:requests', args=[merchant.code])}?status={REFUSED}"
        yield Notice("warning", f"{refused:,} of {calls:,} calls were refused{early}.", url, "Look at them")


def refusal_notices(
    merchant: Merchant, keys: list[ApiKey], lists: dict[ApiKey | None, Allowlist], now: datetime
) -> Iterator[Notice]:
    """Why every call is refused, or every one under a key, whatever it says."""
    if merchant.status != Merchant.Status.ACTIVE:
        yield Notice("danger", f"The merchant is {merchant.get_status_display().lower()}. Ask our support.")
    usable = [key for key in keys if key_hygiene.is_usable(key)]
    if keys and all(key.status == ApiKey.Status.QUARANTINED for key in usable):
        text = "No key can be used: each is revoked or has ended, and every call is refused."
        if usable:
            text = "No key can begin anything new: each is quarantined, is revoked or has ended."
        yield Notice("danger", text, reverse("operator:keys", args=[merchant.code]), "Look at the keys")
    for key, each in lists.items():
        if each.refuses_everybody(now):
            text = f"All entries of {list_owner(key)} have ended: every call {'under it ' if key else ''}is refused."
            yield Notice("danger", text, list_address(merchant, key), LOOK_AT_LIST)


def list_notices(merchant: Merchant, lists: dict[ApiKey | None, Allowlist], now: datetime) -> Iterator[Notice]:
    """Those that are tried; and the next entry that ends."""
    for key, each in lists.items():
        if trial := each.on_trial(now):
            text = f"{list_owner(key)} is on trial until {moment_text(trial.deadline)}: {UNLESS_CALLED}"
            yield Notice("warning", text, list_address(merchant, key), LOOK_AT_LIST)
    ends = [(end, key) for key, each in lists.items() for _, end in each.standing(now) if end]
    first, key = min(ends, key=lambda pair: pair[0], default=(None, None))
    if first is not None and first <= now + ENTRY_SOON:
        text = f"An entry of {list_owner(key)} ends on {first:%-d %B, %H:%M} UTC."
        yield Notice("warning", text, list_address(merchant, key), LOOK_AT_LIST)


def domain_notices(merchant: Merchant, domains: Domains, now: datetime) -> Iterator[Notice]:
    """As of networks: when all have ended, and the next that ends."""
    standing = credentials.standing_domains(domains, now)
    if domains and not standing:
        text = "All domains of the merchant’s list have ended: every call that says Origin is refused."
        yield Notice("danger", text, list_address(merchant, None), LOOK_AT_LIST)
    first = min(((ends, domain) for domain, ends in standing.items() if ends), default=None)
    if first is not None and first[0] <= now + ENTRY_SOON:
        text = f"The domain {first[1]} ends on {first[0]:%-d %B, %H:%M} UTC."
        yield Notice("warning", text, list_address(merchant, None), LOOK_AT_LIST)


def key_notices(merchant: Merchant, key: ApiKey, now: datetime) -> Iterator[Notice]:
    if not key_hygiene.is_usable(key):
        return
    url = key_address(merchant, key)
    if key.status == ApiKey.Status.QUARANTINED:
        yield Notice("warning", f"{key_name(key)} is quarantined: players are paid, nothing new begins.", url, "Look")
    if key.expires_at and key.expires_at <= now + SOON:
        yield Notice(
            "warning", f"{key_name(key)} ends on {key.expires_at:%-d %B %Y, %H:%M} UTC.", url, "Look at the key"
        )
    live: list[Any] = key.live  # type: ignore[attr-defined]
    if len(live) > 1 and live[-1].usable_until:
        text = f"{key_name(key)} is being rotated: version {live[-1].version} stops working on "
        yield Notice("info", f"{text}{live[-1].usable_until:%-d %B, %H:%M} UTC.", url, "Rotation progress")
    if not live:
        yield Notice("danger", f"{key_name(key)} has no secret that works.", url, "Look at the key")


def key_name(key: ApiKey) -> str:
    return f"the key “{key.label}”" if key.label else f"the key {key.auth_key[:20]}…"


def list_owner(key: ApiKey | None) -> str:
    return f"the list of {key_name(key)}" if key else "the merchant’s list"


def key_address(merchant: Merchant, key: ApiKey) -> str:
    return reverse("operator:key", args=[merchant.code, key.pk])
