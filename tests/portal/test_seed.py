from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.test import Client
from django.utils import timezone

from merchants.models import ApiKey, Game, Merchant, Player
from merchants.services import chain
from merchants.services.chain import sealing
from portal.lib import clock
from portal.local.demo import books, cast, ending
from tests.conftest import Caller
from tests.people import code_of
from tests.plugins.live import DEMO_CALLS, Live
from tests.signing import Signer, encoded, new_id
from wallet import statuses
from wallet.ledger import verification
from wallet.models import Account, ReconciliationPlan, Session, SignedRequest, Statement, Transaction
from wallet.reconciliation import runs
from wallet.services.log import request_log

pytestmark = pytest.mark.django_db
Seed = Callable[..., dict[str, Any]]
FIRST_REQUEST = """
SELECT min(r.created_at) FROM wallet_signedrequest r JOIN merchants_merchant m ON m.id = r.merchant_id WHERE m.code = %s
"""
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "demo.json"


@pytest.fixture
def seed(sheet: Path, monkeypatch: pytest.MonkeyPatch) -> Seed:
    monkeypatch.setenv("DEMO_FILE", str(sheet))

    def run(calls: int = 60) -> dict[str, Any]:
        call_command("seed", calls=calls, stdout=StringIO())
        facts: dict[str, Any] = json.loads(sheet.read_text())
        return facts

    return run


def test_two_weeks_of_everything_that_can_happen(seed: Seed) -> None:
    with clock.frozen_at(NOON):  # what happens depends on the hour and on the day of the week
        seed(1600)
    lines = SignedRequest.objects.order_by("id")
    assert set(lines.values_list("status", flat=True)) == set(statuses.ALL_KEYS)
    moments = list(lines.values_list("created_at", flat=True))
    assert moments == sorted(moments)
    assert moments[0] < NOON - timedelta(days=12)
    assert moments[-1] <= NOON
    assert set(Transaction.objects.values_list("kind", flat=True)) == {*Transaction.Kind.values} - {
        Transaction.Kind.CORRECTION
    }
    assert len({line.address for line in lines}) > 8
    verdict = verification.verify_rows()
    assert verdict.holds
    sealing.seal_rows()
    assert chain.verify_ledger().holds
    assert chain.verify_history().holds
    assert verdict.rows > 800


def test_calls_of_other_merchants_take_nothing_from_its_past(
    sheet: Path, monkeypatch: pytest.MonkeyPatch, caller: Caller
) -> None:
    monkeypatch.setenv("DEMO_FILE", str(sheet))
    caller.balance()
    request_log.drain_lines()
    assert SignedRequest.objects.exists()
    printed = StringIO()
    call_command("seed", calls=60, stdout=printed)
    assert "of 14: " in printed.getvalue()
    demo = SignedRequest.objects.filter(merchant__code__in=[casino.code for casino in cast.CASINOS])
    assert demo.order_by("id")[0].created_at < timezone.now() - timedelta(days=8)


def test_what_is_looked_for_first_happens_on_any_day(seed: Seed) -> None:
    seed(0)
    house = SignedRequest.objects.filter(merchant__code=cast.CASINOS[0].code)
    assert house.filter(status=statuses.PlayerBlocked.key).exists()
    rows = Transaction.objects.filter(merchant__code=cast.CASINOS[0].code)
    assert rows.filter(kind=Transaction.Kind.TOMBSTONE).exists()
    assert rows.filter(kind=Transaction.Kind.ROLLBACK, reverses__kind=Transaction.Kind.BET).exists()


def test_what_support_finds(seed: Seed) -> None:
    seed()
    live = Merchant.objects.live()
    assert dict(live.values_list("status").annotate(count=Count("pk"))) == {"active": 3, "suspended": 1}
    assert len(set(Merchant.objects.values_list("time_zone", flat=True))) == 4
    assert (Game.objects.count(), Player.objects.filter(merchant__in=live).count()) == (30, 300)
    assert Game.objects.filter(is_active=False).count() == 1
    assert Player.objects.filter(is_blocked=True).exists()
    assert Account.objects.filter(balance__lt=0).count() == 1
    assert ApiKey.objects.filter(status="quarantined", seen_addresses__isnull=False).exists()
    assert ApiKey.objects.filter(expires_at__lt=timezone.now() + timedelta(days=7)).count() == 1


PLANTED = (books.LOST, books.MISTYPED, books.DOUBLED, books.FORGOTTEN)
OUR_OWN = {"tombstone_met", "unsettled", "owed"}  # breaks that no statement is needed for


def test_two_casinos_state_each_day_and_differ_where_that_was_planted(seed: Seed) -> None:
    with clock.frozen_at(NOON):
        seed(600)
        plans = list(ReconciliationPlan.objects.filter(is_on=True).select_related("merchant"))
        assert {plan.grain for plan in plans} == {"rows", "totals"}
        assert set(Statement.objects.values_list("state", flat=True)) == {"read"}
        for plan in plans:
            differ_where_planted(plan)


def differ_where_planted(plan: ReconciliationPlan) -> None:
    days = list(books.whole_days(plan.merchant, clock.now()))
    stated = Statement.objects.filter(merchant=plan.merchant, is_current=True).order_by("-day")
    assert list(stated.values_list("day", flat=True)) == days
    for ago, day in enumerate(days):
        found = runs.reconcile_day(merchant=plan.merchant, day=day, dry_run=True).figures
        differs = {each.kind for each in found.breaks} - OUR_OWN
        assert ago in PLANTED or not differs
        if ago == books.MISTYPED and plan.grain == "totals":
            assert differs == ({"group"} if found.ours else set())
        if ago == books.DOUBLED and plan.grain == "rows":
            has_bet = any(side.kind == "bet" and side.ours_rows for side in found.sides)
            assert ("duplicate_there" in differs) == has_bet


def test_money_is_neither_made_nor_lost(seed: Seed) -> None:
    seed(300)
    for merchant in Merchant.objects.all():
        of = Transaction.objects.movements().filter(merchant=merchant)
        for currency in of.order_by().values_list("currency", flat=True).distinct():
            rows = of.filter(currency=currency)
            held = Account.objects.filter(merchant=merchant, currency=currency, kind="player").aggregate(
                total=Sum("balance")
            )["total"]
            out = rows.exclude(debit_account__kind="player").aggregate(total=Sum("amount"))["total"] or 0
            back = rows.filter(debit_account__kind="player").aggregate(total=Sum("amount"))["total"] or 0
            assert held == out - back


def test_a_second_run_only_renews_the_sheet(seed: Seed, settings: Any) -> None:
    first = seed()
    counted = Transaction.objects.count(), Player.objects.count()
    settings.BASE_URL = "http://127.0.0.1:9999"
    second = seed()
    assert (Transaction.objects.count(), Player.objects.count()) == counted
    assert second["base_url"] == "http://127.0.0.1:9999"
    assert second["operators"] == first["operators"]
    old = {player["sessionId"] for merchant in first["merchants"] for player in merchant["players"]}
    new = {player["sessionId"] for merchant in second["merchants"] for player in merchant["players"]}
    assert len(new) == 15
    assert not old & new


def test_a_run_that_was_stopped_goes_on_where_it_was(seed: Seed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ending, "play_ending", interrupt)
        with pytest.raises(KeyboardInterrupt):
            seed(200)
    last = SignedRequest.objects.latest("id")
    seed(200)
    added = SignedRequest.objects.filter(id__gt=last.pk)
    assert added.exists()
    assert not added.filter(created_at__lt=last.created_at).exists()
    assert (Merchant.objects.live().count(), Merchant.objects.sandboxes().count()) == (4, 4)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_sheet_is_private_and_signs_in(seed: Seed, sheet: Path, client: Client) -> None:
    facts = seed()
    assert sheet.stat().st_mode & 0o777 == 0o600
    assert [person["role"] for person in facts["operators"]] == ["owner", "manager", "viewer"] * 4
    for person in (facts["staff"][0], facts["operators"][0]):
        assert client.login(email=person["email"], password=person["password"])


def test_a_lost_sheet_is_made_again_with_new_passwords(seed: Seed, sheet: Path) -> None:
    first = seed()
    sheet.unlink()
    second = seed()
    assert second["merchants"][0]["secret_key"] == first["merchants"][0]["secret_key"]
    assert second["staff"][0]["password"] != first["staff"][0]["password"]


def test_production_is_left_alone(seed: Seed, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        seed()
    assert not Merchant.objects.exists()


def test_another_key_encryption_key_is_told(seed: Seed, settings: Any) -> None:
    seed()
    settings.KEY_ENCRYPTION_KEYS = {"other": b"0" * 32}
    with pytest.raises(CommandError, match="KEY_ENCRYPTION_KEYS"):
        seed()


def test_every_player_of_the_sheet_can_bet_right_now(seed: Seed, client: Client) -> None:
    for merchant in seed()["merchants"]:
        assert len(merchant["players"]) == (0 if merchant["status"] == "suspended" else 5)
        signer = Signer(merchant["auth_key"], merchant["secret_key"])
        for player in merchant["players"]:
            body = encoded(player | {"transactionId": new_id(), "amount": 100_000})
            path = "/wallet/transaction/bet"
            answer = client.post(path, body, content_type="application/json", headers=signer.sign(body))
            assert answer.json()["status"] == "RS_OK"


def test_sessions_of_the_sheet_last(seed: Seed) -> None:
    player = seed()["merchants"][0]["players"][0]
    session = Session.objects.get(session_id=player["sessionId"])
    assert session.expires_at > timezone.now() + timedelta(hours=23)


def test_it_fills_a_portal_that_is_running(live: Live) -> None:
    """Whether or not other tests have filled it before."""
    done = live.manage("seed", "--calls", str(DEMO_CALLS))
    assert done.returncode == 0, done.stderr
    sheet = json.loads(live.sheet.read_text())
    assert (sheet["base_url"], sheet["api_url"]) == (live.base_url, live.api_url)
    with psycopg.connect(live.dsn) as session:
        first = session.execute(FIRST_REQUEST, [cast.CASINOS[0].code]).fetchone()
    assert first
    assert first[0] < timezone.now() - timedelta(days=8)


def test_staff_have_a_role_and_a_second_factor_each(seed: Seed, sheet: Path) -> None:
    first = seed()["staff"]
    assert [person["role"] for person in first] == ["administrator", "support", "auditor"]
    assert seed()["staff"] == first

    printed = StringIO()
    call_command("totp", "support@oppi.example", stdout=printed)
    codes = [code_of(first[1]["totp_secret"], steps=steps) for steps in (-1, 0)]  # the half minute may end just now
    assert printed.getvalue().strip() in codes
    assert first[1]["totp_secret"] not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_codes_are_not_printed_in_production(seed: Seed, settings: Any) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="in a demo only"):
        call_command("totp", "support@oppi.example")
