"""Tables to take along: asked for on the list's filter, written by a job, fetched for some hours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Role, Visit
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services import downloads
from portal.lib import clock
from portal.lib.file_names import file_name
from wallet.models import Export
from wallet.pages.round_filter import FilterForm, filter_facts
from wallet.services.rounds import exports
from wallet.services.rounds.round_list import RoundFilter

SHOWN = 50
CONTENT_TYPES = {
    Export.Form.CSV: "text/csv; charset=utf-8",
    Export.Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ABOUT = gettext_lazy(
    "The file is written in the background. It shows the data of one moment and does not include "
    "later changes. Everyone with access to these pages can download the file until it is deleted. Exports "
    "and downloads are logged."
)


class ExportForm(SingleUseForm):
    what = forms.ChoiceField(
        label=gettext_lazy("Content"),
        widget=forms.RadioSelect,
        initial=Export.What.ROUNDS,
        choices=[
            (Export.What.ROUNDS, gettext_lazy("Rounds: one row per bet, with payouts and state")),
            (
                Export.What.MOVEMENTS,
                gettext_lazy(
                    "Transactions: one row per transaction that moved money, including deposits and withdrawals"
                ),
            ),
        ],
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Format"),
        widget=forms.RadioSelect,
        initial=Export.Form.CSV,
        choices=[
            (Export.Form.CSV, gettext_lazy("CSV: all rows")),
            (Export.Form.XLSX, gettext_lazy("XLSX (Excel): at most 1,048,575 rows, the newest ones")),
        ],
    )


@page(back="operator:exports")
def export_new(request: HttpRequest, visit: Visit) -> HttpResponse:
    check_may_steer(visit)
    filter_form = FilterForm(request.GET)
    if not filter_form.is_valid():
        messages.error(request, _("The filter is invalid. Set the filter again."))
        return HttpResponseRedirect(reverse("operator:rounds", args=[visit.merchant.code]))
    wish = filter_form.wish()

    def act(what: str, form: str) -> str:
        exports.request_export(merchant=visit.merchant, by=visit.person, what=what, form=form, wish=wish)
        return _("The export has started.")

    question = Question(
        title=_("Export rounds"),
        text=ABOUT,
        tab="rounds",
        form=ExportForm,
        act=act,
        button=_("Export rounds"),
        back=reverse("operator:exports", args=[visit.merchant.code]),
        template="export_new.html",
        context={"told": filter_facts(wish)},
    )
    return ask_to_confirm(request, visit, question)


@page()
def exports_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    found = Export.objects.for_merchant(visit.merchant.pk).select_related("by").order_by("-pk")[:SHOWN]
    shown = [export_row(each, visit) for each in found]
    context: dict[str, Any] = {"exports": shown, "busy": any(each["busy"] for each in shown)}
    if request.headers.get("hx-request"):
        return render(request, "operator/exports_list.html", context | {"merchant": visit.merchant, "visit": visit})
    return page_frame.render_page(request, visit, "exports.html", tab="rounds", title=_("Exports"), **context)


@page(back="operator:exports", prove=True)
@transaction.atomic
def export_file(request: HttpRequest, visit: Visit, number: int) -> Any:
    export = own_export(visit, number)
    path = exports.fetch_file(export=export)
    if path is None:
        messages.error(request, _("This file is no longer available. Export it again."))
        return HttpResponseRedirect(reverse("operator:exports", args=[visit.merchant.code]))
    name = file_name(visit.merchant.code, export.what, at=export.asked_at, form=export.form)
    downloads.record_download(
        person=visit.person, what=name, merchant=visit.merchant, filters=export.wish, rows=export.rows_done
    )
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=name, content_type=CONTENT_TYPES[Export.Form(export.form)]
    )


@page(back="operator:exports")
def export_cancel(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    return export_done_page(
        request, visit, exports.cancel_export, own_export(visit, number), _("The export is cancelled.")
    )


@page(back="operator:exports")
def export_again(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    return export_done_page(
        request, visit, exports.restart_export, own_export(visit, number), _("The export has started again.")
    )


def export_done_page(request: HttpRequest, visit: Visit, act: Any, export: Export, sentence: str) -> HttpResponse:
    if not may_steer(visit, export):
        raise PermissionDenied
    if request.method == "POST":
        act(export=export)
        messages.success(request, sentence)
    return HttpResponseRedirect(reverse("operator:exports", args=[visit.merchant.code]))


def check_may_steer(visit: Visit) -> None:
    if visit.by_staff:
        raise PermissionDenied


def may_steer(visit: Visit, export: Export) -> bool:
    """Who asked for it, and who may change something here: a viewer does not stop what another waits for."""
    return not visit.by_staff and (visit.role != Role.VIEWER or export.by_id == visit.person.pk)


def own_export(visit: Visit, number: int) -> Export:
    found = Export.objects.for_merchant(visit.merchant.pk).select_related("merchant").filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def export_row(export: Export, visit: Visit) -> dict[str, Any]:
    broken = export.is_broken_off(at=clock.now())
    wish = RoundFilter.build(export.wish)
    may = may_steer(visit, export)
    is_over = export.state == Export.State.READY and export.expires_at is not None and export.expires_at <= clock.now()
    return {
        "export": export,
        "told": filter_facts(wish),
        "list": f"{reverse('operator:rounds', args=[visit.merchant.code])}?{urlencode(FilterForm.address(wish))}",
        "busy": export.is_active and not broken,
        "broken": broken,
        "ready": export.state == Export.State.READY and not is_over,
        "cancel": may and export.is_active and not broken,
        "again": may and (broken or export.state in {Export.State.FAILED, Export.State.CANCELLED}),
        "percent": 100 * export.rows_done // export.rows_in_all if export.rows_in_all else 0,
        "level": "good" if export.state == Export.State.READY and not is_over else "bad" if broken else "",
        "state": _("stopped") if broken else _("deleted") if is_over else export.get_state_display().lower(),
    }
