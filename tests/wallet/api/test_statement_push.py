"""`POST /reconciliation/statements` and what is told of a statement afterwards."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from merchants.models import AllowlistEntry, ApiKey, Merchant
from merchants.services import keys
from portal.lib import clock
from tests.conftest import Caller
from tests.signing import Answer, now_ms
from tests.wallet.reconciling import rows_of
from wallet.api import uploads
from wallet.models import RefusedCall, Statement
from wallet.reconciliation import statements
from wallet.services.log import request_log

PATH = "/reconciliation/statements"
DAY = "2026-01-31"
NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
ROW = {"transactionId": "t-1", "kind": "bet", "playerId": "p-1", "currency": "EUR", "amount": 100_000}
CSV = b"#day=2026-01-31\ntransactionId,kind,playerId,currency,amount\nt-1,bet,p-1,EUR,100000\n"
JSON = {"day": DAY, "transactions": [ROW]}


@pytest.fixture(autouse=True)
def _opened_long_ago(acme: Merchant, rival: Merchant) -> None:
    Merchant.objects.update(created_at=NOW - timedelta(days=100))


def send(caller: Caller, body: Any = JSON, kind: str = "application/json", packed: str = "", **headers: Any) -> Answer:
    meta = {"CONTENT_TYPE": kind} | ({"HTTP_CONTENT_ENCODING": packed} if packed else {})
    with clock.frozen_at(NOW):
        stamp = headers.pop("timestamp", str(int(NOW.timestamp() * 1000)))
        return caller.call(PATH, body, meta=meta, timestamp=stamp, **headers)


def ask(caller: Caller, number: str) -> Answer:
    with clock.frozen_at(NOW):
        return caller.get(f"{PATH}/{number}", timestamp=str(int(NOW.timestamp() * 1000)))


def read(answer: Answer) -> Statement:
    with clock.frozen_at(NOW):
        return statements.read_statement(statement=Statement.objects.get(number=answer["statementId"]))


def stored(statement: Statement) -> bytes:
    with statement.file.open() as file:
        return bytes(file.read())


def large(rows: int = 2_000) -> bytes:
    lines = (f"t-{number},bet,player-{number:09d},EUR,100000\n" for number in range(rows))
    return b"#day=2026-01-31\ntransactionId,kind,playerId,currency,amount\n" + "".join(lines).encode()


# --- what comes in ----------------------------------------------------------------------------------------------------
def test_a_statement_is_received_and_waits_to_be_read(caller: Caller) -> None:
    answer = send(caller)
    assert answer.status == "RS_OK"
    assert (answer["day"], answer["state"], answer["rows"]) == (DAY, "received", 0)
    kept = Statement.objects.get()
    assert (kept.merchant, kept.day.isoformat(), kept.source) == (caller.merchant, DAY, "api")
    assert json.loads(stored(kept)) == JSON


WAYS: dict[str, tuple[bytes, str, str]] = {
    "csv": (CSV, "text/csv", ""),
    "csv with a mark": (b"\xef\xbb\xbf" + CSV, "text/csv; charset=utf-8", ""),
    "csv of other line ends": (CSV.replace(b"\n", b"\r\n"), "text/csv", ""),
    "csv packed": (gzip.compress(CSV, mtime=0), "text/csv", "gzip"),
    "json packed": (gzip.compress(json.dumps(JSON).encode(), mtime=0), "application/json", "gzip"),
    "json, its day last": (json.dumps({"transactions": [ROW], "day": DAY}).encode(), "application/json", ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_to_send_it_is_read_the_same(caller: Caller, way: str) -> None:
    body, kind, packed = WAYS[way]
    answer = send(caller, body, kind, packed)
    assert (answer.status, answer["day"]) == ("RS_OK", DAY)
    statement = read(answer)
    assert (statement.state, statement.faults) == ("read", [])
    (row,) = rows_of(statement)
    assert (row.transaction_id, row.kind, row.player_id, row.amount) == ("t-1", "bet", "p-1", 100_000)


def test_the_line_of_the_day_is_a_line(caller: Caller) -> None:
    """What is told of line 3 is told of line 3 of what was sent."""
    statement = read(send(caller, CSV.replace(b"100000", b"much"), "text/csv"))
    assert (statement.state, statement.faults[0]["line"]) == ("refused", 3)


def test_a_large_one_is_signed_and_kept_as_it_came(caller: Caller) -> None:
    body = large()
    assert len(body) > 64 * 1024
    answer = send(caller, body, "text/csv")
    assert answer.status == "RS_OK"
    assert stored(Statement.objects.get()) == body
    assert read(answer).rows == 2_000


def test_a_large_one_that_is_packed_is_signed_as_it_was_sent(caller: Caller) -> None:
    body = gzip.compress(large(9_000), compresslevel=0)
    assert send(caller, body, "text/csv", "gzip").status == "RS_OK"
    assert stored(Statement.objects.get()) == body


def test_a_large_json_says_its_day_first(caller: Caller) -> None:
    rows = [ROW | {"transactionId": f"t-{number}"} for number in range(2_000)]
    assert send(caller, {"day": DAY, "transactions": rows}).status == "RS_OK"
    assert send(caller, {"transactions": rows, "day": DAY}).status == "FIELD_REQUIRED_OR_INVALID"


SCOPED = {
    "csv": (b"#day=2026-01-31;part=1/2;currencies=EUR\n" + CSV.partition(b"\n")[2], "text/csv"),
    "json": ({**JSON, "scope": "part=1/2; currencies=eur"}, "application/json"),
    "large json": (
        b'{"day": "2026-01-31", "scope": "currencies=EUR;part=1/2", "transactions": ['
        + json.dumps(ROW).encode() + b"]" + b" " * 70_000 + b"}",
        "application/json",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", SCOPED)
def test_the_signed_body_states_the_scope(caller: Caller, way: str) -> None:
    body, kind = SCOPED[way]
    sent = send(caller, body, kind)
    assert (sent.status, sent["scope"]) == ("RS_OK", "currencies=EUR;part=1/2"), sent
    assert read(sent).is_current
    whole = read(send(caller))
    assert whole.is_current
    assert ask(caller, str(sent["statementId"]))["isCurrent"] is False


@pytest.mark.parametrize("scope", ["part=3/2", "everything", "types=rollback"])
def test_a_scope_that_cannot_be_is_refused_at_once(caller: Caller, scope: str) -> None:
    for body, kind in (
        ({**JSON, "scope": scope}, "application/json"),
        (f"#day={DAY};{scope}\n".encode() + CSV.partition(b"\n")[2], "text/csv"),
    ):
        refused = send(caller, body, kind)
        assert refused.status == "FIELD_REQUIRED_OR_INVALID"
        assert "Write a scope in the form" in refused["message"]
    assert not Statement.objects.exists()


def test_the_same_bytes_twice_are_one_statement(caller: Caller) -> None:
    first, again = send(caller), send(caller)
    assert first["statementId"] == again["statementId"]
    read(first)
    assert send(caller)["state"] == "read"
    assert Statement.objects.count() == 1


def test_a_corrected_one_is_another(caller: Caller) -> None:
    first = send(caller)
    read(first)
    other = send(caller, {"day": DAY, "transactions": [ROW | {"amount": 5}]})
    read(other)
    assert ask(caller, first["statementId"])["isCurrent"] is False
    assert ask(caller, other["statementId"])["isCurrent"] is True


# --- what is refused --------------------------------------------------------------------------------------------------
REFUSED: dict[str, tuple[Any, str, str, str]] = {
    "empty": (b"", "text/csv", "", "INCORRECT_DATA"),
    "no day": ({"transactions": [ROW]}, "application/json", "", "FIELD_REQUIRED_OR_INVALID"),
    "a number as day": ({"day": 5, "transactions": [ROW]}, "application/json", "", "INCORRECT_DATA"),
    "no such day": ({"day": "2026-02-30", "transactions": [ROW]}, "application/json", "", "FIELD_REQUIRED_OR_INVALID"),
    "a week": ({"day": "2026-W05-6", "transactions": [ROW]}, "application/json", "", "FIELD_REQUIRED_OR_INVALID"),
    "a day to come": ({"day": "2026-02-02", "transactions": []}, "application/json", "", "FIELD_REQUIRED_OR_INVALID"),
    "today": ({"day": "2026-02-01", "transactions": []}, "application/json", "", "FIELD_REQUIRED_OR_INVALID"),
    "two days": (b'{"day":"2026-01-31","day":"2026-01-30"}', "application/json", "", "INCORRECT_DATA"),
    "a list": (b"[1]", "application/json", "", "INCORRECT_DATA"),
    "broken json": (b'{"day":"2026-01-31",', "application/json", "", "INCORRECT_DATA"),
    "csv without a day": (CSV.partition(b"\n")[2], "text/csv", "", "FIELD_REQUIRED_OR_INVALID"),
    "csv with a broken day": (b"#day=2026-1-31\n", "text/csv", "", "FIELD_REQUIRED_OR_INVALID"),
    "xlsx": (b"PK\x03\x04" + b"x" * 100, "text/csv", "", "FIELD_REQUIRED_OR_INVALID"),
    "gzip cut off": (gzip.compress(CSV, mtime=0)[:-9], "text/csv", "gzip", "INCORRECT_DATA"),
    "not gzip": (b"\x1f\x8b" + b"x" * 50, "text/csv", "gzip", "INCORRECT_DATA"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_wrong_at_its_beginning_is_refused_at_once(caller: Caller, wrong: str) -> None:
    body, kind, packed, status = REFUSED[wrong]
    answer = send(caller, body, kind, packed)
    assert (answer.http_status, answer.status) == (200, status)
    assert answer["message"]
    assert not Statement.objects.exists()


DOORS = [
    ("text/plain", "", 415),
    ("application/gzip", "", 415),
    ("text/csv", "br", 415),
    ("text/csv", "gzip, gzip", 415),
]


@pytest.mark.parametrize(("kind", "packed", "code"), DOORS)
def test_another_type_is_415(caller: Caller, kind: str, packed: str, code: int) -> None:
    answer = send(caller, CSV, kind, packed)
    assert (answer.http_status, answer["status"]) == (code, "RS_ERROR")


def test_one_that_is_too_large_is_413(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch, 100_000)
    answer = send(caller, b"x" * 100_001, "text/csv")
    assert (answer.http_status, answer["status"]) == (413, "RS_ERROR")


def shrink(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    from wallet.api import urls  # noqa: PLC0415

    monkeypatch.setitem(urls.ENDPOINTS, PATH, urls.ENDPOINTS[PATH]._replace(body_limit=limit))


# --- the order of checks ----------------------------------------------------------------------------------------------
def refuse_address(caller: Caller) -> None:
    AllowlistEntry.objects.create(merchant=caller.merchant, network="203.0.113.0/24")


def nothing(caller: Caller) -> None: ...


ROWS: list[tuple[str, dict[str, Any], Callable[[Caller], None]]] = [
    ("MISSING_HEADERS", {"x_signature": None}, nothing),
    ("INVALID_APIKEY", {"x_api_key": "oppi_pub_live_nobody"}, nothing),
    ("IP_RESTRICTION", {}, refuse_address),
    ("SIGNATURE_EXPIRED", {"timestamp": now_ms()}, nothing),
    ("SIGNATURE_NOT_MATCH", {"x_signature": "0" * 64}, nothing),
]


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize(("status", "headers", "world"), ROWS, ids=[row[0] for row in ROWS])
def test_the_first_five_rows(
    caller: Caller, size: str, status: str, headers: dict[str, Any], world: Callable[[Caller], None]
) -> None:
    world(caller)
    answer = send(caller, CSV if size == "small" else large(), "text/csv", **headers)
    assert (answer.http_status, answer.status) == (200, status)
    assert not Statement.objects.exists()


@pytest.mark.parametrize("headers", [{"x_api_key": "nobody"}, {"timestamp": now_ms()}, {"x_signature": None}])
def test_who_fails_the_first_four_rows_is_not_kept_on_disk(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, headers: dict[str, Any]
) -> None:
    monkeypatch.setattr(uploads, "_copy", lambda *_, **__: pytest.fail("it was kept"))
    assert send(caller, large(), "text/csv", **headers).http_status == 200


@pytest.mark.parametrize("size", ["small", "large"])
def test_one_changed_byte_is_another_signature(caller: Caller, size: str) -> None:
    body = CSV if size == "small" else large()
    stamp = str(int(NOW.timestamp() * 1000))
    signed = caller.signer.sign(body, timestamp=stamp)
    answer = send(caller, body.replace(b"2026-01-31", b"2026-01-30"), "text/csv", x_signature=signed["x-signature"])
    assert answer.status == "SIGNATURE_NOT_MATCH"


def test_the_day_in_the_query_says_nothing(caller: Caller) -> None:
    """A query is not signed: whoever replays the call could write another day there."""
    stamp = str(int(NOW.timestamp() * 1000))
    with clock.frozen_at(NOW):
        answer = caller.call(f"{PATH}?day=2026-01-30", JSON, timestamp=stamp)
    assert answer["day"] == DAY


def test_headers_that_are_not_signed_do_not_say_what_it_is(caller: Caller) -> None:
    """Sent again under another type it is the same statement."""
    first = send(caller, CSV, "text/csv")
    assert send(caller, CSV, "application/json")["statementId"] == first["statementId"]


# --- who may ----------------------------------------------------------------------------------------------------------
STATES = [("active", "RS_OK"), ("suspended", "RS_OK"), ("closed", "MERCHANT_NOT_ACTIVE")]


@pytest.mark.parametrize("body", [CSV, b"nonsense"])
@pytest.mark.parametrize(("state", "status"), STATES)
def test_what_the_state_of_the_merchant_allows(caller: Caller, state: str, status: str, body: bytes) -> None:
    number = send(caller)["statementId"]
    Merchant.objects.filter(pk=caller.merchant.pk).update(status=state)
    wrong = "FIELD_REQUIRED_OR_INVALID" if status == "RS_OK" and body != CSV else status
    assert send(caller, body, "text/csv").status == wrong
    assert ask(caller, number).status == status


def test_a_quarantined_key_sends_none(caller: Caller) -> None:
    number = send(caller)["statementId"]
    request_log.drain_lines()
    keys.quarantine_key(key=ApiKey.objects.get(auth_key=caller.signer.auth_key))
    assert send(caller, CSV, "text/csv").status == "INVALID_APIKEY"
    assert ask(caller, number).status == "INVALID_APIKEY"


# --- what is told -----------------------------------------------------------------------------------------------------
def test_what_was_read_is_told(caller: Caller) -> None:
    sent = send(caller)
    read(sent)
    answer = ask(caller, sent["statementId"])
    assert (answer["state"], answer["rows"], answer["isCurrent"]) == ("read", 1, True)
    assert answer["totals"] == [{"currency": "EUR", "kind": "bet", "rows": 1, "amount": "100000"}]
    assert answer["faults"] == []
    assert "comparison" in answer.body
    assert answer["comparison"] is None


def test_what_was_refused_says_why(caller: Caller) -> None:
    sent = send(caller, {"day": DAY, "transactions": [ROW | {"amount": "NaN"}]})
    read(sent)
    answer = ask(caller, sent["statementId"])
    assert answer["state"] == "refused"
    assert answer["faults"][0]["text"]
    assert answer["faultCount"] == 1


@pytest.mark.parametrize("number", ["nobody", "00000000-0000-0000-0000-000000000000", "x" * 64, "%00", "a%20b"])
def test_a_statement_that_is_not_there(caller: Caller, number: str) -> None:
    assert ask(caller, number).status in {"RECORD_NOT_FOUND", "FIELD_REQUIRED_OR_INVALID"}


def test_another_merchants_statement_is_not_there(caller: Caller, rival_caller: Caller) -> None:
    sent = send(rival_caller)
    assert ask(rival_caller, sent["statementId"]).status == "RS_OK"
    assert ask(caller, sent["statementId"]).status == "RECORD_NOT_FOUND"


def test_a_slash_at_the_end_is_the_same(caller: Caller) -> None:
    sent = send(caller)
    assert ask(caller, f"{sent['statementId']}/").status == "RS_OK"


@pytest.mark.parametrize(("method", "path"), [("GET", PATH), ("POST", f"{PATH}/x"), ("DELETE", f"{PATH}/x")])
def test_another_method_is_405(caller: Caller, method: str, path: str) -> None:
    assert caller.call(path, {}, method=method).http_status == 405


def test_deeper_there_is_nothing(caller: Caller) -> None:
    assert caller.get(f"{PATH}/x/y").http_status == 404


# --- what stays in the log --------------------------------------------------------------------------------------------
def test_a_large_body_is_not_kept_in_the_log(caller: Caller) -> None:
    send(caller, large(), "text/csv", x_signature="0" * 64)
    send(caller, b"small", "text/csv", x_signature="0" * 64)
    request_log.drain_lines()
    (kept,) = RefusedCall.objects.all()
    assert bytes(kept.body) == b"small"


def test_only_so_many_at_once(caller: Caller, settings: Any) -> None:
    """A large one holds a thread as long as its sender likes; the others are for bets."""
    taken = [uploads._places.acquire(blocking=False) for _ in range(settings.STATEMENTS_AT_ONCE)]
    try:
        assert all(taken)
        answer = send(caller, large(), "text/csv")
        assert (answer.http_status, answer["status"]) == (503, "RS_ERROR")
        assert send(caller, CSV, "text/csv").status == "RS_OK"
    finally:
        for _ in taken:
            uploads._places.release()
    assert send(caller, large(), "text/csv").status == "RS_OK"
