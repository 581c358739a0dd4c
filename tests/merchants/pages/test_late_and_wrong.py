"""What the verbs refuse although a page has let it through, or has no page: each in a sentence, nothing half done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from merchants import errors
from merchants.models import ApiKey, Approval, Compromise, Merchant, Person
from merchants.services import approvals, compromise, keys
from portal.lib import clock

HOUR = timedelta(hours=1)


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme).key


def test_a_merchant_that_was_closed_meanwhile_gets_no_key(acme: Merchant) -> None:
    Merchant.objects.update(status="closed")
    with pytest.raises(errors.MerchantClosed, match="This merchant is closed"):
        keys.issue_key(merchant=acme)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("hours", [0, -1, 169, 70_000])
def test_quiet_hours_that_no_overlap_has(key: ApiKey, hours: int) -> None:
    with pytest.raises(errors.QuietHoursOutOfRange, match="after 1 to 168 hours without use"):
        keys.rotate_secret(key=key, quiet_hours=hours)
    keys.rotate_secret(key=key)
    with pytest.raises(errors.QuietHoursOutOfRange):
        keys.end_when_quiet(secret=key.secrets.get(version=1), hours=hours)
    assert key.secrets.get(version=1).quiet_hours is None


def test_nobody_is_asked_for_what_would_be_refused(key: ApiKey, support: Person) -> None:
    with pytest.raises(errors.OverlapTooLong):
        approvals.ask_to_rotate(key=key, by=support, reason="x", overlap=timedelta(days=8))
    with pytest.raises(errors.QuietHoursOutOfRange):
        approvals.ask_to_rotate(key=key, by=support, reason="x", quiet_hours=0)
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rotate", "KEY", "--quiet-hours", "0"], "1 to 168 hours without use"),
        (["rotate", "KEY", "--overlap", "8d"], "at most 7 days"),
        (["rotate", "KEY", "--overlap", "9999999d"], "at most 7 days"),
        (["issue", "acme", "--label", "x" * 81], "at most 80 characters"),
        (["--reason", "x" * 501, "leak", "KEY", "--response", "revoke", "--since", "2026-01-01"], "at most 500"),
        (["leak", "KEY", "--response", "revoke", "--since", "0001-01-01T00:00+14:00"], "invalid moment"),
        (["extend", "KEY", "--until", "9999-12-31T23:59-14:00"], "invalid moment"),
        (["issue", "acme", "--ends", "2026-02-30T00:00"], "invalid moment"),
    ],
    ids=range(8),
)
def test_a_command_says_what_is_wrong(key: ApiKey, words: list[str], said: str) -> None:
    before = (ApiKey.objects.count(), key.secrets.count(), Compromise.objects.count())
    with pytest.raises(CommandError, match=said):
        call_command("key", *[key.auth_key if word == "KEY" else word for word in words])
    assert (ApiKey.objects.count(), key.secrets.count(), Compromise.objects.count()) == before


def test_a_key_that_was_quarantined_by_hand_still_gets_its_case_and_another_key(key: ApiKey) -> None:
    keys.quarantine_key(key=key)
    since = clock.now() - HOUR
    for response in ("rotate", "revoke"):
        with pytest.raises(errors.NoUnderQuarantine, match="Choose “Quarantine key”"):
            compromise.declare_compromise(key=key, response=response, reason="x", exposed_since=since, by=None)
    declared = compromise.declare_compromise(key=key, response="quarantine", reason="x", exposed_since=since, by=None)
    assert declared.issued is not None
    assert declared.issued.key != key
    with pytest.raises(errors.KeyQuarantined, match="a new key replaced it"):
        compromise.declare_compromise(key=key, response="quarantine", reason="x", exposed_since=since, by=None)
