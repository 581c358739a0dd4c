"""The daily work of an operator: revenue, long ids, the own zone, the menus and the way out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, looks, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import CODE, faults, owner
from tests.plugins.live import Live

__all__ = ["owner"]  # a fixture
LONG_ID = "0123456789abcdef" * 4
PAGES = [
    "",
    "ggr/",
    "ggr/?by=game",
    "ggr/?by=player",
    "ggr/?by=currency",
    "rounds/",
    "players/",
    "requests/",
    "people/",
]
PAGES += ["allowlist/earlier/", "people/leave/"]


MAKE = """
from merchants.models import Merchant, Player
merchant = Merchant.objects.get(code="{code}")
print(Player.objects.get_or_create(merchant=merchant, player_id="{player}", defaults={{"name": "N" * 255}})[0].pk)
"""


@pytest.fixture
def long_player(live: Live, demo: dict[str, Any]) -> int:
    """A player with the longest name and a long id, without a space to break at."""
    done = live.manage("shell", "--no-imports", "-c", MAKE.format(code=CODE, player=LONG_ID))
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_no_page_breaks_under_long_names_and_ids(owner: Page, live: Live, album: Path, long_player: int) -> None:
    home, found = f"{live.base_url}/operator/{CODE}/", {}
    for number, path in enumerate([*PAGES, f"players/{long_player}/"]):
        for size, scheme in looks(number):
            see(owner, home + path, size=size, scheme=scheme, album=album, name=f"daily-{number}")
            found[f"{path} {size['width']} {scheme}"] = faults(owner)
    assert {path: each for path, each in found.items() if each} == {}
    owner.set_viewport_size(WIDE)  # type: ignore[arg-type]
    owner.goto(f"{home}players/?q={LONG_ID[8:40]}")
    short = owner.locator(".short-id").first
    expect(short.get_by_role("link")).to_have_attribute("title", LONG_ID)
    expect(short.get_by_role("link")).to_have_text(f"{LONG_ID[:12]}…{LONG_ID[-6:]}")
    owner.context.grant_permissions(["clipboard-read", "clipboard-write"])
    short.get_by_role("button", name=f"Copy {LONG_ID}").click()
    expect(short.locator(".is-copied")).to_be_visible()
    assert owner.evaluate("navigator.clipboard.readText()") == LONG_ID
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]


def test_home_leads_to_the_revenue_and_its_file(owner: Page, keyboard: Keyboard) -> None:
    chart = owner.locator("svg.bars").first
    expect(chart.locator("title").first).to_have_text(re.compile("accepted|refused"), use_inner_text=False)
    keyboard.press(owner.locator("summary", has_text="Show the numbers as a table").first)
    expect(owner.get_by_role("columnheader", name="Accepted")).to_be_visible()
    keyboard.press(owner.get_by_role("link", name="Gross gaming revenue"))
    expect(owner.get_by_role("heading", name="Gross gaming revenue")).to_be_visible()
    keyboard.press(owner.get_by_role("link", name="Game", exact=True))
    expect(owner.get_by_role("columnheader", name="GGR")).to_be_visible()
    with owner.expect_download() as download:
        keyboard.press(owner.get_by_role("link", name="CSV"))
    assert re.fullmatch(rf"{CODE}-ggr-by-game-.*\.csv", download.value.suggested_filename)


def test_one_face_menus_that_close_and_the_zone_of_the_browser(owner: Page, live: Live) -> None:
    brand = owner.locator(".navbar-brand").bounding_box()
    menu = owner.locator("details.menu").last
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    owner.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    menu.get_by_role("link", name="Profile and time zone").click()
    assert owner.locator(".navbar-brand").bounding_box() == brand
    assert faults(owner) == []
    owner.get_by_label("Time zone").select_option(label="The time zone of this browser")
    owner.get_by_role("button", name="Save profile").click()
    expect(owner.get_by_text("Your profile is saved.")).to_be_visible()
    owner.context.clear_cookies(name="time_zone")
    owner.context.add_cookies([{"name": "time_zone", "value": "Asia/Kathmandu", "url": live.base_url}])
    owner.goto(f"{live.base_url}/account/sessions/")
    expect(owner.get_by_text("UTC+05:45").first).to_be_visible()
    owner.goto(f"{live.base_url}/account/profile/")
    owner.get_by_label("Time zone").select_option(label="UTC")
    owner.get_by_role("button", name="Save profile").click()
    expect(owner.get_by_text("Your profile is saved.")).to_be_visible()


def test_the_last_owner_is_told_why_leaving_is_refused(owner: Page, live: Live) -> None:
    owner.set_viewport_size(NARROW)  # type: ignore[arg-type]
    owner.goto(f"{live.base_url}/operator/{CODE}/people/")
    owner.get_by_role("link", name="Leave merchant").click()
    owner.get_by_role("button", name="Leave merchant").click()
    expect(owner.get_by_text("A merchant needs at least one owner.")).to_be_visible()
