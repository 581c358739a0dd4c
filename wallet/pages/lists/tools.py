"""What helps to find the right list: the address that calls come from, and the addresses they came from."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import form_tokens
from merchants.access import Visit, Work
from merchants.errors import Refusal
from merchants.models import ApiKey, EgressProof
from merchants.models.allowlist import MAX_ENTRIES
from merchants.pages.forms import PlainForm
from merchants.pages.guard import page
from merchants.services.allowlist import egress as proofs
from merchants.services.allowlist import entry_usage
from portal.lib import clock
from wallet.pages.lists import draft as list_draft
from wallet.pages.lists import labels
from wallet.pages.lists.change import changeable_list, show_change
from wallet.pages.lists.overview import list_name, requested_list, usable_keys
from wallet.pages.lists.proposal import propose_page
from wallet.services.log import egress_proofs
from wallet.services.usage import rehearsal


# --- Prove your egress ------------------------------------------------------------------------------------------------
class NoKey(Refusal):
    def __init__(self) -> None:
        super().__init__(_("None of your keys works, so no request can prove an address. Ask our support for a key."))


class StandsAlready(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__(_("%(name)s is already on this allowlist. You do not need to do anything.") % {"name": name})


@page(work=Work.LISTS, back="operator:lists")
def list_egress(request: HttpRequest, visit: Visit) -> HttpResponse:
    keys, chosen = usable_keys(visit.merchant), requested_list(request, visit)
    if request.method == "POST":
        if not keys:
            raise NoKey
        proof = proofs.begin_proof(key=chosen if chosen in keys else keys[0], by=visit.person)
        return HttpResponseRedirect(reverse("operator:list_proof", args=[visit.merchant.code, proof.pk]))
    return show_change(request, visit, "list_egress.html", None, _("Prove egress address"), keys=keys, chosen=chosen)


def own_proof(visit: Visit, number: int) -> EgressProof:
    found = EgressProof.objects.filter(merchant=visit.merchant, pk=number).first()
    if found is None:
        raise Http404
    return found


@page(work=Work.LISTS, back="operator:list_egress")
def list_proof(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    looked = egress_proofs.check_proof(own_proof(visit, number))
    proof = looked.proof
    context = {
        "proof": proof,
        "command": proofs.shell_command(proof, base_url=settings.API_URL),
        "arrived": looked.arrived,
        "waits": proof.address is None and proof.until > clock.now(),
        "name": list_name(proof.key),
    }
    return show_change(request, visit, "list_proof.html", None, _("Prove egress address"), **context)


@page(work=Work.LISTS, back="operator:list_proof")
def list_proved(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    line = proofs.proved_entry(own_proof(visit, number))
    if line is None:
        raise Http404
    key = requested_list(request, visit)
    found = changeable_list(visit, key)
    if any(line.name == other.name for other in found.lines):
        raise StandsAlready(line.text)
    return propose_page(request, visit, list_draft.network_draft(visit.merchant, key, found, [*found.lines, line]))


# --- Suggest from traffic ---------------------------------------------------------------------------------------------
class SuggestForm(PlainForm):
    days = forms.TypedChoiceField(
        label=gettext_lazy("Requests of the last"),
        choices=[(days, format_lazy(gettext_lazy("{days} days"), days=days)) for days in rehearsal.DAYS],
        coerce=int,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Maximum entries"),
        required=False,
        min_value=1,
        max_value=MAX_ENTRIES,
        help_text=gettext_lazy("Adjacent addresses are merged into blocks. Leave empty to list the exact addresses."),
    )


@page(back="operator:lists")
def list_suggest(request: HttpRequest, visit: Visit) -> HttpResponse:
    key = requested_list(request, visit)
    form = SuggestForm(request.GET if "days" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= suggestion_context(request, visit, key, form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, str(refused))
    return show_change(request, visit, "list_suggest.html", key, _("Suggest from traffic"), **context)


def suggestion_context(request: HttpRequest, visit: Visit, key: ApiKey | None, wish: dict[str, Any]) -> dict[str, Any]:
    found = entry_usage.list_standing(visit.merchant, key)
    suggestion = rehearsal.suggest_list(merchant=visit.merchant, key=key, days=wish["days"], most=wish["most"])
    known = {line.name: line for line in found.lines}
    lines = [known.get(line.name, line) for line in suggestion.proposal.lines]
    context = {"suggestion": suggestion, "lines": lines, "entries": labels.entries(len(lines))}
    if not visit.may_lists or found.on_trial is not None:
        return context
    action = reverse("operator:list_proposal", args=[visit.merchant.code])
    draft = list_draft.network_draft(visit.merchant, key, found, lines).signed()
    return context | {
        "draft": draft,
        "action": action,
        "token": form_tokens.new_token(request, action),
        "days": wish["days"],
    }
