"""Refused calls fill no disk: what is kept of them is bounded, the rest is counted, and no right call suffers."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as settings_of
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import AllowlistEntry, Person
from merchants.services import credentials
from portal.lib import clock
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.plugins.database_role import as_superuser
from wallet.models import RefusedCall, RefusedHour, SignedRequest
from wallet.services.calls import refusal_limit
from wallet.services.log import refusal_budget, request_log
from wallet.services.log.request_log import LogLine, RefusedBody

BALANCE = "/wallet/balance"
FLOOD = 3_000
LARGE = b"x" * 60_000
UNKNOWN = "a" * 60


@pytest.fixture(autouse=True)
def _empty_log(caller: Caller) -> None:
    request_log.drain_lines()
    with as_superuser():
        for model in (SignedRequest, RefusedCall, RefusedHour):
            model.objects.all().delete()
    refusal_limit.clear()


def kept_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(length(body) + length(headers::text) + length(query)), 0) FROM wallet_refusedcall"""
        )
        return int(cursor.fetchone()[0])


def test_a_flood_of_unknown_keys_leaves_little_and_stops_nobody(caller: Caller, settings: Any) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 100
    codes = []
    with clock.frozen_at(clock.now()):
        for number in range(FLOOD):
            codes.append(caller.call(BALANCE, LARGE, x_api_key=UNKNOWN, x_more="m" * 4_000).http_status)
            if number % 500 == 0:
                assert caller.balance().status == "RS_OK"
        assert caller.bet(100).status == "RS_OK"
    request_log.drain_lines()
    assert codes == [200] * 100 + [429] * (FLOOD - 100)
    assert SignedRequest.objects.filter(status="RS_ERROR_INVALID_APIKEY").count() == 100
    assert SignedRequest.objects.filter(status="RS_OK").count() == 7
    assert kept_bytes() <= 100 * 2 * request_log.SHORT_BYTES
    assert refusal_budget.dropped_counts(since=clock.now() - timedelta(hours=1)).lines == FLOOD - 100


def test_beyond_the_limit_the_answer_is_an_envelope(caller: Caller, settings: Any) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 1
    now = clock.now()
    with clock.frozen_at(now):
        caller.call(BALANCE, {}, x_signature="00")
        answer = caller.call("/wallet/transaction/bet", {"transactionId": "t-1"}, x_signature="00")
    assert (answer.http_status, answer["status"], answer["transactionId"]) == (429, "RS_ERROR", "t-1")
    assert "valid signature" in answer["message"]
    assert answer.headers["x-request-id"]
    with clock.frozen_at(now + timedelta(minutes=1)):
        assert caller.call(BALANCE, {}, x_signature="00").status == "SIGNATURE_NOT_MATCH", "a minute later"


FAILS: dict[str, dict[str, Any]] = {
    "row 1": {"x_signature": ""},
    "row 2": {"x_api_key": "nobody"},
    "row 4": {"timestamp": "1"},
    "row 5": {"x_signature": "00"},
}


@pytest.mark.parametrize("row", FAILS)
def test_what_fails_rows_1_to_5_is_limited(caller: Caller, settings: Any, row: str) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 2
    with clock.frozen_at(clock.now()):
        codes = [caller.call(BALANCE, {}, **FAILS[row]).http_status for _ in range(4)]
    assert codes == [200, 200, 429, 429]


def test_so_is_row_3(caller: Caller, settings: Any) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 2
    AllowlistEntry.objects.create(merchant=caller.merchant, network="192.0.2.0/24")
    credentials.forget_credentials()  # else the first is judged by the list of before, and found out later
    with clock.frozen_at(clock.now()):
        assert [caller.balance().http_status for _ in range(3)] == [200, 200, 429]


def test_a_rightly_signed_call_is_never_counted(caller: Caller, settings: Any) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 2
    with clock.frozen_at(clock.now()):
        for _ in range(5):
            assert caller.bet(900_000_000).status == "NOT_ENOUGH_MONEY"
            assert caller.call(BALANCE, b"{").status == "INCORRECT_DATA"
            assert caller.call("/wallet/nothing", {}).http_status == 404
        assert caller.call(BALANCE, {}, x_signature="00").http_status == 200


def test_strangers_paths_leave_no_more_lines_than_their_keys(caller: Caller, settings: Any) -> None:
    settings.REFUSED_CALLS_A_MINUTE = 2
    with clock.frozen_at(clock.now()):
        codes = {caller.call("/wallet/nothing", {}, x_more="m" * 4_000).http_status for _ in range(5)}
    request_log.drain_lines()
    assert codes == {404}
    assert SignedRequest.objects.count() == 2
    assert kept_bytes() <= 2 * 2 * request_log.SHORT_BYTES


def test_of_an_unknown_key_only_the_beginning_is_kept(caller: Caller) -> None:
    answer = caller.call(f"{BALANCE}?q={'q' * 3_000}", b"y" * 50_000, x_api_key=UNKNOWN, x_more="m" * 4_000)
    request_log.drain_lines()
    kept, line = RefusedCall.objects.get(), SignedRequest.objects.get()
    assert str(kept.request_id) == answer.headers["x-request-id"]
    assert kept.is_cut
    assert {"x-api-key", "x-timestamp", "x-signature", "content-type"} <= set(kept.headers)
    assert bytes(kept.body)
    assert set(bytes(kept.body)) == {ord("y")}
    assert (line.method, line.endpoint, line.address) == ("POST", BALANCE, "127.0.0.1")
    assert line.auth_key == f"{UNKNOWN[:20]}…"


def test_a_merchants_key_is_named_whole_and_its_wrong_signatures_are_kept_whole(caller: Caller) -> None:
    caller.call(BALANCE, LARGE, x_signature="00")
    request_log.drain_lines()
    assert bytes(RefusedCall.objects.get().body) == LARGE
    assert SignedRequest.objects.get().auth_key == caller.signer.auth_key


def test_bodies_of_one_address_are_bounded_by_the_minute(caller: Caller, settings: Any) -> None:
    settings.REFUSED_BYTES_A_MINUTE = 150_000
    with clock.frozen_at(clock.now()):
        for _ in range(4):
            caller.call(BALANCE, LARGE, x_signature="00")
    request_log.drain_lines()
    assert SignedRequest.objects.count() == 4
    assert RefusedCall.objects.count() == 2
    assert refusal_budget.dropped_counts(
        since=clock.now() - timedelta(hours=1), merchant_id=caller.merchant.pk
    ) == refusal_budget.Dropped(0, 2)


# --- by the hour, and in all ------------------------------------------------------------------------------------------
def line_of(size: int, caller: Caller | None = None, *, signed: bool = False) -> LogLine:
    line = LogLine(uuid4(), clock.now(), ip_address("192.0.2.1"), "socket", "POST", BALANCE, http_status=200)
    line.status = "RS_ERROR_INCORRECT_DATA" if signed else "RS_ERROR_SIGNATURE_NOT_MATCH"
    line.refused = RefusedBody("", {}, b"z" * size) if size else None
    if caller is not None:
        line.auth_key = caller.signer.auth_key
    if caller is not None and signed:
        secret = caller.merchant.keys.get().secrets.get()
        line.merchant_id, line.secret_id = caller.merchant.pk, secret.pk
    return line


def written(*lines: LogLine) -> tuple[int, int]:
    for line in lines:
        request_log.add_line(line)
    request_log.drain_lines()
    return SignedRequest.objects.count(), RefusedCall.objects.count()


def test_strangers_share_an_hour(caller: Caller, settings: Any) -> None:
    settings.REFUSED_BYTES_AN_HOUR = 20_000
    now = clock.now()
    with clock.frozen_at(now):
        assert written(*(line_of(4_000, caller) for _ in range(4))) == (4, 2), "half of the hour is for bodies"
        lines, bodies = written(*(line_of(0) for _ in range(100)))
        assert bodies == 2
        assert lines < 40
        assert written(line_of(10, caller, signed=True)) == (lines + 1, 3), "who signs has an hour of its own"
        dropped = refusal_budget.dropped_counts(since=now)
        assert dropped == refusal_budget.Dropped(104 - lines, 2)
        assert refusal_budget.dropped_counts(since=now, merchant_id=caller.merchant.pk).bodies == 2
    with clock.frozen_at(now + timedelta(hours=1)):
        assert written(line_of(4_000)) == (lines + 2, 4)


def test_so_does_what_a_merchant_signed_but_its_lines_stay(caller: Caller, settings: Any) -> None:
    settings.REFUSED_BYTES_AN_HOUR = 10_000
    assert written(*(line_of(4_000, caller, signed=True) for _ in range(5))) == (5, 2)


def test_the_table_is_bounded(caller: Caller, settings: Any) -> None:
    settings.REFUSED_TABLE_BYTES = 20_000
    now, hours = clock.now(), 0
    for hours in range(6):
        with clock.frozen_at(now + timedelta(hours=hours)):
            written(line_of(4_000))
    assert RefusedCall.objects.count() == 2, "strangers fill half of it"
    with clock.frozen_at(now + timedelta(hours=hours)):
        assert written(*(line_of(4_000, caller, signed=True) for _ in range(5)))[1] == 3
    with clock.frozen_at(now + timedelta(days=settings.REFUSED_BODY_DAYS, hours=hours + 1)):
        assert written(line_of(4_000))[1] == 4, "what is over makes room"


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, caller: Caller, settings: Any) -> None:
    monkeypatch.setattr(refusal_limit, "ADDRESSES", 10)
    settings.REFUSED_CALLS_A_MINUTE = 5
    minute, now = refusal_limit.Minute(), clock.now()
    passed = [minute.add("x", ip_address(f"192.0.2.{number}"), now, most=5) for number in range(100)]
    assert len(minute.counts) <= 11
    assert passed == [True] * 15 + [False] * 85, "ten have a count of their own, the others share one"


def test_an_ipv6_address_is_its_network() -> None:
    minute, now = refusal_limit.Minute(), clock.now()
    assert minute.add("x", ip_address("2001:db8::1"), now, most=1)
    assert not minute.add("x", ip_address("2001:db8::ffff:1"), now, most=1)
    assert minute.add("x", ip_address("2001:db8:0:1::1"), now, most=1)
    assert minute.add("x", ip_address("::1"), now, most=1)
    assert minute.add("x", None, now, most=1)


def test_strangers_take_no_place_of_who_signs_when_lines_wait(caller: Caller, settings: Any) -> None:
    settings.REQUEST_LOG_CAPACITY = 10
    lines, _ = written(*(line_of(0) for _ in range(50)), line_of(0, caller, signed=True))
    assert 5 <= lines <= 7
    assert SignedRequest.objects.filter(merchant=caller.merchant).count() == 1
    assert refusal_budget.dropped_counts(since=clock.now() - timedelta(hours=1)).lines == 51 - lines


def test_what_was_dropped_is_shown(client: Client, support: Person, viewer: Person, caller: Caller) -> None:
    for _ in range(3):
        refusal_budget.drop_line(line_of(0, caller))
    refusal_budget.drop_line(line_of(0))
    request_log.drain_lines()
    signed_in(client, viewer)
    assert "3 refused requests with your auth keys are not listed" in said(client.get("/operator/acme/requests/"))
    signed_in(client, support)
    for page in ("/admin/", "/admin/wallet/signedrequest/"):
        assert "refused requests without a log entry: 4." in said(client.get(page))


def test_lines_that_wait_for_the_database_are_counted_once(
    caller: Caller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller.call("/wallet/balance", {}, x_signature="00")
    with monkeypatch.context() as away:
        away.setattr(request_log, "COPY_LINES", "COPY away FROM STDIN")
        for _ in range(5):
            with pytest.raises(DatabaseError):
                request_log.drain_lines()
    assert request_log.drain_lines() == 1
    assert RefusedHour.objects.get().bytes < 2 * (refusal_budget.LINE_BYTES + refusal_budget.ROW_BYTES + 1024)


def test_lines_that_find_no_room_when_the_database_is_back_are_counted(
    caller: Caller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        caller.call("/wallet/balance", {}, x_signature="00")
    settings.REQUEST_LOG_CAPACITY = 2
    with monkeypatch.context() as away:
        away.setattr(request_log, "COPY_LINES", "COPY away FROM STDIN")
        with pytest.raises(DatabaseError):
            request_log.drain_lines()
    request_log.drain_lines()
    assert refusal_budget.dropped_counts(since=clock.now() - timedelta(hours=2)).lines == 1


def test_an_unknown_key_is_looked_up_once(caller: Caller) -> None:
    with CaptureQueriesContext(connections[settings_of.WALLET_DATABASE]) as queries:
        assert caller.call("/wallet/balance", {}, x_api_key="oppi_pub_nobody").status == "INVALID_APIKEY"
    assert len([each for each in queries if "merchants_apikey" in each["sql"]]) == 1
