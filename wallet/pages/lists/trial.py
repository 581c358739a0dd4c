"""A list on trial, ended by hand: kept, or what was before put back."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import errors
from merchants.access import Visit, Work
from merchants.models import ListTrial
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services.allowlist import saving, trial
from wallet.pages.lists.proposal import list_address


class KeepForm(SingleUseForm):
    confirmed_code = forms.CharField(
        label=gettext_lazy("Merchant code"),
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Needed only if the allowlist refuses a tenth of your requests or more, or every address of a live key, "
            "now or within a day."
        ),
    )


def own_trial(visit: Visit, number: int) -> ListTrial:
    found = ListTrial.objects.select_related("merchant", "key").filter(merchant=visit.merchant, pk=number).first()
    if found is None:
        raise Http404
    return found


def check_alone(visit: Visit) -> None:
    """Raises SecondPersonNeeded for our staff at a merchant with the two-person rule: its own people end a trial."""
    if visit.needs_second_person:
        raise errors.SecondPersonNeeded


@page(work=Work.LISTS, prove=True, back="operator:lists")
def list_keep(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = own_trial(visit, number)
    check_alone(visit)

    def act(confirmed_code: str) -> str:
        saving.keep_without_trial(tried=found, by=visit.person, confirmed_code=confirmed_code)
        return _("The new allowlist is active. It no longer reverts automatically.")

    question = Question(
        title=_("Keep new allowlist"),
        text=_(
            "Not every address of the last 24 hours has called yet. If you keep the new allowlist, it no longer "
            "reverts automatically."
        ),
        act=act,
        form=KeepForm,
        button=_("Keep new allowlist"),
        back=list_address(visit.merchant, found.key),
        tab="lists",
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.LISTS, prove=True, back="operator:lists")
def list_back(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = own_trial(visit, number)
    check_alone(visit)

    def act() -> str:
        trial.revert_trial(trial=found)
        return _("The previous allowlist is active.")

    question = Question(
        title=_("Restore previous allowlist"),
        text=_("The allowlist from before the trial becomes active immediately."),
        act=act,
        button=_("Restore previous allowlist"),
        back=list_address(visit.merchant, found.key),
        tab="lists",
    )
    return ask_to_confirm(request, visit, question)
