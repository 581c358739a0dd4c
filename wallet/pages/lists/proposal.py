"""The one page between a wish and a list: what would change, and what it would have done to yesterday's calls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import form_tokens, kept_forms
from merchants.access import Visit, Work
from merchants.errors import ListChanged, LockOut, Refusal, moment_text
from merchants.models import ApiKey, Approval, Merchant
from merchants.pages import page_frame
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page, proof_request
from merchants.services import allowlist, allowlist_changes
from merchants.services.allowlist import (
    DomainLine,
    EntryPlan,
    NotAllowed,
    Proposal,
    draft,
    entry_usage,
    saving,
    trial,
)
from merchants.services.allowlist.proposal import has_ended
from merchants.services.allowlist_changes import ListWish
from portal.lib import clock
from portal.lib.texts import Text
from wallet.pages.lists import draft as list_draft
from wallet.pages.lists import labels
from wallet.pages.lists.draft import Domains, ListDraft, Networks
from wallet.services.usage import rehearsal

TRIAL_HELP = format_lazy(
    gettext_lazy(
        "The current allowlist is restored automatically, unless every address of the last 24 hours sends a request "
        "with a valid signature within {minutes} minutes or a person keeps the new allowlist."
    ),
    minutes=trial.MINUTES,
)
SAVED = gettext_lazy("The new allowlist is active.")
SAVED_DOMAINS = gettext_lazy("The new domain allowlist is active.")
TRIED = gettext_lazy(
    "The new allowlist is on trial until {until}. It stays if every address of the last 24 hours has called by then, "
    "or if you keep it."
)
NOTHING_WAITS = gettext_lazy(
    "There is no change to preview. Nothing was saved. Start the change on the page of the allowlist."
)
REQUESTED = gettext_lazy("Requested. A second person must approve this allowlist before it is active.")
AT_THE_DESK = gettext_lazy("Changed on the page of the allowlist in the administration.")
NOTHING_NEW = gettext_lazy("No change was made. The allowlist already has these entries.")


class ProposalForm(SingleUseForm):
    draft = forms.CharField(widget=forms.HiddenInput)
    days = forms.TypedChoiceField(
        choices=[(days, str(days)) for days in rehearsal.DAYS],
        coerce=int,
        required=False,
        empty_value="",
        widget=forms.HiddenInput,
    )
    confirmed_code = forms.CharField(label=gettext_lazy("Merchant code"), required=False, max_length=100)
    on_trial = forms.BooleanField(
        label=format_lazy(
            gettext_lazy("Try for {minutes} minutes: revert automatically unless all current addresses still call"),
            minutes=trial.MINUTES,
        ),
        required=False,
        help_text=TRIAL_HELP,
    )
    reason = forms.CharField(required=False, max_length=500, help_text=gettext_lazy("Shown on the timeline."))


FIRST: dict[str, Any] = {"on_trial": True, "days": rehearsal.DAYS[0], "reason": "", "confirmed_code": ""}


def wished_values(wish: dict[str, Any] | None) -> dict[str, Any]:
    """What was filled in, and the first choices where nothing was."""
    return FIRST | (wish or {}) | ({"days": FIRST["days"]} if wish and not wish["days"] else {})


# --- Of networks ------------------------------------------------------------------------------------------------------
@page(work=Work.LISTS, back="operator:lists")
def list_proposal(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = sent_form(request)
    if form is None or not form.is_valid():
        return no_proposal_page(request, visit, form)
    if request.POST.get("do") == "save" and (question := proof_request(request, visit, prove=True)):
        return question
    wanted, wish = list_draft.networks_of(form.cleaned_data["draft"], visit.merchant), form.cleaned_data
    saving.revert_ended_trial(merchant=visit.merchant, key=wanted.key)
    if request.POST.get("do") != "save" or saving.changes_since(visit.merchant, wanted.key, wanted.version):
        return show_proposal(request, visit, wanted, wish)
    if wanted.is_old:
        return propose_page(
            request, visit, rebased_networks(wanted), wish, refused=list_draft.old_entries_text(wanted.at)
        )
    return decide(request, visit, wanted, wish)


def sent_form(request: HttpRequest) -> ProposalForm | None:
    """What was kept while a second factor was asked for is shown again, and not saved by itself."""
    data = request.POST if request.method == "POST" else kept_forms.kept_data(request)
    return ProposalForm(data) if data else None


def no_proposal_page(request: HttpRequest, visit: Visit, form: ProposalForm | None) -> HttpResponse:
    """Somebody came by the address alone, or with a form that says nothing any more."""
    text = NOTHING_WAITS if form is None else str(list_draft.DraftLost())
    return page_frame.render_page(
        request,
        visit,
        "list_nothing.html",
        tab="lists",
        title=_("No change to preview"),
        text=text,
        back=list_address(visit.merchant, None),
    )


def show_proposal(
    request: HttpRequest, visit: Visit, wanted: Networks, wish: dict[str, Any] | None = None
) -> HttpResponse:
    """The wish on the list as it is by now; what others did since the person saw it is told."""
    changes = saving.changes_since(visit.merchant, wanted.key, wanted.version)
    if not changes:
        return propose_page(request, visit, wanted, wish)
    return propose_page(request, visit, rebased_networks(wanted), wish, refused=list_draft.new_entries_text(changes))


def rebased_networks(wanted: Networks) -> Networks:
    """The same wish on the list as it is by now."""
    found = entry_usage.list_standing(wanted.merchant, wanted.key)
    return list_draft.network_draft(
        wanted.merchant, wanted.key, found, draft.apply_difference(wanted.wish, found.lines)
    )


def decide(request: HttpRequest, visit: Visit, wanted: Networks, wish: dict[str, Any]) -> HttpResponse:
    try:
        with form_tokens.single_use(request, wish["token"], back=list_address(visit.merchant, wanted.key)):
            done = save_or_ask(visit, wanted, wish)
    except ListChanged as changed:
        return propose_page(
            request, visit, rebased_networks(wanted), wish, refused=list_draft.new_entries_text([*changed.changes])
        )
    except (Refusal, NotAllowed) as refused:
        return propose_page(request, visit, wanted, wish, refused=str(refused), again=isinstance(refused, LockOut))
    messages.success(request, str(done))
    return HttpResponseRedirect(list_address(visit.merchant, wanted.key))


def save_or_ask(visit: Visit, wanted: Networks, wish: dict[str, Any]) -> Text:
    """Return what is true now. A list that our staff may not change alone waits for a second person."""
    saved = allowlist_changes.change_networks(
        proposal=Proposal(visit.merchant, wanted.lines, wanted.key),
        before=wanted.base,
        wish=list_wish(visit, wanted.version, wish),
        by=visit.person,
        needs_second_person=visit.needs_second_person,
    )
    if isinstance(saved, Approval):
        return REQUESTED
    tried = TRIED.format(until=moment_text(saved.trial.deadline)) if saved.trial else SAVED
    return tried if saved.changed else NOTHING_NEW


def list_wish(visit: Visit, version: int, wish: dict[str, Any]) -> ListWish:
    """Return the wish of the form; a request needs a reason."""
    unsaid = str(AT_THE_DESK) if visit.needs_second_person else ""
    return ListWish(
        expected=version,
        confirmed_code=wish["confirmed_code"],
        on_trial=wish["on_trial"],
        reason=wish["reason"] or unsaid,
    )


def propose_page(
    request: HttpRequest,
    visit: Visit,
    wanted: Networks,
    wish: dict[str, Any] | None = None,
    *,
    refused: str = "",
    again: bool = False,
) -> HttpResponse:
    """`again`: the code was asked for and is not right."""
    wish = wished_values(wish)
    proposal = Proposal(visit.merchant, wanted.lines, wanted.key)
    found = rehearsal.rehearse(proposal, days=int(wish["days"]))
    context = {
        "sentence": labels.sentence(found),
        "found": found,
        "let_in": [labels.rehearsal_text(called, found.at) for called in found.allowed_addresses[: labels.SHOWN]],
        "kept_out": [labels.rehearsal_text(called, found.at) for called in found.refused_addresses[: labels.SHOWN]],
        "days": rehearsal.DAYS,
        "locked_out": allowlist.network_lockout(proposal),
        "again": again,
    }
    return show_decided(request, visit, wanted, wish, action="list_proposal", refused=refused, **context)


# --- Of domains -------------------------------------------------------------------------------------------------------
@page(work=Work.LISTS, back="operator:lists")
def list_domains_proposal(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = sent_form(request)
    if form is None or not form.is_valid():
        return no_proposal_page(request, visit, form)
    if request.POST.get("do") == "save" and (question := proof_request(request, visit, prove=True)):
        return question
    wanted, wish = list_draft.domains_of(form.cleaned_data["draft"], visit.merchant), form.cleaned_data
    if request.POST.get("do") != "save" or saving.domain_changes_since(visit.merchant, wanted.version):
        return show_domain_proposal(request, visit, wanted, wish)
    if wanted.is_old:
        return propose_domains_page(
            request, visit, rebased_domains(wanted), wish, refused=list_draft.old_entries_text(wanted.at)
        )
    return decide_domains(request, visit, wanted, wish)


def show_domain_proposal(
    request: HttpRequest, visit: Visit, wanted: Domains, wish: dict[str, Any] | None = None
) -> HttpResponse:
    changes = saving.domain_changes_since(visit.merchant, wanted.version)
    if not changes:
        return propose_domains_page(request, visit, wanted, wish)
    return propose_domains_page(
        request, visit, rebased_domains(wanted), wish, refused=list_draft.new_entries_text(changes)
    )


def rebased_domains(wanted: Domains) -> Domains:
    return list_draft.domain_draft(
        wanted.merchant, draft.apply_difference(wanted.wish, entry_usage.domain_lines(wanted.merchant))
    )


def decide_domains(request: HttpRequest, visit: Visit, wanted: Domains, wish: dict[str, Any]) -> HttpResponse:
    try:
        with form_tokens.single_use(request, wish["token"], back=list_address(visit.merchant, None)):
            done = save_or_ask_domains(visit, wanted, wish)
    except ListChanged as changed:
        told = list_draft.new_entries_text([*changed.changes])
        return propose_domains_page(request, visit, rebased_domains(wanted), wish, refused=told)
    except (Refusal, NotAllowed) as refused:
        return propose_domains_page(request, visit, wanted, wish, refused=str(refused))
    messages.success(request, str(done))
    return HttpResponseRedirect(list_address(visit.merchant, None))


def save_or_ask_domains(visit: Visit, wanted: Domains, wish: dict[str, Any]) -> Text:
    saved = allowlist_changes.change_domains(
        merchant=visit.merchant,
        lines=wanted.lines,
        before=wanted.base,
        wish=list_wish(visit, wanted.version, wish),
        by=visit.person,
        needs_second_person=visit.needs_second_person,
    )
    if isinstance(saved, Approval):
        return REQUESTED
    return SAVED_DOMAINS if saved.changed else NOTHING_NEW


def propose_domains_page(
    request: HttpRequest, visit: Visit, wanted: Domains, wish: dict[str, Any] | None = None, *, refused: str = ""
) -> HttpResponse:
    said = rehearsal.rehearse_domains(visit.merchant, wanted.lines)
    context = {
        "domains": True,
        "hosts": [(each, labels.age_text(each.last_at, clock.now())) for each in said[: labels.SHOWN]],
        "all_hosts": len(said),
        "locked_out": allowlist.domain_lockout(wanted.lines, visit.merchant),
    }
    return show_decided(
        request, visit, wanted, wished_values(wish), action="list_domains_proposal", refused=refused, **context
    )


# --- Both -------------------------------------------------------------------------------------------------------------
def show_decided[T: (EntryPlan, DomainLine)](
    request: HttpRequest,
    visit: Visit,
    wanted: ListDraft[T],
    wish: dict[str, Any],
    *,
    action: str,
    refused: str,
    **context: Any,
) -> HttpResponse:
    address = reverse(f"operator:{action}", args=[visit.merchant.code])
    initial = wish | {"draft": wanted.signed(), "token": form_tokens.new_token(request, address)}
    return page_frame.render_page(
        request,
        visit,
        "list_proposal.html",
        tab="lists",
        title=_("Preview of the change"),
        form=ProposalForm(initial=initial),
        action=address,
        back=list_address(visit.merchant, wanted.key),
        difference=wanted.wish,
        empty=not wanted.lines,
        all_ended=all(has_ended(line, clock.now()) for line in wanted.lines),
        entries=labels.entries(len(wanted.lines)),
        key=wanted.key,
        refused=refused,
        wish=wish,
        **context,
    )


def list_address(merchant: Merchant, key: ApiKey | None) -> str:
    if key is None:
        return reverse("operator:lists", args=[merchant.code])
    return reverse("operator:list_key", args=[merchant.code, key.pk])
