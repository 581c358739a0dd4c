"""Secrets move to a new key-encryption key while calls go on, and nothing that happens meanwhile is lost."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.checks import run_checks
from django.core.management import call_command

from merchants.models import Merchant, Person, Secret
from merchants.services import credentials, keys, sealing
from portal.local.ports import free_port
from tests.conftest import Caller
from tests.people import give_totp
from tests.plugins.live import Live, serving
from tests.signing import Signer
from wallet.models.reconciliation_plan import StatementSource
from wallet.reconciliation import passwords, places

NEW = {"new": secrets.token_bytes(32)}


@pytest.fixture
def old(settings: Any) -> dict[str, bytes]:
    return dict(settings.KEY_ENCRYPTION_KEYS)


def rewrapped(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("rewrap_secrets", *options)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, capsys.readouterr().out


def under() -> dict[str, int]:
    return {sealed.key_id: sealed.rows for sealed in sealing.sealed_counts()}


def test_all_rows_move_and_open_to_the_same_secret(
    acme: Merchant, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    issued = [keys.issue_key(merchant=acme) for _ in range(3)]
    issued.append(keys.rotate_secret(key=issued[0].key))
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    code, out = rewrapped(capsys)
    assert code == 0
    assert "4 secrets moved to 'new'" in out
    assert "Remove them from KEY_ENCRYPTION_KEYS: 'test'" in out
    assert under() == {"new": 4}
    settings.KEY_ENCRYPTION_KEYS = NEW
    assert [credentials.reveal_secret(each.row.__class__.objects.get(pk=each.row.pk)) for each in issued] == [
        each.secret for each in issued
    ]


def test_it_changes_nothing_that_callers_or_caches_depend_on(
    caller: Caller, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    version = Merchant.objects.get(pk=caller.merchant.pk).access_version
    columns = [name for name in vars(Secret.objects.get()) if name not in {"_state", "sealed", "sealed_under"}]
    before = list(Secret.objects.values(*columns))
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    assert rewrapped(capsys)[0] == 0
    assert Merchant.objects.get(pk=caller.merchant.pk).access_version == version
    assert list(Secret.objects.values(*columns)) == before
    credentials.forget_credentials()
    settings.KEY_ENCRYPTION_KEYS = NEW
    assert caller.bet().body["status"] == "RS_OK"


def test_a_dry_run_and_a_check_move_nothing(
    acme: Merchant, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    keys.issue_key(merchant=acme)
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    assert rewrapped(capsys, "--dry-run") == (0, "1 secrets would be moved to 'new'.\n")
    code, out = rewrapped(capsys, "--check")
    assert code == 1
    assert "Do not remove it yet" in out
    assert under() == {"test": 1}


def test_the_check_is_content_when_all_are_moved(
    acme: Merchant, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    keys.issue_key(merchant=acme)
    assert rewrapped(capsys, "--check") == (0, "All secrets are sealed under 'test'.\n")


def test_rows_whose_key_is_missing_stay_and_are_told(
    acme: Merchant, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    keys.issue_key(merchant=acme)
    settings.KEY_ENCRYPTION_KEYS = NEW
    keys.issue_key(merchant=acme)
    code, out = rewrapped(capsys)
    assert code == 1
    assert "1 secrets were not moved: they are sealed under 'test', which is missing" in out
    assert under() == {"new": 1, "test": 1}


def test_a_row_that_was_tampered_with_is_told_and_the_others_move(
    acme: Merchant, settings: Any, old: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = keys.issue_key(merchant=acme), keys.issue_key(merchant=acme)
    Secret.objects.filter(pk=bad.row.pk).update(sealed=bytes(80))
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    code, out = rewrapped(capsys)
    assert code == 1
    assert f"{bad.key.auth_key} v1 cannot be opened" in out
    assert Secret.objects.get(pk=good.row.pk).sealed_under == "new"


def test_interrupted_it_says_how_far_it_came_and_the_next_run_goes_on(
    acme: Merchant, settings: Any, old: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for _ in range(5):
        keys.issue_key(merchant=acme)
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    monkeypatch.setattr(sealing, "BATCH", 2)
    whole = sealing.rewrap

    def stopped() -> Iterator[sealing.Progress]:
        yield next(whole())
        raise KeyboardInterrupt

    monkeypatch.setattr(sealing, "rewrap", stopped)
    code, out = rewrapped(capsys)
    assert code == 1
    assert "2 secrets moved" in out
    assert "Interrupted. 3 secrets remain." in out
    monkeypatch.setattr(sealing, "rewrap", whole)
    assert rewrapped(capsys)[0] == 0
    assert under() == {"new": 5}


def test_a_row_that_changed_meanwhile_is_left_as_it_is(acme: Merchant, settings: Any, old: dict[str, bytes]) -> None:
    """Another run of it was quicker: what that one wrote stays."""
    row = keys.issue_key(merchant=acme).row
    read = Secret.objects.select_related("key").get(pk=row.pk)
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    list(sealing.rewrap())
    written = bytes(Secret.objects.get(pk=row.pk).sealed)
    progress = sealing.Progress()
    sealing.rewrap_one(read, progress)
    assert progress.moved == 0
    assert bytes(Secret.objects.get(pk=row.pk).sealed) == written


# --- a key that is missing --------------------------------------------------------------------------------------------
def test_a_version_that_cannot_be_opened_takes_no_other_along(
    acme: Merchant, game: Any, settings: Any, old: dict[str, bytes], caplog: pytest.LogCaptureFixture
) -> None:
    first = keys.issue_key(merchant=acme)
    settings.KEY_ENCRYPTION_KEYS = NEW
    second = keys.rotate_secret(key=first.key)
    credentials.forget_credentials()
    by_old = Caller(acme, Signer(first.key.auth_key, first.secret), game)
    by_new = Caller(acme, Signer(first.key.auth_key, second.secret), game)
    assert by_new.deposit(100).status == "RS_OK"
    answer = by_old.balance()
    assert (answer.http_status, answer.body["status"]) == (500, "RS_ERROR")
    told = [record for record in caplog.messages if "secret.cannot_be_opened" in record]
    assert "'key_encryption_key': 'test'" in told[0]
    assert first.key.auth_key in told[0]
    settings.KEY_ENCRYPTION_KEYS = NEW | old
    assert by_old.balance().status == "RS_OK"


def test_a_key_of_which_none_opens_is_an_error_of_ours_and_not_an_invalid_key(caller: Caller, settings: Any) -> None:
    settings.KEY_ENCRYPTION_KEYS = NEW
    credentials.forget_credentials()
    answer = caller.bet()
    assert (answer.http_status, answer.body["status"]) == (500, "RS_ERROR")
    keys.revoke_key(key=Secret.objects.get().key)
    assert caller.bet().status == "INVALID_APIKEY"


def test_rotation_and_revocation_need_no_old_key(acme: Merchant, settings: Any) -> None:
    key = keys.issue_key(merchant=acme).key
    settings.KEY_ENCRYPTION_KEYS = NEW
    assert keys.rotate_secret(key=key).row.sealed_under == "new"
    assert keys.revoke_key(key=key).status == "revoked"


def test_the_system_check_names_the_missing_key(acme: Merchant, settings: Any) -> None:
    keys.issue_key(merchant=acme)
    assert run_checks(tags=["database"], databases=["default"]) == []
    settings.KEY_ENCRYPTION_KEYS = NEW
    [fault] = run_checks(tags=["database"], databases=["default"])
    assert fault.id == "merchants.E001"
    assert "'test'" in fault.msg


def test_the_system_check_names_a_key_that_second_factors_or_hosts_need(
    acme: Merchant, support: Person, settings: Any
) -> None:
    give_totp(support)
    place = places.parse_place("url", "https://files.example.com/{day}.csv")
    source = StatementSource(merchant=acme, kind="url", address="https://files.example.com/{day}.csv")
    passwords.seal_password(source, place, "open sesame")
    source.save()
    settings.KEY_ENCRYPTION_KEYS = NEW
    faults = [fault.msg for fault in run_checks(tags=["database"], databases=["default"])]
    assert any("1 second factors are sealed" in fault for fault in faults)
    assert any("1 statement sources are sealed" in fault for fault in faults)


# --- real processes ---------------------------------------------------------------------------------------------------
MAKE = """
import json
from uuid import uuid4
from merchants.models import Merchant
from merchants.services import keys
merchant = Merchant.objects.create(code=f"rewrap-{uuid4().hex[:8]}", name="Rewrap")
made = [keys.issue_key(merchant=merchant) for _ in range(80)]
print(json.dumps([merchant.code, made[0].key.auth_key, made[0].secret]))
"""
CHANGE = """
from merchants.models import ApiKey
from merchants.services import keys
for number, key in enumerate(ApiKey.objects.filter(merchant__code={code!r}).order_by("pk")[40:80]):
    keys.revoke_key(key=key) if number % 2 else keys.rotate_secret(key=key)
"""
STATE = """
    SELECT count(*) FILTER (WHERE k.status = 'revoked' AND s.revoked_at IS NOT NULL),
           count(*) FILTER (WHERE s.version = 1 AND s.usable_until IS NOT NULL),
           count(*) FILTER (WHERE s.version = 2), count(*) FILTER (WHERE s.sealed_under <> %s)
      FROM merchants_secret s JOIN merchants_apikey k ON k.id = s.key_id
      JOIN merchants_merchant m ON m.id = k.merchant_id
     WHERE m.code = %s
"""


def test_while_rows_move_calls_are_taken_and_no_rotation_or_revocation_is_lost(live: Live, tmp_path: Path) -> None:
    newer = f"newer:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    before = live.environment["KEY_ENCRYPTION_KEYS"]
    code, auth_key, secret = json.loads(live.manage("shell", "-v", "0", "-c", MAKE).stdout.strip().splitlines()[-1])
    port = free_port()
    moving = Live(
        f"http://127.0.0.1:{port}",
        live.dsn,
        live.environment | {"KEY_ENCRYPTION_KEYS": f"{newer},{before}"},
        tmp_path / "log",
    )
    answers, over = list[str](), threading.Event()
    try:
        with serving(moving, port), ThreadPoolExecutor() as pool:
            calling = pool.submit(call_until, over, moving, Signer(auth_key, secret), answers)
            jobs = [
                pool.submit(moving.manage, "rewrap_secrets"),
                pool.submit(moving.manage, "shell", "-v", "0", "-c", CHANGE.format(code=code)),
            ]
            try:
                done = [job.result() for job in jobs]
            finally:
                over.set()  # else the pool would wait for the caller for ever
            calling.result()
        assert [job.returncode for job in done] == [0, 0], [job.stderr for job in done]
        again = moving.manage("rewrap_secrets")  # what was issued under the older key's process meanwhile
        assert again.returncode == 0, again.stdout
        with psycopg.connect(live.dsn) as database:
            assert database.execute(STATE, ["newer", code]).fetchone() == (20, 20, 20, 0)
    finally:
        back = Live(live.base_url, live.dsn, live.environment | {"KEY_ENCRYPTION_KEYS": f"{before},{newer}"}, live.log)
        assert back.manage("rewrap_secrets").returncode == 0
    assert len(answers) > 20
    assert set(answers) == {"RS_OK"}


def call_until(over: threading.Event, portal: Live, signer: Signer, answers: list[str]) -> None:
    """Money moves on each call, so that the ledger has its say too. Under 503 it asks again, as callers are told to."""
    while not over.is_set():
        told = {"kind": "deposit", "transactionId": secrets.token_hex(8), "playerId": "ada", "currency": "EUR"}
        fields = {**told, "amount": 100}
        body = json.dumps(fields).encode()
        headers = signer.sign(body) | {"content-type": "application/json"}
        call = urllib.request.Request(f"{portal.base_url}/wallet/transaction/deposit", body, headers)
        try:
            with urllib.request.urlopen(call, timeout=30) as answer:
                answers.append(json.loads(answer.read())["status"])
        except urllib.error.HTTPError as busy:
            if busy.code != HTTPStatus.SERVICE_UNAVAILABLE:
                answers.append(f"{busy.code}")
