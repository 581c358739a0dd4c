"""Two people decide about money at the same moment: real transactions on connections of their own, beside the portal.

Whoever comes first decides, the other is refused with a sentence; money moves once or not at all.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.live import Live
from tests.races import ROUNDS, race

SCRIPT = """
import json
from datetime import UTC, date, datetime
from uuid import uuid4
from merchants.models import Merchant, OutgoingEmail, Person, Player
from portal.lib import clock
from tests.people import give_old_factor
from tests.races import at_once
from wallet.models import Account, Case, Correction, Reconciliation, ReconciliationPlan, Settlement, Transaction
from wallet.ledger import ledger
from wallet.reconciliation import cases, corrections
from wallet.reconciliation.closing import settlements

DAY, AMOUNT, LARGE = date(2026, 3, 10), 2_000, 900_000_000_000


def person():
    made = Person.objects.create_user(f"{uuid4().hex}@money.test", name="Decides", staff_role="support")
    give_old_factor(made)
    return made


ann, bob, eve = (person() for _ in range(3))


def merchant():
    made = Merchant.objects.create(code=f"money-{uuid4().hex[:10]}", name="Decides")
    ReconciliationPlan.objects.create(merchant=made, is_on=False)
    return made


def open_case(of, difference):
    run = Reconciliation.objects.create(
        merchant=of, day=DAY, number=1, state="done", outcome="breaks", begun_at=clock.now(), done_at=clock.now())
    return Case.objects.create(
        merchant=of, day=DAY, kind="amount", subject="tx-1", player_id="player-1", currency="EUR",
        difference=difference, opened_at=clock.now(), severity=1, found_by=run, seen_by=run)


def correction(of):
    player = Player.objects.create(merchant=of, player_id="player-1")
    ledger.open_account(of.pk, player.pk, "EUR")
    case = open_case(of, -AMOUNT)
    entry = corrections.CorrectionEntry(player="player-1", currency="EUR", amount=AMOUNT, is_credit=True)
    asked = corrections.propose_correction(case=case, entry=entry, text="x", by=ann)

    def deeds():
        rows = Transaction.objects.filter(merchant=of, kind="correct").count()
        held = Account.objects.get(merchant=of, kind="player").balance - BEGAN
        assert held == rows * AMOUNT, (held, rows)
        assert Correction.objects.filter(pk=asked.pk, approved_at__isnull=False).count() == rows
        return rows + (Case.objects.get(pk=case.pk).state == "resolved")

    BEGAN = Account.objects.get(merchant=of, kind="player").balance
    fresh = lambda: Case.objects.get(pk=case.pk)
    approve = lambda by: corrections.approve_correction(
        case=fresh(), correction=asked.pk, difference=-AMOUNT, by=by)
    return approve, lambda by: corrections.decline_correction(case=fresh(), text="no", by=by), deeds, 2


def write_off(of):
    case = open_case(of, LARGE)
    assert cases.write_off(case=case, text="x", by=ann).state == "open"
    fresh = lambda: Case.objects.get(pk=case.pk)
    approve = lambda by: cases.confirm_write_off(case=fresh(), difference=LARGE, by=by)
    closings = Case.pgh_event_model.objects.filter(pgh_obj_id=case.pk, state="resolved")
    return approve, lambda by: cases.decline_write_off(case=fresh(), text="no", by=by), closings.count, 1


def month(of):
    asked = settlements.request_statement(merchant=of, month=date(2026, 3, 1), reason="x", by=ann)
    settlements.prepare_statement(asked.pk)
    fresh = lambda: Settlement.objects.get(pk=asked.pk)
    assert fresh().state == "prepared", fresh().refusal
    approve = lambda by: settlements.sign_off(settlement=fresh(), by=by)
    signed = Settlement.pgh_event_model.objects.filter(pgh_obj_id=asked.pk, state="signed")
    return approve, lambda by: settlements.withdraw_statement(settlement=fresh(), reason="no", by=by), signed.count, 1


found = []
for ask in (correction, write_off, month):
    for who in WHO:
        for _ in range(ROUNDS):
            approve, decline, deeds, whole = ask(merchant())
            acts = {"bob approves": lambda: approve(bob), "eve approves": lambda: approve(eve),
                    "ann approves": lambda: approve(ann), "eve declines": lambda: decline(eve),
                    "ann withdraws": lambda: decline(ann)}
            found.append([ask.__name__, who, at_once([acts[each] for each in who]), deeds() / whole])
print("FOUND " + json.dumps(found))
"""
WHO = (
    ("bob approves", "eve approves"),
    ("bob approves", "bob approves"),
    ("bob approves", "eve declines"),
    ("bob approves", "ann withdraws"),
    ("bob approves", "ann approves", "eve approves"),
    ("ann approves", "ann approves"),
)
SENTENCES = {
    "correction": {"CaseResolved", "CorrectionNotAsked", "OwnWriteOff"},
    "write_off": {"CaseResolved", "WriteOffNotAsked", "OwnWriteOff"},
    "month": {"NotPrepared", "SamePerson"},
}


@pytest.fixture(scope="module")
def found(live: Live) -> list[Any]:
    return race(live, SCRIPT, WHO)


@pytest.mark.parametrize("verb", SENTENCES)
def test_what_moves_money_is_decided_once(found: list[Any], verb: str) -> None:
    """`deeds`: 1 when it was done once and as a whole, 0 when nothing was."""
    of_verb = [each[1:] for each in found if each[0] == verb]
    assert len(of_verb) == ROUNDS * len(WHO)
    for who, said, deeds in of_verb:
        alone = who == ["ann approves", "ann approves"]
        assert said.count("done") == (not alone), (who, said)
        assert set(said) - {"done"} <= SENTENCES[verb], (who, said)
        declined = {"eve declines", "ann withdraws"} & set(who)
        assert deeds in ({0, 1} if declined else {0} if alone else {1}), (who, said, deeds)
