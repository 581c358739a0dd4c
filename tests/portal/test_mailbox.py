"""The mail catcher, started as `make up` starts it."""

from __future__ import annotations

import json
import smtplib
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.local.mailbox.__main__ import MOST_EMAILS, Maildir
from portal.local.mailbox.emails import newest_first, read_email
from portal.local.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

NAME = "1795369602.M465324P1Q2.host"
START_SECONDS = 60


@dataclass(frozen=True)
class Catcher:
    http_port: int
    smtp_port: int
    folder: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def send(self, message: EmailMessage, *others: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=30) as client:
            client.send_message(message, to_addrs=[str(message["To"]), *others])

    def messages(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.ask("/api/messages")[1])
        return found


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catcher]:
    catcher = Catcher(free_port(), free_port(), tmp_path_factory.mktemp("catcher") / "mail")
    ports = ["--smtp-port", str(catcher.smtp_port), "--http-port", str(catcher.http_port)]
    command = [sys.executable, "-m", "portal.local.mailbox", *ports, "--dir", str(catcher.folder)]
    with subprocess.Popen(command) as process:
        wait_for(catcher)
        yield catcher
        process.terminate()
    assert process.returncode == 0


def wait_for(catcher: Catcher) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            catcher.ask("/")
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
        else:
            return


@pytest.fixture
def catcher(running: Catcher) -> Catcher:
    running.ask("/api/messages", "DELETE")
    return running


def email_to(recipient: str, subject: str = "Your key was issued") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "portal@oppi.invalid", recipient
    message.set_content("Hello Änn")
    message.add_alternative("<p>Hello <script>alert(1)</script></p>", subtype="html")
    message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="repört.csv")
    return message


def test_an_email_can_be_read_in_every_form(catcher: Catcher) -> None:
    catcher.send(email_to("ann@acme.test", "Grüße"), "hidden@acme.test")
    (message,) = catcher.messages()
    assert message["to"] == ["ann@acme.test", "hidden@acme.test"]
    assert message["subject"] == "Grüße"
    assert message["text"] == "Hello Änn\n"
    assert message["attachments"] == [{"name": "repört.csv", "content_type": "text/csv", "size": 4}]
    page = catcher.ask(f"/messages/{message['id']}")[1].decode()
    assert "Grüße" in page
    assert "Hello Änn" in page
    download, content = catcher.ask(f"/messages/{message['id']}/attachments/0")
    assert content == b"a,b\n"
    assert download.headers["content-disposition"].startswith("attachment;")
    assert b"Subject: =?utf-8?" in catcher.ask(f"/messages/{message['id']}/raw")[1]


def test_the_newest_come_first_and_the_oldest_are_dropped(tmp_path: Path) -> None:
    """The folder is the whole state, so emails survive a restart."""
    maildir = Maildir(tmp_path / "mail")
    for number in range(MOST_EMAILS + 3):
        maildir.handle_message(email_to("ann@acme.test", str(number)))
    kept = [read_email(file).subject for file in newest_first(tmp_path / "mail")]
    assert kept == [str(number) for number in reversed(range(3, MOST_EMAILS + 3))]


def test_markup_in_an_email_is_shown_and_not_obeyed(catcher: Catcher) -> None:
    message = email_to("ann@acme.test", "<img src=x>")
    message.replace_header("From", "<i@oppi.invalid>")
    catcher.send(message)
    (shown,) = catcher.messages()
    for path in ("/", f"/messages/{shown['id']}"):
        answer, content = catcher.ask(path)
        assert b"<img" not in content
        assert b"<i@" not in content
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    framed, html = catcher.ask(f"/messages/{shown['id']}/html")
    assert b"<script>" in html
    assert framed.headers["content-security-policy"].startswith("sandbox allow-popups")


def test_an_attached_image_stands_in_its_email(catcher: Catcher) -> None:
    message = email_to("finance@acme.example", "A day")
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    assert isinstance(html, EmailMessage)
    html.set_content('<img src="cid:chart"><img src="cid:other"><img src="cid:chart">', subtype="html")
    html.add_related(b"\x89PNG", "image", "png", cid="<chart>")
    html.add_related(b"<svg/>", "image", "svg+xml", cid="<other>")
    catcher.send(message)
    _, shown = catcher.ask(f"/messages/{catcher.messages()[0]['id']}/html")
    assert shown.decode().count('<img src="data:image/png;base64,iVBORw==">') == 1
    assert shown.decode().count("cid:") == 2, "the first of each, and nothing that could hold a script"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {"Host": "evil.test"}, HTTPStatus.BAD_REQUEST),
        ("POST", "/delete", {"Origin": "http://evil.test"}, HTTPStatus.FORBIDDEN),
        ("DELETE", "/api/messages", {"Origin": "null"}, HTTPStatus.FORBIDDEN),
        ("GET", "/delete", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/messages/../../etc/passwd", {}, HTTPStatus.NOT_FOUND),
        ("GET", "/messages/..%2Ftmp", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/html", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/raw", {}, HTTPStatus.NOT_FOUND),
        ("GET", f"/messages/{NAME}/attachments/7", {}, HTTPStatus.NOT_FOUND),
        ("GET", "/mailbox.css", {}, HTTPStatus.OK),
    ],
)
def test_doors(catcher: Catcher, method: str, path: str, headers: dict[str, str], status: HTTPStatus) -> None:
    assert catcher.ask(path, method, **headers)[0].status == status


@pytest.mark.parametrize(("method", "path"), [("POST", "/delete"), ("DELETE", "/api/messages")])
def test_deleting_empties_the_list(catcher: Catcher, method: str, path: str) -> None:
    catcher.send(email_to("ann@acme.test"))
    assert len(catcher.messages()) == 1
    assert catcher.ask(path, method)[0].status in {HTTPStatus.FOUND, HTTPStatus.NO_CONTENT}
    assert catcher.messages() == []


HEADERS = ["Subject", "From", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"]
VALUES = ["multipart/mixed; boundary=x", "text/html; charset=nonsense", "base64", "=?utf-8?b?/w==?=", "=?x?q?=FF?="]
LINES = st.tuples(st.sampled_from(HEADERS), st.sampled_from(VALUES) | st.text(max_size=30)).map(": ".join)


@given(head=st.lists(LINES, max_size=8), tail=st.binary(max_size=200))
def test_whatever_arrives_can_be_shown(head: list[str], tail: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / NAME
    path.write_bytes("\r\n".join(head).encode(errors="surrogatepass") + b"\r\n\r\n--x\r\n" + tail)
    email = read_email(path)
    shown = [email.subject, email.sender, email.text, email.html, *(part.name for part in email.attachments)]
    "".join(shown).encode()


def test_in_a_browser_an_email_runs_no_script_and_fits_a_telephone(catcher: Catcher, page: Page) -> None:
    catcher.send(email_to("ann@acme.test", "A long subject " * 8))
    page.set_viewport_size({"width": 390, "height": 800})
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"http://127.0.0.1:{catcher.http_port}/")
    page.get_by_text("A long subject").click()
    page.frame_locator("iframe").get_by_text("Hello").wait_for()
    assert dialogs == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_nobody_else_on_this_machine_reads_the_emails(catcher: Catcher) -> None:
    """They hold links that set a password."""
    assert stat.S_IMODE(catcher.folder.stat().st_mode) == stat.S_IRWXU
