"""Pages that ask before they do: a form that works once, and a service. A new secret is shown here only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from merchants import form_tokens
from merchants.access import Visit
from merchants.pages import page_frame
from merchants.pages.forms import SingleUseForm
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
    if form.is_valid() and (done := form_tokens.submit_once(request, form, question.act, back=question.back)):
        return _answer(request, visit, question, done.value)
    if not form.is_bound:
        form.initial["token"] = form_tokens.new_token(request)
    return _show(request, visit, question, question.template, form=form, **question.context)


def _answer(request: HttpRequest, visit: Visit, question: Question, done: Issued | HttpResponse | Text) -> HttpResponse:
    if isinstance(done, HttpResponse):
        return done
    if isinstance(done, Issued):
        return _show(request, visit, question, "secret.html", issued=done)
    messages.success(request, str(done))
    return HttpResponseRedirect(question.back)


def _show(request: HttpRequest, visit: Visit, question: Question, template: str, **more: Any) -> HttpResponse:
    title = _("Your new secret") if template == "secret.html" else question.title
    return page_frame.render_page(request, visit, template, tab=question.tab, title=title, question=question, **more)
