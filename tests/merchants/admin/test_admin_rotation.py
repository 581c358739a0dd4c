"""The pages of a rotation: what they ask, what they show once, and what a page says that was too late."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants import crypto
from merchants.models import ApiKey, Approval, Merchant, Person, Secret
from merchants.services import approvals, keys
from portal.lib import clock
from tests.people import signed_in

SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")
HIDDEN = re.compile(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?')


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def second(administrator: Person) -> Client:
    return signed_in(Client(), administrator)


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    return keys.issue_key(merchant=acme, label="cashier").key


def at(key: ApiKey, verb: str) -> str:
    return f"/admin/merchants/apikey/{key.pk}/{verb}/"


def hidden(client: Client, path: str) -> dict[str, str]:
    return dict(HIDDEN.findall(client.get(path).content.decode()))


def send(client: Client, path: str, fields: dict[str, Any], *, form: dict[str, str] | None = None) -> str:
    """The page as it is offered, filled in and sent; returns what it says then, wherever it leads."""
    answer = client.post(path, (hidden(client, path) if form is None else form) | fields, follow=True)
    return unescape(answer.content.decode())


ROTATE = {"length": "24", "unit": "hours", "handover": "show"}


def test_the_new_secret_is_shown_in_one_answer_that_no_cache_keeps(staff: Client, key: ApiKey) -> None:
    path = at(key, "rotate")
    answer = staff.post(path, hidden(staff, path) | ROTATE)
    [secret] = SECRET.findall(answer.content.decode())
    assert crypto.looks_like_secret(secret)
    assert "no-store" in answer["cache-control"]
    assert Secret.objects.get(fingerprint=crypto.fingerprint(secret)).version == 2
    assert secret not in staff.get(f"/admin/merchants/apikey/{key.pk}/change/").content.decode()


def test_the_same_form_again_issues_nothing(staff: Client, key: ApiKey) -> None:
    path = at(key, "rotate")
    form = hidden(staff, path)
    send(staff, path, ROTATE | {"length": "0"}, form=form)
    again = send(staff, path, ROTATE, form=form)
    assert "This form was already sent" in again
    assert not SECRET.search(again)
    assert key.secrets.count() == 2


def test_the_form_of_one_key_does_nothing_on_another(staff: Client, key: ApiKey, acme: Merchant) -> None:
    other = keys.issue_key(merchant=acme).key
    form = hidden(staff, at(key, "rotate"))
    assert "This form was already sent" in send(staff, at(other, "rotate"), ROTATE, form=form)
    assert other.secrets.count() == 1


def test_a_page_that_was_opened_before_somebody_else_rotated(staff: Client, key: ApiKey) -> None:
    form = hidden(staff, at(key, "rotate"))
    keys.rotate_secret(key=key, overlap=timedelta(0))
    said = send(staff, at(key, "rotate"), ROTATE, form=form)
    assert "Version 2 is now the current version. Check the page before you decide. Nothing was changed." in said
    assert key.secrets.count() == 2


def test_a_third_secret_is_refused_with_the_moment_at_which_there_is_room(staff: Client, key: ApiKey) -> None:
    keys.rotate_secret(key=key)
    said = send(staff, at(key, "rotate"), ROTATE)
    assert "Two secret versions of this key already work. Version 1 works until" in said
    assert key.secrets.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"length": "8", "unit": "days"}, "An overlap lasts at most 7 days."),
        ({"length": "-1", "unit": "days"}, "greater than or equal to 0"),
        ({"length": "99999999", "unit": "days"}, "less than or equal to"),
        ({"length": "", "unit": "days"}, "This field is required."),
        ({"length": "1", "unit": "years"}, "Select a valid choice."),
        ({"length": "1", "unit": "hours", "quiet_hours": "169"}, "less than or equal to 168"),
    ],
)
def test_an_overlap_that_cannot_be(staff: Client, key: ApiKey, fields: dict[str, str], sentence: str) -> None:
    assert sentence in send(staff, at(key, "rotate"), fields)
    assert key.secrets.count() == 1


def test_a_mistake_does_not_use_the_form_up(staff: Client, key: ApiKey) -> None:
    form = hidden(staff, at(key, "rotate"))
    send(staff, at(key, "rotate"), {"length": "8", "unit": "days"}, form=form)
    assert SECRET.search(send(staff, at(key, "rotate"), ROTATE, form=form))


class TestInTheOverlap:
    @pytest.fixture
    def key(self, key: ApiKey) -> ApiKey:
        keys.rotate_secret(key=key)
        return key

    def old(self, key: ApiKey) -> Secret:
        return key.secrets.get(version=1)

    def test_the_page_of_the_key_counts_down(self, staff: Client, key: ApiKey) -> None:
        page = staff.get(f"/admin/merchants/apikey/{key.pk}/change/").content.decode()
        ends = self.old(key).usable_until
        assert ends is not None
        assert f'data-countdown="{ends.isoformat()}"' in page
        assert "End overlap now" in page

    def test_it_is_extended(self, staff: Client, key: ApiKey) -> None:
        until = (clock.now() + timedelta(days=3)).replace(microsecond=0)
        said = send(staff, at(key, "extend"), {"until": f"{until:%Y-%m-%dT%H:%M:%S}"})
        assert "now has a longer overlap for version 1" in said
        assert self.old(key).usable_until == until

    @pytest.mark.parametrize(
        ("until", "sentence"),
        [
            (lambda now: now - timedelta(minutes=1), "is in the past. Choose a moment in the future."),
            (lambda now: now + timedelta(days=8), "An overlap lasts at most 7 days."),
            (lambda now: now + timedelta(hours=1), "Choose a later end, or end the overlap now."),
        ],
        ids=["passed", "eight days", "earlier"],
    )
    def test_a_wrong_end_is_explained(self, staff: Client, key: ApiKey, until: Any, sentence: str) -> None:
        before = self.old(key).usable_until
        assert sentence in send(staff, at(key, "extend"), {"until": f"{until(clock.now()):%Y-%m-%dT%H:%M:%S}"})
        assert self.old(key).usable_until == before

    def test_it_is_ended_now(self, staff: Client, key: ApiKey) -> None:
        send(staff, at(key, "end"), {"why": "All servers have the new secret"})
        assert not Secret.objects.overlapping(at=clock.now()).exists()

    def test_it_is_told_to_end_when_quiet(self, staff: Client, key: ApiKey) -> None:
        send(staff, at(key, "end_when_quiet"), {"hours": "6"})
        assert self.old(key).quiet_hours == 6

    @pytest.mark.parametrize("verb", ["extend", "end", "end_when_quiet"])
    def test_when_somebody_ended_it_meanwhile_the_page_says_so(self, staff: Client, key: ApiKey, verb: str) -> None:
        keys.end_overlap(secret=self.old(key))
        assert "No old secret version of this key works" in send(staff, at(key, verb), {}, form={})

    @pytest.mark.parametrize(
        ("verb", "wish"),
        [("end", {"why": "Done"}), ("extend", {"until": "2030-01-01T00:00:00"}), ("end_when_quiet", {"hours": "1"})],
    )
    def test_a_page_of_an_overlap_that_is_over_touches_no_later_one(
        self, staff: Client, key: ApiKey, verb: str, wish: dict[str, str]
    ) -> None:
        form = hidden(staff, at(key, verb))
        keys.end_overlap(secret=self.old(key))
        keys.rotate_secret(key=key)
        later = Secret.objects.filter(key=key, version=2).values_list("usable_until", "quiet_hours")
        before = later.get()
        said = send(staff, at(key, verb), wish, form=form)
        assert "Version 3 is now the current version. Check the page before you decide. Nothing was changed." in said
        assert later.get() == before

    @pytest.mark.parametrize("verb", ["end", "extend", "end_when_quiet"])
    def test_a_page_that_does_not_say_what_was_seen_does_nothing(self, staff: Client, key: ApiKey, verb: str) -> None:
        before = self.old(key).usable_until
        until = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S")
        send(staff, at(key, verb), {"until": until, "hours": "6"}, form={})
        assert (self.old(key).usable_until, self.old(key).quiet_hours) == (before, None)


class TestTwoPersons:
    @pytest.fixture
    def key(self, key: ApiKey) -> ApiKey:
        Merchant.objects.update(two_person=True)
        return key

    def test_a_rotation_waits_for_another_person_who_is_shown_the_secret(
        self, staff: Client, second: Client, key: ApiKey
    ) -> None:
        said = send(staff, at(key, "rotate"), ROTATE | {"reason": "yearly"})
        assert "Requested. A second person must approve it" in said
        assert not SECRET.search(said)
        assert key.secrets.count() == 1
        assert SECRET.search(send(second, at(key, "approve"), {"handover": "show"}))
        assert key.secrets.count() == 2
        approval = Approval.objects.get()
        assert (approval.state, approval.decided_by) == ("approved", Person.objects.get(staff_role="administrator"))

    def test_nobody_approves_what_he_asked_for(self, staff: Client, key: ApiKey) -> None:
        send(staff, at(key, "rotate"), ROTATE | {"reason": "yearly"})
        assert "You requested this change, so another person must approve it." in send(staff, at(key, "approve"), {})
        assert key.secrets.count() == 1

    def test_a_revocation_waits_as_well(self, staff: Client, second: Client, key: ApiKey) -> None:
        send(staff, at(key, "revoke"), {"reason": "contract ended"})
        assert ApiKey.objects.get().status == "active"
        send(second, at(key, "approve"), {})
        assert ApiKey.objects.get().status == "revoked"

    def test_a_declined_one_is_over(self, staff: Client, second: Client, key: ApiKey) -> None:
        send(staff, at(key, "revoke"), {"reason": "contract ended"})
        send(second, at(key, "decline"), {})
        assert "This request has already been decided." in send(second, at(key, "approve"), {}, form={})
        assert ApiKey.objects.get().status == "active"

    def test_one_question_at_a_time(self, staff: Client, key: ApiKey) -> None:
        send(staff, at(key, "revoke"), {"reason": "contract ended"})
        assert "Another request is already waiting for a second approver here." in send(
            staff, at(key, "rotate"), ROTATE | {"reason": "yearly"}
        )

    def test_what_was_asked_is_not_done_when_the_key_has_changed_since(
        self, staff: Client, second: Client, key: ApiKey
    ) -> None:
        send(staff, at(key, "rotate"), ROTATE | {"reason": "yearly"})
        keys.revoke_secrets(key=key)
        assert "No version of its secret works now" in send(second, at(key, "approve"), {})
        assert Approval.objects.get().state == "waiting"

    @pytest.mark.parametrize("verb", ["approve", "decline"])
    def test_who_looked_at_one_wish_decides_on_no_other(
        self, staff: Client, second: Client, key: ApiKey, support: Person, verb: str
    ) -> None:
        rotation = approvals.ask_to_rotate(key=key, by=support, reason="yearly")
        form = hidden(second, at(key, verb))
        approvals.decline_request(approval=rotation, by=support)
        revocation = approvals.ask_to_revoke(key=key, by=support, reason="contract ended")
        said = send(second, at(key, verb), {}, form=form)
        assert "This request has already been decided." in said
        assert not SECRET.search(said)
        revocation.refresh_from_db()
        assert revocation.state == "waiting"
        assert ApiKey.objects.get().status == "active"
