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
from django.core.exceptions import BadRequest
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

from merchants import errors
from merchants.admin import labels
from merchants.admin.exports import ExportedList
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
        """The page that says what will follow; done only when it comes back confirmed."""
        form = question.form(request.POST if request.method == "POST" else None, initial=dict(question.initial))
        if "reason" not in form.fields:
            form.fields["why"] = reason_field()
        if request.method == "POST" and form.is_valid():
            wish = form.cleaned_data
            try:
                with history.give_reason(wish.pop("why", "") or wish.get("reason", "")):
                    question.act(**wish)
            except errors.Refusal as refused:
                form.add_error(None, str(refused))
            else:
                self.log_change(request, obj, str(question.done))
                self.message_user(request, _("%(object)s %(done)s.") % {"object": obj, "done": question.done})
                return HttpResponseRedirect(self.change_url(obj))
        context = self.admin_site.each_context(request) | {
            "title": question.title,
            "subtitle": str(obj),
            "opts": self.opts,
            "question": question,
            "form": form,
            "back": self.change_url(obj),
        }
        return TemplateResponse(request, "admin/question.html", context)

    def change_url(self, obj: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


def _is_of(offer: str, lookup: str) -> bool:
    return lookup == offer or lookup.removeprefix(offer + LOOKUP_SEP) in COMPARISONS


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("Stored and shown in the history."),
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


@dataclass(frozen=True, kw_only=True)
class AdminQuestion:
    """One decision: what it says, what callers will be answered, and the service that carries it out."""

    title: Text
    text: Text
    act: Callable[..., Any]
    done: Text
    answers: Answers = ()
    form: type[forms.Form] = field(default=forms.Form)
    initial: Mapping[str, Any] = field(default_factory=dict)
    danger: bool = False
