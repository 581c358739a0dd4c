from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from merchants import errors
from merchants.models import Game, Invitation, Membership, Merchant, OutgoingEmail, Person, Player
from merchants.services import email_links, flags, limits, merchants, people
from merchants.services.limits import Limits
from tests import factories
from tests.conftest import Caller
from tests.factories import PASSWORD
from tests.pages import send, submit
from tests.people import signed_in

NEW_PASSWORD = "a long walk by the sea"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def test_staff_open_a_merchant(staff: Client, db: None) -> None:
    wish = {"code": "nova", "name": "Nova", "time_zone": "Europe/Helsinki", "timestamp_window_seconds": "60"}
    staff.post(
        "/admin/merchants/merchant/add/",
        wish | {"bets_per_minute": "30", "max_stake": "0", "max_stake_by_currency": "JPY 5000"},
    )
    nova = Merchant.objects.get()
    assert (nova.code, nova.status, nova.time_zone, nova.max_stake) == (
        "nova",
        "suspended",
        "Europe/Helsinki",
        0,
    )
    assert nova.max_stake_by_currency == {"JPY": 500_000_000}


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("timestamp_window_seconds", "301", "Enter 1 to 300 seconds."),
        ("max_stake", "200.00", "Select a valid choice."),
        ("max_stake_by_currency", "EUR -1", "EUR: The amount cannot be below zero. Write a positive amount."),
        ("max_stake_by_currency", "ABC 1.234567", "ABC: ABC has at most 5 decimals."),
        ("max_stake_by_currency", "EUR 50,00", "EUR: Write the amount with a dot: 50.00."),
        ("time_zone", "Mars/Base", "Select a valid choice."),
        ("code", "two words", "Enter a valid “slug”"),
    ],
)
def test_what_a_merchant_cannot_be(staff: Client, db: None, field: str, value: str, said: str) -> None:
    wish = {"code": "nova", "name": "Nova", "time_zone": "UTC", "timestamp_window_seconds": "60"}
    assert said in staff.post("/admin/merchants/merchant/add/", wish | {field: value}).content.decode()
    assert not Merchant.objects.exists()


@pytest.mark.parametrize(
    ("verb", "status", "said"),
    [
        ("activate", "active", "as usual"),
        ("suspend", "suspended", "RS_ERROR_MERCHANT_NOT_ACTIVE"),
        ("close", "closed", "Every request"),
    ],
)
def test_a_status_changes_after_its_answers_were_shown(
    staff: Client, rival: Merchant, verb: str, status: str, said: str
) -> None:
    start = "active" if status != "active" else "suspended"
    merchants.set_status(merchant=rival, status=start)
    page = f"/admin/merchants/merchant/{rival.pk}/{verb}/"
    assert said in staff.get(page).content.decode()
    rival.refresh_from_db()
    assert rival.status == start

    submit(staff, page, {"why": "As agreed"})
    rival.refresh_from_db()
    assert rival.status == status
    assert LogEntry.objects.get().change_message == f"is {status}: As agreed"


def test_a_suspended_merchant_is_answered_as_the_page_said(staff: Client, caller: Caller) -> None:
    page = f"/admin/merchants/merchant/{caller.merchant.pk}/suspend/"
    submit(staff, page, {"why": "Contract ended", "typed_code": caller.merchant.code})
    assert caller.bet().body["status"] == "RS_ERROR_MERCHANT_NOT_ACTIVE"
    assert caller.withdraw(100).body["status"] == "RS_OK"


def test_a_player_is_blocked_with_a_reason(staff: Client, caller: Caller) -> None:
    player = Player.objects.get()
    page = f"/admin/merchants/player/{player.pk}"
    assert "This field is required." in submit(staff, f"{page}/block/", {"reason": ""}).content.decode()
    submit(staff, f"{page}/block/", {"reason": "asked for it"})
    player.refresh_from_db()
    assert (player.is_blocked, player.blocked_reason) == (True, "asked for it")
    assert caller.bet().body["status"] == "RS_ERROR_PLAYER_BLOCKED"

    submit(staff, f"{page}/unblock/")
    player.refresh_from_db()
    assert (player.is_blocked, player.blocked_reason) == (False, "")


def test_a_players_own_limits(staff: Client, caller: Caller) -> None:
    player = Player.objects.get()
    staff.post(f"/admin/merchants/player/{player.pk}/change/", {"max_stake_by_currency-EUR": "0.01"})
    player.refresh_from_db()
    assert limits.player_limits(player) == Limits(None, None, {"EUR": 1_000})
    assert caller.bet(1_001).body["status"] == "RS_ERROR_LIMIT_REACHED"


def test_staff_set_limits_within_the_same_bounds_as_operators(staff: Client, caller: Caller) -> None:
    player = Player.objects.get()
    for page in (
        f"/admin/merchants/player/{player.pk}/change/",
        f"/admin/merchants/merchant/{caller.merchant.pk}/change/",
    ):
        refused = staff.post(page, {"bets_per_minute": "10001", "max_stake": ""})
        assert "from 1 to 10,000" in refused.content.decode()
    assert Player.objects.get().bets_per_minute is None
    Player.objects.update(bets_per_minute=20_000)  # stood there before there were bounds
    staff.post(f"/admin/merchants/player/{player.pk}/change/", {"bets_per_minute": "20000", "max_stake": "0"})
    assert Player.objects.get().bets_per_minute == 20_000


def test_to_block_a_blocked_player_again_says_so(staff: Client, caller: Caller) -> None:
    page = f"/admin/merchants/player/{Player.objects.get().pk}"
    submit(staff, f"{page}/block/", {"reason": "First"})
    assert "already blocked: “First”" in submit(staff, f"{page}/block/", {"reason": "Second"}).content.decode()
    assert Player.objects.get().blocked_reason == "First"


def test_a_game_is_off_for_one_or_for_all(
    staff: Client, caller: Caller, rival_caller: Caller, acme: Merchant, game: Game
) -> None:
    page = f"/admin/merchants/game/{game.pk}"
    desk = submit(staff, f"{page}/off_for/", {"merchant": acme.pk})["location"]
    assert desk == f"/admin/operations/acme/games/off/?game={game.pk}"
    send(staff, desk)
    assert caller.bet().body["status"] == "RS_ERROR_GAME_INACTIVE"
    assert rival_caller.bet().body["status"] == "RS_OK"

    submit(staff, f"{page}/on_for/", {"merchant": acme.pk})
    assert caller.bet().body["status"] == "RS_OK"

    submit(staff, f"{page}/off/", {"why": "Recalled", "typed_code": game.game_id})
    assert rival_caller.bet().body["status"] == "RS_ERROR_GAME_INACTIVE"
    submit(staff, f"{page}/on/")
    assert rival_caller.bet().body["status"] == "RS_OK"


def test_a_game_switched_off_twice_is_off_once(acme: Merchant, game: Game) -> None:
    for _ in range(2):
        flags.switch_game_for(game=game, merchant=acme, on=False)
    assert acme.disabled_games.count() == 1


def test_an_administrator_makes_an_operators_account(client: Client, administrator: Person, acme: Merchant) -> None:
    staff = signed_in(client, administrator)
    wish = {"email": "new@acme.test", "name": "New", "usable_password": "true"}
    staff.post("/admin/merchants/person/add/", wish | {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    person = Person.objects.get(email="new@acme.test")
    assert person.check_password(NEW_PASSWORD)
    assert not person.is_staff

    rows = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "0", "0-merchant": str(acme.pk), "0-role": "owner"}
    table = {f"memberships-{name}": value for name, value in rows.items()}
    staff.post(f"/admin/merchants/person/{person.pk}/change/", {"email": person.email, "is_active": "on"} | table)
    assert not Membership.objects.exists()  # before the person has accepted
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.invited_by) == (person.email, "owner", administrator)
    people.accept_invitation(token=email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2])
    assert Membership.objects.get().merchant == acme


def test_who_is_removed_by_an_administrator_comes_back_by_no_old_link(
    client: Client, administrator: Person, acme: Merchant, rival: Merchant
) -> None:
    invitation = people.invite_person(merchant=acme, email="new@acme.test", role="owner", by=administrator)
    person = factories.member(rival, "viewer", email="new@acme.test")
    membership = Membership.objects.create(merchant=acme, person=person, role="viewer")
    row = {"id": membership.pk, "merchant": acme.pk, "role": "viewer", "DELETE": "on"}
    table = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1"}
    table |= {f"memberships-0-{name}": str(value) for name, value in row.items()}
    rest = {"email": person.email, "is_active": "on", "memberships-0-person": str(person.pk)}
    Membership.objects.exclude(pk=membership.pk).delete()
    signed_in(client, administrator).post(f"/admin/merchants/person/{person.pk}/change/", table | rest)
    assert not Membership.objects.exists()
    with pytest.raises(errors.InvitationOver):
        people.accept_invitation(token=email_links.invitation_link(invitation.pk).rstrip("/").rpartition("/")[2])


# --- The tables of people ---------------------------------------------------------------------------------------------
def save_table(client: Client, of: Merchant | Person, *rows: Mapping[str, object]) -> Any:
    """The rows of the table of people of a merchant, or of merchants of a person; the rest as it is."""
    path = f"/admin/merchants/{of._meta.model_name}/{of.pk}/change/"
    sent: dict[str, object] = {"timestamp_window_seconds": "300", "is_active": "on"}
    for formset in client.get(path).context["inline_admin_formsets"]:
        sent |= {f"{formset.formset.prefix}-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    sent |= {name: getattr(of, name) for name in ("name", "email", "time_zone") if hasattr(of, name)}
    sent |= {"memberships-TOTAL_FORMS": len(rows), "memberships-INITIAL_FORMS": sum("id" in row for row in rows)}
    for number, row in enumerate(rows):
        sent |= {f"memberships-{number}-{name}": str(value) for name, value in row.items()}
    return client.post(path, sent)


@pytest.mark.parametrize("page", ["merchant", "person"])
def test_a_member_is_not_exchanged_in_the_table(
    client: Client, administrator: Person, acme: Merchant, rival: Merchant, owner: Person, page: str
) -> None:
    membership, spy = owner.memberships.get(), factories.person("spy@evil.test")
    row = {"id": membership.pk, "person": spy.pk, "merchant": acme.pk, "role": "owner"}
    if page == "person":
        row |= {"person": owner.pk, "merchant": rival.pk}
    save_table(signed_in(client, administrator), acme if page == "merchant" else owner, row)
    membership.refresh_from_db()
    assert (membership.person, membership.merchant) == (owner, acme)


@pytest.mark.parametrize("page", ["merchant", "person"])
@pytest.mark.parametrize("wish", [{"role": "viewer"}, {"role": "owner", "DELETE": "on"}], ids=["role", "removed"])
def test_the_last_owner_stays_in_the_table(
    client: Client, administrator: Person, acme: Merchant, owner: Person, page: str, wish: dict[str, str]
) -> None:
    of = acme if page == "merchant" else owner
    row = {"id": owner.memberships.get().pk, "person": owner.pk, "merchant": acme.pk} | wish
    answer = save_table(signed_in(client, administrator), of, row)
    assert answer.status_code == 200
    assert "needs at least one owner" in answer.content.decode()
    assert owner.memberships.get().role == "owner"


def test_a_role_is_changed_and_a_member_removed_in_the_table(
    client: Client, administrator: Person, acme: Merchant, owner: Person
) -> None:
    second, third = factories.member(acme, "viewer"), factories.member(acme, "viewer")
    rows = [
        {"id": member.memberships.get().pk, "person": member.pk, "merchant": acme.pk} | wish
        for member, wish in [(second, {"role": "manager"}), (third, {"role": "viewer", "DELETE": "on"})]
    ]
    assert save_table(signed_in(client, administrator), acme, *rows).status_code == 302
    assert dict(acme.memberships.values_list("person", "role")) == {owner.pk: "owner", second.pk: "manager"}
    assert not OutgoingEmail.objects.exists()


def test_who_joins_our_staff_leaves_although_the_same_form_gives_another_role(
    client: Client, administrator: Person, acme: Merchant, owner: Person
) -> None:
    second = factories.member(acme, "viewer")
    row = {"id": second.memberships.get().pk, "person": second.pk, "merchant": acme.pk, "role": "manager"}
    signed_in(client, administrator)
    page = f"/admin/merchants/person/{second.pk}/change/"
    table = {f"memberships-0-{name}": value for name, value in row.items()}
    table |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1}
    sent = client.post(page, table | {"email": second.email, "is_active": "on", "staff_role": "support"})
    assert sent.status_code == 302
    assert not second.memberships.exists()


@pytest.mark.parametrize("refusal", ["waiting", "sandbox", "member"])
def test_an_invitation_that_is_refused_is_an_error_of_the_form(
    client: Client, administrator: Person, acme: Merchant, owner: Person, refusal: str
) -> None:
    new, of = factories.person("new@acme.test"), acme
    if refusal == "waiting":
        for number in range(people.MOST_INVITED):
            people.invite_person(merchant=acme, email=f"new{number}@acme.test", role="viewer", by=owner)
    elif refusal == "sandbox":
        of = factories.sandbox(acme)
    else:
        Membership.objects.create(merchant=acme, person=new, role="viewer")
    before = Invitation.objects.count()
    row = {"person": new.pk, "merchant": of.pk, "role": "viewer"}
    answer = save_table(signed_in(client, administrator), new, row)
    assert answer.status_code == 200
    said = {"waiting": "are already open", "sandbox": "A sandbox has the same people as", "member": "already exists"}
    assert said[refusal] in answer.content.decode()
    assert Invitation.objects.count() == before


def test_an_administrator_sets_a_password(client: Client, administrator: Person, owner: Person) -> None:
    staff = signed_in(client, administrator)
    way = staff.get(f"/admin/merchants/person/{owner.pk}/set_password/")["location"]
    staff.post(way, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"})
    owner.refresh_from_db()
    assert owner.check_password(NEW_PASSWORD)
    assert not owner.check_password(PASSWORD)


# --- Sandboxes among live merchants -----------------------------------------------------------------------------------
AUTOCOMPLETE = "/admin/autocomplete/"


@pytest.mark.parametrize(
    ("model", "field", "offered"),
    [
        ("apikey", "merchant", ["Acme Casino (acme)", "Acme Casino Sandbox (acme-sandbox, sandbox)"]),
        ("player", "merchant", ["Acme Casino (acme)", "Acme Casino Sandbox (acme-sandbox, sandbox)"]),
        ("membership", "merchant", ["Acme Casino (acme)"]),
        ("approval", "merchant", ["Acme Casino (acme)"]),
    ],
)
def test_a_picker_marks_a_sandbox_or_leaves_it_out(
    staff: Client, acme: Merchant, model: str, field: str, offered: list[str]
) -> None:
    factories.sandbox(acme)
    about = {"term": "acme", "app_label": "merchants", "model_name": model, "field_name": field}
    assert [each["text"] for each in staff.get(AUTOCOMPLETE, about).json()["results"]] == offered


def test_a_list_marks_the_rows_of_a_sandbox(staff: Client, acme: Merchant) -> None:
    factories.signer(acme)
    factories.signer(acme, environment="test")
    page = staff.get("/admin/merchants/apikey/").content.decode()
    assert "Acme Casino Sandbox (sandbox)" in page
    assert "Acme Casino (sandbox)" not in page
    assert "Acme Casino Sandbox (sandbox)" in staff.get("/admin/find/?q=acme").content.decode()


def offered_verbs(staff: Client, merchant: Merchant) -> set[str]:
    page = staff.get(f"/admin/merchants/merchant/{merchant.pk}/change/").content.decode()
    verbs = {"create_sandbox", "issue_key", "onboarding", "activate", "suspend", "close"}
    return {verb for verb in verbs if f"/admin/merchants/merchant/{merchant.pk}/{verb}/" in page}


def test_a_page_offers_no_verb_that_makes_no_sense_there(staff: Client, acme: Merchant) -> None:
    assert offered_verbs(staff, acme) == {"create_sandbox", "issue_key", "onboarding", "suspend", "close"}
    sandbox = factories.sandbox(acme)
    assert offered_verbs(staff, sandbox) == {"issue_key", "suspend", "close"}
    assert "create_sandbox" not in offered_verbs(staff, acme)
    Merchant.objects.filter(pk=sandbox.pk).update(status="closed")
    assert offered_verbs(staff, sandbox) == {"activate", "suspend"}


def test_a_sandbox_or_a_closed_merchant_gets_no_sandbox_by_its_address(staff: Client, acme: Merchant) -> None:
    sandbox = factories.sandbox(acme)
    closed = factories.merchant("closed")
    Merchant.objects.filter(pk=closed.pk).update(status="closed")
    for merchant, reason in ((sandbox, "sandbox"), (acme, "acme-sandbox"), (closed, "closed")):
        answer = staff.get(f"/admin/merchants/merchant/{merchant.pk}/create_sandbox/", follow=True)
        assert answer.redirect_chain[0][0] == f"/admin/merchants/merchant/{merchant.pk}/change/"
        assert reason in str(next(iter(answer.context["messages"])))
    assert Merchant.objects.sandboxes().count() == 1
