"""Is this address allowed, and which rule says so?"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants.models import AllowlistEntry, ApiKey, Merchant, Person
from merchants.services import allowlist, keys
from merchants.services.allowlist import Decision, EntryPlan, Proposal, Why
from portal.lib import clock

HERE, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme).key


def ask(merchant: Merchant, key: ApiKey | None = None, address: str = HERE) -> Decision:
    return allowlist.is_allowed(merchant=merchant, key=key, address=ip_address(address))


def listed(merchant: Merchant, network: str, key: ApiKey | None = None, **fields: Any) -> AllowlistEntry:
    return AllowlistEntry.objects.create(merchant=merchant, key=key, network=network, **fields)


def test_an_empty_list_restricts_nothing(acme: Merchant, key: ApiKey) -> None:
    found = ask(acme, key)
    assert found.allowed
    assert [rule.why for rule in found.rules] == [Why.EMPTY, Why.EMPTY]
    assert found.decides.key is None


def test_the_entry_that_allows_it(acme: Merchant, owner: Person) -> None:
    ends = clock.now() + timedelta(days=1)
    listed(acme, "198.51.100.0/24", note="office", owner=owner, expires_at=ends)
    found = ask(acme)
    rule = found.decides
    assert found.allowed
    assert rule.entry == EntryPlan(ip_network("198.51.100.0/24"), "office", ends)
    assert (rule.why, rule.owner, rule.until) == (Why.LISTED, str(owner), ends)


def test_of_several_the_one_that_lasts_longest_then_the_narrowest(acme: Merchant) -> None:
    listed(acme, HERE, expires_at=clock.now() + timedelta(days=1))
    listed(acme, "198.51.100.0/24")
    listed(acme, "198.51.0.0/16")
    entry = ask(acme).decides.entry
    assert entry is not None
    assert str(entry.network) == "198.51.100.0/24"


def test_the_key_refuses_what_the_merchant_allows(acme: Merchant, key: ApiKey) -> None:
    listed(acme, HERE)
    listed(acme, ELSEWHERE, key)
    found = ask(acme, key)
    assert not found.allowed
    assert (found.decides.key, found.decides.why, found.decides.entry) == (key, Why.MISSING, None)
    assert ask(acme).allowed, "under a key without a list of its own"


def test_the_merchant_refuses_before_the_key_does(acme: Merchant, key: ApiKey) -> None:
    listed(acme, ELSEWHERE)
    listed(acme, ELSEWHERE, key)
    assert ask(acme, key).decides.key is None


def test_an_entry_that_has_ended_is_told(acme: Merchant) -> None:
    ended = clock.now() - timedelta(hours=1)
    listed(acme, HERE, expires_at=ended)
    found = ask(acme)
    assert not found.allowed
    assert (found.decides.why, found.decides.until) == (Why.ENDED, None)
    assert found.decides.entry is not None
    assert found.decides.entry.ends == ended


def test_a_list_on_trial_says_until_when_and_then_what_was_before(acme: Merchant) -> None:
    listed(acme, ELSEWHERE)
    saved = allowlist.save_networks(proposal=Proposal(acme, (EntryPlan(ip_network(HERE)),)), by=None, on_trial=True)
    assert saved.trial is not None
    during = ask(acme)
    assert (during.allowed, during.decides.until) == (True, saved.trial.deadline)
    with clock.frozen_at(saved.trial.deadline):
        after = ask(acme)
        assert (after.allowed, after.decides.why, after.decides.until) == (False, Why.MISSING, None)
        assert ask(acme, address=ELSEWHERE).allowed


def test_it_costs_the_same_however_long_the_lists_are(acme: Merchant, key: ApiKey) -> None:
    for last in range(50):
        listed(acme, f"198.51.100.{last}")
        listed(acme, f"198.51.100.{last}", key)
    with CaptureQueriesContext(connection) as queries:
        assert ask(acme, key).allowed
    assert len(queries) <= 6
