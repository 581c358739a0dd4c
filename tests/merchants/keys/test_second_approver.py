"""With the two-person rule nobody is shown a live secret that this person alone asked for, by whatever door."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from merchants import errors
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Approval, Merchant, OutgoingEmail, Person, Secret
from merchants.services import approvals, compromise, history, keys, merchants, staff_changes
from portal.lib import clock
from tests import pages
from tests.people import give_totp, signed_in

SECRET = re.compile(r"oppi_live_[0-9A-Za-z]{49}")
HIDDEN = re.compile(r'type="hidden" name="(\w+)"(?: value="([^"]*)")?')


@pytest.fixture
def key(acme: Merchant) -> ApiKey:
    key = keys.issue_key(merchant=acme).key
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    return ApiKey.objects.select_related("merchant").get(pk=key.pk)


@pytest.fixture
def ruled(acme: Merchant) -> Merchant:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    return Merchant.objects.get(pk=acme.pk)


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture
def second(administrator: Person) -> Client:
    return signed_in(Client(), administrator)


def send(client: Client, path: str, **fields: Any) -> str:
    """The page as it is offered, filled in and sent; what it says then, wherever it leads."""
    form = dict(HIDDEN.findall(client.get(path).content.decode()))
    return unescape(client.post(path, form | fields, follow=True).content.decode())


def page_of(approval: Approval, verb: str) -> str:
    return f"/admin/merchants/approval/{approval.pk}/{verb}/"


# --- A new key --------------------------------------------------------------------------------------------------------
def test_a_new_key_waits_and_its_secret_is_for_another(
    staff: Client, second: Client, ruled: Merchant, owner: Person
) -> None:
    issue = "/admin/merchants/apikey/add/"
    fields = {"merchant": str(ruled.pk), "environment": "live", "label": "night", "handover": "show"}
    assert "Enter a reason." in send(staff, issue, **fields)
    said = send(staff, issue, **fields, reason="a new cashier")
    assert "A second person must approve it" in said
    assert not SECRET.search(said)
    assert not ApiKey.objects.exists()

    approval = Approval.objects.get()
    own = send(staff, page_of(approval, "approve"), handover="show")
    assert "You requested this change, so another person must approve it." in own
    assert not SECRET.search(own)
    assert SECRET.search(send(second, page_of(approval, "approve"), handover="show"))
    assert ApiKey.objects.get().label == "night"
    told = set(OutgoingEmail.objects.filter(template="approval_waiting").values_list("to", flat=True))
    assert told == {"administrator@oppi.test", "owner@acme.test"}


def test_an_owner_can_be_the_second_person(
    client: Client, staff: Client, ruled: Merchant, owner: Person, support: Person
) -> None:
    at_work = signed_in(Client(), owner)
    approval = approvals.ask_to_issue(merchant=ruled, by=support, reason="a new cashier")
    assert "Another person must approve the request" in at_work.get("/operator/acme/").content.decode()
    assert "Issue a live key" in at_work.get(f"/operator/acme/approvals/{approval.pk}/").content.decode()
    assert SECRET.search(send(at_work, f"/operator/acme/approvals/{approval.pk}/approve/"))


def test_the_services_refuse_what_nobody_approved(key: ApiKey) -> None:
    for refused in (
        lambda: keys.issue_key(merchant=key.merchant),
        lambda: keys.rotate_secret(key=key),
        lambda: keys.replace_secrets(key=key),
        lambda: keys.revoke_key(key=key),
        lambda: merchants.set_status(merchant=key.merchant, status="closed"),
    ):
        with pytest.raises(errors.SecondPersonNeeded):
            refused()
    assert Secret.objects.filter(revoked_at=None).count() == 1


# --- What the database holds ------------------------------------------------------------------------------------------
def approved(approval: Approval, by: Person) -> Approval:
    approval.state, approval.decided_by, approval.decided_at = Approval.State.APPROVED, by, clock.now()
    approval.save()
    return approval


def insert_secret(key: ApiKey, approval: Approval | None) -> None:
    now = clock.now()
    Secret.objects.filter(key=key).update(usable_until=now, superseded_at=now)
    Secret.objects.create(
        key=key, version=9, sealed=b"", sealed_under="a", fingerprint=b"9", created_at=now, approval=approval
    )


@pytest.mark.parametrize("which", ["none", "waiting", "another key's"])
def test_no_secret_without_an_approval_of_this_key(
    key: ApiKey, rival: Merchant, support: Person, administrator: Person, which: str
) -> None:
    other = keys.issue_key(merchant=rival).key
    approval = None
    if which == "waiting":
        approval = approvals.ask_to_rotate(key=key, by=support, reason="x")
    elif which != "none":
        approval = approved(approvals.ask_to_rotate(key=other, by=support, reason="x"), administrator)
    with pytest.raises(IntegrityError, match="a second person approves"), transaction.atomic():
        insert_secret(key, approval)


def test_an_approval_names_the_transaction_that_decides_it(key: ApiKey, support: Person, administrator: Person) -> None:
    """In which alone it counts: what it allows cannot be done later, nor twice."""
    approval = approved(approvals.ask_to_rotate(key=key, by=support, reason="x"), administrator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        [current] = cursor.fetchone() or [None]
    approval.refresh_from_db()
    assert approval.decided_in == current
    insert_secret(key, approval)
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_secret(key, approval)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE merchants_approval SET asked_by_id = decided_by_id",
        "UPDATE merchants_approval SET asked_by_id = (SELECT max(id) FROM merchants_person)",
        "UPDATE merchants_approval SET wish = '{}'",
        "UPDATE merchants_approval SET state = 'waiting', decided_by_id = NULL, decided_at = NULL",
    ],
)
def test_a_request_stays_as_it_was_made(key: ApiKey, support: Person, administrator: Person, change: str) -> None:
    approval = approvals.ask_to_revoke(key=key, by=support, reason="x")
    if "NULL" in change:
        approvals.decline_request(approval=approval, by=administrator)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_nobody_writes_down_an_approval_that_nobody_gave(key: ApiKey, support: Person, administrator: Person) -> None:
    with pytest.raises(IntegrityError, match="begins undecided"), transaction.atomic():
        Approval.objects.create(
            merchant=key.merchant, key=key, verb="rotate", asked_by=support, reason="x", state="approved",
            decided_by=administrator, decided_at=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize("fields", [{"two_person": False}, {"status": "closed"}, {"status": "suspended"}], ids=str)
def test_the_merchant_itself_is_held(ruled: Merchant, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="a second person approves"), transaction.atomic():
        Merchant.objects.filter(pk=ruled.pk).update(**fields)


@pytest.mark.parametrize(
    "change",
    [
        lambda acme: AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24"),
        lambda acme: AllowlistEntry.objects.filter(merchant=acme).delete(),
        lambda acme: AllowlistEntry.objects.filter(merchant=acme).update(network="198.51.100.0/24"),
        lambda acme: AllowedDomain.objects.create(merchant=acme, domain="evil.example"),
        lambda acme: AllowedDomain.objects.filter(merchant=acme).delete(),
    ],
)
def test_no_door_of_our_staff_changes_a_list(
    acme: Merchant, owner: Person, support: Person, change: Callable[[Merchant], Any]
) -> None:
    AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24")
    AllowedDomain.objects.create(merchant=acme, domain="acme.example")
    Merchant.objects.update(two_person=True)
    with (
        history.act_as(door="/admin/forgotten/", person=support),
        pytest.raises(IntegrityError, match="a second person approves"),
        transaction.atomic(),
    ):
        change(acme)
    with history.act_as(door="/operator/acme/", person=owner):
        change(acme)


# --- Status, lists and the rule itself --------------------------------------------------------------------------------
def test_closing_a_merchant_waits(staff: Client, second: Client, ruled: Merchant) -> None:
    send(staff, f"/admin/merchants/merchant/{ruled.pk}/close/", reason="contract ended")
    assert Merchant.objects.get(pk=ruled.pk).status == "active"
    approval = Approval.objects.get()
    assert "Set the merchant to closed" in second.get("/admin/").content.decode()
    send(second, page_of(approval, "approve"))
    assert Merchant.objects.get(pk=ruled.pk).status == "closed"


MERCHANT_FORM = {"name": "Acme Casino", "time_zone": "UTC", "timestamp_window_seconds": "300"}
TABLES = ("keys", "allowlist", "domains", "memberships", "contacts", "disabled_games")


def merchant_form(client: Client, merchant: Merchant, **fields: str) -> dict[str, str]:
    page = client.get(f"/admin/merchants/merchant/{merchant.pk}/change/").content.decode()
    prefixes = re.findall(r'name="([\w-]+)-TOTAL_FORMS"', page)
    table = {f"{prefix}-{name}": "0" for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return MERCHANT_FORM | table | fields


def save(client: Client, merchant: Merchant, **fields: str) -> str:
    path = f"/admin/merchants/merchant/{merchant.pk}/change/"
    return unescape(client.post(path, merchant_form(client, merchant, **fields), follow=True).content.decode())


def test_two_people_switch_the_rule_off_and_the_owners_are_mailed(
    second: Client, ruled: Merchant, owner: Person, administrator: Person, support: Person
) -> None:
    give_totp(support)
    assert "A second person must approve it" in save(second, ruled)
    assert Merchant.objects.get(pk=ruled.pk).two_person
    approval = Approval.objects.get(verb="rule_off")
    with pytest.raises(errors.OwnWish):
        approvals.approve_request(approval=approval, by=administrator)
    approvals.approve_request(approval=approval, by=support)
    assert not Merchant.objects.get(pk=ruled.pk).two_person
    staff_changes.notify_owners_of_changes()
    [told] = OutgoingEmail.objects.filter(template="merchant_changed", to="owner@acme.test")
    assert "administrator@oppi.test and support@oppi.test" in str(told.context["by"])


def test_one_person_switches_the_rule_on(second: Client, acme: Merchant) -> None:
    save(second, acme, two_person="on")
    assert Merchant.objects.get(pk=acme.pk).two_person


def test_our_staffs_change_of_a_list_waits_as_a_whole(staff: Client, second: Client, ruled: Merchant) -> None:
    proposal = pages.send(staff, "/admin/operations/acme/allowlist/add/", network="203.0.113.7", note="office")
    form = proposal.context["form"]
    wish = {name: form[name].value() for name in form.fields} | {"do": "save", "reason": "New office"}
    said = staff.post(proposal.context["action"], {name: value for name, value in wish.items() if value}, follow=True)
    assert "A second person must approve this allowlist" in said.content.decode()
    assert not AllowlistEntry.objects.exists()
    approval = Approval.objects.get()
    assert approval.reason == "New office"
    assert "Add 203.0.113.7/32" in second.get(page_of(approval, "approve")).content.decode()
    send(second, page_of(approval, "approve"))
    assert str(AllowlistEntry.objects.get().network) == "203.0.113.7/32"


def test_a_list_that_was_changed_since_is_not_overwritten(
    ruled: Merchant, owner: Person, support: Person, administrator: Person
) -> None:
    give_totp(administrator)
    approval = approvals.ask_to_change_list(
        merchant=ruled, key=None, verb="networks", before=[], after=[], by=support, reason="x"
    )
    with history.act_as(door="/operator/acme/", person=owner):
        AllowlistEntry.objects.create(merchant=ruled, network="203.0.113.0/24")
    with pytest.raises(errors.ListChanged):
        approvals.approve_request(approval=approval, by=administrator)
    assert AllowlistEntry.objects.count() == 1


def test_a_waiting_rotation_does_not_hold_an_emergency_up(key: ApiKey, support: Person, administrator: Person) -> None:
    give_totp(administrator)
    stale = approvals.ask_to_rotate(key=key, by=administrator, reason="yearly")
    declared = compromise.declare_compromise(
        key=key, response="revoke", reason="in a chat", exposed_since=clock.now() - timedelta(hours=1), by=support
    )
    assert declared.issued is None
    assert not Secret.objects.filter(revoked_at=None).exists()
    stale.refresh_from_db()
    assert stale.state == "declined"
    waiting = Approval.objects.get(state="waiting")
    with pytest.raises(errors.OwnWish):
        approvals.approve_request(approval=waiting, by=support)
    issued = approvals.approve_request(approval=waiting, by=administrator)
    assert issued is not None
    assert issued.row.version == 2
