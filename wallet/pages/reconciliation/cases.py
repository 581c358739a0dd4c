"""One case: both sides beside each other, what was said to it, and an answer of the operator's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.models import Merchant
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.pages.timeline import merchant_entry
from merchants.services import history
from wallet.models import Case
from wallet.pages.reconciliation import folded, grouped
from wallet.pages.reconciliation.labels import TAB, case_address, case_line, facts, own_case
from wallet.reconciliation import break_amounts, cases

ENTRIES = 50
ABOUT_A_TRANSACTION = frozenset(Case.Kind.values) - {
    Case.Kind.TOTALS, Case.Kind.GROUP, Case.Kind.NO_STATEMENT, Case.Kind.LATE_STATEMENT, Case.Kind.TRUNCATED,
    Case.Kind.BALANCE, Case.Kind.BELOW_ZERO,
}  # fmt: skip


class CommentForm(SingleUseForm):
    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=cases.LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Everyone with access to these pages and our support can read the comment. Never paste a secret."
        ),
    )


@page(back="operator:cases")
def case_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    case = own_case(visit.merchant, number)
    context: dict[str, Any] = {
        "line": case_line(case),
        "case": case,
        "facts": facts(case),
        "links": links(visit.merchant, case),
        "notes": cases.notes_of(case, for_staff=False),
        "group": grouped.rows(case, request.GET),
        "folded": folded.row_page(case, request.GET),
        "entries": [merchant_entry(entry) for entry in history.timeline(case, limit=ENTRIES)],
        "other_url": case_number_address(visit.merchant, case.other_id),
    }
    return page_frame.render_page(request, visit, "case.html", tab=TAB, title=case.get_kind_display(), **context)


def links(merchant: Merchant, case: Case) -> list[tuple[str, str]]:
    """To the pages of the transaction and of the player, where they are."""
    wanted = []
    if case.kind in ABOUT_A_TRANSACTION and case.subject and not break_amounts.is_folded(case):
        wanted.append((_("Rounds with this transaction"), "rounds", {"q": case.subject}))
        wanted.append((_("Requests with this transaction"), "requests", {"transaction": case.subject}))
    if case.player_id:
        wanted.append((_("Rounds of this player"), "rounds", {"player": case.player_id}))
    return [(title, f"{url}?{urlencode(said)}") for title, name, said in wanted if (url := address(merchant, name))]


def address(merchant: Merchant, name: str) -> str:
    try:
        return reverse(f"operator:{name}", args=[merchant.code])
    except NoReverseMatch:
        return ""


def case_number_address(merchant: Merchant, number: int | None) -> str:
    return reverse("operator:case", args=[merchant.code, number]) if number else ""


@page(work=Work.STATEMENTS, back="operator:case")
def case_comment(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    case = own_case(visit.merchant, number)

    def act(text: str) -> str:
        cases.add_comment(case=case, text=text, by=visit.person)
        return _("Your comment is added. Our support can see it.")

    question = Question(
        title=_("Add comment"),
        text=_("If the case is waiting for you, your comment returns it to our support."),
        tab=TAB,
        form=CommentForm,
        act=act,
        button=_("Add comment"),
        back=case_address(case),
    )
    return ask_to_confirm(request, visit, question)
