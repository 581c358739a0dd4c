"""API tokens and event endpoints in a browser, by an owner and by our staff, in both widths and schemes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import looks, see
from tests.browser.test_operator import CODE, faults
from tests.plugins.live import Live

TOKEN = re.compile(r"oppi_mgmt_[0-9A-Za-z]{49}")


@pytest.fixture
def at_integrations(watched: Page, live: Live, demo: dict[str, Any]) -> Page:
    """An owner, signed in a moment ago with a password."""
    person = next(each for each in demo["operators"] if (each["merchant"], each["role"]) == (CODE, "owner"))
    watched.goto(f"{live.base_url}/operator/{CODE}/integrations/")
    watched.get_by_label("Email").fill(person["email"])
    watched.get_by_label("Password").fill(person["password"])
    watched.get_by_role("button", name="Sign in", exact=True).click()
    expect(watched.get_by_role("heading", name="Integrations")).to_be_visible()
    return watched


def test_an_owner_adds_an_endpoint_by_keyboard_and_sends_a_test_event(
    at_integrations: Page, live: Live, album: Path
) -> None:
    page = at_integrations
    page.get_by_role("link", name="Add event endpoint").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Address").fill("https://93.184.216.34/events")
    page.get_by_role("button", name="Add event endpoint").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your signing secret")).to_be_visible()
    assert page.locator("#signing-secret").inner_text().startswith("whsec_")
    page.get_by_role("link", name="I have saved the secret").click()
    endpoint = page.url
    page.get_by_role("link", name="Send test event").click()
    page.get_by_role("button", name="Send test event").click()
    expect(page.get_by_text("The test event is being sent.")).to_be_visible()
    home = f"{live.base_url}/operator/{CODE}/"
    found = {}
    for number, address in enumerate(
        [f"{home}integrations/", f"{home}tokens/create/", f"{home}endpoints/add/", endpoint]
    ):
        for size, scheme in looks(number):
            see(page, address, size=size, scheme=scheme, album=album, name=f"integrations-{number}")
            found[f"{address} {size['width']} {scheme}"] = faults(page)
    assert {address: each for address, each in found.items() if each} == {}


def test_our_staff_create_a_token_and_revoke_it(staff: Page, live: Live, album: Path) -> None:
    address = f"{live.base_url}/admin/tokens/"
    staff.goto(address)
    staff.locator("#id_name").fill("Shift report")
    staff.get_by_label("Read keys").check()
    staff.get_by_role("button", name="Create API token").click()
    token = staff.locator("#token").inner_text()
    assert TOKEN.fullmatch(token)
    answer = staff.request.get(
        f"{live.base_url}/api/management/v1/merchants/{CODE}/keys/", headers={"authorization": f"Bearer {token}"}
    )
    assert answer.status == 200
    assert answer.json()["items"]
    for size, scheme in looks():
        see(staff, address, size=size, scheme=scheme, album=album, name="tokens")
    staff.get_by_role("button", name="Revoke API token Shift report").click()
    expect(staff.get_by_text("The API token “Shift report” is revoked.")).to_be_visible()
    refused = staff.request.get(answer.url, headers={"authorization": f"Bearer {token}"})
    assert refused.status == 401
