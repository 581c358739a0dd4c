"""Support staff at work, in a real browser. `PICTURES=folder` keeps what the pages looked like."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Door, looks, see
from tests.browser.keyboard import Keyboard
from tests.plugins.live import Live

PAGES = {
    "home": "/admin/",
    "find": "/admin/find/?q=127.0.0.1",
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
SUSPENDED = """
from merchants.models import Merchant
Merchant.objects.create(code="{code}", name="Closing Palace", status="suspended")
"""


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


def go(keyboard: Keyboard, name: str) -> None:
    keyboard.press(keyboard.page.locator(f"#nav-sidebar a[href='{PAGES[name]}']"))


def test_a_key_is_issued_once_and_its_secret_seen_once(
    staff: Page, demo: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    merchant = demo["merchants"][0]["code"]
    go(keyboard, "merchants")
    keyboard.press(staff.get_by_role("link", name=merchant, exact=True))
    keyboard.press(staff.get_by_role("link", name="Issue key"))
    keyboard.fill(staff.get_by_label("Label"), "night shift")
    keyboard.choose(staff.get_by_label("Hand over the new secret"), "show")
    staff.screenshot(path=album / "issue.png")
    keyboard.press(staff.get_by_role("button", name="Issue key"))
    secret = staff.locator("#secret-key").inner_text()
    assert secret.startswith("oppi_live_")
    staff.screenshot(path=album / "issued.png")

    staff.reload()
    expect(staff.get_by_text("This form was already sent")).to_be_visible()
    assert secret not in staff.content()
    go(keyboard, "keys")
    row = staff.locator("#result_list tr", has_text="night shift")
    expect(row).to_have_count(1)
    keyboard.press(row.get_by_role("link").first)
    keyboard.press(staff.get_by_role("button", name="More", exact=True))
    keyboard.press(staff.get_by_role("link", name="Revoke key"))
    keyboard.fill(staff.get_by_label("Reason"), "The night shift has ended")
    keyboard.press(staff.get_by_role("button", name="Revoke key"))
    expect(staff.get_by_text("is revoked").first).to_be_visible()


def test_two_clicks_at_once_issue_one_key(staff: Page, live: Live) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/apikey/add/")
    staff.locator("#id_merchant").select_option(index=1)
    staff.locator("#id_handover").select_option("show")
    answers = staff.evaluate("""async () => {
        const form = new FormData(document.querySelector("#content form"));
        const send = () => fetch(location.href, {method: "POST", body: new URLSearchParams(form)});
        return (await Promise.all([send(), send(), send()])).map((answer) => answer.status);
    }""")
    assert sorted(answers) == [200, 409, 409]


def test_a_merchant_is_closed_only_after_the_answers_were_shown(staff: Page, live: Live, album: Path) -> None:
    code = f"closing-{secrets.token_hex(4)}"
    assert live.manage("shell", "-c", SUSPENDED.format(code=code)).returncode == 0
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={code}")
    staff.get_by_role("link", name=code, exact=True).click()
    staff.wait_for_load_state("networkidle")  # the menu opens by a script
    staff.get_by_role("button", name="Change status").press("Enter")
    staff.get_by_role("link", name="Close").first.click()
    expect(staff.get_by_text("RS_ERROR_MERCHANT_NOT_ACTIVE")).to_be_visible()
    staff.screenshot(path=album / "question.png")
    staff.get_by_role("link", name="Cancel").press("Enter")
    expect(staff.get_by_text("suspended").filter(visible=True).first).to_be_visible()


def test_a_related_page_opens_in_its_frame(staff: Page) -> None:
    """As unfold's script opens the page of a merchant from the form of a plan."""
    staff.evaluate("""() => {
        const frame = document.createElement("iframe");
        frame.src = "/admin/merchants/merchant/add/?_popup=1";
        document.body.appendChild(frame);
    }""")
    expect(staff.frame_locator("iframe").locator("#id_code")).to_be_visible()


def test_the_pages_of_the_api_stand_under_their_policy(watched: Page, live: Live) -> None:
    watched.goto(f"{live.base_url}/api/docs")
    expect(watched.get_by_text("/wallet/transaction/bet").first).to_be_visible()


def test_an_administrator_sees_what_is_wrong_with_the_installation(
    watched: Page, door: Door, live: Live, album: Path
) -> None:
    """Nothing runs beside this portal but its web processes, so beat and workers have no heartbeat."""
    door.enter(watched, "administrator")
    watched.get_by_role("link", name="Installation health").click()
    row = watched.locator("#heartbeat")
    expect(row).to_contain_text("Start beat and the workers")
    expect(watched.locator("#migrations")).to_contain_text("All migrations are applied.")
    for size, scheme in looks():
        see(watched, f"{live.base_url}/admin/health/", size=size, scheme=scheme, album=album, name="health")
