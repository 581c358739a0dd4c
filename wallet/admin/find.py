"""One box for whatever somebody reads to support over the telephone: ids, whole or in part, names and addresses.

The text is sent by POST and comes back as an address to keep or pass on, unless it is a Secret Key: that one is told
what it is at once, and stands in no address, log or message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import View

from merchants import crypto
from merchants.admin import recent_items
from merchants.models import ApiKey, Player, Secret, SeenAddress
from portal.lib import masking
from portal.lib.clientip import parse_address
from portal.lib.moments import show_exact_moment, show_moment
from wallet import money
from wallet.admin import near_matches, search
from wallet.admin.near_matches import Typed
from wallet.models import Case, Session, SignedRequest, Transaction

SHOWN = 10  # of each kind
LONGEST = 512  # a session's id


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `more` is the list that shows all of it."""

    title: str
    icon: str
    hits: list[Hit]
    more: str = ""


class Find(PermissionRequiredMixin, View):
    permission_required = "merchants.view_merchant"
    raise_exception = True
    admin_site: Any = None

    def post(self, request: HttpRequest) -> HttpResponse:
        if "suggest" in request.POST:
            return self.suggest(request)
        text = clean_query(request.POST.get("q", ""))
        if masking.holds_secret(text):
            return self.leaked(request, text)
        return HttpResponseRedirect(f"{reverse('admin:find')}?{urlencode({'q': text})}")

    def get(self, request: HttpRequest) -> HttpResponse:
        text = clean_query(request.GET.get("q", ""))
        if masking.holds_secret(text):
            return self.leaked(request, text)
        groups = list(found_groups(text)) if text else []
        return self.page(
            request, "admin/find.html", _("Search"), text=text, groups=groups, recent=recent_items.recent_items(request)
        )

    def suggest(self, request: HttpRequest) -> HttpResponse:
        """Answer what is typed with the part of a page. A Secret Key is looked up by the whole page alone."""
        text = clean_query(request.POST.get("q", ""))
        is_secret = masking.holds_secret(text)
        context = {
            "text": text,
            "is_secret": is_secret,
            "groups": list(found_groups(text)) if text and not is_secret else [],
            "recent": recent_items.recent_items(request) if not text else [],
        }
        response = TemplateResponse(request, "admin/find_suggestions.html", context)
        add_never_cache_headers(response)
        return response

    def leaked(self, request: HttpRequest, text: str) -> HttpResponse:
        prints = [crypto.fingerprint(secret) for secret in secrets_in(text)]
        known = Secret.objects.filter(fingerprint__in=prints).select_related("key__merchant").defer("sealed")
        context = {"secrets": list(known), "is_other_kind": masking.holds_other_kind(text)}
        response = self.page(request, "admin/find_secret.html", _("Secret key"), **context)
        add_never_cache_headers(response)
        return response

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        return TemplateResponse(request, template, self.admin_site.each_context(request) | {"title": title} | context)


def clean_query(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


def secrets_in(text: str) -> list[str]:
    return [each[0] for each in crypto.SHAPE.finditer(text) if crypto.looks_like_secret(each[0])]


def found_groups(text: str) -> Iterator[Group]:
    """The kinds in which there is such a thing: a whole id first, then what nearly has the text."""
    typed = Typed("" if parse_address(text) else text)  # part of an address is nobody's id
    for group in (*merchant_groups(text, typed), *call_groups(text, typed)):
        if group.hits:
            yield group


def merchant_groups(text: str, typed: Typed) -> Iterator[Group]:
    named = near_matches.merchants(typed)
    yield Group(
        _("Merchants"), "storefront", hits(named, lambda each: (each.listed_name, f"{each.code} · {each.status}"))
    )
    keys = near_matches.keys(typed)
    yield Group(
        _("API keys"), "key", hits(keys, lambda each: (each.auth_key, f"{each.merchant.listed_name} · {each.status}"))
    )
    yield Group(_("People"), "badge", hits(near_matches.people(typed), lambda each: (each.email, each.name)))
    yield Group(_("Games"), "casino", hits(near_matches.games(typed), lambda each: (each.name, each.game_id)))
    players = Player.objects.filter(pk__in=search.players(text) or near_matches.players(typed))
    yield Group(
        _("Players"), "groups",
        hits(players.select_related("merchant"), lambda each: (each.player_id, each.merchant.listed_name)),
    )  # fmt: skip


def call_groups(text: str, typed: Typed) -> Iterator[Group]:
    yield transaction_group(text, typed)
    yield case_group(text)
    sessions = Session.objects.filter(session_id=text)
    if not sessions.exists():
        sessions = Session.objects.filter(pk__in=near_matches.sessions(typed))
    yield Group(
        _("Sessions"), "stadia_controller",
        hits(
            sessions.select_related("merchant", "player"),
            lambda each: (each.session_id, f"{each.player} · {each.merchant.listed_name}"),
        ),
    )  # fmt: skip
    address, calls = parse_address(text), SignedRequest.objects.select_related("merchant")
    named = near_matches.requests(typed)
    if named:
        yield request_group(_("Requests"), calls.filter(pk__in=named))
    if address is not None:
        every_key = list(ApiKey.objects.order_by().values_list("pk", flat=True))  # the index begins with the key
        seen = SeenAddress.objects.filter(key__in=every_key, address=str(address)).select_related("key__merchant")
        yield Group(_("Keys used from this address"), "pin_drop", [seen_hit(each) for each in seen[:SHOWN]])
        newest = _("Requests from this address (of the newest %(count)s)") % {"count": f"{search.ADDRESS_CALLS:,}"}
        yield request_group(newest, search.requests_from_address(calls, address), text)
    else:
        yield request_group(_("Requests with this transaction id"), calls.filter(transaction_id=text), text)


def transaction_group(text: str, typed: Typed) -> Group:
    """By id or by round; the list with filters finds whole ids alone."""
    known = search.transactions_called(text)
    rows = (
        Transaction.objects.filter(pk__in=known or near_matches.transactions(typed))
        .select_related("merchant", "player")
        .order_by("-pk")
    )
    more = list_address("wallet_transaction", text) if known else ""
    return Group(_("Transactions"), "receipt_long", hits(rows, transaction_summary), more)


def transaction_summary(row: Transaction) -> tuple[str, str]:
    amount = money.format_with_code(row.amount, row.currency or "") if row.amount is not None else ""
    return (
        row.transaction_id,
        f"{row.get_kind_display()}{amount} · {row.status} · {row.player} · {row.merchant.listed_name}",
    )


def case_group(text: str) -> Group:
    """Of a transaction or a player, resolved ones too."""
    rows = Case.objects.filter(Q(subject=text) | Q(player_id=text)).select_related("merchant").order_by("-pk")
    return Group(
        _("Reconciliation cases"), "rule", hits(rows, case_summary), f"{list_address('wallet_case', text)}&state=all"
    )


def case_summary(case: Case) -> tuple[str, str]:
    return str(case), f"{case.day} · {case.get_state_display()} · {case.merchant.listed_name}"


def request_group(title: str, rows: QuerySet[SignedRequest], text: str = "") -> Group:
    more = list_address("wallet_signedrequest", text) if text else ""
    return Group(title, "list_alt", hits(rows.order_by("-pk"), request_summary), more)


def request_summary(line: SignedRequest) -> tuple[str, str]:
    merchant = line.merchant.listed_name if line.merchant else _("unknown key")
    return f"{show_exact_moment(line.created_at)} {line.endpoint}", f"{line.status} · {merchant}"


def seen_hit(seen: SeenAddress) -> Hit:
    times = _("first %(first_seen_at)s · last %(last_seen_at)s") % {
        "first_seen_at": show_moment(seen.first_seen_at),
        "last_seen_at": show_moment(seen.last_seen_at),
    }
    return Hit(
        seen.key.auth_key,
        f"{seen.key.merchant.listed_name} · {times}",
        reverse("admin:merchants_apikey_change", args=[seen.key_id]),
    )


def hits(rows: QuerySet[Any], said: Callable[[Any], tuple[str, str]]) -> list[Hit]:
    name = f"admin:{rows.model._meta.app_label}_{rows.model._meta.model_name}_change"  # noqa: SLF001 - how Django asks
    return [Hit(*said(row), url=reverse(name, args=[row.pk])) for row in rows[:SHOWN]]


def list_address(name: str, text: str) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode({'q': text})}"
