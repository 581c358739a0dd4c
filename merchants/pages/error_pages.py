"""Pages for requests that fail: what happened, a way back, and the id that the log line of the request has too.

A page that fails may not need what has failed: when the frame cannot be rendered, the bare page is sent, which asks
neither database nor session nor cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import access
from merchants.form_tokens import FormUsed
from merchants.models import Person
from portal.lib.texts import Text

ADMINISTRATION, OPERATORS, ACCOUNT = "/admin/", "/operator/", "/account/"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorText:
    title: Text
    text: Text
    icon: str = "alert-triangle"


TEXTS: dict[int, ErrorText] = {
    400: ErrorText(
        gettext_lazy("The request is invalid"),
        gettext_lazy("The portal could not read the request. Open the page from its menu and try again."),
    ),
    403: ErrorText(
        gettext_lazy("No permission"),
        gettext_lazy("Your role does not allow this. Ask an administrator of the portal for the permission."),
        "lock",
    ),
    404: ErrorText(
        gettext_lazy("Page not found"),
        gettext_lazy("The address is wrong, or the page no longer exists."),
        "search",
    ),
    405: ErrorText(
        gettext_lazy("This address is not a page"),
        gettext_lazy("This address only receives forms. Open the page from its menu."),
    ),
    413: ErrorText(
        gettext_lazy("The form is too large"),
        gettext_lazy(
            "No change was made. Text in a form can have up to 1 MB. Send less text at a time, or upload a file."
        ),
    ),
    429: ErrorText(gettext_lazy("Too many attempts"), gettext_lazy("Wait a minute, then try again."), "clock"),
    500: ErrorText(
        gettext_lazy("The portal made a mistake"),
        gettext_lazy("Try again in a minute. If it happens again, send the request id to our support."),
    ),
    503: ErrorText(
        gettext_lazy("The portal is not available"),
        gettext_lazy("Try again in a minute. If it happens again, send the request id to our support."),
    ),
}
EXPIRED = ErrorText(
    gettext_lazy("No change was made"),
    gettext_lazy("This page belongs to a session that has ended. Open the page again and repeat your change."),
    "clock",
)
USED = ErrorText(
    gettext_lazy("Form already used"),
    gettext_lazy(
        "This form was already sent, or was opened before you signed in. This time, nothing was changed. Check the "
        "page before you send a new form. A secret that was shown cannot be shown again: if it is lost, rotate the "
        "secret."
    ),
    "clock",
)
BARE_ONLY = {500, 503}


def error_page(
    request: HttpRequest, status: int, *, told: ErrorText | None = None, back: str = "", again: str = ""
) -> HttpResponse:
    """Return the page of an error in the frame of its area. `back`: instead of the area; `again`: of a new form."""
    told = told or TEXTS[status]
    context: dict[str, Any] = {"title": told.title, "text": told.text, "icon": told.icon, "status": status}
    address, label = way_back(request.path)
    context |= {"back": back or address, "back_label": _("Check page") if back else label, "again": again}
    context["request_id"] = getattr(request, "request_id", "")
    if status not in BARE_ONLY:
        try:
            return HttpResponse(render_to_string("error.html", context | frame_of(request), request), status=status)
        except Exception as fault:  # noqa: BLE001 - a page about a fault must not fail of another one
            log.warning("error_page.bare", path=request.path, fault=str(fault))
    return HttpResponse(render_to_string("error_bare.html", context), status=status)


def frame_of(request: HttpRequest) -> dict[str, Any]:
    """Return the frame of the administration for staff who are in it; elsewhere the bare frame of operators' pages."""
    person = getattr(request, "user", None)
    if not request.path.startswith(ADMINISTRATION) or not isinstance(person, Person) or not person.is_staff:
        return {}
    if not access.used_second_factor(request):
        return {}
    return admin.site.each_context(request) | {"frame": "admin/desk.html", "element_classes": {"content": "desk"}}


def refused_download(path: str, sentence: str, request_id: str) -> str:
    """Return the page for a file that is not sent now, as HTML."""
    address, label = way_back(path)
    known = {"title": _("The file is not available now"), "text": sentence, "icon": "clock"}
    return render_to_string("error_bare.html", known | {"back": address, "back_label": label, "request_id": request_id})


def way_back(path: str) -> tuple[str, str]:
    """Return address and label of the way back to the area of `path`."""
    if path.startswith(ADMINISTRATION):
        return reverse("admin:index", urlconf=settings.ROOT_URLCONF), _("Back to the administration")
    if path.startswith(OPERATORS):
        return reverse("operator:merchants", urlconf=settings.ROOT_URLCONF), _("Back to your merchants")
    if path.startswith(ACCOUNT):
        return reverse("account_login", urlconf=settings.ROOT_URLCONF), _("Back to sign-in")
    return "/", _("Back to the portal")


# --- What Django calls ------------------------------------------------------------------------------------------------
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is larger than DATA_UPLOAD_MAX_MEMORY_SIZE never reaches its page."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    return error_page(request, 413 if too_large else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page from before the last sign-in: most often a tab that was left open over night."""
    log.warning("form.expired", path=request.path, why=reason, request_id=str(getattr(request, "request_id", "")))
    return error_page(request, 403, told=EXPIRED)


class UsedForms:
    """Answer a form that was sent before: one page for operators and the administration."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, FormUsed):
            return None
        page = error_page(request, HTTPStatus.CONFLICT, told=USED, back=exception.back, again=request.get_full_path())
        add_never_cache_headers(page)
        return page


class EmptyErrors:
    """Give an error that comes without a page, as Django's answer to a wrong method, the page of its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response.streaming or response.content:
            return response
        if response.status_code not in TEXTS:
            return response
        page = error_page(request, response.status_code)
        for name, value in response.items():
            if name not in page:
                page[name] = value
        return page
