"""A leaked key, from the telephone call to the report: in a real browser, on a portal that one command started."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, Door, picture
from tests.journeys.conftest import running
from tests.journeys.test_make_up import a_bet, signed
from tests.signing import new_id

AT_MOST_SECONDS = 300
LETTER_SECONDS = 120
SUBJECT = "may be known to others"
SINCE = "2026-01-01T00:00:00"


@pytest.fixture
def demo(checkout: Path, port: int) -> Iterator[dict[str, Any]]:
    with running(checkout, port) as facts:
        yield facts


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return Path(os.environ.get("PICTURES") or tmp_path)


def arrived(demo: dict[str, Any]) -> None:
    """Waits until the mail catcher has an email that tells of the leak."""
    deadline = time.monotonic() + LETTER_SECONDS
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{demo['mail_url']}/api/messages", timeout=30) as answer:
            if any(SUBJECT in each["subject"] for each in json.load(answer)):
                return
        time.sleep(0.5)
    pytest.fail("No email about the leak arrived.")


def read_email(page: Page, demo: dict[str, Any]) -> str:
    page.goto(demo["mail_url"])
    page.get_by_role("link", name=SUBJECT).first.click()
    page.wait_for_load_state("networkidle")
    return page.content() + "".join(frame.content() for frame in page.frames)


def test_a_leak_is_a_matter_of_minutes(demo: dict[str, Any], page: Page, album: Path, tmp_path: Path) -> None:
    merchant, bet = a_bet(demo)
    begun = time.monotonic()
    assert signed(demo["api_url"], merchant, "/wallet/transaction/bet", bet)["status"] == "RS_OK"
    page.set_viewport_size(DESK)  # type: ignore[arg-type]

    Door(demo["base_url"], {person["role"]: person for person in demo["staff"]}).sign_in(page, "support")
    find(page, merchant["auth_key"])
    page.get_by_role("link", name="Rotate secret").click()
    page.get_by_label("Hand over the new secret").select_option("show")
    page.get_by_role("button", name="Rotate secret", exact=True).click()
    page.get_by_role("link", name="I have saved the secret").click()
    expect(page.get_by_text("Version 2").first).to_be_visible()
    picture(page, album, "key")
    page.get_by_role("link", name="Report a compromise").click()
    picture(page, album, "leak")
    page.get_by_label("Revoke at once").check()
    page.get_by_label("Secret version").select_option(index=1)
    page.get_by_label("Compromised since").fill(SINCE)
    page.get_by_label("Description").fill("In a public repository, found by a scan")
    page.get_by_label("Hand over the new secret").select_option("show")
    page.get_by_role("button", name="Report compromise").click()

    expect(page.get_by_text("Hand the secret over now.")).to_be_visible()
    replacement = merchant | {"secret_key": page.locator("#secret-key").inner_text()}
    again = bet | {"transactionId": new_id()}
    refused = signed(demo["api_url"], merchant, "/wallet/transaction/bet", again)
    assert refused["status"] == "RS_ERROR_SIGNATURE_NOT_MATCH", refused
    assert signed(demo["api_url"], replacement, "/wallet/transaction/bet", again)["status"] == "RS_OK"

    arrived(demo)
    email = read_email(page.context.new_page(), demo)
    assert "All earlier secret versions are refused" in email
    assert not [secret for secret in (merchant["secret_key"], replacement["secret_key"]) if secret in email]

    page.get_by_role("link", name="I have saved the secret").click()
    page.get_by_role("link", name="Compromised since").first.click()
    expect(page.get_by_text("In a public repository, found by a scan").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    picture(page, album, "report")
    with page.expect_download() as download:
        page.get_by_role("link", name="All transactions (CSV)").click()
    download.value.save_as(tmp_path / "movements.csv")
    movements = (tmp_path / "movements.csv").read_text()
    assert bet["transactionId"] in movements
    assert again["transactionId"] not in movements, "signed with the new secret"
    assert time.monotonic() - begun < AT_MOST_SECONDS

    find(page, merchant["code"], named=re.compile(merchant["code"].split("-")[0], re.IGNORECASE))
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("In a public repository, found by a scan").first).to_be_visible()
    picture(page, album, "merchant")
    page.get_by_role("link", name="Full timeline").click()
    expect(page.get_by_text("In a public repository, found by a scan").first).to_be_visible()
    picture(page, album, "timeline")


def find(page: Page, text: str, *, named: str | re.Pattern[str] = "") -> None:
    """From the one box, to the thing itself."""
    page.get_by_role("searchbox").first.fill(text)
    page.keyboard.press("Enter")
    page.locator("#content").get_by_role("link", name=named or text).first.click()
