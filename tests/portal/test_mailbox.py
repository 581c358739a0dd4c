from __future__ import annotations

import json
import smtplib
import stat
import threading
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.local.mailbox.letter import read_letter
from portal.local.mailbox.receiver import smtp_server
from portal.local.mailbox.site import Site
from portal.local.mailbox.store import Store
from portal.local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

NAME = "01795369602465324273-29070ed0"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "mail")


@pytest.fixture
def site(store: Store) -> Iterator[Site]:
    server = Site(store, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def smtp(store: Store) -> Iterator[smtplib.SMTP]:
    controller = smtp_server(store, free_port())
    controller.start()
    with smtplib.SMTP("127.0.0.1", controller.port) as client:
        yield client
    controller.stop()


def ask(site: Site, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", site.server_port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def letter_to(recipient: str, subject: str = "Your key was issued") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "portal@oppi.invalid", recipient
    message.set_content("Hello Änn")
    message.add_alternative("<p>Hello <script>alert(1)</script></p>", subtype="html")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="repört.csv")
    return message


def messages(site: Site) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(ask(site, "/api/messages")[1])
    return found


def test_a_letter_that_was_sent_can_be_read_in_every_form(site: Site, smtp: smtplib.SMTP) -> None:
    smtp.send_message(letter_to("ann@acme.test", "Grüße"), to_addrs=["ann@acme.test", "hidden@acme.test"])
    (message,) = messages(site)
    assert message["to"] == ["ann@acme.test", "hidden@acme.test"]
    assert message["subject"] == "Grüße"
    assert message["text"] == "Hello Änn\r\n"
    assert message["attachments"] == [{"name": "repört.csv", "content_type": "text/csv", "size": 4}]
    page = ask(site, f"/messages/{message['id']}")[1].decode()
    assert "Grüße" in page
    assert "Hello Änn" in page
    download, content = ask(site, f"/messages/{message['id']}/attachments/0")
    assert content == b"a,b\n"
    assert download.headers["content-disposition"].startswith("attachment;")


def test_newest_first_and_the_oldest_are_dropped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.local.mailbox.store.KEPT", 3)
    for number in range(5):
        store.add(f"Subject: {number}\r\n\r\n".encode(), "a@b.c", ["d@e.f"])
    assert [letter.subject for letter in store.letters()] == ["4", "3", "2"]


def test_what_arrived_survives_a_restart(store: Store) -> None:
    store.add(b"Subject: kept\r\n\r\n", "a@b.c", ["d@e.f"])
    assert [letter.subject for letter in Store(store.folder).letters()] == ["kept"]


def test_markup_in_a_letter_is_shown_and_not_obeyed(site: Site, store: Store) -> None:
    store.add(b"Subject: <img src=x>\r\nContent-Type: text/html\r\n\r\n<script>", "<b>@c.d", ["<i>@f.g"])
    (name,) = store.names()
    for path in ("/", f"/messages/{name}"):
        answer, content = ask(site, path)
        assert b"<img" not in content
        assert b"<i>" not in content
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    framed, _ = ask(site, f"/messages/{name}/html")
    assert framed.headers["content-security-policy"].startswith("sandbox allow-popups")


def test_an_image_that_came_along_stands_in_its_letter(site: Site, smtp: smtplib.SMTP) -> None:
    message = letter_to("finance@acme.example", "A day")
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    assert isinstance(html, EmailMessage)
    html.set_content('<img src="cid:chart"><img src="cid:other"><img src="cid:chart">', subtype="html")
    html.add_related(b"\x89PNG", "image", "png", cid="<chart>")
    html.add_related(b"<svg/>", "image", "svg+xml", cid="<other>")
    smtp.send_message(message)
    _, shown = ask(site, f"/messages/{messages(site)[0]['id']}/html")
    assert shown.decode().count('<img src="data:image/png;base64,iVBORw==">') == 1
    assert shown.decode().count("cid:") == 2, "the first of each, and nothing that could hold a script"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "evil.test"}, HTTPStatus.FORBIDDEN),
        ("POST", "/delete", {"Origin": "http://evil.test"}, HTTPStatus.FORBIDDEN),
        ("DELETE", "/api/messages", {"Origin": "null"}, HTTPStatus.FORBIDDEN),
        ("GET", "/delete", {}, HTTPStatus.NOT_FOUND),
        ("GET", "/messages/../../etc/passwd", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/html", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/raw", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/attachments/7", {}, HTTPStatus.NOT_FOUND),
        ("GET", "/mailbox.css", {}, HTTPStatus.OK),
    ],
)
def test_doors(site: Site, method: str, path: str, headers: dict[str, str], status: HTTPStatus) -> None:
    assert ask(site, path, method, **headers)[0].status == status


@pytest.mark.parametrize(("method", "path"), [("POST", "/delete"), ("DELETE", "/api/messages")])
def test_deleting_empties_the_list(site: Site, store: Store, method: str, path: str) -> None:
    store.add(b"Subject: gone\r\n\r\n", "a@b.c", ["d@e.f"])
    assert ask(site, path, method)[0].status in {HTTPStatus.SEE_OTHER, HTTPStatus.NO_CONTENT}
    assert messages(site) == []


HEADERS = ["Subject", "From", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"]
VALUES = ["multipart/mixed; boundary=x", "text/html; charset=nonsense", "base64", "=?utf-8?b?/w==?=", "=?x?q?=FF?="]
LINES = st.tuples(st.sampled_from(HEADERS), st.sampled_from(VALUES) | st.text(max_size=30)).map(": ".join)


@given(st.lists(LINES, max_size=8), st.binary(max_size=200))
def test_whatever_arrives_can_be_shown(head: list[str], tail: bytes) -> None:
    content = "\r\n".join(head).encode(errors="surrogatepass") + b"\r\n\r\n--x\r\n" + tail
    letter = read_letter(NAME, content)
    shown = [letter.subject, letter.sender, letter.text, letter.html, *(part.name for part in letter.attachments)]
    "".join(shown).encode()


def test_in_a_browser_a_letter_runs_no_script_and_fits_a_telephone(site: Site, store: Store, page: Page) -> None:
    store.add(letter_to("ann@acme.test", "A long subject " * 8).as_bytes(), "portal@oppi.invalid", ["ann@acme.test"])
    page.set_viewport_size({"width": 390, "height": 800})
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"http://127.0.0.1:{site.server_port}/")
    page.get_by_text("A long subject").click()
    page.frame_locator("iframe").get_by_text("Hello").wait_for()
    assert dialogs == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_letters_are_read_by_nobody_else_on_this_machine(tmp_path: Path) -> None:
    """They hold links that set a password."""
    Store(tmp_path / "mail").add(b"Subject: hello\r\n\r\n", "a@oppi.test", ["b@oppi.test"])
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == stat.S_IRWXU
