"""The Developers page in a browser: accessible, narrow enough, and a playground that keeps the secret key to itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, Request, expect

from merchants import crypto
from tests.browser.conftest import LOOKS, see
from tests.browser.test_operator import faults
from tests.plugins.live import Live
from wallet.developers.signature_vectors import VECTORS

SECRET = "a secret that stays here: Zoë’s"
BODY = '{"playerId":"Zoë\'s","currency":"EUR"}'
TIMESTAMP = "1742893648478"
STORES = """async () => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage},
    (await indexedDB.databases()).length, location.href, history.state])"""


@pytest.fixture
def developers(watched: Page, live: Live) -> Page:
    watched.goto(f"{live.base_url}/developers/")
    return watched


def test_it_is_accessible_and_fits(developers: Page, live: Live, album: Path) -> None:
    found = {}
    for size, scheme in LOOKS:
        see(developers, f"{live.base_url}/developers/", size=size, scheme=scheme, album=album, name="developers")
        if "PICTURES" in os.environ:
            developers.screenshot(path=album / f"developers-whole-{size['width']}-{scheme}.png", full_page=True)
        found[f"{size['width']} {scheme}"] = faults(developers)
    assert {look: each for look, each in found.items() if each} == {}


def sent(page: Page) -> list[Request]:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))  # noqa: PLW0108 - Playwright marks what it calls
    return requests


def test_the_playground_signs_as_the_server_and_sends_nothing(developers: Page) -> None:
    requests = sent(developers)
    developers.get_by_label("Endpoint", exact=True).select_option("POST /wallet/balance")
    developers.get_by_label("Auth key").fill("oppi_pub_test_me")
    developers.get_by_label("Secret key", exact=True).fill(SECRET)
    developers.get_by_label("Timestamp", exact=True).fill(TIMESTAMP)
    developers.get_by_label("Body", exact=True).fill(BODY)
    developers.get_by_role("button", name="Sign request").click()
    signature = crypto.sign(SECRET.encode(), BODY.encode(), TIMESTAMP)
    expect(developers.locator("#playground-signature")).to_have_text(signature)
    expect(developers.locator("#playground-text")).to_have_text(f"{BODY}|{TIMESTAMP}")
    command = developers.locator("#playground-command").text_content() or ""
    assert f"x-signature: {signature}" in command
    assert SECRET not in command
    kept = json.dumps(developers.evaluate(STORES), ensure_ascii=False)
    assert SECRET not in kept
    developers.reload()  # the page asks for its files again, with the secret key no longer there
    expect(developers.get_by_label("Secret key", exact=True)).to_have_value("")
    texts = [f"{each.url} {each.all_headers()} {each.post_data or ''}" for each in requests]
    assert texts
    assert [each for each in texts if "secret that stays" in each or quote(SECRET) in each] == []
    assert {each.method for each in requests} == {"GET"}


def test_a_get_has_no_body_and_the_current_time(developers: Page) -> None:
    developers.get_by_label("Endpoint", exact=True).select_option("GET /game/list")
    expect(developers.get_by_label("Body", exact=True)).to_be_disabled()
    developers.get_by_role("button", name="Sign request").click()
    expect(developers.locator("#playground-problem")).to_contain_text("The secret key is missing")
    expect(developers.get_by_label("Secret key", exact=True)).to_be_focused()
    developers.get_by_label("Secret key", exact=True).fill(SECRET)
    developers.get_by_role("button", name="Sign request").click()
    expect(developers.locator("#playground-signature")).to_be_visible()
    timestamp = developers.get_by_label("Timestamp", exact=True).input_value()
    signature = developers.locator("#playground-signature").text_content()
    assert signature == crypto.sign(SECRET.encode(), b"", timestamp)


def test_vectors_are_tried_by_the_keyboard_alone(developers: Page) -> None:
    for vector in VECTORS:
        developers.get_by_role("button", name=f"Use in the playground : {vector.method} {vector.path}").focus()
        developers.keyboard.press("Enter")
        expect(developers.get_by_role("button", name="Sign request")).to_be_focused()
        developers.keyboard.press("Space")
        expect(developers.locator("#playground-signature")).to_have_text(vector.signature)


def test_a_link_to_a_status_shows_its_row(developers: Page, live: Live) -> None:
    developers.goto(f"{live.base_url}/account/login/")
    developers.get_by_role("link", name="Developers").click()
    developers.goto(f"{live.base_url}/developers/#RS_ERROR_SIGNATURE_NOT_MATCH")
    expect(developers.locator("tr:target")).to_contain_text("Sign the bytes that you send")
    expect(developers.locator("tr:target")).to_be_in_viewport()


def test_the_api_docs_show_every_endpoint_and_offer_no_call_that_cannot_be_signed(
    watched: Page, live: Live, album: Path
) -> None:
    watched.goto(f"{live.base_url}/api/docs")
    expect(watched.locator(".opblock")).to_have_count(17)
    watched.locator(".opblock-summary-control").first.click()
    expect(watched.locator(".opblock.is-open")).to_be_visible()
    expect(watched.get_by_role("button", name="Try it out")).to_have_count(0)
    expect(watched.get_by_role("button", name="Authorize")).to_have_count(0)
    if "PICTURES" in os.environ:
        watched.screenshot(path=album / "api-docs.png")
    watched.get_by_role("link", name="Developers page").click()
    expect(watched.get_by_role("heading", name="Signature playground")).to_be_visible()
