"""The first page of our staff as a control room: merchants by hour and day, what waits, and alarms about traffic."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from merchants.models import Merchant, Person
from merchants.services import keys
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from wallet.admin import day_map, heat_map, waiting
from wallet.models import Case, MerchantHour, Reconciliation, ReconciliationPlan, TrafficIncident
from wallet.reconciliation import alarms
from wallet.services.log import request_log
from wallet.services.usage.calls_by_hour import HourCalls


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def hour(back: int = 0) -> datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=back)


def test_a_merchant_is_a_row_of_24_hours_with_the_share_refused(acme: Merchant, rival: Merchant) -> None:
    for merchant, back, status, calls in [
        (acme, 1, "RS_OK", 900),
        (acme, 1, "RS_ERROR_INVALID_SIGNATURE", 100),
        (acme, 23, "RS_OK", 12_345),
        (acme, 24, "RS_OK", 7),  # too old
        (rival, 0, "RS_ERROR_UNKNOWN", 5),
        (factories.sandbox(acme), 0, "RS_OK", 1),
    ]:
        MerchantHour.objects.create(merchant=merchant, hour=hour(back), status=status, calls=calls)
    first, second = heat_map.heat_map([])["heat_rows"]
    assert (first.name, first.total, len(first.cells)) == (acme.name, (13_245, 100), 24)
    cell = first.cells[22]
    assert (cell.text, cell.share, cell.level) == ("1.0k", "10\N{NO-BREAK SPACE}%", 3)
    assert "1,000 requests, 100 refused" in cell.label
    assert (second.name, second.cells[23].share, second.cells[23].level) == (rival.name, "100\N{NO-BREAK SPACE}%", 4)
    assert (first.cells[5].text, first.cells[5].level) == ("", 0)


def test_a_cell_leads_to_the_requests_of_its_hour(staff: Client, caller: Caller, acme: Merchant) -> None:
    caller.balance(playerId="nobody")
    request_log.drain_lines()
    [row] = heat_map.heat_map([])["heat_rows"]
    found = [cell for cell in row.cells if cell.calls.total]
    address = urlsplit(found[-1].url)
    assert address.path == "/admin/operations/acme/requests/"
    assert {"since", "until"} == parse_qs(address.query).keys()
    lines = [line for cell in found for line in staff.get(cell.url).context["found"].lines]
    assert len(lines) == row.total.total == 3
    assert row.total.refused == 1


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1_000, "1.0k"), (1_999, "1.9k"), (12_999, "12k"), (999_999, "999k"), (1_200_000, "1.2M")],
)
def test_a_number_is_short(number: int, text: str) -> None:
    assert heat_map.short_number(number) == text


@pytest.mark.parametrize(
    ("calls", "text"),
    [(HourCalls(999, 1), "<1"), (HourCalls(1, 999), "99"), (HourCalls(0, 3), "100"), (HourCalls(3, 0), "0")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(calls: HourCalls, text: str) -> None:
    assert heat_map.share_text(calls) == f"{text}\N{NO-BREAK SPACE}%"


def test_an_incident_stands_first_and_says_since_when(staff: Client, acme: Merchant, rival: Merchant) -> None:
    MerchantHour.objects.create(merchant=rival, hour=hour(), status="RS_OK", calls=10)
    TrafficIncident.objects.create(merchant=acme, kind="quiet", began_at=clock.now(), usual_calls=1234)
    page = staff.get("/admin/")
    assert [row.name for row in page.context["heat_rows"]] == [acme.name, rival.name]
    text = unescape(page.content.decode())
    assert "Usually about 1,234 requests an hour are accepted at this time." in text
    assert "Traffic alarms" in text
    TrafficIncident.objects.update(ended_at=clock.now())
    assert "Traffic alarms" not in staff.get("/admin/").content.decode()


def test_days_of_merchants_say_their_state_and_lead_to_their_run(staff: Client, acme: Merchant) -> None:
    ReconciliationPlan.objects.create(merchant=acme)
    today = clock.now().date()
    runs = [
        Reconciliation.objects.create(
            merchant=acme, day=today - timedelta(days=back), number=1, state="done", outcome=outcome,
            begun_at=clock.now(), done_at=clock.now(), figures={"breaks": breaks},
        )
        for back, outcome, breaks in [
            (2, "clear", []),
            (3, "breaks", [{"kind": "amount", "currency": "EUR", "breaks": 3, "difference": 1, "size": 1}]),
            (4, "no_statement", []),
        ]
    ]  # fmt: skip
    [row] = day_map.day_map({})["day_rows"]
    assert [(cell.text, cell.level) for cell in row.cells[-4:]] == [("no file", 4), ("3", 2), ("clear", 1), ("", 0)]
    assert row.cells[-2].url == f"/admin/wallet/reconciliation/{runs[0].pk}/change/"
    missed = [alarms.Alarm(alarms.Cause.NOT_RUN, today - timedelta(days=1), clock.now())]
    [row] = day_map.day_map({acme: missed})["day_rows"]
    assert (row.cells[-1].text, row.cells[-1].level) == ("late", 4)
    assert "was not compared" in row.cells[-1].label
    assert staff.get(row.cells[-1].url).status_code == 200
    assert staff.get("/admin/").status_code == 200


def test_what_waits_is_counted_and_leads_to_its_list(staff: Client, acme: Merchant) -> None:
    assert waiting.waiting_work() == []
    assert "Nothing waits for a person." in staff.get("/admin/").content.decode()
    key = keys.issue_key(merchant=acme).key
    keys.quarantine_key(key=key)
    keys.set_end(key=keys.issue_key(merchant=acme).key, ends=clock.now() + timedelta(hours=2))
    run = Reconciliation.objects.create(merchant=acme, day="2026-03-01", number=1, begun_at=clock.now())
    for severity in (1, 4):
        Case.objects.create(
            merchant=acme, day="2026-03-01", kind="amount", subject=f"tx-{severity}", severity=severity, found_by=run,
            seen_by=run, opened_at=clock.now() - timedelta(days=40),
        )  # fmt: skip
    found = {str(work.title): work.number for work in waiting.waiting_work()}
    assert found == {
        "Payouts owed to players": 1,
        "Overdue cases": 2,
        "Unassigned cases": 2,
        "Keys in quarantine": 1,
        "Keys that expire within 7 days": 1,
    }
    for work in waiting.waiting_work():
        page = staff.get(work.url)
        assert page.status_code == 200
        if "cl" in page.context:
            assert len(page.context["cl"].result_list) == work.number, work.title


def test_every_kind_of_work_leads_to_a_page(staff: Client, db: None) -> None:
    for kind in waiting.work_kinds():
        assert staff.get(waiting.list_url(kind)).status_code == 200, kind.title
