"""Every page of the administration, of the account and of the API's documentation, tried by axe in four looks.

The pages are those of the URL patterns: a new page is tried without a line here. One that needs a number gets that of
the newest row of its table.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page
from psycopg import sql

from tests.browser.conftest import LOOKS
from tests.browser.test_operator import AXE, RUN
from tests.plugins.live import Live

NOT_A_PAGE = {"jsi18n", "autocomplete", "view_on_site", "logout", "password_change", "password_change_done"}
OF_ACCOUNT = {"end_session", "account_logout"}


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Route and name of each pattern without arguments."""
    for each in patterns:
        route = before + str(each.pattern).lstrip("^")
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        elif "<" not in route and "(" not in route:
            yield route.replace("\\", "").rstrip("$"), str(each.name)


def account_pages() -> list[str]:
    found = [(route, name) for route, name in routes(get_resolver().url_patterns) if route.startswith("account/")]
    return [f"/{route}" for route, name in found if name not in OF_ACCOUNT]


def admin_pages(live: Live) -> list[str]:
    """The pages of the site, and of each model its list and its newest row."""
    site = [route for route, name in routes(admin.site.urls[0]) if name not in NOT_A_PAGE]
    pages = [f"/admin/{route}" for route in site]
    with psycopg.connect(live.dsn) as database:
        for model in admin.site._registry:
            newest = sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(model._meta.db_table))
            row = database.execute(newest).fetchone()
            if row and row[0] and model._meta.app_label in {"merchants", "wallet"}:
                pages.append(f"/admin/{model._meta.app_label}/{model._meta.model_name}/{row[0]}/change/")
    return sorted(set(pages))


def violations(page: Page, live: Live, paths: list[str], album: Path) -> dict[str, list[str]]:
    """What axe finds on each page, by page and look. A page that leads elsewhere is tried where it leads."""
    found: dict[str, list[str]] = {}
    for number, path in enumerate(paths):
        answer = page.goto(f"{live.base_url}{path}")
        if answer is None or answer.status >= 400 or "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.evaluate(AXE)
        for size, scheme in LOOKS:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)
            if faults := page.evaluate(RUN):
                found[f"{path} {size['width']} {scheme}"] = faults
            if "PICTURES" in os.environ:
                page.screenshot(path=album / f"area-{number:03}-{size['width']}-{scheme}.png")
    return found


def test_the_account_and_the_documentation(watched: Page, live: Live, demo: dict[str, Any], album: Path) -> None:
    """For somebody who is not signed in."""
    paths = ["/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/inactive/"]
    assert violations(watched, live, [*paths, "/nothing", "/account/nothing/", "/api/docs"], album) == {}


def test_the_account_of_somebody_who_is_signed_in(staff: Page, live: Live, album: Path) -> None:
    assert violations(staff, live, account_pages(), album) == {}


@pytest.mark.parametrize("part", range(3))
def test_the_administration(staff: Page, live: Live, album: Path, part: int) -> None:
    assert violations(staff, live, admin_pages(live)[part::3], album) == {}
