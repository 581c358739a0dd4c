"""Pages that ask before they do: a form that works once, and a service. A new secret is shown here only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from merchants import errors, form_tokens
from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.forms import SingleUseForm
from merchants.services import history
from merchants.services.keys import Issued
from portal.lib.texts import Answers, Text


@dataclass(frozen=True, kw_only=True)
class Question:
    """`act` gets what the form says, and returns what was issued, the sentence to say when it is done, or a page that
    is shown once.
    """

    title: Text
    act: Callable[..., Issued | HttpResponse | Text]
    back: str
    button: str
    tab: str
    text: Text = ""
    form: type[SingleUseForm] = SingleUseForm
    template: str = "ask.html"
    initial: Mapping[str, Any] = field(default_factory=dict)
    answers: Answers = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    danger: bool = False


def ask_to_confirm(request: HttpRequest, visit: Visit, question: Question) -> HttpResponse:
    form = question.form(request.POST or None, initial=dict(question.initial))
    if form.is_valid() and (answer := _act(request, visit, question, form)) is not None:
        return answer
    if not form.is_bound:
        form.initial["token"] = form_tokens.new_token(request)
    return _show(request, visit, question, question.template, form=form, **question.context)


def _act(request: HttpRequest, visit: Visit, question: Question, form: SingleUseForm) -> HttpResponse | None:
    """None when it was refused: then nothing is changed, and the form can be sent again."""
    wish = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            if not form_tokens.use_token(request, wish.pop("token")):
                return _show(request, visit, question, "ask_again.html", 409)
            with history.give_reason(wish.get("reason", "")):
                done = question.act(**wish)
    except errors.Refusal as refused:
        form.add_error(None, str(refused))
        if isinstance(refused, errors.OutOfDate):
            _see_anew(request, form)
        return None
    if isinstance(done, HttpResponse):
        return done
    if isinstance(done, Issued):
        return _show(request, visit, question, "secret.html", issued=done)
    messages.success(request, str(done))
    return HttpResponseRedirect(question.back)


def _see_anew(request: HttpRequest, form: SingleUseForm) -> None:
    """The page is made of what stands now, so that is what its form has seen; the person was told so, and decides."""
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    for name, each in form.fields.items():
        if each.widget.is_hidden and name in form.initial:
            data[name] = form.initial[name]
    data["token"] = form_tokens.new_token(request)
    form.data = data


def _show(
    request: HttpRequest, visit: Visit, question: Question, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    title = _("Your new secret") if template == "secret.html" else question.title
    return page_frame.render_page(
        request, visit, template, tab=question.tab, title=title, status=status, question=question, **more
    )
