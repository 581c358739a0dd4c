"""Every page of the administration, tried by axe.

The pages are those of the URL patterns, so that a new page is tried without a line here. One that needs a row gets the
newest of its table. Each page is loaded once and tried in one of four looks, its neighbour in the next;
with `PICTURES=folder` in all four.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.contrib import admin
from django.urls import URLPattern, URLResolver
from playwright.sync_api import Page
from psycopg import sql

from tests.browser.conftest import LOOKS, Door
from tests.browser.test_operator import AXE, RUN
from tests.plugins.live import Live

ROW = "<path:object_id>"
# No page: scripts, files and answers to forms; or a page of /account/, which has a test of its own.
NOT_A_PAGE = {
    "autocomplete", "jsi18n", "login", "logout", "None", "password_change", "password_change_done", "search",
}  # fmt: skip
FILE_ENDINGS = ("_export", "_csv", "_pdf", "_xlsx", "_invoice", "_movements", "_summary")
# Models of which the demo has rows, so that each run tries the same pages; other pages have tests of their own.
WITH_ROWS = {
    *("merchants/apikey", "merchants/game", "merchants/merchant", "merchants/person", "merchants/player"),
    *("wallet/account", "wallet/reconciliationplan", "wallet/session", "wallet/signedrequest", "wallet/statement"),
    "wallet/transaction",
}
ROW_PAGES = ("_change", "_timeline")  # the pages that ask before a change are tried where they are used
# The scheme is chosen by a class, which is read once; where there is none, by the browser.
SCHEME = """dark => document.querySelector("#nav-sidebar")
    && document.documentElement.classList.toggle("dark", dark)"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth"


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Return route and name of each pattern."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            yield route, str(each.name)


def newest_rows(live: Live) -> dict[str, int]:
    """Return the id of the newest row of each model, by the model's address."""
    found = {}
    with psycopg.connect(live.dsn) as database:
        for model in admin.site._registry:
            if model._meta.label_lower.replace(".", "/") not in WITH_ROWS:
                continue
            statement = sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(model._meta.db_table))
            row = database.execute(statement).fetchone()
            if row and row[0]:
                found[model._meta.label_lower.replace(".", "/")] = row[0]
    return found


def admin_pages(live: Live) -> list[str]:
    newest = newest_rows(live)
    pages = set()
    for route, name in routes(admin.site.urls[0]):
        if name in NOT_A_PAGE or name.endswith(FILE_ENDINGS) or "(?P" in route:
            continue
        if ROW not in route:
            pages |= set() if "<" in route else {f"/admin/{route}"}
        elif name.endswith(ROW_PAGES) and (number := newest.get("/".join(route.split("/")[:2]))):
            pages.add(f"/admin/{route.replace(ROW, str(number))}")
    return sorted(pages)


def faults_by_page(page: Page, live: Live, paths: list[str], album: Path) -> dict[str, list[str]]:
    """Return what axe finds, and whether the page is wider than its window, by page and look."""
    found: dict[str, list[str]] = {}
    is_refusal_tried = False
    for number, path in enumerate(paths):
        answer = page.goto(f"{live.base_url}{path}")
        assert answer is not None
        assert "text/html" in answer.headers["content-type"], path
        if answer.status == 403 and is_refusal_tried:
            continue
        is_refusal_tried |= answer.status == 403
        page.evaluate(AXE)
        for size, scheme in LOOKS if "PICTURES" in os.environ else [LOOKS[number % 4]]:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SCHEME, scheme == "dark")
            faults: list[str] = page.evaluate(RUN)
            if page.evaluate(WIDER):
                faults.append("wider than its window")
            if faults:
                found[f"{path} {size['width']} {scheme}"] = faults
            if "PICTURES" in os.environ:
                page.screenshot(path=album / f"page{path.replace('/', '-')}{size['width']}-{scheme}.png")
    return found


def test_the_pages_of_the_administration(
    watched: Page, live: Live, demo: dict[str, Any], door: Door, album: Path
) -> None:
    door.enter(watched, "administrator")
    assert faults_by_page(watched, live, admin_pages(live), album) == {}
