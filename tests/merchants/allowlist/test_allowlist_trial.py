"""A list on trial: it goes back at its deadline by itself, unless a rightly signed call came from it. Nobody helps:
no worker runs here, and the request log is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants import errors, tasks
from merchants.models import AllowlistEntry, ApiKey, ListTrial, Merchant, Person
from merchants.services import allowlist, credentials, history
from merchants.services.allowlist import EntryPlan, Proposal, trial
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from tests.plugins.database_role import as_superuser
from tests.wallet.usage.test_compromise_report import Told
from wallet.services.calls import signed

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
OLD, NEW, BOTH = "198.51.100.7", "203.0.113.9", "192.0.2.1"


def after(minutes: float) -> Any:
    return clock.frozen_at(NOON + timedelta(minutes=minutes))


@pytest.fixture
def machine(acme: Merchant, game: Any) -> Told:
    with after(-60):
        return Told(acme, factories.signer(acme), game)


def key_of(machine: Caller) -> ApiKey:
    return ApiKey.objects.get(auth_key=machine.signer.auth_key)


def proposal(merchant: Merchant, *networks: str, key: ApiKey | None = None) -> Proposal:
    return Proposal(merchant, tuple(EntryPlan(ip_network(network)) for network in networks), key)


@pytest.fixture(params=["the merchant's list", "the key's list"])
def tried(request: pytest.FixtureRequest, machine: Told, owner: Person) -> ListTrial:
    """At noon the list is changed from one address to another, on trial."""
    key = key_of(machine) if request.param == "the key's list" else None
    with history.act_as(door="set-up"):
        AllowlistEntry.objects.create(merchant=machine.merchant, key=key, network=OLD, note="office", owner=owner)
        AllowlistEntry.objects.create(merchant=machine.merchant, key=key, network=BOTH)
    with history.act_as(door="page", person=owner), after(0):
        saved = allowlist.save_networks(proposal=proposal(machine.merchant, NEW, BOTH, key=key), by=None, on_trial=True)
    assert saved.trial is not None
    return saved.trial


def status(machine: Told, address: str, **headers: Any) -> str:
    body = {"playerId": "nobody", "currency": "EUR"}
    found = machine.call("/wallet/balance", body, meta={"REMOTE_ADDR": address}, **headers).status
    return "taken" if found == "RECORD_NOT_FOUND" else found


def networks() -> set[str]:
    return {str(entry.network) for entry in AllowlistEntry.objects.all()}


def test_the_new_list_counts_from_its_commit(tried: ListTrial, machine: Told) -> None:
    with after(1):
        assert status(machine, OLD) == "IP_RESTRICTION"
        assert status(machine, NEW) == "taken"


def test_it_goes_back_at_its_deadline_though_nobody_tidies_up(tried: ListTrial, machine: Told) -> None:
    with after(9.99):
        assert status(machine, OLD) == "IP_RESTRICTION"
    with after(10):
        assert status(machine, NEW) == "IP_RESTRICTION"
        assert [status(machine, OLD), status(machine, BOTH)] == ["taken", "taken"]
    assert networks() == {f"{NEW}/32", f"{BOTH}/32"}, "nobody has tidied up"
    assert ListTrial.objects.get().state == "trying"


def test_a_copy_in_memory_goes_back_at_that_very_moment(tried: ListTrial, machine: Told) -> None:
    with after(9):
        copy = credentials.load_credential(machine.signer.auth_key)
        assert copy is not None
        assert len(copy.trials(ip_address(NEW), clock.now())) == 1
    before, address = NOON + timedelta(minutes=10) - timedelta.resolution, allowlist.parse_network(OLD)[0]
    assert not copy.allows_address(address, before)
    assert copy.allows_address(address, before + timedelta.resolution)


@pytest.mark.parametrize("address", [NEW, BOTH])
def test_a_rightly_signed_call_keeps_it(tried: ListTrial, machine: Told, address: str) -> None:
    with after(9.9):
        assert status(machine, address) == "taken"
    with after(11):
        assert [status(machine, NEW), status(machine, OLD)] == ["taken", "IP_RESTRICTION"]
    tried.refresh_from_db()
    assert (tried.state, tried.kept_for) == ("kept", address)
    assert history.timeline(machine.merchant, kind="lists")[0].title.endswith(
        f"kept: a request with a valid signature arrived from {address}"
    )


@pytest.mark.parametrize(("ends", "state"), [(9, "trying"), (10, "trying"), (11, "kept")])
def test_a_list_that_ends_within_its_trial_is_kept_by_no_call(machine: Told, ends: int, state: str) -> None:
    """It would let nobody in a minute later, and nothing would go back."""
    line = EntryPlan(ip_network(NEW), ends=NOON + timedelta(minutes=ends))
    with after(0):
        allowlist.save_networks(proposal=Proposal(machine.merchant, (line,)), by=None, on_trial=True)
    with after(1):
        assert status(machine, NEW) == "taken"
    assert ListTrial.objects.get().state == state
    with after(12):
        assert (status(machine, NEW) == "taken") == (state == "trying"), "nothing restricted before it"


NOT_RIGHTLY: dict[str, Callable[[Told], str]] = {
    "another's signature": lambda machine: status(machine, NEW, x_signature="0" * 64),
    "an old timestamp": lambda machine: status(machine, NEW, timestamp="1000"),
    "from the old list": lambda machine: status(machine, OLD),
    "of another merchant": lambda machine: status(
        Told(stranger := factories.merchant(), factories.signer(stranger), machine.game), NEW
    ),
}


@pytest.mark.parametrize("call", NOT_RIGHTLY.values(), ids=NOT_RIGHTLY)
def test_no_other_call_keeps_it(tried: ListTrial, machine: Told, call: Callable[[Told], str]) -> None:
    with after(5):
        call(machine)
    with after(10):
        assert [status(machine, NEW), status(machine, OLD)] == ["IP_RESTRICTION", "taken"]


def test_a_call_under_another_key_keeps_the_merchants_list_only(machine: Told, game: Any) -> None:
    key, other = key_of(machine), Told(machine.merchant, factories.signer(machine.merchant), game)
    with after(0):
        for whose in (None, key):
            allowlist.save_networks(proposal=proposal(machine.merchant, NEW, key=whose), by=None, on_trial=True)
    with after(1):
        assert status(other, NEW) == "taken"
    assert {found.key_id: found.state for found in ListTrial.objects.all()} == {None: "kept", key.pk: "trying"}
    with after(2):
        assert status(machine, NEW) == "taken"
    assert {found.state for found in ListTrial.objects.all()} == {"kept"}


def test_a_call_that_the_database_finds_too_late_is_judged_by_what_was_before(
    tried: ListTrial, machine: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the web process is behind the one of the database."""
    keep = trial.keep_list

    def late(*arguments: Any, **named: Any) -> bool:
        with after(10):
            return keep(*arguments, **named)

    monkeypatch.setattr(trial, "keep_list", late)
    with after(9.99):
        assert [status(machine, NEW), status(machine, BOTH)] == ["IP_RESTRICTION", "taken"]
    assert ListTrial.objects.get().state == "trying"


def test_the_job_puts_back_what_was_there(tried: ListTrial, machine: Told, owner: Person) -> None:
    kept = AllowlistEntry.objects.get(network=BOTH).pk
    with after(9):
        tasks.restore_allowlists()
    assert networks() == {f"{NEW}/32", f"{BOTH}/32"}
    with after(10):
        tasks.restore_allowlists()
        assert [status(machine, NEW), status(machine, OLD)] == ["IP_RESTRICTION", "taken"]
    assert networks() == {f"{OLD}/32", f"{BOTH}/32"}
    assert AllowlistEntry.objects.get(network=BOTH).pk == kept
    back = AllowlistEntry.objects.get(network=OLD)
    assert (back.note, back.owner, back.key_id) == ("office", owner, tried.key_id)
    entry = history.timeline(machine.merchant)[0]
    assert "reverted after its trial" in entry.title
    assert entry.reason == trial.NO_CALL


def test_the_owner_of_an_entry_that_comes_back_may_have_left(tried: ListTrial, owner: Person) -> None:
    with as_superuser():
        owner.delete()
    with after(10):
        assert trial.revert_ended_trials() == 1
    assert AllowlistEntry.objects.get(network=OLD).owner is None


def test_it_can_be_taken_back_before(tried: ListTrial, machine: Told) -> None:
    with after(1):
        assert trial.revert_trial(trial=tried).state == "reverted"
        assert status(machine, OLD) == "taken"
        with pytest.raises(errors.TrialOver):
            trial.revert_trial(trial=tried)


def test_a_kept_one_cannot_be_taken_back(tried: ListTrial, machine: Told) -> None:
    with after(1):
        status(machine, NEW)
        with pytest.raises(errors.TrialOver, match="was kept"):
            trial.revert_trial(trial=tried)


def test_the_list_does_not_change_while_it_is_tried(tried: ListTrial, machine: Told) -> None:
    wish = proposal(machine.merchant, "192.0.2.0/24", key=tried.key)
    with after(5), pytest.raises(errors.ListOnTrial, match="10 Mar 2026, 12:10 UTC"):
        allowlist.save_networks(proposal=wish, by=None)
    with after(10):
        allowlist.save_networks(proposal=wish, by=None)
    assert networks() == {"192.0.2.0/24"}
    assert ListTrial.objects.get().state == "reverted"


CHANGES: dict[str, Callable[[ListTrial], Any]] = {
    "insert": lambda tried: AllowlistEntry.objects.create(
        merchant=tried.merchant, key=tried.key, network="192.0.2.128/25"
    ),
    "update": lambda tried: AllowlistEntry.objects.filter(network=NEW).update(network="192.0.2.128/25"),
    "end": lambda tried: AllowlistEntry.objects.filter(network=NEW).update(expires_at=clock.now()),
    "delete": lambda tried: AllowlistEntry.objects.filter(network=NEW).delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_database_holds_that(tried: ListTrial, change: Callable[[ListTrial], Any]) -> None:
    with pytest.raises(IntegrityError, match="on trial"), transaction.atomic():
        change(tried)


def test_other_lists_and_notes_change_as_ever(tried: ListTrial, machine: Told) -> None:
    other = None if tried.key else key_of(machine)
    AllowlistEntry.objects.create(merchant=machine.merchant, key=other, network=BOTH)
    AllowlistEntry.objects.filter(network=NEW).update(note="new office")
    assert AllowlistEntry.objects.get(network=NEW).note == "new office"


def ended(tried: ListTrial, state: str, minutes: float, **fields: Any) -> None:
    at = NOON + timedelta(minutes=minutes)
    ListTrial.objects.filter(pk=tried.pk).update(state=state, ended_at=at, **fields)


def test_the_database_keeps_none_after_its_deadline(tried: ListTrial) -> None:
    with pytest.raises(IntegrityError, match="list_trial_kept_in_time"), transaction.atomic():
        ended(tried, "kept", 10, kept_for=NEW)


def test_a_trial_ends_once(tried: ListTrial) -> None:
    ended(tried, "reverted", 10)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        ended(tried, "kept", 5, kept_for=NEW)


def test_nothing_is_tried_when_nothing_changed(machine: Told) -> None:
    AllowlistEntry.objects.create(merchant=machine.merchant, network=OLD)
    saved = allowlist.save_networks(proposal=proposal(machine.merchant, OLD), by=None, on_trial=True)
    assert (saved.changed, saved.trial) == (False, None)


def test_staff_are_told_that_a_list_is_on_trial(client: Client, support: Person, acme: Merchant) -> None:
    staff = signed_in(client, support)
    saved = allowlist.save_networks(proposal=proposal(acme, NEW), by=None, on_trial=True)
    assert saved.trial is not None
    page = "/admin/operations/acme/allowlist/"
    assert "This allowlist is on trial until" in staff.get(f"{page}add/", follow=True).content.decode()
    ListTrial.objects.update(begun_at=F("begun_at") - timedelta(hours=1), deadline=F("begun_at"))
    assert "The allowlist reverted automatically" in staff.get(page).content.decode()
    assert staff.get(f"{page}add/").status_code == 200
    assert not networks(), "it has gone back, and staff look at the list of before"


def test_a_list_that_is_kept_while_a_call_is_judged_lets_it_in(
    tried: ListTrial, machine: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its access is read just before the deadline, somebody else keeps the list, and it goes on after the deadline."""
    load = credentials.load_credential

    def slowly(auth_key: str, *, fresh: bool = False) -> Any:
        found = load(auth_key, fresh=fresh)
        ListTrial.objects.update(state="kept", ended_at=clock.now(), kept_for=NEW)
        clock._moment.set(NOON + timedelta(minutes=10))
        return found

    monkeypatch.setattr(credentials, "load_credential", slowly)
    with after(9.99):
        headers = machine.signer.sign(b"", timestamp=str(int(clock.now().timestamp() * 1000)))
        call = signed.Signed(headers, b"", ip_address(NEW), uuid4())
        assert signed.judge_call(call, fresh=True).merchant_id == machine.merchant.pk


def test_a_trial_costs_no_query_of_its_own(machine: Told) -> None:
    def queries() -> int:
        credentials.forget_credentials()
        with CaptureQueriesContext(connection) as captured:
            credentials.load_credential(machine.signer.auth_key)
        return len(captured)

    without = queries()
    allowlist.save_networks(proposal=proposal(machine.merchant, NEW), by=None, on_trial=True)
    assert queries() == without == 5
