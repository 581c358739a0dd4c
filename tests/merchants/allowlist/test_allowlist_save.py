"""A list is saved: only what differs, not over somebody else's change, and not against all who call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from merchants import errors
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant, Person, SeenAddress, SeenOrigin
from merchants.services import allowlist, history, keys
from merchants.services.allowlist import DomainLine, EntryPlan, NotAllowed, Proposal
from portal.lib import clock
from tests import factories
from tests.plugins.database_role import as_superuser

OFFICE, CLOUD, HOME = "198.51.100.7", "203.0.113.0/24", "2001:db8::1"


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme).key


@pytest.fixture
def standing(acme: Merchant, owner: Person) -> int:
    """The office and the cloud stand on the merchant's list; the version of it."""
    with history.act_as(door="set-up", person=owner):
        allowlist.save_networks(proposal=proposal(acme, OFFICE, CLOUD), by=owner)
    return allowlist.list_version(acme, None)


def proposal(merchant: Merchant, *wanted: str | EntryPlan, key: ApiKey | None = None) -> Proposal:
    lines = [line if isinstance(line, EntryPlan) else EntryPlan(ip_network(line)) for line in wanted]
    return Proposal(merchant, tuple(lines), key)


def rows() -> dict[str, AllowlistEntry]:
    return {
        str(entry.network).removesuffix("/32").removesuffix("/128"): entry for entry in AllowlistEntry.objects.all()
    }


def test_only_what_differs_is_written(acme: Merchant, standing: int, owner: Person, viewer: Person) -> None:
    before = rows()
    ends = clock.now() + timedelta(days=1)
    saved = allowlist.save_networks(
        proposal=proposal(acme, OFFICE, EntryPlan(ip_network(CLOUD), "burst", ends), HOME), by=viewer, expected=standing
    )
    after = rows()
    assert saved.changed
    assert (after[OFFICE].pk, after[OFFICE].owner) == (before[OFFICE].pk, owner)
    assert (after[CLOUD].pk, after[CLOUD].owner, after[CLOUD].note, after[CLOUD].expires_at) == (
        before[CLOUD].pk,
        owner,
        "burst",
        ends,
    )
    assert after[HOME].owner == viewer
    events = QueryOf(AllowlistEntry).since(standing)
    assert events == [("update", CLOUD), ("insert", f"{HOME}/128")]


class QueryOf:
    def __init__(self, model: Any) -> None:
        self.events = model.pgh_event_model.objects.order_by("pgh_id")

    def since(self, version: int) -> list[tuple[str, str]]:
        return [(event.pgh_label, str(event.network)) for event in self.events.filter(pgh_id__gt=version)]


def test_the_same_list_again_changes_nothing(acme: Merchant, standing: int, viewer: Person) -> None:
    assert not allowlist.save_networks(proposal=proposal(acme, CLOUD, OFFICE), by=viewer).changed
    assert allowlist.list_version(acme, None) == standing


def test_an_empty_list_restricts_nothing_any_more(acme: Merchant, standing: int) -> None:
    allowlist.save_networks(proposal=proposal(acme), by=None, expected=standing)
    assert not rows()


def test_a_full_list_can_be_exchanged_for_another(acme: Merchant) -> None:
    for net in ("198.51.100", "203.0.113"):
        allowlist.save_networks(proposal=proposal(acme, *(f"{net}.{last}" for last in range(100))), by=None)
    assert {name.rpartition(".")[0] for name in rows()} == {"203.0.113"}
    with pytest.raises(NotAllowed, match="at most 100"):
        proposal(acme, *(f"198.51.100.{last}" for last in range(101)))


def test_saving_costs_the_same_however_long_the_list_is(acme: Merchant) -> None:
    with CaptureQueriesContext(connection) as queries:
        allowlist.save_networks(proposal=proposal(acme, *(f"198.51.100.{last}" for last in range(100))), by=None)
    assert len(queries) <= 32, [query["sql"][:90] for query in queries]


def test_the_reason_stands_in_the_history(acme: Merchant, owner: Person) -> None:
    with history.act_as(door="page", person=owner):
        allowlist.save_networks(proposal=proposal(acme, OFFICE), by=owner, reason="New office")
    entry = history.timeline(acme, kind="lists")[0]
    assert (entry.who, entry.reason, entry.title) == (
        owner.email,
        "New office",
        f"{OFFICE}/32 added to the merchant’s IP allowlist",
    )


# --- two at once ------------------------------------------------------------------------------------------------------
def test_the_second_is_told_what_the_first_did(acme: Merchant, standing: int, owner: Person, viewer: Person) -> None:
    with history.act_as(door="page", person=owner):
        allowlist.save_networks(proposal=proposal(acme, CLOUD, HOME), by=owner, expected=standing)
    with pytest.raises(errors.ListChanged) as refused:
        allowlist.save_networks(proposal=proposal(acme, OFFICE), by=viewer, expected=standing)
    assert [(change.name, change.verb, change.who) for change in refused.value.changes] == [
        (f"{OFFICE}/32", "removed", owner.email),
        (f"{HOME}/128", "added", owner.email),
    ]
    assert f"{HOME}/128 added by {owner.email}" in str(refused.value)
    assert set(rows()) == {CLOUD, HOME}


def test_who_has_looked_again_may_save(acme: Merchant, standing: int) -> None:
    AllowlistEntry.objects.filter(network=CLOUD).update(note="burst")
    with pytest.raises(errors.ListChanged, match=f"{CLOUD} changed by"):
        allowlist.save_networks(proposal=proposal(acme, OFFICE), by=None, expected=standing)
    allowlist.save_networks(proposal=proposal(acme, OFFICE), by=None, expected=allowlist.list_version(acme, None))
    assert set(rows()) == {OFFICE}


def test_other_lists_and_people_who_left_change_no_version_that_matters(
    acme: Merchant, standing: int, key: ApiKey, rival: Merchant, owner: Person
) -> None:
    allowlist.save_networks(proposal=proposal(acme, HOME, key=key), by=None)
    allowlist.save_networks(proposal=proposal(rival, HOME), by=None)
    with as_superuser():
        owner.delete()
    assert allowlist.save_networks(proposal=proposal(acme, OFFICE), by=None, expected=standing).changed


def test_a_list_that_was_never_written_has_a_version_too(acme: Merchant, key: ApiKey) -> None:
    assert allowlist.list_version(acme, key) == 0
    allowlist.save_networks(proposal=proposal(acme, OFFICE, key=key), by=None, expected=0)
    with pytest.raises(errors.ListChanged):
        allowlist.save_networks(proposal=proposal(acme, HOME, key=key), by=None, expected=0)


# --- what may not stand -----------------------------------------------------------------------------------------------
WRONG: dict[str, Callable[[], list[str | EntryPlan]]] = {
    "too wide": lambda: ["0.0.0.0/0"],
    "no address of a caller": lambda: ["224.0.0.1"],
    "private": lambda: ["10.0.0.1"],
    "an end that has passed": lambda: [EntryPlan(ip_network(HOME), ends=clock.now() - timedelta(seconds=1))],
}


@pytest.mark.parametrize("lines", WRONG.values(), ids=WRONG)
def test_whatever_way_it_came_it_is_refused(
    acme: Merchant, standing: int, lines: Callable[[], list[str | EntryPlan]], settings: Any
) -> None:
    settings.ALLOWLIST_PRIVATE = False
    with pytest.raises((NotAllowed, errors.MomentPassed)):
        allowlist.save_networks(proposal=proposal(acme, OFFICE, *lines()), by=None)
    assert set(rows()) == {OFFICE, CLOUD}


def test_what_stands_already_may_stay(acme: Merchant) -> None:
    ended = clock.now() - timedelta(days=1)
    entry = AllowlistEntry.objects.create(merchant=acme, network=OFFICE, expires_at=ended)
    allowlist.save_networks(proposal=proposal(acme, EntryPlan(ip_network(OFFICE), ends=ended), CLOUD), by=None)
    assert rows()[OFFICE].pk == entry.pk


# --- the guard --------------------------------------------------------------------------------------------------------
def seen(key: ApiKey, address: str, hours_ago: float = 1) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    SeenAddress.objects.create(key=key, address=address, first_seen_at=at, last_seen_at=at)


def test_who_would_lock_all_out_types_the_merchants_code(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE)
    seen(key, HOME)
    wish = proposal(acme, CLOUD)
    assert allowlist.would_lock_out(wish)
    for typed in ("", "ACME", "yes"):
        with pytest.raises(errors.LockOut, match="all 2 addresses"):
            allowlist.save_networks(proposal=wish, by=None, confirmed_code=typed)
    assert not rows()
    allowlist.save_networks(proposal=wish, by=None, confirmed_code=" acme ")
    assert set(rows()) == {CLOUD}


def test_one_address_that_stays_is_enough(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE)
    seen(key, HOME)
    assert not allowlist.would_lock_out(proposal(acme, HOME))


def test_an_empty_list_and_a_merchant_whom_nobody_calls_lock_nobody_out(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE, hours_ago=24.1)
    assert not allowlist.would_lock_out(proposal(acme, CLOUD))
    seen(key, HOME)
    assert not allowlist.would_lock_out(proposal(acme))


def test_an_entry_that_has_ended_allows_nobody(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE)
    ended = clock.now() - timedelta(days=1)
    assert allowlist.would_lock_out(proposal(acme, EntryPlan(ip_network(OFFICE), ends=ended)))


@pytest.mark.parametrize(("hours", "when"), [(1, "ended"), (24, "ended"), (24.1, None)])
def test_an_entry_that_ends_soon_lets_nobody_in_for_long(
    acme: Merchant, key: ApiKey, hours: float, when: str | None
) -> None:
    seen(key, OFFICE)
    now = clock.now()
    wish = proposal(acme, EntryPlan(ip_network(OFFICE), ends=now + timedelta(hours=hours)), CLOUD)
    with clock.frozen_at(now):
        found = allowlist.network_lockout(wish)
    assert (found and found.when) == when


@pytest.mark.parametrize("allowed", [OFFICE, CLOUD])
def test_test_keys_speak_for_no_live_one(acme: Merchant, key: ApiKey, allowed: str) -> None:
    """Neither one from before there was a sandbox, which is refused anyway, nor one of the sandbox."""
    seen(factories.early_test_key(acme)[0], OFFICE)
    seen(key, HOME)
    found = allowlist.network_lockout(proposal(acme, allowed))
    assert found is not None
    assert (found.environment, found.who) == ("live", (HOME,))
    with pytest.raises(errors.LockOut, match="sent correctly signed requests with live keys"):
        allowlist.save_networks(proposal=proposal(acme, allowed), by=None)
    assert not allowlist.would_lock_out(proposal(acme, HOME))


def test_the_sandbox_is_guarded_by_its_own_calls(acme: Merchant, key: ApiKey) -> None:
    sandbox = factories.sandbox(acme)
    seen(key, HOME)
    seen(keys.issue_key(merchant=acme, environment="test").key, OFFICE)
    assert not allowlist.would_lock_out(proposal(sandbox, OFFICE))
    found = allowlist.network_lockout(proposal(sandbox, HOME))
    assert found is not None
    assert (found.environment, found.who) == ("test", (OFFICE,))


# --- a list as a whole ------------------------------------------------------------------------------------------------
PIECES = {
    "half of everybody": [f"{number}.0.0.0/8" for number in range(1, 100)],
    "three of the widest": ["3.0.0.0/8", "9.0.0.0/8", "52.0.0.0/8"],
    "two of the widest and an address": ["3.0.0.0/8", "9.0.0.0/8", "192.0.2.1/32"],
    "all that is given out of IPv6": [f"{number:x}::/16" for number in range(0x2400, 0x2410)],
}
FIT = {
    "two of the widest": ["3.0.0.0/8", "9.0.0.0/8"],
    "what stands in another counts once": ["3.0.0.0/8", "9.0.0.0/8", "3.0.0.0/9", "9.1.2.3/32"],
    "each family by itself": ["3.0.0.0/8", "9.0.0.0/8", "2400::/16", "2600::/16"],
}


@pytest.mark.parametrize("networks", PIECES.values(), ids=PIECES)
def test_everybody_in_many_pieces_is_everybody(acme: Merchant, networks: list[str]) -> None:
    with pytest.raises(NotAllowed, match="can contain at most"):
        proposal(acme, *networks)
    with pytest.raises(IntegrityError, match="at most as many addresses"), transaction.atomic():
        AllowlistEntry.objects.bulk_create(AllowlistEntry(merchant=acme, network=network) for network in networks)


@pytest.mark.parametrize("networks", FIT.values(), ids=FIT)
def test_a_wide_list_may_stand(acme: Merchant, key: ApiKey, networks: list[str]) -> None:
    """The merchant's list and each key's are measured apart: an address must be on both."""
    allowlist.save_networks(proposal=proposal(acme, *networks), by=None, confirmed_code="acme")
    allowlist.save_networks(proposal=proposal(acme, *networks, key=key), by=None, confirmed_code="acme")
    assert AllowlistEntry.objects.count() == 2 * len(networks)


def test_an_entry_is_not_moved_to_where_it_is_too_much(acme: Merchant) -> None:
    for network in ("3.0.0.0/8", "9.0.0.0/8", "9.1.0.0/16"):
        AllowlistEntry.objects.create(merchant=acme, network=network)
    with pytest.raises(IntegrityError, match="at most as many addresses"), transaction.atomic():
        AllowlistEntry.objects.filter(network="9.1.0.0/16").update(network="52.1.0.0/16")


def test_the_other_list_counts(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE)
    AllowlistEntry.objects.create(merchant=acme, key=key, network=OFFICE)
    assert not allowlist.would_lock_out(proposal(acme, OFFICE))
    AllowlistEntry.objects.update(network=HOME)
    assert allowlist.would_lock_out(proposal(acme, OFFICE))


def test_a_list_of_a_key_is_held_against_its_own_callers(acme: Merchant, key: ApiKey) -> None:
    other = keys.issue_key(merchant=acme).key
    seen(key, OFFICE)
    seen(other, HOME)
    assert allowlist.would_lock_out(proposal(acme, HOME, key=key))
    assert not allowlist.would_lock_out(proposal(acme, HOME, key=other))


def test_the_only_address_of_a_live_key_wants_the_code_though_others_stay(acme: Merchant, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(label="Riga")
    seen(key, OFFICE)
    seen(keys.issue_key(merchant=acme).key, HOME)
    with pytest.raises(errors.LockOut, match=r"the only address that sent .* with the key Riga in the last 24 hours"):
        allowlist.save_networks(proposal=proposal(acme, HOME), by=None)
    seen(key, "203.0.113.4")
    assert not allowlist.would_lock_out(proposal(acme, HOME, CLOUD)), "another of its addresses stays"
    AllowlistEntry.objects.create(merchant=acme, network=HOME)
    assert not allowlist.would_lock_out(proposal(acme, HOME, "192.0.2.1")), "it is refused already"


def test_callers_under_a_revoked_key_are_locked_out_anyway(acme: Merchant, key: ApiKey) -> None:
    seen(key, OFFICE)
    gone = keys.issue_key(merchant=acme).key
    seen(gone, HOME)
    assert not allowlist.would_lock_out(proposal(acme, HOME, OFFICE))
    keys.revoke_key(key=gone)
    assert allowlist.would_lock_out(proposal(acme, HOME))


# --- domains ----------------------------------------------------------------------------------------------------------
def test_domains_likewise(acme: Merchant, owner: Person) -> None:
    allowlist.save_domains(merchant=acme, lines=[DomainLine("casino.example"), DomainLine("bets.example")])
    stays = AllowedDomain.objects.get(domain="casino.example")
    version = allowlist.domain_list_version(acme)
    with history.act_as(door="page", person=owner):
        allowlist.save_domains(
            merchant=acme, lines=[DomainLine("casino.example", "main"), DomainLine("new.example")], expected=version
        )
    stays.refresh_from_db()
    assert stays.note == "main"
    with pytest.raises(errors.ListChanged) as refused:
        allowlist.save_domains(merchant=acme, lines=[], expected=version)
    assert {(change.name, change.verb) for change in refused.value.changes} == {
        ("bets.example", "removed"),
        ("casino.example", "changed"),
        ("new.example", "added"),
    }
    for wrong in ([DomainLine("https://casino.example")], [DomainLine("casino.example")] * 2):
        with pytest.raises(NotAllowed):
            allowlist.save_domains(merchant=acme, lines=wrong)


def test_a_domain_keeps_who_put_it_there_and_its_end(acme: Merchant, owner: Person, support: Person) -> None:
    soon, later = clock.now() + timedelta(hours=1), clock.now() + timedelta(hours=2)
    allowlist.save_domains(merchant=acme, lines=[DomainLine("casino.example", ends=soon)], by=owner)
    assert allowlist.save_domains(merchant=acme, lines=[DomainLine("casino.example", ends=later)], by=support).changed
    row = AllowedDomain.objects.get()
    assert (row.owner, row.expires_at) == (owner, later)
    version = allowlist.domain_list_version(acme)
    with as_superuser():
        owner.delete()
    assert AllowedDomain.objects.get().owner is None
    allowlist.save_domains(merchant=acme, lines=[], expected=version)


def test_a_domain_that_has_ended_may_stay_and_none_begins_so(acme: Merchant) -> None:
    past = clock.now() - timedelta(hours=1)
    AllowedDomain.objects.create(merchant=acme, domain="old.example", expires_at=past)
    stays = DomainLine("old.example", "kept", past)
    assert allowlist.save_domains(merchant=acme, lines=[stays, DomainLine("new.example")]).changed
    for line in (DomainLine("other.example", ends=past), DomainLine("old.example", ends=past - timedelta(hours=1))):
        with pytest.raises(errors.MomentPassed):
            allowlist.save_domains(merchant=acme, lines=[line])


def said(key: ApiKey, host: str, hours_ago: float = 1) -> None:
    SeenOrigin.objects.create(key=key, host=host, last_seen_at=clock.now() - timedelta(hours=hours_ago))


def test_domains_that_shut_out_every_host_want_the_merchants_code(acme: Merchant, key: ApiKey) -> None:
    said(key, "casino.example")
    said(key, "")
    with pytest.raises(errors.LockOut, match="all 2 hosts that sent correctly signed requests with live keys"):
        allowlist.save_domains(merchant=acme, lines=[DomainLine("other.example")])
    assert not AllowedDomain.objects.exists()
    allowlist.save_domains(merchant=acme, lines=[DomainLine("other.example")], confirmed_code="acme")
    assert AllowedDomain.objects.exists()


@pytest.mark.parametrize(
    ("hosts", "hours_ago"), [([], 1), (["casino.example", "other.example"], 1), (["casino.example"], 24.1)]
)
def test_domains_that_shut_out_nobody_are_saved(
    acme: Merchant, key: ApiKey, hosts: list[str], hours_ago: float
) -> None:
    revoked = keys.issue_key(merchant=acme).key
    said(revoked, "old.example")
    keys.revoke_key(key=revoked)
    for host in hosts:
        said(key, host, hours_ago)
    assert allowlist.save_domains(merchant=acme, lines=[DomainLine("other.example")]).changed


def test_no_domain_shuts_out_nobody(acme: Merchant, key: ApiKey) -> None:
    said(key, "casino.example")
    assert allowlist.domain_lockout([], acme) is None


@pytest.mark.parametrize(("hours", "is_asked"), [(23.9, True), (24.1, False)])
def test_a_host_whose_domain_ends_within_a_day_is_shut_out(
    acme: Merchant, key: ApiKey, hours: float, *, is_asked: bool
) -> None:
    said(key, "casino.example")
    ends = clock.now() + timedelta(hours=hours)
    found = allowlist.domain_lockout([DomainLine("casino.example", ends=ends), DomainLine("other.example")], acme)
    assert (found is not None and found.when == allowlist.When.ENDED) == is_asked


def test_a_host_of_a_page_under_test_speaks_for_no_live_one(acme: Merchant, key: ApiKey) -> None:
    said(key, "casino.example")
    said(factories.early_test_key(acme)[0], "staging.example")
    found = allowlist.domain_lockout([DomainLine("staging.example")], acme)
    assert found is not None
    assert (found.environment, found.who) == ("live", ("casino.example",))


def test_a_domain_that_stands_in_other_letters_is_the_same(acme: Merchant) -> None:
    AllowedDomain.objects.create(merchant=acme, domain="Casino.example")
    assert not allowlist.save_domains(merchant=acme, lines=[DomainLine("casino.example")]).changed


def test_a_key_of_another_merchant_has_no_list_here(acme: Merchant, rival: Merchant) -> None:
    with pytest.raises(NotAllowed, match="another merchant"):
        proposal(acme, OFFICE, key=keys.issue_key(merchant=rival).key)
