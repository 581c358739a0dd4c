"""Support staff at the desk of a merchant, and at what must not be lost, by keyboard alone.

`PICTURES=folder` keeps the pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import Page, expect

from tests.browser.conftest import Door, looks, see
from tests.browser.keyboard import Keyboard
from tests.plugins.live import Live

AGE_SESSIONS = """
from importlib import import_module
from django.conf import settings
from django.contrib.sessions.models import Session
store = import_module(settings.SESSION_ENGINE).SessionStore
for row in Session.objects.all():
    session = store(row.session_key)
    session["seen_at"] = 0
    session.save()
"""
PAYOUT = """
SELECT t.id FROM wallet_transaction t JOIN merchants_merchant m ON m.id = t.merchant_id
 WHERE m.code = %s AND t.kind = 'payout' AND t.status = 'RS_OK' ORDER BY t.id DESC LIMIT 1
"""


def desk(live: Live, demo: dict[str, Any], path: str = "") -> str:
    return f"{live.base_url}/admin/operations/{demo['merchants'][0]['code']}/{path}"


def test_an_allowlist_is_rehearsed_tried_and_restored(
    staff: Page, live: Live, demo: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={demo['merchants'][0]['code']}")
    keyboard.press(staff.get_by_role("link", name=demo["merchants"][0]["code"], exact=True))
    keyboard.press(staff.get_by_role("navigation", name="Lists of this merchant").get_by_role("link", name="Allowlist"))
    keyboard.press(staff.get_by_role("link", name="Add address"))
    keyboard.fill(staff.get_by_label("Address or block"), "203.0.113.77")
    keyboard.press(staff.get_by_role("button", name="Preview change"))
    expect(staff.get_by_role("heading", name="Rehearsal: effect on your recent requests")).to_be_visible()
    staff.screenshot(path=album / "desk-preview.png", full_page=True)
    keyboard.press(staff.get_by_role("button", name="Save allowlist"))
    expect(staff.locator("strong", has_text="On trial until")).to_be_visible()
    keyboard.press(staff.get_by_role("link", name="Restore previous allowlist"))
    keyboard.press(staff.get_by_role("button", name="Restore previous allowlist"))
    expect(staff.get_by_text("The previous allowlist is active.")).to_be_visible()


def test_pages_of_the_desk_fit_in_four_looks(staff: Page, live: Live, demo: dict[str, Any], album: Path) -> None:
    for size, scheme in looks():
        for name in ("allowlist/", "requests/?status=refused"):
            see(staff, desk(live, demo, name), size=size, scheme=scheme, album=album, name=f"desk-{name[:8]}")


def test_the_log_follows_live_and_a_request_leads_to_its_checks(
    staff: Page, live: Live, keyboard: Keyboard, album: Path
) -> None:
    staff.goto(f"{live.base_url}/admin/wallet/signedrequest/")
    keyboard.press(staff.get_by_role("button", name="Follow live"))
    with staff.expect_response(lambda answer: answer.request.headers.get("x-portal-poll") == "1"):
        pass
    keyboard.press(staff.get_by_role("button", name="Stop following"))
    keyboard.press(staff.get_by_role("link", name="All refusals"))
    keyboard.press(staff.locator("#result_list th a, #result_list td a").first)
    expect(staff.get_by_role("heading", name="Checks in order")).to_be_visible()
    staff.screenshot(path=album / "desk-request.png", full_page=True)


def test_a_transaction_shows_its_round(
    staff: Page, live: Live, demo: dict[str, Any], keyboard: Keyboard, album: Path
) -> None:
    with psycopg.connect(live.dsn) as session:
        found = session.execute(PAYOUT, [demo["merchants"][0]["code"]]).fetchone()
    assert found
    page = f"{live.base_url}/admin/wallet/transaction/{found[0]}/change/"
    for size, scheme in looks():
        see(staff, page, size=size, scheme=scheme, album=album, name="transaction")
    expect(staff.get_by_role("heading", name="Ledger entries of this transaction")).to_be_visible()
    keyboard.press(staff.get_by_role("link", name="Open round"))
    expect(staff.get_by_role("heading", name="Outcome")).to_be_visible()


def test_an_off_switch_shows_what_it_meets(staff: Page, live: Live, demo: dict[str, Any], album: Path) -> None:
    code = demo["merchants"][0]["code"]
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={code}")
    staff.get_by_role("link", name=code, exact=True).press("Enter")
    expect(staff.locator("#id_name")).to_be_visible()
    number = staff.url.partition("?")[0].split("/")[-3]
    page = f"{live.base_url}/admin/merchants/merchant/{number}/suspend/"
    for size, scheme in looks():
        see(staff, page, size=size, scheme=scheme, album=album, name="suspend")
    expect(staff.get_by_role("heading", name="Current activity")).to_be_visible()
    staff.get_by_label("Reason").fill("Contract ended")
    staff.get_by_role("button", name="Suspend merchant").press("Enter")
    expect(staff.get_by_text("This field is required.")).to_be_visible()
    staff.get_by_label(f"Type {code} to confirm").fill("another")
    staff.get_by_role("button", name="Suspend merchant").press("Enter")
    expect(staff.get_by_text(f"Type the code {code} to confirm.")).to_be_visible()


def test_a_merchant_is_opened_and_its_owner_invited(staff: Page, live: Live, keyboard: Keyboard, album: Path) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/merchant/add/")
    keyboard.fill(staff.get_by_label("Code"), "nova-palace")
    keyboard.fill(staff.locator("#id_name"), "Nova Palace")
    keyboard.press(staff.get_by_role("button", name="Save", exact=True))
    expect(staff.get_by_text("This merchant is not live yet: every bet and launch is refused.")).to_be_visible()
    page = staff.url
    for size, scheme in looks():
        see(staff, page, size=size, scheme=scheme, album=album, name="onboarding")
    owner = staff.locator("#step-owner")
    keyboard.fill(owner.get_by_label("Email"), "owner@nova-palace.example")
    keyboard.press(owner.get_by_role("button", name="Invite owner"))
    expect(staff.get_by_text("owner@nova-palace.example is invited until")).to_be_visible()


def test_what_was_typed_survives_the_end_of_a_session(
    staff: Page, live: Live, demo: dict[str, Any], door: Door
) -> None:
    staff.goto(f"{live.base_url}/admin/merchants/merchant/?q={demo['merchants'][1]['code']}")
    staff.get_by_role("link", name=demo["merchants"][1]["code"], exact=True).press("Enter")
    staff.locator("#id_name").fill("Typed before the end")
    assert live.manage("shell", "-c", AGE_SESSIONS).returncode == 0
    door.kept.clear()
    staff.get_by_role("button", name="Save", exact=True).press("Enter")
    person = door.people["support"]
    staff.get_by_label("Email").fill(person["email"])
    staff.get_by_label("Password").fill(person["password"])
    staff.get_by_role("button", name="Sign in", exact=True).press("Enter")
    staff.get_by_label("Code").fill(door.code("support"))
    staff.get_by_role("button", name="Sign in", exact=True).press("Enter")
    expect(staff.get_by_text("The form shows what you typed").first).to_be_visible()
    expect(staff.locator("#id_name")).to_have_value("Typed before the end")
