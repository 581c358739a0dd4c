"""What our staff want for the merchant and an owner decides, after a fresh proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.models import OwnerQuestion
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services import owner_questions


class AnswerForm(SingleUseForm):
    yes = forms.TypedChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[("yes", gettext_lazy("Allow the change")), ("no", gettext_lazy("Refuse the change"))],
        coerce="yes".__eq__,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose an answer.")},
    )


@page(work=Work.PLAN, prove=True, back="operator:people")
def question_answer(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = OwnerQuestion.objects.filter(merchant=visit.merchant, pk=number).select_related("asked_by").first()
    if found is None:
        raise Http404
    if found.state != OwnerQuestion.State.WAITING:
        raise owner_questions.AnsweredAlready

    def act(*, yes: bool) -> str:
        owner_questions.answer_question(question=found, yes=yes, by=visit.person)
        return _("The change is allowed and active.") if yes else _("The change is refused. Nothing has changed.")

    context: dict[str, Any] = {}
    question = Question(
        title=_("Question from our staff"),
        text=_("%(asked_by)s of our staff wants to %(wish)s. An owner must allow this change.")
        % {"asked_by": found.asked_by, "wish": found.wish},
        tab="people",
        back=reverse("operator:people", args=[visit.merchant.code]),
        form=AnswerForm,
        act=act,
        button=_("Send answer"),
        context=context,
    )
    return ask_to_confirm(request, visit, question)
