"""Months of a merchant that are played, reconciled and closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from merchants.models import Merchant, Person
from portal.lib import clock
from tests import factories
from tests.wallet.reconciling import HOUR, Told, at
from wallet.models import Invoice, Reconciliation, Settlement, Transaction
from wallet.reconciliation.closing import invoices, settlements
from wallet.reconciliation.closing.months import month_of
from wallet.reconciliation.closing.settlement_figures import CurrencySums, figures_of

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
REASON = "The operator sends the missing statements next week."


def machine(merchant: Merchant, currency: str = "EUR", *, since: date = date(2026, 2, 1), **fields: Any) -> Told:
    """A player with money, whose key is as old as the story."""
    with at(merchant, of=since):
        told = Told(merchant, factories.signer(merchant), factories.game(), currency=currency, **fields)
        told.deposit(100_000_000, transactionId=f"deposit-{currency}")
    return told


def play(told: Told, day: date, *, stake: int, win: int, name: str, after: timedelta = 12 * HOUR) -> None:
    with at(told.merchant, after, of=day):
        told.launch()
        assert told.bet(stake, transactionId=name).status == "RS_OK"
        assert told.payout(name, win, transactionId=f"{name}-win").status == "RS_OK"


def roll_back(told: Told, day: date, name: str) -> None:
    """In the session of the round, as the game server does."""
    row = Transaction.objects.select_related("session", "game").get(merchant=told.merchant, transaction_id=name)
    assert row.session is not None
    assert row.game is not None
    of = {"sessionId": row.session.session_id, "gameId": row.game.game_id, "transactionId": f"{name}-back"}
    with at(told.merchant, of=day):
        answer = told.call("/wallet/transaction/rollback", {"transactions": [told.rollback_item(name, **of)]})
    assert [each["status"] for each in answer.body["data"]] == ["RS_OK"]


def after(merchant: Merchant, month: date, hours: int = 5) -> datetime:
    return month_of(merchant, month).ready + timedelta(hours=hours)


def reconciled(merchant: Merchant, month: date, outcome: str = "clear", *, but: tuple[date, ...] = ()) -> None:
    """Every day of the month, by a comparison of its own."""
    of = month_of(merchant, month)
    for day in (day for day in of.days if day not in but):
        compared(merchant, day, outcome=outcome, at=of.ready)


def compared(merchant: Merchant, day: date, *, at: datetime, outcome: str = "clear", **fields: Any) -> Reconciliation:
    number = Reconciliation.objects.filter(merchant=merchant, day=day).count() + 1
    return Reconciliation.objects.create(
        merchant=merchant, day=day, number=number, state="done", outcome=outcome, begun_at=at, done_at=at, **fields
    )


def prepared(merchant: Merchant, month: date, by: Person, *, reason: str = REASON, hours: int = 5) -> Settlement:
    with clock.frozen_at(after(merchant, month, hours)):
        asked = settlements.request_statement(merchant=merchant, month=month, reason=reason, by=by)
        assert settlements.prepare_statement(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Settlement.State.PREPARED, asked.refusal
    return asked


def closed(merchant: Merchant, month: date, by: Person, second: Person, **how: Any) -> Settlement:
    settlement = prepared(merchant, month, by, **how)
    with clock.frozen_at(after(merchant, month, how.get("hours", 5) + 1)):
        return settlements.sign_off(settlement=settlement, by=second)


def of(settlement: Settlement, currency: str = "EUR") -> CurrencySums:
    return next(each for each in figures_of(settlement).currencies if each.currency == currency)


PDF = b"%PDF-1.7 an invoice"


def invoice(settlement: Settlement, by: Person, content: bytes = PDF, **fields: Any) -> Invoice:
    told = {"number": "R-17", "basis": "ggr", "totals": {"EUR": 3_500}, "name": "../March in.pdf"} | fields
    merchant, month = settlement.merchant, settlement.month
    return invoices.upload_invoice(merchant=merchant, month=month, by=by, content=BytesIO(content), **told)
