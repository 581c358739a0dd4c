"""The page of keys to tidy up: each finds its way there, and out again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from merchants.admin import hygiene
from merchants.models import AllowlistEntry, ApiKey, Merchant, Person, Secret, SeenAddress
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.people import signed_in

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = "/admin/hygiene/"
QUERIES = [
    "session", "person",
    "keys that end", "test keys without a sandbox", "overlaps", "keys in quarantine", "keys without a list",
    "idle keys", "secrets by key-encryption key",
]  # fmt: skip


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    with clock.frozen_at(NOW):
        return signed_in(client, support)


def made(merchant: Merchant, *, age: timedelta = timedelta(0), **fields: Any) -> ApiKey:
    with clock.frozen_at(NOW - age):
        key = keys.issue_key(merchant=merchant, **fields).key
    ApiKey.objects.filter(pk=key.pk).update(created_at=NOW - age)
    return key


def seen(key: ApiKey, ago: timedelta) -> None:
    SeenAddress.objects.create(
        key=key, address=f"198.51.100.{key.pk % 250}", first_seen_at=NOW - ago, last_seen_at=NOW - ago
    )


def found(name: str) -> list[ApiKey]:
    [concern] = [concern for concern in hygiene.CONCERNS if concern.name == name]
    return [row.key if isinstance(row, Secret) else row for row in concern.rows(NOW)]


def test_idle_is_not_used_for_60_days_or_never(acme: Merchant) -> None:
    never, long_ago, lately, young = [made(acme, age=age * DAY) for age in (61, 400, 400, 59)]
    seen(long_ago, 61 * DAY)
    seen(lately, 59 * DAY)
    assert found("idle") == [long_ago, never]
    assert young not in found("idle")


def test_without_an_allowlist_is_neither_its_own_nor_its_merchants(acme: Merchant, rival: Merchant) -> None:
    of_rival, own, bare = made(rival), made(acme), made(acme)
    AllowlistEntry.objects.create(merchant=rival, network="198.51.100.0/24")
    AllowlistEntry.objects.create(merchant=acme, key=own, network="198.51.100.0/24")
    assert found("open") == [bare]
    assert of_rival not in found("open")


def test_a_list_that_has_ended_is_told_apart_from_none(staff: Client, acme: Merchant) -> None:
    ended = made(acme)
    AllowlistEntry.objects.create(merchant=acme, key=ended, network="198.51.100.0/24", expires_at=NOW - DAY)
    made(acme)
    with clock.frozen_at(NOW):
        page = staff.get(PAGE).content.decode()
    assert "all entries have expired: every request is refused" in page
    assert "requests are accepted from every address" in page


def test_ending_is_within_30_days_soonest_first(acme: Merchant) -> None:
    later, soon = made(acme, expires_at=NOW + 29 * DAY), made(acme, expires_at=NOW + DAY)
    made(acme, expires_at=NOW + 31 * DAY)
    made(acme)
    made(acme, age=9 * DAY, expires_at=NOW - DAY)
    assert found("ending") == [soon, later]


def test_overlaps_that_run(acme: Merchant) -> None:
    running, over, revoked = made(acme), made(acme), made(acme)
    with clock.frozen_at(NOW - timedelta(hours=2)):
        keys.rotate_secret(key=running)
        keys.rotate_secret(key=over, overlap=timedelta(hours=1))
        keys.rotate_secret(key=revoked)
        keys.revoke_key(key=revoked)
    assert found("overlap") == [running]


def test_quarantined_for_more_than_7_days(acme: Merchant) -> None:
    old, new = made(acme), made(acme)
    for key, age in [(old, 8), (new, 6)]:
        with clock.frozen_at(NOW - age * DAY):
            keys.quarantine_key(key=key)
    assert found("quarantine") == [old]


@pytest.mark.parametrize("leave", ["revoke", "suspend"])
def test_revoked_keys_and_merchants_that_are_not_active_are_nobodys_concern(acme: Merchant, leave: str) -> None:
    key = made(acme, age=100 * DAY, expires_at=NOW + DAY)
    with clock.frozen_at(NOW):
        keys.rotate_secret(key=key)
    assert all(found(name) == [key] for name in ("idle", "open", "ending", "overlap"))
    ways: dict[str, Callable[[], Any]] = {
        "revoke": lambda: keys.revoke_key(key=key),
        "suspend": lambda: Merchant.objects.update(status="suspended"),
    }
    ways[leave]()
    assert [found(concern.name) for concern in hygiene.CONCERNS] == [[]] * len(hygiene.CONCERNS)


def test_each_row_links_to_its_key(staff: Client, acme: Merchant) -> None:
    key = made(acme, age=100 * DAY, label="night shift")
    with clock.frozen_at(NOW):
        page = staff.get(PAGE).content.decode()
    assert f'href="/admin/merchants/apikey/{key.pk}/change/"' in page
    assert "night shift" in page


def test_secrets_under_an_older_or_a_missing_key_are_counted(staff: Client, acme: Merchant, settings: Any) -> None:
    made(acme)
    current = next(iter(settings.KEY_ENCRYPTION_KEYS.items()))
    with clock.frozen_at(NOW):
        assert "All secrets are sealed under the current key" in staff.get(PAGE).content.decode()
        settings.KEY_ENCRYPTION_KEYS = {"newer": bytes(32), current[0]: current[1]}
        assert "1 secret sealed under the older key" in staff.get(PAGE).content.decode()
        settings.KEY_ENCRYPTION_KEYS = {"newer": bytes(32)}
        assert "1 secret cannot be opened" in staff.get(PAGE).content.decode()


def test_it_costs_the_same_with_many_keys_and_turns_its_pages(
    staff: Client, acme: Merchant, django_assert_num_queries: Any
) -> None:
    for _ in range(hygiene.SHOWN + 2):
        made(acme, age=100 * DAY)
    with clock.frozen_at(NOW):
        with django_assert_num_queries(len(QUERIES)):
            first = staff.get(PAGE).content.decode()
        second = staff.get(f"{PAGE}?idle=2").content.decode()
        assert staff.get(f"{PAGE}?idle=nonsense&open=-1&ending=99999999999").status_code == 200
    assert first.count("never") == hygiene.SHOWN
    assert "?idle=2#idle" in first
    assert second.count("never") == 2
    assert "?idle=1#idle" in second


def test_an_auditor_reads_it_and_an_operator_does_not(client: Client, auditor: Person, acme: Merchant) -> None:
    assert signed_in(client, auditor).get(PAGE).status_code == 200
    assert signed_in(Client(), factories.member(acme, "owner")).get(PAGE).status_code == 403
