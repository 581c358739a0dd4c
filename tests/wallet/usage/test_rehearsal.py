"""A list played against traffic: the same as if all those calls came again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, ip_address, ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from merchants.models import AllowlistEntry, ApiKey, Merchant, Secret
from merchants.services import allowlist, credentials
from merchants.services.allowlist import EntryPlan, NotAllowed, Proposal
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Signer
from wallet import statuses
from wallet.models import Watermark
from wallet.services.calls import signed
from wallet.services.log import request_log
from wallet.services.usage import rehearsal, usage_rollup
from wallet.services.usage.rehearsal import Rehearsal

NOW = datetime(2026, 3, 20, 12, 30, tzinfo=UTC)
ADDRESSES = [*(f"198.51.100.{last}" for last in range(4)), "2001:db8::1"]
OFFICE, STRANGER = "198.51.100.1", "203.0.113.9"


def called(
    signer: Signer, address: str, *, days_ago: float = 1, endpoint: str = "/wallet/balance", times: int = 1
) -> None:
    """In the log, as if that had been taken."""
    secret = Secret.objects.select_related("key").get(key__auth_key=signer.auth_key)
    for _ in range(times):
        request_log.add_line(
            request_log.LogLine(
                request_id=uuid4(),
                created_at=NOW - timedelta(days=days_ago),
                address=ip_address(address),
                address_source="socket",
                method="POST",
                endpoint=endpoint,
                merchant_id=secret.key.merchant_id,
                secret_id=secret.pk,
                http_status=200,
                status="RS_OK",
            )
        )
    request_log.drain_lines()


def proposal(merchant: Merchant, *networks: str, key: ApiKey | None = None) -> Proposal:
    return Proposal(merchant, tuple(EntryPlan(ip_network(network)) for network in networks), key)


def rehearsed(wish: Proposal, days: int = 7) -> Rehearsal:
    with clock.frozen_at(NOW):
        return rehearsal.rehearse(wish, days=days)


@pytest.fixture
def signer(acme: Merchant) -> Signer:
    return factories.signer(acme)


@pytest.mark.parametrize("summed_up", [False, True])
def test_how_many_of_how_many_from_where_when_and_to_what(acme: Merchant, signer: Signer, summed_up: bool) -> None:
    called(signer, OFFICE, times=5)
    called(signer, STRANGER, days_ago=2, endpoint="/wallet/transaction/bet", times=3)
    called(signer, STRANGER, days_ago=0.01, endpoint="/wallet/balance")
    if summed_up:
        usage_rollup.sum_up(Watermark.Source.CALLS)
    found = rehearsed(proposal(acme, "198.51.100.0/24"))
    assert (found.refused, found.calls) == (4, 9)
    [stranger] = found.refused_addresses
    assert (str(stranger.address), stranger.calls, stranger.main_endpoint) == (STRANGER, 4, "/wallet/transaction/bet")
    assert stranger.endpoints == {"/wallet/transaction/bet": 3, "/wallet/balance": 1}
    assert stranger.last_at == found.last_at == NOW - timedelta(days=0.01)
    assert [str(allowed.address) for allowed in found.allowed_addresses] == [OFFICE]


def test_only_the_last_days_count(acme: Merchant, signer: Signer) -> None:
    for days_ago in (6.999, 7.001, 29.999, 30.001):
        called(signer, OFFICE, days_ago=days_ago)
    found = {days: rehearsed(proposal(acme, STRANGER), days) for days in rehearsal.DAYS}
    assert {days: (each.refused, each.calls) for days, each in found.items()} == {7: (1, 1), 30: (3, 3)}


def test_a_list_of_a_key_is_played_against_calls_under_that_key(acme: Merchant, signer: Signer) -> None:
    other = factories.signer(acme)
    called(signer, OFFICE)
    called(other, OFFICE)
    key = ApiKey.objects.get(auth_key=signer.auth_key)
    found = rehearsed(proposal(acme, STRANGER, key=key))
    assert (found.refused, found.calls) == (1, 1)
    with pytest.raises(NotAllowed):
        proposal(factories.merchant(), STRANGER, key=key)


def test_the_other_list_counts_as_well(acme: Merchant, signer: Signer) -> None:
    key = ApiKey.objects.get(auth_key=signer.auth_key)
    AllowlistEntry.objects.create(merchant=acme, key=key, network=OFFICE)
    called(signer, OFFICE)
    called(signer, STRANGER)
    assert rehearsed(proposal(acme)).refused == 1
    assert rehearsed(proposal(acme, STRANGER)).refused == 2


def test_calls_of_others_are_not_looked_at(acme: Merchant, rival_caller: Caller) -> None:
    request_log.drain_lines()
    assert rehearsal.rehearse(proposal(acme, STRANGER)).calls == 0


def test_calls_that_were_not_rightly_signed_are_not_counted(caller: Caller) -> None:
    caller.call("/wallet/balance", {}, x_signature="0" * 64)
    request_log.drain_lines()
    assert rehearsal.rehearse(proposal(caller.merchant, STRANGER)).calls == 2, "the deposit and the launch"


# --- the same as life -------------------------------------------------------------------------------------------------
BLOCKS = some.sampled_from(ADDRESSES).flatmap(
    lambda address: some.integers(28 if "." in address else 120, 32 if "." in address else 128).map(
        lambda prefix: ip_network(f"{address}/{prefix}", strict=False)
    )
)
ENDS = some.sampled_from([None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1)])
LISTS = some.dictionaries(BLOCKS, ENDS, max_size=3)
CALLS = some.lists(some.tuples(some.integers(0, 1), some.sampled_from(ADDRESSES)), max_size=12)


def write(merchant: Merchant, key: ApiKey | None, entries: dict[IPv4Network, datetime | None]) -> None:
    AllowlistEntry.objects.filter(merchant=merchant, key=key).delete()
    for network, ends in entries.items():
        AllowlistEntry.objects.create(merchant=merchant, key=key, network=network, expires_at=ends)


def judged(signer: Signer, address: str) -> bool:
    """As a call that comes in now; whether it is taken."""
    headers = signer.sign(b"{}", timestamp=str(int(NOW.timestamp() * 1000)))
    try:
        signed.judge_call(signed.Signed(headers, b"{}", ip_address(address), uuid4()))
    except statuses.IpRestriction:
        return False
    return True


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of_merchant=LISTS, of_keys=some.tuples(LISTS, LISTS), wish=LISTS, whose=some.sampled_from([None, 0, 1]), calls=CALLS
)
def test_the_rehearsal_is_what_would_happen(
    acme: Merchant, of_merchant: Any, of_keys: Any, wish: Any, whose: int | None, calls: list[tuple[int, str]]
) -> None:
    with transaction.atomic(), clock.frozen_at(NOW):
        with clock.frozen_at(NOW - timedelta(days=9)):
            signers = [factories.signer(acme) for _ in of_keys]
        owners = [ApiKey.objects.get(auth_key=signer.auth_key) for signer in signers]
        write(acme, None, of_merchant)
        for owner, entries in zip(owners, of_keys, strict=True):
            write(acme, owner, entries)
        for number, address in calls:
            called(signers[number], address)
        key = None if whose is None else owners[whose]
        lines = tuple(EntryPlan(network, ends=ends) for network, ends in wish.items())
        found = rehearsal.rehearse(Proposal(acme, lines, key))

        write(acme, key, wish)
        credentials.forget_credentials()
        played = [(judged(signers[n], address), address) for n, address in calls if whose in {None, n}]
        assert Counter({str(each.address): each.calls for each in found.refused_addresses}) == Counter(
            address for taken, address in played if not taken
        )
        assert Counter({str(each.address): each.calls for each in found.allowed_addresses}) == Counter(
            address for taken, address in played if taken
        )
        for n, address in calls:
            decision = allowlist.is_allowed(merchant=acme, key=owners[n], address=ip_address(address))
            assert decision.allowed == judged(signers[n], address) == all(rule.allows for rule in decision.rules)
        transaction.set_rollback(True)


# --- suggest ----------------------------------------------------------------------------------------------------------
def suggested(merchant: Merchant, **wish: Any) -> list[str]:
    with clock.frozen_at(NOW):
        return [line.name for line in rehearsal.suggest_list(merchant=merchant, **wish).proposal.lines]


def test_it_suggests_the_addresses_that_were_seen(acme: Merchant, signer: Signer) -> None:
    for address in ("198.51.100.4", "198.51.100.5", "198.51.100.7", "2001:db8::1"):
        called(signer, address)
    called(signer, STRANGER, days_ago=20)
    assert suggested(acme) == ["198.51.100.4/31", "198.51.100.7/32", "2001:db8::1/128"]
    assert suggested(acme, most=2) == ["198.51.100.4/30", "2001:db8::1/128"]
    assert f"{STRANGER}/32" in suggested(acme, days=30)


def test_what_it_suggests_refuses_nothing(acme: Merchant, signer: Signer) -> None:
    for address in ADDRESSES:
        called(signer, address, times=2)
    with clock.frozen_at(NOW):
        found = rehearsal.suggest_list(merchant=acme, most=2)
        assert (found.calls, found.addresses) == (10, 5)
        assert rehearsal.rehearse(found.proposal).refused == 0
    assert found.proposal.lines[0].note == "From traffic: 8 requests from 4 addresses in 7 days"


def test_it_says_when_there_was_nothing(acme: Merchant) -> None:
    with pytest.raises(rehearsal.NoTraffic, match="last 7 days"):
        rehearsal.suggest_list(merchant=acme)


def test_it_says_when_that_would_be_too_many(acme: Merchant, signer: Signer) -> None:
    for number in range(101):
        called(signer, f"198.51.{number}.1")
    with clock.frozen_at(NOW), pytest.raises(rehearsal.TooManyAddresses, match="101 entries"):
        rehearsal.suggest_list(merchant=acme)
    assert len(suggested(acme, most=100)) == 100


def test_it_leaves_out_what_may_not_stand(acme: Merchant, signer: Signer, settings: Any) -> None:
    settings.ALLOWLIST_PRIVATE = False
    called(signer, "10.0.0.1")
    called(signer, "93.184.216.34")
    with clock.frozen_at(NOW):
        found = rehearsal.suggest_list(merchant=acme)
    assert [line.name for line in found.proposal.lines] == ["93.184.216.34/32"]
    assert [str(each.address) for each in found.left_out] == ["10.0.0.1"]
