from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core import mail
from django.utils import timezone

from merchants.models import Merchant, SeenOrigin
from merchants.services import keys
from portal.celery import app
from portal.lib import clock
from portal.lib.ends_with_parent import tethered_command
from tests.conftest import Caller
from tests.plugins.database_role import unguarded
from tests.plugins.live import CHECKOUT, STOP_SECONDS, Live
from wallet import tasks
from wallet.models import RefusedCall

DONE_WITHIN_SECONDS = 120
RECIPIENTS = ["books@oppi.example"]


@pytest.fixture
def tampered(caller: Caller) -> Caller:
    with unguarded() as cursor:
        cursor.execute("UPDATE wallet_account SET balance = balance + 7 WHERE kind = 'player'")
    return caller


def refused_call(days_ago: float) -> RefusedCall:
    moment = timezone.now() - timedelta(days=days_ago)
    return RefusedCall.objects.create(request_id=uuid4(), created_at=moment, headers={}, body=b"{}")


def test_no_mail_when_the_books_hold(caller: Caller) -> None:
    tasks.verify_ledger()
    assert mail.outbox == []


def test_an_alarm_when_they_do_not(tampered: Caller, settings: Any) -> None:
    settings.LEDGER_ALARM_TO = RECIPIENTS
    tasks.verify_ledger()
    [email] = mail.outbox
    assert isinstance(email, mail.EmailMultiAlternatives)
    assert email.to == RECIPIENTS
    assert email.subject == "The ledger does not balance"
    [(html, _)] = email.alternatives
    for part in (str(email.body), str(html)):
        assert "acme" in part
        assert "1000007" in part
        assert "1000000" in part
        assert tampered.player not in part
        assert "Ada" not in part


def test_the_alarm_names_a_row_that_does_not_follow(caller: Caller, settings: Any) -> None:
    settings.LEDGER_ALARM_TO = RECIPIENTS
    caller.bet(500, transactionId="forged")
    with unguarded() as cursor:
        cursor.execute("UPDATE wallet_transaction SET balance = balance + 7 WHERE kind = 'bet' RETURNING id")
        [(row,)] = cursor.fetchall()
    tasks.verify_ledger()
    [email] = mail.outbox
    assert isinstance(email, mail.EmailMultiAlternatives)
    [(html, _)] = email.alternatives
    for part in (str(email.body), str(html)):
        assert all(told in part for told in (str(row), "acme", "999507", "999500"))
        assert caller.player not in part


def test_bodies_of_refused_calls_are_forgotten_after_a_week(db: None, settings: Any) -> None:
    settings.REFUSED_BODY_DAYS = 7
    kept = {refused_call(days).pk for days in (0, 6.9)}
    for days in (7.1, 30):
        refused_call(days)
    tasks.purge_refused_calls()
    assert set(RefusedCall.objects.values_list("pk", flat=True)) == kept


def test_they_are_forgotten_in_bounded_pieces(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(tasks, "DELETED_AT_ONCE", 2)
    for _ in range(5):
        refused_call(8)
    with django_assert_max_num_queries(4 + 4):  # used forms, files that were shown, hours, signatures that stand whole
        tasks.purge_refused_calls()
    assert not RefusedCall.objects.exists()


def test_hosts_that_nobody_asks_for_are_forgotten(acme: Merchant) -> None:
    key = keys.issue_key(merchant=acme).key
    for days in (1, 29, 31):
        SeenOrigin.objects.create(key=key, host=f"{days}.example", last_seen_at=clock.now() - timedelta(days=days))
    tasks.purge_origins()
    assert {seen.host for seen in SeenOrigin.objects.all()} == {"1.example", "29.example"}


def test_the_timetable_names_jobs_that_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


@pytest.fixture
def worker(live: Live, tmp_path: Path) -> Iterator[None]:
    """A worker process at the real broker, with the database of the running portal."""
    options = ["--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "info"]
    command = [sys.executable, "-m", "celery", "--app", "portal.celery:app", "worker", *options]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            tethered_command(command),
            env=live.environment,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


@pytest.mark.parametrize("name", ["wallet.tasks.purge_refused_calls", "wallet.tasks.forget_refused_calls"])
def test_a_worker_at_the_real_broker_does_the_job_by_its_name_and_its_former_name(
    live: Live, worker: None, tmp_path: Path, name: str
) -> None:
    with psycopg.connect(live.dsn, autocommit=True) as database:
        database.execute(
            "INSERT INTO wallet_refusedcall (request_id, created_at, query, headers, body)"
            " VALUES (gen_random_uuid(), now() - interval '8 days', '', '{}', '')"
        )
        sent = live.manage("shell", "-c", f"from portal.celery import app; app.send_task('{name}')")
        assert sent.returncode == 0, sent.stderr
        deadline = time.monotonic() + DONE_WITHIN_SECONDS
        while old_calls(database):
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)


def old_calls(database: psycopg.Connection) -> int:
    [(count,)] = database.execute(
        "SELECT count(*) FROM wallet_refusedcall WHERE created_at < now() - interval '7 days'"
    ).fetchall()
    return int(count)
