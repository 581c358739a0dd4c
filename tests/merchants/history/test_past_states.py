"""How a row stood at a moment, told by what was changed since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant, Person, Secret
from merchants.services import history, keys, merchants, past_states
from merchants.services.history_sentences import Event
from merchants.services.past_states import Past
from portal.lib import clock
from tests import factories
from tests.plugins.database_role import unguarded


def merchant_at(merchant: Merchant, moment: datetime) -> Past:
    return past_states.state_at(
        Merchant.objects.get(pk=merchant.pk), moment, history.events((merchant, "Merchant", {}))
    )


def list_at(merchant: Merchant, moment: datetime) -> list[str]:
    events = history.events((merchant, "AllowlistEntry", {}))
    return sorted(str(entry["network"]) for entry in past_states.states_at("AllowlistEntry", entries(), moment, events))


def entries() -> Any:
    return AllowlistEntry.objects.all()


def test_each_state_at_its_time(acme: Merchant, support: Person) -> None:
    moments = [clock.now()]
    for status in ("suspended", "closed", "active"):
        with history.act_as(person=support, door="page"), history.give_reason(f"It was {status}"):
            merchants.set_status(merchant=acme, status=status)
        moments.append(clock.now())
    then = [merchant_at(acme, moment) for moment in moments]
    assert [past["status"] for past in then] == ["active", "suspended", "closed", "active"]
    setters = [past.set_by("status") for past in then[1:]]
    assert [setter and setter.reason for setter in setters] == [
        "It was suspended",
        "It was closed",
        "It was active",
    ]


def test_who_set_one_column_is_not_who_set_another(acme: Merchant, support: Person, owner: Person) -> None:
    with history.act_as(person=support, door="page"):
        merchants.set_status(merchant=acme, status="suspended")
    with history.act_as(person=owner, door="page"):
        Merchant.objects.filter(pk=acme.pk).update(max_stake=5)
    then = merchant_at(acme, clock.now())
    who = {column: setter.who for column in ("status", "max_stake") if (setter := then.set_by(column))}
    assert who == {"status": support.email, "max_stake": owner.email}


def test_a_list_as_it_stood(acme: Merchant) -> None:
    first = AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    one = clock.now()
    AllowlistEntry.objects.filter(pk=first.pk).update(network="203.0.113.0/25")
    AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24")
    two = clock.now()
    AllowlistEntry.objects.all().delete()
    assert list_at(acme, one) == ["203.0.113.0/24"]
    assert list_at(acme, two) == ["198.51.100.0/24", "203.0.113.0/25"]
    assert list_at(acme, clock.now()) == []
    assert list_at(acme, one - timedelta(days=1)) == []


def test_what_was_there_and_never_changed_needs_no_history(acme: Merchant) -> None:
    with unguarded():
        AllowlistEntry.objects.create(merchant=acme, network="192.0.2.0/24")
    assert list_at(acme, clock.now() - timedelta(days=1)) == ["192.0.2.0/24"]
    AllowlistEntry.objects.update(network="192.0.2.0/25")
    assert list_at(acme, clock.now() - timedelta(days=1)) == ["192.0.2.0/24"]


def test_times_come_out_as_times(acme: Merchant) -> None:
    key = ApiKey.objects.get(auth_key=factories.signer(acme).auth_key)
    before = clock.now()
    keys.rotate_secret(key=key, overlap=timedelta(hours=3))
    until = Secret.objects.get(key=key, version=1).usable_until
    keys.end_overlap(secret=Secret.objects.get(key=key, version=1))
    events = history.events((key, "Secret", {}))
    stood = past_states.states_at("Secret", Secret.objects.filter(key=key), clock.now(), events)
    assert {secret["version"] for secret in stood} == {1, 2}
    [first] = past_states.states_at("Secret", Secret.objects.filter(key=key), before, events)
    assert (first["version"], first.moment("usable_until")) == (1, None)
    ended = next(event for event in events if event.new_value("usable_until"))
    [between] = [
        secret
        for secret in past_states.states_at(
            "Secret", Secret.objects.filter(key=key), ended.at - timedelta(microseconds=1), events
        )
        if secret["version"] == 1
    ]
    assert between.moment("usable_until") == until


def test_of_a_column_that_is_younger_than_a_change_nothing_was_said(acme: Merchant) -> None:
    row = AllowedDomain.objects.create(merchant=acme, domain="new.example")
    after = {"merchant_id": acme.pk, "domain": "new.example", "note": "", "owner_id": None, "expires_at": None}
    before = {"merchant_id": acme.pk, "domain": "old.example", "note": ""}
    renamed = Event("AllowedDomain", row.pk, "update", clock.now(), 1, None, None, before, after, None)
    [then] = past_states.states_at("AllowedDomain", [row], clock.now() - timedelta(hours=1), [renamed])
    assert (then["domain"], then.moment("expires_at")) == ("old.example", None)


def test_what_was_made_later_is_as_it_was_first_known(acme: Merchant) -> None:
    then = merchant_at(acme, clock.now() - timedelta(days=1))
    assert then.made_later
    assert then["status"] == "active"
    assert then.set_by("status") is None


@pytest.mark.parametrize("each", [1, 2])
def test_the_newest_events_of_each_table(acme: Merchant, each: int) -> None:
    for status in ("suspended", "active"):
        merchants.set_status(merchant=acme, status=status)
        AllowlistEntry.objects.create(merchant=acme, network=f"203.0.113.{len(status)}/32")
    found = history.events((acme, "Merchant", {}), (acme, "AllowlistEntry", {"key": None}), each=each)
    assert [event.at for event in found] == sorted((event.at for event in found), reverse=True)
    assert [event.thing for event in found].count("Merchant") == each
