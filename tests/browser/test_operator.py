"""The operators' pages in a browser: every one accessible in dark and light, and the first errands of an owner."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, looks, picture, see
from tests.browser.keyboard import Keyboard
from tests.plugins.live import Live

AXE = (Path(__file__).parents[1] / "vendor/axe-core/axe.min.js").read_text()
RUN = """async () => (await axe.run()).violations.map(
    (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
PAGES = [
    "",
    "?span=7d",
    "keys/",
    "people/",
    "timeline/",
    "people/invite/",
    "people/second-factor/",
    "nothing/",
    "games/",
    "players/",
    "limits/",
    "limits/set/",
    "players/import/",
    "games/import/",
]
CODE = "aurora-palace"


@pytest.fixture
def owner(watched: Page, live: Live, demo: dict[str, Any]) -> Page:
    """Signed in a moment ago, with a password alone."""
    person = next(each for each in demo["operators"] if (each["merchant"], each["role"]) == (CODE, "owner"))
    refused: list[str] = []
    watched.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    watched.goto(f"{live.base_url}/operator/")
    watched.get_by_label("Email").fill(person["email"])
    watched.get_by_label("Password").fill(person["password"])
    watched.get_by_role("button", name="Sign in", exact=True).press("Enter")
    watched.wait_for_url(f"{live.base_url}/operator/{CODE}/")
    watched.context.refused_by_policy = refused  # type: ignore[attr-defined]
    return watched


def faults(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def key_page(page: Page, live: Live) -> str:
    page.goto(f"{live.base_url}/operator/{CODE}/keys/")
    return str(page.get_by_role("link", name="Game server", exact=True).get_attribute("href"))


def test_every_page_is_accessible_and_fits(owner: Page, live: Live, album: Path) -> None:
    home, key = f"{live.base_url}/operator/{CODE}/", key_page(owner, live)
    addresses = [home + path for path in PAGES] + [live.base_url + key, f"{live.base_url}{key}rotate/"]
    addresses += [f"{live.base_url}{key}leak/", f"{live.base_url}/operator/"]
    found = {}
    for number, address in enumerate(addresses):
        for size, scheme in looks(number):
            see(owner, address, size=size, scheme=scheme, album=album, name=f"operator-{number}")
            found[f"{address} {size['width']} {scheme}"] = faults(owner)
    assert {address: each for address, each in found.items() if each} == {}
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]


def test_an_owner_rotates_a_key_with_the_keyboard_alone(owner: Page, live: Live, keyboard: Keyboard) -> None:
    owner.goto(live.base_url + key_page(owner, live))
    keyboard.press(owner.get_by_role("link", name="Rotate secret"))
    keyboard.press(owner.get_by_label("The old secret works for"), "ArrowDown")
    keyboard.press(owner.get_by_role("button", name="Rotate secret"))
    expect(owner.get_by_role("heading", name="Your new secret")).to_be_visible()
    secret = owner.locator("#secret-key").inner_text()
    assert secret.startswith("oppi_live_")
    owner.reload()
    expect(owner.get_by_text(secret)).to_have_count(0)
    owner.goto(live.base_url + key_page(owner, live))
    expect(owner.locator("[data-countdown]").first).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    keyboard.press(owner.get_by_role("link", name="End overlap now"))
    keyboard.press(owner.get_by_role("button", name="End overlap now"))
    expect(owner.get_by_text("no longer works.")).to_be_visible()


def test_an_owner_invites_somebody_and_sees_it_on_the_timeline(owner: Page, keyboard: Keyboard) -> None:
    keyboard.press(owner.get_by_role("link", name="People"))
    keyboard.press(owner.get_by_role("link", name="Invite person"))
    keyboard.fill(owner.get_by_label("Email"), "ada@aurora-palace.example")
    keyboard.choose(owner.get_by_label("Role"), "manager")
    keyboard.press(owner.get_by_role("button", name="Invite"))
    expect(owner.get_by_text("ada@aurora-palace.example is invited.")).to_be_visible()
    keyboard.press(owner.get_by_role("link", name="Timeline"))
    expect(owner.get_by_text("ada@aurora-palace.example invited as manager").first).to_be_visible()


def test_the_first_key_press_leads_past_the_menu(owner: Page, album: Path) -> None:
    picture(owner, album, "operator")
    owner.reload()  # of a page that a form led to, some browsers begin where the form's button was
    owner.keyboard.press("Tab")
    expect(owner.get_by_role("link", name="Skip to content")).to_be_focused()
    owner.keyboard.press("Enter")
    expect(owner.locator("main")).to_be_focused()


@pytest.mark.parametrize("tab", ["Home", "Timeline"])
def test_on_a_telephone_the_open_tab_is_in_sight(owner: Page, live: Live, tab: str) -> None:
    owner.set_viewport_size(NARROW)  # type: ignore[arg-type]
    owner.goto(f"{live.base_url}/operator/{CODE}/{'' if tab == 'Home' else 'timeline/'}")
    expect(owner.get_by_role("link", name=tab, exact=True).and_(owner.locator("[aria-current]"))).to_be_in_viewport(
        ratio=0.9  # a fraction of a pixel is cut off
    )
    assert owner.evaluate("scrollY") == 0


SANDBOX_PAGES = ("", "keys/", "people/", "timeline/", "allowlist/", "reconciliation/")


def test_the_sandbox_is_one_switch_away_and_looks_like_one(owner: Page, live: Live, album: Path) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/keys/")
    switch = owner.get_by_role("navigation", name="Live or sandbox")
    expect(switch.get_by_role("link", name="Live")).to_have_attribute("aria-current", "true")
    switch.get_by_role("link", name="Sandbox").click()
    owner.wait_for_url(f"{live.base_url}/operator/{CODE}-sandbox/keys/")
    expect(owner.get_by_text("test keys and test data, no real money.")).to_be_visible()
    expect(owner.get_by_role("link", name="Staging", exact=True)).to_be_visible()
    found = {}
    for number, path in enumerate(SANDBOX_PAGES):
        for size, scheme in looks(number):
            address = f"{live.base_url}/operator/{CODE}-sandbox/{path}"
            see(owner, address, size=size, scheme=scheme, album=album, name=f"sandbox-{number}")
            found[f"{address} {size['width']} {scheme}"] = faults(owner)
    assert {address: each for address, each in found.items() if each} == {}
