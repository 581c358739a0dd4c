"""What support staff read about an exposed secret."""

from __future__ import annotations

import csv
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants.models import Compromise, Person, Secret
from merchants.services import compromise
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import submit
from tests.people import signed_in
from wallet.services.log import request_log

LIST = "/admin/merchants/compromise/"
EXPOSURE = f"{LIST}exposure/"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def case(caller: Caller, support: Person) -> Compromise:
    secret = Secret.objects.select_related("key").get(key__auth_key=caller.signer.auth_key)
    caller.bet(123_456, roundId="=1+1")
    caller.withdraw(10**12)
    caller.client = Client(REMOTE_ADDR="198.51.100.7")
    caller.payout(caller.bet(50_000)["transactionId"], 70_000)
    request_log.drain_lines()
    since = clock.now() - timedelta(hours=2)
    return compromise.declare_compromise(
        key=secret.key, response="revoke", reason="in a public repository", exposed_since=since, by=support
    ).compromise


def read(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def table(client: Client, path: str, **query: Any) -> list[list[str]]:
    response = client.get(path, query)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(text.splitlines()))


def test_a_case_is_listed_and_its_page_is_the_report(staff: Client, case: Compromise) -> None:
    listed = read(staff, LIST)
    assert f"{case.key.auth_key}, version 1" in listed
    page = read(staff, f"{LIST}{case.pk}/change/")
    for said in [
        "in a public repository",
        "198.51.100.7",
        "127.0.0.1",
        "1.73456",  # staked
        "0.70",
        "10.00",
        "8.96544",  # net: deposit and payout less the bets
        "RS_ERROR_NOT_ENOUGH_MONEY",
        "1 open round. Stakes: EUR 1.23456.",
        " UTC to ",
    ]:
        assert said in page, said
    report = staff.get(f"{LIST}{case.pk}/change/").context["report"]
    assert (report.calls, report.refused, report.players, report.sessions) == (6, 1, 1, 1)


@pytest.mark.parametrize(("state", "found"), [("open", 1), ("closed", 0), ("", 1)])
def test_cases_are_filtered_by_state(staff: Client, case: Compromise, state: str, found: int) -> None:
    assert len(staff.get(LIST, {"state": state}).context["cl"].result_list) == found


def test_a_case_is_closed_after_a_question(staff: Client, case: Compromise, support: Person) -> None:
    page = f"{LIST}{case.pk}/close/"
    assert "The investigation is over" in read(staff, page)
    case.refresh_from_db()
    assert case.closed_at is None
    submit(staff, page)
    case.refresh_from_db()
    assert case.closed_by == support


def test_any_secret_has_a_report_without_a_case(staff: Client, caller: Caller) -> None:
    secret = Secret.objects.get()
    since = f"{clock.now() - timedelta(hours=1):%Y-%m-%d %H:%M}"
    assert staff.get(EXPOSURE, {"secret": str(secret.pk), "since": since}).context["report"].secret == secret
    assert staff.get(EXPOSURE, {"secret": secret.pk}).context["report"].players == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "No secret version is chosen."),
        ({"secret": "0"}, "No secret version is chosen."),
        ({"secret": "x"}, "No secret version is chosen."),
        ({"since": "yesterday"}, "Enter a valid date/time."),
        ({"since": "2999-01-01"}, "This moment is in the future. Choose an earlier moment."),
        ({"since": "2020-01-02", "until": "2020-01-01"}, "Choose a moment after the first one."),
    ],
)
def test_a_wrong_question_is_answered_with_what_to_do(
    staff: Client, caller: Caller, query: dict[str, str], said: str
) -> None:
    query = query if "secret" in query or not query else query | {"secret": str(Secret.objects.get().pk)}
    assert said in read(staff, EXPOSURE, **query)
    assert staff.get(f"{EXPOSURE}summary/", query).status_code == 400


def test_the_summary_is_one_flat_table(staff: Client, case: Compromise) -> None:
    rows = table(staff, f"{EXPOSURE}summary/", secret=case.secret_id, since=case.exposed_since.isoformat())
    assert {len(row) for row in rows} <= set(range(9))
    told = {(row[0], row[1]): row[2:] for row in rows}
    assert told["Money", "Bets"] == ["2", "", "1.73456", "EUR"]
    assert told["Money", "Net to players"] == ["", "", "8.96544", "EUR"]
    assert told["Open rounds", "Stake"][:4] == ["1", "", "1.23456", "EUR"]
    assert told["New address", "198.51.100.7"][:2] == ["2", "0"]
    assert told["New address: money moved", "198.51.100.7"][2:4] == ["1.20", "EUR"]


def test_every_movement_is_downloaded_and_none_is_a_formula(staff: Client, case: Compromise) -> None:
    rows = table(staff, f"{EXPOSURE}movements/", secret=case.secret_id, since=case.exposed_since.isoformat())
    assert [row[3] for row in rows] == ["Kind", "deposit", "bet", "withdraw", "bet", "payout"]
    assert rows[2][5:7] == ["1.23456", "EUR"]
    assert rows[2][11] == "'=1+1"


@pytest.mark.parametrize(("role", "may_close"), [("auditor", False), ("support", True), ("administrator", True)])
def test_auditors_read_and_download_but_close_nothing(
    client: Client, case: Compromise, role: str, may_close: bool
) -> None:
    somebody = signed_in(client, factories.person(f"{role}-2@oppi.test", staff_role=role))
    asked = {"secret": str(case.secret_id), "since": case.exposed_since.isoformat()}
    for path in (f"{LIST}{case.pk}/change/", EXPOSURE, f"{EXPOSURE}summary/", f"{EXPOSURE}movements/"):
        assert somebody.get(path, asked).status_code == 200, path
    assert somebody.get(f"{LIST}add/").status_code == 403
    assert submit(somebody, f"{LIST}{case.pk}/close/").status_code == (302 if may_close else 403)
    case.refresh_from_db()
    assert (case.closed_at is not None) is may_close
