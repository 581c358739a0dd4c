"""What the mail says of a day: the figures of its comparison, in HTML and in plain text, and whose move it is."""

from __future__ import annotations

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image
from python_calamine import CalamineWorkbook

from merchants.models import Contact, Merchant
from merchants.services import email_outbox
from portal.lib import clock
from tests import factories
from tests.people import signed_in
from wallet.models import Case, Reconciliation, ReconciliationPlan
from wallet.money import format_amount
from wallet.reconciliation import deliveries, report, report_files
from wallet.reconciliation.figures import figures_of

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
    with clock.frozen_at(MORNING):
        deliveries.send_reports(run=run)
        email_outbox.send_due_emails()
    [message] = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    return message


def parts(message: mail.EmailMultiAlternatives) -> tuple[str, str]:
    html = re.sub(r"<[^>]+>", " ", str(message.alternatives[0][0]).replace("<wbr>", ""))
    return " ".join(str(message.body).split()), " ".join(html.split())


def test_a_day_with_breaks_is_told_with_both_sides(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    found = case(run)
    message = sent(run)
    assert message.subject == "Acme Casino, 1 Mar 2026: 2 breaks, EUR 10.00"
    assert message.to == ["finance@acme.test"]
    for part in parts(message):
        assert str(Case.Kind.MISSING_HERE.label) in part
        for words in [
            "123,456,789.00",
            "123,456,799.00",
            "-10.00",
            "EUR -25.00",
            str(found.pk),
        ]:
            assert words in part, words


def test_all_clear_is_told_too(plan: ReconciliationPlan) -> None:
    message = sent(compared(plan.merchant, outcome="clear", figures=figures(breaks=[], ours=1201, matched=1201)))
    assert message.subject == "Acme Casino, 1 Mar 2026: All clear"
    for part in parts(message):
        assert "100.00 % matched" in part


def test_players_and_transactions_are_named_only_where_the_merchant_wants_it(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    case(run)
    for part in parts(sent(run)):
        assert "player-9" not in part
        assert "tx-77" not in part
    ReconciliationPlan.objects.update(names_players=True)
    for part in parts(sent(compared(plan.merchant, number=2, outcome="clear"))):
        assert "player-9" in part
        assert "tx-77" in part


def test_totals_beyond_what_javascript_holds_are_shown_to_the_unit(plan: ReconciliationPlan) -> None:
    huge = 2**53 + 1
    sides = [figures()["sides"][0] | {"ours_amount": str(huge), "theirs_amount": str(huge - 1)}]
    for part in parts(sent(compared(plan.merchant, figures=figures(sides=sides)))):
        assert format_amount(huge) in part
        assert "0.00001" in part


def test_the_mail_says_what_the_screen_says(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    counted = figures_of(run)
    text, html = parts(sent(run))
    for side in counted.sides:
        for words in (
            format_amount(side.ours_amount),
            format_amount(side.theirs_amount),
            format_amount(side.difference),
            f"{side.ours_rows:,}",
        ):
            assert words in text
            assert words in html
    assert counted.rate in text
    assert counted.rate in html


def test_the_largest_ten_are_listed_worst_first(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    for number in range(12):
        case(run, subject=f"tx-{number}", difference=number * 100_000)
    case(run, kind="owed", subject="owed", severity=4, difference=1)
    case(run, subject="gone", difference=10**12, state="resolved", resolution="ours", resolved_at=MORNING)
    listed = report.largest_cases(run)
    assert [each.subject for each in listed] == ["owed", *(f"tx-{number}" for number in range(11, 2, -1))]
    assert "Pay 1 refused late payout: the money is owed to a player." in parts(sent(run))[0]


def test_yesterday_is_compared_with(plan: ReconciliationPlan) -> None:
    compared(plan.merchant, day=date(2026, 2, 28), figures=figures(breaks=[broken("amount", breaks=5)]))
    assert "Previous day: 5 breaks, 99.58 % matched (now 3 fewer)." in parts(sent(compared(plan.merchant)))[0]


def test_markup_of_an_operator_is_shown_and_not_obeyed(plan: ReconciliationPlan) -> None:
    ReconciliationPlan.objects.update(names_players=True)
    run = compared(plan.merchant)
    case(run, subject="<img src=x>", player_id="<script>")
    html = str(sent(run).alternatives[0][0])
    assert "<img src=x>" not in html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    "name", ["Acme\r\nBcc: thief@evil.test", "Acme\nTo: thief@evil.test\n\n<b>hi", "Ａcme\u2028Bcc: x@y.z"]
)
def test_a_merchants_name_is_one_line(plan: ReconciliationPlan, name: str) -> None:
    with pytest.raises(IntegrityError, match="merchant_name_one_line"), transaction.atomic():
        Merchant.objects.filter(pk=plan.merchant_id).update(name=name)


@pytest.mark.parametrize(
    "name",
    [
        "Acme Bcc: thief@evil.test",
        'Acme", <thief@evil.test>, <b>hi',
        "Ａcme\u00a0Bcc: x@y.z",
        "Acme =?utf-8?q?=0d=0aBcc:_thief=40evil.test?=",
        f"{'Ü' * 100} Bcc: x@y.z",  # so long that its header is folded
    ],
)
def test_a_merchants_name_writes_no_header_and_no_markup(plan: ReconciliationPlan, name: str) -> None:
    Merchant.objects.filter(pk=plan.merchant_id).update(name=name)
    message = sent(Reconciliation.objects.get(pk=compared(plan.merchant).pk))
    wire = message.message()
    assert "\n" not in message.subject
    assert wire.get_all("To") == ["finance@acme.test"]
    assert wire["Bcc"] is None
    assert message.recipients() == ["finance@acme.test"]
    assert "<b>hi" not in str(message.alternatives[0][0])


def test_nothing_of_a_player_is_in_any_part_of_a_mail_by_default(plan: ReconciliationPlan) -> None:
    """Subject, both texts, the picture, and the files that come with it."""
    ReconciliationPlan.objects.update(is_attached=True)
    run = compared(plan.merchant)
    told = {"player": "player-9", "game": "game-9", "amount": "5", "kind": "bet", "round": "round-9"}
    case(run, ours=told, theirs=told | {"line": 3})
    case(run, kind="group", subject="player-9|bet|EUR", ours=told, theirs=told)
    message = sent(run)
    csv_, xlsx = message.attachments
    sheet = CalamineWorkbook.from_filelike(BytesIO(bytes(xlsx.content))).get_sheet_by_index(0).to_python()
    picture = report.picture(run).decode("latin-1")
    parts_ = [message.subject, message.body, message.alternatives[0][0], csv_.content, sheet, picture]
    for part in map(str, parts_):
        assert not re.search("player-9|tx-77|game-9|round-9", part)


def test_totals_of_the_mail_are_those_of_the_screen(plan: ReconciliationPlan, client: Client) -> None:
    """Read out of both, cell by cell."""
    run = compared(plan.merchant)
    signed_in(client, factories.member(plan.merchant, "viewer", email="viewer@acme.test"))
    screen = client.get(f"/operator/acme/reconciliation/{DAY}/").content.decode()
    mailed = str(sent(run).alternatives[0][0])
    for on_screen, in_mail in (
        ("EUR bet", "bet EUR"),
        *[(kind, kind) for kind in ("Missing in our ledger", "Amount mismatch")],
    ):
        assert numbers_beside(on_screen, screen) == numbers_beside(in_mail, mailed) != []


def numbers_beside(heading: str, html: str) -> list[str]:
    """Of the first row of a table that begins so, in whatever order its columns are."""
    rows = re.findall(r"<tr[^>]*>((?:(?!<tr).)*?)</tr>", html, re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    row = next(row for row in told if row.startswith(heading))
    return sorted(re.findall(r"-?\d[\d,]*(?:\.\d+)?", row))


def test_mail_programs_find_nothing_outside_and_no_rules_to_obey(plan: ReconciliationPlan) -> None:
    html = str(sent(compared(plan.merchant)).alternatives[0][0])
    assert re.findall(r"<style[^>]*>", html) == ['<style data-css-inline="keep">']  # narrow and dark windows alone
    assert "class=" not in html or 'style="' in html
    assert re.findall(r'src="([^"]+)"', html) == ["cid:chart.png"]
    assert {link.split("/")[2] for link in re.findall(r'href="(http[^"]+)"', html)} == {"testserver"}
    assert len(html.encode()) < 102_000, "Gmail cuts what is longer"


# --- the files --------------------------------------------------------------------------------------------------------
def rows_of_csv(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.removeprefix("\ufeff"))))


def test_the_files_come_with_the_mail_where_the_merchant_chose_so(plan: ReconciliationPlan) -> None:
    ReconciliationPlan.objects.update(is_attached=True)
    run = compared(plan.merchant)
    case(run)
    message = sent(run)
    assert [part.filename for part in message.attachments] == [
        "acme-reconciliation-20260301.csv",
        "acme-reconciliation-20260301.xlsx",
    ]
    [row] = rows_of_csv(str(message.attachments[0].content))
    assert (row["kind"], row["difference"], row["currency"]) == ("Amount mismatch", "-25.00", "EUR")
    assert "player" not in row
    assert "/file/" not in str(message.body)


def test_files_too_large_for_a_mail_stay_behind_the_link(
    plan: ReconciliationPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReconciliationPlan.objects.update(is_attached=True)
    monkeypatch.setattr(report, "MOST_ATTACHED", 50)
    message = sent(compared(plan.merchant))
    assert message.attachments == []
    assert "/file/" in str(message.body)


def test_csv_and_xlsx_say_the_same_and_calculate_nothing(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    case(run, subject="=HYPERLINK(1)", ours={"amount": 5, "kind": "bet"}, theirs={"amount": "7", "line": 3})
    sheet = BytesIO()
    report_files.write_xlsx(run, sheet)
    sheet.seek(0)
    [row] = rows_of_csv("".join(report_files.csv_lines(run)))
    head, told = CalamineWorkbook.from_filelike(sheet).get_sheet_by_index(0).to_python()
    typed = dict(zip(head, told, strict=True))
    assert {name: value for name, value in typed.items() if isinstance(value, str)}.items() <= row.items()
    assert (typed["day"], typed["our amount"], typed["their amount"]) == (run.day, 0.00005, 0.00007)
    assert isinstance(typed["opened"], datetime)
    assert row["subject"] == "'=HYPERLINK(1)"
    assert (row["our amount"], row["their amount"], row["their line"]) == ("0.00005", "0.00007", "3")


def test_markup_in_an_id_is_no_markup_of_the_sheet(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    case(run, subject="<r><t>1</t></r></is></c><c><f>1+1</f>  </r>", player_id="<r><t>x</t></r>")
    sheet = BytesIO()
    report_files.write_xlsx(run, sheet)
    with ZipFile(sheet) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<r>" not in xml
    assert "<f>" not in xml


def test_a_link_ends_and_is_of_one_comparison(plan: ReconciliationPlan) -> None:
    run = compared(plan.merchant)
    token = report_files.file_link(run, "csv").rstrip("/").rpartition("/")[2]
    assert report_files.read_link(token) == (run.pk, "csv")
    assert report_files.read_link(token[:-1]) is None
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15)):
        assert report_files.read_link(token) is None


def test_the_picture_has_a_bar_a_day_and_tells_days_that_were_not_compared(plan: ReconciliationPlan) -> None:
    compared(plan.merchant, day=date(2026, 2, 27), outcome="no_statement", figures={})
    run = compared(plan.merchant)
    told = report.bars(run)
    assert [bar.breaks for bar in told] == [None] * 13 + [2]
    assert Image.open(BytesIO(report.picture(run))).size == (1104, 300)


def test_long_amounts_and_ids_fit_on_a_phone(plan: ReconciliationPlan) -> None:
    """A line ends between groups of digits, and anywhere in an id."""
    ReconciliationPlan.objects.update(names_players=True)
    much = broken("missing_here", currency="IDR", stake="12345678901230000", net="-12345678901230000")
    run = compared(plan.merchant, figures=figures(breaks=[much]))
    case(run, subject="5a1c7f0e-4c0b-4c8e-9d1f-0123456789ab")
    message = sent(run)
    html, text = str(message.alternatives[0][0]), str(message.body)
    assert "-123,<wbr>456,<wbr>789,<wbr>012.30" in html
    assert re.search(r"<td[^>]*word-break: break-word[^>]*>\s*5a1c7f0e-", html)
    assert "EUR bet: 123,456,789.00 (rows: 1,200) | 123,456,799.00 (rows: 1,201) | -10.00" in text
    assert "-123,456,789,012.30" in text
