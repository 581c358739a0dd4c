"""How mail programs sort reports: a thread a day, a list a merchant, and a way out of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from merchants.models import Contact, Merchant
from merchants.services import email_outbox, history
from portal.lib import clock
from tests.pages import said
from wallet.models import Reconciliation
from wallet.models.reconciliation_plan import ReportOptOut, ReportRecipient
from wallet.reconciliation import deliveries, planning
from wallet.reconciliation.plans import report_recipients

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Contact.objects.create(merchant=acme, email="finance@acme.test")
    return acme


def sent(merchant: Merchant, number: int, outcome: str) -> Any:
    run = Reconciliation.objects.create(
        merchant=merchant, day=date(2026, 3, 1), number=number, state="done", outcome=outcome, begun_at=MORNING,
        done_at=MORNING,
    )  # fmt: skip
    mail.outbox.clear()
    with clock.frozen_at(MORNING):
        deliveries.send_reports(run=run)
        email_outbox.send_due_emails()
    (message,) = mail.outbox
    return message.message()


def link_in(message: Any) -> str:
    return urlsplit(str(message["List-Unsubscribe"]).strip("<>")).path


def test_the_reports_of_a_day_are_one_thread(acme: Merchant) -> None:
    first, second, third = (sent(acme, number, outcome) for number, outcome in enumerate(["clear", "nothing", "clear"]))
    root = "<report-acme-2026-03-01@oppi.invalid>"
    assert (first["In-Reply-To"], first["References"]) == (root, root)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert re.sub(r"\s+", " ", third["References"]) == f"{root} {first['Message-ID']} {second['Message-ID']}"
    assert len({each["Message-ID"] for each in (first, second, third)}) == 3
    assert {each["List-Id"] for each in (first, second, third)} == {"<reports.acme.oppi.invalid>"}


def test_a_recipient_unsubscribes_without_signing_in(acme: Merchant, client: Client) -> None:
    message = sent(acme, 1, "clear")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = said(client.get(link_in(message)))
    assert (
        "Stop the reconciliation reports of Acme Casino to finance@acme.test ?" in page or "finance@acme.test" in page
    )
    assert report_recipients(acme) == ["finance@acme.test"]
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert "no longer receives" in said(strict.post(link_in(message), {"List-Unsubscribe": "One-Click"}))
    assert report_recipients(acme) == []
    assert ReportOptOut.objects.count() == 1
    titles = [entry.title for entry in history.timeline(acme)]
    assert " ".join(titles).count("finance@acme.test unsubscribed from the reports") == 1


def test_an_owner_may_add_the_address_again(acme: Merchant, client: Client) -> None:
    planning.add_recipient(merchant=acme, email="finance@acme.test")
    client.post(link_in(sent(acme, 1, "clear")))
    assert report_recipients(acme) == []
    planning.add_recipient(merchant=acme, email="finance@acme.test")
    assert report_recipients(acme) == ["finance@acme.test"]
    assert ReportRecipient.objects.count() == 1
    titles = [entry.title for entry in history.timeline(acme)]
    assert "finance@acme.test receives the reports again" in " ".join(titles)


@pytest.mark.parametrize("token", ["x", "WzEsIjIiXQ:1:forged"])
def test_a_link_that_the_portal_has_not_signed_does_nothing(acme: Merchant, client: Client, token: str) -> None:
    answer = client.post(f"/operator/~/reports/{token}/unsubscribe/")
    assert answer.status_code == 404
    assert not ReportOptOut.objects.exists()
