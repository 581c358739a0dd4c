"""A trial waits for every address of the day before; earlier lists come back; owners and managers are mailed."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from merchants.models import AllowedDomain, AllowlistEntry, ListTrial, Merchant, OutgoingEmail, Person, SeenAddress
from merchants.services import allowlist, history
from merchants.services.allowlist import DomainLine, EntryPlan, Proposal, earlier, saving, trial
from portal.lib import clock
from tests import factories
from tests.merchants.allowlist.test_allowlist_trial import NOON, after, key_of, status
from tests.wallet.usage.test_compromise_report import Told

FIRST, SECOND, GONE, NEW = "198.51.100.7", "203.0.113.9", "192.0.2.1", "198.51.100.80"


@pytest.fixture
def machine(acme: Merchant, game: Any) -> Told:
    with after(-60):
        return Told(acme, factories.signer(acme), game)


def saved(merchant: Merchant, *networks: str, **how: Any) -> saving.Saved:
    lines = tuple(EntryPlan(ip_network(network)) for network in networks)
    return saved_lines(merchant, lines, **how)


def saved_lines(merchant: Merchant, lines: tuple[EntryPlan, ...], **how: Any) -> saving.Saved:
    with history.act_as(door="set-up"):  # each a change of its own, though one transaction holds the test
        proposal = Proposal(merchant, lines)
        return allowlist.save_networks(proposal=proposal, by=None, confirmed_code="acme", **how)


def seen(machine: Told, *addresses: str, hours_ago: float = 1) -> None:
    at = NOON - timedelta(hours=hours_ago)
    for address in addresses:
        SeenAddress.objects.create(key=key_of(machine), address=address, first_seen_at=at, last_seen_at=at)


def tried(machine: Told, *networks: str) -> ListTrial:
    with after(0):
        found = saved(machine.merchant, *networks, on_trial=True).trial
    assert found is not None
    return found


def test_it_stays_once_every_address_of_the_day_before_has_called(machine: Told) -> None:
    seen(machine, FIRST, SECOND)
    seen(machine, GONE, hours_ago=24.1)
    begun = tried(machine, FIRST, SECOND, NEW)
    assert sorted(begun.awaited) == [FIRST, SECOND]
    with after(1):
        assert [status(machine, NEW), status(machine, FIRST), status(machine, FIRST)] == ["taken"] * 3
    begun.refresh_from_db()
    assert (begun.state, begun.arrived) == ("trying", [FIRST])
    with after(2):
        assert status(machine, SECOND) == "taken"
    begun.refresh_from_db()
    assert (begun.state, begun.kept_for) == ("kept", SECOND)
    with after(11):
        assert status(machine, NEW) == "taken"


def test_an_address_that_the_new_list_refuses_is_awaited_in_vain(machine: Told) -> None:
    """It would never call again with success: the rest that still calls does not keep the list."""
    seen(machine, FIRST, SECOND)
    tried(machine, FIRST)
    with after(1):
        assert [status(machine, FIRST), status(machine, SECOND)] == ["taken", "IP_RESTRICTION"]
    with after(10):
        assert [status(machine, FIRST), status(machine, SECOND)] == ["taken", "taken"]
    assert ListTrial.objects.get().state == "trying", "nobody has tidied up"


def test_an_address_that_was_refused_before_is_not_awaited(machine: Told) -> None:
    AllowlistEntry.objects.create(merchant=machine.merchant, network=FIRST)
    seen(machine, FIRST, SECOND)
    assert tried(machine, FIRST, NEW).awaited == [FIRST]


def test_a_person_keeps_it_while_it_waits(machine: Told, owner: Person) -> None:
    seen(machine, FIRST, SECOND)
    begun = tried(machine, FIRST)
    with after(5):
        saving.keep_without_trial(tried=begun, by=owner, confirmed_code="acme")
    with after(11):
        assert [status(machine, FIRST), status(machine, SECOND)] == ["taken", "IP_RESTRICTION"]


def test_it_waits_for_the_addresses_that_called_last_only(machine: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "MOST_AWAITED", 1)
    seen(machine, FIRST, hours_ago=2)
    seen(machine, SECOND)
    assert tried(machine, NEW, SECOND).awaited == [SECOND]


# --- put back ---------------------------------------------------------------------------------------------------------
def test_what_stood_before_each_change_is_read_from_the_history(machine: Told, owner: Person) -> None:
    acme = machine.merchant
    with history.act_as(door="page", person=owner):
        saved(acme, FIRST, SECOND, reason="two servers")
    with history.act_as(door="page", person=owner):
        saved(acme, GONE, reason="moved")
    newest, oldest = earlier.earlier_networks(acme, None)
    assert sorted(line.text for line in newest.lines) == [FIRST, SECOND]
    assert (newest.who, newest.reason) == (owner.email, "moved")
    assert [line.text for line in newest.change.removed] == [GONE]
    assert oldest.lines == ()
    assert earlier.earlier_networks(acme, key_of(machine)) == []


def test_it_can_be_put_back_for_thirty_days(machine: Told) -> None:
    acme = machine.merchant
    saved(acme, FIRST)
    saved(acme, SECOND)
    number = earlier.earlier_networks(acme, None)[0].number
    with clock.frozen_at(clock.now() + timedelta(days=29)):
        found = earlier.earlier_list(earlier.earlier_networks(acme, None), number)
        assert found is not None
        assert [line.text for line in found.usable_lines] == [FIRST]
    with clock.frozen_at(clock.now() + timedelta(days=31)):
        assert earlier.earlier_list(earlier.earlier_networks(acme, None), number) is None


def test_expired_entries_are_left_out_and_a_list_of_them_alone_is_not_put_back(machine: Told) -> None:
    acme, ends = machine.merchant, clock.now() + timedelta(hours=1)
    short = EntryPlan(ip_network(FIRST), "guest", ends)
    saved_lines(acme, (short, EntryPlan(ip_network(SECOND))))
    saved(acme, GONE)
    with clock.frozen_at(ends):
        assert [line.text for line in earlier.earlier_networks(acme, None)[0].usable_lines] == [SECOND]
    saved(acme)
    saved_lines(acme, (short,))
    saved(acme, GONE)
    with clock.frozen_at(ends), pytest.raises(earlier.AllExpired):
        _ = earlier.earlier_networks(acme, None)[0].usable_lines


def test_domains_likewise(machine: Told) -> None:
    acme = machine.merchant
    for domain in ("a.example", "b.example"):
        with history.act_as(door="set-up"):
            allowlist.save_domains(merchant=acme, lines=[DomainLine(domain)])
    assert [each.lines for each in earlier.earlier_domains(acme)] == [(DomainLine("a.example"),), ()]
    assert AllowedDomain.objects.get().domain == "b.example"


# --- mailed -----------------------------------------------------------------------------------------------------------
def mailed() -> list[tuple[str, str]]:
    return sorted(
        (email.to, email.context["what"]) for email in OutgoingEmail.objects.filter(template="merchant_changed")
    )


def test_owners_and_managers_are_mailed_of_every_change(machine: Told, owner: Person) -> None:
    acme = machine.merchant
    manager, _viewer = factories.member(acme, "manager", email="manager@acme.test"), factories.member(acme, "viewer")
    with history.act_as(door="page", person=owner):
        saved(acme, FIRST, SECOND, reason="two servers")
        saved(acme, FIRST, SECOND)  # nothing new
        allowlist.save_domains(merchant=acme, lines=[DomainLine("a.example")])
    told = [(owner.email, "Domain allowlist changed"), (owner.email, "IP allowlist changed")]
    assert mailed() == sorted(told + [(manager.email, what) for _to, what in told])
    email = OutgoingEmail.objects.filter(to=owner.email).earliest("pk")
    assert email.context["lines"] == [f"Added: {FIRST}", f"Added: {SECOND}"]
    assert (email.context["by"], email.context["reason"]) == (owner.email, "two servers")


def test_a_trial_and_its_end_are_mailed(machine: Told, owner: Person) -> None:
    seen(machine, FIRST)
    tried(machine, FIRST, SECOND)
    with after(10):
        trial.revert_ended_trials()
    assert mailed() == [
        (owner.email, "IP allowlist changed, on trial until 10 Mar 2026, 12:10 UTC"),
        (owner.email, "IP allowlist reverted after its trial"),
    ]


def test_what_our_staff_change_is_mailed_to_managers_here_and_to_owners_by_the_job(
    machine: Told, owner: Person, support: Person
) -> None:
    factories.member(machine.merchant, "manager", email="manager@acme.test")
    with history.act_as(door="admin", person=support):
        saved(machine.merchant, FIRST)
    assert [to for to, _what in mailed()] == ["manager@acme.test"]
