"""Staff work on breaks: the worst first, alone and many at once, and money is given up by two."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant, Person
from portal.lib import clock
from tests.pages import said, submit
from tests.people import colleague, signed_in
from tests.wallet import reconciling
from wallet.models import Case, CaseNote, Reconciliation
from wallet.reconciliation import cases

LIST = "/admin/wallet/case/"
DAY = date(2026, 3, 10)
MORNING = datetime(2026, 3, 11, 8, tzinfo=UTC)
LIMIT = 1_000_000


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def second(db: None) -> Person:
    return colleague("second@oppi.test")


@pytest.fixture
def run(acme: Merchant) -> Reconciliation:
    reconciling.plan(acme, write_off_alone=LIMIT)
    return compared(acme)


@pytest.fixture
def case(run: Reconciliation) -> Case:
    sides = {"kind": "bet", "player": "player-1", "currency": "EUR"}
    return broken(run, "tx-1", ours=sides | {"amount": "100000"}, theirs=sides | {"amount": "1100000", "line": 7})


def compared(merchant: Merchant, number: int = 1) -> Reconciliation:
    return Reconciliation.objects.create(
        merchant=merchant, day=DAY, number=number, state="done", outcome="breaks", begun_at=MORNING, done_at=MORNING
    )


def broken(run: Reconciliation, subject: str = "tx", **fields: Any) -> Case:
    told = {"kind": "amount", "currency": "EUR", "difference": -LIMIT, "opened_at": MORNING} | fields
    by_people = {name: told.pop(name) for name in ("write_off_asked_by",) if name in told}  # nobody is there at first
    case = Case.objects.create(merchant=run.merchant, day=run.day, subject=subject, found_by=run, seen_by=run, **told)
    if by_people:
        Case.objects.filter(pk=case.pk).update(**by_people)
    return case


def read(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def subjects(client: Client, **query: Any) -> list[str]:
    return [case.subject for case in client.get(LIST, query).context["cl"].result_list]


def page(case: Case, verb: str = "change") -> str:
    return f"{LIST}{case.pk}/{verb}/"


def buttons(client: Client, case: Case) -> set[str]:
    return set(re.findall(rf"{LIST}{case.pk}/(\w+)/", read(client, page(case)))) - {"timeline", "change"}


def state(case: Case) -> tuple[str, str]:
    case.refresh_from_db()
    return case.state, case.resolution


# --- the list ---------------------------------------------------------------------------------------------------------
def test_what_is_owed_stands_on_top_then_the_worst_then_the_oldest(staff: Client, run: Reconciliation) -> None:
    later = MORNING + timedelta(hours=1)
    broken(run, "young", severity=3, opened_at=later)
    broken(run, "old", severity=3)
    broken(run, "small", severity=1)
    broken(run, "owed", kind="owed", severity=4, opened_at=later)
    assert subjects(staff) == ["owed", "old", "young", "small"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"new", "mine", "waits", "asked", "rival"}),
        ({"state": "all"}, {"new", "mine", "waits", "asked", "rival", "done"}),
        ({"state": "resolved"}, {"done"}),
        ({"state": "waiting"}, {"waits"}),
        ({"state": "asked"}, {"asked"}),
        ({"state": "nonsense"}, {"new", "mine", "waits", "asked", "rival"}),
        ({"owner": "me"}, {"mine"}),
        ({"owner": "nobody"}, {"new", "waits", "asked", "rival"}),
        ({"kind__exact": "currency"}, {"waits"}),
        ({"severity__exact": "3"}, {"new"}),
        ({"age": "0"}, {"new"}),
        ({"age": "2"}, {"mine", "waits", "asked", "rival"}),
        ({"age": "99"}, {"new", "mine", "waits", "asked", "rival"}),
        ({"day_from": "2026-03-11"}, set()),
        ({"day_from": "2026-03-10", "day_to": "2026-03-10", "owner": "me"}, {"mine"}),
        ({"day_from": "2026-02-31"}, {"new", "mine", "waits", "asked", "rival"}),
        ({"q": "mine"}, {"mine"}),
        ({"q": "player-9"}, {"waits"}),
        ({"q": "MINE"}, set()),
    ],
)
def test_cases_are_filtered(
    staff: Client, support: Person, rival: Merchant, run: Reconciliation, query: dict[str, str], found: set[str]
) -> None:
    broken(run, "new", severity=3, opened_at=MORNING + timedelta(days=4))
    broken(run, "mine", state="assigned", owner=support)
    broken(run, "waits", state="waiting", kind="currency", player_id="player-9")
    broken(run, "asked", write_off_asked_by=support, asked_resolution="ours")
    broken(run, "done", state="resolved", resolution="ours", resolved_at=MORNING)
    broken(compared(rival), "rival")
    with clock.frozen_at(MORNING + timedelta(days=4)):
        assert set(subjects(staff, **query)) == found


def test_cases_of_one_merchant_are_listed(staff: Client, run: Reconciliation, rival: Merchant) -> None:
    broken(run, "ours")
    broken(compared(rival), "theirs")
    assert subjects(staff, merchant__id__exact=rival.pk) == ["theirs"]


def test_the_list_costs_as_much_for_one_case_as_for_many(staff: Client, run: Reconciliation) -> None:
    def cost() -> list[str]:
        with CaptureQueriesContext(connection) as ran:
            subjects(staff)
        return [query["sql"] for query in ran if "wallet_case" in query["sql"]]

    broken(run, "first")
    cost()
    few = cost()
    for number in range(60):
        broken(run, f"tx-{number}")
    many = cost()
    assert len(many) == len(few) <= 2
    assert not [sql for sql in many if "COUNT(" in sql]


def test_the_list_is_exported_with_plain_amounts(staff: Client, run: Reconciliation) -> None:
    sides = {"kind": "bet", "player": "player-1", "currency": "EUR"}
    broken(run, "=1+1", ours=sides | {"amount": "100000"}, theirs=sides | {"amount": "1100000", "line": 7})
    response: Any = staff.get(f"{LIST}export/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",10.00," in text


# --- one case ---------------------------------------------------------------------------------------------------------
def test_both_sides_stand_beside_each_other_and_what_differs_is_marked(staff: Client, case: Case) -> None:
    sides = {side["name"]: side for side in staff.get(page(case)).context["sides"]}
    assert (sides["Amount"]["ours"], sides["Amount"]["theirs"], sides["Amount"]["differs"]) == ("1.00", "11.00", True)
    assert not sides["Player"]["differs"]
    assert sides["Statement line"]["theirs"] == "7"
    assert "EUR 10.00" in read(staff, page(case))


def test_only_verbs_that_make_sense_are_offered(staff: Client, case: Case, support: Person, second: Person) -> None:
    mine = {"assign", "wait", "resolve", "write_off", "remark", "propose_correction"}
    assert buttons(staff, case) == mine | {"take"}
    cases.assign_case(case=case, to=support, by=support)
    assert buttons(staff, case) == mine
    Case.objects.update(write_off_asked_by=support, asked_resolution="ours")
    assert buttons(staff, case) == {"assign", "wait", "decline", "remark"}
    Case.objects.update(write_off_asked_by=second, asked_resolution="ours")
    assert "confirm" in buttons(staff, case)
    cases.confirm_write_off(case=case, difference=case.difference, by=support)
    assert buttons(staff, case) == {"reopen", "remark"}


def test_money_owed_to_a_player_is_not_offered_to_be_written_off(staff: Client, run: Reconciliation) -> None:
    owed = broken(run, kind="owed", severity=4)
    assert "write_off" not in buttons(staff, owed)
    assert "Money is owed to a player" in read(staff, page(owed))


def test_a_refused_payout_that_was_probably_paid_names_the_other_one(staff: Client, run: Reconciliation) -> None:
    """Nobody is asked to pay it once more."""
    ours = {"kind": "payout", "amount": "900", "currency": "EUR", "replaced_by": "again"}
    other = broken(run, "again", kind="missing_there")
    owed = broken(run, kind="owed", severity=3, ours=ours, other=other, difference=0)
    shown = read(staff, page(owed))
    assert "Later, payout again of the same amount for the same bet was accepted." in shown
    assert "Linked case of the same payout" in shown
    assert "Money is owed to a player" not in shown
    assert "are owed to a player" not in shown


def test_a_case_goes_from_hand_to_hand_until_it_is_resolved(staff: Client, case: Case, second: Person) -> None:
    submit(staff, page(case, "take"))
    assert state(case) == ("assigned", "")
    submit(staff, page(case, "assign"), {"to": second.pk})
    case.refresh_from_db()
    assert case.owner == second
    submit(staff, page(case, "wait"))
    assert state(case) == ("waiting", "")
    submit(staff, page(case, "resolve"), {"resolution": "theirs", "reason": "They sent cents."})
    assert state(case) == ("resolved", "theirs")
    assert "They sent cents." in read(staff, page(case))
    submit(staff, page(case, "reopen"), {"reason": "It is there again."})
    assert state(case) == ("assigned", "")


def test_looking_at_a_question_does_nothing(staff: Client, case: Case) -> None:
    for verb in ("take", "assign", "wait", "resolve", "write_off", "remark"):
        read(staff, page(case, verb))
    assert state(case) == ("open", "")


def test_nothing_is_resolved_without_a_note_nor_written_off_by_the_way(staff: Client, case: Case) -> None:
    submit(staff, page(case, "resolve"), {"resolution": "ours", "reason": " "})
    submit(staff, page(case, "resolve"), {"resolution": "written_off", "reason": "Quietly."})
    assert state(case) == ("open", "")


def test_a_note_for_staff_is_not_the_operators(staff: Client, case: Case) -> None:
    submit(staff, page(case, "remark"), {"reason": "They did this before.", "internal": "on"})
    submit(staff, page(case, "remark"), {"reason": "Please look at line 7.", "internal": None})
    assert [note.text for note in cases.notes_of(case, for_staff=False)] == ["Please look at line 7."]
    shown = read(staff, page(case))
    assert "They did this before." in shown
    assert "staff only" in shown


def test_two_persons_write_off_what_is_above_the_limit(
    staff: Client, run: Reconciliation, support: Person, second: Person
) -> None:
    case = broken(run, difference=LIMIT + 1)
    assert "Two people are needed" in read(staff, page(case))
    submit(staff, page(case, "resolve"), {"resolution": "ours", "reason": "Lost in the move."})
    assert state(case) == ("open", "")
    submit(staff, page(case, "decline"), {"reason": "I meant to write it off."})
    submit(staff, page(case, "write_off"), {"reason": "Lost in the move."})
    assert state(case) == ("open", "")
    submit(staff, page(case, "confirm"), {"difference": LIMIT + 1})
    assert state(case) == ("open", "")  # not by whoever asked
    another = signed_in(Client(), second)
    home = read(another, "/admin/")
    assert "support@oppi.test requested the write-off of EUR 10.00001" in home
    assert f'value="{LIMIT + 1}"' in read(another, page(case, "confirm"))
    submit(another, page(case, "confirm"), {"difference": LIMIT})
    assert state(case) == ("open", "")  # not an amount that was not shown
    submit(another, page(case, "confirm"), {"difference": LIMIT + 1})
    assert state(case) == ("resolved", "written_off")


def test_a_write_off_is_declined_with_a_reason(staff: Client, case: Case, second: Person) -> None:
    Case.objects.update(write_off_asked_by=second, asked_resolution="ours")
    submit(staff, page(case, "decline"), {"reason": "Look at the log first."})
    case.refresh_from_db()
    assert (case.state, case.write_off_asked_by) == ("open", None)


def test_writing_off_asks_for_a_fresh_second_factor(client: Client, case: Case, support: Person) -> None:
    late = signed_in(client, support, proved_at=clock.now() - timedelta(minutes=6))
    for path in (
        page(case, "write_off"),
        page(case, "resolve"),
        f"{LIST}many/write_off/?ids={case.pk}",
        f"{LIST}many/resolve/?ids={case.pk}",
    ):
        sent = submit(late, path, {"reason": "Small.", "chosen": str(case.pk)})
        assert "/reauthenticate/" in sent["location"]
    assert state(case) == ("open", "")


def test_who_did_what_stands_in_its_timeline(staff: Client, case: Case, support: Person) -> None:
    submit(staff, page(case, "resolve"), {"resolution": "ours", "reason": "Booked twice."})
    told = read(staff, page(case, "timeline"))
    assert "Resolved: our error" in told
    assert support.email in told
    assert "Booked twice." in told


@pytest.mark.parametrize("verb", ["take", "resolve", "write_off", "confirm", "remark"])
def test_an_auditor_reads_and_does_nothing(client: Client, case: Case, auditor: Person, verb: str) -> None:
    reader = signed_in(client, auditor)
    assert buttons(reader, case) == set()
    assert submit(reader, page(case, verb), {"reason": "x"}).status_code == 403
    assert "For all cases in this list" not in read(reader, LIST)
    assert reader.get(f"{LIST}many/take/").status_code == 403
    assert state(case) == ("open", "")
    assert not CaseNote.objects.exists()


# --- many at once -----------------------------------------------------------------------------------------------------
def test_those_that_are_ticked_are_done_at_once_and_the_refused_are_named(
    staff: Client, run: Reconciliation, support: Person
) -> None:
    chosen = [broken(run, f"tx-{number}", difference=-LIMIT // 4) for number in range(2)]
    chosen.append(broken(run, "yen", currency="JPY", difference=700))
    cases.resolve_case(case=chosen[1], resolution="ours", text="Before.", by=support)
    sent = staff.post(f"{LIST}?state=all", {"action": "resolve", "_selected_action": [case.pk for case in chosen]})
    asked = staff.get(sent["location"])
    assert "3 cases." in asked.content.decode()
    assert asked.context["sums"] == [("EUR", 2, "5.00"), ("JPY", 1, "0.007")]
    wish = {"chosen": ",".join(str(case.pk) for case in chosen), "resolution": "theirs", "reason": "Their export."}
    stale = unescape(submit(staff, sent["location"], wish | {"seen": "EUR:2:1"}).content.decode())
    assert "These cases have changed since you opened the page." in stale
    assert state(chosen[0]) == ("open", "")
    wish["seen"] = asked.context["seen"]
    told = unescape(said(submit(staff, sent["location"], wish)))
    assert "2 cases resolved, or waiting for a second approver. 1 case unchanged." in told
    assert "tx-1" in told
    assert "This case is resolved. Reopen it first." in told
    assert [state(case)[1] for case in chosen] == ["theirs", "ours", "theirs"]


def test_all_that_a_list_shows_is_assigned(staff: Client, run: Reconciliation, second: Person) -> None:
    for number in range(3):
        broken(run, f"tx-{number}")
    other = broken(run, "other", kind="currency")
    way = re.search(rf'{LIST}many/assign/\?[^"]*', read(staff, LIST, kind__exact="amount"))
    assert way
    asked = staff.get(way[0])
    assert asked.context["number"] == 3
    submit(staff, way[0], {"chosen": asked.context["chosen"], "to": second.pk})
    assert set(Case.objects.filter(owner=second).values_list("subject", flat=True)) == {"tx-0", "tx-1", "tx-2"}
    assert state(other) == ("open", "")


def test_a_thousand_are_done_at_once_and_the_rest_is_said(
    staff: Client, run: Reconciliation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "MOST_AT_ONCE", 2)
    for number in range(3):
        broken(run, f"tx-{number}", opened_at=MORNING + timedelta(minutes=number))
    asked = staff.get(f"{LIST}many/wait/")
    assert (asked.context["number"], asked.context["most"]) == (2, 2)
    submit(staff, f"{LIST}many/wait/", {"chosen": asked.context["chosen"]})
    assert set(subjects(staff, state="waiting")) == {"tx-0", "tx-1"}
    every = ",".join(str(key) for key in Case.objects.values_list("pk", flat=True))
    assert "at most 2 cases" in unescape(submit(staff, f"{LIST}many/wait/", {"chosen": every}).content.decode())


@pytest.mark.parametrize("chosen", ["", "x", "1;2", "9" * 30, "²", "0"])
def test_what_names_no_case_does_nothing(staff: Client, case: Case, chosen: str) -> None:
    assert submit(staff, f"{LIST}many/take/", {"chosen": chosen}).status_code == 200
    assert staff.get(f"{LIST}many/take/", {"ids": chosen}).status_code == 200
    assert state(case) == ("open", "")


@pytest.mark.parametrize(
    ("query", "status"),
    [("nonsense=1", 400), ("p=x", 200), ("day_from=x", 200), ("merchant__id__exact=x", 400), ("q=%00", 400)],
)
def test_a_list_that_is_none_has_no_cases_to_work_on(staff: Client, case: Case, query: str, status: int) -> None:
    assert staff.get(f"{LIST}many/take/?{query}").status_code == status


def test_many_are_not_resolved_without_a_note(staff: Client, case: Case) -> None:
    submit(staff, f"{LIST}many/resolve/", {"chosen": str(case.pk), "resolution": "ours", "reason": ""})
    assert state(case) == ("open", "")
