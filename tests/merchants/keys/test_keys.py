"""The verbs of a key's life: what each does, what it refuses with which sentence, and what the database holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from merchants import errors
from merchants.models import ApiKey, Merchant, OutgoingEmail, Person, Secret
from merchants.services import keys
from merchants.services.keys import Issued
from portal.lib import clock
from portal.lib.moments import show_moment
from tests import factories
from tests.conftest import Caller

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def issued(acme: Merchant) -> Issued:
    return keys.issue_key(merchant=acme)


def version(key: ApiKey, number: int) -> Secret:
    return Secret.objects.select_related("key").get(key=key, version=number)


def stamp() -> str:
    return str(int(clock.now().timestamp() * 1000))


def status_with(caller: Caller, secret: str) -> str:
    caller.signer.secret = secret
    body = {"playerId": caller.player, "currency": caller.currency}
    return caller.call("/wallet/balance", body, timestamp=stamp()).status


class TestRotate:
    def test_the_auth_key_stays_and_the_next_version_is_current(self, issued: Issued) -> None:
        next_one = keys.rotate_secret(key=issued.key)
        assert (next_one.key.pk, next_one.row.version) == (issued.key.pk, 2)
        assert next_one.secret != issued.secret
        assert keys.current_version(issued.key) == 2

    def test_without_a_word_the_old_one_lasts_for_a_day(self, issued: Issued) -> None:
        keys.rotate_secret(key=issued.key)
        old = version(issued.key, 1)
        assert old.superseded_at is not None
        assert old.usable_until == old.superseded_at + DAY

    @pytest.mark.parametrize("overlap", [timedelta(0), timedelta(seconds=1), timedelta(days=7)], ids=str)
    def test_both_sign_until_the_second_at_which_the_overlap_ends(self, caller: Caller, overlap: timedelta) -> None:
        key, old = ApiKey.objects.get(), caller.signer.secret
        begun = clock.now()
        with clock.frozen_at(begun):
            new = keys.rotate_secret(key=key, overlap=overlap).secret
        if overlap:
            with clock.frozen_at(begun + overlap - timedelta(milliseconds=1)):
                assert [status_with(caller, secret) for secret in (old, new)] == ["RS_OK", "RS_OK"]
        with clock.frozen_at(begun + overlap):
            assert [status_with(caller, secret) for secret in (old, new)] == ["SIGNATURE_NOT_MATCH", "RS_OK"]

    def test_an_overlap_of_eight_days_is_refused(self, issued: Issued) -> None:
        with pytest.raises(errors.OverlapTooLong, match="at most 7 days"):
            keys.rotate_secret(key=issued.key, overlap=8 * DAY)
        assert keys.current_version(issued.key) == 1

    def test_a_third_secret_is_refused_with_the_end_of_the_older(self, issued: Issued) -> None:
        keys.rotate_secret(key=issued.key)
        ends = version(issued.key, 1).usable_until
        assert ends is not None
        with pytest.raises(errors.TwoSecretsAlready, match=show_moment(ends)):
            keys.rotate_secret(key=issued.key)

    def test_after_the_overlap_it_can_be_rotated_again(self, issued: Issued) -> None:
        keys.rotate_secret(key=issued.key)
        with clock.frozen_at(clock.now() + DAY + HOUR):
            assert keys.rotate_secret(key=issued.key).row.version == 3

    def test_the_overlap_never_outlives_the_key(self, acme: Merchant) -> None:
        ends = clock.now() + HOUR
        issued = keys.issue_key(merchant=acme, expires_at=ends)
        keys.rotate_secret(key=issued.key)
        assert version(issued.key, 1).usable_until == ends

    def test_the_second_of_two_people_is_told_that_the_page_is_old(self, issued: Issued) -> None:
        keys.rotate_secret(key=issued.key, overlap=timedelta(0), expected_version=1)
        with pytest.raises(errors.StalePage, match="Version 2 is now the current version"):
            keys.rotate_secret(key=issued.key, overlap=timedelta(0), expected_version=1)

    def test_a_revoked_key_is_not_rotated(self, issued: Issued) -> None:
        keys.revoke_key(key=issued.key)
        with pytest.raises(errors.KeyRevoked):
            keys.rotate_secret(key=issued.key)

    def test_nor_is_one_that_has_ended(self, acme: Merchant) -> None:
        issued = keys.issue_key(merchant=acme, expires_at=clock.now() + HOUR)
        with clock.frozen_at(clock.now() + DAY), pytest.raises(errors.KeyExpired):
            keys.rotate_secret(key=issued.key)


class TestOverlap:
    @pytest.fixture
    def old(self, issued: Issued) -> Secret:
        keys.rotate_secret(key=issued.key)
        return version(issued.key, 1)

    def test_it_is_extended(self, old: Secret) -> None:
        assert old.usable_until is not None
        later = old.usable_until + DAY
        assert keys.extend_overlap(secret=old, until=later).usable_until == later

    def test_not_beyond_seven_days_after_the_rotation(self, old: Secret) -> None:
        assert old.superseded_at is not None
        with pytest.raises(errors.OverlapTooLong):
            keys.extend_overlap(secret=old, until=old.superseded_at + timedelta(days=7, seconds=1))

    def test_not_to_a_moment_that_has_passed(self, old: Secret) -> None:
        with pytest.raises(errors.MomentPassed, match="Choose a moment in the future"):
            keys.extend_overlap(secret=old, until=clock.now() - HOUR)

    def test_not_to_an_earlier_end(self, old: Secret) -> None:
        with pytest.raises(errors.NotLater):
            keys.extend_overlap(secret=old, until=clock.now() + HOUR)

    def test_it_is_ended_now_and_for_good(self, old: Secret) -> None:
        keys.end_overlap(secret=old)
        with pytest.raises(errors.NoOverlap):
            keys.end_overlap(secret=old)
        with pytest.raises(errors.NoOverlap):
            keys.extend_overlap(secret=old, until=clock.now() + DAY)

    def test_the_current_version_has_none(self, old: Secret) -> None:
        with pytest.raises(errors.NoOverlap):
            keys.end_overlap(secret=version(old.key, 2))

    def test_one_that_has_run_out_cannot_be_extended(self, old: Secret) -> None:
        with clock.frozen_at(clock.now() + 2 * DAY), pytest.raises(errors.NoOverlap):
            keys.extend_overlap(secret=old, until=clock.now() + DAY)


class TestTheEmergency:
    def test_every_version_is_revoked_and_the_next_one_signs(self, caller: Caller) -> None:
        key, first = ApiKey.objects.get(), caller.signer.secret
        second = keys.rotate_secret(key=key).secret
        third = keys.replace_secrets(key=key)
        assert third.row.version == 3
        assert [status_with(caller, each) for each in (first, second, third.secret)] == [
            "SIGNATURE_NOT_MATCH",
            "SIGNATURE_NOT_MATCH",
            "RS_OK",
        ]


class TestTheDatabase:
    """What holds even if all of this code is wrong."""

    def refuses(self, *, of: Secret, **values: Any) -> bool:
        try:
            with transaction.atomic():
                Secret.objects.filter(pk=of.pk).update(**values)
        except IntegrityError:
            return True
        return False

    def test_a_third_usable_secret(self, issued: Issued) -> None:
        keys.rotate_secret(key=issued.key)
        with pytest.raises(IntegrityError, match="at most 2 usable secrets"), transaction.atomic():
            keys._new_version(issued.key, 3)

    def test_two_current_versions(self, issued: Issued) -> None:
        with pytest.raises(IntegrityError, match="secret_one_current"), transaction.atomic():
            keys._new_version(issued.key, 2)

    def test_a_revoked_secret_that_comes_back(self, issued: Issued) -> None:
        keys.revoke_key(key=issued.key)
        assert self.refuses(of=issued.row, revoked_at=None)
        assert self.refuses(of=issued.row, revoked_at=clock.now())

    def test_a_revoked_key_that_comes_back(self, issued: Issued) -> None:
        keys.revoke_key(key=issued.key)
        with pytest.raises(IntegrityError, match="cannot come back"):
            ApiKey.objects.filter(pk=issued.key.pk).update(status="active")

    @pytest.mark.parametrize("until", [lambda now: None, lambda now: now + HOUR], ids=["no end", "later"])
    def test_an_overlap_that_begins_again(self, issued: Issued, until: Any) -> None:
        keys.rotate_secret(key=issued.key, overlap=timedelta(0))
        assert self.refuses(of=issued.row, usable_until=until(clock.now()))

    def test_an_overlap_of_more_than_seven_days(self, issued: Issued) -> None:
        now: datetime = clock.now()
        keys.rotate_secret(key=issued.key)
        assert self.refuses(of=issued.row, usable_until=now + timedelta(days=7, minutes=1))


def test_every_verb_tells_the_contacts_and_none_a_secret(acme: Merchant, owner: Person, viewer: Person) -> None:
    factories.member(acme, "manager", email="manager@acme.test")
    acme.contacts.create(email="security@acme.test")
    issued = keys.issue_key(merchant=acme)
    secrets = [issued.secret, keys.rotate_secret(key=issued.key).secret]
    old = version(issued.key, 1)
    keys.extend_overlap(secret=old, until=clock.now() + 2 * DAY)
    keys.end_overlap(secret=old)
    keys.quarantine_key(key=issued.key)
    keys.revoke_key(key=issued.key)
    emails = list(OutgoingEmail.objects.filter(template="key_changed"))
    assert {email.to for email in emails} == {"owner@acme.test", "manager@acme.test", "security@acme.test"}
    assert len(emails) == 3 * 6
    assert not [email for email in emails for secret in secrets if secret in str(email.context)]
