"""Keys are issued, and what waits for a second approver is read and declined, by token; no token approves."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network

import pytest

from merchants.models import (
    AccessToken,
    AllowedDomain,
    ApiKey,
    Approval,
    Merchant,
    OutgoingEmail,
    Person,
    Secret,
    SeenOrigin,
)
from merchants.pages.access_tokens import OperatorTokenForm
from merchants.services import allowlist
from merchants.services.allowlist import DomainLine, EntryPlan, Proposal
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.wallet.management_api.conftest import Program
from wallet.management_api.urls import urlpatterns

Make = Callable[..., Program]
SECRET = re.compile(r"oppi_(live|test)_[0-9A-Za-z]{49}")
ISSUE = {"label": "Cashier", "expected_keys": 0, "reason": "New cashier"}


@pytest.fixture
def ours(support: Person, program_of: Make) -> Program:
    return program_of(support, None)


# --- Issue a key ------------------------------------------------------------------------------------------------------
def test_an_issued_key_goes_to_the_owners_by_claim_link_and_a_repeat_issues_none(
    ours: Program, owner: Person, acme: Merchant
) -> None:
    status, answer = ours.send("POST", "keys/", ISSUE)
    assert (status, answer["result"], answer["key"]["environment"]) == (201, "done", "live")
    assert answer["claim_link_expires_at"]
    assert SECRET.search(str(answer)) is None
    assert OutgoingEmail.objects.filter(template="secret_claim", to=owner.email).exists()
    again, refused = ours.send("POST", "keys/", ISSUE)
    assert (again, refused["error"]["code"]) == (409, "keys_changed")
    assert ApiKey.objects.get(merchant=acme).label == "Cashier"
    deed = next(each for each in ours.get("audit/")["items"] if each["kind"] == "keys")
    assert (deed["door"], deed["reason"]) == ("API token “Nightly job”", "New cashier")


def test_a_sandbox_gets_a_test_key(ours: Program, owner: Person, acme: Merchant) -> None:
    ours.code = factories.sandbox(acme).code
    assert ours.send("POST", "keys/", ISSUE)[1]["key"]["environment"] == "test"


def test_with_two_persons_an_issue_waits(ours: Program, owner: Person, acme: Merchant) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    status, answer = ours.send("POST", "keys/", ISSUE)
    assert (status, answer["result"], answer["key"]) == (202, "waiting_for_approval", None)
    assert Approval.objects.get().pk == answer["approval"]
    assert ours.send("POST", "keys/", ISSUE)[1]["error"]["code"] == "already_asked"
    assert not ApiKey.objects.exists()


def test_no_key_without_an_owner_for_a_closed_merchant_or_by_an_operator(
    ours: Program, acme: Merchant, program_of: Make
) -> None:
    assert ours.send("POST", "keys/", ISSUE)[1]["error"]["code"] == "no_owner_to_claim"
    theirs = program_of(factories.member(acme, "owner", email="owner@acme.test"), acme)
    assert theirs.send("POST", "keys/", ISSUE)[0] == 403
    Merchant.objects.filter(pk=acme.pk).update(status="closed")
    assert ours.send("POST", "keys/", ISSUE)[1]["error"]["code"] == "merchant_closed"
    assert not Secret.objects.exists()


# --- Approvals --------------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(ours: Program, acme: Merchant, caller: Caller) -> Approval:
    """A rotation that our staff asked for."""
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    key = ApiKey.objects.get(merchant=acme)
    ours.send("POST", f"keys/{key.auth_key}/rotate/", {"expected_version": 1, "reason": "Every quarter"})
    return Approval.objects.get()


def test_what_waits_is_listed_and_declined(waiting: Approval, program: Program, ours: Program) -> None:
    [listed] = program.get("approvals/")["items"]
    assert (listed["id"], listed["verb"], listed["state"]) == (waiting.pk, "rotate", "waiting")
    assert (listed["asked_by"], listed["reason"]) == (str(waiting.asked_by), "Every quarter")
    status, answer = program.send("POST", f"approvals/{waiting.pk}/decline/")
    assert (status, answer["state"], answer["decided_by"]) == (200, "declined", str(program.row.person))
    again, refused = program.send("POST", f"approvals/{waiting.pk}/decline/")
    assert (again, refused["error"]["code"]) == (409, "already_decided")
    assert program.get("approvals/")["items"] == []
    assert len(ours.get("approvals/?state=declined")["items"]) == 1
    assert Secret.objects.count() == 1


def test_no_token_approves_and_none_reaches_what_waits_elsewhere(
    waiting: Approval, program: Program, rival: Merchant, auditor: Person, program_of: Make
) -> None:
    assert not any("approve" in str(each.pattern) for each in urlpatterns)
    theirs = program_of(factories.member(rival, "owner", email="owner@rival.test"), rival)
    assert theirs.get("approvals/")["items"] == []
    assert theirs.send("POST", f"approvals/{waiting.pk}/decline/")[0] == 404
    assert theirs.send("POST", f"/merchants/acme/approvals/{waiting.pk}/decline/")[0] == 404
    reader = program_of(auditor, None)
    assert reader.send("POST", f"approvals/{waiting.pk}/decline/")[0] == 403
    narrow = program_of(program.row.person, program.row.merchant, AccessToken.Scope.APPROVALS_READ)
    assert narrow.send("POST", f"approvals/{waiting.pk}/decline/")[0] == 403
    waiting.refresh_from_db()
    assert waiting.state == "waiting"


# --- Domains ----------------------------------------------------------------------------------------------------------
def test_domains_are_tested_guarded_and_replaced(program: Program, caller: Caller, acme: Merchant) -> None:
    key = ApiKey.objects.get(merchant=acme)
    SeenOrigin.objects.create(key=key, host="casino.acme.test", last_seen_at=clock.now())
    standing = program.get("allowlist/domains/")
    assert standing["entries"] == []
    wrong = {"entries": [{"domain": "Other.test", "note": "Site"}]}
    status, tested = program.send("POST", "allowlist/domains/rehearsal/", wrong)
    assert status == 200, tested
    assert tested["locked_out"]
    assert [(each["host"], each["is_allowed"]) for each in tested["hosts"]] == [("casino.acme.test", False)]
    wish = wrong | {"expected_version": standing["version"], "reason": "New site"}
    assert program.send("PUT", "allowlist/domains/", wish)[1]["error"]["code"] == "lock_out"
    assert not AllowedDomain.objects.exists()
    wish["confirmed_code"] = "acme"
    status, answer = program.send("PUT", "allowlist/domains/", wish)
    assert (status, answer["result"]) == (200, "done")
    assert answer["allowlist"]["entries"] == [{"domain": "other.test", "note": "Site", "expires_at": None}]
    stale, told = program.send("PUT", "allowlist/domains/", wish | {"entries": []})
    assert (stale, told["error"]["code"]) == (409, "list_changed")
    again = wish | {"expected_version": answer["allowlist"]["version"]}
    assert program.send("PUT", "allowlist/domains/", again)[1]["result"] == "unchanged"
    assert AllowedDomain.objects.get().domain == "other.test"


@pytest.mark.parametrize("domain", ["https://a.test", "*.a.test", "a b", ""])
def test_a_domain_that_is_none_is_refused(program: Program, domain: str) -> None:
    wish = {"entries": [{"domain": domain}], "expected_version": 0}
    assert program.send("PUT", "allowlist/domains/", wish)[0] == 400


def test_domains_of_another_merchant_are_not_there(program: Program, rival: Merchant) -> None:
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "rehearsal/")):
        assert program.send(method, f"/merchants/rival/allowlist/domains/{path}", {"entries": []})[0] == 404


def test_our_staff_ask_for_domains_and_a_stale_request_is_refused(ours: Program, owner: Person, acme: Merchant) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    seen = ours.get("allowlist/domains/")["version"]
    allowlist.save_domains(merchant=acme, lines=[DomainLine("shop.acme.test")], by=owner)
    wish = {"entries": [{"domain": "new.test"}], "expected_version": seen, "reason": "By phone"}
    assert ours.send("PUT", "allowlist/domains/", wish)[1]["error"]["code"] == "list_changed"
    wish["expected_version"] = ours.get("allowlist/domains/")["version"]
    status, answer = ours.send("PUT", "allowlist/domains/", wish)
    assert (status, answer["result"]) == (202, "waiting_for_approval")
    assert AllowedDomain.objects.get().domain == "shop.acme.test"


def test_our_staff_ask_for_networks_as_they_read_them(ours: Program, owner: Person, acme: Merchant) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    seen = ours.get("allowlist/")["version"]
    entry = EntryPlan(ip_network("203.0.113.9/32"), "", None)
    allowlist.save_networks(proposal=Proposal(acme, (entry,)), by=owner)
    wish = {"entries": [], "expected_version": seen, "reason": "By phone"}
    assert ours.send("PUT", "allowlist/", wish)[1]["error"]["code"] == "list_changed"
    assert not Approval.objects.exists()


def test_the_form_of_an_owner_offers_no_scope_of_our_staff() -> None:
    offered = {value for value, _label in OperatorTokenForm().fields["scopes"].choices}  # type: ignore[attr-defined]
    assert offered == set(AccessToken.Scope.values) - {"keys:issue"}
