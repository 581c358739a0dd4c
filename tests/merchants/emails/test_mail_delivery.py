"""How a mail server is spoken to, and to which address."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import IntegrityError, connection, transaction
from django.test import Client

from merchants.models import Contact, Merchant, OutgoingEmail, Person
from merchants.services import email_outbox
from portal.lib import smtp
from portal.local.ports import free_port
from tests import factories
from tests.pages import said, send
from tests.people import signed_in
from tests.plugins.database_role import unguarded


class Server:
    """Keeps each email with the addresses of its envelope."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=default)))
        return "250 Kept"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    options = {"host": "127.0.0.1", "port": controller.port, "timeout": 60}
    settings.MAILERS = {"default": {"BACKEND": "portal.lib.smtp.EmailBackend", "OPTIONS": options}}
    yield handler
    controller.stop()


class Watched(smtp.PhasedSMTP):
    """Writes down how long each answer would have been waited for."""

    waits: list[float | None]

    def __init__(self, *rest: Any, **options: Any) -> None:
        self.waits = []
        super().__init__(*rest, **options)

    def getreply(self) -> tuple[int, bytes]:
        self.waits.append(self.sock.gettimeout() if self.sock else None)
        return super().getreply()


def test_the_answer_to_a_whole_email_has_ten_minutes(server: Server, settings: Any) -> None:
    port = settings.MAILERS["default"]["OPTIONS"]["port"]
    with Watched("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail("portal@oppi.test")
        client.rcpt("ann@acme.test")
        client.data(b"Subject: 1\r\n\r\nbody\r\n")
        client.noop()
    greeting, ehlo, mail, rcpt, begin, end, noop, _ = client.waits
    assert (greeting, ehlo, mail, rcpt, noop) == (60, 60, 60, 60, 60)
    assert (begin, end) == (smtp.BEFORE_DATA, smtp.AFTER_DOT) == (120, 600)


def test_the_portal_sends_with_these_time_outs(server: Server, acme: Merchant) -> None:
    connection_class = smtp.EmailBackend(alias="default", host="127.0.0.1").connection_class
    assert connection_class is smtp.PhasedSMTP
    assert smtp.EmailBackend(alias="default", host="127.0.0.1", use_ssl=True).connection_class is smtp.PhasedSMTPS
    OutgoingEmail.objects.create(
        merchant=acme, to="ann@acme.test", template="account", context={"subject": "1", "body": "2"}
    )
    email_outbox.send_due_emails()
    assert [to for to, _ in server.taken] == [["ann@acme.test"]]


def test_an_invitation_goes_to_the_domain_that_was_typed(
    server: Server, client: Client, acme: Merchant, owner: Person
) -> None:
    send(signed_in(client, owner), "/operator/acme/people/invite/", email="ann@faß.example", role="viewer")
    email_outbox.send_due_emails()
    ((to, message),) = server.taken
    assert to == ["ann@xn--fa-hia.example"]
    assert message["To"] == "ann@xn--fa-hia.example"


def test_a_person_is_found_by_either_form(acme: Merchant) -> None:
    factories.member(acme, "viewer", email="ann@faß.example")
    person = Person.objects.get(email__iexact="Ann@FAß.example")
    assert person.email == "ann@xn--fa-hia.example"
    assert not Person.objects.filter(email="ann@fass.example").exists()


def test_a_person_signs_in_by_either_form(acme: Merchant) -> None:
    factories.member(acme, "viewer", email="ann@faß.example")
    for typed in ("ann@faß.example", "ann@xn--fa-hia.example"):
        answer = Client().post("/account/login/", {"login": typed, "password": factories.PASSWORD})
        assert answer.status_code == 302, typed
    wrong = Client().post("/account/login/", {"login": "ann@fass.example", "password": factories.PASSWORD})
    assert wrong.status_code == 200


@pytest.mark.parametrize("table", ["merchants_contact", "merchants_person"])
def test_the_database_keeps_no_other_form(table: str, acme: Merchant, owner: Person) -> None:
    Contact.objects.create(merchant=acme, email="desk@acme.test")
    with pytest.raises(IntegrityError, match="email_ascii"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET email = 'ann@faß.example'")  # noqa: S608 - ours


def test_whoever_invited_sees_that_the_email_was_not_sent(client: Client, acme: Merchant, owner: Person) -> None:
    signed_in(client, owner)
    send(client, "/operator/acme/people/invite/", email="ann@acme.test", role="viewer")
    given_up = "UPDATE merchants_letter SET state = 'given_up', attempts = 1, last_answer = %s"
    with unguarded() as cursor:
        cursor.execute(given_up, [f"{email_outbox.NOT_BUILT}: no recipient"])
    shown = said(client.get("/operator/acme/people/"))
    assert "The invitation was not sent. The email could not be built. Ask our support." in shown
    with unguarded() as cursor:
        cursor.execute(given_up, ["550 no such mailbox"])
    assert "The mail server answered: 550 no such mailbox" in said(client.get("/operator/acme/people/"))
