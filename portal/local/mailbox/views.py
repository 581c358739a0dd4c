"""The pages: a list that refreshes itself, one email, its parts, and the same as JSON under /api/messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from portal.local.mailbox.emails import Email, newest_first, read_email

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# The markup of an email runs no script, loads nothing, and has no origin; a link in it may open a window.
HTML_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
LINKS_OPEN_OUTSIDE = '<!doctype html><base target="_blank">'
STYLES = Path(__file__).parent / "pages" / "mailbox.css"


def own_pages_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse other hosts, and requests of other sites' pages: emails hold links that sign people in."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.headers.get("origin") not in {None, f"http://{request.get_host()}"}:
            return HttpResponseForbidden("Requests from pages of other sites are refused.\n", content_type="text/plain")
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def maildir() -> Path:
    found: Path = settings.MAILDIR  # type: ignore[misc]  # a setting of the mail catcher alone
    return found


def find_file(name: str) -> Path:
    for file in newest_first(maildir()):
        if file.name == name:
            return file
    raise Http404


def all_emails() -> list[Email]:
    emails = []
    for file in newest_first(maildir()):
        with suppress(FileNotFoundError):  # deleted meanwhile
            emails.append(read_email(file))
    return emails


def delete_emails() -> None:
    for file in newest_first(maildir()):
        file.unlink(missing_ok=True)


def show_list(request: HttpRequest) -> HttpResponse:
    return render(request, "list.html", {"emails": all_emails()})


def show_email(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "email.html", {"email": read_email(find_file(name))})


def show_html(request: HttpRequest, name: str) -> HttpResponse:
    html = read_email(find_file(name)).html_with_images
    return HttpResponse(LINKS_OPEN_OUTSIDE + html, headers={"Content-Security-Policy": HTML_POLICY})


def show_raw(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(find_file(name).read_bytes(), content_type="text/plain; charset=utf-8")


def download(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Answer an attachment that no browser shows in place, whatever its type is said to be."""
    parts = read_email(find_file(name)).attachments
    if number >= len(parts):
        raise Http404
    disposition = f"attachment; filename*=UTF-8''{quote(parts[number].name, safe='')}"
    return HttpResponse(
        parts[number].content, content_type="application/octet-stream", headers={"Content-Disposition": disposition}
    )


def show_styles(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLES.read_bytes(), content_type="text/css; charset=utf-8")


@require_POST
def delete_all(request: HttpRequest) -> HttpResponse:
    delete_emails()
    return redirect("/")


@require_http_methods(["GET", "DELETE"])
def messages(request: HttpRequest) -> HttpResponse:
    if request.method == "DELETE":
        delete_emails()
        return HttpResponse(status=204)
    return JsonResponse([_as_json(email) for email in all_emails()], safe=False)


def _as_json(email: Email) -> dict[str, object]:
    parts = [{"name": part.name, "content_type": part.content_type, "size": part.size} for part in email.attachments]
    return {
        "id": email.name,
        "received": email.received.isoformat(),
        "from": email.sender,
        "to": email.recipients.split(", "),
        "subject": email.subject,
        "text": email.text,
        "html": email.html,
        "attachments": parts,
    }


urlpatterns = [
    path("", show_list),
    path("mailbox.css", show_styles),
    path("messages/<str:name>", show_email),
    path("messages/<str:name>/html", show_html),
    path("messages/<str:name>/raw", show_raw),
    path("messages/<str:name>/attachments/<int:number>", download),
    path("delete", delete_all),
    path("api/messages", messages),
]
