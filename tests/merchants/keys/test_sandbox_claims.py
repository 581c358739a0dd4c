"""A sandbox has no people of its own: the owners of its live merchant claim its secrets."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network

import pytest

from merchants import errors
from merchants.models import AllowlistEntry, ApiKey, Merchant, OutgoingEmail, Person
from merchants.services import allowlist, claim_links, email_links, history, keys, sandboxes
from merchants.services.allowlist import EntryPlan, Proposal
from portal.lib import clock
from tests import factories


@pytest.fixture
def tried(acme: Merchant) -> ApiKey:
    """A test key of the live merchant whose list is on trial when the two-person rule begins."""
    key, _ = factories.early_test_key(acme)
    AllowlistEntry.objects.create(merchant=acme, key=key, network="203.0.113.5")
    wish = Proposal(acme, (EntryPlan(ip_network("198.51.100.7")),), key)
    allowlist.save_networks(proposal=wish, by=None, confirmed_code=acme.code, on_trial=True)
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    return key


def created_by(person: Person, merchant: Merchant) -> Merchant:
    with history.act_as(door="/operator/acme/keys/", person=person):
        return sandboxes.create_sandbox(merchant=merchant)


def test_an_owner_of_the_live_merchant_claims_and_its_owners_are_told(
    acme: Merchant, owner: Person, support: Person
) -> None:
    other = factories.member(acme, "owner", email="second@acme.test")
    sandbox = factories.sandbox(acme)
    secret = keys.issue_key(merchant=sandbox, environment="test").row
    claim = claim_links.send_link(secret=secret, by=support)
    asked = OutgoingEmail.objects.filter(template="secret_claim").values_list("to", flat=True)
    assert set(asked) == {owner.email, other.email}
    token = email_links.claim_token(claim)
    outsider = factories.member(factories.merchant(), "owner")
    with pytest.raises(errors.ClaimOver):
        claim_links.claim_secret(merchant=sandbox, said=token, by=outsider)
    assert claim_links.claim_secret(merchant=sandbox, said=token, by=owner).row == secret
    what = f"has version 1 of its secret claimed by {owner.email}"
    told = OutgoingEmail.objects.filter(template="key_changed", context__what=what).values_list("to", flat=True)
    assert set(told) == {owner.email, other.email}


def test_a_list_on_trial_waits_for_its_deadline_where_two_people_decide(
    acme: Merchant, tried: ApiKey, support: Person
) -> None:
    with pytest.raises(errors.ListOnTrial):
        created_by(support, acme)
    assert not Merchant.objects.filter(sandbox_of=acme).exists()
    with clock.frozen_at(clock.now() + timedelta(minutes=11)):
        sandbox = created_by(support, acme)
    entry = AllowlistEntry.objects.get(key=tried)
    assert (entry.merchant, str(entry.network)) == (sandbox, "203.0.113.5/32")
    assert tried.trials.get().state == "reverted"
