"""The simulated game server in a browser, with a real worker: start a run by keyboard, watch it, read its requests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from portal.lib.ends_with_parent import tethered_command
from tests.browser.conftest import LOOKS, see
from tests.browser.test_operator import CODE, faults
from tests.plugins.live import CHECKOUT, STOP_SECONDS, Live

OPTIONS = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat"]
WITHIN_MS = 120_000  # on a machine that is busy with other things


@pytest.fixture
def worker(live: Live) -> Iterator[None]:
    with live.log.open("ab") as log:
        process = subprocess.Popen(
            tethered_command([sys.executable, "-m", "celery", "--app", "portal.celery:app", "worker", *OPTIONS]),
            env=live.environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


@pytest.fixture
def integrator(watched: Page, live: Live, demo: dict[str, Any]) -> Page:
    """The manager of a merchant, on the pages of its sandbox."""
    person = next(each for each in demo["operators"] if (each["merchant"], each["role"]) == (CODE, "manager"))
    watched.goto(f"{live.base_url}/operator/{CODE}-sandbox/")
    watched.get_by_label("Email").fill(person["email"])
    watched.get_by_label("Password").fill(person["password"])
    watched.get_by_role("button", name="Sign in", exact=True).click()
    watched.wait_for_url(f"{live.base_url}/operator/{CODE}-sandbox/")
    return watched


def test_a_manager_plays_a_simulation_and_reads_it(integrator: Page, live: Live, worker: None, album: Path) -> None:
    page = integrator
    page.get_by_role("link", name="Simulations").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Start simulation").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Number of rounds").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The simulation has started.")).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^Simulation \d+$")).first.click()  # the newest
    expect(page.get_by_text("All answers are as expected, and the balance is right.")).to_be_visible(timeout=WITHIN_MS)
    expect(page.get_by_role("heading", name="Round 12 · Bet and payout")).to_be_visible()
    address = page.url
    bet = page.locator("#call-4")
    bet.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(bet.get_by_text("… (64 characters)")).to_be_visible()
    page.screenshot(path=album / "simulation-open.png")
    bet.get_by_role("link", name="Open request in the log").click()
    expect(page.get_by_role("heading", name="Checks in order")).to_be_visible()
    found = {}
    for name, there in (("list", f"{address}../"), ("new", f"{address}../new/"), ("run", address)):
        for size, scheme in LOOKS:
            see(page, there, size=size, scheme=scheme, album=album, name=f"simulation-{name}")
            if name == "run":
                page.locator("#call-4 summary").click()
            found[f"{name} {size['width']} {scheme}"] = faults(page)
    assert {where: each for where, each in found.items() if each} == {}
