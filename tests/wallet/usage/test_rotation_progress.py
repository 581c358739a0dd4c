"""Rotation progress, and when its overlap may end. The clock is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from merchants.models import Game, Merchant, Secret
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.signing import Signer
from tests.wallet.usage.test_compromise_report import Told
from wallet import tasks
from wallet.models import Watermark
from wallet.services.log import request_log
from wallet.services.usage import rotation_progress, usage_rollup

DAY = datetime(2026, 3, 10, tzinfo=UTC)


def at(hour: float) -> Any:
    return clock.frozen_at(DAY + timedelta(hours=hour))


@pytest.fixture
def old(acme: Merchant, game: Game) -> Told:
    with at(0):
        return Told(acme, factories.signer(acme), game)


def rotated(old: Told, hour: float, quiet_hours: int | None = None) -> tuple[Secret, Told]:
    secret = Secret.objects.select_related("key").get(key__auth_key=old.signer.auth_key)
    with at(hour):
        issued = keys.rotate_secret(key=secret.key, overlap=timedelta(days=3), quiet_hours=quiet_hours)
    secret.refresh_from_db()
    return secret, Told(old.merchant, Signer(issued.key.auth_key, issued.secret), old.game)


def calls(machine: Told, *hours: float) -> None:
    for hour in hours:
        with at(hour):
            machine.balance()
    request_log.drain_lines()


def is_refused(machine: Told) -> bool:
    answer = machine.balance()
    return answer.status == "SIGNATURE_NOT_MATCH"


@pytest.mark.parametrize("summed_up", [False, True])
def test_calls_of_the_last_day_by_address_endpoint_and_version(old: Told, summed_up: bool) -> None:
    calls(old, 1, 5)
    secret, new = rotated(old, 6)
    calls(old, 20)
    calls(new, 7, 30, 31)
    if summed_up:
        usage_rollup.sum_up(Watermark.Source.CALLS)
    with at(31):
        found = rotation_progress.rotation_progress(secret.key)
    assert found is not None
    [line] = found.lines
    assert (line.address, line.endpoint, line.old, line.new) == ("127.0.0.1", "/wallet/balance", 1, 3)
    assert (line.old_at, line.new_at) == (DAY + timedelta(hours=20), DAY + timedelta(hours=31))
    assert (found.quiet_for, found.quiet, found.safe_to_end) == (timedelta(hours=11), "11 h 0 min", False)


def test_there_is_no_meter_without_an_overlap(old: Told) -> None:
    key = Secret.objects.select_related("key").get().key
    with at(1):
        assert rotation_progress.rotation_progress(key) is None


def test_it_is_quiet_since_the_last_rightly_signed_call(old: Told) -> None:
    secret, new = rotated(old, 2)
    calls(new, 8)
    with at(5):
        old.balance(playerId="nobody")  # refused for another reason, but rightly signed
    with at(6):
        forged = old.call("/wallet/balance", {"playerId": "player-1", "currency": "EUR"}, x_signature="0" * 64)
        assert forged.status == "SIGNATURE_NOT_MATCH"
    request_log.drain_lines()
    with at(9):
        assert rotation_progress.quiet_time(secret) == timedelta(hours=4)


def test_a_version_that_never_signed_counts_from_when_it_was_replaced(old: Told) -> None:
    secret, _ = rotated(old, 2)
    with at(25.9):
        assert rotation_progress.quiet_time(secret) is None
        assert not rotation_progress.is_safe_to_end(secret)
    with at(26):
        assert rotation_progress.is_safe_to_end(secret)


def test_what_it_signed_long_before_does_not_shorten_the_wait(old: Told) -> None:
    calls(old, 0.5)
    secret, _ = rotated(old, 30, quiet_hours=4)
    with at(33.9):
        assert not rotation_progress.is_safe_to_end(secret)
        assert rotation_progress.end_quiet_overlaps() == 0
    with at(34):
        assert rotation_progress.is_safe_to_end(secret)


def test_an_overlap_ends_by_itself_when_it_asked_for_it(old: Told) -> None:
    secret, _ = rotated(old, 2, quiet_hours=4)
    calls(old, 3)
    with at(6.9):
        tasks.end_quiet_overlaps()
        assert not is_refused(old)  # and that was a call
    request_log.drain_lines()
    with at(10.8):
        assert rotation_progress.end_quiet_overlaps() == 0
    with at(10.9):
        assert rotation_progress.end_quiet_overlaps() == 1
    secret.refresh_from_db()
    assert secret.usable_until == DAY + timedelta(hours=10.9)
    with at(11):
        assert is_refused(old)
        assert rotation_progress.end_quiet_overlaps() == 0


def test_an_overlap_that_did_not_ask_for_it_stays(old: Told) -> None:
    secret, _ = rotated(old, 2)
    with at(60):
        assert rotation_progress.end_quiet_overlaps() == 0
        assert rotation_progress.is_safe_to_end(secret)


def test_money_that_moved_counts_even_if_the_log_has_lost_the_call(old: Told) -> None:
    secret, _ = rotated(old, 2)
    with at(9):
        old.deposit(100)
    request_log.clear_lines()
    with at(10):
        assert rotation_progress.quiet_time(secret) == timedelta(hours=1)


def test_it_is_not_ended_when_somebody_asks_for_more_time_meanwhile(old: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, _ = rotated(old, 2, quiet_hours=4)
    judged = rotation_progress.is_safe_to_end

    def meanwhile(waiting: Secret) -> bool:
        found = judged(waiting)
        keys.end_when_quiet(secret=waiting, hours=None)
        return found

    monkeypatch.setattr(rotation_progress, "is_safe_to_end", meanwhile)
    with at(20):
        assert rotation_progress.end_quiet_overlaps() == 0
        secret.refresh_from_db()
        assert Secret.objects.overlapping(at=clock.now()).filter(pk=secret.pk).exists()
