"""Reconciliation on the operators' pages: from a file to the cases of its day, and what is said to them."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import psycopg
import pytest
from celery.exceptions import Retry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.models import Merchant, OutgoingEmail, Person
from merchants.services import email_outbox, history
from portal.lib import clock
from portal.lib.clientip import parse_networks
from tests import factories
from tests.conftest import Caller
from tests.pages import opened, said, send
from tests.people import signed_in
from tests.wallet import reconciling
from tests.wallet.admin.test_admin_lists import WHO
from tests.wallet.pages.test_operator_home import named, own
from tests.wallet.reconciliation.test_schedule import another_worker
from tests.wallet.reconciling import DATE, Busy, Line, Told, without
from wallet import tasks
from wallet.models import Case, CaseNote, Reconciliation, ReconciliationPlan, ReportDelivery, Statement
from wallet.models.reconciliation_plan import HostKeyLookup, ReportRecipient, StatementSource
from wallet.models.statement import private_files
from wallet.reconciliation import cases, deliveries, drafts, on_demand, planning, report_files, schedule, statements
from wallet.reconciliation.figures import figures_of
from wallet.reconciliation.locks import LockedWork
from wallet.reconciliation.on_demand import ManyAsked
from wallet.reconciliation.runs import BeingCompared

HERE = "/operator/acme/reconciliation/"
DAY = f"{HERE}{DATE}/"
NEW = f"{HERE}statements/new/"
HEADER = ["transactionId", "kind", "playerId", "currency", "amount", "state"]


@pytest.fixture
def acme(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    acme.refresh_from_db()
    return acme


@pytest.fixture
def busy(acme: Merchant, game: Any) -> Busy:
    return reconciling.busy_day(Told(acme, factories.signer(acme), game))


@pytest.fixture
def manager(acme: Merchant) -> Person:
    return factories.member(acme, "manager", email="manager@acme.test")


@pytest.fixture
def at_work(client: Client, manager: Person) -> Client:
    return signed_in(client, manager)


def written(lines: Iterable[Line]) -> bytes:
    """As the operator's books export it."""
    text = StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADER)
    for line in lines:
        state = "rolled back" if line.is_rolled_back else ""
        rows.writerow([line.transaction_id, line.kind, line.player_id, line.currency, line.amount, state])
    return text.getvalue().encode()


def chosen(client: Client, content: bytes, *, name: str = "day.csv", path: str = NEW, day: Any = DATE) -> Any:
    """The page on which the file is looked at."""
    sent = client.post(path, {"day": str(day), "file": SimpleUploadedFile(name, content)})
    assert sent.status_code == 302, said(sent)
    return client.get(sent["location"])


def stated(seen: Any, do: str = "send", **fields: Any) -> dict[str, Any]:
    form = seen.context["form"]
    known = {name: form[name].value() for name in form.fields} | {"do": do, "seen": seen.context["mark"]}
    return {name: value for name, value in (known | fields).items() if value is not None}


def confirmed(client: Client, seen: Any, **fields: Any) -> Any:
    """Looked at with what is stated, and then sent."""
    path = seen.wsgi_request.path
    again = client.post(path, stated(seen, "look", **fields))
    return client.post(path, stated(again))


def upload(client: Client, lines: Iterable[Line], **how: Any) -> Any:
    return confirmed(client, chosen(client, written(lines), **how), amounts="units", rolled_back="rolled back")


def compare(by: Person) -> None:
    """What the worker does when somebody has asked."""
    with clock.frozen_at(reconciling.day(by.memberships.get().merchant).ready + timedelta(hours=5)):
        tasks.compare_day(by.memberships.get().merchant.pk, str(DATE), by.pk)


def test_from_a_file_to_the_cases_of_its_day(at_work: Client, busy: Busy, manager: Person) -> None:
    seen = chosen(at_work, written(without(busy.lines(), "lost")))
    assert "Are amounts whole units" in said(seen)
    assert 'value="send"' not in said(seen)
    done = confirmed(at_work, seen, amounts="units", rolled_back="rolled back")
    assert done["location"] == f"{DAY}?asked=1"
    assert "The reconciliation run is in progress" in said(at_work.get(done["location"]))
    compare(manager)
    shown = said(at_work.get(done["location"]))
    assert "The reconciliation run is in progress" not in shown
    case = reconciling.case(busy.merchant, "missing_there", "lost")
    assert f"{HERE}cases/{case.pk}/" in shown
    assert "Missing in statement" in shown
    assert "manager@acme.test" in shown
    assert "<bdi>500</bdi>" not in said(at_work.get(f"{HERE}cases/{case.pk}/"))
    assert "<bdi>0.005</bdi>" in said(at_work.get(f"{HERE}cases/{case.pk}/"))


def ask(merchant: Merchant, by: Person, day: date = DATE) -> int:
    with clock.frozen_at(reconciling.day(merchant).ready + timedelta(hours=5)):
        return on_demand.ask_for_comparison(merchant=merchant, day=day, by=by)


def test_a_day_is_compared_once_a_minute_however_often_it_is_asked_for(busy: Busy, manager: Person) -> None:
    assert ask(busy.merchant, manager) == 1
    with pytest.raises(BeingCompared):
        ask(busy.merchant, manager)
    reconciling.state(busy.merchant, busy.lines())
    assert ask(busy.merchant, manager) == 1  # a statement that has come since is worth another look


def test_a_statement_that_comes_while_its_day_is_compared_is_compared_afterwards(
    busy: Busy, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the one that runs has seen it, nobody can know: it is compared once more."""
    begun = reconciling.day(busy.merchant).ready
    Reconciliation.objects.create(merchant=busy.merchant, day=DATE, number=1, begun_at=begun)
    with pytest.raises(BeingCompared):
        ask(busy.merchant, manager)
    reconciling.state(busy.merchant, busy.lines())
    assert ask(busy.merchant, manager) == 2
    later: list[dict[str, Any]] = []

    def retry(**how: Any) -> Retry:
        later.append(how)
        return Retry()

    monkeypatch.setattr(tasks.compare_day, "retry", retry)
    with the_day_locked(busy.merchant), pytest.raises(Retry):
        compare(manager)
    assert later == [{"countdown": tasks.TURN_SECONDS}]
    compare(manager)
    newest = Reconciliation.objects.order_by("-number")[0]
    assert (newest.outcome, newest.statement) == ("clear", Statement.objects.get())


@contextmanager
def the_day_locked(merchant: Merchant) -> Iterator[None]:
    """By another session that compares it at this moment."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_advisory_lock(hashint8(%s), %s)", [merchant.pk, DATE.toordinal()])
        yield


def test_a_large_file_of_a_person_is_compared_when_a_job_has_read_it(busy: Busy, manager: Person) -> None:
    """As a small one, which is read while the person waits. The plan is off."""
    statement = reconciling.state(busy.merchant, busy.lines(), by=manager)
    Statement.objects.update(state="received", is_current=False, read_at=None)
    with clock.frozen_at(reconciling.day(busy.merchant).ready + timedelta(hours=5)):
        assert schedule.read_statements() == 1
        with pytest.raises(BeingCompared):
            on_demand.ask_for_comparison(merchant=busy.merchant, day=DATE, by=manager)
    statement.refresh_from_db()
    assert statement.is_current


def test_ten_days_are_compared_within_a_minute(acme: Merchant, manager: Person) -> None:
    for number in range(on_demand.MOST):
        ask(acme, manager, DATE - timedelta(days=number))
    with pytest.raises(ManyAsked, match="10 days"):
        ask(acme, manager, DATE - timedelta(days=20))


def test_a_day_before_the_merchant_is_not_compared(acme: Merchant, manager: Person) -> None:
    with pytest.raises(statements.DayBeforeMerchant):
        ask(acme, manager, date(1970, 1, 2))


def test_a_merchant_takes_one_worker_at_most(busy: Busy, manager: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job waits for its turn, and holds up nobody else's."""
    later: list[dict[str, Any]] = []

    def retry(**how: Any) -> Retry:
        later.append(how)
        return Retry()

    monkeypatch.setattr(tasks.compare_day, "retry", retry)
    with another_worker(LockedWork.REPORT, busy.merchant.pk), pytest.raises(Retry):
        compare(manager)
    assert later == [{"countdown": tasks.TURN_SECONDS}]
    assert not Reconciliation.objects.exists()
    compare(manager)
    assert Reconciliation.objects.exists()


def test_what_is_stated_is_remembered_and_the_next_file_is_read_at_once(at_work: Client, busy: Busy) -> None:
    upload(at_work, busy.lines())
    plan = ReconciliationPlan.objects.get(merchant=busy.merchant)
    assert (plan.mapping["amounts"], plan.is_on) == ("units", False)
    seen = chosen(at_work, written(without(busy.lines(), "lost")))
    assert 'value="send"' in said(seen)
    assert "already has a statement: day.csv" in said(seen)
    at_work.post(seen.wsgi_request.path, stated(seen))
    assert [(each.state, each.is_current) for each in Statement.objects.order_by("pk")] == [
        ("read", False),
        ("read", True),
    ]
    shown = said(at_work.get(DAY))
    assert ">replaced</span>" in shown
    assert ">current</span>" in shown


def test_a_form_that_is_sent_twice_sends_one_statement(at_work: Client, busy: Busy) -> None:
    seen = chosen(at_work, written(busy.lines()))
    path = seen.wsgi_request.path
    form = stated(at_work.post(path, stated(seen, "look", amounts="units", rolled_back="rolled back")))
    assert at_work.post(path, form)["location"].startswith(DAY)
    assert at_work.post(path, form)["location"] == NEW
    assert Statement.objects.count() == 1


def test_what_is_stated_otherwise_is_looked_at_before_it_is_sent(at_work: Client, busy: Busy) -> None:
    upload(at_work, busy.lines())
    seen = chosen(at_work, written(without(busy.lines(), "lost")))
    path = seen.wsgi_request.path
    again = at_work.post(path, stated(seen, "send", amounts="decimal_point"))
    assert again.status_code == 200
    assert Statement.objects.count() == 1
    at_work.post(path, stated(again, "send"))
    assert Statement.objects.count() == 2


def test_amounts_are_read_as_they_are_stated(at_work: Client, acme: Merchant) -> None:
    content = b"transactionId;kind;playerId;currency;amount\nt-1;bet;ada;EUR;12,50\n"
    seen = chosen(at_work, content)
    path = seen.wsgi_request.path
    shown = said(at_work.post(path, stated(seen, "look", amounts="decimal_comma")))
    assert '<th scope="row">EUR bet</th><td>1</td><td>12.50</td>' in shown
    wrong = said(at_work.post(path, stated(seen, "look", amounts="decimal_point")))
    assert "<strong>Line 2</strong>" in wrong
    assert 'value="send"' not in wrong


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\x1f\x8b\x08\x00nothing", "gzip"),
        (b"amount,amount\n1,2\n", "Two columns are named “amount”"),
        (gzip.compress(b"transactionId,kind,playerId,currency,amount\nt,bet,p,EUR,NaN\n", mtime=0), "Line 2"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_leaves_nothing(
    at_work: Client, acme: Merchant, content: bytes, sentence: str
) -> None:
    answer = at_work.post(NEW, {"day": str(DATE), "file": SimpleUploadedFile("day.csv", content)})
    if answer.status_code == 302:
        seen = at_work.get(answer["location"])
        answer = at_work.post(seen.wsgi_request.path, stated(seen, "send", amounts="units"))
    assert sentence in said(answer)
    assert not Statement.objects.exists()


def test_a_file_that_is_too_large_is_not_even_taken_in(at_work: Client, acme: Merchant, settings: Any) -> None:
    settings.MAX_STATEMENT_BYTES = 1_000
    for size in (1_001, 100_000):
        answer = at_work.post(NEW, {"day": str(DATE), "file": SimpleUploadedFile("day.csv", b"a" * size)})
        assert "The file is larger than 1,000 bytes" in said(answer)
        assert "This field is required" not in said(answer)


def test_a_day_that_is_not_over_is_refused_before_the_file_is_kept(at_work: Client, acme: Merchant) -> None:
    answer = at_work.post(NEW, {"day": str(clock.now().date()), "file": SimpleUploadedFile("a.csv", b"a,b\n")})
    assert "is not over yet" in said(answer)
    assert not private_files().exists(f"drafts/{acme.pk}") or not private_files().listdir(f"drafts/{acme.pk}")[1]


def test_another_persons_file_is_not_to_be_looked_at(at_work: Client, acme: Merchant, owner: Person) -> None:
    path = chosen(at_work, b"a,b\n1,2\n").wsgi_request.path
    assert signed_in(Client(), owner).get(path)["location"] == NEW
    assert at_work.get(path).status_code == 200


def test_previews_are_listed_and_the_oldest_of_a_person_gives_way(
    at_work: Client, acme: Merchant, owner: Person
) -> None:
    others = drafts.keep_draft(merchant=acme, by=owner, day=DATE, name="theirs.csv", content=BytesIO(b"x"), size=1)
    for number in range(drafts.MOST + 1):
        chosen(at_work, written([]), name=f"file-{number}.csv")
    shown = said(at_work.get(NEW))
    assert "file-1.csv" in shown
    assert "file-0.csv" not in shown
    assert "theirs.csv" not in shown
    assert drafts.find_draft(merchant=acme, by=owner, token=others.token) is not None
    assert len(private_files().listdir(f"drafts/{acme.pk}")[1]) == drafts.MOST + 1
    [newest, *_] = at_work.get(NEW).context["previews"]
    at_work.post(f"{HERE}statements/look/{newest.token}/", {"do": "drop"})
    assert newest.name not in said(at_work.get(NEW))


def test_previews_of_yesterday_are_purged_with_their_files(acme: Merchant, owner: Person) -> None:
    with clock.frozen_at(clock.now() - timedelta(days=2)):
        old = drafts.keep_draft(merchant=acme, by=owner, day=DATE, name="\u202eold.csv", content=BytesIO(b"x"), size=1)
    assert old.name == "old.csv"
    assert drafts.open_drafts(merchant=acme, by=owner) == []
    assert drafts.find_draft(merchant=acme, by=owner, token=old.token) is None
    assert drafts.purge_drafts(clock.now()) == 1
    assert not private_files().exists(old.path)


def test_a_part_of_a_day_is_stated_with_the_file_and_added(at_work: Client, busy: Busy) -> None:
    lines = busy.lines()
    for part, some in (("1/2", lines[:4]), ("2/2", lines[4:])):
        sent = at_work.post(NEW, {"day": str(DATE), "file": SimpleUploadedFile("p.csv", written(some)), "part": part})
        confirmed(at_work, at_work.get(sent["location"]), amounts="units", rolled_back="rolled back")
    assert set(Statement.objects.values_list("scope", "is_current")) == {("part=1/2", True), ("part=2/2", True)}
    newest = Statement.objects.order_by("-pk")[0]
    assert "part 2 of 2" in said(at_work.get(f"{HERE}statements/{newest.number}/"))
    wrong = at_work.post(NEW, {"day": str(DATE), "file": SimpleUploadedFile("p.csv", b"x"), "part": "3/2"})
    assert "A part is a number from 1 to the number of parts" in said(wrong)


def test_the_preview_warns_of_ids_that_nobody_knows(at_work: Client, busy: Busy) -> None:
    lines = [replace(line, transaction_id=f"{line.transaction_id} ") for line in busy.lines()]
    seen = chosen(at_work, written(lines))
    again = at_work.post(seen.wsgi_request.path, stated(seen, "look", amounts="units", rolled_back="rolled back"))
    assert "None of the 12 ids is known" in said(again)
    at_work.post(seen.wsgi_request.path, stated(again))
    assert "None of the 12 ids is known" in said(at_work.get(f"{HERE}statements/{Statement.objects.get().number}/"))


def test_a_file_that_is_dropped_is_gone(at_work: Client, acme: Merchant) -> None:
    path = chosen(at_work, b"a,b\n1,2\n").wsgi_request.path
    assert at_work.post(path, {"do": "drop"})["location"] == NEW
    assert at_work.get(path)["location"] == NEW
    assert not private_files().listdir(f"drafts/{acme.pk}")[1]


# --- A case -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def case(busy: Busy) -> Case:
    """A bet of another amount on the other side."""
    reconciling.state(busy.merchant, reconciling.changed(busy.lines(), "won", amount=1_500))
    reconciling.reconcile(busy.merchant)
    return reconciling.case(busy.merchant, "amount", "won")


def test_both_sides_stand_beside_each_other_and_the_difference_is_marked(at_work: Client, case: Case) -> None:
    shown = said(at_work.get(f"{HERE}cases/{case.pk}/"))
    assert '<tr class="table-warning"><th scope="row">Amount' in shown
    assert "<bdi>0.01</bdi>" in shown
    assert "<bdi>0.015</bdi>" in shown
    assert shown.count("table-warning") == 1
    assert "Case opened: Amount mismatch" in shown


def test_internal_notes_are_not_for_the_operator_nor_for_staff_who_look_as_one(
    at_work: Client, case: Case, support: Person
) -> None:
    cases.add_note(case=case, text="We suspect the agent", by=support, internal=True)
    cases.add_note(case=case, text="Please look at it", by=support)
    for client in (at_work, signed_in(Client(), support)):
        shown = said(client.get(f"{HERE}cases/{case.pk}/"))
        assert "Please look at it" in shown
        assert "suspect" not in shown


def test_a_comment_brings_a_waiting_case_back(at_work: Client, case: Case, support: Person) -> None:
    cases.ask_operator(case=case, by=support)
    assert "is waiting for you" in said(at_work.get(f"{HERE}cases/{case.pk}/"))
    send(at_work, f"{HERE}cases/{case.pk}/comment/", text="<b>Ours</b> was wrong")
    case.refresh_from_db()
    assert case.state == "open"
    assert "&lt;b&gt;Ours&lt;/b&gt; was wrong" in said(at_work.get(f"{HERE}cases/{case.pk}/"))


def test_a_corrected_statement_answers_the_case_and_closes_it(
    at_work: Client, case: Case, busy: Busy, manager: Person
) -> None:
    seen = chosen(at_work, written(busy.lines()), name="corrected.csv", path=f"{NEW}?case={case.pk}")
    done = confirmed(at_work, seen, amounts="units", rolled_back="rolled back", text="Cents were doubled")
    assert done["location"] == f"{HERE}cases/{case.pk}/"
    shown = said(at_work.get(done["location"]))
    assert "Cents were doubled" in shown
    assert "corrected.csv" in shown
    compare(manager)
    assert "resolved: corrected" in said(at_work.get(done["location"]))
    assert "Restated." in said(at_work.get(DAY))
    assert CaseNote.objects.get().statement == Statement.objects.get(is_current=True)


# --- Lists ------------------------------------------------------------------------------------------------------------
def test_cases_come_page_by_page_and_none_twice_nor_left_out(at_work: Client, case: Case) -> None:
    made = [
        Case(
            merchant=case.merchant, day=DATE, kind="missing_here", subject=f"tx-{number:03}", found_by=case.found_by,
            seen_by=case.found_by, severity=1 + number % 4, opened_at=clock.now() - timedelta(minutes=number // 7),
        )
        for number in range(120)
    ]  # fmt: skip
    Case.objects.bulk_create(made)
    for begin in (DAY, f"{HERE}cases/"):
        met, address = [], "?kind=missing_here"
        while address:
            found = at_work.get(begin + address).context["found"]
            met += [(-each.case.severity, each.case.subject) for each in found.lines]
            address = found.more
        assert len(met) == 120
        assert [severity for severity, _ in met] == sorted(severity for severity, _ in met)
        assert {subject for _, subject in met} == {each.subject for each in made}


@pytest.mark.parametrize("query", ["?kind=nothing", "?severity=9&worse=x", "?worse=4&case=9&since=y"])
def test_an_address_that_is_none_of_ours_shows_the_first_page(at_work: Client, case: Case, query: str) -> None:
    for begin in (DAY, f"{HERE}cases/"):
        assert [each.case for each in at_work.get(begin + query).context["found"].lines] == [case]


def test_what_is_owed_to_a_player_stands_on_top(at_work: Client, case: Case) -> None:
    owed = Case.objects.create(
        merchant=case.merchant, day=DATE, kind="owed", subject="late", severity=4, opened_at=clock.now(),
        found_by=case.found_by, seen_by=case.found_by, difference=-100_000, currency="EUR",
    )  # fmt: skip
    page = at_work.get(HERE)
    assert page.context["worst"][0].case == owed
    assert "A player is owed money." in said(page)
    assert "EUR -1.00" in said(page)


# --- Figures, files, reports ------------------------------------------------------------------------------------------
def test_the_page_shows_the_figures_that_the_mail_tells(at_work: Client, case: Case) -> None:
    ReportRecipient.objects.create(merchant=case.merchant, email="finance@acme.test")
    run = Reconciliation.objects.get(merchant=case.merchant, day=DATE)
    deliveries.send_reports(run=run)
    email_outbox.send_due_emails()
    page, figures = at_work.get(DAY), figures_of(run)
    assert page.context["figures"] == figures
    assert f"<dd>{figures.rate}</dd>" in said(page)
    assert "finance@acme.test" in said(page)


def test_a_kind_of_break_leads_to_its_cases_though_they_stand_with_an_earlier_day(at_work: Client, busy: Busy) -> None:
    with reconciling.at(busy.merchant, timedelta(hours=13)):
        busy.machine.withdraw(40_000_000)
        busy.machine.rollback("deposit")
    for day in (DATE, DATE + timedelta(days=1)):
        reconciling.reconcile(busy.merchant, day)
        shown = at_work.get(f"{HERE}{day}/").content.decode()
        (link,) = re.findall(rf'href="([^"]*kind=below_zero[^"]*|[^"]*/{DATE}/#h-cases)"', shown)
        assert "player-1" in said(at_work.get(urljoin(f"{HERE}{day}/", link)))


def test_the_link_of_a_mail_asks_who_comes(at_work: Client, case: Case, rival: Merchant) -> None:
    run = Reconciliation.objects.get(merchant=case.merchant, day=DATE)
    path = urlsplit(report_files.file_link(run, "csv")).path
    assert "/account/login" in Client().get(path)["location"]
    stranger = signed_in(Client(), factories.member(rival, "owner", email="owner@rival.test"))
    assert stranger.get(path).status_code == 404
    assert stranger.get(path.replace("acme", "rival")).status_code == 404
    answer: Any = at_work.get(path)
    assert "won" in b"".join(answer.streaming_content).decode()
    sheet: Any = at_work.get(f"{DAY}xlsx/")
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    assert at_work.get(path[:-4] + "xxx/")["location"] == HERE


def test_a_report_that_came_back_is_seen_and_sent_again(at_work: Client, case: Case) -> None:
    ReportRecipient.objects.create(merchant=case.merchant, email="finance@acme.test")
    run = Reconciliation.objects.get(merchant=case.merchant, day=DATE)
    [delivery] = deliveries.send_reports(run=run)
    OutgoingEmail.objects.filter(pk=delivery.email_id).update(state="sent", attempts=1, sent_at=clock.now())
    ReportDelivery.objects.filter(pk=delivery.pk).update(bounced_at=clock.now(), bounce="550 no such mailbox")
    path = f"{HERE}reports/{run.pk}/"
    assert "550 no such mailbox" in said(at_work.get(path))
    send(at_work, f"{HERE}reports/sent/{delivery.pk}/again/")
    shown = said(at_work.get(path))
    assert "is being sent to finance@acme.test again" in shown
    assert "550" not in shown
    assert OutgoingEmail.objects.filter(to="finance@acme.test", template="reconciliation").count() == 2


# --- The plan ---------------------------------------------------------------------------------------------------------
def test_a_plan_that_another_owner_set_meanwhile_is_not_overwritten(
    client: Client, acme: Merchant, owner: Person
) -> None:
    at_work = signed_in(client, owner)
    sent = opened(at_work, f"{HERE}plan/change/") | {"hour": 6}
    with history.act_as(door="/operator/acme/", person=factories.member(acme, "owner", email="second@acme.test")):
        planning.set_plan(merchant=acme, is_on=True, hour=9)
    refused = at_work.post(f"{HERE}plan/change/", sent)
    assert "The plan was changed by second@acme.test in the meantime. Nothing was saved." in said(refused)
    assert ReconciliationPlan.objects.get().hour == 9
    again = sent | {name: refused.context["form"][name].value() for name in ("seen", "token")}
    assert at_work.post(f"{HERE}plan/change/", again).status_code == 302
    assert ReconciliationPlan.objects.get().hour == 6


def test_an_owner_sets_the_plan_and_the_timeline_keeps_it(client: Client, acme: Merchant, owner: Person) -> None:
    signed_in(client, owner)
    send(client, f"{HERE}plan/change/", hour=6, high_amount="2,500.00", is_attached="on")
    plan = ReconciliationPlan.objects.get(merchant=acme)
    assert (plan.hour, plan.high_amount, plan.is_on, plan.is_attached) == (6, 250_000_000, True, True)
    assert "Daily reconciliation set up, with reports at 6:00" in said(client.get("/operator/acme/timeline/"))
    send(client, f"{HERE}plan/recipients/add/", email="finance@acme.test")
    assert "already receives the report" in said(send(client, f"{HERE}plan/recipients/add/", email="FINANCE@acme.test"))
    recipient = ReportRecipient.objects.get(merchant=acme)
    send(client, f"{HERE}plan/recipients/{recipient.pk}/remove/")
    assert not ReportRecipient.objects.exists()


def test_an_owner_states_when_days_begin_and_which_statements_they_have(
    client: Client, acme: Merchant, owner: Person
) -> None:
    signed_in(client, owner)
    scopes = "currencies=eur,usd\ncurrencies=SEK"
    send(client, f"{HERE}plan/change/", hour=6, day_begins=6, left_out=["deposit", "withdraw"], scopes=scopes)
    plan = ReconciliationPlan.objects.get(merchant=acme)
    assert (plan.day_begins, plan.left_out) == (6, ["deposit", "withdraw"])
    assert plan.scopes == ["currencies=EUR,USD", "currencies=SEK"]
    shown = said(client.get(f"{HERE}plan/"))
    assert "<dd>6:00</dd>" in shown
    assert "deposit, withdraw" in shown
    assert "EUR, USD" in shown
    assert "and begin at 6:00" in said(client.get(NEW))
    refused = send(client, f"{HERE}plan/change/", scopes="part=1/2")
    assert "A scope of the plan has no part" in said(refused)
    send(client, f"{HERE}plan/change/", scopes="", day_begins=0)
    assert client.get("/operator/acme/timeline/").status_code == 200


def test_a_password_is_never_shown_and_stays_while_the_server_does(
    client: Client, acme: Merchant, owner: Person, settings: Any
) -> None:
    settings.STATEMENT_NETWORKS = parse_networks(["127.0.0.0/8"])
    signed_in(client, owner)
    told = {"kind": "url", "address": "https://me@127.0.0.1/{day}.csv", "password": "hush-hush"}
    send(client, f"{HERE}plan/source/", **told)
    source = StatementSource.objects.get(merchant=acme)
    assert source.sealed
    for path in ("plan/", "plan/source/"):
        assert "hush-hush" not in said(client.get(f"{HERE}{path}"))
    send(client, f"{HERE}plan/source/", **told | {"address": "https://me@127.0.0.1/x/{day}.csv", "password": ""})
    source.refresh_from_db()
    assert source.address.endswith("/x/{day}.csv")
    assert source.sealed
    refused = send(client, f"{HERE}plan/source/", **told | {"address": "https://you@127.0.0.1/{day}", "password": ""})
    assert "belongs to another host or user" in said(refused)


def test_the_key_of_an_sftp_host_is_asked_for_by_a_job_and_shown_to_be_compared(
    client: Client, acme: Merchant, owner: Person, viewer: Person
) -> None:
    signed_in(client, owner)
    address, key = "sftp://acme@files.example.com/{day}.csv", "SHA256:" + "a" * 43
    asked = send(client, f"{HERE}plan/source/", kind="sftp", address=address)
    assert asked["location"] == f"{HERE}plan/"
    waiting = client.get(f"{HERE}plan/").content.decode()
    assert "We are requesting the host key." in said(client.get(f"{HERE}plan/"))
    assert 'hx-trigger="every 2s"' in waiting
    lookup = HostKeyLookup.objects.get(merchant=acme)
    HostKeyLookup.objects.update(answered_at=clock.now(), host_key=key)
    shown = client.get(f"{HERE}plan/").content.decode()
    assert key in shown
    assert "hx-trigger" not in shown
    form = client.get(f"{HERE}plan/source/?seen={lookup.pk}").content.decode()
    assert key in form
    assert not StatementSource.objects.exists(), "nothing is trusted before a person says so"
    send(client, f"{HERE}plan/source/", kind="sftp", address=address, host_key=key)
    assert StatementSource.objects.get(merchant=acme).host_key == key
    client.force_login(viewer)
    assert key not in client.get(f"{HERE}plan/").content.decode().partition('id="h-source"')[0]


def test_a_lookup_of_another_merchant_is_not_shown(client: Client, rival: Merchant, owner: Person) -> None:
    signed_in(client, owner)
    other = HostKeyLookup.objects.create(merchant=rival, address="sftp://rival@files.example.com/{day}.csv")
    assert "rival@" not in client.get(f"{HERE}plan/source/?seen={other.pk}").content.decode()
    for number in ("x", "9" * 30, "-1", ""):
        assert client.get(f"{HERE}plan/source/?seen={number}").status_code == 200


def test_an_address_inside_our_network_is_refused(client: Client, acme: Merchant, owner: Person) -> None:
    signed_in(client, owner)
    refused = send(client, f"{HERE}plan/source/", kind="url", address="https://127.0.0.1/{day}.csv")
    assert refused.status_code == 200
    assert not StatementSource.objects.exists()


def test_a_total_is_opened_to_the_rows_behind_it(at_work: Client, busy: Busy) -> None:
    reconciling.plan(busy.merchant, grain="totals")
    sums = [replace(line, transaction_id="", count=1) for line in busy.lines() if line.transaction_id == "won"]
    reconciling.state(busy.merchant, sums, grain="totals")
    reconciling.reconcile(busy.merchant)
    case = Case.objects.get(kind="group", subject__contains="|bet|")
    page = at_work.get(f"{HERE}cases/{case.pk}/")
    assert {row.transaction_id for row, _ in page.context["group"].rows} >= {"won", "lost"}


def test_a_rivals_case_is_not_there(client: Client, case: Case, rival_caller: Caller) -> None:
    signed_in(client, factories.member(rival_caller.merchant, "owner", email="owner@rival.test"))
    assert client.get(f"/operator/rival/reconciliation/cases/{case.pk}/").status_code == 404
    assert case.subject not in said(client.get(f"/operator/rival/reconciliation/{DATE}/"))


# --- What it costs ----------------------------------------------------------------------------------------------------
def test_a_day_is_so_many_named_queries_however_much_is_on_it(at_work: Client, case: Case) -> None:
    at_work.get(DAY)
    with CaptureQueriesContext(connection) as few:
        at_work.get(DAY)
    assert [named(own(query["sql"])) for query in few if "SAVEPOINT" not in query["sql"]] == [
        *WHO,
        "merchants_membership",  # may they, and whose pages
        "wallet_reconciliation",  # of the day
        "wallet_reconciliationplan",  # at which hour it begins
        "wallet_statement",
        "wallet_case",
        "wallet_case",  # what they count for
        "wallet_reconciliation",  # the day before
        "wallet_reportdelivery",
        "merchants_membership",  # to switch to
    ]


def test_what_is_late_or_owed_is_a_red_line_on_home(at_work: Client, case: Case, busy: Busy) -> None:
    reconciling.plan(busy.merchant)
    Case.objects.create(
        merchant=case.merchant, day=case.day, kind="owed", subject="late", severity=4, opened_at=clock.now(),
        found_by=case.found_by, seen_by=case.found_by, difference=-100_000, currency="EUR",
    )  # fmt: skip
    with clock.frozen_at(reconciling.day(busy.merchant).ready + timedelta(days=2)):
        shown = said(signed_in(at_work, busy.merchant.memberships.get(role="manager").person).get("/operator/acme/"))
    assert "1 late payout was refused." in shown
    assert '<div class="alert alert-danger' in shown
    assert "10 March 2026" in shown
