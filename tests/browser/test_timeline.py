"""What was done is told on the timeline, to whoever looks at the merchant next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, see
from tests.browser.keyboard import Keyboard
from tests.plugins.live import Live


def test_what_was_done_stands_on_the_timeline(
    staff: Page, live: Live, demo: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    code = demo["merchants"][0]["code"]
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={code}")
    merchant = staff.get_by_role("link", name=code, exact=True).get_attribute("href")
    assert merchant
    page = merchant.partition("?")[0].removesuffix("change/")
    for verb, name in [("suspend", "Suspend merchant"), ("activate", "Activate merchant")]:
        staff.goto(f"{live.base_url}{page}{verb}/")
        keyboard.fill(staff.get_by_label("Reason"), "Ticket 12")
        typed = staff.get_by_label(f"Type {code} to confirm")  # asked for where traffic or money depends on it
        if typed.is_visible():
            keyboard.fill(typed, code)
        keyboard.press(staff.get_by_role("button", name=name))
    keyboard.press(staff.get_by_role("link", name="Timeline", exact=True))
    expect(staff.get_by_text("Merchant activated, because “Ticket 12”").first).to_be_visible()
    keyboard.press(staff.locator("summary", has_text="Before and after").first)
    for size, scheme in [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]:
        see(staff, f"{live.base_url}{page}timeline/", size=size, scheme=scheme, album=album, name="timeline")
