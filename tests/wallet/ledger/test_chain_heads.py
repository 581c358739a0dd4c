"""The heads of the chains leave the database: in the daily report's mail, and on the operator's timeline."""

from __future__ import annotations

from typing import Any

from django.test import Client

from merchants.models import Chain, ChainBlock, Contact, Person
from merchants.services.chain import sealing
from tests.conftest import Caller
from tests.people import signed_in
from tests.wallet.reconciliation.test_report import compared, parts, sent
from wallet.models import ReconciliationPlan

PURPOSE = "if anyone changes, removes or inserts a row later, the head no longer matches."


def newest(caller: Caller) -> list[tuple[str, int]]:
    """Head and rows of both chains, from the table."""
    blocks = [
        ChainBlock.objects.filter(chain=chain, merchant_id=caller.merchant.pk).order_by("-number")[0] for chain in Chain
    ]
    return [(bytes(block.head).hex()[:32], block.total_rows) for block in blocks]


def test_the_heads_stand_in_the_reports_mail(caller: Caller) -> None:
    Contact.objects.create(merchant=caller.merchant, email="finance@acme.test")
    ReconciliationPlan.objects.create(merchant=caller.merchant)
    sealing.seal_rows()
    for part in parts(sent(compared(caller.merchant))):
        assert PURPOSE in part
        for digits, rows in newest(caller):
            assert digits in part
            assert str(rows) in part


def test_a_merchant_without_sealed_rows_is_told_of_none(caller: Caller) -> None:
    Contact.objects.create(merchant=caller.merchant, email="finance@acme.test")
    ReconciliationPlan.objects.create(merchant=caller.merchant)
    assert not any("Chain heads" in part for part in parts(sent(compared(caller.merchant))))


def test_the_heads_stand_on_the_timeline(caller: Caller, rival_caller: Caller, owner: Person, client: Client) -> None:
    at_work: Any = signed_in(client, owner)
    assert "Chain heads" not in at_work.get("/operator/acme/timeline/").content.decode()
    sealing.seal_rows()
    page = at_work.get("/operator/acme/timeline/").content.decode()
    assert "changes, removes or inserts one of these rows later, the chain head no longer matches." in page
    for digits, rows in newest(caller):
        assert digits in page
        assert f'<td class="text-end">{rows}</td>' in page
    for digits, _ in newest(rival_caller):
        assert digits not in page
