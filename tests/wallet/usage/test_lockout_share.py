"""The lock-out check also counts calls: a list that would refuse a tenth of them needs the merchant's code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from merchants import errors
from merchants.models import AllowlistEntry, Merchant, Secret
from merchants.services import allowlist, keys
from merchants.services.allowlist import EntryPlan
from portal.lib import clock
from portal.lib.clientip import parse_networks
from tests import factories
from tests.signing import Signer
from tests.wallet.usage.test_rehearsal import NOW, called, proposal

SERVER, OTHER, THIRD = "198.51.100.1", "198.51.100.2", "203.0.113.9"


@pytest.fixture
def signer(acme: Merchant) -> Iterator[Signer]:
    with clock.frozen_at(NOW):
        yield factories.signer(acme)


@pytest.mark.parametrize(("refused", "asked"), [(93, True), (10, True), (9, False)])
def test_a_tenth_of_the_calls_wants_the_code(acme: Merchant, signer: Signer, refused: int, asked: bool) -> None:
    called(signer, SERVER, days_ago=0.5, times=100 - refused)
    called(signer, OTHER, days_ago=0.5, times=refused)
    found = allowlist.network_lockout(proposal(acme, SERVER))
    assert (found is not None) == asked
    if found is not None:
        assert found.who == (OTHER,)
        assert found.summary == (f"{refused} of 100 requests ({refused} %) with a valid signature in the last 24 hours")
        with pytest.raises(errors.LockOut, match="type the merchant's code"):
            allowlist.save_networks(proposal=proposal(acme, SERVER), by=None)
        assert not AllowlistEntry.objects.exists()
    allowlist.save_networks(proposal=proposal(acme, SERVER), by=None, confirmed_code="acme")


def test_a_week_is_asked_too(acme: Merchant, signer: Signer) -> None:
    called(signer, SERVER, days_ago=0.5)
    called(signer, OTHER, days_ago=6, times=2)
    called(signer, THIRD, days_ago=8, times=50)
    found = allowlist.network_lockout(proposal(acme, SERVER))
    assert found is not None
    assert found.summary == "2 of 3 requests (66 %) with a valid signature in the last 7 days"
    assert allowlist.network_lockout(proposal(acme, SERVER, OTHER)) is None


def test_what_is_refused_already_asks_nobody_again(acme: Merchant, signer: Signer) -> None:
    called(signer, SERVER, days_ago=0.5)
    called(signer, OTHER, days_ago=0.5)
    allowlist.save_networks(proposal=proposal(acme, SERVER), by=None, confirmed_code="acme")
    assert allowlist.network_lockout(proposal(acme, SERVER, THIRD)) is None


def test_calls_under_a_revoked_key_do_not_count(acme: Merchant, signer: Signer) -> None:
    called(signer, SERVER, days_ago=0.5)
    gone = factories.signer(acme)
    called(gone, OTHER, days_ago=0.5, times=9)
    assert allowlist.network_lockout(proposal(acme, SERVER)) is not None
    keys.revoke_key(key=Secret.objects.select_related("key").get(key__auth_key=gone.auth_key).key)
    assert allowlist.network_lockout(proposal(acme, SERVER)) is None


def test_an_entry_that_expires_within_a_day_counts_as_expired(acme: Merchant, signer: Signer) -> None:
    called(signer, SERVER, days_ago=0.5, times=8)
    called(signer, OTHER, days_ago=0.5, times=2)
    soon = EntryPlan(parse_networks([OTHER])[0], ends=NOW + timedelta(hours=1))
    wish = allowlist.Proposal(acme, (EntryPlan(parse_networks([SERVER])[0]), soon))
    found = allowlist.network_lockout(wish)
    assert found is not None
    assert (found.when, found.who) == ("ended", (OTHER,))
