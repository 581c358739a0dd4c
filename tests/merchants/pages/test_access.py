from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merchants import crypto
from merchants.models import AllowlistEntry, ApiKey, Merchant, Secret
from merchants.services import credentials, keys
from merchants.services.keys import Issued
from portal.lib import clock


@pytest.fixture
def issued(acme: Merchant) -> Issued:
    return keys.issue_key(merchant=acme)


def test_a_credential_has_what_a_call_is_judged_by(issued: Issued, acme: Merchant) -> None:
    AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24")
    AllowlistEntry.objects.create(merchant=acme, key=issued.key, network="198.51.100.7")
    found = credentials.load_credential(issued.key.auth_key)
    assert found is not None
    assert (found.merchant_id, found.key_id, found.window_ms) == (acme.pk, issued.key.pk, 300_000)
    assert [(secret.version, secret.value) for secret in found.secrets] == [(1, issued.secret.encode())]
    assert (len(found.merchant_list.entries), len(found.key_list.entries)) == (1, 1)


def test_it_is_read_once_and_then_known(issued: Issued, settings: Any) -> None:
    first = credentials.load_credential(issued.key.auth_key)
    with CaptureQueriesContext(connection) as queries:
        assert credentials.load_credential(issued.key.auth_key) is first
        assert len(queries) == 0
    AllowlistEntry.objects.create(merchant=issued.key.merchant, network="198.51.100.7")
    second = credentials.load_credential(issued.key.auth_key, fresh=True)
    assert second is not None
    assert second.merchant_list.entries
    settings.CREDENTIAL_CACHE_SECONDS = 0
    third = credentials.load_credential(issued.key.auth_key)
    assert third is not second


def test_a_refusal_costs_one_small_statement(issued: Issued) -> None:
    """Whether the key is unknown or known: strangers send as many of these as they like."""
    first = credentials.load_credential(issued.key.auth_key)
    for auth_key, found in ((issued.key.auth_key, first), ("oppi_pub_live_abcdefghij0123456789", None)):
        with CaptureQueriesContext(connection) as queries:
            assert credentials.load_credential(auth_key, fresh=True) is found
        assert len(queries) == 1


def test_a_secret_that_did_not_open_is_looked_at_again(issued: Issued, settings: Any) -> None:
    """It may have been sealed anew, under a key that this process has. That changes no version."""
    kept, settings.KEY_ENCRYPTION_KEYS = settings.KEY_ENCRYPTION_KEYS, {"other": bytes(32)}
    closed = credentials.load_credential(issued.key.auth_key)
    assert closed is not None
    assert closed.unopened
    settings.KEY_ENCRYPTION_KEYS = kept
    opened = credentials.load_credential(issued.key.auth_key, fresh=True)
    assert opened is not None
    assert opened.secrets


def test_the_cache_does_not_grow_without_end(acme: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "CAPACITY", 3)
    for _ in range(5):
        credentials.load_credential(keys.issue_key(merchant=acme).key.auth_key)
    assert 1 <= len(credentials._cache) <= 3


@pytest.mark.parametrize("auth_key", ["", "nobody", "OPPI_PUB_LIVE_X", "a" * 500])
def test_nobody_is_nobody_and_not_kept(db: None, auth_key: str) -> None:
    assert credentials.load_credential(auth_key) is None
    assert not credentials._cache


def test_who_may_not_sign_any_more(issued: Issued) -> None:
    keys.revoke_key(key=issued.key)
    assert credentials.load_credential(issued.key.auth_key, fresh=True) is None


def test_an_end_holds_while_the_copy_is_kept(issued: Issued) -> None:
    soon = clock.now() + timedelta(hours=1)
    Secret.objects.update(superseded_at=clock.now(), usable_until=soon)
    ApiKey.objects.update(expires_at=soon + timedelta(hours=1))
    found = credentials.load_credential(issued.key.auth_key, fresh=True)
    assert found is not None
    assert len(found.usable_secrets(soon - timedelta(seconds=1))) == 1
    assert found.usable_secrets(soon) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda key: Merchant.objects.update(status="suspended"),
        lambda key: Merchant.objects.update(timestamp_window_seconds=10),
        lambda key: AllowlistEntry.objects.create(merchant=key.merchant, network="198.51.100.7"),
        lambda key: key.merchant.domains.create(domain="casino.example"),
        lambda key: keys.quarantine_key(key=key),
        lambda key: keys.revoke_key(key=key),
        lambda key: keys.issue_key(merchant=key.merchant),
        lambda key: Secret.objects.filter(key=key).update(superseded_at=clock.now(), usable_until=clock.now()),
    ],
    ids=["status", "window", "allowlist", "domain", "quarantine", "revoke", "another key", "overlap"],
)
def test_every_change_makes_older_copies_old(issued: Issued, change: Any) -> None:
    before = Merchant.objects.get().access_version
    change(issued.key)
    assert Merchant.objects.get().access_version > before


@pytest.mark.parametrize("field", ["name", "max_stake", "bets_per_minute"])
def test_what_the_ledger_reads_anyway_makes_none_old(issued: Issued, field: str) -> None:
    before = Merchant.objects.get().access_version
    Merchant.objects.update(**{field: "5"})
    assert Merchant.objects.get().access_version == before


def test_removing_an_entry_makes_older_copies_old(issued: Issued, acme: Merchant) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network="198.51.100.7")
    before = Merchant.objects.get().access_version
    entry.delete()
    assert Merchant.objects.get().access_version > before


def test_a_secret_moved_to_another_row_does_not_open(issued: Issued, acme: Merchant) -> None:
    other = keys.issue_key(merchant=acme)
    Secret.objects.filter(key=other.key).update(sealed=issued.key.secrets.get().sealed)
    found = credentials.load_credential(other.key.auth_key)
    assert found is not None
    assert (found.secrets, found.misses_a_secret(clock.now())) == ((), True)
    with pytest.raises(crypto.SealBroken):
        credentials.reveal_secret(other.key.secrets.get())
