from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psycopg
import pytest

from portal.local.welcome import is_answering
from tests.wallet.conftest import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.plugins.live import Live


def test_it_answers_from_a_database_of_its_own(live: Live) -> None:
    until(lambda: is_answering(f"{live.base_url}/healthz"))
    with psycopg.connect(live.dsn) as connection:
        assert connection.info.dbname not in os.environ["DATABASE_URL"]
        assert connection.execute("SELECT count(*) > 0 FROM django_migrations").fetchone() == (True,)


def test_its_files_lie_apart_as_its_rows_do(live: Live) -> None:
    """A file's name has a merchant's number in it, which another database gives to another one."""
    assert live.environment["PRIVATE_FILES"] != os.environ["PRIVATE_FILES"]


def test_all_tests_that_need_it_run_in_one_worker(live: Live, request: pytest.FixtureRequest) -> None:
    """A newer pytest once made xdist forget the groups without a word, and each worker started a portal."""
    assert request.node.nodeid.endswith("@live") or "PYTEST_XDIST_WORKER" not in os.environ


def test_its_schema_is_what_the_models_say(live: Live) -> None:
    done = live.manage("migrate", "--check")
    assert done.returncode == 0, done.stderr


def test_a_browser_is_shown_the_sign_in_with_its_styles(live: Live, page: Page) -> None:
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"{live.base_url}/admin/")
    page.locator("input[type=password]").wait_for()
    assert missing == []
