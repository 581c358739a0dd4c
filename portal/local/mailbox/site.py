"""The page side: a list that refreshes itself, one letter, its parts, and the same as JSON under /api/messages."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.template import Context, Engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from portal.local.mailbox.letter import CaughtEmail
    from portal.local.mailbox.store import Store

PAGES = Path(__file__).parent / "pages"
POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
# A letter's own markup runs no script, loads nothing, and has no origin; a link in it may open a window.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
LINKS_OPEN_OUTSIDE = '<!doctype html><base target="_blank">'
ENGINE = Engine(dirs=[str(PAGES)])


class Site(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, store: Store, port: int) -> None:
        super().__init__(("127.0.0.1", port), Door)
        self.store = store
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}


class Door(BaseHTTPRequestHandler):
    server: Site
    timeout = 10
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.admitted():
            self.route(GET)

    def do_POST(self) -> None:
        if self.admitted():
            self.route(POST)

    def do_DELETE(self) -> None:
        if self.admitted():
            self.route(DELETE)

    def admitted(self) -> bool:
        """Only under our own name, and not on behalf of another site's page: letters hold links that sign people in."""
        host, origin = self.headers.get("host", ""), self.headers.get("origin")
        if host in self.server.hosts and origin in {None, f"http://{host}"}:
            return True
        self.answer(HTTPStatus.FORBIDDEN, "text/plain", b"Not for other hosts or sites.\n")
        return False

    def route(self, routes: Routes) -> None:
        path = urlsplit(self.path).path
        for pattern, action in routes.items():
            if found := re.fullmatch(pattern, path):
                action(self, *found.groups())
                return
        self.not_found()

    def answer(self, status: HTTPStatus, content_type: str, content: bytes, **headers: str) -> None:
        self.send_response(status)
        fixed = {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Connection": "close",
        }
        for name, value in (fixed | {key.replace("_", "-"): value for key, value in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def page(self, template: str, **values: object) -> None:
        context = Context(values, use_l10n=False, use_tz=False)
        self.answer(HTTPStatus.OK, "text/html; charset=utf-8", ENGINE.get_template(template).render(context).encode())

    def not_found(self) -> None:
        self.answer(HTTPStatus.NOT_FOUND, "text/plain", b"There is no such page or letter.\n")

    def log_message(self, *_: object) -> None:
        """Nothing is worth a line here."""


def show_list(door: Door) -> None:
    door.page("list.html", letters=door.server.store.letters())


def show_letter(door: Door, name: str) -> None:
    if letter := door.server.store.get(name):
        door.page("letter.html", letter=letter)
    else:
        door.not_found()


def show_html(door: Door, name: str) -> None:
    letter = door.server.store.get(name)
    if letter and letter.html:
        content = (LINKS_OPEN_OUTSIDE + letter.html_with_images).encode(errors="replace")
        door.answer(HTTPStatus.OK, "text/html; charset=utf-8", content, Content_Security_Policy=LETTER_POLICY)
    else:
        door.not_found()


def show_raw(door: Door, name: str) -> None:
    if content := door.server.store.raw(name):
        door.answer(HTTPStatus.OK, "text/plain; charset=utf-8", content)
    else:
        door.not_found()


def download(door: Door, name: str, number: str) -> None:
    """Never shown in place, whatever type it claims to be."""
    letter = door.server.store.get(name)
    if letter and int(number) < len(letter.attachments):
        part = letter.attachments[int(number)]
        disposition = f"attachment; filename*=UTF-8''{quote(part.name, safe='')}"
        door.answer(HTTPStatus.OK, "application/octet-stream", part.content, Content_Disposition=disposition)
    else:
        door.not_found()


def show_style(door: Door) -> None:
    door.answer(HTTPStatus.OK, "text/css; charset=utf-8", (PAGES / "mailbox.css").read_bytes())


def list_as_json(door: Door) -> None:
    content = json.dumps([as_json(letter) for letter in door.server.store.letters()], indent=2)
    door.answer(HTTPStatus.OK, "application/json", content.encode())


def as_json(letter: CaughtEmail) -> dict[str, Any]:
    return {
        "id": letter.name,
        "received": letter.received.isoformat(),
        "from": letter.sender,
        "to": letter.recipients,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "attachments": [
            {"name": part.name, "content_type": part.content_type, "size": part.size} for part in letter.attachments
        ],
    }


def delete_all(door: Door) -> None:
    door.server.store.clear()
    door.answer(HTTPStatus.SEE_OTHER, "text/plain", b"", Location="/")


def delete_by_api(door: Door) -> None:
    door.server.store.clear()
    door.answer(HTTPStatus.NO_CONTENT, "text/plain", b"")


type Routes = dict[str, Callable[..., None]]
LETTER = r"/messages/([0-9a-f-]+)"
GET: Routes = {
    r"/": show_list,
    r"/mailbox\.css": show_style,
    LETTER: show_letter,
    LETTER + "/html": show_html,
    LETTER + "/raw": show_raw,
    LETTER + r"/attachments/([0-9]{1,4})": download,
    r"/api/messages": list_as_json,
}
POST: Routes = {r"/delete": delete_all}
DELETE: Routes = {r"/api/messages": delete_by_api}
