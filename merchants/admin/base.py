"""What all pages of the administration share: lists that never count, and questions before what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import BadRequest, ValidationError
from django.db import IntegrityError
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import paginator
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from merchants import errors, form_tokens
from merchants.admin import labels, opened_state
from merchants.admin.exports import ExportedList
from merchants.admin.opened_state import Watched
from merchants.admin.recent_items import add_recent_item
from merchants.admin.timeline import TimelinePage
from merchants.services import history
from portal.lib.texts import Answers, Text

ASKED = gettext_lazy("Requested. A second person must approve it: your request is on the page “Approvals”.")
WHOLE = {"", "__exact", "__id__exact", "__pk__exact", "__in", "__isnull"}
COMPARISONS = {"exact", "id__exact", "pk__exact", "in", "isnull", "gte", "gt", "lte", "lt"}
PER_PAGE = 50
LAST_PAGE = 200
MET_ANOTHER = gettext_lazy(
    "Another person saved a change that conflicts with yours, so your change was not saved. "
    "Check the current values, then make your change again."
)
log = structlog.get_logger(__name__)


class InfinitePaginator(paginator.InfinitePaginator):
    """Pages without a COUNT(*), and none so deep that the database had to walk over a million rows to reach it.

    The name is what unfold's pages know it by, and then show no number of results.
    """

    count = PER_PAGE * LAST_PAGE


class FastAdmin(TimelinePage, ExportedList):
    """A list that costs the same over a hundred rows and over a hundred million."""

    exact_moments = False  # lists that people search to the second say True
    paginator = InfinitePaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # they count
    list_per_page = PER_PAGE
    list_disable_select_all = True
    list_filter_submit = True
    actions: Any = None
    sortable_by: Sequence[str] = ()
    empty_value_display = "–"

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What the list does not know is told, and not passed over: it would show more than was asked for."""
        try:
            shown: ChangeList = super().get_changelist_instance(request)
        except IncorrectLookupParameters as unknown:
            if not unknown.args:  # a page that is too deep: as ever, the list leads back to its first
                raise
            raise BadRequest(_("This list does not have this filter. Choose one of its filters.")) from unknown
        return shown

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Whole values, and what the list offers. Any other look-up would answer, sign by sign, what no page shows."""
        name = lookup.partition(LOOKUP_SEP)[0]
        if name not in {field.name for field in self.opts.get_fields()}:
            return bool(super().lookup_allowed(lookup, value, request))
        known = lookup.removeprefix(name) in WHOLE or any(_is_of(offer, lookup) for offer in self.offered(request))
        return known and bool(super().lookup_allowed(lookup, value, request))

    def offered(self, request: HttpRequest | None) -> Iterator[str]:
        for each in self.get_list_filter(request):
            offer = each[0] if isinstance(each, tuple) else each
            yield offer if isinstance(offer, str) else offer.parameter_name

    @display(description=gettext_lazy("Created (UTC)"))
    def created(self, row: Any) -> SafeString | None:
        return labels.moment(row.created_at, exact=self.exact_moments)

    @display(description=gettext_lazy("Merchant"))
    def of_merchant(self, row: Any) -> str | None:
        return row.merchant.listed_name if row.merchant else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing that money or a trace hangs on is ever deleted; it is closed, revoked, blocked or switched off."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the fields that can only be read and that are empty, and without the boxes that are left empty."""
        boxes = super().get_fieldsets(request, obj)
        if obj is None:
            return boxes
        empty = self.empty_fields(request, obj, [name for _title, box in boxes for name in box["fields"]])
        kept = [
            (title, box | {"fields": [name for name in box["fields"] if name not in empty]}) for title, box in boxes
        ]
        return [(title, box) for title, box in kept if box["fields"]]

    def empty_fields(self, request: HttpRequest, obj: Any, names: Sequence[str]) -> frozenset[str]:
        """Asked once for each page: some of the values are questions to the database."""
        known: dict[Any, frozenset[str]] = request.__dict__.setdefault("empty_fields", {})
        if obj.pk not in known:
            readable = (
                {*self.get_readonly_fields(request, obj)} if self.has_change_permission(request, obj) else {*names}
            )
            known[obj.pk] = frozenset(
                name for name in names if name in readable and self.shown_value(obj, name) in (None, "")
            )
        return known[obj.pk]

    def shown_value(self, obj: Any, name: str) -> Any:
        """Return what stands in a field: of a method of this class, or the column, without what it refers to."""
        own = getattr(self, name, None)
        if callable(own):
            return own(obj)
        return getattr(obj, f"{name}_id") if hasattr(obj, f"{name}_id") else getattr(obj, name, True)

    def watched(self, request: HttpRequest, obj: Model) -> Watched:
        """What the form of `obj` can change. Another person's save of it is not overwritten."""
        names = super().get_form(request, obj, change=True).base_fields
        tables = [table.model for table in self.get_inlines(request, obj) if not getattr(table, "is_read_only", False)]
        return Watched.build(obj, names, tables)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **options: Any,
    ) -> type[forms.ModelForm[Any]]:
        form: type[forms.ModelForm[Any]] = super().get_form(request, obj, change=change, **options)
        is_whole = obj is not None and options.get("fields", ()) is not None  # None: Django asks for the names alone
        sent = request.POST.get(opened_state.FIELD, "") if is_whole else ""
        return opened_state.watching_form(form, self.watched(request, obj), sent) if sent else form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *rest: Any, **kind: Any
    ) -> HttpResponse:
        obj = kind.get("obj")
        if obj is not None and self.has_change_permission(request, obj):
            context[opened_state.FIELD] = self.watched(request, obj).signed()
        if obj is not None and request.method == "GET" and "_popup" not in request.GET:
            add_recent_item(request, title=str(obj), kind=str(self.opts.verbose_name), url=request.path)
        response: HttpResponse = super().render_change_form(request, context, *rest, **kind)
        return response

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What the form could not know: another person saved something, and the database refuses to have both."""
        try:
            response: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as refused:
            log.warning("save.refused", path=request.path, reason=str(refused).partition("\n")[0])
            self.message_user(request, MET_ANOTHER, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        return response

    def say(self, request: HttpRequest, asks: Callable[[], object]) -> None:
        """What a second person must approve is not saved with the rest of the form."""
        try:
            asks()
        except errors.Refusal as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(request, ASKED, messages.WARNING)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The object of an action's address."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def ask(self, request: HttpRequest, obj: Model, question: AdminQuestion) -> HttpResponse:
        """The page that says what will follow; done only when it comes back confirmed, and once."""
        form = question_form(request, question)
        reason = ""

        def act(why: str = "", typed_code: str = "", **wish: Any) -> None:
            nonlocal reason
            reason = why or wish.get("reason", "")
            with history.give_reason(reason):
                question.act(**wish)

        back = self.change_url(obj)
        if passes_check(form, question) and form_tokens.submit_once(request, form, act, back=back):
            self.log_change(request, obj, f"{question.done}: {reason}" if reason else str(question.done))
            self.message_user(request, _("%(object)s %(done)s.") % {"object": obj, "done": question.done})
            return HttpResponseRedirect(back)
        context = self.admin_site.each_context(request) | {
            "title": question.title,
            "subtitle": str(obj),
            "opts": self.opts,
            "question": question,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/question.html", context)

    def off_switch_impact(self, obj: Any) -> OffSwitchImpact | None:
        """What switching `obj` off meets. The wallet knows it, and says so in a class of its own."""
        return None

    def change_url(self, obj: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


def _is_of(offer: str, lookup: str) -> bool:
    return lookup == offer or lookup.removeprefix(offer + LOOKUP_SEP) in COMPARISONS


def question_form(request: HttpRequest, question: AdminQuestion) -> forms.Form:
    """Return the form of a question with what every question asks: a token, a reason, and a code where it is wide."""
    sent = request.POST if request.method == "POST" else None
    form = question.form(sent, initial=dict(question.initial))
    form.fields["token"] = form_tokens.token_field()
    if sent is None:
        form.initial["token"] = form_tokens.new_token(request)
    if "reason" not in form.fields:
        form.fields["why"] = reason_field(required=question.impact is not None)
    if question.impact is not None and question.impact.is_wide:
        form.fields["typed_code"] = code_field(question.impact.code)
    return form


def passes_check(form: forms.Form, question: AdminQuestion) -> bool:
    """Return whether the form is valid and the question's check refuses nothing; else the form says why."""
    if not form.is_valid():
        return False
    try:
        question.check(
            **{name: value for name, value in form.cleaned_data.items() if name in question.form.base_fields}
        )
    except errors.Refusal as refused:
        form.add_error(None, str(refused))
    return form.is_valid()


def reason_field(*, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=required,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Stored and shown in the history."),
    )


def code_field(code: str) -> forms.CharField:
    def check(text: str) -> None:
        if text.strip() != code:
            raise ValidationError(_("Type the code %(code)s to confirm.") % {"code": code})

    return forms.CharField(
        label=_("Type %(code)s to confirm") % {"code": code},
        max_length=100,
        validators=[check],
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Live traffic, players in session or open rounds are affected."),
    )


def explain_refusal(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An action whose page has nothing to ask any more sends its person back, with the reason."""

    @wraps(view)
    def told(self: FastAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
        try:
            return view(self, request, object_id)
        except errors.Refusal as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(self.change_url(self.found(request, object_id)))

    return told


@dataclass(frozen=True, slots=True)
class OffSwitchImpact:
    """What an off-switch meets: facts by name. A wide one is confirmed by typing `code`."""

    facts: Sequence[tuple[Text, Text]]
    is_wide: bool
    code: str


@dataclass(frozen=True, kw_only=True)
class AdminQuestion:
    """One decision: what it says, what callers will be answered, and the service that carries it out.

    With an `impact` it needs a reason. `check` refuses before anything is done; what it writes stays written.
    """

    title: Text
    text: Text
    act: Callable[..., Any]
    done: Text
    check: Callable[..., object] = dict
    answers: Answers = ()
    form: type[forms.Form] = field(default=forms.Form)
    initial: Mapping[str, Any] = field(default_factory=dict)
    danger: bool = False
    impact: OffSwitchImpact | None = None
