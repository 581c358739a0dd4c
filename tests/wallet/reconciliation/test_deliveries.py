"""A report reaches each recipient once, whatever its mail server says; what became of it can be seen."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.db import IntegrityError, transaction

from merchants.models import Contact, Merchant, OutgoingEmail
from merchants.services import email_outbox, emails
from portal.lib import clock
from portal.local.ports import free_port
from tests.merchants.emails.test_email_outbox import Server, use_smtp
from tests.wallet import reconciling
from wallet.models import Case, Reconciliation, ReportDelivery, ReportRecipient
from wallet.reconciliation import deliveries, refusals
from wallet.reconciliation.deliveries import DeliveryState

DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    use_smtp(settings, controller.port)
    yield handler
    controller.stop()


@pytest.fixture
def run(acme: Merchant) -> Reconciliation:
    reconciling.plan(acme)
    ReportRecipient.objects.create(merchant=acme, email="cfo@acme.test")
    return compared(acme)


def compared(merchant: Merchant, number: int = 1, **fields: Any) -> Reconciliation:
    told = {"day": DAY, "state": "done", "outcome": "clear", "begun_at": MORNING, "done_at": MORNING} | fields
    return Reconciliation.objects.create(merchant=merchant, number=number, **told)


def posted(at: datetime = MORNING) -> None:
    with clock.frozen_at(at):
        email_outbox.send_due_emails()


def sent(run: Reconciliation, at: datetime = MORNING) -> ReportDelivery:
    """To the one recipient, as far as the mail server lets it."""
    with clock.frozen_at(at):
        [delivery] = deliveries.send_reports(run=run)
    posted(at)
    return delivery


def again(delivery: ReportDelivery) -> None:
    with clock.frozen_at(MORNING):
        deliveries.resend_report(delivery=delivery)
    posted()


def state(delivery: ReportDelivery) -> DeliveryState:
    return deliveries.delivery_state(ReportDelivery.objects.select_related("email").get(pk=delivery.pk))


# --- to whom ----------------------------------------------------------------------------------------------------------
def test_named_recipients_get_it_and_nobody_else(run: Reconciliation) -> None:
    Contact.objects.create(merchant=run.merchant, email="keys@acme.test")
    assert [each.to for each in deliveries.send_reports(run=run)] == ["cfo@acme.test"]


def test_without_any_the_contacts_get_it(run: Reconciliation) -> None:
    Contact.objects.create(merchant=run.merchant, email="keys@acme.test")
    ReportRecipient.objects.all().delete()
    assert [each.to for each in deliveries.send_reports(run=run)] == ["keys@acme.test"]


def test_each_recipient_gets_a_comparison_once(run: Reconciliation) -> None:
    assert len(deliveries.send_reports(run=run)) == 1
    assert deliveries.send_reports(run=run) == []
    ReportRecipient.objects.create(merchant=run.merchant, email="ceo@acme.test")
    assert [each.to for each in deliveries.send_reports(run=run)] == ["ceo@acme.test"]
    assert OutgoingEmail.objects.count() == 2


def test_the_database_refuses_a_second_delivery(run: Reconciliation) -> None:
    [delivery] = deliveries.send_reports(run=run)
    email = OutgoingEmail.objects.create(to=delivery.to, template="reconciliation")
    with pytest.raises(IntegrityError, match="report_delivery_once"), transaction.atomic():
        ReportDelivery.objects.create(reconciliation=run, to=delivery.to, email=email, created_at=MORNING)


def test_what_is_not_compared_to_its_end_is_not_told(run: Reconciliation) -> None:
    unfinished = Reconciliation.objects.create(
        merchant=run.merchant, day=DAY - timedelta(days=1), number=1, begun_at=MORNING
    )
    with pytest.raises(refusals.NotCompared):
        deliveries.send_reports(run=unfinished)


def test_a_comparison_that_says_the_same_is_not_told_and_one_with_another_case_is(run: Reconciliation) -> None:
    deliveries.send_reports(run=run)
    same = compared(run.merchant, number=2)
    assert deliveries.send_reports(run=same) == []
    other = compared(run.merchant, number=3)
    told = {"merchant": run.merchant, "day": DAY, "kind": "amount", "opened_at": MORNING}
    Case.objects.create(found_by=other, seen_by=other, **told)
    assert len(deliveries.send_reports(run=other)) == 1


# --- what mail servers say --------------------------------------------------------------------------------------------
def test_it_goes_out_through_a_real_server_with_its_picture_inside(run: Reconciliation, server: Server) -> None:
    delivery = sent(run)
    assert state(delivery) == DeliveryState.SENT
    [message] = server.taken
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    html, picture = list(message.walk())[3:]
    assert f"cid:{str(picture['Content-ID']).strip('<>')}" in html.get_content()
    assert picture.get_content()[:4] == b"\x89PNG"


def test_an_email_of_a_key_goes_before_reports_that_wait_longer(run: Reconciliation, server: Server) -> None:
    with clock.frozen_at(MORNING):
        deliveries.send_reports(run=run)
    with clock.frozen_at(MORNING + HOUR):
        emails.write_each(["keys@acme.test"], run.merchant, "key_expires", {"auth_key": "x", "label": "y"})
    posted(MORNING + HOUR)
    assert [str(message["To"]) for message in server.taken] == ["keys@acme.test", "cfo@acme.test"]


@pytest.mark.parametrize("place", ["at_rcpt", "at_data"])
def test_a_no_for_now_is_tried_again_and_seen(run: Reconciliation, server: Server, place: str) -> None:
    setattr(server, place, "451 4.3.0 Try later")
    delivery = sent(run)
    assert state(delivery) == DeliveryState.RETRIED
    assert ReportDelivery.objects.get().email.last_answer == "451 4.3.0 Try later"
    setattr(server, place, "250 OK")
    posted(MORNING + HOUR)
    posted(MORNING + 2 * HOUR)
    assert state(delivery) == DeliveryState.SENT
    assert len(server.taken) == 1


def test_a_no_for_good_is_given_up_and_sent_again_when_asked(run: Reconciliation, server: Server) -> None:
    server.at_rcpt = "550 5.1.1 No such user"
    delivery = sent(run)
    assert state(delivery) == DeliveryState.GIVEN_UP
    server.at_rcpt = "250 OK"
    again(delivery)
    assert state(delivery) == DeliveryState.SENT
    assert len(server.taken) == 1


def test_a_server_that_says_nothing_is_asked_later(run: Reconciliation, settings: Any) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        use_smtp(settings, silent.getsockname()[1], timeout=1)
        delivery = sent(run)
    assert state(delivery) == DeliveryState.RETRIED
    with pytest.raises(refusals.StillTried):
        deliveries.resend_report(delivery=delivery)


def test_a_report_that_was_sent_can_be_sent_again_and_mailboxes_show_it(run: Reconciliation, server: Server) -> None:
    delivery = sent(run)
    again(delivery)
    first, second = server.taken
    assert first["message-id"] != second["message-id"]
    assert first["subject"] == second["subject"]
    assert OutgoingEmail.objects.count() == 2


# --- bounces ----------------------------------------------------------------------------------------------------------
NOTIFICATION = """\
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

It could not be delivered.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {to}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--edge
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: a report

--edge--
"""


def notification(message_id: str, to: str, action: str = "failed") -> bytes:
    """As a mail server makes it (RFC 3464)."""
    return NOTIFICATION.format(message_id=message_id, to=to, action=action).replace("\n", "\r\n").encode()


def message_id(delivery: ReportDelivery) -> str:
    return email_outbox.message_id(ReportDelivery.objects.get(pk=delivery.pk).email)


def test_an_email_that_came_back_is_seen_and_can_be_sent_again(run: Reconciliation) -> None:
    delivery = sent(run)
    [marked] = deliveries.record_bounce(BytesIO(notification(message_id(delivery), "CFO@acme.test")))
    assert marked == delivery
    assert state(delivery) == DeliveryState.BOUNCED
    assert marked.bounce == "5.1.1 550 5.1.1 User unknown"
    deliveries.resend_report(delivery=delivery)
    assert state(delivery) == DeliveryState.WAITING


def test_what_is_no_bounce_of_ours_marks_nothing(run: Reconciliation) -> None:
    delivery = sent(run)
    ours = message_id(delivery)
    for nonsense in (
        b"",
        b"\xff\x00 no mail at all",
        b"Subject: out of office\r\n\r\nI am away",
        notification(ours, "cfo@acme.test", action="delayed"),
        notification(ours, "somebody@else.test"),
        notification("<letter-999999-1@oppi.invalid>", "cfo@acme.test"),
        notification(ours.replace("letter-", "letter-9"), "cfo@acme.test"),
        notification(ours.replace("@", "0@"), "cfo@acme.test"),
    ):
        assert deliveries.record_bounce(BytesIO(nonsense)) == []
    assert state(delivery) == DeliveryState.SENT


def test_the_command_takes_a_bounce_on_its_standard_input(
    run: Reconciliation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery = sent(run)

    class Stdin:
        buffer = BytesIO(notification(message_id(delivery), "cfo@acme.test"))

    monkeypatch.setattr("sys.stdin", Stdin)
    call_command("bounced")
    assert "Bounced: cfo@acme.test: 5.1.1 550 5.1.1 User unknown" in capsys.readouterr().out
    assert state(delivery) == DeliveryState.BOUNCED
