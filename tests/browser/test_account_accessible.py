"""The pages of signing in, tried by axe at both widths, light and dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LOOKS
from tests.browser.test_operator import faults
from tests.plugins.live import Live


@pytest.mark.parametrize("path", ["login/", "password/reset/", "password/reset/done/", "inactive/"])
def test_a_page_of_somebody_who_is_not_signed_in(watched: Page, live: Live, demo: dict[str, Any], path: str) -> None:
    found = {}
    watched.goto(f"{live.base_url}/account/{path}")
    for size, scheme in LOOKS:
        watched.set_viewport_size(size)  # type: ignore[arg-type]
        watched.emulate_media(color_scheme=scheme)
        found[f"{size['width']} {scheme}"] = faults(watched)
    assert {look: each for look, each in found.items() if each} == {}
