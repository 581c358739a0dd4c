"""Pages of errors in every area, as the running portal answers them: our own look, a way back, and the request id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from merchants.models import Merchant, Person
from merchants.pages import error_pages
from tests.people import signed_in
from tests.plugins.live import Live

FORM = "application/x-www-form-urlencoded"
SESSION_TABLE = "django_session"


class Answer(NamedTuple):
    status: int
    request_id: str
    policy: str
    body: str


def fetch(live: Live, path: str, *, method: str = "GET", body: bytes = b"", cookie: str = "") -> Answer:
    headers = {"Content-Type": FORM} | ({"Cookie": cookie} if cookie else {})
    connection = HTTPConnection(urlsplit(live.base_url).netloc, timeout=60)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in (headers | {"Content-Length": str(len(body))}).items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    told = answer.headers.get("x-request-id", ""), answer.headers.get("content-security-policy", "")
    found = Answer(answer.status, *told, answer.read().decode())
    connection.close()
    return found


def check_look(answer: Answer, *, back: str) -> None:
    assert 'href="/static/' in answer.body
    assert "<main" in answer.body
    assert f'href="{back}"' in answer.body
    assert "Back to " in answer.body
    assert re.search(rf'id="request-id">{answer.request_id}<', answer.body)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]* src=)|https?://", answer.body)


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/nothing", "/"),
        ("/api/docs/nothing", "/"),
        ("/account/nothing/", "/account/login/"),
        ("/static/none.css", "/"),
    ],
)
def test_a_page_that_is_not_there(live: Live, path: str, back: str) -> None:
    answer = fetch(live, path)
    assert answer.status == 404
    assert "Page not found" in answer.body
    check_look(answer, back=back)


def test_an_address_that_cannot_be_read(live: Live) -> None:
    answer = fetch(live, "/account/login/?next=%00")
    assert answer.status == 400
    check_look(answer, back="/")


def test_a_form_of_another_session(live: Live) -> None:
    answer = fetch(live, "/account/login/", method="POST", body=b"login=a")
    assert answer.status == 403
    assert "This page belongs to a session that has ended." in answer.body
    check_look(answer, back="/account/login/")


def test_a_form_that_is_too_large(live: Live) -> None:
    body = urlencode({"login": "a" * 2_000_000}).encode()
    answer = fetch(live, "/account/login/", method="POST", body=body, cookie=f"csrftoken={'a' * 32}")
    assert answer.status == 413
    assert "Text in a form can have up to 1 MB." in answer.body
    check_look(answer, back="/account/login/")


def test_an_address_that_only_forms_send_to(live: Live) -> None:
    answer = fetch(live, "/account/sessions/1/end/")
    assert answer.status == 405
    assert "This address is not a page" in answer.body
    check_look(answer, back="/account/login/")


@pytest.fixture
def broken(live: Live) -> Iterator[None]:
    """A portal whose sessions cannot be read."""
    with psycopg.connect(live.dsn, autocommit=True) as database:
        database.execute(f"ALTER TABLE {SESSION_TABLE} RENAME TO {SESSION_TABLE}_away")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE {SESSION_TABLE}_away RENAME TO {SESSION_TABLE}")


@pytest.mark.parametrize("path", ["/account/login/", "/operator/", "/admin/", "/nothing"])
def test_a_fault_has_a_page_that_needs_nothing_and_a_line_with_its_id(live: Live, broken: None, path: str) -> None:
    answer = fetch(live, path, cookie=f"sessionid={'a' * 32}")
    assert answer.status in {404, 500}
    check_look(answer, back="/" if path == "/nothing" else path)
    lines = [line for line in live.log.read_text(errors="replace").splitlines() if answer.request_id in line]
    assert lines, "no line of the log has the request id"
    told = [json.loads(line) for line in lines]
    assert any(line["request_id"] == answer.request_id for line in told)
    if answer.status == 500:
        assert len([line for line in told if "Traceback" in line.get("exception", "")]) == 1


# --- In process: what needs somebody who is signed in -----------------------------------------------------------------
def page_of(client: Client, path: str, status: int) -> str:
    response = client.get(path)
    assert response.status_code == status
    body = response.content.decode()
    assert f'id="request-id">{response["x-request-id"]}<' in body
    return body


def test_the_administration_keeps_its_frame(client: Client, support: Person, acme: Merchant) -> None:
    cache.clear()
    signed_in(client, support)
    missing = page_of(client, "/admin/nothing/here/", 404)
    assert "Page not found" in missing
    assert "Back to the administration" in missing
    assert 'id="nav-sidebar"' in missing or "Merchants" in missing  # the menu is there
    refused = page_of(client, "/admin/merchants/person/add/", 403)
    assert "No permission" in refused
    assert "Back to the administration" in refused


def test_the_operators_pages(client: Client, owner: Person) -> None:
    cache.clear()
    signed_in(client, owner)
    assert "Back to your merchants" in page_of(client, "/operator/nothing/at/all/", 404)
    assert "Back to your merchants" in page_of(client, "/operator/acme/nothing/", 404)


def test_too_many_attempts_are_answered_by_a_page(client: Client, db: None) -> None:
    cache.clear()
    for _attempt in range(60):
        client.post("/account/login/", {})
    response = client.post("/account/login/", {})
    page = response.content.decode()
    assert response.status_code == 429
    assert "Wait a minute" in page
    assert "<main" in page
    assert 'href="/account/login/"' in page
    assert "Back to sign-in" in page
    assert f'id="request-id">{response["x-request-id"]}<' in page


@pytest.mark.parametrize("status", sorted(error_pages.TEXTS))
def test_every_status_has_words(status: int) -> None:
    """Without any middleware: there is no session, and nobody is known."""
    response = error_pages.error_page(RequestFactory().get("/somewhere/"), status)
    assert response.status_code == status
    assert str(error_pages.TEXTS[status].title) in response.content.decode()
