"""Players and games as CSV: out as a stream; in by a plan that is shown first, with every bad line named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse

from merchants import errors, form_tokens
from merchants.access import Visit, Work
from merchants.models import DisabledGame, Download, Game, Player
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import PlainForm, SingleUseForm
from merchants.pages.guard import page
from merchants.services import catalogue_io, downloads, flags, proposals
from merchants.services.catalogue_io import BadCatalogueLines, GamesPlan, PlayersPlan
from merchants.services.key_hygiene import plural
from portal.lib import clock
from portal.lib.file_names import file_name
from wallet.pages.games import names
from wallet.pages.players import chosen_filter, found_players, impact_context
from wallet.services.usage import restriction_impact

AT_ONCE = 2_000
NAMED = 5
AGAIN = {
    "text": "Nothing was saved. Choose the file again: it is shown what it would change now.",
    "button": "Choose the file again",
}
MIXED_ANSWERS = [("Bet, launch of a blocked player", "RS_ERROR_PLAYER_BLOCKED"), ("All that is owed", "as usual")]


# --- Out --------------------------------------------------------------------------------------------------------------
@page(prove=True)
def players_export(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    """As the list is filtered; rows come and go as they are read."""
    rows = found_players(visit.merchant, chosen_filter(request)).iterator(chunk_size=AT_ONCE)
    download = record_export(request, visit, "Players (CSV)")
    return send_file(visit, "players", catalogue_io.players_csv(downloads.counted_rows(download, rows)))


@page()
def games_export(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    off = set(DisabledGame.objects.filter(merchant=visit.merchant).values_list("game_id", flat=True))
    rows = Game.objects.order_by("name", "pk").values_list("pk", "game_id").iterator(chunk_size=AT_ONCE)
    games = downloads.counted_rows(record_export(request, visit, "Games (CSV)"), rows)
    return send_file(visit, "games", catalogue_io.games_csv((game_id, pk not in off) for pk, game_id in games))


def record_export(request: HttpRequest, visit: Visit, what: str) -> Download:
    return downloads.record_download(
        person=visit.person, what=what, merchant=visit.merchant, filters=request.GET.dict()
    )


def send_file(visit: Visit, what: str, content: Iterator[str]) -> StreamingHttpResponse:
    name = file_name(visit.merchant.code, what, at=clock.now(), form="csv")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


# --- In ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class CatalogueSheet:
    """One kind of file: what is in it, and what is said of its plan."""

    title: str
    text: str
    columns: Sequence[str]
    tab: str
    read: Callable[..., Any]
    apply: Callable[..., Any]
    ask: Callable[[Visit, Any], dict[str, Any]]
    most: int = catalogue_io.MOST_LINES


class FileForm(PlainForm):
    file = forms.FileField(label="CSV file", required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    text = forms.CharField(
        label="Or its lines, pasted",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Up to 1 MB; a file may have 5 MB.",
    )

    def clean(self) -> dict[str, Any]:
        known = dict(self.cleaned_data)
        upload = known.get("file")
        known["lines"] = decode_file(upload) if upload else known.get("text", "")
        if not self.errors and not known["lines"].strip():
            raise forms.ValidationError("Choose a file, or paste its lines.")
        return known


def decode_file(upload: Any) -> str:
    if (upload.size or 0) > catalogue_io.MOST_BYTES:
        raise forms.ValidationError(f"The file is larger than {catalogue_io.MOST_BYTES // 1_000_000} MB. Split it.")
    try:
        return bytes(upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.") from None


class ApplyForm(SingleUseForm):
    """The lines wait here, and their number travels signed: what is saved is what was shown."""

    packed = forms.CharField(widget=forms.HiddenInput, max_length=100)


def apply_file(request: HttpRequest, visit: Visit, sheet: CatalogueSheet) -> HttpResponse:
    if "packed" in request.POST:
        return ask_to_confirm(request, visit, import_again(visit, sheet))
    form = FileForm(request.POST or None, request.FILES or None)
    bad: list[catalogue_io.BadCatalogueLine] = []
    if form.is_valid():
        lines = form.cleaned_data["lines"]
        try:
            plan = sheet.read(merchant=visit.merchant, text=lines)
        except BadCatalogueLines as refused:
            bad = refused.lines
        else:
            return show_question(request, visit, sheet, lines, plan)
    back = reverse(f"operator:{sheet.tab}", args=[visit.merchant.code])
    context: dict[str, Any] = {"form": form, "sheet": sheet, "bad": bad, "back": back}
    return page_frame.render_page(request, visit, "players_import.html", tab=sheet.tab, title=sheet.title, **context)


def show_question(request: HttpRequest, visit: Visit, sheet: CatalogueSheet, lines: str, plan: Any) -> HttpResponse:
    """What `ask` shows first; here the file came by POST."""
    packed = proposals.keep_proposal(
        merchant=visit.merchant, by=visit.person, kind=sheet.tab, text=lines, digest=plan.digest
    )
    asked = question(visit, sheet, sheet.ask(visit, plan))
    form = ApplyForm(initial={"packed": packed, "token": form_tokens.new_token(request)})
    known = {"question": asked, "form": form, **asked.context}
    return page_frame.render_page(request, visit, asked.template, tab=asked.tab, title=asked.title, **known)


def import_again(visit: Visit, sheet: CatalogueSheet) -> Question:
    def act(packed: str) -> str:
        proposal = proposals.find_proposal(packed, merchant=visit.merchant, by=visit.person, kind=sheet.tab)
        sheet.apply(merchant=visit.merchant, text=proposals.text_of(proposal), digest=proposal.digest)
        proposal.delete()
        return "The file was imported."

    return question(visit, sheet, AGAIN, act)


def nothing_text(packed: str) -> str:
    raise errors.ChangedSince("This page")


def question(
    visit: Visit, sheet: CatalogueSheet, said: dict[str, Any], act: Callable[[str], str] = nothing_text
) -> Question:
    return Question(
        back=reverse(f"operator:{sheet.tab}", args=[visit.merchant.code]),
        tab=sheet.tab,
        title=sheet.title,
        form=ApplyForm,
        template="players_import_ask.html",
        act=act,
        **said,
    )


def counted_text(told: Sequence[str]) -> str:
    return ", ".join(told[:NAMED]) + (f" and {len(told) - NAMED:,} more" if len(told) > NAMED else "")


def row(said: str, players: Sequence[Player]) -> tuple[str, int, str]:
    return said, len(players), counted_text([player.player_id for player in players])


def player_import(visit: Visit, plan: PlayersPlan) -> dict[str, Any]:
    told = [("Lines", plan.lines, "")]
    if not plan.changes:
        return {"text": "Nothing changes: all of it stands so already.", "button": "Go on", "context": {"told": told}}
    told += [row("Blocked", plan.blocked), row("Unblocked", plan.unblocked), row("Limits set anew", plan.limited)]
    told += [row("Another reason for a block", plan.reworded)] if plan.reworded else []
    impact = impact_context(restriction_impact.player_impact(visit.merchant, plan.blocked)) if plan.blocked else {}
    return {
        "text": "All of it is saved at once, or nothing.",
        "button": f"Change {plural(len(plan.changes), 'player')}",
        "danger": bool(plan.blocked),
        "answers": MIXED_ANSWERS if plan.blocked else [],
        "context": {"told": told, "heads": "Of those who are to be blocked:"} | impact,
    }


def game_import(visit: Visit, plan: GamesPlan) -> dict[str, Any]:
    told = [("Lines", plan.lines, "")]
    changed = len(plan.on) + len(plan.off)
    if not changed:
        return {"text": "Nothing changes: all of it stands so already.", "button": "Go on", "context": {"told": told}}
    told += [(said, len(games), counted_text(names(games))) for said, games in (("On", plan.on), ("Off", plan.off))]
    impact = impact_context(restriction_impact.game_impact(visit.merchant, plan.off)) if plan.off else {}
    return {
        "text": "All of it is saved at once, or nothing.",
        "button": f"Switch {plural(changed, 'game')}",
        "danger": bool(plan.off),
        "answers": flags.OFF_ANSWERS if plan.off else [],
        "context": {"told": told, "heads": "In those that are to be switched off:"} | impact,
    }


PLAYERS = CatalogueSheet(
    title="Import players",
    text="Blocks, reasons and limits of players whom you have already. A column that is not there stays as it is.",
    columns=catalogue_io.PLAYERS,
    tab="players",
    read=catalogue_io.read_players,
    apply=catalogue_io.apply_players,
    ask=player_import,
)
GAMES = CatalogueSheet(
    title="Import games",
    text="Which games are on for your players: yes or no. Games that are not in the file stay as they are.",
    columns=catalogue_io.GAMES,
    tab="games",
    read=catalogue_io.read_games,
    apply=catalogue_io.apply_games,
    ask=game_import,
)


@page(work=Work.PLAYERS, back="operator:players_import")
def players_import(request: HttpRequest, visit: Visit) -> HttpResponse:
    return apply_file(request, visit, PLAYERS)


@page(work=Work.GAMES, back="operator:games_import")
def games_import(request: HttpRequest, visit: Visit) -> HttpResponse:
    return apply_file(request, visit, GAMES)
