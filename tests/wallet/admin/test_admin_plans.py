"""Support says how a merchant's days are reconciled; the limit of writing off alone is an administrator's."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from merchants.errors import OwnWish, SecondPersonNeeded
from merchants.models import Approval, Merchant, OutgoingEmail, Person
from merchants.services import approvals, history, staff_changes
from portal.lib import clock
from tests.pages import submit
from tests.people import give_totp, signed_in
from tests.wallet import reconciling
from wallet.models import HostKeyLookup, ReconciliationPlan, ReportRecipient, StatementSource
from wallet.reconciliation import planning, refusals

LIST = "/admin/wallet/reconciliationplan/"
EURO = 100_000
SAID = {
    "is_on": "on", "hour": "7", "day_begins": "0", "grain": "rows", "unsettled_hours": "12", "high_amount": "250.00",
    "recipients": "cfo@acme.test\r\nCFO@acme.test\r\n\r\nfinance@acme.test",
}  # fmt: skip


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def plan(acme: Merchant) -> ReconciliationPlan:
    return reconciling.plan(acme)


def addresses(merchant: Merchant) -> list[str]:
    return list(ReportRecipient.objects.filter(merchant=merchant).values_list("email", flat=True))


def sent(client: Client, path: str, said: dict[str, Any]) -> str:
    return unescape(client.post(path, said, follow=True).content.decode())


def answered(client: Client, path: str, said: dict[str, Any]) -> str:
    """The answer to a question's form."""
    return unescape(submit(client, path, said, follow=True).content.decode())


def test_a_plan_is_made_with_its_recipients(staff: Client, acme: Merchant, owner: Person) -> None:
    sent(staff, f"{LIST}add/?merchant={acme.pk}", SAID | {"merchant": acme.pk})
    plan = ReconciliationPlan.objects.get()
    assert (plan.merchant, plan.is_on, plan.hour, plan.unsettled_hours) == (acme, True, 7, 12)
    assert (plan.high_amount, plan.write_off_alone) == (25_000_000, 0)
    assert addresses(acme) == ["CFO@acme.test", "finance@acme.test"]


def test_a_plan_is_changed_and_a_recipient_replaced(staff: Client, plan: ReconciliationPlan, owner: Person) -> None:
    ReportRecipient.objects.create(merchant=plan.merchant, email="gone@acme.test")
    kept = ReportRecipient.objects.create(merchant=plan.merchant, email="cfo@acme.test")
    assert "gone@acme.test" in staff.get(f"{LIST}{plan.pk}/change/").content.decode()
    sent(
        staff,
        f"{LIST}{plan.pk}/change/",
        SAID | {"hour": "9", "day_begins": "6", "left_out": ["deposit"], "scopes": "currencies=eur\r\ncurrencies=SEK"},
    )
    plan.refresh_from_db()
    assert (plan.hour, plan.day_begins, plan.left_out) == (9, 6, ["deposit"])
    assert plan.scopes == ["currencies=EUR", "currencies=SEK"]
    assert addresses(plan.merchant) == ["cfo@acme.test", "finance@acme.test"]
    assert ReportRecipient.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"hour": "24"}, "24"),
        ({"scopes": "currencies=EUR\ncurrencies=EUR"}, "overlaps with another scope"),
        ({"left_out": "bet"}, "bet is not one of the available choices"),
        ({"high_amount": "a lot"}, "such as 50.00."),
        ({"high_amount": "50,00"}, "Write the amount with a dot: 50.00."),
        ({"recipients": "nobody"}, "Enter a valid email address."),
        ({"recipients": "\n".join(f"p{number}@acme.test" for number in range(21))}, "at most 20 recipients"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    staff: Client, plan: ReconciliationPlan, said: dict[str, str], why: str
) -> None:
    assert why in sent(staff, f"{LIST}{plan.pk}/change/", SAID | said)
    plan.refresh_from_db()
    assert (plan.hour, addresses(plan.merchant)) == (8, [])


def test_the_limit_of_writing_off_is_an_administrators(
    staff: Client, plan: ReconciliationPlan, administrator: Person
) -> None:
    path = f"{LIST}{plan.pk}/change/"
    sent(staff, path, SAID | {"write_off_alone": "10.00"})
    plan.refresh_from_db()
    assert plan.write_off_alone == 0
    assert not Approval.objects.exists()
    sent(signed_in(Client(), administrator), path, SAID | {"write_off_alone": "10.00"})
    assert Approval.objects.get().wish["limit"] == 1_000_000


def test_an_auditor_reads_a_plan_and_changes_nothing(client: Client, plan: ReconciliationPlan, auditor: Person) -> None:
    reader = signed_in(client, auditor)
    assert reader.get(f"{LIST}{plan.pk}/change/").status_code == 200
    assert reader.post(f"{LIST}{plan.pk}/change/", SAID).status_code == 403
    assert reader.get(f"{LIST}{plan.pk}/source/").status_code == 403


def test_the_last_sixty_days_are_squares_that_say_what_they_are(staff: Client, plan: ReconciliationPlan) -> None:
    squares = staff.get(f"{LIST}{plan.pk}/change/").context["squares"]
    assert len(squares) == 60
    assert all("not compared" in square["said"] or "not due" in square["said"] for square in squares)


# --- where statements are fetched from --------------------------------------------------------------------------------
def test_an_address_inside_our_network_is_refused_with_its_reason(staff: Client, plan: ReconciliationPlan) -> None:
    said = {"kind": "url", "address": "https://127.0.0.1/{day}.csv"}
    assert "Nothing was changed." in answered(staff, f"{LIST}{plan.pk}/source/", said)
    assert not StatementSource.objects.exists()


def test_a_hosts_key_is_shown_before_it_is_believed(staff: Client, plan: ReconciliationPlan) -> None:
    """A job asks the host; the form says what it has seen."""
    said = {"kind": "sftp", "address": "sftp://user@host.test/{day}.csv", "password": "open sesame"}
    for _ in range(2):
        assert "The portal is asking the host for its key." in answered(staff, f"{LIST}{plan.pk}/source/", said)
    assert HostKeyLookup.objects.count() == 1
    HostKeyLookup.objects.update(answered_at=clock.now(), host_key="SHA256:key-of-user")
    answer = answered(staff, f"{LIST}{plan.pk}/source/", said)
    assert "The host shows this key: SHA256:key-of-user" in answer
    assert "open sesame" not in answer
    assert not StatementSource.objects.exists()


def test_a_host_that_gave_no_key_is_asked_again(staff: Client, plan: ReconciliationPlan) -> None:
    said = {"kind": "sftp", "address": "sftp://user@host.test/{day}.csv"}
    HostKeyLookup.objects.create(
        merchant=plan.merchant, address=said["address"], answered_at=clock.now(), refusal="host.test has no address."
    )
    assert "host.test has no address." in answered(staff, f"{LIST}{plan.pk}/source/", said)
    assert HostKeyLookup.objects.filter(answered_at=None).count() == 1


def test_fetching_is_switched_off_and_the_password_is_on_no_page(staff: Client, plan: ReconciliationPlan) -> None:
    assert "Choose “Set up fetching” first" in answered(staff, f"{LIST}{plan.pk}/switch_source/", {})
    source = StatementSource.objects.create(
        merchant=plan.merchant, kind="url", address="https://host.test/{day}.csv", sealed=b"sealed", kek_id="k"
    )
    page = answered(staff, f"{LIST}{plan.pk}/switch_source/", {})
    source.refresh_from_db()
    assert not source.is_on
    assert "https://host.test/{day}.csv" in page
    assert "sealed" not in page


# --- A raise of the limit ---------------------------------------------------------------------------------------------
def test_a_higher_limit_waits_for_a_second_person_and_a_lower_one_does_not(
    plan: ReconciliationPlan, owner: Person, support: Person, administrator: Person
) -> None:
    ReconciliationPlan.objects.filter(pk=plan.pk).update(write_off_alone=0)
    give_totp(support)
    at_work, path = signed_in(Client(), administrator), f"{LIST}{plan.pk}/change/"
    assert "A second person must approve it" in sent(at_work, path, SAID | {"write_off_alone": "5.00", "hour": "6"})
    plan.refresh_from_db()
    assert (plan.write_off_alone, plan.hour) == (0, 6)
    [asked] = OutgoingEmail.objects.filter(template="approval_waiting", to="owner@acme.test")
    assert asked.context["request"] == "raise the write-off limit"
    assert "already waiting" in sent(at_work, path, SAID | {"write_off_alone": "9.00"})
    approval = Approval.objects.get()
    assert approval.wish["changes"] == ["write-off limit from EUR 0.00 to EUR 5.00"]
    with pytest.raises(OwnWish):
        approvals.approve_request(approval=approval, by=administrator)
    with history.act_as(door="/admin/", person=support):
        approvals.approve_request(approval=approval, by=support)
    plan.refresh_from_db()
    assert plan.write_off_alone == 500_000
    staff_changes.notify_owners_of_changes()
    assert OutgoingEmail.objects.filter(template="merchant_changed", to="owner@acme.test").exists()
    sent(at_work, path, SAID | {"write_off_alone": "1.00"})
    plan.refresh_from_db()
    assert plan.write_off_alone == 100_000


def test_a_higher_limit_in_one_currency_waits_too(
    plan: ReconciliationPlan, owner: Person, support: Person, administrator: Person
) -> None:
    give_totp(support)
    at_work, path = signed_in(Client(), administrator), f"{LIST}{plan.pk}/change/"
    said = SAID | {"write_off_alone": "0.00", "write_off_alone_by_currency": "JPY 5000"}
    assert "A second person must approve it" in sent(at_work, path, said)
    assert ReconciliationPlan.objects.filter(write_off_alone_by_currency__isnull=True).exists()
    approval = Approval.objects.get()
    assert approval.wish["changes"] == ["write-off limit from JPY 0 to JPY 5,000"]
    with history.act_as(door="/admin/", person=support):
        approvals.approve_request(approval=approval, by=support)
    plan.refresh_from_db()
    assert plan.write_off_alone_by_currency == {"JPY": 500_000_000}
    sent(at_work, path, said | {"write_off_alone_by_currency": "JPY 4000"})
    plan.refresh_from_db()
    assert plan.write_off_alone_by_currency == {"JPY": 400_000_000}


def test_limits_that_were_cut_since_are_not_raised_by_an_old_request(
    plan: ReconciliationPlan, support: Person, administrator: Person
) -> None:
    reconciling.agree_on_limits(plan, write_off_alone_by_currency={"SEK": 7})
    give_totp(support)
    plan.refresh_from_db()
    approval = planning.ask_to_raise_limit(plan=plan, said={"write_off_alone": 9}, by=administrator, reason="More.")
    planning.set_plan(merchant=plan.merchant, by=administrator, write_off_alone_by_currency={"SEK": 1})
    with pytest.raises(refusals.LimitsChanged):
        approvals.approve_request(approval=approval, by=support)


def test_no_door_raises_the_limit_alone(acme: Merchant, rival: Merchant, administrator: Person) -> None:
    high = reconciling.plan(rival, write_off_alone=10**9)

    def refused(write: Callable[[], Any]) -> None:
        with pytest.raises(IntegrityError, match="a second person approves a higher"), transaction.atomic():
            write()

    refused(lambda: ReconciliationPlan.objects.create(merchant=acme, write_off_alone=1))
    refused(lambda: ReconciliationPlan.objects.filter(pk=high.pk).update(merchant=acme))
    plan = ReconciliationPlan.objects.create(merchant=acme)
    refused(lambda: ReconciliationPlan.objects.filter(pk=plan.pk).update(write_off_alone=1))
    with pytest.raises(SecondPersonNeeded):
        planning.set_plan(merchant=acme, by=administrator, write_off_alone=1)


@pytest.mark.parametrize(
    ("before", "after", "is_raise"),
    [
        (None, {"EUR": 5 * EURO}, True),
        (None, {"JPY": 1_001 * EURO}, True),
        ({"JPY": 5 * EURO}, {"JPY": 6 * EURO}, True),
        ({"SEK": 0}, None, True),
        ({"SEK": 0, "JPY": 0}, {"SEK": 0}, True),
        (None, {"JPY": 1_000 * EURO}, False),
        ({"JPY": 6 * EURO}, {"JPY": 5 * EURO}, False),
        ({"SEK": 50 * EURO}, None, False),
    ],
)
def test_a_limit_of_one_currency_is_raised_by_two_people_too(
    acme: Merchant,
    administrator: Person,
    support: Person,
    before: dict[str, int] | None,
    after: dict[str, int] | None,
    is_raise: bool,
) -> None:
    """In the service and, past it, in the database."""
    alone = 0 if after and "EUR" in after else 10 * EURO
    plan = reconciling.plan(acme, write_off_alone=alone, write_off_alone_by_currency=before)
    plan = ReconciliationPlan.objects.select_related("merchant").get(pk=plan.pk)
    assert planning.needs_second_person(plan, {"write_off_alone_by_currency": after}) == is_raise
    written = ReconciliationPlan.objects.filter(pk=plan.pk)
    if not is_raise:
        assert written.update(write_off_alone_by_currency=after) == 1
        return
    with pytest.raises(IntegrityError, match="a second person approves a higher"), transaction.atomic():
        written.update(write_off_alone_by_currency=after)
    give_totp(support)
    approval = planning.ask_to_raise_limit(
        plan=plan, said={"write_off_alone_by_currency": after}, by=administrator, reason="Many small differences."
    )
    with history.act_as(door="/admin/", person=support):
        approvals.approve_request(approval=approval, by=support)
    plan.refresh_from_db()
    assert (plan.write_off_alone, plan.write_off_alone_by_currency) == (alone, after)


def test_the_form_asks_for_a_second_person_where_a_currency_is_raised(
    plan: ReconciliationPlan, support: Person, administrator: Person
) -> None:
    ReconciliationPlan.objects.filter(pk=plan.pk).update(write_off_alone=0)
    at_work, path = signed_in(Client(), administrator), f"{LIST}{plan.pk}/change/"
    said = SAID | {"write_off_alone": "0", "write_off_alone_by_currency": "SEK 50.00"}
    assert "A second person must approve it" in sent(at_work, path, said)
    plan.refresh_from_db()
    assert plan.write_off_alone_by_currency is None
    assert Approval.objects.get().wish["changes"] == ["write-off limit from SEK 0.00 to SEK 50.00"]
