"""A list on trial, ended by hand: kept, or what was before put back."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from merchants.access import Visit, Work
from merchants.models import ListTrial
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services.allowlist import saving, trial
from wallet.pages.lists.proposal import list_address


class KeepForm(SingleUseForm):
    confirmed_code = forms.CharField(
        label="The merchant’s code",
        required=False,
        max_length=100,
        help_text="Only when the list refuses every address that signed in the last 24 hours, now or within a day.",
    )


def own_trial(visit: Visit, number: int) -> ListTrial:
    found = ListTrial.objects.select_related("merchant", "key").filter(merchant=visit.merchant, pk=number).first()
    if found is None:
        raise Http404
    return found


@page(work=Work.LISTS, prove=True, back="operator:lists")
def list_keep(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = own_trial(visit, number)

    def act(confirmed_code: str) -> str:
        saving.keep_without_trial(tried=found, by=visit.person, confirmed_code=confirmed_code)
        return "The new list stays, whether a call comes or not."

    question = Question(
        title="Keep the new list",
        text="No request has shown yet that your servers can use the list. If you keep it, it no longer "
        "reverts automatically.",
        act=act,
        form=KeepForm,
        button="Keep it",
        back=list_address(visit.merchant, found.key),
        tab="lists",
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.LISTS, prove=True, back="operator:lists")
def list_back(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = own_trial(visit, number)

    def act() -> str:
        trial.revert_trial(trial=found)
        return "The list from before counts again."

    question = Question(
        title="Put the old list back",
        text="At once: calls are judged by the list from before the trial.",
        act=act,
        button="Put it back",
        back=list_address(visit.merchant, found.key),
        tab="lists",
    )
    return ask_to_confirm(request, visit, question)
