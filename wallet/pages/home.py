"""The first page: how calls and money went, what is open, and what needs somebody's attention now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants.access import Visit
from merchants.errors import moment_text
from merchants.models import ApiKey, Approval, Compromise, Merchant
from merchants.pages import page_frame
from merchants.pages.guard import page
from merchants.services import credentials, key_hygiene, owner_questions
from merchants.services.credentials import Allowlist, Domains
from portal.lib import clock, money
from portal.lib.moment_fields import address_value
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

SPANS = {"24h": (24, gettext_lazy("24 hours")), "7d": (7 * 24, gettext_lazy("7 days"))}
SHOWN_KEYS, SHOWN_REFUSALS, SHOWN_CURRENCIES, SHOWN_NOTICES = 6, 6, 8, 12
SHOWN_ALARMS = 3
OPEN_DAYS = 30  # of the bets whose rounds are counted as open
OLD_ROUND = timedelta(hours=24)
SOON = timedelta(days=30)
ENTRY_SOON = timedelta(days=7)
MANY = 5  # percent of calls


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
        "requests_url": f"{reverse('operator:requests', args=[merchant.code])}?since={address_value(beat.since)}",
        "taken": beat.taken.total(),
        "refused": beat.refused.total(),
        "share": share(beat),
        "refusals": [pair for pair in beat.by_status.most_common() if pair[0] != statuses.OK][:SHOWN_REFUSALS],
        "unsigned": beat.unsigned.most_common(SHOWN_REFUSALS),
        "calls_chart": calls_chart(beat, hours),
        "money_chart": money_chart(flows[0], beat.since, hours) if flows else None,
        "flows": [amount_label(flow) for flow in flows[:SHOWN_CURRENCIES]],
        "rounds": [(each, money.format_with_code(each.stake, each.currency)) for each in rounds],
        "keys": keys[:SHOWN_KEYS],
        "more_keys": max(0, len(keys) - SHOWN_KEYS),
        "lists": key_hygiene.list_texts(lists, keys, now),
        "reconciled": last_report(merchant),
        "notices": list(islice(notices(merchant, keys, lists, domains, beat, rounds, now), SHOWN_NOTICES)),
    }
    return page_frame.render_page(request, visit, "home.html", tab="home", title=_("Home"), **context)


def share(beat: Pulse) -> str:
    calls = beat.taken.total() + beat.refused.total()
    return f"{100 * beat.refused.total() / calls:.1f} %" if calls else "–"


def calls_chart(beat: Pulse, hours: int) -> charts.Chart:
    begins = charts.slots(beat.since, hours)
    taken, refused = charts.folded_hours(beat.taken, begins), charts.folded_hours(beat.refused, begins)
    names = (gettext_lazy("accepted"), gettext_lazy("refused"))
    labels = charts.Labels(charts.ticks(begins), charts.slot_names(begins), names, "{:,}".format)
    return charts.stacked_chart((taken, "bar-taken"), (refused, "bar-refused"), labels)


def money_chart(flow: Flow, since: datetime, hours: int) -> charts.Chart:
    begins = charts.slots(since, hours)
    came, went = charts.folded_hours(flow.came, begins), charts.folded_hours(flow.went, begins)
    names = (gettext_lazy("stakes"), gettext_lazy("winnings"))
    labels = charts.Labels(
        charts.ticks(begins), charts.slot_names(begins), names, partial(money.format_with_code, currency=flow.currency)
    )
    return charts.grouped_chart((came, "bar-in"), (went, "bar-out"), labels)


def amount_label(flow: Flow) -> dict[str, str]:
    return {
        "currency": flow.currency,
        "stakes": money.format_amount(flow.stakes, flow.currency),
        "winnings": money.format_amount(flow.winnings, flow.currency),
        "result": money.format_amount(flow.stakes - flow.winnings, flow.currency),
        "deposits": money.format_amount(flow.by_kind[Kind.DEPOSIT], flow.currency),
        "withdrawals": money.format_amount(flow.by_kind[Kind.WITHDRAW], flow.currency),
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
        text = ngettext(
            "Some rounds have been open for more than one day. The oldest round has been open for %(days)s day.",
            "Some rounds have been open for more than one day. The oldest round has been open for %(days)s days.",
            days,
        )
        url = reverse("operator:open_rounds", args=[merchant.code])
        yield Notice("info", text % {"days": days}, url, _("Show open rounds"))


def day_notices(merchant: Merchant) -> Iterator[Notice]:
    """What reconciliation lacks, and what it found that players are owed."""
    for alarm in alarms.alarms(merchant)[:SHOWN_ALARMS]:
        yield Notice("danger", str(alarm), day_address(merchant, alarm.day), _("Show day"))
    if owed := cases.owed_cases(merchant).count():
        url = reverse("operator:cases", args=[merchant.code])
        text = ngettext(
            "%(number)s late payout was refused. A player is owed money.",
            "%(number)s late payouts were refused. Players are owed money.",
            owed,
        )
        yield Notice("danger", text % {"number": f"{owed:,}"}, url, _("Show cases"))


def question_notices(merchant: Merchant) -> Iterator[Notice]:
    for question in owner_questions.waiting_questions(merchant)[:SHOWN_KEYS]:
        text = _("Our staff (%(asked_by)s) want to %(wish)s. An owner must decide.") % {
            "asked_by": question.asked_by,
            "wish": question.wish,
        }
        yield Notice(
            "warning", text, reverse("operator:question", args=[merchant.code, question.pk]), _("Answer question")
        )


def write_off_notices(merchant: Merchant) -> Iterator[Notice]:
    """Decided by our support; the merchant sees what is about to be given up."""
    for each in cases.currency_sums(cases.write_offs_to_confirm(merchant)):
        text = ngettext(
            "%(number)s case with a difference of %(amount)s is waiting for a second approver of our support.",
            "%(number)s cases with a difference of %(amount)s are waiting for a second approver of our support.",
            each.cases,
        ) % {"number": f"{each.cases:,}", "amount": money.format_with_code(each.difference, each.currency)}
        yield Notice("warning", text, reverse("operator:cases", args=[merchant.code]), _("Show cases"))


def case_notices(merchant: Merchant) -> Iterator[Notice]:
    for case in Compromise.objects.filter(key__merchant=merchant, closed_at=None).select_related("key")[:SHOWN_KEYS]:
        text = _("A secret of %(key)s is compromised. The compromise report is open.") % {"key": key_name(case.key)}
        yield Notice("danger", text, key_address(merchant, case.key), _("Show key"))
    waiting = Approval.objects.filter(merchant=merchant, state=Approval.State.WAITING)
    for approval in waiting.select_related("key", "asked_by")[:SHOWN_KEYS]:
        of_key = f" ({key_name(approval.key)})" if approval.key else ""
        text = _("%(asked_by)s asked to %(request)s%(of_key)s. Another person must approve the request.") % {
            "asked_by": approval.asked_by,
            "request": approval.request,
            "of_key": of_key,
        }
        yield Notice(
            "warning", text, reverse("operator:approval", args=[merchant.code, approval.pk]), _("Show request")
        )


def call_notices(merchant: Merchant, beat: Pulse) -> Iterator[Notice]:
    calls, refused, unsigned = beat.taken.total() + beat.refused.total(), beat.refused.total(), beat.unsigned.total()
    if calls and 100 * refused >= MANY * calls:
        text = _("%(refused)s of %(calls)s requests were refused.") % {"refused": f"{refused:,}", "calls": f"{calls:,}"}
        if unsigned:
            text = _(
                "%(refused)s of %(calls)s requests were refused, %(unsigned)s of them before the signature check."
            ) % {"refused": f"{refused:,}", "calls": f"{calls:,}", "unsigned": f"{unsigned:,}"}
        url = f"{reverse('operator:requests', args=[merchant.code])}?status={REFUSED}"
        yield Notice("warning", text, url, _("Show requests"))


def refusal_notices(
    merchant: Merchant, keys: list[ApiKey], lists: dict[ApiKey | None, Allowlist], now: datetime
) -> Iterator[Notice]:
    """Why every call is refused, or every one under a key, whatever it says."""
    if merchant.status != Merchant.Status.ACTIVE:
        yield Notice(
            "danger",
            _("The merchant is %(state)s. Ask our support.") % {"state": merchant.get_status_display().lower()},
            reverse("operator:timeline", args=[merchant.code]),
            _("Show timeline"),
        )
    usable = [key for key in keys if key_hygiene.is_usable(key)]
    if keys and all(key.status == ApiKey.Status.QUARANTINED for key in usable):
        text = _("All keys are revoked or expired, so all requests are refused. Ask our support for a new key.")
        if usable:
            text = _("All keys are quarantined, revoked or expired, so nothing new can start.")
        yield Notice("danger", text, reverse("operator:keys", args=[merchant.code]), _("Show keys"))
    for key, each in lists.items():
        if each.refuses_everybody(now):
            text = _("All entries of %(key)s have expired. All requests are refused.") % {"key": list_owner(key)}
            if key:
                text = _("All entries of %(key)s have expired. All requests with this key are refused.") % {
                    "key": list_owner(key)
                }
            yield Notice("danger", text, list_address(merchant, key), _("Show allowlist"))


def list_notices(merchant: Merchant, lists: dict[ApiKey | None, Allowlist], now: datetime) -> Iterator[Notice]:
    """Those that are tried; and the next entry that ends."""
    for key, each in lists.items():
        if trial := each.on_trial(now):
            text = _(
                "%(key)s is on trial until %(deadline)s. The previous allowlist is restored unless the awaited "
                "requests arrive or a person keeps the new allowlist."
            ) % {"key": list_owner(key), "deadline": moment_text(trial.deadline)}
            yield Notice("warning", text, list_address(merchant, key), _("Show allowlist"))
    ends = [(end, key) for key, each in lists.items() for _, end in each.standing(now) if end]
    first, key = min(ends, key=lambda pair: pair[0], default=(None, None))
    if first is not None and first <= now + ENTRY_SOON:
        text = _("An entry of %(key)s expires on %(moment)s.") % {"key": list_owner(key), "moment": moment_text(first)}
        yield Notice("warning", text, list_address(merchant, key), _("Show allowlist"))


def domain_notices(merchant: Merchant, domains: Domains, now: datetime) -> Iterator[Notice]:
    """As of networks: when all have ended, and the next that ends."""
    standing = credentials.standing_domains(domains, now)
    if domains and not standing:
        text = _(
            "All domains of the merchant’s allowlist have expired. All requests with an Origin header are refused."
        )
        yield Notice("danger", text, list_address(merchant, None), _("Show allowlist"))
    first = min(((ends, domain) for domain, ends in standing.items() if ends), default=None)
    if first is not None and first[0] <= now + ENTRY_SOON:
        text = _("The domain %(domain)s expires on %(moment)s.") % {"domain": first[1], "moment": moment_text(first[0])}
        yield Notice("warning", text, list_address(merchant, None), _("Show allowlist"))


def key_notices(merchant: Merchant, key: ApiKey, now: datetime) -> Iterator[Notice]:
    if not key_hygiene.is_usable(key):
        return
    url = key_address(merchant, key)
    if key.status == ApiKey.Status.QUARANTINED:
        yield Notice(
            "warning",
            _("%(key)s is quarantined. It starts nothing new. Open rounds are still settled.") % {"key": key_name(key)},
            url,
            _("Show key"),
        )
    if key.expires_at and key.expires_at <= now + SOON:
        yield Notice(
            "warning",
            _("%(key)s expires on %(expires_at)s.") % {"key": key_name(key), "expires_at": moment_text(key.expires_at)},
            url,
            _("Show key"),
        )
    live: list[Any] = key.live  # type: ignore[attr-defined]
    if len(live) > 1 and live[-1].usable_until:
        old = live[-1]
        text = _("The rotation of %(key)s is in progress. Version %(version)s works until %(usable_until)s.") % {
            "key": key_name(key),
            "version": old.version,
            "usable_until": moment_text(old.usable_until),
        }
        yield Notice("info", text, url, _("Show rotation progress"))
    if not live:
        yield Notice(
            "danger",
            _("%(key)s has no active secret, so all requests with this key are refused.") % {"key": key_name(key)},
            url,
            _("Show key"),
        )


def key_name(key: ApiKey) -> str:
    return (
        _("the key “%(label)s”") % {"label": key.label}
        if key.label
        else _("the key %(auth_key)s…") % {"auth_key": key.auth_key[:20]}
    )


def list_owner(key: ApiKey | None) -> str:
    return _("the allowlist of %(key)s") % {"key": key_name(key)} if key else _("the merchant’s allowlist")


def key_address(merchant: Merchant, key: ApiKey) -> str:
    return reverse("operator:key", args=[merchant.code, key.pk])
