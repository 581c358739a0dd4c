"""The merchant's players: found by their id, blocked and unblocked, limited, and all of it undone with one click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.models import Merchant, Player
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.pages.search_box import search_by_post
from merchants.pages.timeline import merchant_entry
from merchants.services import flags, history, limits, undo
from merchants.services.limits import Limits
from portal.lib import clock, money, paging
from wallet.models import Account, Session
from wallet.pages.limits import Subject, bets_text, limits_text, show_change, undo_response
from wallet.services.rounds import find_by_id
from wallet.services.usage import restriction_impact

SHOWN = 50
SHOWN_ACCOUNTS, SHOWN_SESSIONS, SHOWN_ENTRIES = 30, 20, 8
LAST_LETTER = "\U0010ffff"


# --- The list ---------------------------------------------------------------------------------------------------------
@page()
@search_by_post
def players_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    filters = chosen_filter(request)
    after = plain_text(request.GET.get("after", ""))
    shown, last = paging.first_page(found_players(visit.merchant, filters).filter(player_id__gt=after), SHOWN)
    if not shown and not after:
        shown = list(players_by_part(visit.merchant, filters))
    older = urlencode(filters | {"after": last.player_id}) if last else ""
    context: dict[str, Any] = {
        "players": [player_with_texts(player) for player in shown],
        "filters": filters,
        "kinds": [("", _("All")), ("blocked", _("Blocked")), ("limited", _("With individual limits"))],
        "query": urlencode(filters),
        "after": after,
        "next": f"?{older}" if older else "",
        "change": undo.last_change(Player, visit.merchant),
    }
    return page_frame.render_page(request, visit, "players.html", tab="players", title=_("Players"), **context)


def chosen_filter(request: HttpRequest) -> dict[str, str]:
    """What the address asks for; anything strange is as if it were not there."""
    wanted = {"q": plain_text(request.GET.get("q", "")), "only": request.GET.get("only", "")}
    return {name: value for name, value in wanted.items() if value and (name == "q" or value in {"blocked", "limited"})}


def plain_text(text: str) -> str:
    return text.replace("\x00", "")[:255]


def found_players(merchant: Merchant, filters: Mapping[str, str]) -> QuerySet[Player]:
    """In the order of their ids: the one index answers the list, a whole id and its beginning."""
    rows = Player.objects.filter(merchant=merchant).order_by("player_id")
    if begins := filters.get("q"):
        rows = rows.filter(player_id__gte=begins, player_id__lt=begins + LAST_LETTER)
    return filter_by_state(rows, filters)


def filter_by_state(rows: QuerySet[Player], filters: Mapping[str, str]) -> QuerySet[Player]:
    if filters.get("only") == "blocked":
        rows = rows.filter(is_blocked=True)
    if filters.get("only") == "limited":
        rows = rows.exclude(bets_per_minute=None, max_stake=None, max_stake_by_currency__isnull=True)
    return rows


def players_by_part(merchant: Merchant, filters: Mapping[str, str]) -> QuerySet[Player]:
    """Return the players whose id contains the text, for a text with which no id begins; at most one page."""
    text = filters.get("q", "")
    if len(text) < find_by_id.SHORTEST_PART:
        return Player.objects.none()
    rows = filter_by_state(find_by_id.players_with_part(merchant, text), filters)
    return rows.order_by("player_id")[:SHOWN]


def exported_players(merchant: Merchant, filters: Mapping[str, str]) -> QuerySet[Player]:
    """Return the players of a file: those of the list, on all its pages."""
    rows = found_players(merchant, filters)
    return players_by_part(merchant, filters) if "q" in filters and not rows.exists() else rows


def player_with_texts(player: Player) -> Player:
    player.said_bets, player.said_stake = limits_text(limits.player_limits(player), "")  # type: ignore[attr-defined]
    return player


# --- One player -------------------------------------------------------------------------------------------------------
def own_player(visit: Visit, number: int) -> Player:
    player = Player.objects.select_related("merchant").filter(merchant=visit.merchant, pk=number).first()
    if player is None:
        raise Http404
    return player


@page(back="operator:players")
def player(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = player_with_texts(own_player(visit, number))
    accounts = Account.objects.filter(player=own, kind=Account.Kind.PLAYER).order_by("currency")
    sessions = Session.objects.filter(player=own).live(at=clock.now()).select_related("game")
    context: dict[str, Any] = {
        "player": own,
        "balances": [
            (each, money.format_with_code(each.balance or 0, each.currency)) for each in accounts[:SHOWN_ACCOUNTS]
        ],
        "sessions": sessions[:SHOWN_SESSIONS],
        "rounds": amount_rows(restriction_impact.open_rounds_of(own)),
        "general": (bets_text(visit.merchant.bets_per_minute), limits.stake_text(limits.player_limits(visit.merchant))),
        "entries": [merchant_entry(entry) for entry in history.timeline(own, limit=SHOWN_ENTRIES)],
        "change": undo.last_change(Player, visit.merchant, pgh_obj=own.pk),
    }
    return page_frame.render_page(request, visit, "player.html", tab="players", title=own.player_id, **context)


def amount_rows(rounds: list[Any]) -> list[tuple[int, str]]:
    return [(each.rounds, money.format_with_code(each.stake, each.currency)) for each in rounds]


def impact_context(impact: restriction_impact.RestrictionImpact) -> dict[str, Any]:
    return {"impact": impact, "open_rounds": amount_rows(impact.open_rounds)}


class BlockForm(SingleUseForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Shown on the timeline to your people and to our support."),
    )


def player_question(player: Player, **question: Any) -> Question:
    back = reverse("operator:player", args=[player.merchant.code, player.pk])
    context = {"player": player} | impact_context(restriction_impact.player_impact(player.merchant, [player]))
    return Question(back=back, tab="players", template="player_ask.html", context=context, **question)


@page(work=Work.PLAYERS, back="operator:player")
def player_block(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = own_player(visit, number)

    def act(reason: str) -> str:
        flags.block_player(player=own, reason=reason)
        return _("Player %(player_id)s is blocked.") % {"player_id": own.player_id}

    question = player_question(
        own,
        title=_("Block player"),
        text=_("The player cannot start new bets or sessions. Open rounds are still paid."),
        answers=flags.BLOCKED_ANSWERS,
        form=BlockForm,
        act=act,
        button=_("Block player"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAYERS, back="operator:player")
def player_unblock(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = own_player(visit, number)

    def act() -> str:
        flags.unblock_player(player=own)
        return _("Player %(player_id)s is no longer blocked.") % {"player_id": own.player_id}

    question = player_question(
        own,
        title=_("Unblock player"),
        text=_("Bets and launches of this player are accepted again, within the limits."),
        answers=flags.UNBLOCKED_ANSWERS,
        act=act,
        button=_("Unblock player"),
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PLAYERS, back="operator:player")
def player_limits(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = own_player(visit, number)

    def save(wanted: Limits, seen: Limits) -> str:
        limits.set_player_limits(player=own, limits=wanted, seen=seen)
        return _("The new limits are active.")

    subject = Subject(
        title=_("Limits of %(player_id)s") % {"player_id": own.player_id},
        empty=_("Leave bets per minute empty to use the limit for all players."),
        none=_("limit for all players"),
        back=reverse("operator:player", args=[visit.merchant.code, own.pk]),
        tab="players",
        standing=limits.player_limits(own),
        judged=lambda wanted: restriction_impact.player_limit_impact(own, wanted),
        save=save,
    )
    return show_change(request, visit, subject)


@page(work=Work.PLAYERS, back="operator:players")
def players_undo(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """`alone`: of what was done to many at once, only to the player of this event."""
    event = undo.find_event(Player, visit.merchant, number)
    if event is None:
        raise Http404
    alone = "alone" in request.POST
    code = visit.merchant.code
    back = (
        reverse("operator:player", args=[code, event.pgh_obj_id]) if alone else reverse("operator:players", args=[code])
    )
    return undo_response(request, back, lambda: undo.undo_players(merchant=visit.merchant, event=event, alone=alone))
