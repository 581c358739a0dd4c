"""Somebody new restricts a merchant to one address, and is not shut out on the way."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDE, looks, picture, see
from tests.browser.keyboard import Keyboard
from tests.browser.test_operator import CODE, faults, owner
from tests.plugins.live import Live
from tests.signing import Signer, encoded
from tests.wallet.conftest import answer, new_signer, until

__all__ = ["owner"]  # a fixture
LOGGED = "SELECT FROM wallet_signedrequest WHERE request_id = %s"
PAGES = ["", "add/", "paste/", "domains/", "ask/", "ask/?address=198.51.100.7", "suggest/?days=7", "egress/"]


@pytest.fixture
def signer(live: Live, demo: dict[str, Any]) -> Signer:
    """A server of the merchant's, on this machine."""
    with psycopg.connect(live.dsn, autocommit=True) as connection:
        cursor = connection.execute("SELECT id FROM merchants_merchant WHERE code = %s", [CODE])
        [number] = cursor.fetchone() or [0]

        def sql(statement: Any, *parameters: Any) -> list[tuple[Any, ...]]:
            found = connection.execute(statement, parameters)
            return found.fetchall() if found.description else []

        made = new_signer(sql, number)
        sql("UPDATE merchants_apikey SET label = %s WHERE auth_key = %s", named(made), made.auth_key)
        return made


def named(signer: Signer) -> str:
    return f"Server {signer.auth_key[-6:]}"


def call(live: Live, signer: Signer) -> str:
    """Its answer, when the log has it too: lists are tried on what the log has."""
    raw = encoded({"playerId": "nobody", "currency": "EUR"})
    headers = signer.sign(raw) | {"content-type": "application/json"}
    address = urlsplit(live.api_url)
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)) as wire:
        given = answer(wire, "POST", "/wallet/balance", raw, headers)
    with psycopg.connect(live.dsn, autocommit=True) as connection:
        until(lambda: bool(connection.execute(LOGGED, [given.headers["x-request-id"]]).rowcount))
    return given.status


def test_every_page_of_the_lists_is_accessible_and_fits(owner: Page, live: Live, signer: Signer, album: Path) -> None:
    call(live, signer)
    home = f"{live.base_url}/operator/{CODE}/allowlist/"
    owner.goto(home)
    entry = owner.get_by_role("link", name="Change entry 203.0.113.0/28").first.get_attribute("href")
    key = (
        owner.locator("section", has_text="IP allowlists of single keys")
        .get_by_role("link")
        .first.get_attribute("href")
    )
    owner.goto(f"{home}egress/")
    owner.get_by_role("button", name="Show command").click()
    addresses = [home + path for path in PAGES] + [owner.url]
    addresses += [f"{live.base_url}{path}" for path in (entry, f"{entry}remove/", key)]
    found = {}
    for number, address in enumerate(addresses):
        for size, scheme in looks(number):
            see(owner, address, size=size, scheme=scheme, album=album, name=f"lists-{number}")
            found[f"{address} {size['width']} {scheme}"] = faults(owner)
    assert {address: each for address, each in found.items() if each} == {}
    assert owner.context.refused_by_policy == []  # type: ignore[attr-defined]


def test_somebody_new_restricts_to_one_address_and_is_not_shut_out(
    owner: Page, live: Live, signer: Signer, keyboard: Keyboard, album: Path
) -> None:
    keyboard.press(owner.get_by_role("link", name="Allowlist", exact=True).first)
    keyboard.press(owner.get_by_role("link", name=named(signer)))
    expect(owner.get_by_text("This key has no IP allowlist")).to_be_visible()
    assert call(live, signer) == "RECORD_NOT_FOUND"
    keyboard.press(owner.get_by_role("link", name="Add address"))
    keyboard.fill(owner.get_by_label("Address or block"), "198.51.100.250")
    keyboard.press(owner.get_by_role("button", name="Preview change"))
    expect(owner.get_by_text(re.compile("would have refused [1-9]"))).to_be_visible()
    keyboard.press(owner.get_by_role("button", name="Save allowlist"))
    expect(owner.get_by_text("To save it anyway, type the merchant's code.")).to_be_visible()
    pictured(owner, album, "shut-out")
    owner.emulate_media(color_scheme="light")
    picture(owner, album, "rehearsal")
    keyboard.press(owner.get_by_role("link", name="Cancel"))
    expect(owner.get_by_text("no allowlist", exact=True)).to_be_visible()
    keyboard.press(owner.get_by_role("link", name="Add address"))
    keyboard.press(owner.get_by_role("link", name="Use address 127.0.0.1"))
    keyboard.press(owner.get_by_role("button", name="Preview change"))
    expect(owner.get_by_text(re.compile("would have been accepted"))).not_to_have_count(0)
    pictured(owner, album, "proposal")
    keyboard.press(owner.get_by_role("button", name="Save allowlist"))
    expect(owner.locator("[data-countdown]").first).to_have_text(re.compile(r"00:0\d:\d\d"))
    expect(owner.get_by_text("The allowlist stays once a request with a valid signature has arrived")).to_be_visible()
    progress = owner.get_by_role("region", name="Progress of the trial")
    expect(progress.get_by_text("not yet")).to_be_visible()
    expect(progress.get_by_text("No address was refused.")).to_be_visible()
    pictured(owner, album, "trial")
    assert call(live, signer) == "RECORD_NOT_FOUND"
    expect(
        owner.get_by_text("The new allowlist stays: a request with a valid signature arrived from 127.0.0.1")
    ).to_be_visible(timeout=30_000)
    expect(owner.get_by_text("restricted to 1 entry")).to_be_visible()


def test_a_trial_shows_live_whom_it_refuses_and_the_earlier_list_comes_back(
    owner: Page, live: Live, signer: Signer, album: Path
) -> None:
    """The list lets another address in than the one that calls; nobody needs to load the page again."""
    assert call(live, signer) == "RECORD_NOT_FOUND"
    owner.get_by_role("link", name="Allowlist", exact=True).first.click()
    owner.get_by_role("link", name=named(signer)).click()
    owner.get_by_role("link", name="Add address").click()
    owner.get_by_label("Address or block").fill("198.51.100.251")
    owner.get_by_role("button", name="Preview change").click()
    owner.get_by_label("Merchant code").fill(CODE)
    owner.get_by_role("button", name="Save allowlist").click()
    progress = owner.get_by_role("region", name="Progress of the trial")
    expect(progress.get_by_text("not yet")).to_be_visible()
    assert call(live, signer) == "IP_RESTRICTION"
    expect(progress.get_by_text("1 request, just now")).to_be_visible(timeout=30_000)
    pictured(owner, album, "refused-since")
    owner.get_by_role("link", name="Restore previous allowlist").click()
    owner.get_by_role("button", name="Restore previous allowlist").click()
    expect(owner.get_by_text("no allowlist", exact=True)).to_be_visible()
    assert call(live, signer) == "RECORD_NOT_FOUND"
    owner.get_by_role("link", name="Earlier allowlists").click()
    expect(owner.get_by_role("row", name="198.51.100.251")).to_be_visible()
    pictured(owner, album, "earlier")
    owner.get_by_role("link", name="Restore allowlist").last.click()
    expect(owner.get_by_role("heading", name="Preview of the change")).to_be_visible()
    expect(owner.get_by_label("Merchant code")).to_be_visible()


def test_an_address_is_proved_while_the_page_waits(owner: Page, live: Live, signer: Signer, album: Path) -> None:
    owner.goto(f"{live.base_url}/operator/{CODE}/allowlist/egress/")
    owner.get_by_label("Key that the server signs with").select_option(label=f"{named(signer)} (live)")
    owner.get_by_role("button", name="Show command").click()
    command = owner.locator("#command").inner_text()
    environment = {"SECRET_KEY": signer.secret, "PATH": os.environ["PATH"]}
    subprocess.run(["bash", "-c", command], env=environment, check=True, timeout=20, capture_output=True)
    expect(owner.get_by_role("heading", name="Your server uses the address 127.0.0.1")).to_be_visible(timeout=30_000)
    owner.get_by_role("link", name="Add to the allowlist of this key").click()
    expect(owner.get_by_role("heading", name="Preview of the change")).to_be_visible()


def pictured(page: Page, album: Path, name: str) -> None:
    """As it is now, wide and narrow, by day and by night; accessible, and no wider than its window."""
    for size, scheme in looks():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=album / f"lists-{name}-{size['width']}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert faults(page) == []
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
