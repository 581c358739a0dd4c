"""When a request can no longer be approved, and who is no second person for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from merchants import errors, tasks
from merchants.models import Approval, Membership, Merchant, OutgoingEmail, Person
from merchants.services import approvals, email_links, history, independence, people
from merchants.services.independence import INDEPENDENT_AFTER
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import give_totp, signed_in

DAYS_3 = timedelta(hours=72)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ruled(acme: Merchant, owner: Person) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    return Merchant.objects.get(pk=acme.pk)


@pytest.fixture
def second(administrator: Person) -> Person:
    give_totp(administrator)
    return administrator


def ask(merchant: Merchant, by: Person, at: datetime | None = None) -> Approval:
    with clock.frozen_at(at or clock.now()):
        return approvals.ask_to_set_status(merchant=merchant, status="suspended", by=by, reason="x")


# --- Time -------------------------------------------------------------------------------------------------------------
def test_a_request_is_approved_within_three_days_and_not_after(
    ruled: Merchant, support: Person, second: Person
) -> None:
    approval = ask(ruled, support)
    with clock.frozen_at(approval.asked_at + DAYS_3), pytest.raises(errors.ApprovalExpired):
        approvals.approve_request(approval=approval, by=second)
    with clock.frozen_at(approval.asked_at + DAYS_3 - SECOND):
        approvals.approve_request(approval=approval, by=second)
    assert Merchant.objects.get(pk=ruled.pk).status == "suspended"


@pytest.mark.parametrize("decided", ["now", "then"])
def test_the_database_looks_at_the_clock_too(ruled: Merchant, support: Person, second: Person, decided: str) -> None:
    """Also where it is told that the decision was made in time."""
    asked_at = clock.now() - DAYS_3
    approval = ask(ruled, support, asked_at)
    at = clock.now() if decided == "now" else asked_at + SECOND
    with pytest.raises(IntegrityError, match="expires after 72 hours"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="approved", decided_by=second, decided_at=at)


def test_nobody_lets_a_request_expire_early(ruled: Merchant, support: Person) -> None:
    approval = ask(ruled, support)
    with pytest.raises(IntegrityError, match="expires after 72 hours"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(state="expired", decided_at=clock.now())


def test_what_expired_is_mailed_to_who_asked_and_can_be_asked_again(ruled: Merchant, support: Person) -> None:
    approval = ask(ruled, support)
    with clock.frozen_at(approval.asked_at + DAYS_3 - SECOND):
        tasks.expire_approvals()
        with pytest.raises(errors.AlreadyAsked):
            ask(ruled, support, clock.now())
    with clock.frozen_at(approval.asked_at + DAYS_3):
        tasks.expire_approvals()
        tasks.expire_approvals()
    approval.refresh_from_db()
    assert (approval.state, approval.decided_by) == ("expired", None)
    [email] = OutgoingEmail.objects.filter(template="approval_expired")
    assert email.to == "support@oppi.test"
    again = ask(ruled, support, approval.asked_at + DAYS_3)
    assert ask(ruled, support, again.asked_at + DAYS_3) != again, "without the job having run"
    with clock.frozen_at(again.asked_at + DAYS_3):
        tasks.send_emails()
    assert set(OutgoingEmail.objects.filter(template="approval_expired").values_list("state", flat=True)) == {"sent"}


def test_the_pages_show_until_when(client: Client, ruled: Merchant, owner: Person, support: Person) -> None:
    approval = ask(ruled, support)
    expires = f"{approval.expires_at:%Y}"
    own = said(signed_in(client, owner).get(f"/operator/acme/approvals/{approval.pk}/"))
    assert "Expires" in own
    assert expires in own
    ours = said(signed_in(Client(), support).get(f"/admin/merchants/approval/{approval.pk}/change/"))
    assert "Expires (UTC)" in ours


# --- People -----------------------------------------------------------------------------------------------------------
def test_an_approver_had_a_second_factor_before_the_request(
    ruled: Merchant, support: Person, administrator: Person
) -> None:
    approval = ask(ruled, support)
    with pytest.raises(errors.ApproverWithoutFactor):
        approvals.approve_request(approval=approval, by=administrator)
    give_totp(administrator)
    with pytest.raises(errors.ApproverWithoutFactor):
        approvals.approve_request(approval=approval, by=administrator)


def as_staff(by: Person) -> Any:
    return history.act_as(door="/admin/", person=by)


def new_account(by: Person) -> Person:
    with as_staff(by):
        return factories.person("second@oppi.test", staff_role="support")


def role_given(by: Person) -> Person:
    other = factories.person("second@oppi.test")
    with as_staff(by):
        return people.set_access(person=other, role="support", active=True, by=by)


def password_set(by: Person) -> Person:
    other = factories.person("second@oppi.test", staff_role="support")
    with as_staff(by):
        return people.set_password(person=other, password="another long password")


def factor_reset(by: Person) -> Person:
    other = factories.person("second@oppi.test", staff_role="support")
    with as_staff(by):
        return people.reset_second_factor(person=other)


def address_changed(by: Person) -> Person:
    other = factories.person("before@oppi.test", staff_role="support")
    with as_staff(by):
        return people.set_email(person=other, email="second@oppi.test")


def member_made(by: Person) -> Person:
    other = factories.person("second@acme.test")
    with as_staff(by):
        Membership.objects.create(merchant=Merchant.objects.get(code="acme"), person=other, role="owner")
    return other


SET_UP = [new_account, role_given, password_set, factor_reset, address_changed, member_made]


@pytest.mark.parametrize("set_up", SET_UP)
@pytest.mark.parametrize("asks", ["who set it up", "who was set up"])
def test_an_account_that_one_set_up_for_the_other_is_no_second_person(
    ruled: Merchant, second: Person, set_up: Callable[[Person], Person], asks: str
) -> None:
    other = set_up(second)
    give_totp(other)
    asker, approver = (second, other) if asks == "who set it up" else (other, second)
    approval = ask(ruled, asker)
    with pytest.raises(errors.NotIndependent, match="in the last 7 days"):
        approvals.approve_request(approval=approval, by=approver)
    later = clock.now() + INDEPENDENT_AFTER
    assert not independence.was_set_up_by(other, second, later, ruled)
    assert Authenticator.objects.filter(user=approver).exists()


def test_whom_the_asker_invited_is_no_second_person(ruled: Merchant, owner: Person, second: Person) -> None:
    with as_staff(second):
        invitation = people.invite_person(merchant=ruled, email="friend@acme.test", role="owner", by=second)
    token = email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2]
    friend = people.accept_invitation(token=token, name="Friend", password="another long password").person
    give_totp(friend)
    approval = ask(ruled, second)
    with pytest.raises(errors.NotIndependent):
        approvals.approve_request(approval=approval, by=friend)


def test_a_name_that_was_corrected_makes_nobody_one_person(ruled: Merchant, support: Person, second: Person) -> None:
    with as_staff(second):
        Person.objects.filter(pk=support.pk).update(name="Sam Support")
    approvals.approve_request(approval=ask(ruled, support), by=second)
    assert Approval.objects.get().state == "approved"
