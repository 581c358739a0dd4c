"""A month is closed in a browser: prepared by one of our staff, signed off by another, confirmed by the merchant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, looks, see
from tests.browser.test_operator import faults
from tests.factories import PASSWORD
from tests.plugins.live import Live

A_MONTH = """
import json
from datetime import date, timedelta
from django.test import RequestFactory
from merchants.models import Merchant
from portal.lib import clock
from portal.machines import Machines
from tests import factories
from tests.wallet import closing_months
from tests.wallet.reconciling import Told, at
from wallet.reconciliation.closing.months import first_day_of
from wallet.reconciliation.days import DAY, date_at

class Wire(RequestFactory):
    def generic(self, *call, **how):
        return Machines().get_response(super().generic(*call, **how))

merchant = factories.merchant("northwind", name="Northwind Casino", time_zone="Europe/Vienna")
last = first_day_of(first_day_of(date_at(merchant, clock.now())) - DAY)
month = first_day_of(last - DAY)
door = Wire(SERVER_NAME="localhost")
euro = closing_months.machine(merchant, since=month - 5 * DAY, client=door)
yen = closing_months.machine(merchant, "JPY", since=month - 5 * DAY, client=door, player="player-2")
for number in range(4):
    day = month + (3 + number) * DAY
    euro.game = factories.game(name=f"Book of {number}")
    closing_months.play(euro, day, stake=1_250_000 * (number + 1), win=400_000, name=f"euro-{number}")
    closing_months.play(yen, day, stake=30_000_000, win=10_000_000, name=f"yen-{number}")
closing_months.roll_back(euro, month + 9 * DAY, "euro-0")
Merchant.objects.filter(pk=merchant.pk).update(second_factor_from=None)
owner = factories.member(merchant, "owner", email="owner@northwind.example")
print("FACTS", json.dumps(dict(merchant=merchant.pk, month=f"{month:%Y-%m}", spoken=f"{month:%B %Y}",
                               owner=owner.email)), sep="|")
"""
PREPARE = "from wallet.reconciliation.closing import settlements; settlements.prepare_waiting()"
REASON = "The merchant begins to send statements next month."
GGR = "100.50"  # stakes of 25.00, 37.50 and 50.00 less three payouts of 4.00; the first round was taken back


@pytest.fixture
def month(live: Live, demo: dict[str, Any]) -> dict[str, Any]:
    done = live.manage("shell", "-c", A_MONTH)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FACTS|")]
    facts: dict[str, Any] = json.loads(line.partition("|")[2])
    return facts


def test_a_month_is_closed_and_signed_off_by_two_people(
    watched: Page, live: Live, door: Door, month: dict[str, Any], album: Path
) -> None:
    page, pages = watched, f"{live.base_url}/admin/wallet/settlement/"
    door.enter(page, "support")
    prepared(page, live, month, pages)
    draft = page.url
    page.get_by_role("link", name="Sign off statement").click()
    page.get_by_role("button", name="Sign off statement").click()
    expect(page.get_by_text("another person must sign it off")).to_be_visible()

    page.context.clear_cookies()
    door.enter(page, "administrator")
    page.goto(draft)
    page.get_by_role("link", name="Sign off statement").click()
    page.get_by_role("button", name="Sign off statement").click()
    expect(page.get_by_text("is signed off").first).to_be_visible()
    looked_at(page, {"form": f"{pages}prepare/", "statement": draft, "list": pages}, album, list)

    page.context.clear_cookies()
    statement = confirmed(page, live, month)
    for kind, begins in (("PDF", b"%PDF-"), ("XLSX", b"PK"), ("CSV", b"\xef\xbb\xbfsection,")):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        assert (
            download.value.suggested_filename
            == f"northwind-settlement-{month['month'].replace('-', '')}.{kind.lower()}"
        )
        assert Path(download.value.path()).read_bytes().startswith(begins)
    here = f"{live.base_url}/operator/northwind/reconciliation/settlements/"
    addresses = {"own": statement, "own-list": here, "invoice": f"{statement}invoice/"}
    looked_at(page, addresses, album, lambda: faults(page))


def prepared(page: Page, live: Live, month: dict[str, Any], pages: str) -> None:
    """Not without a reason, since no day was reconciled."""
    page.goto(pages)
    page.get_by_role("link", name="Prepare settlement statement").click()
    page.locator("#id_merchant").select_option(str(month["merchant"]))
    page.locator("#id_month").fill(month["month"])
    page.get_by_role("button", name="Prepare statement").click()
    expect(page.get_by_text("days are not reconciled. Enter a reason")).to_be_visible()
    page.locator("#id_month").fill(month["month"])
    page.locator("#id_reason").fill(REASON)
    page.get_by_role("button", name="Prepare statement").click()
    expect(page.get_by_text("The statement is being prepared.").first).to_be_visible()
    done = live.manage("shell", "-c", PREPARE)
    assert done.returncode == 0, done.stderr
    page.get_by_role("link", name="Reload page").click()
    expect(page.get_by_text("Draft prepared by")).to_be_visible()
    expect(page.get_by_text(GGR).first).to_be_visible()


def confirmed(page: Page, live: Live, month: dict[str, Any]) -> str:
    """By an owner, who has uploaded the invoice; returns the statement's address."""
    page.goto(f"{live.base_url}/operator/")
    page.get_by_label("Email").fill(month["owner"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live.base_url}/operator/northwind/")
    page.get_by_role("link", name="Reconciliation", exact=True).click()
    page.get_by_role("link", name="Settlement statements").click()
    page.get_by_role("link", name=month["spoken"]).click()
    expect(page.get_by_text(REASON).first).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Upload invoice").click()
    page.get_by_label("Invoice number").fill("2026/117")
    page.get_by_label("Total in EUR").fill("88.20")
    page.get_by_label("Total in JPY").fill("800")
    file = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload invoice").click()
    expect(page.get_by_text("differs by EUR 12.30").first).to_be_visible()
    page.get_by_role("link", name="Confirm statement").click()
    page.get_by_role("button", name="Confirm statement").click()
    expect(page.get_by_text("is confirmed.").first).to_be_visible()
    return address


def looked_at(page: Page, addresses: dict[str, str], album: Path, ugly: Callable[[], list[str]]) -> None:
    for number, (name, address) in enumerate(addresses.items()):
        for size, scheme in looks(number):
            see(page, address, size=size, scheme=scheme, album=album, name=f"settlement-{name}")
            assert ugly() == [], f"{address} {size['width']} {scheme}"
