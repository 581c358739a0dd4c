"""`manage.py doctor` and its page: each fault is a line with a level and with what to do."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

import merchants.tasks
import wallet.tasks
from merchants.models import Heartbeat, Merchant, OutgoingEmail, Secret
from merchants.services import heartbeats
from portal.celery import app
from portal.database import roles
from portal.lib import clock
from portal.lib.clientip import parse_networks
from portal.local.ports import free_port
from portal.soundness import checks, database_checks, doctor, machine_checks, work_checks
from portal.soundness.findings import Check, Finding, Level, ok
from tests import factories
from tests.conftest import Caller
from tests.people import signed_in
from tests.plugins.database_role import as_superuser
from tests.plugins.live import Live
from tests.wallet.clusters import frozen, own_cluster, standby_of
from tests.wallet.conftest import until
from wallet.models import BookFinding
from wallet.services.log import request_log

DAY = timedelta(days=1)
Job = Heartbeat.Job


def levels_but_ok() -> dict[str, Level]:
    return {line.name: line.finding.level for line in doctor.examine() if line.finding.level}


@pytest.fixture
def alive(db: None) -> None:
    """All jobs ran just now; and a server that does not keep what the tests do says so."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = on")
    for job in Job:
        heartbeats.record(job)


# --- each fault is found ----------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("alive")
def test_a_sound_installation_is_ok() -> None:
    lines = list(doctor.examine())
    assert levels_but_ok() == {}
    assert [line.name for line in lines] == [check.name for check in checks.CHECKS]
    assert all(not line.finding.action for line in lines)


def test_a_job_that_is_silent_is_broken(alive: None) -> None:
    Heartbeat.objects.filter(job=Job.RECONCILER).update(at=clock.now() - timedelta(minutes=11))
    finding = work_checks.heartbeats()
    assert finding.level == Level.BROKEN
    assert "reconciliation worker" in finding.fact
    assert "default worker" not in finding.fact


@pytest.mark.parametrize(("check", "job"), [(work_checks.ledger, Job.LEDGER), (work_checks.history, Job.HISTORY)])
def test_a_verification_that_is_old_or_found_a_difference_is_broken(
    alive: None, check: Callable[[], Finding], job: Heartbeat.Job
) -> None:
    with clock.frozen_at(clock.now() + timedelta(hours=37)):
        assert check().level == Level.BROKEN
    heartbeats.record(job, is_good=False)
    assert check().level == Level.BROKEN
    heartbeats.record(job)
    assert check().level == Level.OK


@pytest.mark.django_db
def test_a_new_installation_is_warned_of_what_has_not_run_yet() -> None:
    begun = heartbeats.installed_at()
    assert begun is not None
    with clock.frozen_at(begun + timedelta(minutes=1)):
        assert work_checks.heartbeats().level == Level.WARNING
        assert work_checks.ledger().level == Level.WARNING
    with clock.frozen_at(begun + 2 * DAY):
        assert work_checks.ledger().level == Level.BROKEN


def test_a_difference_in_the_books_is_broken(alive: None, acme: Merchant) -> None:
    BookFinding.objects.create(merchant=acme, origin="rows", kind="balance", subject="row 1", ours={}, difference=1)
    assert work_checks.ledger().level == Level.BROKEN


@pytest.mark.django_db
def test_a_stuck_email_is_broken() -> None:
    OutgoingEmail.objects.create(to="a@b.example", template="x", context={}, due_at=clock.now() - timedelta(hours=1))
    assert work_checks.outbox().level == Level.BROKEN


def test_a_missing_key_encryption_key_is_broken(caller: Caller, settings: Any) -> None:
    key_id = Secret.objects.values_list("sealed_under", flat=True).first()
    settings.KEY_ENCRYPTION_KEYS = {"other": b"x" * 32}
    finding = machine_checks.key_encryption_keys()
    assert finding.level == Level.BROKEN
    assert f"“{key_id}”" in finding.fact


@pytest.mark.django_db
def test_a_table_that_somebody_changed_by_hand_is_broken() -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON wallet_transaction TO PUBLIC")
    assert database_checks.guards().level == Level.BROKEN


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_is_broken() -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'merchants' AND name > '0045'")
    assert database_checks.migrations().level == Level.BROKEN


BACKUPS: list[tuple[Any, Level, Level]] = [
    ({"finished_at": timedelta(hours=2), "restore_tested_at": DAY}, Level.OK, Level.OK),
    ({"finished_at": 3 * DAY, "restore_tested_at": 30 * DAY}, Level.BROKEN, Level.BROKEN),
    ({"finished_at": timedelta(hours=2)}, Level.OK, Level.WARNING),
    ("not JSON", Level.BROKEN, Level.BROKEN),
    (None, Level.WARNING, Level.WARNING),
]


@pytest.mark.parametrize(("record", "backup", "restore"), BACKUPS)
def test_the_age_of_backup_and_restore_test(
    tmp_path: Path, settings: Any, record: Any, backup: Level, restore: Level
) -> None:
    settings.PRODUCTION, settings.BACKUP_RECORD = True, str(tmp_path / "backup.json")
    if isinstance(record, dict):
        record = json.dumps({name: (clock.now() - age).isoformat() for name, age in record.items()})
    if record is not None:
        Path(settings.BACKUP_RECORD).write_text(record)
    assert (machine_checks.backup().level, machine_checks.restore_test().level) == (backup, restore)


def test_production_without_a_standby_is_warned(db: None, settings: Any) -> None:
    settings.PRODUCTION = True
    assert database_checks.standby().level == Level.WARNING


def test_commits_that_a_crash_can_lose_are_broken(alive: None) -> None:
    assert database_checks.settings_of_server().level == Level.OK
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = local")
    assert database_checks.settings_of_server().level == Level.BROKEN


@pytest.mark.django_db(databases=["default", "wallet"])
def test_deadlines_that_a_pooler_drops_are_broken(settings: Any) -> None:
    settings.WALLET_DATABASE = "wallet"
    try:
        assert database_checks.deadlines().level == Level.OK
        with connections["wallet"].cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")
        finding = database_checks.deadlines()
    finally:
        connections["wallet"].close()
    assert finding.level == Level.BROKEN
    assert "lock_timeout" in finding.fact


def test_the_application_may_see_the_state_of_standbys(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, pg_has_role('pg_read_all_stats', 'USAGE')")
        assert cursor.fetchone() == (roles.APPLICATION, True)


@pytest.mark.parametrize("name", machine_checks.ALARMS)
def test_an_alarm_without_a_recipient_is_broken(settings: Any, name: str) -> None:
    setattr(settings, name, [" "])
    assert machine_checks.alarm_recipients().level == Level.BROKEN
    settings.PRODUCTION = True
    setattr(settings, name, ["somebody@portal.invalid"])
    assert machine_checks.alarm_recipients().level == Level.BROKEN


def test_a_proxy_that_is_not_trusted_is_found(caller: Caller, settings: Any) -> None:
    settings.PRODUCTION = True
    for _ in range(machine_checks.ENOUGH):
        caller.call("/wallet/balance", {}, meta={"REMOTE_ADDR": "10.0.0.9"})
    request_log.drain_lines()
    finding = machine_checks.proxies()
    assert finding.level == Level.WARNING
    assert "private addresses" in finding.fact
    settings.TRUSTED_PROXIES = parse_networks(["192.0.2.1"])
    assert machine_checks.proxies().level == Level.WARNING


def test_a_clock_that_differs_is_broken(db: None) -> None:
    with clock.frozen_at(clock.now() + timedelta(minutes=5)):
        assert database_checks.clocks().level == Level.BROKEN


# --- heartbeats -------------------------------------------------------------------------------------------------------
def test_beat_has_each_worker_record_a_heartbeat(db: None) -> None:
    entries = [each for each in app.conf.beat_schedule.values() if each["task"] == "merchants.tasks.record_heartbeat"]
    for entry in entries:
        app.tasks[entry["task"]](*entry["args"])
    assert set(heartbeats.latest()) == {Job.WORKER, Job.RECONCILER}
    queues = {entry["args"][0]: entry["options"].get("queue", "celery") for entry in entries}
    assert queues == {"worker": "celery", "reconciler": "reconciliation"}


def test_verifications_record_what_they_found(acme: Merchant) -> None:
    wallet.tasks.verify_ledger()
    merchants.tasks.verify_history()
    assert {job: beat.is_good for job, beat in heartbeats.latest().items()} == {Job.LEDGER: True, Job.HISTORY: True}


# --- the mail server --------------------------------------------------------------------------------------------------
@contextmanager
def server_that_says(*lines: bytes) -> Iterator[int]:
    """A server that says each line and waits for an answer to it."""

    def serve() -> None:
        near, _ = listener.accept()
        with near:
            for line in lines:
                near.sendall(line)
                near.recv(1024)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]


def mailer(port: int, *, use_tls: bool = False) -> dict[str, Any]:
    options = {"host": "127.0.0.1", "port": port, "use_tls": use_tls, "use_ssl": False, "password": "hush"}
    return {"default": {"BACKEND": "portal.lib.smtp.EmailBackend", "OPTIONS": options}}


def test_a_mail_server_is_greeted_and_gets_no_email(settings: Any) -> None:
    with server_that_says(b"220 here\r\n", b"250-here\r\n250 STARTTLS\r\n", b"221 bye\r\n") as port:
        settings.MAILERS = mailer(port, use_tls=True)
        assert machine_checks.mail_server().level == Level.OK
    with server_that_says(b"220 here\r\n", b"250 here\r\n", b"221 bye\r\n") as port:
        settings.MAILERS = mailer(port, use_tls=True)
        assert "STARTTLS" in machine_checks.mail_server().fact


def test_a_mail_server_that_is_away_or_says_nothing_is_broken(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "MAIL_SECONDS", 0.2)
    settings.MAILERS = mailer(free_port())
    assert machine_checks.mail_server().level == Level.BROKEN
    with server_that_says() as port:
        settings.MAILERS = mailer(port)
        assert machine_checks.mail_server().level == Level.BROKEN


# --- one check stops no other -----------------------------------------------------------------------------------------
def fail() -> Finding:
    raise ValueError("password=hush")


def hang() -> Finding:
    threading.Event().wait(60)
    return ok("never")


def sleep_in_database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    return ok("never")


def break_transaction() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    return ok("never")


def test_checks_that_fail_or_hang_stop_no_other(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CHECK_SECONDS", 0.5)
    made = (
        Check("fails", "Fails", fail, asks_database=False),
        Check("hangs", "Hangs", hang, asks_database=False),
        Check("sleeps", "Sleeps", sleep_in_database),
        Check("breaks", "Breaks", break_transaction),
        Check("works", "Works", lambda: ok("Fine.")),
    )
    monkeypatch.setattr(doctor, "CHECKS", made)
    lines = {line.name: line.finding for line in doctor.examine()}
    assert [finding.level for finding in lines.values()] == [Level.BROKEN] * 4 + [Level.OK]
    assert lines["hangs"].fact == lines["sleeps"].fact == "No answer within 0.5 seconds."
    assert "hush" not in str(lines)


# --- the command and the page -----------------------------------------------------------------------------------------
def outcome(*arguments: str) -> tuple[int, str]:
    told = StringIO()
    try:
        call_command("doctor", *arguments, stdout=told)
    except SystemExit as end:
        return int(str(end.code)), told.getvalue()
    return 0, told.getvalue()


def test_the_exit_code_is_the_worst_level(alive: None, settings: Any) -> None:
    code, told = outcome()
    assert code == Level.OK
    assert len(told.splitlines()) == len(checks.CHECKS)
    assert re.search("^ok +Clock +The clocks of this machine and of the database agree.$", told, re.MULTILINE)
    with as_superuser():
        Heartbeat.objects.filter(job=Job.LEDGER).delete()
    assert levels_but_ok() == {"ledger": Level.WARNING}
    assert outcome()[0] == Level.WARNING
    settings.LEDGER_ALARM_TO = [""]
    code, told = outcome("--json")
    read = json.loads(told)
    assert (code, read["level"]) == (Level.BROKEN, "broken")
    found = {check["check"]: check for check in read["checks"]}
    assert found["alarms"]["level"] == "broken"
    assert found["alarms"]["action"]
    assert found["clock"] == {
        "check": "clock",
        "title": "Clock",
        "level": "ok",
        "fact": "The clocks of this machine and of the database agree.",
        "action": "",
    }


def test_the_page_has_the_list_without_what_asks_other_hosts(alive: None, client: Client) -> None:
    signed_in(client, factories.person("root", staff_role="administrator"))
    answer = client.get("/admin/health/")
    page = answer.content.decode()
    shown = [check for check in checks.CHECKS if not check.reaches_out]
    assert answer.status_code == 200
    assert all(f'id="{check.name}"' in page for check in shown)
    assert 'id="mail"' not in page
    assert "Installation health" in client.get("/admin/").content.decode()


def test_support_does_not_see_the_page(db: None, client: Client) -> None:
    signed_in(client, factories.person("support", staff_role="support"))
    assert client.get("/admin/health/").status_code == 403
    assert "Installation health" not in client.get("/admin/").content.decode()


# --- on a real installation -------------------------------------------------------------------------------------------
def test_a_running_portal_is_examined(live: Live) -> None:
    done = live.manage("doctor", "--json")
    found = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert found["deadlines"]["fact"] == "Connections for signed calls keep their deadlines."
    assert {found[name]["level"] for name in ("database", "migrations", "guards", "clock", "broker", "cache")} == {"ok"}
    assert live.environment["SECRET_KEY"] not in done.stdout


def standby_line(portal: Live) -> dict[str, str]:
    checks_told: list[dict[str, str]] = json.loads(portal.manage("doctor", "--json").stdout)["checks"]
    return next(check for check in checks_told if check["check"] == "standby")


@pytest.mark.xdist_group("clusters")
def test_a_standby_is_seen_and_missed(tmp_path: Path) -> None:
    with own_cluster() as primary:
        environment = os.environ | {"DATABASE_URL": primary.url, "WALLET_ON_DEFAULT": "false"}
        portal = Live("", primary.url, environment, tmp_path / "log")
        with standby_of(primary), psycopg.connect(primary.url, autocommit=True) as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            session.execute("SELECT pg_reload_conf()")
            found = "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'"
            until(lambda: bool(session.execute(found).rowcount))
            assert standby_line(portal)["fact"] == "Synchronous standbys that are connected: 1."
        assert standby_line(portal)["level"] == "broken"
        with frozen(primary):
            done = portal.manage("doctor", "--json")
    facts = {check["check"]: check["fact"] for check in json.loads(done.stdout)["checks"]}
    assert facts["database"] == "The database does not answer."
    assert facts["days"] == "Not checked: the database does not answer."


def test_a_database_that_is_away_is_said_once_and_nothing_hangs(live: Live) -> None:
    environment = live.environment | {"DATABASE_URL": f"postgres://portal@127.0.0.1:{free_port()}/none"}
    done = Live(live.base_url, live.dsn, environment, live.log).manage("doctor", "--json", timeout=60)
    assert done.returncode == Level.BROKEN
    found = {check["check"]: check for check in json.loads(done.stdout)["checks"]}
    assert found["database"]["fact"] == "The database does not answer."
    assert found["guards"]["fact"] == "Not checked: the database does not answer."
    assert found["broker"]["level"] == "ok"
