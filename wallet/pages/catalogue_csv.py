"""Players and games as CSV: out as a stream; in by a plan that is shown first, with every bad line named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from merchants import errors, form_tokens
from merchants.access import Visit, Work
from merchants.models import DisabledGame, Download, Game, Player
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import PlainForm, SingleUseForm
from merchants.pages.guard import page
from merchants.services import catalogue_io, downloads, flags, proposals
from merchants.services.catalogue_io import BadCatalogueLines, GamesPlan, PlayersPlan
from portal.lib import clock
from portal.lib.file_names import file_name
from portal.lib.texts import Answers, Text
from wallet.pages.games import names
from wallet.pages.players import chosen_filter, exported_players, impact_context
from wallet.services.usage import restriction_impact

AT_ONCE = 2_000
NAMED = 5
AGAIN = {
    "text": gettext_lazy("Nothing was saved. Choose the file again to see its current effect."),
    "button": gettext_lazy("Choose the file again"),
}
MIXED_ANSWERS: Answers = [
    (gettext_lazy("Bet, launch of a blocked player"), "RS_ERROR_PLAYER_BLOCKED"),
    (gettext_lazy("Payout, reward, rollback, balance, deposit, withdraw"), gettext_lazy("as usual")),
]


# --- Out --------------------------------------------------------------------------------------------------------------
@page(prove=True)
def players_export(request: HttpRequest, visit: Visit) -> StreamingHttpResponse:
    """As the list is filtered; rows come and go as they are read."""
    rows = exported_players(visit.merchant, chosen_filter(request)).iterator(chunk_size=AT_ONCE)
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

    title: Text
    text: Text
    columns: Sequence[str]
    tab: str
    read: Callable[..., Any]
    apply: Callable[..., Any]
    ask: Callable[[Visit, Any], dict[str, Any]]
    most: int = catalogue_io.MOST_LINES


class FileForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("CSV file"), required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"})
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the lines"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Text up to 1 MB, files up to 5 MB."),
    )

    def clean(self) -> dict[str, Any]:
        known = dict(self.cleaned_data)
        upload = known.get("file")
        known["lines"] = decode_file(upload) if upload else known.get("text", "")
        if not self.errors and not known["lines"].strip():
            raise forms.ValidationError(_("Choose a file, or paste the lines."))
        return known


def decode_file(upload: Any) -> str:
    if (upload.size or 0) > catalogue_io.MOST_BYTES:
        raise forms.ValidationError(
            _("The file is larger than %(size)s MB. Split the file.") % {"size": catalogue_io.MOST_BYTES // 1000000}
        )
    try:
        return bytes(upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")) from None


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
        return _("The file is imported.")

    return question(visit, sheet, AGAIN, act)


def nothing_text(packed: str) -> str:
    raise errors.ChangedSince(_("This page"))


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
    told = [(_("Lines"), plan.lines, "")]
    if not plan.changes:
        return {
            "text": _("No changes. All values are already active."),
            "button": _("Finish import"),
            "context": {"told": told},
        }
    told += [row(_("Blocked"), plan.blocked), row(_("Unblocked"), plan.unblocked), row(_("New limits"), plan.limited)]
    told += [row(_("New reason for a block"), plan.reworded)] if plan.reworded else []
    impact = impact_context(restriction_impact.player_impact(visit.merchant, plan.blocked)) if plan.blocked else {}
    return {
        "text": _("All changes are saved together, or none of them."),
        "button": ngettext("Change %(number)s player", "Change %(number)s players", len(plan.changes))
        % {"number": f"{len(plan.changes):,}"},
        "danger": bool(plan.blocked),
        "answers": MIXED_ANSWERS if plan.blocked else [],
        "context": {"told": told, "heads": _("Players to be blocked:")} | impact,
    }


def game_import(visit: Visit, plan: GamesPlan) -> dict[str, Any]:
    told = [(_("Lines"), plan.lines, "")]
    changed = len(plan.on) + len(plan.off)
    if not changed:
        return {
            "text": _("No changes. All values are already active."),
            "button": _("Finish import"),
            "context": {"told": told},
        }
    told += [
        (said, len(games), counted_text(names(games))) for said, games in ((_("On"), plan.on), (_("Off"), plan.off))
    ]
    impact = impact_context(restriction_impact.game_impact(visit.merchant, plan.off)) if plan.off else {}
    return {
        "text": _("All changes are saved together, or none of them."),
        "button": ngettext("Switch %(number)s game", "Switch %(number)s games", changed) % {"number": f"{changed:,}"},
        "danger": bool(plan.off),
        "answers": flags.OFF_ANSWERS if plan.off else [],
        "context": {"told": told, "heads": _("Games to be switched off:")} | impact,
    }


PLAYERS = CatalogueSheet(
    title=gettext_lazy("Import players"),
    text=gettext_lazy(
        "The file sets blocks, reasons and limits of existing players. A missing column keeps its values."
    ),
    columns=catalogue_io.PLAYERS,
    tab="players",
    read=catalogue_io.read_players,
    apply=catalogue_io.apply_players,
    ask=player_import,
)
GAMES = CatalogueSheet(
    title=gettext_lazy("Import games"),
    text=gettext_lazy(
        "The file sets which games are on for your players: yes or no. Games that are not in the file stay unchanged."
    ),
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
