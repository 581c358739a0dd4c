"""From where a merchant's calls may come: the lists as they count now, and what one may ask them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit
from merchants.errors import moment_text
from merchants.models import ApiKey, ListTrial, Merchant
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.pages.keys import own_key
from merchants.services import allowlist, credentials, downloads, key_hygiene
from merchants.services.allowlist import Rule, Why, entry_usage
from merchants.sign_in import session_age
from portal.lib import clock, numbers, tables
from portal.lib.clientip import parse_address
from portal.lib.file_names import file_name
from wallet.pages.lists import labels
from wallet.services.log import trial_refusals

LATELY = timedelta(hours=24)
COLUMNS = ("network", "note", "ends")


@dataclass(frozen=True, slots=True)
class OfKey:
    key: ApiKey
    said: str
    level: str  # of its badge


def list_summary(found: entry_usage.Standing) -> dict[str, Any]:
    """How a list stands, in words."""
    return {
        "standing": found,
        "restricted": _("restricted to %(entries)s") % {"entries": labels.entries(found.counting)},
        **ended_trial(found.last_trial, clock.now()),
        **(trial_progress(found.on_trial) if found.on_trial else {}),
    }


def trial_progress(tried: ListTrial) -> dict[str, Any]:
    """Which awaited addresses have called, and which addresses were refused since the trial began."""
    refused, now = trial_refusals.refused_since(tried), clock.now()
    return {
        "awaited": [(address, address in tried.arrived) for address in tried.awaited],
        "refused": [(each, labels.age_text(each.last_at, now)) for each in refused[: trial_refusals.LISTED]],
        "more_refused": len(refused) > trial_refusals.LISTED,
    }


def page_is_old(request: HttpRequest, found: entry_usage.Standing) -> HttpResponse | None:
    """Tell a page that follows a trial to load itself again, once the trial is over."""
    if session_age.POLL in request.headers and found.on_trial is None:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return None


def ended_trial(last: ListTrial | None, now: datetime) -> dict[str, str]:
    """What became of a trial that ended by itself not long ago."""
    if last is None or last.deadline < now - LATELY:
        return {}
    if last.state == ListTrial.State.KEPT and last.ended_at is not None:
        if len(last.awaited) > 1:
            return {
                "stayed": _(
                    "The new allowlist stays: requests with a valid signature arrived from all %(number)s addresses of "
                    "the day before, the last from %(kept_for)s on %(ended_at)s."
                )
                % {
                    "number": len(last.awaited),
                    "kept_for": last.kept_for,
                    "ended_at": moment_text(last.ended_at),
                }
            }
        return {
            "stayed": _(
                "The new allowlist stays: a request with a valid signature arrived from %(kept_for)s on %(ended_at)s."
            )
            % {"kept_for": last.kept_for, "ended_at": moment_text(last.ended_at)}
        }
    if last.ended_at is not None and last.ended_at < last.deadline:
        return {}  # somebody ended it, and was told
    return {
        "went_back": _(
            "The allowlist reverted automatically on %(deadline)s, because the requests that the trial waited for did "
            "not arrive. The previous allowlist is active."
        )
        % {"deadline": moment_text(last.deadline)}
    }


@page()
def lists(request: HttpRequest, visit: Visit) -> HttpResponse:
    merchant = visit.merchant
    found = entry_usage.list_standing(merchant, None)
    if (again := page_is_old(request, found)) is not None:
        return again
    context = {
        **list_summary(found),
        "keys": lists_of_keys(merchant),
        "domains": (domains := entry_usage.domain_rows(merchant)),
        "domains_ended": bool(domains) and all(row.ended for row in domains),
    }
    return page_frame.render_page(request, visit, "lists.html", tab="lists", title=_("Allowlist"), **context)


@page(back="operator:lists")
def list_key(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    key = own_key(visit, number)
    found = entry_usage.list_standing(visit.merchant, key)
    if (again := page_is_old(request, found)) is not None:
        return again
    context = list_summary(found)
    title = _("Allowlist of %(key)s") % {"key": list_name(key)}
    return page_frame.render_page(request, visit, "list_key.html", tab="lists", title=title, key=key, **context)


def lists_of_keys(merchant: Merchant) -> list[OfKey]:
    now, found = clock.now(), credentials.allowlists_by_key(merchant)
    keys = [key for key in key_hygiene.keys_by_use(merchant, now) if key_hygiene.is_usable(key) or key.pk in found]
    return [OfKey(key, *entries_text(found.get(key.pk, credentials.Allowlist()), now)) for key in keys]


def entries_text(own: credentials.Allowlist, now: datetime) -> tuple[str, str]:
    if own.on_trial(now):
        return _("on trial"), "warn"
    if not own.counting(now):
        return _("no allowlist"), ""
    if own.refuses_everybody(now):
        return _("all entries expired"), "bad"
    return labels.entries(len(own.standing(now))), "good"


def list_name(key: ApiKey) -> str:
    return key.label or f"{key.auth_key[:20]}…"


def requested_list(request: HttpRequest, visit: Visit) -> ApiKey | None:
    """Which list: a key's by its number in the address or in the form; without one, the merchant's."""
    text = request.POST.get("key") or request.GET.get("key", "")
    if not text:
        return None
    number = numbers.parse_row_id(text)
    if number is None:
        raise Http404
    return own_key(visit, number)


# --- As a file --------------------------------------------------------------------------------------------------------
@page(back="operator:lists")
def list_csv(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Pasted in again, it is the same list."""
    key = requested_list(request, visit)
    rows = list(as_rows(entry_usage.list_standing(visit.merchant, key)))
    what = {"list": f"key {key.auth_key}" if key else "merchant"}
    downloads.record_download(
        person=visit.person, what="Allowlist (CSV)", merchant=visit.merchant, filters=what, rows=len(rows) - 1
    )
    response = HttpResponse("".join(tables.csv_lines(rows)), content_type="text/csv; charset=utf-8")
    name = file_name(visit.merchant.code, "allowlist", f"key-{key.pk}" if key else "", at=clock.now(), form="csv")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def as_rows(found: entry_usage.Standing) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for row in found.rows:
        yield row.line.name, tables.escaped_text(row.line.note), row.line.ends


# --- Is this address allowed? -----------------------------------------------------------------------------------------
class AskForm(PlainForm):
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=100,
        help_text=gettext_lazy("The source address of a request, such as 198.51.100.7 or 2001:db8::7."),
    )

    def clean_address(self) -> Any:
        text = self.cleaned_data["address"]
        address = parse_address(text)
        if address is None:
            raise forms.ValidationError(
                _("“%(text)s” is not an IP address. Enter one address without port or mask.") % {"text": text}
            )
        return address


@page(back="operator:lists")
def list_ask(request: HttpRequest, visit: Visit) -> HttpResponse:
    key = requested_list(request, visit)
    form = AskForm(request.GET if "address" in request.GET else None)
    decision = None
    if form.is_valid():
        decision = allowlist.is_allowed(merchant=visit.merchant, key=key, address=form.cleaned_data["address"])
    context: dict[str, Any] = {
        "form": form,
        "key": key,
        "keys": usable_keys(visit.merchant),
        "decision": decision,
        "rules": [(rule, decision_text(rule)) for rule in decision.rules] if decision else [],
        "because": decision_text(decision.decides) if decision else "",
        "until": decision.decides.until if decision else None,
    }
    return page_frame.render_page(request, visit, "list_ask.html", tab="lists", title=_("Check address"), **context)


def usable_keys(merchant: Merchant) -> list[ApiKey]:
    return list(ApiKey.objects.usable(at=clock.now()).filter(merchant=merchant).order_by("-id"))


def decision_text(rule: Rule) -> str:
    whose = (
        _("the merchant’s allowlist")
        if rule.key is None
        else _("the allowlist of %(key)s") % {"key": list_name(rule.key)}
    )
    if rule.why == Why.EMPTY:
        return _("%(whose)s is empty, so it accepts every address") % {"whose": whose}
    if rule.entry is None:
        return _("no entry of %(whose)s contains the address") % {"whose": whose}
    by = _(", added by %(owner)s,") % {"owner": rule.owner} if rule.owner else ""
    note = f" (“{rule.entry.note}”)" if rule.entry.note else ""
    if rule.why == Why.ENDED:
        return _("the entry %(network)s%(note)s of %(whose)s%(by)s has expired") % {
            "network": rule.entry.network,
            "note": note,
            "whose": whose,
            "by": by,
        }
    return _("the entry %(network)s%(note)s of %(whose)s%(by)s contains the address") % {
        "network": rule.entry.network,
        "note": note,
        "whose": whose,
        "by": by,
    }
