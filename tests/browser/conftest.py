"""What every test in a browser begins with: the demo's merchants and people, and somebody signed in."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Page

from portal.local.ports import free_port
from tests.browser.keyboard import Keyboard, by_keyboard
from tests.people import code_of
from tests.plugins.live import DEMO_CALLS, Live

DESK = {"width": 1280, "height": 1000}
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 844}  # at 1280 the menu is open
LOOKS: list[tuple[dict[str, int], Any]] = [(WIDE, "light"), (NARROW, "dark"), (WIDE, "dark"), (NARROW, "light")]
LONG = " and more words, EUR 123,456,789,012.00"
STRETCH = """long => [...document.querySelectorAll("main :is(.badge, .alert, h1, h2, dd, bdi)")]
  .filter(each => each.checkVisibility() && !each.closest(".table-responsive, .short-id")).filter(each => {
    const text = [...each.childNodes].find(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!text) return false;
    const before = text.data;
    text.data += long;
    const isWider = document.documentElement.scrollWidth > innerWidth;
    text.data = before;
    return isWider;
  }).map(each => each.outerHTML)"""
# Lists that a reader would have to push sideways, and text that is cut without a sign.
SIDEWAYS = """() => [...document.querySelectorAll(".table-responsive, .overflow-x-auto")]
    .filter((each) => each.querySelector("table:not(.heat-map)") && each.checkVisibility())
    .filter((each) => each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.outerHTML.slice(0, 200))"""
CUT = """() => [...document.querySelectorAll("main *, #content *")].filter((each) => {
    const style = getComputedStyle(each);
    return ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis" && each.clientWidth > 1
        && each.scrollWidth > each.clientWidth + 1 && each.checkVisibility() && each.textContent.trim();
}).map((each) => each.outerHTML.slice(0, 200))"""
FRESH_SECONDS = 150  # of the five minutes for which a second factor counts; a test takes less than the rest


@pytest.fixture(scope="session")
def demo(live: Live) -> dict[str, Any]:
    """The demo's merchants and people, with a short past."""
    done = live.manage("seed", "--calls", str(DEMO_CALLS))
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(live.sheet.read_text())
    return facts


@dataclass
class Door:
    """Signs in as a person does. A session is used again while its second factor is fresh: each code works once."""

    base_url: str
    people: dict[str, dict[str, Any]]
    used: set[tuple[str, str]] = field(default_factory=set)
    kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def code(self, role: str) -> str:
        """One that was not used yet; that of the next half minute counts as well."""
        while True:
            for steps in (0, 1):
                code = code_of(self.people[role]["totp_secret"], steps=steps)
                if (role, code) not in self.used:
                    self.used.add((role, code))
                    return code
            time.sleep(1)

    def enter(self, page: Page, role: str) -> None:
        since, cookies = self.kept.get(role, (0.0, None))
        if cookies and time.monotonic() - since < FRESH_SECONDS:
            page.context.add_cookies(cookies)
            page.goto(f"{self.base_url}/admin/")
            return
        self.sign_in(page, role)
        self.kept[role] = (time.monotonic(), page.context.cookies())

    def sign_in(self, page: Page, role: str) -> None:
        page.goto(f"{self.base_url}/admin/")
        page.get_by_label("Email").fill(self.people[role]["email"])
        page.get_by_label("Password").fill(self.people[role]["password"])
        page.get_by_role("button", name="Sign in", exact=True).press("Enter")
        page.get_by_label("Code").fill(self.code(role))
        page.get_by_role("button", name="Sign in", exact=True).press("Enter")
        page.wait_for_url(f"{self.base_url}/admin/")


@pytest.fixture(scope="session")
def door(live: Live, demo: dict[str, Any]) -> Door:
    return Door(live.base_url, {person["role"]: person for person in demo["staff"]})


@dataclass
class Mailbox:
    """A mail server that takes everything."""

    emails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name there
        self.emails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def mailbox(live: Live) -> Iterator[tuple[Mailbox, Live]]:
    """With the portal's commands that send to it."""
    handler = Mailbox()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    there = live.environment | {"EMAIL_URL": f"smtp://127.0.0.1:{controller.port}"}
    yield handler, replace(live, environment=there)
    controller.stop()


@pytest.fixture
def album(tmp_path: Path) -> Path:
    return Path(os.environ.get("PICTURES") or tmp_path)


@pytest.fixture
def watched(page: Page, live: Live) -> Iterator[Page]:
    """No page may fail in its scripts, break its content policy, or fetch anything from another host."""
    faults: list[str] = []
    home = urlsplit(live.base_url).netloc
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda sent: faults.append(sent.url) if urlsplit(sent.url).netloc not in {home, ""} else None)
    page.on("response", lambda given: faults.append(f"{given.status} {given.url}") if given.status >= 500 else None)
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    yield page
    assert not faults


@pytest.fixture
def keyboard(watched: Page) -> Iterator[Keyboard]:
    """All that a job of `jobs.py` is done with."""
    with by_keyboard(watched) as keyboard:
        yield keyboard


@pytest.fixture
def staff(watched: Page, door: Door) -> Page:
    """Signed in as support, with a fresh second factor."""
    door.enter(watched, "support")
    return watched


def looks(number: int = 0) -> list[tuple[dict[str, int], Any]]:
    """How a page is looked at: in both widths and both schemes, its neighbour the other way round."""
    if "PICTURES" in os.environ:
        return LOOKS
    return LOOKS[2:] if number % 2 else LOOKS[:2]


def see(page: Page, url: str, *, size: dict[str, int], scheme: Any, album: Path, name: str) -> None:
    """Check that the page fits its window, and still does with a longer name, amount or sentence.

    With `PICTURES`, each page is kept as a picture as well.
    """
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme)
    page.goto(url)
    if "PICTURES" in os.environ:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=album / f"{name}-{size['width']}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], f"{url} is wider than its window"
    if size == NARROW:
        assert page.evaluate(STRETCH, LONG) == [], f"{url} becomes wider than its window when a text is longer"


def picture(page: Page, album: Path, name: str) -> None:
    """On a telephone, and as it stands in the documentation (`PICTURES=docs/pictures`)."""
    for size, ending in ((NARROW, "-narrow"), (DESK, "")):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=album / f"{name}{ending}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
