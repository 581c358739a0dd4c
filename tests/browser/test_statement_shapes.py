"""Three files as the public has them, each from the upload in a browser to the mail that says all clear."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from portal.lib.moments import show_day
from tests.browser.conftest import NARROW, Mailbox
from tests.factories import PASSWORD
from tests.plugins.live import Live
from wallet.money import format_amount

VIENNA = ZoneInfo("Europe/Vienna")
CENT = 1_000  # units
CLEAR = "All clear, statement late"  # the day was three days ago
# One day of every merchant, each with each kind of row: won, lost, rewarded, paid out, and a bet that was taken back.
THREE_MERCHANTS = """
import json
from datetime import timedelta
from django.test import RequestFactory
from merchants.models import Merchant
from portal.lib import clock
from portal.machines import Machines
from tests import factories
from tests.wallet import closing_months
from tests.wallet.reconciling import at, ledger_lines
from wallet.models import ReconciliationPlan, ReportRecipient
from wallet.reconciliation.days import DAY, date_at

class Wire(RequestFactory):
    def generic(self, *call, **how):
        return Machines().get_response(super().generic(*call, **how))

def played(code, **plan):
    merchant = factories.merchant(code, name=f"Casino {code}", time_zone="Europe/Vienna")
    day = date_at(merchant, clock.now()) - 3 * DAY
    told = closing_months.machine(merchant, since=day - 5 * DAY, client=Wire(SERVER_NAME="localhost"))
    for number, (stake, win) in enumerate([(1_250_000, 123_450_000), (500_000, 0), (2_005_000, 10_000)]):
        closing_months.play(told, day, stake=stake, win=win, name=f"bet-{number}")
    with at(merchant, of=day):
        told.deposit(125_050_000, transactionId="dep-1")
        told.reward(30_000, transactionId="bonus-1")
        told.bet(70_000, transactionId="void-1")
        told.withdraw(2_000_000, transactionId="out-1")
    closing_months.roll_back(told, day, "void-1")
    opened = clock.now() - 30 * DAY
    Merchant.objects.filter(pk=merchant.pk).update(second_factor_from=None, created_at=opened)
    owner = factories.member(merchant, "owner", email=f"owner@{code}.example")
    ReconciliationPlan.objects.create(merchant=merchant, **plan)
    ReportRecipient.objects.create(merchant=merchant, email=f"finance@{code}.example")
    lines = [vars(line) for line in ledger_lines(merchant, day)]
    return dict(code=code, day=str(day), owner=owner.email, finance=f"finance@{code}.example", lines=lines)

told = [
    played("processor", scopes=["types=deposit,withdraw"]),
    played("walletcents"),
    played("spreadsheet"),
]
print("FACTS", json.dumps({each["code"]: each for each in told}, default=str), sep="|")
"""
COMPARE_AND_SEND = """
from datetime import date
from django.core.management import call_command
from merchants.services import email_outbox
call_command("reconcile", "{code}", date.fromisoformat("{day}"), send=True)
email_outbox.send_due_emails()
"""


@pytest.fixture(scope="module")
def merchants(live: Live) -> dict[str, Any]:
    done = live.manage("shell", "-c", THREE_MERCHANTS)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FACTS|")]
    facts: dict[str, Any] = json.loads(line.partition("|")[2])
    return facts


# --- The files --------------------------------------------------------------------------------------------------------
def settlement_detail(lines: Iterable[dict[str, Any]]) -> bytes:
    """Of a processor: only what went through it, in two columns, and its own fees between."""
    file = io.StringIO()
    sheet = csv.writer(file)
    sheet.writerow(
        ["Company Account", "Merchant Account", "Psp Reference", "Merchant Reference", "Shopper Reference",
         "Creation Date", "TimeZone", "Type", "Gross Currency", "Gross Debit (GC)", "Gross Credit (GC)", "Net Currency"]
    )  # fmt: skip
    for number, line in enumerate(line for line in lines if line["kind"] in ("deposit", "withdraw")):
        at, amount = f"{moment(line):%Y-%m-%d %H:%M:%S}", format_amount(line["amount"]).replace(",", "")
        is_in = line["kind"] == "deposit"
        sums = ["", amount] if is_in else [amount, ""]
        kind = "Settled" if is_in else "Refunded"
        who = [line["transaction_id"], line["player_id"], at, "CET", kind, line["currency"]]
        sheet.writerow(["Acme", "AcmeEU", f"88{number}", *who, *sums, line["currency"]])
        fee = ["", "", at, "CET", "Fee", line["currency"], "0.10", ""]
        sheet.writerow(["Acme", "AcmeEU", f"89{number}", *fee, line["currency"]])
    return file.getvalue().encode()


def cents(lines: Iterable[dict[str, Any]]) -> bytes:
    """Of a wallet: an object a line, in cents, below zero what the player pays."""
    return b"".join(
        json.dumps(
            {
                "transaction_id": line["transaction_id"],
                "type": line["kind"],
                "user_id": line["player_id"],
                "currency": line["currency"].lower(),
                "amount": line["amount"] // CENT * (-1 if line["kind"] in ("bet", "withdraw") else 1),
                "reference": line["ref_transaction_id"],
                "time": int(moment(line).timestamp() * 1000),
            }
        ).encode()
        + b"\n"
        for line in lines
    )


WORDS = {"bet": "Einsatz", "payout": "Gewinn", "deposit": "Einzahlung", "withdraw": "Auszahlung", "reward": "Prämie"}


def european(lines: Iterable[dict[str, Any]]) -> bytes:
    """Of a spreadsheet: in Windows-1252, below a title; what was rolled back is a state and no row."""
    rows = [
        [
            line["transaction_id"], WORDS[line["kind"]], line["player_id"], line["currency"], f"{comma(line)} €",
            moment(line).strftime("%d.%m.%Y %H:%M:%S"), "storniert" if line["is_rolled_back"] else "gebucht",
        ]
        for line in lines
        if line["kind"] != "rollback"
    ]  # fmt: skip
    header = ["Transaction", "Type", "Player", "Currency", "Amount", "Date", "Status"]
    table = [["Täglicher Bericht", *[""] * 6], header, *rows]
    return "".join(";".join(row) + "\r\n" for row in table).encode("cp1252")


def comma(line: dict[str, Any]) -> str:
    """1.234,50"""
    return format_amount(line["amount"]).translate(str.maketrans(",.", ".,"))


def moment(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"]).astimezone(VIENNA)


# --- What is stated of them -------------------------------------------------------------------------------------------
def states_nothing(page: Page) -> None:
    """The preset says all."""


def states_zone_and_words(page: Page) -> None:
    page.get_by_label("Rollbacks", exact=True).select_option("flags")
    page.get_by_text("Words for types and states, times, encoding and sheet").click()
    for kind, word in WORDS.items():
        page.get_by_label(kind.capitalize(), exact=True).fill(word)
    page.get_by_label("Default time zone").fill("Europe/Vienna")
    page.get_by_label("States for rolled back").fill("storniert")
    page.get_by_label("States for valid").fill("gebucht")
    expect(page.get_by_label("CSV encoding")).to_have_value("cp1252")


@dataclass(frozen=True)
class Shape:
    code: str
    name: str
    preset: str
    file: Callable[[Iterable[dict[str, Any]]], bytes]
    state: Callable[[Page], None]
    ours: int
    rows: int


SHAPES = [
    Shape("processor", "settlement_detail.csv", "adyen_settlement", settlement_detail, states_nothing, 2, 2),
    Shape("walletcents", "wallet.jsonl", "wallet_cents", cents, states_nothing, 11, 11),
    Shape("spreadsheet", "tagesbericht.csv", "sheet_eu", european, states_zone_and_words, 11, 10),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.code)
def test_a_public_shape_from_the_upload_to_the_mail(
    watched: Page, live: Live, merchants: dict[str, Any], mailbox: tuple[Mailbox, Live], tmp_path: Path, shape: Shape
) -> None:
    page, told, (box, sending) = watched, merchants[shape.code], mailbox
    signed_in(page, live, told["owner"])
    file = tmp_path / shape.name
    file.write_bytes(shape.file(told["lines"]))
    sent(page, file, told["day"], shape)

    done = sending.manage("shell", "-c", COMPARE_AND_SEND.format(**told))
    assert done.returncode == 0, done.stdout + done.stderr
    page.goto(f"{live.base_url}/operator/{shape.code}/reconciliation/{told['day']}/")
    section = page.locator("section", has=page.get_by_role("heading", name="Both sides"))
    expect(section.get_by_text(CLEAR, exact=True)).to_be_visible()
    numbers = section.locator("dl.numbers dd")
    expect(numbers).to_have_text(["100.00 %", str(shape.ours), str(shape.rows), "0"])
    sides = [row.locator("th, td").all_inner_texts() for row in section.locator("tbody tr").all()]

    [email] = [each for each in box.emails if told["finance"] in str(each["to"])]
    text = email.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert str(email["subject"]) == f"Casino {shape.code}, {show_day(date.fromisoformat(told['day']))}: {CLEAR}"
    assert "100.00 % matched" in text
    assert "Breaks of this day" not in text  # that a file came late is no break of a row
    assert mailed_sides(text) == {shown_side(row) for row in sides}


def shown_side(row: list[str]) -> str:
    """A row of the table, as the mail writes it; what the breaks come to stands in no line where nothing differs."""
    kind, our_rows, ours, their_rows, theirs, difference, *_ = row
    our, their = (rows.split()[0] for rows in (our_rows, their_rows))
    return f"- {kind}: {ours} (rows: {our}) | {theirs} (rows: {their}) | {difference}"


def mailed_sides(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("- EUR ") and " | " in line}


def signed_in(page: Page, live: Live, email: str) -> None:
    page.goto(f"{live.base_url}/operator/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Reconciliation", exact=True).click()


def sent(page: Page, file: Path, day: str, shape: Shape) -> None:
    """Nothing is known of its columns, so that the preset fills in the form before anything is sent."""
    page.get_by_role("link", name="Upload statement").click()
    page.get_by_label("Day", exact=True).fill(day)
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Preview statement").click()
    expect(page.get_by_role("heading", name="Preview of the statement")).to_be_visible()
    shape.state(page)
    page.get_by_label("Start from a preset").select_option(shape.preset)
    page.get_by_role("button", name="Update preview").click()
    expect(page.get_by_role("heading", name="Totals")).to_be_visible()
    expect(page.get_by_text(f"{shape.rows} rows", exact=True)).to_be_visible()
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.get_by_role("button", name="Upload statement").click()
    expect(page.get_by_text(f"{file.name} is accepted with {shape.rows} rows.")).to_be_visible()
