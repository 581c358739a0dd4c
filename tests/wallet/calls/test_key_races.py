"""Two people press at once: one of them wins, the other is told why in a sentence, and nobody waits in a ring."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plugins.live import Live

ROUNDS = 12
# Runs in a process of its own against the live portal's database; each thread has a connection of its own.
SCRIPT = """
import json, threading
from datetime import timedelta
from allauth.mfa.models import Authenticator
from django.db import connection
from merchants import errors
from merchants.models import AllowlistEntry, ApiKey, Approval, Compromise, Merchant, Person, Secret
from merchants.services import approvals, compromise, expiry, keys, merchants, sealing
from portal.lib import clock
from tests.people import give_totp

race, rounds = json.loads(TOLD), ROUNDS
HOUR = timedelta(hours=1)
ann, _ = Person.objects.get_or_create(email="ann@race.test")
bob, _ = Person.objects.get_or_create(email="bob@race.test")
eve, _ = Person.objects.get_or_create(email="eve@race.test")
for approver in (bob, eve):
    if not Authenticator.objects.filter(user=approver).exists():
        give_totp(approver)


def old(key):
    return Secret.objects.select_related("key").get(key=key, version=1)


def declare(key, response):
    compromise.declare_compromise(key=key, response=response, reason="race", exposed_since=clock.now() - HOUR, by=ann,
                       expected_version=1 + race["overlap"])  # as the page showed it


def list_an_address(key, number):
    AllowlistEntry.objects.create(merchant=key.merchant, key=key, network=f"52.0.{number % 250}.1/32")


def approval(key):
    return Approval.objects.get(key=key)


VERBS = {
    "rotate": lambda key, n: keys.rotate_secret(key=key, expected_version=1),
    "revoke": lambda key, n: keys.revoke_key(key=key),
    "replace": lambda key, n: keys.replace_secrets(key=key, expected_version=1),
    "extend": lambda key, n: keys.extend_overlap(secret=old(key), until=clock.now() + timedelta(days=3)),
    "end": lambda key, n: keys.end_overlap(secret=old(key)),
    "quarantine": lambda key, n: keys.quarantine_key(key=key),
    "leak_rotate": lambda key, n: declare(key, "rotate"),
    "leak_revoke": lambda key, n: declare(key, "revoke"),
    "leak_quarantine": lambda key, n: declare(key, "quarantine"),
    "list": list_an_address,
    "rewrap": lambda key, n: [sealing.rewrap_one(s, sealing.Progress()) for s in Secret.objects.filter(key=key)],
    "remind": lambda key, n: expiry.remind_of_key(key.pk),
    "ask": lambda key, n: approvals.ask_to_rotate(key=key, by=ann, reason="race"),
    "approve_bob": lambda key, n: approvals.approve_request(approval=approval(key), by=bob),
    "approve_eve": lambda key, n: approvals.approve_request(approval=approval(key), by=eve),
    "decline": lambda key, n: approvals.decline_request(approval=approval(key), by=eve),
    "issue": lambda key, n: keys.issue_key(merchant=key.merchant),
    "close": lambda key, n: merchants.set_status(merchant=key.merchant, status="closed"),
}


def run(verb, key, number, gate, said):
    try:
        gate.wait(10)
        VERBS[verb](ApiKey.objects.select_related("merchant").get(pk=key.pk), number)
        said.append([verb, "done"])
    except errors.Refusal as refused:
        said.append([verb, type(refused).__name__])
    except Exception as fault:
        said.append([verb, "FAULT " + repr(fault)[:300]])
    finally:
        connection.close()


found = []
for number in range(rounds):
    merchant = Merchant.objects.create(code="race-" + clock.now().strftime("%H%M%S%f"), name="Race")
    key = keys.issue_key(merchant=merchant, expires_at=clock.now() + timedelta(days=20)).key
    if race["overlap"]:
        keys.rotate_secret(key=key)
    if race["two_person"]:
        Merchant.objects.filter(pk=merchant.pk).update(two_person=True)
    if race["asked"]:
        approvals.ask_to_rotate(key=key, by=ann, reason="race")
    gate, said = threading.Barrier(len(race["verbs"])), []
    crowd = [threading.Thread(target=run, args=(verb, key, 10 * number + place, gate, said))
             for place, verb in enumerate(race["verbs"])]
    [each.start() for each in crowd]
    [each.join(30) for each in crowd]
    live = Secret.objects.usable(at=clock.now()).filter(key=key).count()
    found.append({"said": sorted(said), "live": live, "versions": key.secrets.count(),
                  "cases": Compromise.objects.filter(key=key).count()})
print("FOUND " + json.dumps(found))
"""


def race(live: Live, *verbs: str, overlap: bool = False, asked: bool = False) -> list[dict[str, Any]]:
    told = {"verbs": verbs, "overlap": overlap, "asked": asked, "two_person": asked}
    script = SCRIPT.replace("TOLD", repr(json.dumps(told))).replace("ROUNDS", str(ROUNDS))
    done = live.manage("shell", "--no-imports", "-c", script)
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(lines[0].removeprefix("FOUND "))
    faults = [said for each in found for said in each["said"] if said[1].startswith("FAULT")]
    assert not faults, faults
    assert all(len(each["said"]) == len(verbs) for each in found), found
    return found


def winners(each: dict[str, Any]) -> int:
    return sum(outcome == "done" for _, outcome in each["said"])


@pytest.mark.parametrize(
    "verbs",
    [
        ("rotate", "rotate", "rotate"),
        ("rotate", "replace", "leak_rotate"),
        ("leak_revoke", "leak_revoke", "replace"),
        ("leak_quarantine", "leak_quarantine"),
    ],
    ids="+".join,
)
def test_of_those_who_want_the_next_version_one_gets_it(live: Live, verbs: tuple[str, ...]) -> None:
    for each in race(live, *verbs):
        assert winners(each) == 1, each


@pytest.mark.parametrize(
    ("verbs", "overlap"),
    [
        (("rotate", "revoke", "quarantine", "rewrap", "remind"), False),
        (("extend", "end", "rewrap"), True),
        (("end", "end", "replace"), True),
        (("issue", "close", "issue"), False),
    ],
    ids=str,
)
def test_verbs_that_meet_never_end_in_an_error(live: Live, verbs: tuple[str, ...], *, overlap: bool) -> None:
    for each in race(live, *verbs, overlap=overlap):
        assert each["live"] <= 2, each


@pytest.mark.parametrize("verb", ["rotate", "replace", "leak_quarantine", "revoke"])
def test_a_verb_meets_people_who_write_the_lists_of_its_key(live: Live, verb: str) -> None:
    for each in race(live, verb, *["list"] * 6):
        assert winners(each) == 7, each


@pytest.mark.parametrize(
    "verbs", [("approve_bob", "approve_eve"), ("approve_bob", "decline"), ("approve_bob", "ask", "approve_eve")]
)
def test_what_waits_is_decided_once(live: Live, verbs: tuple[str, ...]) -> None:
    for each in race(live, *verbs, asked=True):
        assert winners(each) in ({1, 2} if "ask" in verbs else {1}), each
        assert each["versions"] <= 2


@pytest.mark.parametrize("response", ["leak_revoke", "leak_quarantine"])
def test_an_emergency_meets_who_decides_what_waited_before_it(live: Live, response: str) -> None:
    """Either comes first, and neither waits for the other in a ring; the new secret waits for a second person."""
    for each in race(live, "approve_bob", response, "decline", asked=True):
        assert [response, "done"] in each["said"] or [response, "StalePage"] in each["said"], each
        assert each["versions"] <= 2, each
