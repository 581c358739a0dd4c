"""A merchant that has gone quiet, or is refused on every request, is one incident with one email."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from merchants.models import Merchant, OutgoingEmail, Person
from merchants.models.events import OutgoingEvent
from merchants.services import event_endpoints, history, merchants
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from wallet import tasks
from wallet.models import MerchantHour, TrafficIncident, Watermark
from wallet.services.log import request_log
from wallet.services.usage import calls_by_hour, quiet_merchants, usage_rollup

HOUR = timedelta(hours=1)
NOW = (datetime.now(UTC) + timedelta(days=3)).replace(hour=14, minute=30, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def _told(settings: object) -> None:
    settings.TRAFFIC_ALARM_TO = ["traffic@oppi.test", "night@oppi.test"]  # type: ignore[attr-defined]


def usual_days(merchant: Merchant, *, days: int = 7, calls: int = 40, hours: tuple[int, ...] = (13, 14)) -> None:
    """Accepted requests in these hours of the days before NOW."""
    MerchantHour.objects.bulk_create(
        MerchantHour(
            merchant=merchant, hour=NOW.replace(hour=hour, minute=0) - timedelta(days=day), status="RS_OK", calls=calls
        )
        for day in range(1, days + 1)
        for hour in hours
    )


def check(at: datetime = NOW) -> quiet_merchants.Changes:
    with clock.frozen_at(at):
        return quiet_merchants.check_traffic()


def call_at(at: datetime, caller: Caller, *, accepted: bool = True, times: int = 1, **headers: Any) -> None:
    """Signed requests, written to the log."""
    body = {"playerId": "player-1" if accepted else "nobody", "currency": "EUR"}
    with clock.frozen_at(at):
        for _ in range(times):
            caller.call("/wallet/balance", body, timestamp=str(int(at.timestamp() * 1000)), **headers)
    request_log.drain_lines()


def test_a_merchant_with_steady_traffic_and_none_for_an_hour_is_quiet(acme: Merchant) -> None:
    usual_days(acme)
    [incident] = check().opened
    assert (incident.merchant, incident.kind, incident.usual_calls) == (acme, "quiet", 40)
    assert sorted(OutgoingEmail.objects.values_list("to", "template")) == [
        ("night@oppi.test", "traffic_alarm"),
        ("traffic@oppi.test", "traffic_alarm"),
    ]


def test_its_own_endpoints_get_an_event(acme: Merchant) -> None:
    usual_days(acme)
    by = Person.objects.create_user("owner@casino.test")
    event_endpoints.add_endpoint(
        merchant=acme, kind="slack", url="https://hooks.slack.com/services/T/B/x", event_types=["merchant.quiet"], by=by
    )
    check()
    [event] = OutgoingEvent.objects.filter(merchant=acme)
    assert (event.type, event.data) == ("merchant.quiet", {"last_accepted_at": None, "usual_calls": 40})


@pytest.mark.parametrize(
    "past",
    [
        {"days": 4},  # not steady
        {"calls": 19},  # hardly any
        {"hours": (13,)},  # the traffic ends each day at two
        {"hours": (14,)},  # it begins at two
    ],
    ids=str,
)
def test_silence_that_is_usual_is_no_incident(acme: Merchant, past: dict[str, object]) -> None:
    usual_days(acme, **past)  # type: ignore[arg-type]
    assert check().opened == []


def test_an_incident_is_mailed_once_and_ends_with_the_next_accepted_request(caller: Caller, acme: Merchant) -> None:
    usual_days(acme)
    call_at(NOW - 2 * HOUR, caller)
    usage_rollup.sum_up(Watermark.Source.CALLS)
    [incident] = check().opened
    assert incident.last_accepted_at == NOW - 2 * HOUR
    for minutes in (5, 10):
        assert check(NOW + timedelta(minutes=minutes)) == ([], [])
    assert OutgoingEmail.objects.count() == 2
    call_at(NOW + timedelta(minutes=12), caller)
    assert check(NOW + timedelta(minutes=15)).ended == [incident]
    assert not quiet_merchants.open_incidents().exists()
    [both] = history.timeline(acme, kind="traffic")  # of one transaction, here
    assert both.title == "Alarm: no accepted requests from the merchant; Alarm “No accepted requests” ended"


def test_a_request_within_the_hour_is_no_silence(caller: Caller, acme: Merchant) -> None:
    usual_days(acme)
    call_at(NOW - timedelta(minutes=59), caller)
    assert check().opened == []
    usage_rollup.sum_up(Watermark.Source.CALLS)
    assert check().opened == []
    assert len(check(NOW + timedelta(minutes=2)).opened) == 1


def test_refusals_alone_are_an_incident_of_their_own(caller: Caller, acme: Merchant) -> None:
    usual_days(acme)
    call_at(NOW - timedelta(minutes=70), caller)
    [quiet] = check().opened
    call_at(NOW + timedelta(minutes=1), caller, accepted=False, times=20)
    changes = check(NOW + timedelta(minutes=5))
    assert changes.ended == [quiet]
    assert [(each.kind, each.refused_calls) for each in changes.opened] == [("refused", 20)]
    usage_rollup.sum_up(Watermark.Source.CALLS)
    assert check(NOW + timedelta(minutes=10)) == ([], [])


def test_requests_with_a_wrong_signature_count_as_refused(caller: Caller, acme: Merchant) -> None:
    call_at(NOW - timedelta(minutes=20), caller, times=20, x_signature="0" * 64)
    assert [each.kind for each in check().opened] == ["refused"]


@pytest.mark.parametrize("accepted", [1, 14])
def test_one_accepted_request_of_the_last_quarter_of_an_hour_is_enough(
    caller: Caller, acme: Merchant, accepted: int
) -> None:
    call_at(NOW - timedelta(minutes=30), caller, accepted=False, times=25)
    call_at(NOW - timedelta(minutes=accepted), caller)
    assert check().opened == []


def test_fewer_refusals_are_no_incident(caller: Caller, acme: Merchant) -> None:
    call_at(NOW - timedelta(minutes=30), caller, accepted=False, times=19)
    assert check().opened == []


def test_a_refused_merchant_that_gives_up_is_no_incident_after_a_day(caller: Caller, acme: Merchant) -> None:
    call_at(NOW - timedelta(minutes=30), caller, accepted=False, times=20)
    [incident] = check().opened
    assert check(NOW + timedelta(hours=23)).ended == []
    assert check(NOW + timedelta(hours=24)).ended == [incident]


def test_sandboxes_and_merchants_that_are_not_active_are_left_out(acme: Merchant, rival: Merchant) -> None:
    sandbox = factories.sandbox(acme)
    usual_days(sandbox)
    usual_days(rival)
    merchants.set_status(merchant=rival, status="suspended")
    assert check().opened == []


def test_the_incident_of_a_suspended_merchant_ends(acme: Merchant) -> None:
    usual_days(acme)
    [incident] = check().opened
    merchants.set_status(merchant=acme, status="suspended")
    assert check(NOW + HOUR).ended == [incident]


def test_silence_proves_nothing_while_the_log_is_not_summed_up(
    caller: Caller, acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual_days(acme)
    monkeypatch.setattr(calls_by_hour, "TAIL", 1)
    call_at(NOW - 2 * HOUR, caller)
    assert check().opened == []


def test_the_job_runs_as_the_portal(acme: Merchant) -> None:
    usual_days(acme)
    with clock.frozen_at(NOW):
        tasks.raise_traffic_alarms()
    assert TrafficIncident.objects.get().merchant == acme
    [entry] = history.timeline(acme, kind="traffic")
    assert entry.door == "job wallet.tasks.raise_traffic_alarms"


def test_the_database_holds_one_open_incident_that_stays(acme: Merchant) -> None:
    first = TrafficIncident.objects.create(merchant=acme, kind="quiet", began_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrafficIncident.objects.create(merchant=acme, kind="refused", began_at=NOW)
    for statement in (
        "DELETE FROM wallet_trafficincident",
        "UPDATE wallet_trafficincident SET began_at = now()",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    TrafficIncident.objects.filter(pk=first.pk).update(ended_at=NOW)
    with pytest.raises(Exception, match="Cannot update rows"), transaction.atomic():
        TrafficIncident.objects.filter(pk=first.pk).update(ended_at=None)


def test_hours_are_those_of_sums_and_of_rows_behind_them(caller: Caller, acme: Merchant) -> None:
    hour = NOW.replace(minute=0)
    call_at(NOW, caller, times=2)
    usage_rollup.sum_up(Watermark.Source.CALLS)
    call_at(NOW, caller, accepted=False)
    found = calls_by_hour.calls_by_hour([hour])
    assert found.calls_of(acme.pk, hour) == (2, 1)
    assert found.by_status == {"RS_OK": 2, "RS_ERROR_RECORD_NOT_FOUND": 1}
    assert found.calls_of(acme.pk, hour - HOUR) == (0, 0)
