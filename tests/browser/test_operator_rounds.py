"""A person new to it finds a round from a transaction's id, and takes a list along."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from portal.lib.ends_with_parent import tethered_command
from tests.browser.conftest import NARROW, WIDE, looks, picture, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import CODE, faults, owner
from tests.plugins.live import CHECKOUT, Live

__all__ = ["owner"]  # a fixture
WRITE = """from wallet.models import Export
from wallet.services.rounds import exports
exports.write_export(Export.objects.latest("pk").pk)"""
ONE = """
    SELECT t.transaction_id FROM wallet_transaction t JOIN merchants_merchant m ON m.id = t.merchant_id
     WHERE m.code = %s AND t.debit_account_id IS NOT NULL AND t.kind = %s
       AND EXISTS (SELECT FROM wallet_transaction u WHERE u.reverses_id = t.id) = %s AND t.amount > 0 LIMIT 1
"""


@pytest.fixture
def paid(live: Live, demo: dict[str, Any]) -> str:
    """The id of a payout that stands."""
    return one(live, "payout", is_gone=False)


@pytest.fixture
def taken_back(live: Live, demo: dict[str, Any]) -> str:
    return one(live, "bet", is_gone=True)


def one(live: Live, kind: str, *, is_gone: bool) -> str:
    with psycopg.connect(live.dsn) as connection:
        row = connection.execute(ONE, [CODE, kind, is_gone]).fetchone()
    assert row is not None
    return str(row[0])


def test_a_novice_finds_a_round_from_a_transaction_id(owner: Page, keyboard: Keyboard, paid: str, album: Path) -> None:
    keyboard.press(owner.get_by_role("link", name="Rounds", exact=True))
    keyboard.fill(owner.get_by_label("Any id"), paid)
    keyboard.press(owner.get_by_role("button", name="Find"))
    expect(owner.get_by_role("heading", name="Round", exact=True)).to_be_visible()
    expect(owner.locator(f'bdi[title="{paid}"]').first).to_be_visible()
    expect(owner.get_by_text("Stake", exact=True)).to_be_visible()
    picture(owner, album, "round")
    for size, scheme in looks():
        see(owner, owner.url, size=size, scheme=scheme, album=album, name="round")
        assert faults(owner) == []


def test_a_round_that_was_rolled_back_is_told_so(owner: Page, live: Live, taken_back: str, album: Path) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/rounds/?q={taken_back}")
    expect(owner.get_by_text("every payout was reversed")).to_be_visible()
    for size, scheme in looks():
        see(owner, owner.url, size=size, scheme=scheme, album=album, name="round-back")
        assert faults(owner) == []


def test_each_page_of_rounds_is_accessible_and_fits(owner: Page, live: Live, album: Path) -> None:
    here = f"{live.base_url}/operator/{CODE}/"
    player = one_player(owner, here)
    pages = ["rounds/", "rounds/?state=open", "rounds/?least=x", f"rounds/?q={player}", "rounds/?q=nobody-has-this"]
    pages += ["rounds/open/", "rounds/open/?age=hour&currency=EUR", "exports/new/?state=won", "exports/"]
    found = {}
    for number, path in enumerate(pages):
        for size, scheme in looks(number):
            see(owner, here + path, size=size, scheme=scheme, album=album, name=f"rounds-{number}")
            found[f"{path} {size['width']} {scheme}"] = faults(owner)
    assert {path: each for path, each in found.items() if each} == {}
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]


def one_player(page: Page, here: str) -> str:
    page.goto(f"{here}rounds/")
    return str(page.locator("tbody tr").first.locator("bdi[title]").last.get_attribute("title"))


def test_a_list_is_exported_and_fetched_when_it_is_ready(
    owner: Page, live: Live, keyboard: Keyboard, album: Path
) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/rounds/?state=lost")
    keyboard.press(owner.get_by_role("link", name="Export these"))
    keyboard.check(owner.get_by_label("XLSX"))
    keyboard.press(owner.get_by_role("button", name="Export rounds"))
    expect(owner.get_by_text("The export has started.")).to_be_visible()
    expect(owner.get_by_text("waiting", exact=True)).to_be_visible()
    see(owner, owner.url, size=NARROW, scheme="light", album=album, name="export-waits")
    assert faults(owner) == []
    written(live)
    with owner.expect_download() as fetched:
        keyboard.press(owner.get_by_role("link", name="Download").first)  # the page has looked again by itself
    assert fetched.value.suggested_filename.startswith(f"{CODE}-rounds-")
    assert Path(fetched.value.path()).read_bytes()[:2] == b"PK"
    see(owner, owner.url, size=WIDE, scheme="light", album=album, name="export-ready")
    assert faults(owner) == []


def written(live: Live) -> None:
    """As the worker does."""
    subprocess.run(
        tethered_command([sys.executable, "manage.py", "shell", "--command", WRITE]),
        env=live.environment,
        cwd=CHECKOUT,
        check=True,
        timeout=60,
    )
