"""What the mail says of a day: the figures of its comparison, in HTML and in plain text, and whose move it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail

from merchants.models import Contact, Merchant
from merchants.services import outbox
from portal.lib import clock
from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.reconciliation import deliveries

DAY = date(2026, 3, 1)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    Contact.objects.create(merchant=acme, email="finance@acme.test")
    return ReconciliationPlan.objects.create(merchant=acme)


def compared(merchant: Merchant, number: int = 1, **fields: Any) -> Reconciliation:
    told = {
        "day": DAY,
        "state": "done",
        "outcome": "breaks",
        "begun_at": MORNING,
        "done_at": MORNING,
        "figures": figures(),
    }
    return Reconciliation.objects.create(merchant=merchant, number=number, **(told | fields))


def figures(**fields: Any) -> dict[str, Any]:
    side = {"currency": "EUR", "kind": "bet", "ours_rows": 1200, "ours_amount": "12345678900000"}
    return {
        "matched": 1199,
        "ours": 1200,
        "theirs": 1201,
        "sides": [side | {"theirs_rows": 1201, "theirs_amount": "12345679900000"}],
        "breaks": [broken("missing_here"), broken("amount", difference="-1000000")],
    } | fields


def broken(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "currency": "EUR", "breaks": 1, "difference": "0", "size": "0"} | fields


def case(run: Reconciliation, **fields: Any) -> Case:
    told = {"kind": "amount", "subject": "tx-77", "player_id": "player-9", "currency": "EUR", "difference": -2_500_000}
    told |= {"merchant": run.merchant, "day": run.day, "found_by": run, "seen_by": run, "opened_at": MORNING}
    return Case.objects.create(**(told | fields))


def sent(run: Reconciliation) -> mail.EmailMultiAlternatives:
    mail.outbox.clear()
    with clock.at(MORNING):
        deliveries.send(run=run)
        outbox.send_due()
    [message] = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    return message


def parts(message: mail.EmailMultiAlternatives) -> tuple[str, str]:
    html = re.sub(r"<[^>]+>", " ", str(message.alternatives[0][0]))
    return " ".join(str(message.body).split()), " ".join(html.split())


def test_a_day_with_breaks_is_told_with_both_sides(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    found = case(run)
    message = sent(run)
    assert message.subject == "Acme Casino, 2026-03-01: 2 breaks"
    assert message.to == ["finance@acme.test"]
    for part in parts(message):
        for words in ["123,456,789.00", "123,456,799.00", "-10.00", "Not in our ledger", "-25.00 EUR", str(found.pk)]:
            assert words in part, words
