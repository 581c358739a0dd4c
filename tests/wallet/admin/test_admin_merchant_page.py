"""The page of a merchant: what it says, what it costs, and who may change what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from ipaddress import ip_network
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from merchants.models import AllowlistEntry, ApiKey, Compromise, Contact, Game, Merchant, Person, Player
from merchants.services import allowlist, approvals, compromise, flags, history, keys
from merchants.services.allowlist import EntryPlan, Proposal
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from tests.wallet.admin.test_admin_lists import WHO, asked, counted, fill_log, subject
from wallet.models import MerchantHour, SignedRequest, Watermark
from wallet.services.log import request_log
from wallet.services.usage import last_day, usage_rollup

NOON = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
QUERIES = [
    *WHO,
    "merchants_merchant",  # with the currencies of its limits
    "merchants_allowlistentry",  # the table of networks
    "merchants_alloweddomain",
    "merchants_disabledgame",  # how many games are off
    "merchants_membership",
    "merchants_contact",
    "wallet_merchanthour",  # the last 24 hours
    "merchants_apikey",
    "merchants_secret",  # that are in use
    "merchants_allowlistentry",  # of all lists
    "merchants_listtrial",  # which of them are tried, since their entries do not tell
    "merchants_player",  # blocked ones, a thousand at most
    "people",  # members and contacts, a dozen
    "merchants_compromise",  # open cases
    "merchants_approval",  # that wait
    "history",  # in one query
    "firsts",  # the calls that mattered
    "wallet_reconciliationplan",  # one that is on asks for its red lines too
    "wallet_reconciliation",  # the newest day
    "merchants_merchant",  # the state with which the form is opened
    "merchants_membership",
    "merchants_contact",
    "wallet_case",  # what is owed to players
]


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


def page_of(client: Client, merchant: Merchant) -> str:
    response = client.get(f"/admin/merchants/merchant/{merchant.pk}/change/")
    assert response.status_code == 200
    return " ".join(unescape(response.content.decode()).split())


def named(statement: str) -> str:
    if "pgh_context" in statement:
        return "history"
    if "seenaddress a" in statement:
        return "firsts"
    if "wallet_merchanthour" in statement:
        return "wallet_merchanthour"
    return "people" if " UNION " in statement else subject(statement)


def test_the_page_is_as_many_named_queries_as_these(
    client: Client, administrator: Person, caller: Caller, acme: Merchant, game: Game
) -> None:
    for number in range(5):
        factories.signer(acme)
        factories.member(acme, "viewer", email=f"viewer-{number}@acme.test")
        Contact.objects.create(merchant=acme, email=f"desk-{number}@acme.test")
    fill_log(acme)
    client = signed_in(client, administrator)
    ContentType.objects.get_for_model(Merchant)  # kept by each process after its first page
    with asked() as statements:
        page_of(client, acme)
    assert 'name="max_stake_by_currency-EUR"' in page_of(client, acme)
    assert not [each for each in counted(statements) if "LIMIT" not in each]
    assert [named(each) for each in statements] == QUERIES
    assert len(statements) <= 25


def test_the_last_day_is_exact_whether_it_is_summed_up_or_not(acme: Merchant, rival: Merchant) -> None:
    with clock.frozen_at(NOON):
        log(acme, NOON - timedelta(hours=23, minutes=20), "RS_OK", 3)
        log(acme, NOON - timedelta(hours=24, minutes=31), "RS_OK", 7)  # before the first hour that is shown
        log(rival, NOON, "RS_OK", 11)
        before = last_day.last_day(acme)
        usage_rollup.sum_up(Watermark.Source.CALLS)
        assert MerchantHour.objects.filter(merchant=acme).count() == 2
        assert last_day.last_day(acme) == before
        log(acme, NOON, "RS_ERROR_PLAYER_BLOCKED", 2)
        beat = last_day.last_day(acme)
        usage_rollup.sum_up(Watermark.Source.CALLS)
        assert last_day.last_day(acme) == beat
    assert beat.by_status == {"RS_OK": 3, "RS_ERROR_PLAYER_BLOCKED": 2}
    assert beat.taken == {datetime(2026, 4, 30, 13, tzinfo=UTC): 3}
    assert beat.refused == {datetime(2026, 5, 1, 12, tzinfo=UTC): 2}
    assert (beat.since, beat.behind) == (datetime(2026, 4, 30, 13, tzinfo=UTC), None)


def test_a_job_that_is_far_behind_is_told(acme: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_day, "TAIL", 3)
    with clock.frozen_at(NOON):
        log(acme, NOON - timedelta(hours=2), "RS_OK", 5)
        assert last_day.last_day(acme).behind == NOON - timedelta(hours=2)


def log(merchant: Merchant, at: datetime, status: str, calls: int) -> None:
    SignedRequest.objects.bulk_create(
        SignedRequest(
            created_at=at, merchant=merchant, duration_us=1, request_id=f"{number:032x}", address="203.0.113.1",
            address_source="socket", method="POST", endpoint="/wallet/balance", http_status=200, status=status,
        )
        for number in range(calls)
    )  # fmt: skip


def test_refusals_lead_to_their_calls(staff: Client, caller: Caller, acme: Merchant) -> None:
    caller.withdraw(10**14)
    request_log.drain_lines()
    page = page_of(staff, acme)
    link = "/admin/operations/acme/requests/?status=RS_ERROR_NOT_ENOUGH_MONEY"
    assert link in page
    assert len(staff.get(link).context["rows"]) == 1


def test_calls_that_only_named_a_key_stand_apart_and_lead_to_where_they_are_found(
    staff: Client, caller: Caller, acme: Merchant
) -> None:
    wrong = caller.get("/game/list/", x_signature="0" * 64)
    request_log.drain_lines()
    page = page_of(staff, acme)
    link = "/admin/operations/acme/requests/?status=RS_ERROR_SIGNATURE_NOT_MATCH"
    assert "No refused requests with a valid signature." in page
    assert link in page
    assert f"/admin/operations/acme/requests/{wrong.headers['x-request-id']}/" in staff.get(link).content.decode()


@pytest.mark.parametrize(
    ("merchant_list", "key_list", "said"),
    [
        ([], [], ["No IP allowlist for the merchant", "1 key accepts every address"]),
        ([None], [], ["1 entry on the merchant’s allowlist"]),
        ([None, None], [None], ["2 entries on the merchant’s allowlist", "1 key with its own allowlist"]),
        ([], [None], ["No IP allowlist for the merchant", "1 key with its own allowlist"]),
        (
            [-1],
            [],
            [
                "0 entries on the merchant’s allowlist",
                "1 key accepts no address, because all entries of an allowlist have expired",
            ],
        ),
        (
            [None],
            [-1],
            [
                "1 entry on the merchant’s allowlist",
                "1 key with its own allowlist",
                "1 key accepts no address, because all entries of an allowlist have expired",
            ],
        ),
    ],
)
def test_lists_are_told_in_words(
    staff: Client, caller: Caller, acme: Merchant, merchant_list: list[Any], key_list: list[Any], said: list[str]
) -> None:
    key = ApiKey.objects.get()
    for number, (owner, hours) in enumerate([*((None, each) for each in merchant_list), *((key, e) for e in key_list)]):
        ends = None if hours is None else clock.now() + timedelta(hours=hours)
        AllowlistEntry.objects.create(merchant=acme, key=owner, network=f"203.0.113.{number}/32", expires_at=ends)
    page = page_of(staff, acme)
    assert [words for words in said if words not in page] == []
    assert ("accepts every address" in page) == any("accepts every" in words for words in said)
    assert ("accepts no address" in page) == any("no address" in words for words in said)


def test_a_list_whose_trial_is_over_is_told_as_it_is_judged(client: Client, support: Person, acme: Merchant) -> None:
    tried = allowlist.save_networks(
        proposal=Proposal(acme, (EntryPlan(ip_network("203.0.113.1")),)), by=None, on_trial=True
    ).trial
    assert tried is not None
    with clock.frozen_at(tried.deadline):
        page = page_of(signed_in(client, support), acme)
    assert "No IP allowlist for the merchant" in page


def test_keys_overlaps_cases_and_flags_stand_on_the_page(
    staff: Client, support: Person, caller: Caller, acme: Merchant
) -> None:
    request_log.drain_lines()
    keys.rotate_secret(key=ApiKey.objects.get(), overlap=timedelta(hours=13))
    leaked = keys.issue_key(merchant=acme, label="lost").key
    since = clock.now() - timedelta(days=1)
    compromise.declare_compromise(key=leaked, response="revoke", reason="in a chat", exposed_since=since, by=support)
    approvals.ask_to_revoke(key=leaked, by=support, reason="to be safe")
    flags.block_player(player=Player.objects.get(), reason="asked for it")
    Merchant.objects.update(two_person=True, max_stake_by_currency={"EUR": 25_000_000}, max_stake=0)
    page = page_of(staff, acme)
    for words in [
        "Version 1", "Version 2", "from 127.0.0.1", "Open compromise", "Another person must approve it",
        "EUR 250.00; other currencies: bets refused", f"?merchant__id__exact={acme.pk}&is_blocked__exact=1",
    ]:  # fmt: skip
        assert words in page, words
    assert Compromise.objects.get().secret.version == 1


def test_the_timeline_holds_what_people_did_and_the_calls_that_mattered(
    staff: Client, caller: Caller, acme: Merchant
) -> None:
    caller.withdraw(10**14)
    request_log.drain_lines()
    first = SignedRequest.objects.get(status="RS_ERROR_NOT_ENOUGH_MONEY")
    caller.withdraw(10**14)
    request_log.drain_lines()
    with history.act_as(door="a test"):
        keys.quarantine_key(key=ApiKey.objects.get())
    page = page_of(staff, acme)
    assert page.count("First RS_ERROR_NOT_ENOUGH_MONEY answer to /wallet/transaction/withdraw") == 1
    assert f"/admin/wallet/signedrequest/{first.pk}/change/" in page
    assert "from 127.0.0.1" in page
    assert "a test" in page
    assert f"/admin/merchants/merchant/{acme.pk}/timeline/" in page


def test_the_first_use_of_a_new_version_is_told(acme: Merchant, caller: Caller) -> None:
    caller.signer = type(caller.signer)(caller.signer.auth_key, keys.rotate_secret(key=ApiKey.objects.get()).secret)
    assert caller.balance().status == "RS_OK"
    request_log.drain_lines()
    usage_rollup.sum_up(Watermark.Source.CALLS)
    assert [first.version for first in last_day.first_uses(acme) if first.what == "version"] == [2]


def test_nothing_of_another_merchant_is_told(
    staff: Client, rival_caller: Caller, rival: Merchant, acme: Merchant
) -> None:
    rival_caller.withdraw(10**14)
    request_log.drain_lines()
    usage_rollup.sum_up(Watermark.Source.CALLS)
    assert last_day.first_uses(acme) == []
    assert last_day.last_day(acme).by_status == {}
    assert rival_caller.signer.auth_key not in page_of(staff, acme)


def test_contacts_are_added_on_the_page(staff: Client, acme: Merchant, owner: Person) -> None:
    page = f"/admin/merchants/merchant/{acme.pk}/change/"
    assert staff.post(page, sent(contacts=["desk@acme.test"])).status_code == 302
    assert Contact.objects.get().email == "desk@acme.test"


def test_the_two_person_rule_is_an_administrators_to_set(staff: Client, administrator: Person, acme: Merchant) -> None:
    page = f"/admin/merchants/merchant/{acme.pk}/change/"
    assert staff.post(page, sent(two_person="on")).status_code == 302
    assert not Merchant.objects.get(pk=acme.pk).two_person
    assert signed_in(Client(), administrator).post(page, sent(two_person="on")).status_code == 302
    assert Merchant.objects.get(pk=acme.pk).two_person


def sent(*, contacts: list[str] | None = None, **fields: str) -> dict[str, str]:
    """The form of the page, as a browser sends it."""
    form = {"name": "Acme Casino", "time_zone": "UTC", "timestamp_window_seconds": "300"} | fields
    for prefix in ("allowlist", "domains", "memberships", "contacts", "disabled_games"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    for number, email in enumerate(contacts or []):
        form |= {f"contacts-{number}-email": email, "contacts-TOTAL_FORMS": str(number + 1)}
    return form
