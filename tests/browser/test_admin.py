"""Support staff at work, in a real browser. `PICTURES=folder` keeps what the pages looked like."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.plugins.live import Live

CALLS = 2_000
WIDE, NARROW = {"width": 1281, "height": 860}, {"width": 390, "height": 844}  # from 1281 on the menu is open
PAGES = {
    "home": "/admin/",
    "merchants": "/admin/merchants/merchant/",
    "keys": "/admin/merchants/apikey/",
    "players": "/admin/merchants/player/",
    "games": "/admin/merchants/game/",
    "people": "/admin/merchants/person/",
    "transactions": "/admin/wallet/transaction/",
    "accounts": "/admin/wallet/account/",
    "sessions": "/admin/wallet/session/",
    "requests": "/admin/wallet/signedrequest/?status=refused",
}


@pytest.fixture(scope="module")
def demo(live: Live, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo's merchants and people, with a short past."""
    sheet = tmp_path_factory.mktemp("demo") / "demo.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(live.environment, "DEMO_FILE", str(sheet))
        done = live.manage("seed", "--calls", str(CALLS))
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(sheet.read_text())
    return facts


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return Path(os.environ.get("PICTURES") or tmp_path)


@pytest.fixture
def staff(page: Page, live: Live, demo: dict[str, Any]) -> Iterator[Page]:
    """Signed in. No page may fail in its scripts or fetch anything from another host."""
    faults: list[str] = []
    home = urlsplit(live.base_url).netloc
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: faults.append(sent.url) if urlsplit(sent.url).netloc not in {home, ""} else None)
    page.on("response", lambda given: faults.append(f"{given.status} {given.url}") if given.status >= 500 else None)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"{live.base_url}/")
    page.get_by_label("Email").fill(demo["staff"][0]["email"])
    page.get_by_label("Password").fill(demo["staff"][0]["password"])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live.base_url}/admin/")
    yield page
    assert not faults


def test_every_list_fits_a_desk_and_a_telephone_by_day_and_by_night(staff: Page, live: Live, album: Path) -> None:
    for name, path in PAGES.items():
        for size, scheme in [(WIDE, "light"), (NARROW, "dark")]:
            see(staff, live.base_url + path, size=size, scheme=scheme, album=album, name=name)


def test_the_pages_of_one_thing_fit_as_well(staff: Page, live: Live, album: Path) -> None:
    for name in ["merchants", "keys", "players", "games", "people", "transactions", "accounts", "sessions", "requests"]:
        staff.goto(live.base_url + PAGES[name])
        link = staff.locator("#result_list th a, #result_list td a").first.get_attribute("href")
        for size in (WIDE, NARROW):
            see(staff, f"{live.base_url}{link}", size=size, scheme="light", album=album, name=f"one-of-{name}")


def go(page: Page, name: str) -> None:
    page.locator(f"#nav-sidebar a[href='{PAGES[name]}']").click()


def see(page: Page, url: str, *, size: dict[str, int], scheme: Any, album: Path, name: str) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=album / f"{name}-{size['width']}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], f"{url} is wider than its window"


def test_a_key_is_issued_once_and_its_secret_seen_once(staff: Page, demo: dict[str, Any], album: Path) -> None:
    merchant = demo["merchants"][0]["code"]
    go(staff, "merchants")
    staff.get_by_role("link", name=merchant, exact=True).click()
    staff.get_by_role("link", name="Issue a key").click()
    staff.get_by_label("Label").fill("night shift")
    staff.screenshot(path=album / "issue.png")
    staff.get_by_role("button", name="Issue the key").click()
    secret = staff.locator("#secret-key").inner_text()
    assert secret.startswith("oppi_live_")
    staff.screenshot(path=album / "issued.png")

    staff.reload()
    expect(staff.get_by_text("Nothing was issued")).to_be_visible()
    assert secret not in staff.content()
    go(staff, "keys")
    expect(staff.get_by_text("night shift")).to_have_count(1)


def test_two_clicks_at_once_issue_one_key(staff: Page, live: Live) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/apikey/add/")
    staff.get_by_label("Merchant").select_option(index=1)
    answers = staff.evaluate("""async () => {
        const form = new FormData(document.querySelector("#content form"));
        const send = () => fetch(location.href, {method: "POST", body: new URLSearchParams(form)});
        return (await Promise.all([send(), send(), send()])).map((answer) => answer.status);
    }""")
    assert sorted(answers) == [200, 409, 409]


def test_a_merchant_is_closed_only_after_the_answers_were_shown(staff: Page, live: Live, album: Path) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?status__exact=suspended")
    staff.locator("#result_list th a").first.click()
    staff.wait_for_load_state("networkidle")  # the menu opens by a script
    staff.get_by_text("Change status").click()
    staff.get_by_role("link", name="Close").first.click()
    expect(staff.get_by_text("RS_ERROR_MERCHANT_NOT_ACTIVE")).to_be_visible()
    staff.screenshot(path=album / "question.png")
    staff.get_by_role("link", name="Cancel").click()
    expect(staff.get_by_text("suspended").first).to_be_visible()
