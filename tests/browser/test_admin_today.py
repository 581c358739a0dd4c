"""The first page of our staff, and the search on every page, in a real browser. `PICTURES=folder` keeps the pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Door, looks, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import AXE
from tests.plugins.live import Live

FAULTS = """async (parts) => (await axe.run({include: parts.map((part) => [part])})).violations.map(
    (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
INCIDENT = """
from merchants.models import Merchant
from portal.lib import clock
from wallet.models import TrafficIncident
merchant = Merchant.objects.get(code="{code}")
TrafficIncident.objects.create(merchant=merchant, kind="refused", began_at=clock.now(), refused_calls=20)
"""
END = """
from portal.lib import clock
from wallet.models import TrafficIncident
TrafficIncident.objects.update(ended_at=clock.now())
"""


def test_today_shows_every_merchant_by_hour_and_leads_to_its_requests(
    staff: Page, live: Live, demo: dict[str, Any], album: Path
) -> None:
    assert live.manage("shell", "-c", INCIDENT.format(code=demo["merchants"][0]["code"])).returncode == 0
    try:
        for size, scheme in looks():
            see(staff, f"{live.base_url}/admin/", size=size, scheme=scheme, album=album, name="today")
        staff.set_viewport_size(WIDE)  # type: ignore[arg-type]
        staff.goto(f"{live.base_url}/admin/")
        expect(staff.get_by_role("heading", name="Traffic alarms")).to_be_visible()
        alarm = staff.get_by_role("listitem").filter(has_text="The newest 20 requests were all refused.")
        expect(alarm.first).to_be_visible()
        staff.screenshot(path=album / "today-whole.png", full_page=True)
        staff.evaluate(AXE)
        assert staff.evaluate(FAULTS, ["#heat-map", "#waiting", ".search-open"]) == []
        cell = staff.locator("#heat-map td a").last
        label = cell.get_attribute("title") or ""
        assert re.search(r"\d+ requests, \d+ refused", label), label
        cell.focus()
        staff.keyboard.press("Enter")
        expect(staff.get_by_role("heading", name="Requests").first).to_be_visible()
        expect(staff.locator("#id_since")).not_to_have_value("")
    finally:
        assert live.manage("shell", "-c", END).returncode == 0


def test_a_part_of_an_id_is_found_by_keyboard_alone(
    staff: Page, live: Live, demo: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    merchant = demo["merchants"][0]
    staff.goto(f"{live.base_url}/admin/merchants/player/")
    staff.keyboard.press("Control+k")
    box = staff.get_by_role("dialog").get_by_role("searchbox")
    expect(box).to_be_focused()
    staff.keyboard.type(merchant["code"].upper()[:4])
    results = staff.locator("#search-results a")
    expect(results.first).to_be_visible()
    staff.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    staff.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    staff.screenshot(path=album / "search-dialog.png")
    staff.keyboard.press("Escape")
    expect(staff.locator("#search-dialog")).to_be_hidden()

    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={merchant['code']}")
    keyboard.press(staff.get_by_role("link", name=merchant["code"], exact=True))
    name = staff.get_by_role("heading", level=1)
    expect(name).to_be_visible()
    page = staff.url.partition("?")[0]
    staff.set_viewport_size(NARROW)  # type: ignore[arg-type]
    staff.emulate_media(color_scheme="dark")
    staff.goto(f"{live.base_url}/admin/operations/{merchant['code']}/requests/")
    keyboard.press(staff.get_by_role("button", name="Search", exact=True).first)
    recent = staff.locator("#search-results a").first
    expect(staff.get_by_text("Recent items")).to_be_visible()
    staff.screenshot(path=album / "search-dialog-narrow.png")
    staff.evaluate(AXE)
    assert staff.evaluate(FAULTS, ["#search-dialog"]) == []
    staff.keyboard.press("ArrowDown")
    expect(recent).to_be_focused()
    staff.keyboard.press("Enter")
    expect(staff).to_have_url(page)
    staff.wait_for_load_state()
    staff.keyboard.press("Control+k")
    expect(staff.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
    staff.keyboard.type("no such thing at all")
    staff.keyboard.press("Enter")
    expect(staff.get_by_text("Nothing found for “no such thing at all”.")).to_be_visible()


def test_the_audit_log_is_filtered_by_person_and_exported(
    staff: Page, live: Live, demo: dict[str, Any], door: Door, keyboard: Keyboard, album: Path
) -> None:
    email = door.people["support"]["email"]
    code = demo["merchants"][0]["code"]
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={code}")
    keyboard.press(staff.get_by_role("link", name=code, exact=True))
    page, name = staff.url, staff.locator("#id_name").input_value()
    for changed in (f"{name} Casino", name):  # and back: other tests know the merchant by its name
        staff.goto(page)
        keyboard.fill(staff.locator("#id_name"), changed)
        keyboard.press(staff.get_by_role("button", name="Save", exact=True))
        expect(staff.get_by_text("was changed successfully").first).to_be_visible()
    keyboard.press(staff.get_by_role("link", name="Audit log"))
    keyboard.fill(staff.get_by_label("Person (email)"), email)
    staff.keyboard.press("Enter")
    expect(staff).to_have_url(re.compile(r"/admin/audit/\?person=\d+$"))
    expect(staff.locator("#deeds li").nth(1)).to_contain_text(f"Name: {name} Casino → {name}")
    filtered = staff.url
    with staff.expect_download() as arrived:
        keyboard.press(staff.get_by_role("link", name="Export as CSV"))
    assert email in Path(arrived.value.path()).read_text()
    for number, page in enumerate((filtered, f"{live.base_url}/admin/audit/")):  # one person's, then everyone's
        for size, scheme in looks(number):
            see(staff, page, size=size, scheme=scheme, album=album, name=f"audit-{number}")
            staff.evaluate(AXE)
            assert staff.evaluate(FAULTS, [".audit-filter", "#deeds"]) == [], (page, size, scheme)
    staff.goto(f"{live.base_url}/admin/merchants/person/?q={email}")
    keyboard.press(staff.get_by_role("link", name=email).first)
    expect(staff.get_by_role("heading", name="Changes by this person")).to_be_visible()
