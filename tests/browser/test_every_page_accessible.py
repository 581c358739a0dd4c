"""Every page of the administration, of operators and of one's account, tried by axe.

The pages are those of the URL patterns, so that a new page is tried without a line here. One that needs a row gets the
newest of its table. The pages that ask before a change are among them: they are opened, and nothing is sent. A page of
the administration that has nothing to ask about its row sends its reader elsewhere, and is left out. Pages of operators
that other tests try are listed in `accessible_pages.py`. Each page is loaded once and tried in one of four looks, its
neighbour in the next; with `PICTURES=folder` in all four.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page
from psycopg import sql

from tests.browser.accessible_pages import ACCOUNT_ELSEWHERE, ACCOUNT_NO_PAGE, OPERATOR_ELSEWHERE, OPERATOR_NO_PAGE
from tests.browser.conftest import CUT, LOOKS, NARROW, SIDEWAYS, Door
from tests.browser.rows import CODE, EMAIL
from tests.browser.test_operator import AXE, RUN
from tests.factories import PASSWORD
from tests.merchants.pages import test_operator_doors as doors
from tests.people import code_of
from tests.plugins.live import Live

ROW = "<path:object_id>"
# No page: scripts, files and answers to forms; or a page of /account/, which has a test of its own.
NOT_A_PAGE = {
    "autocomplete", "jsi18n", "login", "logout", "None", "password_change", "password_change_done", "search",
}  # fmt: skip
FILE_ENDINGS = ("_export", "_csv", "_pdf", "_xlsx", "_invoice", "_movements", "_summary")
# Models of which the demo or rows.py has rows, so that each run tries the same pages.
WITH_ROWS = {
    *("merchants/apikey", "merchants/game", "merchants/merchant", "merchants/person", "merchants/player"),
    *("wallet/account", "wallet/reconciliationplan", "wallet/session", "wallet/signedrequest", "wallet/statement"),
    *("wallet/case", "wallet/reconciliation", "wallet/reportdelivery", "wallet/settlement", "wallet/transaction"),
    *("merchants/approval", "merchants/outgoingemail"),
}
NOT_OF_A_ROW = ("None", "_history", "_delete")  # no page of ours: a redirect, and two that nobody may open
ASKS = re.compile(r"^/operator/|/[0-9]+/(?!change/|timeline/)")
# May have nothing to ask about its row, and lead back to it.
ASKS_NOTHING = re.compile(
    r"^/admin/(?!merchants/merchant/[0-9]+/(suspend|close)/|.*/end_sessions/).*/[0-9]+/(?!change/|timeline/)"
)
LEADS_ON = re.compile(r"/signedrequest/")  # to the page of the request at the desk of its merchant
# The scheme is chosen by a class, which is read once; where there is none, by the browser.
SCHEME = """dark => document.querySelector("#nav-sidebar")
    && document.documentElement.classList.toggle("dark", dark)"""
# The elements that a page is made of. Pages that ask before a change have few shapes; each is tried once.
SHAPE = """() => [...new Set([...document.querySelectorAll("body *")].map((each) =>
    [each.tagName, each.getAttribute("class"), ...each.getAttributeNames()].join()))].sort().join("|")"""
WIDER = "() => document.documentElement.scrollWidth > innerWidth"


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    """Return route and name of each pattern."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            yield route, str(each.name)


def is_of_account(route: str) -> bool:
    return route.startswith("account/")


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
        elif not name.endswith(NOT_OF_A_ROW) and (number := newest.get("/".join(route.split("/")[:2]))):
            pages.add(f"/admin/{route.replace(ROW, str(number))}")
    return sorted(pages)


def faults_by_page(page: Page, live: Live, paths: list[str], album: Path) -> dict[str, list[str]]:
    """Return what axe finds, and whether the page is wider than its window, by page and look."""
    found: dict[str, list[str]] = {}
    tried: set[str] = set()
    for number, path in enumerate(paths):
        answer = page.goto(f"{live.base_url}{path}")
        assert answer is not None
        assert "text/html" in answer.headers["content-type"], path
        is_elsewhere = urlsplit(page.url).path != path
        if is_elsewhere and not LEADS_ON.search(path):
            found |= {} if ASKS_NOTHING.search(path) else {path: [f"leads to {page.url}"]}
            continue
        shape = "refused" if answer.status == HTTPStatus.FORBIDDEN else page.evaluate(SHAPE)
        if shape in tried and (shape == "refused" or ASKS.search(path)):
            continue
        tried.add(shape)
        found |= faults_of_page(page, path, LOOKS if "PICTURES" in os.environ else [LOOKS[number % 4]], album)
    return found


def faults_of_page(page: Page, path: str, looks: list[Any], album: Path) -> dict[str, list[str]]:
    page.evaluate(AXE)
    found = {}
    for size, scheme in looks:
        look_at(page, size, scheme)
        if faults := faults_of_look(page, size):
            found[f"{path} {size['width']} {scheme}"] = faults
        if "PICTURES" in os.environ:
            page.screenshot(path=album / f"page{path.replace('/', '-')}{size['width']}-{scheme}.png")
    return found


def look_at(page: Page, size: dict[str, int], scheme: Any) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(SCHEME, scheme == "dark")


def faults_of_look(page: Page, size: dict[str, int]) -> list[str]:
    faults: list[str] = page.evaluate(RUN)
    faults += [f"cut without a sign: {each}" for each in page.evaluate(CUT)]
    if size == NARROW:
        faults += [f"scrolls sideways: {each}" for each in page.evaluate(SIDEWAYS)]
    return [*faults, "wider than its window"] if page.evaluate(WIDER) else faults


@pytest.fixture(scope="module")
def rows(live: Live, demo: dict[str, Any]) -> dict[str, Any]:
    """A merchant with a row for each page, and its owner's second factor."""
    done = live.manage("shell", "-c", "from tests.browser.rows import write_facts; write_facts()")
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FACTS|")]
    facts: dict[str, Any] = json.loads(line.partition("|")[2])
    return facts


def test_the_pages_of_the_administration(
    watched: Page, live: Live, rows: dict[str, Any], door: Door, album: Path
) -> None:
    door.enter(watched, "administrator")
    assert faults_by_page(watched, live, admin_pages(live), album) == {}


def operator_pages(numbers: dict[str, Any]) -> list[str]:
    """Return the addresses that no other test tries."""
    known = {name for names in OPERATOR_ELSEWHERE.values() for name in names} | OPERATOR_NO_PAGE.keys()
    return [doors.address(name, CODE, numbers) for name in doors.PATTERNS if name not in known]


def account_pages() -> list[str]:
    known = {name for names in ACCOUNT_ELSEWHERE.values() for name in names} | ACCOUNT_NO_PAGE.keys()
    return [
        f"/{route}" for route, name in routes(get_resolver().url_patterns) if is_of_account(route) and name not in known
    ]


def test_the_pages_of_operators_and_of_their_accounts(
    watched: Page, live: Live, rows: dict[str, Any], album: Path
) -> None:
    watched.goto(f"{live.base_url}/operator/{CODE}/")
    watched.get_by_label("Email").fill(EMAIL)
    watched.get_by_label("Password").fill(PASSWORD)
    watched.get_by_role("button", name="Sign in", exact=True).click()
    watched.get_by_label("Code").fill(code_of(rows["factor"]))
    watched.get_by_role("button", name="Sign in", exact=True).click()
    watched.wait_for_url(f"{live.base_url}/operator/{CODE}/")
    pages = operator_pages(rows["numbers"]) + account_pages()
    assert faults_by_page(watched, live, pages, album) == {}
