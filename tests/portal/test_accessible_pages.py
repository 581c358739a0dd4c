"""Every page of operators, accounts and integrators is tried by axe, or is listed with the reason why not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.browser import accessible_pages as listed
from tests.browser.test_every_page_accessible import is_of_account
from tests.merchants.pages.test_operator_doors import PATTERNS
from tests.portal.test_account_doors import EVERY

BROWSER = Path(__file__).parents[1] / "browser"
ACCOUNT = {name for route, name in EVERY.items() if is_of_account(route)}


@pytest.mark.parametrize(
    ("names", "elsewhere", "no_page"),
    [
        (set(PATTERNS), listed.OPERATOR_ELSEWHERE, listed.OPERATOR_NO_PAGE),
        (ACCOUNT, listed.ACCOUNT_ELSEWHERE, listed.ACCOUNT_NO_PAGE),
    ],
    ids=["operators", "accounts"],
)
def test_each_page_that_is_not_tried_with_the_others_is_listed_once(
    names: set[str], elsewhere: dict[str, tuple[str, ...]], no_page: dict[str, str]
) -> None:
    known = Counter(name for each in elsewhere.values() for name in each) + Counter(no_page.keys())
    assert {name for name, times in known.items() if times > 1} == set()
    assert known.keys() - names == set(), "no such address"
    assert all(no_page.values())
    for file in elsewhere:
        assert "faults(" in (BROWSER / file).read_text(), f"{file} does not run axe"
