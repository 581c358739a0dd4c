"""What was done is told on the timeline, to whoever looks at the merchant next."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, see
from tests.plugins.live import Live


def test_what_was_done_stands_on_the_timeline(staff: Page, live: Live, album: Path) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/merchant/")
    first = staff.locator("#result_list th a").first
    merchant, code = first.get_attribute("href"), first.inner_text()
    assert merchant
    page = merchant.removesuffix("change/")
    for verb, name in [("suspend", "Suspend merchant"), ("activate", "Activate merchant")]:
        staff.goto(f"{live.base_url}{page}{verb}/")
        staff.get_by_label("Reason").fill("Ticket 12")
        typed = staff.get_by_label(f"Type {code} to confirm")  # asked for where traffic or money depends on it
        if typed.is_visible():
            typed.fill(code)
        staff.get_by_role("button", name=name).click()
    staff.get_by_role("link", name="history Timeline").click()
    expect(staff.get_by_text("Merchant activated, because “Ticket 12”").first).to_be_visible()
    staff.get_by_text("Before and after").first.click()
    for size, scheme in [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]:
        see(staff, f"{live.base_url}{page}timeline/", size=size, scheme=scheme, album=album, name="timeline")
