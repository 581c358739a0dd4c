"""The first page of a merchant's people: what it sums up, what it warns of, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants.errors import moment_text
from merchants.models import AllowedDomain, AllowlistEntry, ApiKey, Merchant, Person
from merchants.services import allowlist, compromise, keys
from merchants.services.allowlist import EntryPlan, Proposal
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import said
from tests.people import signed_in
from tests.plans import measured, plan
from tests.wallet.admin.test_admin_lists import WHO, counted, fill_log, subject
from wallet.models import MerchantHour, SignedRequest, Transaction, Watermark
from wallet.pages import charts, home
from wallet.services.log import request_log
from wallet.services.usage import last_day, money_flow, usage_rollup

HOME = "/operator/acme/"
QUERIES = [
    *WHO,
    "merchants_membership",  # may they, and whose pages
    "merchants_secret",  # of the merchant
    "calls",  # by hour and answer
    "marks",  # up to where sums were made, and what moved
    "flow",
    "marks",  # that they are still there
    "merchants_apikey",
    "merchants_secret",  # that are in use
    "merchants_allowlistentry",  # of all lists
    "merchants_listtrial",  # which of them are tried, since their entries do not tell
    "merchants_alloweddomain",  # and their ends
    "marks",
    "open rounds",
    "marks",
    "wallet_reconciliation",  # the newest that was made
    "wallet_reconciliationplan",  # is something late
    "wallet_case",  # what players are owed
    "merchants_ownerquestion",  # what our staff want
    "wallet_case",  # that a second person closes
    "merchants_compromise",  # open cases
    "merchants_approval",  # that wait
    "merchants_membership",  # to switch to
]
SIGNS = {
    "wallet_merchanthour": "calls",
    "FROM wallet_mark WHERE source = ANY": "marks",
    "m.currency <> ''": "flow",
    "wallet_openbet": "open rounds",
}


@pytest.fixture
def at_work(client: Client, viewer: Person) -> Client:
    return signed_in(client, viewer)


def own(statement: str) -> str:
    """Without what the history puts before a statement that may write: who asks."""
    return statement.rpartition(", true); ")[2].strip()


def named(statement: str) -> str:
    return next((name for sign, name in SIGNS.items() if sign in statement), subject(statement))


def test_home_is_so_many_named_queries(at_work: Client, caller: Caller, acme: Merchant) -> None:
    caller.payout(str(caller.bet(100_000).body.get("transactionId")))
    for _ in range(3):
        factories.signer(acme)
    at_work.get(HOME)
    with CaptureQueriesContext(connection) as captured:
        at_work.get(HOME)
    found = [each for query in captured if not (each := own(query["sql"])).startswith(("SAVEPOINT", "RELEASE"))]
    assert not [each for each in counted(found) if "LIMIT" not in each]
    assert [named(each) for each in found] == QUERIES


def flows(merchant: Merchant, hours: int = 24) -> dict[str, tuple[int, int]]:
    found = money_flow.recent_flows(money_flow.secrets_of_key(merchant), hours=hours)
    return {flow.currency: (flow.stakes, flow.winnings) for flow in found}


def played(caller: Caller) -> None:
    """Stakes of 1.00, and 2.00 that were rolled back; winnings of 1.50 and a reward of 0.50."""
    won, lost = "won-1", "lost-1"
    caller.bet(100_000, transactionId=won)
    caller.payout(won, 150_000)
    caller.bet(200_000, transactionId=lost)
    caller.rollback(lost)
    caller.reward(50_000)


@pytest.mark.parametrize("summed", [False, True])
def test_money_in_and_out_is_exact_summed_up_or_not(
    caller: Caller, rival_caller: Caller, acme: Merchant, summed: bool
) -> None:
    played(caller)
    rival_caller.bet(500_000)
    if summed:
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    assert flows(acme) == {"EUR": (100_000, 150_000 + 50_000)}


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("verb", ["bet", "round", "payout", "reward", "deposit", "withdraw"])
def test_what_was_rolled_back_is_no_longer_counted(caller: Caller, acme: Merchant, verb: str, summed: bool) -> None:
    played(caller)
    before = sums(acme)
    taken_back(caller, verb)
    if summed:
        usage_rollup.sum_up(Watermark.Source.MOVEMENTS)
    assert sums(acme) == before


def sums(merchant: Merchant) -> dict[str, str]:
    [flow] = money_flow.recent_flows(money_flow.secrets_of_key(merchant), hours=24)
    return home.amount_label(flow)


def taken_back(caller: Caller, verb: str) -> None:
    """It is done and rolled back; a `round` is a bet with a payout."""
    if verb in {"bet", "round"}:
        caller.bet(70_000, transactionId="x")
    if verb == "round":
        caller.payout("x", 30_000)
    if verb == "payout":
        caller.payout("won-1", 30_000, transactionId="x")
    if verb in {"deposit", "withdraw"}:
        getattr(caller, verb)(30_000, transactionId="x")
    if verb == "reward":
        caller.reward(30_000, transactionId="x")
    rolled_back = Transaction.objects.filter(kind="rollback", reverses__isnull=False)
    before = rolled_back.count()
    caller.rollback("x")
    assert rolled_back.count() == before + 1 + (verb == "round")


def test_a_rollback_counts_in_the_hour_in_which_it_came(caller: Caller, acme: Merchant) -> None:
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with clock.frozen_at(now):
        caller.bet(200_000, transactionId="x")
    with clock.frozen_at(now + timedelta(hours=2)):
        signed_at = str(int(clock.now().timestamp() * 1000))
        caller.call("/wallet/transaction/rollback", {"transactions": [caller.rollback_item("x")]}, timestamp=signed_at)
        [flow] = money_flow.recent_flows(money_flow.secrets_of_key(acme), hours=24)
    assert (flow.came, flow.stakes) == ({hour: 200_000, hour + timedelta(hours=2): -200_000}, 0)


def test_what_is_older_than_the_span_is_left_out(caller: Caller, acme: Merchant) -> None:
    played(caller)
    with clock.frozen_at(clock.now() + timedelta(hours=30)):
        assert flows(acme) == {}
        assert flows(acme, hours=7 * 24)


def test_the_page_says_what_happened(at_work: Client, caller: Caller) -> None:
    played(caller)
    caller.bet(900_000_000)
    request_log.drain_lines()
    now = clock.now()
    with clock.frozen_at(now):
        shown = said(at_work.get(HOME))
    assert "RS_ERROR_NOT_ENOUGH_MONEY" in shown
    since = f"{now - timedelta(hours=23):%Y-%m-%dT%H:00:00}"
    assert f'href="/operator/acme/requests/?status=RS_ERROR_NOT_ENOUGH_MONEY&amp;since={since}"' in shown
    figures = "<td>1.00</td><td>2.00</td><td>-1.00</td><td>10.00</td><td>0.00</td>"
    assert f'<a href="/operator/acme/ggr/?currency=EUR">EUR</a></th>{figures}' in shown
    assert "EUR 1.00 stakes</title>" in shown
    assert 'class="bar-taken"' in shown
    assert 'class="bar-in"' in shown
    assert "7 days" in said(at_work.get(f"{HOME}?span=7d"))
    assert at_work.get(f"{HOME}?span=%27;--").status_code == 200


def refused_unseen(caller: Caller, rival_caller: Caller) -> None:
    """A wrong secret, a clock that is off, a list that shuts out; and what names nobody's key, or a rival's."""
    wrongly_signed(caller, 2)
    caller.get("/game/list/", timestamp="1")
    caller.get("/game/list/", meta={"REMOTE_ADDR": "203.0.113.7"})
    caller.get("/game/list/", x_api_key="nobody")
    wrongly_signed(rival_caller, 1)


def wrongly_signed(caller: Caller, calls: int) -> None:
    for _ in range(calls):
        assert caller.get("/game/list/", x_signature="0" * 64).status == "SIGNATURE_NOT_MATCH"
    request_log.drain_lines()


@pytest.mark.parametrize("summed", [False, True])
def test_calls_refused_before_their_signature_was_right_are_told_apart(
    at_work: Client, caller: Caller, rival_caller: Caller, acme: Merchant, summed: bool
) -> None:
    AllowlistEntry.objects.create(merchant=acme, network="127.0.0.0/8")
    refused_unseen(caller, rival_caller)
    caller.bet(900_000_000)
    request_log.drain_lines()
    if summed:
        usage_rollup.sum_up(Watermark.Source.CALLS)
    beat = last_day.last_day(acme)
    assert beat.by_status == {"RS_OK": 2, "RS_ERROR_NOT_ENOUGH_MONEY": 1}
    assert beat.unsigned == {
        "RS_ERROR_SIGNATURE_NOT_MATCH": 2,
        "RS_ERROR_SIGNATURE_EXPIRED": 1,
        "RS_ERROR_IP_RESTRICTION": 1,
    }
    assert (beat.taken.total(), beat.refused.total()) == (2, 5)
    now = clock.now()
    with clock.frozen_at(now):
        shown = said(at_work.get(HOME))
    assert "5 of 7 requests were refused, 4 of them before the signature check." in shown
    since = f"{now - timedelta(hours=23):%Y-%m-%dT%H:00:00}"
    for status in beat.unsigned:
        assert f'href="/operator/acme/requests/?status={status}&amp;since={since}"' in shown
    assert "Anyone who knows the auth key can send them" in shown


def test_a_key_that_is_flooded_hides_no_signed_call_and_says_how_far_it_is_counted(
    caller: Caller, acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_day, "KEY_TAIL", 3)
    wrongly_signed(caller, 4)
    beat, lines = last_day.last_day(acme), SignedRequest.objects.filter(merchant=None)
    assert (beat.taken.total(), beat.unsigned.total()) == (2, 3)
    assert beat.behind == lines.order_by("id")[1].created_at
    usage_rollup.sum_up(Watermark.Source.CALLS)
    beat = last_day.last_day(acme)
    assert (beat.unsigned.total(), beat.behind) == (4, None)


def test_a_line_without_a_signature_is_never_traffic(caller: Caller, acme: Merchant) -> None:
    """What says that calls were taken decides whether a day must have a statement: no stranger may say so."""
    wrongly_signed(caller, 1)
    line = SignedRequest.objects.get(merchant=None)
    line.pk, line.status = None, "RS_OK"
    SignedRequest.objects.bulk_create([line])
    assert last_day.last_day(acme).unsigned.total() == 1
    usage_rollup.sum_up(Watermark.Source.CALLS)
    assert not MerchantHour.objects.filter(signed=False, status="RS_OK").exists()


def test_unsigned_lines_behind_the_mark_are_found_by_the_key_that_they_name(acme: Merchant, caller: Caller) -> None:
    fill_log(acme)
    measured("wallet_signedrequest", "merchants_apikey")
    with CaptureQueriesContext(connection) as captured:
        last_day.last_day(acme)
    found = plan(captured[0]["sql"])
    assert "request_unsigned" in found
    assert "Seq Scan on wallet_signedrequest_0" not in found  # those ahead are empty


def test_a_merchant_without_a_past_reads_so(at_work: Client) -> None:
    shown = said(at_work.get(HOME))
    for text in (
        "No requests yet",
        "No money moved",
        "No keys yet",
        "Nothing needs your attention now",
        "No reconciliation run yet.",
    ):
        assert text in shown


def ended(*, key: ApiKey) -> None:
    ApiKey.objects.filter(pk=key.pk).update(expires_at=clock.now())


def test_what_needs_attention_is_said_first(at_work: Client, acme: Merchant, owner: Person) -> None:
    soon = clock.now() + timedelta(days=5)
    leaked, ending, rotated, closed = (keys.issue_key(merchant=acme, label=label).key for label in "LERQ")
    compromise.declare_compromise(key=leaked, response="revoke", reason="x", exposed_since=clock.now(), by=owner)
    ApiKey.objects.filter(pk=ending.pk).update(expires_at=soon)
    keys.rotate_secret(key=rotated)
    keys.quarantine_key(key=closed)
    AllowlistEntry.objects.create(merchant=acme, network="203.0.113.0/24", expires_at=soon)
    shown = said(at_work.get(HOME))
    for text in (
        "A secret of the key “L” is compromised",
        "The key “E” expires on",
        "The rotation of the key “R” is in progress. Version 1 works until",
        "The key “Q” is quarantined",
        "An entry of the merchant’s allowlist expires on",
    ):
        assert text in shown
    assert "data-countdown" in shown


# --- Lists ------------------------------------------------------------------------------------------------------------
WHOSE = pytest.mark.parametrize("of_key", [False, True])


def listed(caller: Caller, *, of_key: bool) -> tuple[ApiKey | None, str, str]:
    """Whose list, as it is named, and its page."""
    key = ApiKey.objects.get(auth_key=caller.signer.auth_key)
    if not of_key:
        return None, "the merchant’s allowlist", "/operator/acme/allowlist/"
    return key, f"the allowlist of the key {key.auth_key[:20]}…", f"/operator/acme/allowlist/keys/{key.pk}/"


@WHOSE
def test_a_list_on_trial_is_noticed_until_its_deadline_and_what_was_before_told_from_then_on(
    at_work: Client, viewer: Person, caller: Caller, acme: Merchant, of_key: bool
) -> None:
    key, name, page = listed(caller, of_key=of_key)
    soon = clock.now() + timedelta(days=2)
    AllowlistEntry.objects.create(merchant=acme, key=key, network="198.51.100.7", expires_at=soon)
    new = Proposal(acme, tuple(EntryPlan(ip_network(f"203.0.113.{last}")) for last in (1, 2)), key)
    tried = allowlist.save_networks(proposal=new, by=None, on_trial=True, confirmed_code="acme").trial
    assert tried is not None
    shown = said(at_work.get(HOME))
    until = f"{name} is on trial until {moment_text(tried.deadline)}"
    assert until[1:] in shown
    assert f'href="{page}">Show allowlist' in shown
    assert "expires on" not in shown
    assert of_key or "2 entries on the merchant’s allowlist" in shown
    with clock.frozen_at(tried.deadline):
        shown = said(signed_in(Client(), viewer).get(HOME))
    assert "on trial" not in shown
    assert f"An entry of {name} expires on {moment_text(soon)}" in shown
    assert of_key or "1 entry on the merchant’s allowlist" in shown


def test_a_first_list_that_was_only_tried_restricts_nothing_from_its_deadline_on(
    at_work: Client, viewer: Person, caller: Caller, acme: Merchant
) -> None:
    tried = allowlist.save_networks(
        proposal=Proposal(acme, (EntryPlan(ip_network("203.0.113.1")),)), by=None, on_trial=True
    ).trial
    assert tried is not None
    assert "1 entry on the merchant’s allowlist" in said(at_work.get(HOME))
    with clock.frozen_at(tried.deadline):
        shown = said(signed_in(Client(), viewer).get(HOME))
    assert "No IP allowlist for the merchant" in shown
    assert "1 key accepts every address" in shown


@WHOSE
def test_a_list_whose_entries_have_all_ended_refuses_everybody_and_is_noticed(
    at_work: Client, caller: Caller, acme: Merchant, of_key: bool
) -> None:
    key, name, page = listed(caller, of_key=of_key)
    AllowlistEntry.objects.create(merchant=acme, key=key, network="127.0.0.0/8", expires_at=clock.now())
    assert caller.balance().status == "IP_RESTRICTION"
    shown = said(at_work.get(HOME))
    assert f"All entries of {name} have expired. All requests {'with this key ' if of_key else ''}are refused." in shown
    assert f'href="{page}">Show allowlist' in shown
    keys.revoke_key(key=ApiKey.objects.get())
    assert ("have expired. All requests are refused." in said(at_work.get(HOME))) != of_key


def test_a_domain_that_ends_soon_is_noticed_and_that_all_have_ended(
    at_work: Client, viewer: Person, acme: Merchant
) -> None:
    soon = clock.now() + timedelta(days=5)
    AllowedDomain.objects.create(merchant=acme, domain="old.example.com", expires_at=clock.now())
    AllowedDomain.objects.create(merchant=acme, domain="play.example.com", expires_at=soon)
    AllowedDomain.objects.create(merchant=acme, domain="a.example.com", expires_at=soon + timedelta(days=30))
    shown = said(at_work.get(HOME))
    assert f"The domain play.example.com expires on {moment_text(soon)}" in shown
    assert "All domains" not in shown
    with clock.frozen_at(soon + timedelta(days=30)):
        shown = said(signed_in(Client(), viewer).get(HOME))
    assert (
        "All domains of the merchant’s allowlist have expired. All requests with an Origin header are refused." in shown
    )
    assert 'href="/operator/acme/allowlist/">Show allowlist' in shown
    assert " expires on" not in shown


# --- Keys -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("end", "told"),
    [
        (keys.revoke_key, "All keys are revoked or expired, so all requests are refused."),
        (ended, "All keys are revoked or expired, so all requests are refused."),
        (keys.quarantine_key, "All keys are quarantined, revoked or expired, so nothing new can start."),
    ],
)
def test_that_no_key_can_be_used_is_noticed(
    at_work: Client, caller: Caller, acme: Merchant, end: Callable[..., Any], told: str
) -> None:
    assert "All keys are" not in said(at_work.get(HOME))
    end(key=ApiKey.objects.get())
    shown = said(at_work.get(HOME))
    assert told in shown
    assert 'href="/operator/acme/keys/">Show keys' in shown
    factories.signer(acme)
    assert "All keys are" not in said(at_work.get(HOME))


def test_a_round_that_stays_open_is_noticed_after_a_day(at_work: Client, caller: Caller, viewer: Person) -> None:
    caller.bet(100_000)
    assert "<strong>1</strong> with EUR 1.00 at stake" in said(at_work.get(HOME))
    with clock.frozen_at(clock.now() + timedelta(hours=25)):
        shown = said(signed_in(Client(), viewer).get(HOME))
    assert "The oldest round has been open for 1 day" in shown


# --- Bars -------------------------------------------------------------------------------------------------------------
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)


def test_hours_fall_into_their_slot_and_none_is_lost() -> None:
    counts = Counter({BEGIN + timedelta(hours=hour): 1 for hour in range(168)})
    assert charts.folded_hours(counts, charts.slots(BEGIN, 168)) == [24] * 7
    assert charts.folded_hours(counts, charts.slots(BEGIN, 24)) == [1] * 24


def labels(*slots: str) -> charts.Labels:
    return charts.Labels([], [*slots], ("in", "out"), str)


def test_each_bar_says_its_value_and_a_table_has_them_all() -> None:
    chart = charts.stacked_chart(([3, 0], "a"), ([1, 0], "b"), labels("09:00", "10:00"))
    assert [bar.title for bar in chart.bars] == ["09:00: 3 in", "09:00: 1 out"]
    assert chart.rows == [("09:00", ("3", "1")), ("10:00", ("0", "0"))]
    assert chart.top == "4"


def test_bars_fill_the_drawing_and_a_single_call_is_seen() -> None:
    chart = charts.stacked_chart(([999_999, 0], "a"), ([1, 0], "b"), labels("09", "10"))
    assert [bar.css for bar in chart.bars] == ["a", "b"]
    assert all(bar.height >= 1 and bar.y >= 0 for bar in chart.bars)
    assert charts.grouped_chart(([0, 0], "a"), ([0, 0], "b"), labels("09", "10")).is_empty


def test_a_bar_below_zero_hangs_from_the_line_on_which_the_others_stand() -> None:
    chart = charts.grouped_chart(([300, -100, 0], "a"), ([0, 1, 200], "b"), labels("09", "10", "11"))
    *bars, line = chart.bars
    assert (line.css, line.x, line.width) == ("bar-zero", 0, charts.WIDTH)
    zero = line.y + line.height / 2
    assert [(bar.css, bar.y < zero) for bar in bars] == [("a", True), ("a", False), ("b", True), ("b", True)]
    assert [bar.y + bar.height for bar in bars if bar.y < zero] == pytest.approx([zero] * 3, abs=0.2)
    assert bars[1].y == pytest.approx(zero, abs=0.2)
    assert bars[0].height == pytest.approx(3 * bars[1].height, abs=0.3)
    assert all(bar.y >= 0 and bar.y + bar.height <= charts.HEIGHT for bar in bars)


def test_bars_that_are_all_below_zero_are_drawn() -> None:
    chart = charts.grouped_chart(([0, -5], "a"), ([0, 0], "b"), labels("09", "10"))
    assert [bar.css for bar in chart.bars] == ["a", "bar-zero"]
    assert chart.bars[0].height > charts.HEIGHT / 2


def test_without_a_bar_below_zero_no_line_is_drawn() -> None:
    assert [bar.css for bar in charts.grouped_chart(([1], "a"), ([2], "b"), labels("09")).bars] == ["a", "b"]
