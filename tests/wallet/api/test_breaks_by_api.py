"""A merchant's system reads its compared days and their breaks, by signed GETs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from merchants.models import Person
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.wallet.api.test_game_lists import MOMENT
from tests.wallet.reconciling import DATE, Busy, case, changed, closed_by_one, day, reconcile, state, without
from wallet.models import Case, Reconciliation
from wallet.reconciliation import cases

DAYS, BREAKS = "/reconciliation/days", "/reconciliation/breaks"


@pytest.fixture
def broken(busy: Busy) -> Busy:
    """One payout is missing in the statement, one stake has another amount."""
    state(busy.merchant, changed(without(busy.lines(), "win"), "lost", amount=600))
    reconcile(busy.merchant)
    return busy


def page(caller: Caller, path: str, **query: Any) -> dict[str, Any]:
    answer = caller.get(f"{path}?{urlencode(query)}", timestamp=str(int(clock.now().timestamp() * 1000)))
    assert answer.status == "RS_OK", answer.body
    return dict(answer["data"])


def test_a_day_is_told_as_its_newest_comparison_has_it(broken: Busy) -> None:
    found = page(broken.machine, DAYS)
    [row] = found.pop("result")
    assert found == {"totalPages": 1, "currentPage": 1, "totalCount": 1}
    assert MOMENT.fullmatch(row.pop("comparedAt"))
    run = Reconciliation.objects.get()
    assert run.statement
    assert row["statementId"] == str(run.statement.number)
    assert (row["day"], row["number"], row["outcome"]) == (str(DATE), 1, "breaks")
    assert {(each["kind"], each["name"], each["breaks"]) for each in row["breaks"]} == {
        (kind, str(Case.Kind(kind).label), 1) for kind in ("missing_there", "amount")
    }
    payouts = next(side for side in row["sides"] if side["kind"] == "payout")
    assert int(payouts["ourAmount"]) - int(payouts["theirAmount"]) == 2_000
    state(broken.merchant, broken.lines())
    reconcile(broken.merchant)
    [again] = page(broken.machine, DAYS)["result"]
    assert (again["number"], again["outcome"], again["breaks"]) == (2, "clear", [])


def test_days_come_newest_first_by_page_and_from_a_day_to_a_day(acme: Any, caller: Caller) -> None:
    for number in range(5):
        Reconciliation.objects.create(
            merchant=acme, day=DATE + timedelta(days=number), number=1, state="done", outcome="nothing",
            begun_at=clock.now(), done_at=clock.now(),
        )  # fmt: skip
    Reconciliation.objects.create(merchant=acme, day=DATE, number=2, state="failed", begun_at=clock.now())
    days = [str(DATE + timedelta(days=number)) for number in (4, 3, 2, 1, 0)]

    def told(**query: Any) -> list[str]:
        return [row["day"] for row in page(caller, DAYS, **query)["result"]]

    assert told() == days
    assert told(limit=2, page=2) == days[2:4]
    assert told(limit=2, page=4) == []
    assert told(**{"from": days[3], "to": days[1]}) == days[1:4]
    assert told(**{"from": days[0], "to": days[4]}) == []


def test_a_break_is_told_with_both_sides_and_its_state(broken: Busy, support: Person) -> None:
    rows = page(broken.machine, BREAKS, day=DATE)["result"]
    by_id = {row["transactionId"]: row for row in rows}
    assert by_id.keys() == {"win", "lost"}
    lost, missing = by_id["lost"], case(broken.merchant, "missing_there", "win")
    assert (lost["ours"]["amount"], lost["theirs"]["amount"], lost["difference"]) == (500, 600, 100)
    assert (lost["ours"]["kind"], lost["ours"]["playerId"], lost["ours"]["currency"]) == ("bet", "player-1", "EUR")
    assert MOMENT.fullmatch(lost["ours"]["createdAt"])
    assert lost["theirs"]["line"]
    assert (by_id["win"]["theirs"], by_id["win"]["breakId"], by_id["win"]["name"]) == (
        None, missing.pk, missing.get_kind_display(),
    )  # fmt: skip
    assert (lost["state"], lost["severity"], lost["resolution"], lost["resolvedAt"]) == ("open", "low", None, None)
    assert MOMENT.fullmatch(lost["dueAt"])
    closed_by_one(broken.merchant)
    cases.resolve_case(case=missing, resolution="theirs", text="They send it.", by=support)
    assert [row["transactionId"] for row in page(broken.machine, BREAKS, day=DATE, state="open")["result"]] == ["lost"]
    [done] = page(broken.machine, BREAKS, day=DATE, state="resolved")["result"]
    assert (done["resolution"], bool(done["resolvedAt"])) == ("theirs", True)
    assert page(broken.machine, BREAKS, day=DATE, limit=1, page=2)["totalPages"] == 2
    assert page(broken.machine, BREAKS, day=DATE + timedelta(days=1))["totalCount"] == 0


def test_every_shape_of_a_break_is_told(busy: Busy) -> None:
    """What stands in a case of a day, of an account or of a total is no row."""
    run = reconcile(busy.merchant).run
    assert run
    for number, ours in enumerate(
        (
            None,
            {"rows": 7},
            {"account": 5, "balance": "12", "rows": "11"},
            {"due": "2026-03-11T08:00:00+00:00"},
            {"at": "2026-03-10T14:00:00+02:00", "amount": None},
            {"at": "2026-03-10T12:00:00", "amount": "-5"},
        )
    ):
        Case.objects.create(
            merchant=busy.merchant, day=DATE, kind="balance", subject=f"row {number}", ours=ours, found_by=run,
            seen_by=run, opened_at=clock.now(),
        )  # fmt: skip
    rows = page(busy.machine, BREAKS, day=DATE, limit=100)["result"]
    told = [row["ours"] for row in rows if row["kind"] == "balance"]
    assert [side and side["rows"] for side in told] == [None, 7, 11, None, None, None]
    assert [side and side["createdAt"] for side in told][-2:] == ["2026-03-10T12:00:00.000Z"] * 2
    assert all(row["transactionId"] is None for row in rows)


def test_nobody_reads_the_days_of_another(broken: Busy, rival_caller: Caller) -> None:
    assert page(rival_caller, DAYS)["totalCount"] == page(rival_caller, BREAKS, day=DATE)["totalCount"] == 0


def test_a_test_key_reads_its_sandbox(broken: Busy) -> None:
    machine = Caller(broken.merchant, factories.signer(broken.merchant, environment="test"), broken.machine.game)
    assert page(machine, DAYS)["totalCount"] == 0


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        (DAYS, "from=2026-02-30", "FIELD_REQUIRED_OR_INVALID"),
        (DAYS, "to=yesterday", "FIELD_REQUIRED_OR_INVALID"),
        (DAYS, "from=", "FIELD_REQUIRED_OR_INVALID"),
        (DAYS, "page=0", "INVALID_NUMBER"),
        (DAYS, "limit=101", "INVALID_NUMBER"),
        (DAYS, "page=1&page=2", "INCORRECT_DATA"),
        (DAYS, "limit=x", "INCORRECT_DATA"),
        (BREAKS, "", "FIELD_REQUIRED_OR_INVALID"),
        (BREAKS, "day=2026-13-01", "FIELD_REQUIRED_OR_INVALID"),
        (BREAKS, "day=10.03.2026", "FIELD_REQUIRED_OR_INVALID"),
        (BREAKS, "day=2026-03-10&state=lost", "FIELD_REQUIRED_OR_INVALID"),
        (BREAKS, "day=2026-03-10&limit=0", "INVALID_NUMBER"),
        (BREAKS, "day=2026-03-10&day=2026-03-11", "INCORRECT_DATA"),
    ],
)
def test_what_is_asked_is_checked_in_the_order_of_checks(caller: Caller, path: str, query: str, status: str) -> None:
    answer = caller.get(f"{path}?{query}")
    assert (answer.http_status, answer.status) == (200, status)
    assert caller.get(f"{path}?{query}", x_signature="0" * 64).status == "SIGNATURE_NOT_MATCH"


def test_many_breaks_cost_as_many_queries_as_few(broken: Busy, django_assert_max_num_queries: Any) -> None:
    run = Reconciliation.objects.get()
    Case.objects.bulk_create(
        Case(
            merchant=broken.merchant, day=DATE, kind="amount", subject=f"tx-{number}", found_by=run, seen_by=run,
            opened_at=day(broken.merchant).ready,
        )
        for number in range(100)
    )  # fmt: skip
    with django_assert_max_num_queries(12):
        assert len(page(broken.machine, BREAKS, day=DATE, limit=100)["result"]) == 100
    with django_assert_max_num_queries(12):
        page(broken.machine, DAYS, limit=100)
