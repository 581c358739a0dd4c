"""A real Chromium, the one that the system has. Where there is none, its tests are reported as not run."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
expect.set_options(timeout=20_000)  # milliseconds; the machine may be busy with other tests


def chromium() -> str:
    """In CI a missing browser is a failure: there, nobody would notice that a test was not run."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing = "not run: no Chromium on the PATH (on Debian: apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return found


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    """One a test: while Playwright is open an event loop runs in this thread, in which no other test could have one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    path = chromium()
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own: no cookie of another test. Colours change at once, as for who asks for that."""
    context = browser.new_context(reduced_motion="reduce")
    yield context.new_page()
    context.close()
