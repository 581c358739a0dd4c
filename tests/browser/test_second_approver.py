"""What waits for a second person, and a secret that goes to an owner: each page accessible, and one way out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import NARROW, WIDE, looks, see
from tests.browser.test_operator import CODE, faults, key_page, owner
from tests.plugins.live import Live

__all__ = ["owner"]
WAITING = """
import json
from merchants.models import ApiKey, Merchant, Person
from merchants.services import approvals, claims, links, keys, questions
from merchants.models import Secret
acme, support = Merchant.objects.get(code="{code}"), Person.objects.filter(staff_role="support").first()
issue = approvals.ask_to_issue(merchant=acme, by=support, reason="A second cashier", label="cashier 2")
question = questions.ask(merchant=acme, kind="recipient", by=support, email="audit@elsewhere.example")
claim = claims.send(secret=keys.issue(merchant=acme, label="to be claimed").row, by=support)
facts = dict(approval=issue.pk, question=question.pk, key=claim.key_id, claim=links.claim_token(claim.nonce))
print("FACTS", json.dumps(facts), sep="|")
"""


@pytest.fixture(scope="module")
def waiting(live: Live, demo: dict[str, Any]) -> dict[str, Any]:
    done = live.manage("shell", "-c", WAITING.format(code=CODE))
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FACTS|")]
    facts: dict[str, Any] = json.loads(line.partition("|")[2])
    return facts


def test_an_owners_pages_are_accessible_and_fit(owner: Page, live: Live, waiting: dict[str, Any], album: Path) -> None:
    home = f"{live.base_url}/operator/{CODE}/"
    paths = {
        "approval": f"approvals/{waiting['approval']}/",
        "approve": f"approvals/{waiting['approval']}/approve/",
        "question": f"questions/{waiting['question']}/",
        "keys": "keys/",
        "staff": "keys/staff/",
        "home": "",
    }
    found = {}
    for number, (name, path) in enumerate(paths.items()):
        for size, scheme in looks(number):
            see(owner, home + path, size=size, scheme=scheme, album=album, name=f"second-{name}")
            found[f"{name} {size['width']} {scheme}"] = faults(owner)
    assert {name: each for name, each in found.items() if each} == {}


def test_our_staffs_pages_fit(staff: Page, live: Live, waiting: dict[str, Any], album: Path) -> None:
    paths = {
        "approvals": "approval/",
        "approval": f"approval/{waiting['approval']}/change/",
        "approve": f"approval/{waiting['approval']}/approve/",
        "claimed": f"apikey/{waiting['key']}/change/",
        "issue": "apikey/add/",
    }
    for name, path in paths.items():
        for size, scheme in [(WIDE, "light"), (NARROW, "dark")]:
            url = f"{live.base_url}/admin/merchants/{path}"
            see(staff, url, size=size, scheme=scheme, album=album, name=f"second-admin-{name}")


def test_who_leaves_the_page_of_a_secret_is_asked_first(owner: Page, live: Live, album: Path) -> None:
    owner.goto(live.base_url + key_page(owner, live))
    if owner.get_by_role("link", name="End now").count():  # of another test
        owner.get_by_role("link", name="End now").click()
        owner.get_by_role("button", name="End it now").click()
    owner.get_by_role("link", name="Rotate the secret").click()
    owner.get_by_role("button", name="Rotate").click()
    expect(owner.get_by_role("heading", name="Your new secret")).to_be_visible()
    for size, name in ((NARROW, "narrow"), (WIDE, "wide")):
        owner.set_viewport_size(size)  # type: ignore[arg-type]
        owner.screenshot(path=album / f"second-secret-{name}.png")
    assert faults(owner) == []
    owner.get_by_role("button", name="Copy").first.click()  # a browser asks only for a page that was touched
    with owner.expect_event("dialog") as asked:
        owner.once("dialog", Dialog.dismiss)
        owner.evaluate("setTimeout(() => location.reload(), 0)")
    assert asked.value.type == "beforeunload"
    expect(owner.get_by_role("heading", name="Your new secret")).to_be_visible()
    owner.get_by_role("link", name="I have saved the secret").click()
    expect(owner.get_by_role("heading", name="Your new secret")).to_have_count(0)
