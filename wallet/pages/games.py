"""The catalogue as one merchant has it: switched off and on for its own players, one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants.access import Visit, Work
from merchants.models import DisabledGame, Game
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.guard import page
from merchants.pages.search_box import search_by_post
from merchants.services import flags, history, undo
from portal.lib import numbers, paging
from wallet.pages.limits import undo_response
from wallet.pages.players import impact_context, plain_text
from wallet.services.usage import restriction_impact

SHOWN = 50
MOST_AT_ONCE = 200
STATES = {"": gettext_lazy("All"), "on": gettext_lazy("On"), "off": gettext_lazy("Off")}


# --- The list ---------------------------------------------------------------------------------------------------------
@page()
@search_by_post
def games_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    filters = chosen_filter(request)
    at = page_place(request.GET.get("after", ""))
    shown, last = paging.first_page(games_after(found_games(visit, filters), at), SHOWN)
    more = urlencode(filters | {"after": f"{last.pk}:{last.name}"}) if last else ""
    context: dict[str, Any] = {
        "games": games_with_switches(visit, shown),
        "filters": filters,
        "states": list(STATES.items()),
        "query": urlencode(filters),
        "after": at,
        "next": f"?{more}" if more else "",
        "change": undo.last_change(DisabledGame, visit.merchant),
    }
    return page_frame.render_page(request, visit, "games.html", tab="games", title=_("Games"), **context)


def chosen_filter(request: HttpRequest) -> dict[str, str]:
    wanted = {"q": plain_text(request.GET.get("q", "")).strip(), "state": request.GET.get("state", "")}
    return {name: value for name, value in wanted.items() if value and (name == "q" or value in STATES)}


def found_games(visit: Visit, filters: dict[str, str]) -> QuerySet[Game]:
    """A catalogue has some thousand games: a search may look at each."""
    rows = Game.objects.playable_by(visit.merchant.pk).order_by("name", "pk")
    if text := filters.get("q"):
        rows = rows.filter(Q(name__icontains=text) | Q(game_id__icontains=text))
    if state := filters.get("state"):
        rows = rows.filter(Q(("active", state == "on")))
    return rows


def page_place(text: str) -> tuple[str, int] | None:
    number, _, name = plain_text(text).partition(":")
    pk = numbers.parse_row_id(number)
    return None if pk is None else (name, pk)


def games_after(rows: QuerySet[Game], at: tuple[str, int] | None) -> QuerySet[Game]:
    if at is None:
        return rows
    name, pk = at
    return rows.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))


def games_with_switches(visit: Visit, games: list[Game]) -> list[Game]:
    """Each with `own`: since when it is off by the merchant's own switch, and by whom."""
    pks = [game.pk for game in games]
    own = DisabledGame.objects.filter(merchant=visit.merchant, game__in=pks)
    since = dict(own.values_list("game_id", "created_at"))
    about = (visit.merchant, "DisabledGame", {"game__in": list(since), "pgh_label": "insert"})
    who: dict[int, str] = {}
    for event in history.events(about) if since else []:
        who.setdefault(event.row["game_id"], history.author_name(event.context))
    for game in games:
        game.own = (since[game.pk], who.get(game.pk, "")) if game.pk in since else None  # type: ignore[attr-defined]
    return games


# --- Switches ---------------------------------------------------------------------------------------------------------
@page(work=Work.GAMES, back="operator:games")
def games_off(request: HttpRequest, visit: Visit) -> HttpResponse:
    games = chosen_games(request)
    if not games:
        return nothing_chosen_page(request, visit)

    def act() -> str:
        done = flags.switch_games_for(games=games, merchant=visit.merchant, on=False)
        sentence = ngettext(
            "%(number)s game is switched off. Open rounds are still paid.",
            "%(number)s games are switched off. Open rounds are still paid.",
            done,
        )
        return sentence % {"number": done}

    question = games_question(
        visit,
        games,
        title=_("Switch off games"),
        text=_("Your players cannot start new bets or sessions in these games. Open rounds are still paid."),
        answers=flags.OFF_ANSWERS,
        act=act,
        button=_("Switch off games"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.GAMES, back="operator:games")
def games_on(request: HttpRequest, visit: Visit) -> HttpResponse:
    games = chosen_games(request)
    if not games:
        return nothing_chosen_page(request, visit)

    def act() -> str:
        done = flags.switch_games_for(games=games, merchant=visit.merchant, on=True)
        return ngettext("%(number)s game is switched on.", "%(number)s games are switched on.", done) % {"number": done}

    ours = [game.name for game in games if not game.is_active]
    text = _("Bets and launches are accepted again immediately.")
    if ours:
        text = f"{text} {still_off(len(ours))}"
    question = games_question(
        visit,
        games,
        title=_("Switch on games"),
        text=text,
        answers=flags.ON_ANSWERS,
        act=act,
        button=_("Switch on games"),
    )
    return ask_to_confirm(request, visit, question)


def still_off(number: int) -> str:
    sentence = ngettext(
        "%(number)s of these games is switched off for all merchants and stays off.",
        "%(number)s of these games are switched off for all merchants and stay off.",
        number,
    )
    return sentence % {"number": number}


def chosen_games(request: HttpRequest) -> list[Game]:
    """Those that were ticked; what is no number names none."""
    numbers = [int(text) for text in request.GET.getlist("game")[:MOST_AT_ONCE] if text.isdecimal() and len(text) < 19]  # noqa: PLR2004
    return list(Game.objects.filter(pk__in=numbers).order_by("name", "pk"))


def nothing_chosen_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    return page_frame.render_page(request, visit, "games_none.html", tab="games", title=_("No game selected"))


def games_question(visit: Visit, games: list[Game], **question: Any) -> Question:
    back = reverse("operator:games", args=[visit.merchant.code])
    context = {"games": names(games)} | impact_context(restriction_impact.game_impact(visit.merchant, games))
    return Question(back=back, tab="games", template="games_ask.html", context=context, **question)


def names(games: Iterable[Game]) -> list[str]:
    return [f"{game.name} ({game.game_id})" for game in games]


@page(work=Work.GAMES, back="operator:games")
def games_undo(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    event = undo.find_event(DisabledGame, visit.merchant, number)
    if event is None:
        raise Http404
    back = reverse("operator:games", args=[visit.merchant.code])
    return undo_response(request, back, lambda: undo.undo_games(merchant=visit.merchant, event=event))
