"""A case is settled by a correcting entry: of two persons, in a row that no signed call can touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from merchants.errors import ApproverWithoutFactor, NotIndependent
from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import chain, history, people, staff_changes
from portal.lib import clock
from tests import factories
from tests.pages import said, submit
from tests.people import colleague, date_factors, give_totp, signed_in
from tests.plugins.database_role import as_superuser, unguarded
from tests.wallet.reconciling import DATE, HOUR, Busy, Line, at, breaks, case, day, plan, reconcile, state, without
from wallet.ledger import ledger, verification
from wallet.models import Account, Case, Correction, MovementHour, PlayerDay, RefusedPayout, Transaction, Watermark
from wallet.reconciliation import cases, corrections, refusals, report
from wallet.reconciliation.corrections import CorrectionEntry
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.plans import plan_of
from wallet.services.rounds import exports, find_by_id
from wallet.services.rounds.round_list import RoundFilter
from wallet.services.usage import money_flow, usage_rollup

WIN = 2_000


@pytest.fixture
def second(db: None) -> Person:
    return colleague("second@oppi.test")


@pytest.fixture
def broken(busy: Busy, owner: Person) -> Case:
    """The operator never booked a payout of 2,000 units: the two sides agree that it was wrong."""
    plan(busy.merchant)
    state(busy.merchant, without(busy.lines(), "win"))
    reconcile(busy.merchant)
    return case(busy.merchant, "missing_there", "win")


def entry(**fields: Any) -> CorrectionEntry:
    said: dict[str, Any] = {"player": "player-1", "currency": "EUR", "amount": WIN, "is_credit": False}
    return CorrectionEntry(**said | fields)


def proposed(case: Case, by: Person, **fields: Any) -> Correction:
    return corrections.propose_correction(case=case, entry=entry(**fields), text="Paid twice.", by=by)


def approved(correction: Correction, by: Person) -> Correction:
    found = Case.objects.get(pk=correction.case_id)
    return corrections.approve_correction(case=found, correction=correction.pk, difference=found.difference, by=by)


def test_a_second_factor_that_is_newer_than_the_proposal_approves_nothing(
    broken: Case, support: Person, second: Person
) -> None:
    asked = proposed(broken, support)
    date_factors(second, datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(ApproverWithoutFactor):
        approved(asked, second)


def balance(busy: Busy) -> int:
    return int(Account.objects.get(merchant=busy.merchant, kind="player").balance or 0)


def now(case: Case) -> tuple[str, str]:
    case.refresh_from_db()
    return case.state, case.resolution


# --- by two -----------------------------------------------------------------------------------------------------------
def test_two_persons_settle_a_case_and_the_money_moves(
    busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    before = balance(busy)
    correction = proposed(broken, support)
    assert (balance(busy), now(broken)) == (before, ("open", ""))
    assert OutgoingEmail.objects.get(template="correction_waiting").to == second.email
    correction = approved(correction, second)
    assert balance(busy) == before - WIN
    assert now(broken) == ("resolved", "settled")
    row = Transaction.objects.get(kind="correct")
    assert (row.part, row.transaction_id, row.case_id, row.ref_transaction_id) == (
        -1, f"correction-{correction.pk}", broken.pk, "win",
    )  # fmt: skip
    assert (row.amount, row.balance, row.secret_id, row.request_id) == (WIN, before - WIN, None, None)
    assert (row.debit_account and row.debit_account.kind, row.credit_account and row.credit_account.kind) == (
        "player", "correct",
    )  # fmt: skip
    assert (correction.transaction, correction.asked_by, correction.approved_by) == (row, support, second)


def test_what_was_corrected_is_not_suggested_again(broken: Case, support: Person, second: Person) -> None:
    assert corrections.suggested_entry(broken) == entry()
    approved(proposed(broken, support, amount=WIN - 500), second)
    again = cases.reopen_case(case=broken, by=support, text="It was more than that.")
    assert corrections.suggested_entry(again) == entry(amount=500)


def test_owners_are_mailed_and_history_says_who_proposed_it_and_who_approved(
    broken: Case, support: Person, second: Person, owner: Person
) -> None:
    with history.act_as(door="Admin", person=support):
        correction = proposed(broken, support)
    with history.act_as(door="Admin", person=second):
        approved(correction, second)
    staff_changes.notify_owners_of_changes()
    told = [
        email.context["what"] for email in OutgoingEmail.objects.filter(to=owner.email, template="merchant_changed")
    ]
    posted = f"Correction posted: EUR 0.02 from the player, case {broken.pk}. Proposed by support@oppi.test"
    assert any(posted in what for what in told)
    entries = history.timeline(broken)
    assert (posted in entries[0].title, entries[0].who) == (True, second.email)
    assert "Correction proposed: EUR 0.02" in entries[1].title


def by_the_same(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(refusals.OwnWriteOff):
        approved(correction, support)
    with pytest.raises(IntegrityError, match="another person"):
        ledger.post_correction(correction.pk, support.pk)


def by_whom_the_proposer_set_up(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with history.act_as(door="/admin/", person=support):
        people.set_password(person=second, password="another long password")
    with pytest.raises(NotIndependent):
        approved(correction, second)


def by_nobody_of_our_staff(case: Case, correction: Correction, support: Person, second: Person) -> None:
    outsider = factories.member(case.merchant, "owner", email="boss@acme.test")
    with pytest.raises(refusals.NotYours):
        approved(correction, outsider)
    with pytest.raises(IntegrityError, match="another person of our staff"):
        ledger.post_correction(correction.pk, outsider.pk)


def by_an_account_that_one_made(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with history.act_as(door="/admin/", person=support):
        made = colleague("made@oppi.test")
    with pytest.raises(NotIndependent):
        approved(correction, made)


def without_a_row(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(IntegrityError, match="settles a case"):
        Case.objects.filter(pk=case.pk).update(
            state="resolved", resolution="settled", resolved_at=clock.now(), resolved_by=second
        )


def as_a_write_off(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(refusals.CorrectionAsked):
        cases.confirm_write_off(case=case, difference=case.difference, by=second)
    with pytest.raises(refusals.CorrectionIsAVerb):
        cases.resolve_case(case=case, resolution="settled", text="By the way.", by=second)


def by_writing_the_approval(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        Correction.objects.filter(pk=correction.pk).update(approved_by=second)


def by_another_proposal(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(refusals.WriteOffAsked):
        proposed(case, second)
    with pytest.raises(IntegrityError, match="begins as a proposal"):
        Correction.objects.create(
            merchant=case.merchant, case=case, player=correction.player, currency="EUR", amount=1, is_credit=True,
            asked_by=support, asked_at=clock.now(), approved_by=second, approved_at=clock.now(), transaction_id=1,
        )  # fmt: skip


def with_another_difference(case: Case, correction: Correction, support: Person, second: Person) -> None:
    with pytest.raises(refusals.CaseChanged):
        corrections.approve_correction(case=case, correction=correction.pk, difference=case.difference + 1, by=second)
    with pytest.raises(refusals.CorrectionChanged):
        corrections.approve_correction(case=case, correction=correction.pk + 1, difference=case.difference, by=second)


@pytest.mark.parametrize(
    "attempt",
    [
        by_the_same, by_whom_the_proposer_set_up, by_nobody_of_our_staff, by_an_account_that_one_made, without_a_row,
        as_a_write_off,
        by_writing_the_approval, by_another_proposal, with_another_difference,
    ],
)  # fmt: skip
def test_nobody_posts_one_alone(
    busy: Busy, broken: Case, support: Person, second: Person, attempt: Callable[..., None]
) -> None:
    before, correction = balance(busy), proposed(broken, support)
    with undone():
        attempt(broken, correction, support, second)
    assert (balance(busy), now(broken)) == (before, ("open", ""))
    assert not Transaction.objects.filter(kind="correct").exists()


@contextmanager
def undone() -> Iterator[None]:
    """What the database refused ends the transaction."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_declined_one_moves_nothing_and_another_can_follow(broken: Case, support: Person, second: Person) -> None:
    first = proposed(broken, support)
    corrections.decline_correction(case=broken, text="Look at the log first.", by=second)
    with pytest.raises(IntegrityError, match="not proposed"), transaction.atomic():
        ledger.post_correction(first.pk, second.pk)
    with pytest.raises(refusals.CorrectionNotAsked):
        approved(first, second)
    approved(proposed(broken, support, amount=1_500), second)
    assert now(broken) == ("resolved", "settled")
    with pytest.raises(refusals.CaseResolved):
        proposed(broken, support)


def test_a_comparison_that_finds_another_break_takes_the_proposal_away(
    busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    left = proposed(broken, support)
    state(busy.merchant, busy.lines())
    reconcile(busy.merchant)
    with pytest.raises(refusals.CaseResolved):
        approved(left, second)
    cases.reopen_case(case=broken, text="Not so.", by=support)
    with pytest.raises(refusals.CorrectionNotAsked):
        approved(left, second)
    give_totp(support)
    approved(proposed(broken, second), support)
    left.refresh_from_db()
    assert (left.declined_at is not None, left.declined_by, left.approved_by) == (True, None, None)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"player": "nobody"}, refusals.NoSuchPlayer),
        ({"currency": "JPY"}, refusals.NoSuchCurrency),
        ({"amount": 0}, refusals.AmountNotAboveZero),
        ({"amount": -5}, refusals.AmountNotAboveZero),
    ],
)
def test_what_cannot_be_posted_is_not_proposed(
    broken: Case, support: Person, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        proposed(broken, support, **fields)
    assert not Correction.objects.exists()


def test_a_balance_that_nobody_could_hold_is_refused(busy: Busy, broken: Case, support: Person, second: Person) -> None:
    before, correction = balance(busy), proposed(broken, support, amount=2**53 - 1, is_credit=True)
    with pytest.raises(refusals.NotRepresentable):
        approved(correction, second)
    assert (balance(busy), now(broken)) == (before, ("open", ""))


def test_it_may_take_an_account_below_zero_as_a_rollback_may(
    busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    approved(proposed(broken, support, amount=balance(busy) + 100), second)
    assert balance(busy) == -100
    with at(busy.merchant):
        assert busy.machine.bet(0).status == "NOT_ENOUGH_MONEY"


# --- the signed API ---------------------------------------------------------------------------------------------------
def test_no_signed_call_can_touch_it(busy: Busy, broken: Case, support: Person, second: Person) -> None:
    correction = approved(proposed(broken, support), second)
    name, machine = str(correction), busy.machine
    with at(busy.merchant):
        after = balance(busy)
        assert machine.payout(name, 5).status == "TRANSACTION_DOES_NOT_EXIST"
        item = machine.rollback_item(name)
        machine.call("/wallet/transaction/rollback", {"transactions": [item]})
        assert balance(busy) == after
        assert machine.bet(100, transactionId=name).status == "TRANSACTION_DOES_NOT_EXIST"  # the rollback's tombstone
        other = f"correction-{correction.pk + 1}"
        assert machine.bet(100, transactionId=other).status == "RS_OK"
    assert Transaction.objects.filter(transaction_id=name).count() == 2
    row = Transaction.objects.get(kind="correct")
    apart = pytest.raises(IntegrityError, match="transaction_correction_apart")
    with unguarded() as cursor, apart, transaction.atomic():
        cursor.execute("UPDATE wallet_transaction SET part = 0 WHERE id = %s", [row.pk])


# --- what comes after it, and before ----------------------------------------------------------------------------------
OWED, LATE = 900, 25 * HOUR
NEXT = DATE + timedelta(days=1)
THEIRS = Line("late-win", "payout", "player-1", "EUR", OWED, ref_transaction_id="lost")


def late(busy: Busy, verb: str = "settlement", **fields: Any) -> str:
    """The answer to a late payout, or to a rollback of it."""
    item = busy.machine.in_session(currency="EUR", amount=OWED, transactionId="late-win") | fields
    with at(busy.merchant, LATE):
        if verb == "payout":
            return str(busy.machine.payout("lost", OWED, **{"transactionId": "late-win"} | fields).status)
        if verb == "rollback":
            item = busy.machine.rollback_item("late-win")
        answer = busy.machine.call(f"/wallet/transaction/{verb}", {"transactions": [item]})
    [told] = answer["data"]
    return str(told["status"]).removeprefix("RS_ERROR_")


def owed(busy: Busy) -> Case:
    """A late payout was refused; the operator has it."""
    state(busy.merchant, [*busy.lines(), THEIRS])
    late(busy, refTransactionId="unknown")
    reconcile(busy.merchant)
    return case(busy.merchant, "owed", "late-win")


def missing_here(busy: Busy) -> Case:
    """The operator paid what never came."""
    state(busy.merchant, [*busy.lines(), THEIRS])
    reconcile(busy.merchant)
    return case(busy.merchant, "missing_here", "late-win")


@pytest.mark.parametrize("found", [owed, missing_here])
def test_money_that_a_correction_paid_is_not_paid_by_the_late_payout(
    busy: Busy, support: Person, second: Person, viewer: Person, found: Callable[[Busy], Case]
) -> None:
    plan(busy.merchant)
    settled = found(busy)
    approved(proposed(settled, support, amount=OWED, is_credit=True), second)
    after, refused = balance(busy), RefusedPayout.objects.count()
    assert late(busy, refTransactionId="lost") == "DUPLICATE_TRANSACTION"
    assert late(busy, "retry", roundId="any") == "DUPLICATE_TRANSACTION"
    assert late(busy, "payout") == "DUPLICATE_TRANSACTION"
    assert late(busy, "rollback") == "RS_OK"
    assert (balance(busy), RefusedPayout.objects.count()) == (after, refused)
    reconcile(busy.merchant)
    assert (breaks(busy.merchant), now(settled)) == (set(), ("resolved", "settled"))
    assert verification.verify_rows().holds
    [taken] = find_by_id.find_id(busy.merchant, "late-win").rounds
    assert taken == Transaction.objects.get(transaction_id="late-win")
    page = said(signed_in(Client(), viewer).get(f"/operator/acme/rounds/{taken.pk}/"))
    assert "Two people of our support settled this transaction by a correction." in page
    assert f"The correction of case {settled.pk} uses this id" in page


@pytest.mark.parametrize("found", [owed, missing_here])
def test_what_has_arrived_since_is_not_corrected(
    busy: Busy, support: Person, second: Person, found: Callable[[Busy], Case]
) -> None:
    plan(busy.merchant)
    correction = proposed(found(busy), support, amount=OWED, is_credit=True)
    assert late(busy, refTransactionId="lost") == "RS_OK"
    after = balance(busy)
    with pytest.raises(refusals.ArrivedMeanwhile):
        approved(correction, second)
    assert ledger.post_correction(correction.pk, second.pk).status == "RS_ERROR_DUPLICATE_TRANSACTION"
    assert balance(busy) == after
    assert not Transaction.objects.filter(kind="correct").exists()


def test_money_owed_goes_to_the_player(busy: Busy, support: Person, second: Person) -> None:
    plan(busy.merchant)
    found = owed(busy)
    with pytest.raises(refusals.OwedIsCredited):
        proposed(found, support, amount=OWED)
    correction = proposed(found, support, amount=OWED, is_credit=True)
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE wallet_correction SET is_credit = false WHERE id = %s", [correction.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(IntegrityError, match="settled by paying it"):
        ledger.post_correction(correction.pk, second.pk)


# --- who knows the kind -----------------------------------------------------------------------------------------------
def test_the_books_and_their_chain_hold_and_a_forged_one_is_found(
    broken: Case, support: Person, second: Person
) -> None:
    correction = approved(proposed(broken, support), second)
    assert verification.verify_rows().holds
    assert chain.verify_ledger().holds
    with as_superuser() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE wallet_correction SET amount = 1 WHERE id = %s", [correction.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(
            "INSERT INTO wallet_transaction (merchant_id, transaction_id, part, kind, status, player_id, case_id)"
            " SELECT merchant_id, 'forged', 0, 'correct', 'RS_ERROR_DUPLICATE_TRANSACTION', player_id, 0"
            " FROM wallet_correction RETURNING id"
        )
        [(forged,)] = cursor.fetchall()
    [breach] = verification.verify_rows().breaches
    assert (breach.rule, breach.ids) == (
        "does not match a correction that two people made for its case", [correction.transaction_id, forged],
    )  # fmt: skip


def test_sums_of_secrets_and_the_flow_of_money_leave_it_out(
    busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    before = [list(model._default_manager.order_by("pk").values()) for model in (MovementHour, PlayerDay)]
    with at(busy.merchant):
        approved(proposed(broken, support), second)
    assert usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    assert [list(model._default_manager.order_by("pk").values()) for model in (MovementHour, PlayerDay)] == before
    with clock.frozen_at(day(busy.merchant).end):
        [flow] = money_flow.recent_flows(money_flow.secrets_of_key(busy.merchant), hours=48)
    assert "correct" not in flow.by_kind


def test_a_comparison_does_not_look_for_it_and_names_it_apart(
    busy: Busy, broken: Case, support: Person, second: Person, viewer: Person
) -> None:
    with at(busy.merchant):
        approved(proposed(broken, support), second)
    again = reconcile(busy.merchant)
    assert breaks(busy.merchant) == set()
    assert now(broken) == ("resolved", "settled")
    assert [tuple(each) for each in again.figures.corrections] == [("EUR", 1, 0, WIN)]
    assert all(side.kind != "correct" for side in again.figures.sides)
    sentence = "EUR: 1 correction, 0.00 to players, 0.02 from players"
    assert again.run
    assert report.contents(again.run, plan_of(busy.merchant))["corrections"] == [sentence]
    assert figures_of(again.run).corrections == again.figures.corrections
    for person, page in (
        (viewer, f"/operator/acme/reconciliation/{DATE}/"),
        (support, f"/admin/wallet/reconciliation/{again.run.pk}/change/"),
    ):
        assert sentence in said(signed_in(Client(), person).get(page))
    assert again.figures.ours == len(busy.lines())
    state(busy.merchant, busy.lines())
    assert reconcile(busy.merchant).outcome == "clear"
    stands = {"deposit": 50_000_000, "bet": 1_500, "payout": 2_000, "reward": 300, "withdraw": 200}
    state(busy.merchant, [Line("", kind, "player-1", "EUR", sum_) for kind, sum_ in stands.items()], grain="totals")
    assert reconcile(busy.merchant).outcome == "clear"


def test_the_round_that_it_is_about_tells_it(
    client: Client, busy: Busy, broken: Case, support: Person, second: Person, viewer: Person
) -> None:
    correction = approved(proposed(broken, support), second)
    found = find_by_id.find_id(busy.merchant, "win")
    assert [row.transaction_id for row in found.rounds] == ["won"]
    reader = signed_in(client, viewer)
    page: Any = reader.get(f"/operator/acme/rounds/{found.rounds[0].pk}/")
    assert "Correction" in said(page)
    assert f"to settle case {broken.pk}" in said(page)
    assert "-0.02" in said(page)
    row = reader.get(f"/operator/acme/rounds/{correction.transaction_id}/")
    assert row["location"] == f"/operator/acme/rounds/{found.rounds[0].pk}/"


def test_one_without_a_round_has_a_page_of_its_own(
    client: Client, busy: Busy, support: Person, second: Person, viewer: Person
) -> None:
    state(busy.merchant, busy.lines())
    run = reconcile(busy.merchant).run
    assert run
    alone = Case.objects.create(
        merchant=busy.merchant, day=DATE, kind="totals", subject="bet|EUR", found_by=run, seen_by=run,
        opened_at=clock.now(), currency="EUR", severity=3,
    )  # fmt: skip
    correction = approved(proposed(alone, support, is_credit=True), second)
    page: Any = signed_in(client, viewer).get(f"/operator/acme/rounds/{correction.transaction_id}/")
    assert "+0.02" in said(page)


def test_exports_and_the_administration_show_it(
    client: Client, busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    correction = approved(proposed(broken, support), second)
    rows = list(exports.cells_of_movements(exports.every_movement(busy.merchant, RoundFilter())))
    [cells] = [row for row in rows if row[1] == str(correction)]
    assert (cells[2], cells[3], cells[-4:]) == ("correction", "win", [None] * 4)
    assert len({len(row) for row in rows}) == 1
    staff = signed_in(client, support)
    page = unescape(staff.get(f"/admin/wallet/transaction/{correction.transaction_id}/change/").content.decode())
    for words in ("Correction", f"Case {broken.pk}", support.email, second.email):
        assert words in page
    listed = staff.get("/admin/wallet/transaction/", {"kind__exact": "correct"})
    assert [row.pk for row in listed.context["cl"].result_list] == [correction.transaction_id]
    assert staff.get("/admin/").status_code == 200


# --- the same money once more -----------------------------------------------------------------------------------------
def double(busy: Busy, subject: str) -> tuple[int, Any]:
    found = case(busy.merchant, "duplicate_here", subject, NEXT)
    return found.difference, found.ours


def owed_for_a_bet(busy: Busy) -> Case:
    late(busy, refTransactionId="lost", gameId="nothing")
    return owed(busy)


@pytest.mark.parametrize("found", [owed_for_a_bet, missing_here])
def test_a_payout_under_another_id_after_a_correction_is_a_case(
    busy: Busy, support: Person, second: Person, found: Callable[[Busy], Case]
) -> None:
    """A bet may have several payouts, so the call is answered as ever; the report names the double."""
    plan(busy.merchant)
    correction = proposed(found(busy), support, amount=OWED, is_credit=True)
    with at(busy.merchant, LATE - HOUR):
        approved(correction, second)
    assert late(busy, "payout", transactionId="again") == "RS_OK"
    state(busy.merchant, busy.lines(NEXT), NEXT)
    for _ in range(2):
        run = reconcile(busy.merchant, NEXT)
        assert breaks(busy.merchant, NEXT) == {("duplicate_here", "again")}
        assert run.figures.differences_add_up
    difference, ours = double(busy, "again")
    assert (difference, ours["amount"], ours["bet"]) == (OWED, str(OWED), "lost")
    assert ours["correction"] == str(correction)
    with at(busy.merchant, LATE + HOUR):
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [busy.machine.rollback_item("again")]})
    state(busy.merchant, busy.lines(NEXT), NEXT)
    reconcile(busy.merchant, NEXT)
    assert breaks(busy.merchant, NEXT) == set()


def test_a_rollback_of_what_a_correction_took_back_is_a_case(
    busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    correction = proposed(broken, support)
    with at(busy.merchant, LATE - HOUR):
        approved(correction, second)
    with at(busy.merchant, LATE):
        item = busy.machine.rollback_item("win", transactionId="undo")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    state(busy.merchant, busy.lines(NEXT), NEXT)
    reconcile(busy.merchant, NEXT)
    assert breaks(busy.merchant, NEXT) == {("duplicate_here", "undo")}
    difference, ours = double(busy, "undo")
    assert (difference, ours["kind"], ours["correction"]) == (-WIN, "rollback", str(correction))


def test_who_proposes_and_who_approves_read_what_has_moved_already(
    client: Client, busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    with at(busy.merchant, LATE):
        item = busy.machine.rollback_item("win", transactionId="undo")
        busy.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
    page, warning = f"/admin/wallet/case/{broken.pk}", "Rollback undo reversed transaction win."
    assert warning in unescape(signed_in(client, support).get(f"{page}/propose_correction/").content.decode())
    proposed(broken, support)
    assert warning in unescape(signed_in(Client(), second).get(f"{page}/approve_correction/").content.decode())
    assert warning in OutgoingEmail.objects.get(template="correction_waiting").context["warnings"][0]


def test_who_pays_what_is_owed_reads_of_a_payout_under_another_id(client: Client, busy: Busy, support: Person) -> None:
    plan(busy.merchant)
    found = missing_here(busy)
    assert late(busy, "payout", transactionId="again") == "RS_OK"
    page = signed_in(client, support).get(f"/admin/wallet/case/{found.pk}/propose_correction/")
    shown = unescape(page.content.decode())
    assert "Payout again of EUR 0.009 for the same bet is in our ledger." in shown
    assert "A payout for this bet under another transaction id still moves money after the correction." in shown


# --- the pages of staff -----------------------------------------------------------------------------------------------
def test_staff_propose_and_approve_on_the_page_of_the_case(
    client: Client, busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    page = f"/admin/wallet/case/{broken.pk}"
    first, other = signed_in(client, support), signed_in(Client(), second)
    asked = unescape(first.get(f"{page}/propose_correction/").content.decode())
    assert 'value="player-1"' in asked
    assert 'value="0.02"' in asked
    wish = {"player": "player-1", "direction": "from", "amount": "0.02", "currency": "EUR", "reason": "Paid twice."}
    submit(first, f"{page}/propose_correction/", wish)
    correction = Correction.objects.get()
    shown = unescape(first.get(f"{page}/change/").content.decode())
    assert "proposed a correction: EUR 0.02 from player player-1." in shown
    assert "/approve_correction/" not in shown
    assert "/decline_correction/" in shown
    told = unescape(other.get(f"{page}/approve_correction/").content.decode())
    assert "Current balance: EUR 500.00" in told
    assert "below zero" not in told
    sent = {"correction": correction.pk, "difference": broken.difference}
    submit(first, f"{page}/approve_correction/", sent)
    assert now(broken) == ("open", "")  # not by the same person
    submit(other, f"{page}/approve_correction/", sent)
    assert now(broken) == ("resolved", "settled")
    shown = unescape(other.get(f"{page}/change/").content.decode())
    assert f"Ledger row {correction}" in shown


def test_proposing_and_approving_ask_for_a_fresh_second_factor(client: Client, broken: Case, support: Person) -> None:
    late = signed_in(client, support, proved_at=clock.now() - timedelta(minutes=6))
    for verb in ("propose_correction", "approve_correction"):
        sent = submit(late, f"/admin/wallet/case/{broken.pk}/{verb}/", {"reason": "x"})
        assert "/reauthenticate/" in sent["location"]
    assert not Correction.objects.exists()


def test_an_auditor_and_an_operator_propose_nothing(
    client: Client, broken: Case, auditor: Person, owner: Person
) -> None:
    for person in (auditor, owner):
        answer = signed_in(Client(), person).post(f"/admin/wallet/case/{broken.pk}/propose_correction/", {})
        assert answer.status_code == 403
    with pytest.raises(refusals.NotYours):
        proposed(broken, owner)


def test_of_another_merchants_player_there_is_no_correction(
    broken: Case, support: Person, rival: Merchant, rival_caller: Any
) -> None:
    rival_caller.deposit(5, playerId="theirs")
    with pytest.raises(refusals.NoSuchPlayer):
        proposed(broken, support, player="theirs")


def test_the_approver_reads_that_the_balance_goes_below_zero(
    client: Client, busy: Busy, broken: Case, support: Person, second: Person
) -> None:
    before = balance(busy)
    proposed(broken, support, amount=before + 100_000)
    told = unescape(
        signed_in(client, second).get(f"/admin/wallet/case/{broken.pk}/approve_correction/").content.decode()
    )
    assert "Balance after the entry: EUR -1.00. The balance becomes negative" in told
