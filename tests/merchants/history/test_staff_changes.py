"""What our staff change for a merchant is mailed to its owners and to whom it removed, by whatever door it came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from merchants.errors import InvitationOver
from merchants.models import (
    AllowedDomain,
    AllowlistEntry,
    Contact,
    Invitation,
    Membership,
    Merchant,
    OutgoingEmail,
    OwnerQuestion,
    Person,
    StaffChange,
)
from merchants.services import email_links, email_outbox, history, owner_questions, people, staff_changes
from portal.lib import clock
from tests import factories
from tests.pages import said, send
from tests.people import signed_in
from wallet.models import ReconciliationPlan, ReportRecipient, StatementSource
from wallet.reconciliation import planning, statements


@pytest.fixture
def house(acme: Merchant, owner: Person) -> Merchant:
    """With one of each, before anybody of our staff touches it."""
    factories.member(acme, "manager", email="gone@acme.test")
    AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    AllowedDomain.objects.create(merchant=acme, domain="acme.example")
    Contact.objects.create(merchant=acme, email="desk@elsewhere.test")
    ReportRecipient.objects.create(merchant=acme, email="cfo@elsewhere.test")
    ReconciliationPlan.objects.create(merchant=acme)
    StatementSource.objects.create(merchant=acme, kind="url", address="https://acme.example/{day}.csv")
    return acme


def told() -> set[str]:
    staff_changes.notify_owners_of_changes()
    return set(OutgoingEmail.objects.filter(template="merchant_changed").values_list("to", flat=True))


OWNER = {"owner@acme.test"}
CHANGES: dict[str, tuple[Callable[[Merchant], Any], set[str], str]] = {
    "network": (
        lambda acme: AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24"), set(), "198.51.100.0/24"
    ),
    "network gone": (lambda acme: AllowlistEntry.objects.all().delete(), set(), "203.0.113.0/24 removed"),
    "domain": (lambda acme: AllowedDomain.objects.update(domain="evil.example"), set(), "evil.example"),
    "contact": (lambda acme: Contact.objects.all().delete(), {"desk@elsewhere.test"}, "desk@elsewhere.test removed"),
    "contact moved": (
        lambda acme: Contact.objects.update(email="desk@acme.test"), {"desk@elsewhere.test"}, "desk@acme.test"
    ),
    "person": (
        lambda acme: Membership.objects.filter(role="manager").delete(), {"gone@acme.test"}, "is no longer manager"
    ),
    "role": (lambda acme: Membership.objects.filter(role="manager").update(role="viewer"), {"gone@acme.test"}, "view"),
    "recipient": (
        lambda acme: ReportRecipient.objects.all().delete(), {"cfo@elsewhere.test"}, "receives the report"
    ),
    "plan": (lambda acme: ReconciliationPlan.objects.update(hour=3), set(), "Reconciliation plan:"),
    "source": (lambda acme: StatementSource.objects.update(address="https://x.test/{day}.csv"), set(), "x.test"),
    "status": (lambda acme: Merchant.objects.filter(pk=acme.pk).update(status="suspended"), set(), "suspended"),
    "rule": (lambda acme: Merchant.objects.filter(pk=acme.pk).update(two_person=True), set(), "switched on"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_the_owners_and_whom_it_removed_are_mailed(house: Merchant, support: Person, name: str) -> None:
    change, removed, words = CHANGES[name]
    with history.act_as(door="/admin/a/door/of/tomorrow/", person=support), history.give_reason("asked by telephone"):
        change(house)
    assert told() == OWNER | removed
    email = OutgoingEmail.objects.filter(template="merchant_changed", to="owner@acme.test").get()
    assert words in email.context["what"]
    assert email.context["by"] == "support@oppi.test"
    email_outbox.send_due_emails()
    [sent] = [each for each in mail.outbox if each.to == ["owner@acme.test"]]
    assert sent.subject.startswith("Acme Casino: ")
    assert str(sent.body).startswith("Check this change. If you did not expect it, tell us at once: ")
    assert "asked by telephone" in str(sent.body)


@pytest.mark.parametrize("name", CHANGES)
def test_of_what_a_merchant_does_itself_nobody_is_mailed(house: Merchant, owner: Person, name: str) -> None:
    with history.act_as(door="/operator/acme/", person=owner):
        CHANGES[name][0](house)
    assert told() == set()


def test_it_is_told_once_and_together(house: Merchant, support: Person) -> None:
    with history.act_as(door="/admin/", person=support):
        Contact.objects.all().delete()
        AllowedDomain.objects.all().delete()
    assert told() == OWNER | {"desk@elsewhere.test"}
    assert staff_changes.notify_owners_of_changes() == 0
    assert OutgoingEmail.objects.filter(template="merchant_changed").count() == 2


def test_what_was_rolled_back_is_not_told(house: Merchant, support: Person) -> None:
    with history.act_as(door="/admin/", person=support), transaction.atomic():
        Contact.objects.all().delete()
        transaction.set_rollback(True)
    assert not StaffChange.objects.exists()


@pytest.mark.parametrize("model", [ReconciliationPlan, StatementSource])
@pytest.mark.parametrize("who", ["support", "owner"])
def test_who_switches_reconciliation_off_is_told_to_those_who_watch_it(
    house: Merchant, settings: Settings, request: pytest.FixtureRequest, model: Any, who: str
) -> None:
    settings.RECONCILIATION_ALARM_TO = ["watch@oppi.test"]
    with history.act_as(door="/x/", person=request.getfixturevalue(who)):
        model.objects.update(is_on=False)
    assert told() == OWNER | {"watch@oppi.test"}


# --- Who joins --------------------------------------------------------------------------------------------------------
def join(invitation: Invitation) -> Membership:
    with history.act_as(door="/operator/~/invitation/", person=None):
        return people.accept_invitation(token=email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2])


def test_whom_our_staff_invite_is_mailed_to_the_owners_twice(house: Merchant, support: Person) -> None:
    """When the invitation is sent, and when somebody has joined by it, also as another owner."""
    with history.act_as(door="/admin/", person=support):
        invitation = people.invite_person(merchant=house, email="spy@evil.test", role="owner", by=support)
    assert told() == OWNER
    assert "spy@evil.test invited as owner" in OutgoingEmail.objects.get(template="merchant_changed").context["what"]
    join(invitation)
    assert told() == OWNER
    email = OutgoingEmail.objects.filter(template="merchant_changed").latest("pk")
    assert email.context["what"] == "spy@evil.test joined as owner, invited by support@oppi.test"
    assert email.context["by"] == "support@oppi.test"
    assert OutgoingEmail.objects.filter(template="merchant_changed").count() == 2


def test_whom_an_owner_invites_is_not_mailed_again(house: Merchant, owner: Person) -> None:
    with history.act_as(door="/operator/acme/", person=owner):
        invitation = people.invite_person(merchant=house, email="new@acme.test", role="manager", by=owner)
    join(invitation)
    assert told() == set()


@pytest.mark.parametrize("end", ["removed", "demoted", "switched off", "joins our staff"])
def test_an_invitation_ends_with_the_right_to_invite(
    house: Merchant, rival: Merchant, owner: Person, administrator: Person, end: str
) -> None:
    """Else an owner who expects to be removed sends one to another address first."""
    second = factories.member(house, "owner", email="second@acme.test")
    invitation = people.invite_person(merchant=house, email="new@acme.test", role="owner", by=second)
    others = [
        people.invite_person(merchant=house, email="more@acme.test", role="viewer", by=owner),
        people.invite_person(merchant=rival, email="new@acme.test", role="viewer", by=owner),
    ]
    match end:
        case "removed":
            people.remove_member(membership=second.memberships.get())
        case "demoted":
            people.set_role(membership=second.memberships.get(), role="manager")
        case "switched off":
            people.set_access(person=second, role="", active=False, by=administrator)
        case _:
            people.set_access(person=second, role="support", active=True, by=administrator)
    with pytest.raises(InvitationOver):
        join(invitation)
    assert [join(each).role for each in others] == ["viewer", "viewer"]


@pytest.mark.parametrize(
    ("role", "active", "works"), [("auditor", True, False), ("support", False, False), ("administrator", True, True)]
)
def test_an_invitation_by_our_staff_ends_with_their_right_to_invite(
    house: Merchant, support: Person, administrator: Person, role: str, *, active: bool, works: bool
) -> None:
    invitation = people.invite_person(merchant=house, email="new@acme.test", role="owner", by=support)
    people.set_access(person=support, role=role, active=active, by=administrator)
    if works:
        assert join(invitation).role == "owner"
        return
    with pytest.raises(InvitationOver):
        join(invitation)


# --- Who can no longer sign in ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "", "active": False}, "second@acme.test, owner, can no longer sign in"),
        ({"role": "support", "active": True}, "second@acme.test, owner, joined our staff (support)"),
    ],
    ids=["switched off", "joins our staff"],
)
def test_who_is_switched_off_or_joins_our_staff_is_mailed_and_so_are_the_owners_of_before(
    house: Merchant, administrator: Person, change: dict[str, Any], words: str
) -> None:
    second = factories.member(house, "owner", email="second@acme.test")
    people.set_access(person=second, by=administrator, **change)
    [own] = OutgoingEmail.objects.filter(template="sign_in_changed")
    assert own.to == "second@acme.test"
    emails = OutgoingEmail.objects.filter(template="merchant_changed")
    assert set(emails.values_list("to", flat=True)) == OWNER | {"second@acme.test"}
    assert all(email.context["what"].startswith(words) for email in emails)


def test_what_leaves_access_as_it_was_is_not_mailed(house: Merchant, owner: Person, administrator: Person) -> None:
    people.set_access(person=owner, role="", active=True, by=administrator)
    assert not OutgoingEmail.objects.exists()


# --- What an owner decides --------------------------------------------------------------------------------------------
def test_player_names_in_mails_wait_for_an_owner(house: Merchant, support: Person, owner: Person) -> None:
    with history.act_as(door="/admin/", person=support):
        plan = planning.set_plan(merchant=house, by=support, names_players=True, hour=5)
        assert (plan.names_players, plan.hour) == (False, 5)
        planning.set_plan(merchant=house, by=support, names_players=True)  # asked once
    question = OwnerQuestion.objects.get()
    [email] = OutgoingEmail.objects.filter(template="owner_question")
    assert email.to == "owner@acme.test"
    at_work = signed_in(Client(), owner)
    assert "name players and transactions in report emails" in said(at_work.get("/operator/acme/"))
    send(at_work, f"/operator/acme/questions/{question.pk}/", yes="yes")
    assert ReconciliationPlan.objects.get().names_players
    with pytest.raises(owner_questions.AnsweredAlready):
        owner_questions.answer_question(question=question, yes=False, by=owner)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_an_outside_recipient_waits_for_an_owner(house: Merchant, support: Person, owner: Person, answer: str) -> None:
    with history.act_as(door="/admin/", person=support):
        planning.add_recipient(merchant=house, email="cfo@acme.test", by=support)
        planning.add_recipient(merchant=house, email="spy@elsewhere.test", by=support)
    assert set(ReportRecipient.objects.values_list("email", flat=True)) == {"cfo@elsewhere.test", "cfo@acme.test"}
    question = OwnerQuestion.objects.get()
    send(signed_in(Client(), owner), f"/operator/acme/questions/{question.pk}/", yes=answer)
    assert ReportRecipient.objects.filter(email="spy@elsewhere.test").exists() == (answer == "yes")
    question.refresh_from_db()
    assert (question.state, question.answered_by) == (answer, owner)


def test_an_outside_contact_waits_too_since_it_gets_reports_where_nobody_else_is_named(
    client: Client, house: Merchant, support: Person, owner: Person
) -> None:
    staff = signed_in(client, support)
    path = f"/admin/merchants/merchant/{house.pk}/change/"
    page = staff.get(path)
    formsets = {each.formset.prefix: each.formset for each in page.context["inline_admin_formsets"]}
    sent = {"name": house.name, "time_zone": "UTC", "timestamp_window_seconds": "300"}
    for prefix in formsets:
        sent |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    new = {"contacts-TOTAL_FORMS": "2", "contacts-0-email": "spy@evil.test", "contacts-1-email": "night@acme.test"}
    assert staff.post(path, sent | new).status_code == 302
    assert set(Contact.objects.values_list("email", flat=True)) == {"desk@elsewhere.test", "night@acme.test"}
    question = OwnerQuestion.objects.get()
    assert (question.kind, question.email) == ("contact", "spy@evil.test")
    with history.act_as(door="/operator/acme/", person=owner):
        owner_questions.answer_question(question=question, yes=True, by=owner)
    assert Contact.objects.filter(email="spy@evil.test").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda acme: ReconciliationPlan.objects.update(names_players=True),
        lambda acme: ReportRecipient.objects.create(merchant=acme, email="spy@evil.test"),
        lambda acme: ReportRecipient.objects.update(email="spy@evil.test"),
        lambda acme: Contact.objects.create(merchant=acme, email="spy@evil.test"),
    ],
)
def test_no_door_of_our_staff_goes_past_the_owner(
    house: Merchant, support: Person, owner: Person, change: Callable[[Merchant], Any]
) -> None:
    with (
        history.act_as(door="/admin/forgotten/", person=support),
        pytest.raises(IntegrityError, match="an owner says yes"),
        transaction.atomic(),
    ):
        change(house)
    with history.act_as(door="/operator/acme/", person=owner):
        change(house)


def test_a_manager_does_not_answer(house: Merchant, support: Person) -> None:
    question = owner_questions.ask_owners(merchant=house, kind="names_players", by=support)
    manager = signed_in(Client(), factories.member(house, "manager"))
    assert manager.get(f"/operator/acme/questions/{question.pk}/").status_code == 403


@pytest.mark.parametrize(("who", "mailed"), [("support", OWNER), ("owner", set())])
def test_a_statement_that_our_staff_bring_is_told_since_it_closes_cases(
    house: Merchant, request: pytest.FixtureRequest, who: str, mailed: set[str]
) -> None:
    day = clock.now().date()
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        statements.receive_statement(
            merchant=house, day=day, name="day.csv", content=BytesIO(b"id,amount\n"), source="upload",
            by=request.getfixturevalue(who),
        )  # fmt: skip
    assert told() == mailed
