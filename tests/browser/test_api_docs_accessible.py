"""The pages of the API, tried by axe at both widths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LOOKS
from tests.browser.test_operator import AXE, RUN
from tests.plugins.live import Live


@pytest.mark.parametrize("path", ["/api/docs", "/api/management/docs"])
def test_the_pages_of_the_api(watched: Page, live: Live, album: Path, path: str) -> None:
    """Swagger UI has one scheme."""
    found = {}
    watched.goto(f"{live.base_url}{path}")
    watched.locator(".opblock-summary-control").first.click()
    watched.locator(".opblock.is-open .responses-wrapper").wait_for()
    watched.evaluate(AXE)
    for size, scheme in LOOKS[:2]:
        watched.set_viewport_size(size)  # type: ignore[arg-type]
        watched.emulate_media(color_scheme=scheme)
        found[scheme] = watched.evaluate(RUN)
        if "PICTURES" in os.environ:
            watched.screenshot(path=album / f"page{path.replace('/', '-')}-{size['width']}.png")
    assert {scheme: faults for scheme, faults in found.items() if faults} == {}
