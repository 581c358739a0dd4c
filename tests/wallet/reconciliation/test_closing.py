"""A month is closed: its sums, the two people, what holds in the database, and what changes later."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.db import IntegrityError, ProgrammingError, transaction
from python_calamine import CalamineWorkbook

from merchants.errors import ApproverWithoutFactor, NotIndependent, Refusal
from merchants.models import Contact, Merchant, OutgoingEmail, Person
from merchants.services import email_outbox, history, people
from portal.lib import clock, pdf
from tests import factories
from tests.people import colleague, date_factors
from tests.plugins.database_role import as_superuser, unguarded
from tests.wallet.closing_months import (
    APRIL,
    MARCH,
    MAY,
    PDF,
    REASON,
    after,
    closed,
    compared,
    invoice,
    machine,
    of,
    play,
    prepared,
    reconciled,
    roll_back,
)
from tests.wallet.reconciliation.test_cases import found
from tests.wallet.reconciling import HOUR, Told, at
from wallet.models import Case, Invoice, Reconciliation, ReconciliationPlan, Settlement, SettlementAdjustment
from wallet.models.statement import private_files
from wallet.reconciliation.closing import invoices, month_reminder, refusals, settlement_files, settlements
from wallet.reconciliation.closing.settlement_figures import figures_of

DAY = date(2026, 3, 10)


@pytest.fixture
def second(db: None) -> Person:
    return colleague("second@oppi.test")


@pytest.fixture
def march(acme: Merchant) -> Told:
    """A month with each kind of row, a bet of the same month taken back, and two games."""
    told = machine(acme)
    play(told, DAY, stake=1_000, win=2_500, name="won")
    play(told, DAY, stake=700, win=0, name="back")
    roll_back(told, DAY, "back")
    with at(acme, of=DAY):
        told.reward(300)
        told.withdraw(200)
        told.deposit(50)
    told.game = factories.game()
    play(told, DAY, stake=5_000, win=0, name="lost")
    return told


# --- Figures ----------------------------------------------------------------------------------------------------------
def test_a_month_is_summed_by_game_and_currency(march: Told, support: Person) -> None:
    told = machine(march.merchant, "JPY", player="player-2")
    play(told, DAY, stake=30_000_000, win=10_000_000, name="yen")
    settlement = prepared(march.merchant, MARCH, support)
    euro, yen = of(settlement), of(settlement, "JPY")
    assert (euro.opening, euro.stakes, euro.payouts, euro.ggr) == (100_000_000, 6_000, 2_500, 3_500)
    assert (euro.rewards, euro.deposits, euro.withdrawals, euro.adjustments) == (300, 50, 200, 0)
    assert euro.closing == 100_000_000 - 3_500 + 300 + 50 - 200
    assert (yen.opening, yen.ggr, yen.closing) == (100_000_000, 20_000_000, 80_000_000)
    assert (euro.bets, yen.bets) == (2, 1)
    games = {(each.currency, each.bets, each.ggr) for each in figures_of(settlement).games}
    assert games == {("EUR", 1, -1_500), ("EUR", 1, 5_000), ("JPY", 1, 20_000_000)}


@pytest.mark.parametrize(
    ("zone", "begin", "end"),
    [
        ("Europe/Vienna", datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 1, 5, tzinfo=UTC), datetime(2026, 4, 1, 4, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 2, 28, 18, 30, tzinfo=UTC), datetime(2026, 3, 31, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_month_is_the_merchants_over_a_change_of_its_clock(
    acme: Merchant, support: Person, second: Person, zone: str, begin: datetime, end: datetime
) -> None:
    Merchant.objects.filter(pk=acme.pk).update(time_zone=zone)
    acme.refresh_from_db()
    told = machine(acme)
    moment = timedelta(microseconds=1)
    for name, when, stake in (("a", begin - moment, 1), ("b", begin, 20), ("c", end - moment, 300), ("d", end, 4_000)):
        with clock.frozen_at(when):
            told.launch()
            assert told.bet(stake, transactionId=name).status == "RS_OK"
    first = closed(acme, MARCH, support, second)
    assert (first.begins_at, first.ends_at) == (begin, end)
    assert (of(first).opening, of(first).stakes, of(first).closing) == (99_999_999, 320, 99_999_679)
    assert (of(prepared(acme, APRIL, support)).opening, of(prepared_again(acme, support)).stakes) == (99_999_679, 4_000)


def prepared_again(merchant: Merchant, by: Person) -> Settlement:
    draft = Settlement.objects.get(merchant=merchant, state="prepared")
    settlements.withdraw_statement(settlement=draft, reason="counted again", by=by)
    return prepared(merchant, draft.month, by)


def test_a_month_begins_where_the_last_one_ended_also_in_another_time_zone(
    march: Told, support: Person, second: Person
) -> None:
    acme = march.merchant
    first = closed(acme, MARCH, support, second)
    Merchant.objects.filter(pk=acme.pk).update(time_zone="Asia/Tokyo")
    acme.refresh_from_db()
    assert prepared(acme, APRIL, support).begins_at == first.ends_at


def test_what_the_parts_do_not_explain_is_not_prepared(march: Told, support: Person) -> None:
    acme = march.merchant
    with unguarded() as cursor:
        cursor.execute(
            "UPDATE wallet_account SET balance = balance + 7 WHERE merchant_id = %s AND kind = 'player'", [acme.pk]
        )
    with clock.frozen_at(after(acme, MARCH)):
        asked = settlements.request_statement(merchant=acme, month=MARCH, reason=REASON, by=support)
        settlements.prepare_statement(asked.pk)
    asked.refresh_from_db()
    assert asked.state == Settlement.State.REFUSED
    assert asked.refusal.startswith(
        "EUR: opening balance and movements make 999.9665, but the players' accounts held 999.96657."
    )
    assert not asked.figures


ENTRY = """
    INSERT INTO wallet_transaction (
        merchant_id, transaction_id, part, kind, status, player_id, currency, amount, debit_account_id,
        credit_account_id, balance, secret_id, address, request_id, created_at)
    SELECT merchant_id, 'other-1', 0, 'other', status, player_id, currency, 70, debit_account_id, credit_account_id,
           balance, secret_id, address, request_id, '2026-03-12 12:00:00+00'
      FROM wallet_transaction WHERE merchant_id = %s AND kind = 'deposit' ORDER BY id LIMIT 1
"""


# --- What changes later -----------------------------------------------------------------------------------------------
def test_a_late_rollback_is_an_adjustment_of_the_next_month(march: Told, support: Person, second: Person) -> None:
    acme = march.merchant
    first = closed(acme, MARCH, support, second)
    as_closed = first.figures
    play(march, date(2026, 4, 2), stake=400, win=0, name="april")
    roll_back(march, date(2026, 4, 2), "won")
    april = prepared(acme, APRIL, support)
    first.refresh_from_db()
    assert first.figures == as_closed
    found = list(april.adjustments.values_list("transaction_id", "ref_transaction_id", "moved", "month", "amount"))
    assert found == [("won-back", "won", "bet", MARCH, 1_000), ("won-back", "won-win", "payout", MARCH, -2_500)]
    sums = of(april)
    assert (sums.stakes, sums.ggr, sums.adjustments, sums.adjusted_ggr) == (400, 400, -1_500, 1_500)
    assert sums.closing == sums.opening - 400 - 1_500
    assert not first.adjustments.exists()


def test_an_entry_of_another_kind_is_an_adjustment(march: Told, support: Person) -> None:
    """Whatever kind of row corrects something, its money is explained and listed."""
    with unguarded() as cursor:
        cursor.execute(ENTRY, [march.merchant.pk])
        cursor.execute("UPDATE wallet_account SET balance = balance + 70 WHERE kind = 'player' AND currency = 'EUR'")
    settlement = prepared(march.merchant, MARCH, support)
    [entry] = settlement.adjustments.all()
    assert (entry.kind, entry.transaction_id, entry.moved, entry.amount) == ("entry", "other-1", "other", 70)
    sums = of(settlement)
    assert (sums.adjustments, sums.adjusted_ggr, sums.ggr) == (70, 0, 3_500)
    assert sums.closing == sums.opening + sums.change


def test_days_and_cases_that_change_after_the_close_are_told_once(march: Told, support: Person, second: Person) -> None:
    acme = march.merchant
    reconciled(acme, MARCH, but=(DAY,))
    run = compared(acme, DAY, outcome="breaks", at=after(acme, MARCH))
    case = found(run, "open-1", opened_at=after(acme, MARCH))
    first = closed(acme, MARCH, support, second, reason="")
    days = figures_of(first).days
    assert (days.days, days.clear, days.open, days.unreconciled, days.open_cases) == (31, 30, 1, 0, 1)
    with clock.frozen_at(after(acme, MARCH, 30)):
        Case.objects.filter(pk=case.pk).update(
            state="resolved", resolution="corrected", resolved_at=clock.now(), difference=0
        )
        compared(acme, DAY, outcome="clear", at=clock.now())
        compared(acme, date(2026, 3, 11), outcome="clear", at=clock.now())  # says what was said
        found(run, "new-1", opened_at=clock.now(), difference=-5, ours={"kind": "bet", "amount": "5"})
    april = closed(acme, APRIL, support, second)
    told = list(april.adjustments.values_list("kind", "month", "day", "transaction_id", "text"))
    assert told == [
        ("day", MARCH, DAY, "", "0 breaks. Now all clear"),
        ("case", MARCH, DAY, "open-1", "Amount mismatch. Resolved: corrected"),
        ("case", MARCH, DAY, "new-1", "Amount mismatch. Found"),
    ]
    assert april.adjustments.get(transaction_id="new-1").difference == 5  # as in the report: ours is more
    assert not closed(acme, MAY, support, second).adjustments.exists()


# --- Who, and when ----------------------------------------------------------------------------------------------------
def test_open_days_and_grave_cases_ask_for_a_reason_that_the_statement_shows(march: Told, support: Person) -> None:
    acme = march.merchant
    reconciled(acme, MARCH, but=(DAY, date(2026, 3, 11)))
    run = compared(acme, DAY, outcome="breaks", at=after(acme, MARCH))
    found(run, severity=3)
    with clock.frozen_at(after(acme, MARCH)), pytest.raises(refusals.ReasonNeeded) as why:
        settlements.request_statement(merchant=acme, month=MARCH, reason=" ", by=support)
    assert str(why.value).startswith("1 day is not reconciled. 1 case of high severity is open. Enter a reason")
    text = settlement_files.file_content(prepared(acme, MARCH, support), "csv").decode()
    assert REASON in text
    assert Settlement.objects.get().digest in text
    assert "1 day is not reconciled. 1 case of high severity is open." in text


def test_a_month_is_closed_in_its_turn_once_complete_and_of_no_sandbox(
    march: Told, support: Person, second: Person, owner: Person, auditor: Person
) -> None:
    acme = march.merchant

    def refused(kind: type[Refusal], month: date, by: Person = support, merchant: Merchant = acme) -> None:
        with pytest.raises(kind):
            settlements.request_statement(merchant=merchant, month=month, reason=REASON, by=by)

    with clock.frozen_at(after(acme, MARCH, -6)):
        refused(refusals.MonthNotComplete, MARCH)
    with clock.frozen_at(after(acme, MAY)):
        for person in (owner, auditor):
            refused(refusals.StaffOnly, MARCH, person)
        refused(refusals.NoMonthOfASandbox, MARCH, merchant=factories.sandbox(acme))
        draft = prepared(acme, MARCH, support)
        refused(refusals.DraftWaits, APRIL)
        settlements.sign_off(settlement=draft, by=second)
        refused(refusals.MonthsInOrder, MARCH)
        refused(refusals.MonthsInOrder, MAY)


def test_another_person_signs_off_what_still_holds(
    march: Told, support: Person, second: Person, auditor: Person, owner: Person
) -> None:
    acme = march.merchant
    reconciled(acme, MARCH)
    draft = prepared(acme, MARCH, support, reason="")
    for kind, person in ((refusals.SamePerson, support), (refusals.StaffOnly, auditor), (refusals.StaffOnly, owner)):
        with pytest.raises(kind):
            settlements.sign_off(settlement=draft, by=person)
    date_factors(second, datetime(2100, 1, 1, tzinfo=UTC))
    with pytest.raises(ApproverWithoutFactor):
        settlements.sign_off(settlement=draft, by=second)
    date_factors(second, datetime(2020, 1, 1, tzinfo=UTC))
    run = compared(acme, DAY, outcome="breaks", at=after(acme, MARCH))
    found(run)
    with pytest.raises(refusals.SettlementChanged):
        settlements.sign_off(settlement=draft, by=second)
    settlements.withdraw_statement(settlement=draft, reason="A case was found.", by=second)
    signed = closed(acme, MARCH, support, second)
    assert (signed.number, signed.prepared_by, signed.signed_by) == (2, support, second)
    with pytest.raises(refusals.NotPrepared):
        settlements.withdraw_statement(settlement=signed, reason="too late", by=second)


def test_whom_the_preparer_set_up_signs_nothing_off(march: Told, support: Person, second: Person) -> None:
    draft = prepared(march.merchant, MARCH, support)
    with clock.frozen_at(after(march.merchant, MARCH)):
        with history.act_as(door="/admin/", person=support):
            people.set_password(person=second, password="another long password")
        with pytest.raises(NotIndependent):
            settlements.sign_off(settlement=draft, by=second)


def test_the_merchant_confirms_a_signed_statement_once(
    march: Told, support: Person, second: Person, owner: Person, viewer: Person
) -> None:
    settlement = prepared(march.merchant, MARCH, support)
    with pytest.raises(refusals.NotSigned):
        settlements.confirm_statement(settlement=settlement, by=owner)
    with clock.frozen_at(after(march.merchant, MARCH)):
        settlements.sign_off(settlement=settlement, by=second)
    for person in (viewer, support, factories.member(factories.merchant("rival"), "owner")):
        with pytest.raises(refusals.OwnersAndManagersOnly):
            settlements.confirm_statement(settlement=settlement, by=person)
    assert settlements.confirm_statement(settlement=settlement, by=owner).by == owner
    with pytest.raises(refusals.ConfirmedAlready):
        settlements.confirm_statement(settlement=settlement, by=owner)


# --- What the database holds ------------------------------------------------------------------------------------------
def test_the_database_keeps_a_statement_by_two_people_as_it_is(
    march: Told, support: Person, second: Person, owner: Person
) -> None:
    roll_back(march, DAY, "lost")
    draft = prepared(march.merchant, MARCH, support)
    mine = Settlement.objects.filter(pk=draft.pk)
    now = clock.now()

    def refused(**fields: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            mine.update(**fields)

    refused(state="signed", signed_by=support, signed_at=now)
    refused(state="signed", signed_by=owner, signed_at=now)
    refused(state="signed")
    refused(figures={"currencies": []})
    refused(state="requested")
    with pytest.raises(IntegrityError), transaction.atomic():
        SettlementAdjustment.objects.create(settlement=draft, kind="rollback", month=MARCH, amount=5, at=now)
    mine.update(state="signed", signed_by=second, signed_at=now)
    refused(state="withdrawn", withdrawn_by=second, withdrawn_at=now, signed_by=None, signed_at=None)
    for column in ("reason", "prepared_by_id", "begins_at", "month"):
        with pytest.raises(ProgrammingError), transaction.atomic():
            mine.update(**{column: getattr(draft, column)})
    with pytest.raises(ProgrammingError), transaction.atomic():
        mine.delete()
    with as_superuser() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("UPDATE wallet_settlement SET reason = 'another'")


def test_the_database_begins_no_month_out_of_turn_signed_or_of_a_sandbox(
    march: Told, support: Person, second: Person
) -> None:
    first = closed(march.merchant, MARCH, support, second)
    told = {"merchant": march.merchant, "month": APRIL, "number": 1, "time_zone": "UTC", "prepared_by": support}
    told |= {"begins_at": first.ends_at, "ends_at": first.ends_at + timedelta(days=30), "requested_at": clock.now()}
    signed = {
        "digest": "x",
        "state": "signed",
        "signed_by": second,
        "signed_at": clock.now(),
        "counted_at": clock.now(),
    }
    for wrong in (
        {"month": MAY},
        {"begins_at": first.ends_at + HOUR},
        {"month": date(2026, 4, 2)},
        {"merchant": factories.sandbox(march.merchant)},
        signed | {"figures": {"days": 1}},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Settlement.objects.create(**(told | wrong))
    Settlement.objects.create(**told)


# --- Files and mail ---------------------------------------------------------------------------------------------------
def test_the_three_files_say_the_same(march: Told, support: Person, second: Person) -> None:
    acme = march.merchant
    closed(acme, MARCH, support, second)
    roll_back(march, date(2026, 4, 2), "won")
    settlement = closed(acme, APRIL, support, second)
    assert settlement_files.settlement_file_name(settlement, "pdf") == "acme-settlement-202604.pdf"
    lines = list(csv.DictReader(StringIO(settlement_files.file_content(settlement, "csv").decode("utf-8-sig"))))
    balance = {line["item"]: line["amount"] for line in lines if line["section"] == "balance"}
    assert balance["Adjustments"] == "-0.015"
    [bet, payout] = [line for line in lines if line["section"] == "adjustment"]
    assert (bet["transaction"], bet["original month"], bet["amount"]) == ("won-back", "2026-03", "0.01")
    assert payout["text"] == "payout reverses won-win"
    book = CalamineWorkbook.from_filelike(BytesIO(settlement_files.file_content(settlement, "xlsx")))
    amounts = {row[1]: row[2] for row in book.get_sheet_by_name("Players’ balances").to_python()[1:]}
    assert amounts == {name: float(amount) for name, amount in balance.items()}
    when = book.get_sheet_by_name("Adjustments").to_python()[1][8]
    assert isinstance(when, datetime)
    assert when.date() == date(2026, 4, 2)
    paper = settlement_files.file_content(settlement, "pdf")
    assert paper.startswith(b"%PDF-")
    assert paper == settlement_files.file_content(settlement, "pdf")
    assert b"won-back" not in settlement_files.file_content(settlement, "csv", whole=False)


def test_paper_holds_whatever_a_name_holds() -> None:
    """Other scripts than the fonts have are boxes, and no fault."""
    paper = pdf.Paper("Ünïcode Ελλάδα Україна 東京 🎰", made_at=datetime(2026, 4, 1, tzinfo=UTC))
    paper.facts([("Name", "x" * 400)])
    paper.table(["A", "B"], [["y" * 300, pdf.PdfNumber("1.00")]] * 100)
    assert paper.content().startswith(b"%PDF-")


def test_recipients_get_one_mail_of_a_signed_statement(march: Told, support: Person, second: Person) -> None:
    acme = march.merchant
    Contact.objects.create(merchant=acme, email="finance@acme.test")
    ReconciliationPlan.objects.create(merchant=acme, is_attached=True)
    mail.outbox.clear()
    prepared(acme, MARCH, support)
    email_outbox.send_due_emails()
    assert mail.outbox == []
    with clock.frozen_at(after(acme, MARCH)):
        settlement = settlements.sign_off(settlement=Settlement.objects.get(), by=second)
        email_outbox.send_due_emails()
    [message] = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert message.to == ["finance@acme.test"]
    assert message.subject == "Acme Casino: settlement statement of March 2026 signed off"
    for part in (str(message.body), str(message.alternatives[0][0])):
        for words in (
            "0.035",
            "second@oppi.test",
            REASON,
            f"/operator/acme/reconciliation/settlements/{settlement.pk}/",
        ):
            assert words in part, words
    names = {attached.filename for attached in message.attachments}
    assert names == {f"acme-settlement-202603.{kind}" for kind in ("pdf", "xlsx", "csv")}


# --- Invoices ---------------------------------------------------------------------------------------------------------
def test_an_invoice_is_compared_by_currency(march: Told, support: Person, owner: Person) -> None:
    acme = march.merchant
    with pytest.raises(refusals.InvoiceOfAMonthToCome):
        invoice(Settlement(merchant=acme, month=MARCH), owner)
    settlement = prepared(acme, MARCH, support)
    agrees = invoice(settlement, owner)
    assert (agrees.issuer, agrees.name, agrees.content_type) == ("merchant", "March_in.pdf", "application/pdf")
    assert invoices.compare_invoice(agrees, settlement).state == "agrees"
    differs = invoice(
        settlement, support, totals={"EUR": 3_500 - 1_230_000, "USD": 100_000}, content=b"total;12,00\r\n"
    )
    assert (differs.issuer, differs.content_type) == ("provider", "text/csv")
    compared = invoices.compare_invoice(differs, settlement)
    assert compared.state == "differs by EUR 12.30, USD 1.00"
    assert [line.difference for line in compared.lines] == [1_230_000, -100_000]
    assert invoices.compare_invoice(invoice(settlement, owner, basis="net", totals={"EUR": 3_200}), settlement).agrees
    assert [each.issuer for each in invoices.newest_invoices(acme, MARCH)] == ["merchant", "provider"]


@pytest.mark.parametrize(
    ("content", "fields", "kind"),
    [
        (b"MZ\0\0", {}, refusals.InvoiceFileUnknown),
        (b"  ", {}, refusals.InvoiceFileUnknown),
        (b"\xff\xfe\xff", {}, refusals.InvoiceFileUnknown),
        (PDF, {"totals": {}}, refusals.InvoiceWithoutTotal),
        (PDF + bytes(10 * 1024 * 1024), {}, refusals.InvoiceTooLarge),
    ],
)
def test_what_is_no_invoice_is_not_kept(
    march: Told, support: Person, owner: Person, content: bytes, fields: dict[str, Any], kind: type[Refusal]
) -> None:
    settlement = prepared(march.merchant, MARCH, support)
    with pytest.raises(kind):
        invoice(settlement, owner, content, **fields)
    assert not Invoice.objects.exists()


def test_two_jobs_prepare_a_request_once(march: Told, support: Person) -> None:
    with clock.frozen_at(after(march.merchant, MARCH)):
        settlements.request_statement(merchant=march.merchant, month=MARCH, reason=REASON, by=support)
        assert settlements.prepare_waiting() == 1
        assert settlements.prepare_waiting() == 0
    assert Reconciliation.objects.count() == 0


# --- A month that is due ----------------------------------------------------------------------------------------------
def test_our_staff_is_reminded_once_of_a_month_that_nobody_prepares(
    acme: Merchant, support: Person, auditor: Person
) -> None:
    Merchant.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    ReconciliationPlan.objects.create(merchant=acme)
    sent = []
    for moment in (datetime(2026, 4, 4, 12, tzinfo=UTC), *(datetime(2026, 4, day, 12, tzinfo=UTC) for day in (5, 6))):
        with clock.frozen_at(moment):
            sent.append(month_reminder.send_reminders())
    assert sent == [0, 1, 0]
    email = OutgoingEmail.objects.get(template="month_due")
    assert (email.to, email.context["month"]) == (support.email, "March 2026")
    with clock.frozen_at(datetime(2026, 4, 7, tzinfo=UTC)):
        email_outbox.send_due_emails()
    [message] = mail.outbox
    assert message.subject == "Acme Casino: prepare the settlement statement of March 2026"


def test_nobody_is_reminded_of_a_month_that_is_prepared_or_of_a_merchant_that_is_new(
    acme: Merchant, support: Person
) -> None:
    ReconciliationPlan.objects.create(merchant=acme)
    Merchant.objects.update(created_at=datetime(2026, 4, 2, tzinfo=UTC))
    with clock.frozen_at(datetime(2026, 4, 6, tzinfo=UTC)):
        assert month_reminder.send_reminders() == 0
    Merchant.objects.update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    with clock.frozen_at(datetime(2026, 4, 6, tzinfo=UTC)):
        settlements.request_statement(
            merchant=Merchant.objects.get(), month=MARCH, reason="Nothing was played.", by=support
        )
        assert month_reminder.send_reminders() == 0


# --- Files that no invoice names --------------------------------------------------------------------------------------
def test_a_file_of_an_upload_that_was_not_completed_is_deleted_after_a_day(acme: Merchant) -> None:
    invoices.purge_files(clock.now() + timedelta(days=2))  # what tests before this one left in the folder
    path = private_files().save(f"invoices/{clock.now():%Y/%m}/stray.pdf", ContentFile(b"%PDF-"))
    assert invoices.purge_files(clock.now()) == 0
    assert invoices.purge_files(clock.now() + timedelta(days=2)) == 1
    assert not private_files().exists(path)


@pytest.mark.parametrize(
    "totals", [{"EUR": 2**53}, {"EUR": -(2**53)}, {"eur": 1}, {"EUR\n": 1}, {"EURO-CENTS": 1}, {"": 1}]
)
def test_a_total_that_no_ledger_has_is_refused(march: Told, support: Person, owner: Person, totals: Any) -> None:
    settlement = prepared(march.merchant, MARCH, support)
    with pytest.raises(refusals.InvoiceTotalUnclear):
        invoice(settlement, owner, totals=totals)


@pytest.mark.parametrize(
    "totals", ["{}", "[]", '{"EUR": 5}', '{"EUR": "5.5"}', '{"eur": "5"}', '{"EUR": "12345678901234567"}']
)
def test_the_database_refuses_such_totals_as_well(march: Told, support: Person, owner: Person, totals: str) -> None:
    settlement = prepared(march.merchant, MARCH, support)
    row = invoice(settlement, owner)
    row.pk, row.totals = None, json.loads(totals)
    with pytest.raises(IntegrityError, match="invoice_totals_are_amounts"), transaction.atomic():
        row.save(force_insert=True)
