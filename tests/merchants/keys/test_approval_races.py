"""Two people decide at the same moment: real transactions on connections of their own, in a process beside the portal.

Whoever comes first decides, the other is refused with a sentence, and what was requested happens once or not at all.
"""

from __future__ import annotations

import pytest

from tests.plugins.live import Live
from tests.races import race

BEGIN = """
import json
from uuid import uuid4
from merchants.models import (
    AllowlistEntry, Approval, Contact, Membership, Merchant, Person, SecretClaim)
from merchants.services import allowlist, approvals, claim_links, email_links, keys, owner_questions
from portal.lib.clientip import parse_networks
from tests.people import give_totp
from tests.races import at_once
from wallet.models import ReconciliationPlan
from wallet.reconciliation import planning


def person(**fields):
    made = Person.objects.create_user(f"{uuid4().hex}@decides.test", name="Decides", **fields)
    give_totp(made)
    return made


ann, bob, eve = (person(staff_role="administrator") for _ in range(3))


def merchant():
    made = Merchant.objects.create(code=f"decides-{uuid4().hex[:10]}", name="Decides")
    Membership.objects.create(merchant=made, person=person(), role="owner")
    return made


def ruled(of):
    Merchant.objects.filter(pk=of.pk).update(two_person=True)
    return Merchant.objects.get(pk=of.pk)
"""
REQUESTS = (
    BEGIN
    + """
def issue(of):
    return approvals.ask_to_issue(merchant=ruled(of), by=ann, reason="x"), lambda: of.keys.count()


def rotate(of):
    key = keys.issue_key(merchant=of).key
    ruled(of)
    return approvals.ask_to_rotate(key=key, by=ann, reason="x"), lambda: key.secrets.count() - 1


def revoke(of):
    issued = keys.issue_key(merchant=of)
    ruled(of)
    asked = approvals.ask_to_revoke(key=issued.key, by=ann, reason="x")
    return asked, lambda: events(issued.row, revoked_at__isnull=False)


def events(row, **fields):
    return type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk, pgh_before__isnull=False, **fields).count()


def status(of):
    asked = approvals.ask_to_set_status(merchant=ruled(of), status="suspended", by=ann, reason="x")
    return asked, lambda: events(of, status="suspended")


def rule_off(of):
    asked = approvals.ask_to_switch_off(merchant=ruled(of), by=ann, reason="x")
    return asked, lambda: events(of, two_person=False)


def limit(of):
    plan = ReconciliationPlan.objects.create(merchant=of, is_on=False)
    asked = planning.ask_to_raise_limit(plan=plan, said={"write_off_alone": 900_000}, by=ann, reason="x")
    return asked, lambda: events(plan, write_off_alone=900_000)


def networks(of):
    line = allowlist.EntryPlan(parse_networks(["52.0.7.1"])[0], "", None)
    asked = approvals.ask_to_change_list(
        merchant=ruled(of), key=None, verb="networks", before=[], after=[line], by=ann, reason="x")
    return asked, lambda: AllowlistEntry.objects.filter(merchant=of).count()


DECIDE = {
    "bob approves": lambda asked: approvals.approve_request(approval=asked, by=bob),
    "eve approves": lambda asked: approvals.approve_request(approval=asked, by=eve),
    "ann approves": lambda asked: approvals.approve_request(approval=asked, by=ann),
    "eve declines": lambda asked: approvals.decline_request(approval=asked, by=eve),
    "ann cancels": lambda asked: approvals.decline_request(approval=asked, by=ann),
}


def decide(who, asked):
    return lambda: DECIDE[who](Approval.objects.get(pk=asked.pk))


found = []
for ask in (issue, rotate, revoke, status, rule_off, limit, networks):
    for _ in range(ROUNDS):
        asked, deeds = ask(merchant())
        said = at_once([decide(who, asked) for who in WHO])
        asked.refresh_from_db()
        found.append([ask.__name__, said, asked.state, deeds()])
print("FOUND " + json.dumps(found))
"""
)
CLAIMS = (
    BEGIN
    + """
found = []
for _ in range(ROUNDS):
    of = merchant()
    owners = [of.memberships.get().person, person()]
    Membership.objects.create(merchant=of, person=owners[1], role="owner")
    secret = keys.issue_key(merchant=of).row
    claim = claim_links.send_link(secret=secret, by=bob)
    token = email_links.claim_token(claim)
    acts = {
        "first": lambda: claim_links.claim_secret(merchant=of, said=token, by=owners[0]),
        "second": lambda: claim_links.claim_secret(merchant=of, said=token, by=owners[1]),
        "again": lambda: claim_links.resend_link(claim=SecretClaim.objects.get(pk=claim.pk), by=bob),
    }
    said = at_once([acts[who] for who in WHO])
    claims = SecretClaim.objects.filter(secret=secret)
    found.append([said, claims.filter(claimed_at__isnull=False).count(), claims.filter(withdrawn_at=None).count()])
print("FOUND " + json.dumps(found))
"""
)
QUESTIONS = (
    BEGIN
    + """
found = []
for _ in range(ROUNDS):
    of = merchant()
    owner, other = of.memberships.get().person, person()
    question = owner_questions.ask_owners(merchant=of, kind="contact", by=bob, email="a@elsewhere.example")
    said = at_once([
        lambda: owner_questions.answer_question(question=question, yes=True, by=owner),
        lambda: owner_questions.answer_question(question=question, yes=WHO[0] == "yes", by=other)])
    question.refresh_from_db()
    found.append([said, question.state, Contact.objects.filter(merchant=of).count()])
print("FOUND " + json.dumps(found))
"""
)


@pytest.mark.parametrize(
    "who",
    [
        ("bob approves", "eve approves"),
        ("bob approves", "bob approves"),
        ("bob approves", "eve declines"),
        ("bob approves", "ann cancels"),
        ("bob approves", "ann approves", "eve approves"),
    ],
    ids=" + ".join,
)
def test_what_was_requested_is_decided_once_and_done_once(live: Live, who: tuple[str, ...]) -> None:
    for verb, said, state, deeds in race(live, REQUESTS, who):
        assert said.count("done") == 1, (verb, said)
        assert set(said) <= {"done", "AlreadyDecided", "OwnWish"}, (verb, said)
        assert state in {"approved", "declined"}, verb
        assert deeds == (state == "approved"), (verb, said, state)


def test_two_sessions_of_who_requested_it_approve_nothing(live: Live) -> None:
    for verb, said, state, deeds in race(live, REQUESTS, ("ann approves", "ann approves")):
        assert said == ["OwnWish", "OwnWish"], verb
        assert (state, deeds) == ("waiting", 0), verb


@pytest.mark.parametrize("who", [("first", "second"), ("first", "first"), ("first", "again")], ids=" + ".join)
def test_a_secret_is_claimed_once(live: Live, who: tuple[str, ...]) -> None:
    """Also where another link is sent meanwhile: then either that link works or the claim of the earlier one holds."""
    for said, claimed, links in race(live, CLAIMS, who):
        assert said in (["ClaimOver", "done"], ["SecretClaimed", "done"])
        assert links == 1
        assert claimed == 1 or (who[1] == "again" and said == ["ClaimOver", "done"])


@pytest.mark.parametrize("second", ["yes", "no"])
def test_owners_answer_a_question_once(live: Live, second: str) -> None:
    for said, state, contacts in race(live, QUESTIONS, (second,)):
        assert said == ["AnsweredAlready", "done"]
        assert contacts == (state == "yes")
