"""A merchant's sandbox is a merchant of its own: a test key moves its money and nothing else."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from merchants import errors
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Contact, Merchant, Person, Player, Secret
from merchants.services import allowlist, credentials, emails, keys, people, sandboxes
from merchants.services.allowlist import EntryPlan, Proposal
from tests import factories
from tests.conftest import Caller
from tests.plugins.database_role import as_superuser, unguarded
from wallet import statuses
from wallet.ledger import ledger
from wallet.models import SignedRequest, Transaction
from wallet.services.calls.signed import NO_SANDBOX
from wallet.services.explain import explanation
from wallet.services.log import request_log


def with_test_key(caller: Caller) -> Caller:
    """The same machine with a test key."""
    machine = replace(caller, signer=factories.signer(caller.merchant, environment="test"), session="")
    machine.deposit(500_000)
    machine.launch()
    return machine


def test_a_test_key_moves_no_live_money(caller: Caller) -> None:
    test = with_test_key(caller)
    assert test.bet(100_000).status == "RS_OK"
    assert test.balance().body["balance"] == 400_000
    assert caller.balance().body["balance"] == 1_000_000
    sandbox = Merchant.objects.get(sandbox_of=caller.merchant)
    assert set(Transaction.objects.values_list("merchant_id", "player_id")) == {
        (merchant.pk, Player.objects.get(merchant=merchant).pk) for merchant in (caller.merchant, sandbox)
    }


def test_sessions_of_the_one_are_not_there_for_the_other(caller: Caller) -> None:
    test = with_test_key(caller)
    assert replace(test, session=caller.session).bet(100).status == "SESSION_REQUIRED_OR_INVALID"
    assert replace(caller, session=test.session).bet(100).status == "SESSION_REQUIRED_OR_INVALID"
    sessions = str(test.get("/game/sessions").body)
    assert test.session in sessions
    assert caller.session not in sessions


def test_a_test_key_from_before_is_refused_until_there_is_a_sandbox(caller: Caller) -> None:
    key, signer = factories.early_test_key(caller.merchant)
    test = replace(caller, signer=signer)
    for answer in (test.bet(100), test.balance(), test.get("/game/sessions"), test.deposit(100)):
        assert (answer.status, answer.body["message"]) == ("INVALID_APIKEY", NO_SANDBOX)
    assert caller.balance().body["balance"] == 1_000_000

    sandbox = sandboxes.create_sandbox(merchant=caller.merchant)
    key.refresh_from_db()
    assert key.merchant == sandbox
    moved = replace(test, session="")
    assert moved.deposit(7).status == "RS_OK"
    assert Transaction.objects.get(merchant=sandbox, secret__key=key).kind == "deposit"


def test_the_ledger_asks_as_well(caller: Caller) -> None:
    """Whatever a process has in its cache, and whatever is called."""
    key, _ = factories.early_test_key(caller.merchant)
    version = Merchant.objects.get(pk=caller.merchant.pk).access_version
    who = ledger.Caller(caller.merchant.pk, key.secrets.get().pk, version, ip_address("127.0.0.1"), uuid4())
    for kind in ("bet", "payout", "reward", "rollback", "deposit", "withdraw", "balance", "launch", "read"):
        with pytest.raises(statuses.InvalidApiKey):
            ledger.check_gate(who, kind)
    call = ledger.Call("deposit", "d-1", "player-1", currency="EUR", amount=100)
    assert ledger.post(who, call).status == statuses.InvalidApiKey.key
    assert not Transaction.objects.filter(secret__key=key).exists()


def test_what_a_test_key_moved_before_stays_with_the_live_merchant(caller: Caller) -> None:
    bet = caller.bet(100)
    key = ApiKey.objects.get(auth_key=caller.signer.auth_key)
    with unguarded() as cursor:  # as it was when `environment` bound nothing
        cursor.execute("UPDATE merchants_apikey SET environment = 'test' WHERE id = %s", [key.pk])
    before = set(Transaction.objects.filter(merchant=caller.merchant).values_list("pk", flat=True))
    request_log.drain_lines()
    line = SignedRequest.objects.get(transaction_id=bet.body["transactionId"])
    AllowlistEntry.objects.create(merchant=caller.merchant, key=key, network="127.0.0.0/8")

    sandbox = sandboxes.create_sandbox(merchant=caller.merchant)

    assert set(Transaction.objects.filter(merchant=caller.merchant).values_list("pk", flat=True)) == before
    assert not Transaction.objects.filter(merchant=sandbox).exists()
    assert not Player.objects.filter(merchant=sandbox).exists()
    assert AllowlistEntry.objects.get(key=key).merchant == sandbox
    credentials.forget_credentials()
    seen = explanation.explain_request(line=line, ask_now=False)
    assert [rung.then.value for rung in seen.rungs] == ["passed"] * 15 + ["not applicable"] + ["passed"] * 2
    moved = replace(caller, session="")
    assert moved.balance().status == "RECORD_NOT_FOUND"
    assert moved.deposit(5).body["balance"] == 5


def test_the_ladder_names_the_missing_sandbox(caller: Caller) -> None:
    _, signer = factories.early_test_key(caller.merchant)
    replace(caller, signer=signer).bet(100)
    request_log.drain_lines()
    line = SignedRequest.objects.get(auth_key=signer.auth_key)
    told = explanation.explain_request(line=line)
    assert (told.decided_by, told.now.row, told.now.message) == (2, 2, NO_SANDBOX)
    assert "not created" in {value.label: value.text for value in told.rungs[1].values}["Sandbox"]
    sandboxes.create_sandbox(merchant=caller.merchant)
    told = explanation.explain_request(line=line)
    assert "not created" in {value.label: value.text for value in told.rungs[1].values}["Sandbox"]
    assert told.now.row != 2


def test_the_secrets_of_a_moved_key_open_under_its_new_merchant(acme: Merchant) -> None:
    key, signer = factories.early_test_key(acme)
    keys.rotate_secret(key=key)
    sandboxes.create_sandbox(merchant=acme)
    opened = [credentials.reveal_secret(secret) for secret in Secret.objects.filter(key=key).select_related("key")]
    assert len(opened) == 2
    assert signer.secret in opened


def test_a_sandbox_begins_with_the_lists_of_its_merchant(acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/28", note="office")
    AllowedDomain.objects.create(merchant=acme, domain="acme.example")
    sandbox = sandboxes.create_sandbox(merchant=acme)
    assert [str(entry.network) for entry in sandbox.allowlist.all()] == ["203.0.113.0/28"]
    assert [domain.domain for domain in sandbox.domains.all()] == ["acme.example"]


def test_a_secret_that_cannot_be_opened_stops_the_move(acme: Merchant, settings: Any) -> None:
    key, _ = factories.early_test_key(acme)
    settings.KEY_ENCRYPTION_KEYS = {"another": bytes(32)}
    with pytest.raises(errors.SealedSecret, match="Add the key to KEY_ENCRYPTION_KEYS"):
        sandboxes.create_sandbox(merchant=acme)
    key.refresh_from_db()
    assert key.merchant == acme
    assert not Merchant.objects.sandboxes().exists()


def tried(merchant: Merchant, key: ApiKey | None = None) -> None:
    wish = Proposal(merchant, (EntryPlan(ip_network("198.51.100.7")),), key)
    allowlist.save_networks(proposal=wish, by=None, confirmed_code=merchant.code, on_trial=True)


def test_a_key_moves_with_its_list_as_it_was_before_its_trial(acme: Merchant) -> None:
    key, _ = factories.early_test_key(acme)
    AllowlistEntry.objects.create(merchant=acme, key=key, network="203.0.113.5")
    tried(acme, key)
    sandbox = sandboxes.create_sandbox(merchant=acme)
    entry = AllowlistEntry.objects.get(key=key)
    assert (entry.merchant, str(entry.network)) == (sandbox, "203.0.113.5/32")
    assert key.trials.get().state == "reverted"


def test_a_list_on_trial_is_not_copied(acme: Merchant) -> None:
    tried(acme)
    with pytest.raises(errors.ListOnTrial):
        sandboxes.create_sandbox(merchant=acme)


# --- what the database holds ------------------------------------------------------------------------------------------
def refused(
    statement: str, *values: str | int, by: type[DatabaseError] = IntegrityError, match: str | None = None
) -> None:
    with pytest.raises(by, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_no_key_changes_its_side(acme: Merchant, rival: Merchant) -> None:
    live, test = (keys.issue_key(merchant=factories.sandbox(acme) if environment == "test" else acme,
                             environment=environment).key for environment in ("live", "test"))  # fmt: skip
    sandbox, other = test.merchant, factories.sandbox(rival)
    for key, merchant in ((live, sandbox), (live, rival), (test, acme), (test, other), (test, rival)):
        refused("UPDATE merchants_apikey SET merchant_id = %s WHERE id = %s", merchant.pk, key.pk)
    forgeries: list[tuple[str, list[int]]] = [
        ("UPDATE merchants_apikey SET environment = 'test' WHERE id = %s", [live.pk]),
        ("UPDATE merchants_apikey SET environment = 'live' WHERE id = %s", [test.pk]),
        ("UPDATE merchants_apikey SET environment = 'test', merchant_id = %s WHERE id = %s", [sandbox.pk, live.pk]),
    ]
    for statement, values in forgeries:  # no right to try, and a trigger for who has every right
        refused(statement, *values, by=DatabaseError, match="permission denied")
        with as_superuser():
            refused(statement, *values)
    early, _ = factories.early_test_key(rival)
    refused("UPDATE merchants_apikey SET merchant_id = %s WHERE id = %s", sandbox.pk, early.pk)


@pytest.mark.parametrize(("environment", "is_sandbox"), [("test", False), ("live", True)])
def test_no_key_is_made_on_the_other_side(acme: Merchant, environment: str, is_sandbox: bool) -> None:
    merchant = factories.sandbox(acme) if is_sandbox else acme
    refused(
        "INSERT INTO merchants_apikey (merchant_id, environment, auth_key, label, status)"
        " VALUES (%s, %s, 'k', '', 'active')",
        merchant.pk,
        environment,
    )


def test_a_merchant_stays_what_it_is(acme: Merchant, rival: Merchant) -> None:
    sandbox = factories.sandbox(acme)
    refused("UPDATE merchants_merchant SET sandbox_of_id = NULL WHERE id = %s", sandbox.pk)
    refused("UPDATE merchants_merchant SET sandbox_of_id = %s WHERE id = %s", acme.pk, rival.pk)
    refused("UPDATE merchants_merchant SET two_person = true WHERE id = %s", sandbox.pk)
    for above in (acme, sandbox):
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.merchant("third", sandbox_of=above)


def test_a_sandbox_has_no_people_of_its_own(acme: Merchant) -> None:
    sandbox, person = factories.sandbox(acme), factories.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.member(sandbox, "owner")
    with pytest.raises(IntegrityError), transaction.atomic():
        Contact.objects.create(merchant=sandbox, email="a@acme.test")
    refused(
        "INSERT INTO merchants_invitation (merchant_id, email, role, invited_by_id, expires_at)"
        " VALUES (%s, 'b@acme.test', 'owner', %s, now())",
        sandbox.pk,
        person.pk,
    )


def test_nobody_is_invited_to_a_sandbox(acme: Merchant, owner: Person) -> None:
    with pytest.raises(errors.PeopleOfLiveMerchant, match="has the same people as Acme Casino"):
        people.invite_person(merchant=factories.sandbox(acme), email="b@acme.test", role="viewer", by=owner)
    with pytest.raises(errors.PeopleOfLiveMerchant):
        people.require_second_factor(merchant=factories.sandbox(acme), required=True)


def test_the_entries_of_a_key_go_only_with_it(acme: Merchant, rival: Merchant) -> None:
    key = factories.signer(acme)
    entry = AllowlistEntry.objects.create(
        merchant=acme, key=ApiKey.objects.get(auth_key=key.auth_key), network="192.0.2.1"
    )
    own = AllowlistEntry.objects.create(merchant=acme, network="192.0.2.2")
    for each in (entry, own):
        refused("UPDATE merchants_allowlistentry SET merchant_id = %s WHERE id = %s", rival.pk, each.pk)


# --- what the service says --------------------------------------------------------------------------------------------
def test_what_cannot_be_made_is_a_sentence(acme: Merchant) -> None:
    with pytest.raises(errors.NoSandbox, match="Acme Casino has no sandbox yet"):
        keys.issue_key(merchant=acme, environment="test")
    sandbox = sandboxes.create_sandbox(merchant=acme)
    assert keys.issue_key(merchant=acme, environment="test").key.merchant == sandbox
    with pytest.raises(errors.LiveKeyInSandbox):
        keys.issue_key(merchant=sandbox)
    with pytest.raises(errors.SandboxOfSandbox):
        sandboxes.create_sandbox(merchant=sandbox)
    with pytest.raises(errors.SandboxExists, match="acme-sandbox"):
        sandboxes.create_sandbox(merchant=acme)
    closed = factories.merchant(status="closed")
    with pytest.raises(errors.MerchantClosed):
        sandboxes.create_sandbox(merchant=closed)


def test_codes_that_are_taken_are_passed_over(acme: Merchant) -> None:
    factories.merchant("acme-sandbox")
    factories.merchant("acme-sandbox-2")
    assert sandboxes.create_sandbox(merchant=acme).code == "acme-sandbox-3"
    long = factories.merchant("x" * 40)
    assert sandboxes.create_sandbox(merchant=long).code == f"{'x' * 32}-sandbox"


def test_emails_about_test_keys_go_to_the_people_of_the_live_merchant(acme: Merchant) -> None:
    owner = factories.member(acme, "owner")
    assert emails.contact_addresses(factories.sandbox(acme)) == [owner.email]
