"""A day of reconciliation in a browser: from the upload to the resolved case and the mail; each page accessible."""

from __future__ import annotations

import re
from base64 import b64encode
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Mailbox, looks, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import faults
from tests.plugins.live import Live

CODE = "harbourlight"  # of which nobody has said yet how it is reconciled
FINANCE = "finance@harbourlight.example"
COMPLETE_DAY = """
from datetime import timedelta
from merchants.models import Merchant
from portal.lib import clock
from tests.wallet.reconciling import ledger_lines
from wallet.reconciliation.days import date_at
merchant = Merchant.objects.get(code="{code}")
days = [date_at(merchant, clock.now()) - timedelta(days=back) for back in range(2, 12)]
day, lines = next((day, lines) for day in days if len(lines := ledger_lines(merchant, day)) > 10)
print("DAY", day)
for line in lines:
    state = "rolled back" if line.is_rolled_back else "ok"
    print("ROW", line.transaction_id, line.kind, line.player_id, line.currency, line.amount, state, sep="|")
"""
EXPLAINED = "A bet had been exported with a digit too many."
SEND = "from merchants.services import email_outbox; email_outbox.send_due_emails()"


@pytest.fixture
def owner(watched: Page, live: Live, demo: dict[str, Any]) -> Page:
    """Signed in a moment ago, with a password alone."""
    person = next(each for each in demo["operators"] if (each["merchant"], each["role"]) == (CODE, "owner"))
    watched.goto(f"{live.base_url}/operator/")
    watched.get_by_label("Email").fill(person["email"])
    watched.get_by_label("Password").fill(person["password"])
    watched.get_by_role("button", name="Sign in", exact=True).press("Enter")
    watched.wait_for_url(f"{live.base_url}/operator/{CODE}/")
    return watched


def books(live: Live) -> tuple[str, list[str]]:
    """The newest complete day on which somebody played, and its lines as an operator without a mistake has them."""
    done = live.manage("shell", "-c", COMPLETE_DAY.format(code=CODE))
    assert done.returncode == 0, done.stderr
    found = done.stdout.splitlines()
    [day] = [line.split()[1] for line in found if line.startswith("DAY ")]
    return day, [line.removeprefix("ROW|").replace("|", ",") for line in found if line.startswith("ROW|")]


def kept(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["transactionId,kind,playerId,currency,amount,state", *rows]) + "\n")
    return path


def bet_of(rows: list[str]) -> int:
    return next(number for number, row in enumerate(rows) if row.split(",")[1] == "bet" and row.endswith(",ok"))


def wrong(rows: list[str]) -> list[str]:
    """One bet ten times as high, and one payout left out."""
    told, bet = list(rows), bet_of(rows)
    cells = told[bet].split(",")
    told[bet] = ",".join([*cells[:4], str(int(cells[4]) * 10 + 10), cells[5]])
    del told[next(number for number, row in enumerate(told) if row.split(",")[1] == "payout")]
    return told


def manage(live: Live, *arguments: str, codes: tuple[int, ...] = (0,)) -> None:
    done = live.manage(*arguments)
    assert done.returncode in codes, done.stdout + done.stderr


def shown_as_mail(page: Page, email: EmailMessage, album: Path) -> str:
    """The email as a mailbox shows it, with its picture."""
    html = email.get_body(("html",))
    assert html is not None
    text = str(html.get_content())
    for part in email.walk():
        if part.get_content_type() == "image/png":
            picture = b64encode(part.get_payload(decode=True)).decode()  # type: ignore[arg-type]
            text = re.sub(r"cid:[^\"']+", f"data:image/png;base64,{picture}", text)
    page.set_viewport_size({"width": 760, "height": 900})
    page.set_content(text)
    page.screenshot(path=album / "reconciliation-mail.png", full_page=True)
    return text


def test_from_the_upload_to_the_resolved_case_and_the_mail(
    owner: Page, live: Live, keyboard: Keyboard, mailbox: tuple[Mailbox, Live], album: Path, tmp_path: Path
) -> None:
    box, sending = mailbox
    day, rows = books(live)
    here = f"{live.base_url}/operator/{CODE}/reconciliation/"
    plan_is_made(keyboard, here)
    first_statement(keyboard, kept(tmp_path / "statement.csv", wrong(rows)), day, album)
    manage(live, "reconcile", CODE, day, codes=(1,))

    owner.goto(f"{here}{day}/")
    pictures(owner, album, "reconciliation-day")
    keyboard.press(owner.locator("tbody").get_by_role("link", name="Amount mismatch").last)
    expect(owner.locator("tr.table-warning")).to_have_count(1)
    pictures(owner, album, "reconciliation-case")
    case = owner.url
    corrected(keyboard, kept(tmp_path / "corrected.csv", rows))
    manage(sending, "reconcile", CODE, day, "--send", codes=(0, 1))
    owner.goto(case)
    expect(owner.get_by_text("resolved: corrected").first).to_be_visible()

    manage(sending, "shell", "-c", SEND)
    [email] = [each for each in box.emails if FINANCE in str(each["to"])]
    told = shown_as_mail(owner.context.new_page(), email, album)
    owner.goto(f"{here}{day}/")
    assert owner.locator("dl.numbers dd").first.inner_text() in told
    expect(owner.get_by_text("Restated.").first).to_be_visible()
    statement = str(owner.get_by_role("link", name="statement.csv").get_attribute("href"))
    keyboard.press(owner.get_by_role("link", name="Report details"))
    expect(owner.get_by_text(FINANCE)).to_be_visible()
    report = owner.url

    bad = look_at_new(keyboard, here, kept(tmp_path / "bad.csv", [*rows, "x,bet,p,EUR,NaN,ok"]), day)
    expect(owner.get_by_text(f"Line {len(rows) + 2}")).to_be_visible()
    paths = ["", f"{day}/", f"{day}/compare/", "cases/", "plan/", "plan/change/", "plan/source/", "statements/new/"]
    addresses = [case, f"{case}comment/", report, bad, live.base_url + statement, f"{live.base_url}/operator/{CODE}/"]
    assert ugly(owner, [here + path for path in paths] + addresses, album) == {}


def plan_is_made(keyboard: Keyboard, here: str) -> None:
    page = keyboard.page
    page.goto(f"{here}plan/")
    keyboard.press(page.get_by_role("link", name="Change plan"))
    keyboard.press(page.get_by_role("button", name="Change plan"))
    keyboard.press(page.get_by_role("link", name="Add recipient"))
    keyboard.fill(page.get_by_label("Email"), FINANCE)
    keyboard.press(page.get_by_role("button", name="Add recipient"))
    expect(page.get_by_text(f"{FINANCE} receives the report")).to_be_visible()


def first_statement(keyboard: Keyboard, file: Path, day: str, album: Path) -> None:
    """Nothing is known of its columns yet."""
    page = keyboard.page
    keyboard.press(page.get_by_role("link", name="Reconciliation", exact=True))
    keyboard.press(page.get_by_role("link", name="Upload statement"))
    look_at(keyboard, file, day)
    expect(page.get_by_text("Are amounts whole units")).to_be_visible()
    keyboard.check(page.get_by_label("whole units: 1250000"))
    keyboard.press(page.locator("summary", has_text="Words for types and states, times, encoding and sheet"))
    keyboard.fill(page.get_by_label("States for rolled back"), "rolled back")
    keyboard.press(page.get_by_role("button", name="Update preview"))
    expect(page.get_by_role("heading", name="Totals")).to_be_visible()
    pictures(page, album, "reconciliation-look")
    keyboard.press(page.get_by_role("button", name="Upload statement"))
    expect(page.get_by_text("is accepted with")).to_be_visible()


def corrected(keyboard: Keyboard, file: Path) -> None:
    page = keyboard.page
    keyboard.press(page.get_by_role("link", name="Attach corrected statement"))
    look_at(keyboard, file, "")
    keyboard.fill(page.get_by_label("Description of the correction"), EXPLAINED)
    keyboard.press(page.get_by_role("button", name="Upload statement"))
    expect(page.get_by_text(EXPLAINED)).to_be_visible()


def look_at_new(keyboard: Keyboard, here: str, file: Path, day: str) -> str:
    page = keyboard.page
    page.goto(f"{here}statements/new/")
    look_at(keyboard, file, day)
    return page.url


def ugly(page: Page, addresses: list[str], album: Path) -> dict[str, list[str]]:
    """What axe says of each page."""
    found = {}
    for number, address in enumerate(addresses):
        for size, scheme in looks(number):
            see(page, address, size=size, scheme=scheme, album=album, name=f"reconciliation-{number}")
            found[f"{address} {size['width']} {scheme}"] = faults(page)
    return {address: each for address, each in found.items() if each}


def look_at(keyboard: Keyboard, file: Path, day: str) -> None:
    page = keyboard.page
    if day:
        keyboard.fill(page.get_by_label("Day", exact=True), day)
    keyboard.attach(page.get_by_label("File"), file)
    keyboard.press(page.get_by_role("button", name="Preview statement"))
    expect(page.get_by_role("heading", name="Preview of the statement")).to_be_visible()


def pictures(page: Page, album: Path, name: str) -> None:
    """On a telephone, and as it stands in the documentation (`PICTURES=docs/pictures`)."""
    for size, ending in ((NARROW, "-narrow"), (WIDE, "")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.screenshot(path=album / f"{name}{ending}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
