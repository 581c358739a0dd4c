"""What a program does is what its person could do on the pages, and the history names the token."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants.models import (
    AllowlistEntry,
    ApiKey,
    Approval,
    DisabledGame,
    Game,
    Merchant,
    OutgoingEmail,
    Person,
    Player,
    Secret,
    SecretClaim,
)
from tests import factories
from tests.conftest import Caller
from tests.wallet import reconciling
from tests.wallet.management_api.conftest import ROOT, Program
from wallet.models import Case, Reconciliation, Statement
from wallet.services.log import request_log

Make = Callable[..., Program]
SECRET = re.compile(r"oppi_(live|test)_[0-9A-Za-z]{49}")


@pytest.fixture
def key(caller: Caller, acme: Merchant) -> ApiKey:
    return ApiKey.objects.get(merchant=acme)


def newest_deed(program: Program) -> dict[str, Any]:
    deed: dict[str, Any] = program.get("audit/")["items"][0]
    return deed


# --- Keys -------------------------------------------------------------------------------------------------------------
def test_a_rotation_sends_claim_links_and_answers_no_secret(program: Program, key: ApiKey) -> None:
    [listed] = program.get("keys/")["items"]
    assert (listed["auth_key"], listed["current_version"], listed["status"]) == (key.auth_key, 1, "active")
    wish = {"overlap_hours": 6, "expected_version": 1, "reason": "Every quarter"}
    status, answer = program.send("POST", f"keys/{key.auth_key}/rotate/", wish)
    assert (status, answer["result"], answer["key"]["current_version"]) == (200, "done", 2)
    assert answer["claim_link_expires_at"]
    assert SECRET.search(str(answer)) is None
    assert SecretClaim.objects.get().version == 2
    assert OutgoingEmail.objects.filter(template="secret_claim", to="owner@acme.test").exists()
    deed = newest_deed(program)
    assert (deed["actor"], deed["door"], deed["reason"]) == (
        "owner@acme.test", "API token “Nightly job”", "Every quarter",
    )  # fmt: skip
    again, refused = program.send("POST", f"keys/{key.auth_key}/rotate/", wish)
    assert (again, refused["error"]["code"]) == (409, "stale_page")
    assert Secret.objects.filter(key=key).count() == 2


def test_nothing_is_rotated_when_no_owner_can_collect_the_secret(
    support: Person, key: ApiKey, program_of: Make
) -> None:
    ours = program_of(support, None)
    status, answer = ours.send("POST", f"keys/{key.auth_key}/rotate/", {"expected_version": 1})
    assert (status, answer["error"]["code"]) == (409, "no_owner_to_claim")
    assert Secret.objects.filter(key=key).count() == 1


def test_with_two_persons_a_program_only_asks(program: Program, acme: Merchant, key: ApiKey) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    wish = {"expected_version": 1, "reason": "Every quarter"}
    status, answer = program.send("POST", f"keys/{key.auth_key}/rotate/", wish)
    assert (status, answer["result"]) == (202, "waiting_for_approval")
    assert Approval.objects.get().pk == answer["approval"]
    assert Secret.objects.filter(key=key).count() == 1
    status, answer = program.send("POST", f"keys/{key.auth_key}/revoke/", {"reason": "Unused"})
    assert (status, answer["error"]["code"]) == (409, "already_asked")
    assert ApiKey.objects.get(pk=key.pk).status == "active"


def test_a_key_is_quarantined_and_revoked(program: Program, key: ApiKey, caller: Caller) -> None:
    assert program.send("POST", f"keys/{key.auth_key}/quarantine/", {"reason": "Seen in a log"})[0] == 200
    assert caller.bet().body["status"] == "RS_ERROR_INVALID_APIKEY"
    assert program.get(f"keys/{key.auth_key}/")["status"] == "quarantined"
    assert program.send("POST", f"keys/{key.auth_key}/revoke/", {})[1]["key"]["status"] == "revoked"
    assert program.send("POST", f"keys/{key.auth_key}/quarantine/", {})[1]["error"]["code"] == "key_revoked"
    assert program.send("GET", "keys/oppi_pub_live_none/")[0] == 404


# --- Allowlist --------------------------------------------------------------------------------------------------------
def test_a_list_is_tested_guarded_and_saved(program: Program, caller: Caller, acme: Merchant) -> None:
    caller.balance()
    request_log.drain_lines()
    standing = program.get("allowlist/")
    assert (standing["entries"], standing["key"]) == ([], None)
    shut = {"entries": [{"network": "203.0.113.9", "note": "Office"}]}
    status, tested = program.send("POST", "allowlist/rehearsal/", shut)
    assert status == 200
    assert tested["locked_out"]
    wish = shut | {"expected_version": standing["version"], "reason": "Move"}
    status, refused = program.send("PUT", "allowlist/", wish)
    assert (status, refused["error"]["code"]) == (409, "lock_out")
    assert not AllowlistEntry.objects.exists()
    status, answer = program.send("PUT", "allowlist/", wish | {"confirmed_code": "acme"})
    assert (status, answer["result"]) == (200, "done")
    assert answer["allowlist"]["entries"] == [{"network": "203.0.113.9", "note": "Office", "expires_at": None}]
    stale, told = program.send("PUT", "allowlist/", {"entries": [], "expected_version": standing["version"]})
    assert (stale, told["error"]["code"]) == (409, "list_changed")
    assert newest_deed(program)["reason"] == "Move"


@pytest.mark.parametrize("network", ["x", "0.0.0.0/0", ""])
def test_an_entry_that_is_none_is_refused(program: Program, network: str) -> None:
    wish = {"entries": [{"network": network}], "expected_version": 0}
    status, answer = program.send("PUT", "allowlist/", wish)
    assert status == 400, answer
    assert set(answer) == {"error"}


def test_our_staff_ask_where_two_persons_are_needed(support: Person, acme: Merchant, program_of: Make) -> None:
    Merchant.objects.filter(pk=acme.pk).update(two_person=True)
    factories.member(acme, "owner", email="first@acme.test")
    ours = program_of(support, None)
    wish = {"entries": [{"network": "203.0.113.9"}], "expected_version": 0, "reason": "Asked by phone"}
    status, answer = ours.send("PUT", "allowlist/", wish)
    assert (status, answer["result"]) == (202, "waiting_for_approval")
    assert Approval.objects.get().verb == "networks"
    assert not AllowlistEntry.objects.exists()


# --- Players and games ------------------------------------------------------------------------------------------------
def test_a_player_is_blocked_limited_and_unblocked(program: Program, caller: Caller) -> None:
    [player] = program.get("players/?player_id=player-1")["items"]
    at = f"players/{player['id']}/"
    assert program.send("POST", f"{at}block/", {})[0] == 400
    assert program.send("POST", f"{at}block/", {"reason": "Age"})[1]["is_blocked"] is True
    assert caller.bet().body["status"] == "RS_ERROR_PLAYER_BLOCKED"
    assert program.send("POST", f"{at}block/", {"reason": "Age"})[1]["error"]["code"] == "player_is_blocked"
    assert [each["id"] for each in program.get("players/?is_blocked=true")["items"]] == [player["id"]]
    assert program.send("POST", f"{at}unblock/", {})[1]["is_blocked"] is False
    none = {"bets_per_minute": None, "max_stake": None, "max_stake_by_currency": None}
    wanted = none | {"bets_per_minute": 5, "max_stake_by_currency": {"EUR": 100}}
    status, answer = program.send("PUT", f"{at}limits/", {"limits": wanted, "expected": none})
    assert (status, answer["bets_per_minute"], answer["max_stake_by_currency"]) == (200, 5, {"EUR": 100})
    assert (
        program.send("PUT", f"{at}limits/", {"limits": none, "expected": none})[1]["error"]["code"] == "changed_since"
    )
    of_any = {"limits": wanted | {"max_stake": 5}, "expected": wanted}
    assert program.send("PUT", f"{at}limits/", of_any)[1]["error"]["code"] == "stake_without_currency"
    assert caller.bet(101).body["status"] != "RS_OK"
    assert newest_deed(program)["door"] == "API token “Nightly job”"


def test_a_player_of_another_merchant_is_none(program: Program, rival: Merchant) -> None:
    theirs = Player.objects.create(merchant=rival, player_id="p")
    assert program.send("POST", f"players/{theirs.pk}/block/", {"reason": "x"})[0] == 404
    theirs.refresh_from_db()
    assert not theirs.is_blocked


def test_pages_of_a_list_follow_each_other(program: Program, acme: Merchant) -> None:
    Player.objects.bulk_create([Player(merchant=acme, player_id=f"p{number}") for number in range(5)])
    seen, cursor = list[str](), ""
    while True:
        found = program.get(f"players/?limit=2&cursor={cursor}")
        seen += [each["player_id"] for each in found["items"]]
        if (cursor := found["next"]) is None:
            break
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
    assert program.send("GET", "players/?limit=0")[0] == 400


def test_games_are_switched_for_this_merchant(program: Program, game: Game, acme: Merchant) -> None:
    [listed] = program.get("games/")["items"]
    assert listed == {"game_id": game.game_id, "name": game.name, "is_active": True, "is_off_for_all": False}
    wish = {"game_ids": [game.game_id], "is_on": False, "reason": "Licence"}
    assert program.send("POST", "games/switch/", wish) == (200, {"changed": 1})
    assert program.send("POST", "games/switch/", wish) == (200, {"changed": 0})
    assert DisabledGame.objects.get().merchant == acme
    assert program.send("POST", "games/switch/", wish | {"game_ids": ["none"]})[0] == 404
    assert program.send("POST", "games/switch/", wish | {"is_on": True}) == (200, {"changed": 1})


HOSTILE: list[Any] = [
    [],
    "x",
    1,
    {"limits": 1, "expected": {}},
    {"limits": {"bets_per_minute": 10**30, "max_stake": None, "max_stake_by_currency": None}, "expected": {}},
    {"limits": {"bets_per_minute": 1, "max_stake": 10**30, "max_stake_by_currency": {"eur": 1}}, "expected": {}},
    {"limits": {"bets_per_minute": 1, "max_stake": 1, "max_stake_by_currency": {"\x00": 1}}, "expected": {}},
    {"reason": "a\x00b"},
    {"reason": "\ud800"},
    {"reason": f"oppi_live_{'A' * 49}"},
    {"reason": "x" * 501},
    {"reason": ["x"]},
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: str(body)[:30].encode("ascii", "replace").decode())
@pytest.mark.parametrize("path", ["players/{id}/block/", "players/{id}/limits/", "games/switch/", "allowlist/"])
def test_a_hostile_body_is_refused_in_the_one_shape(program: Program, caller: Caller, path: str, body: Any) -> None:
    address = path.format(id=Player.objects.get().pk)
    method = "PUT" if address.endswith(("limits/", "allowlist/")) else "POST"
    status, answer = program.send(method, address, body)
    assert status in {400, 409}
    assert set(answer) == {"error"}
    assert not Player.objects.get().is_blocked


@pytest.mark.parametrize(("raw", "status"), [("[" * 100_000, 400), ("{", 400), ("x" * 1_100_000, 413)])
def test_a_body_that_is_too_deep_or_too_long_is_refused(program: Program, raw: str, status: int) -> None:
    sent = {"authorization": f"Bearer {program.token}"}
    address = f"{ROOT}merchants/acme/games/switch/"
    answer: Any = Client().generic("POST", address, raw, content_type="application/json", headers=sent)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}


# --- Statements and reports -------------------------------------------------------------------------------------------
def upload(program: Program, content: bytes, **fields: Any) -> tuple[int, Any]:
    file = SimpleUploadedFile("day.csv", content)
    sent = {"authorization": f"Bearer {program.token}"}
    response: Any = Client().post(f"{ROOT}merchants/acme/statements/", {"file": file} | fields, headers=sent)
    return response.status_code, response.json()


def test_a_statement_is_uploaded_once(program: Program, acme: Merchant, owner: Person) -> None:
    Merchant.objects.filter(pk=acme.pk).update(created_at=acme.created_at - timedelta(days=400))
    day = (acme.created_at - timedelta(days=3)).date()
    reconciling.plan(acme)
    content = b"transactionId,playerId,type,amount,currency,createdAt\n"
    status, answer = upload(program, content, day=day.isoformat())
    assert status == 202, answer
    assert answer["state"] == "received"
    assert upload(program, content, day=day.isoformat())[1]["id"] == answer["id"]
    kept = Statement.objects.get()
    assert (kept.by, str(kept.number)) == (owner, answer["id"])
    assert [each["id"] for each in program.get("statements/")["items"]] == [answer["id"]]
    far = day + timedelta(days=4000)
    assert upload(program, content, day=far.isoformat())[1]["error"]["code"] == "day_not_over"
    assert upload(program, content, day="yesterday")[0] == 400


def test_reports_and_breaks_of_a_day(program: Program, acme: Merchant) -> None:
    now = acme.created_at
    run = Reconciliation.objects.create(
        merchant=acme, day=reconciling.DATE, number=1, state="done", outcome="breaks", begun_at=now, done_at=now
    )
    Case.objects.create(
        merchant=acme, day=run.day, kind="amount", subject="tx", found_by=run, seen_by=run, opened_at=now
    )
    [report] = program.get("reports/")["items"]
    assert (report["day"], report["outcome"]) == (run.day.isoformat(), "breaks")
    assert program.get(f"reports/?before={run.day}") == {"items": []}
    [found] = program.get(f"reports/{run.day}/breaks/")["items"]
    assert (found["kind"], found["name"], found["subject"]) == ("amount", "Amount mismatch", "tx")
    assert program.send("GET", "reports/x/breaks/")[0] == 404


def test_the_history_hides_of_our_staff_what_the_pages_hide(
    program: Program, support: Person, caller: Caller, program_of: Make
) -> None:
    key = ApiKey.objects.get(merchant=program.row.merchant)
    program_of(support, None).send("POST", f"keys/{key.auth_key}/quarantine/", {"reason": "Seen on a forum"})
    deed = newest_deed(program)
    assert (deed["actor"], deed["door"], deed["address"], deed["reason"]) == ("support@oppi.test", "", "", "")
