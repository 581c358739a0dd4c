"""Menus of the frame in which our staff see the operators' pages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.plugins.live import Live


def test_a_menu_at_the_desk_closes_by_escape(staff: Page, live: Live, demo: dict[str, Any]) -> None:
    staff.set_viewport_size({"width": 1440, "height": 900})
    staff.goto(f"{live.base_url}/admin/operations/{demo['merchants'][0]['code']}/keys/")
    menu = staff.locator("[x-show='openUserLinks']")
    staff.locator("[x-on\\:click*='openUserLinks']:not(nav)").click()
    expect(menu).to_be_visible()
    staff.keyboard.press("Escape")
    expect(menu).to_be_hidden()
