"""The jobs' application and its timetable; what a job does is a service of its app."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, heartbeat_sent, worker_init
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal", task_cls="portal.jobs:Job")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_scheduler = "portal.leader:LeadingScheduler"
app.autodiscover_tasks()


FORMER_NAMES = {  # queued by the version before, which the next version no longer knows (docs/upgrading.md)
    "merchants.tasks.put_lists_back": "merchants.tasks.restore_allowlists",
    "merchants.tasks.remind_of_ends": "merchants.tasks.remind_of_expiry",
    "merchants.tasks.send_letters": "merchants.tasks.send_emails",
    "merchants.tasks.tell_owners_of_changes": "merchants.tasks.notify_owners_of_changes",
    "merchants.tasks.write_reset_letters": "merchants.tasks.write_reset_email",
    "wallet.tasks.forget_origins": "wallet.tasks.purge_origins",
    "wallet.tasks.forget_refused_calls": "wallet.tasks.purge_refused_calls",
    "wallet.tasks.sweep_statement_files": "wallet.tasks.purge_statement_files",
}


@worker_init.connect
def register_former_names(**_: object) -> None:
    for former, name in FORMER_NAMES.items():
        app.tasks[former] = app.tasks[name]


@worker_init.connect
@beat_init.connect
def guard_start(**_: object) -> None:
    from portal.database import start  # noqa: PLC0415 - Django is set up by now

    start.guard_start()


@heartbeat_sent.connect
def touch_alive(**_: object) -> None:
    from portal import leader  # noqa: PLC0415 - as above

    leader.touch_alive()


BACKUPS = {  # where BACKUP_FOLDER is set
    "make-backup": {
        "task": "portal.tasks.make_backup",
        "schedule": crontab(hour="1", minute="10"),
        "options": {"expires": 20 * 3600},
    },
    "test-restore": {
        "task": "portal.tasks.test_restore",
        "schedule": crontab(day_of_week="sun", hour="3", minute="40"),
        "options": {"expires": 20 * 3600},
    },
    "watch-backups": {"task": "portal.tasks.watch_backups", "schedule": crontab(minute="33")},
}
app.conf.beat_schedule = {
    "heartbeat-of-the-worker": {
        "task": "merchants.tasks.record_heartbeat",
        "args": ["worker"],
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "heartbeat-of-the-reconciler": {
        "task": "merchants.tasks.record_heartbeat",
        "args": ["reconciler"],
        "schedule": crontab(),
        "options": {"expires": 55, "queue": "reconciliation"},
    },
    "verify-the-ledger": {"task": "wallet.tasks.verify_ledger", "schedule": crontab(hour="2", minute="30")},
    "seal-chains": {"task": "merchants.tasks.seal_chains", "schedule": crontab(), "options": {"expires": 55}},
    "verify-the-history": {"task": "merchants.tasks.verify_history", "schedule": crontab(hour="2", minute="50")},
    "purge-refused-bodies": {"task": "wallet.tasks.purge_refused_calls", "schedule": crontab(minute="17")},
    "purge-request-log": {"task": "wallet.tasks.purge_request_log", "schedule": crontab(minute="27")},
    "purge-origins": {"task": "wallet.tasks.purge_origins", "schedule": crontab(minute="37")},
    "send-emails": {"task": "merchants.tasks.send_emails", "schedule": crontab(), "options": {"expires": 55}},
    "deliver-events": {"task": "merchants.tasks.deliver_events", "schedule": crontab(), "options": {"expires": 55}},
    "notify-owners-of-changes": {
        "task": "merchants.tasks.notify_owners_of_changes",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "restore-allowlists": {
        "task": "merchants.tasks.restore_allowlists",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "expire-approvals": {"task": "merchants.tasks.expire_approvals", "schedule": crontab(minute="*/10")},
    "remind-of-expiry": {"task": "merchants.tasks.remind_of_expiry", "schedule": crontab(minute="7")},
    "raise-sign-in-alarm": {"task": "merchants.tasks.raise_sign_in_alarm", "schedule": crontab(minute="*/5")},
    "purge-old-sessions": {"task": "merchants.tasks.purge_old_sessions", "schedule": crontab(minute="47")},
    "purge-old-rows": {"task": "merchants.tasks.purge_old_rows", "schedule": crontab(hour="4", minute="21")},
    "sum-up-usage": {"task": "wallet.tasks.sum_up_usage", "schedule": crontab(), "options": {"expires": 55}},
    "write-waiting-exports": {
        "task": "wallet.tasks.write_waiting_exports",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "delete-old-exports": {"task": "wallet.tasks.delete_old_exports", "schedule": crontab(minute="*/10")},
    "play-waiting-simulations": {
        "task": "wallet.tasks.play_waiting_simulations",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "purge-simulations": {"task": "wallet.tasks.purge_simulations", "schedule": crontab(minute="57")},
    "end-quiet-overlaps": {"task": "wallet.tasks.end_quiet_overlaps", "schedule": crontab(minute="*/5")},
    "reconcile-days": {"task": "wallet.tasks.reconcile_days", "schedule": crontab(), "options": {"expires": 55}},
    "read-statements": {"task": "wallet.tasks.read_statements", "schedule": crontab(), "options": {"expires": 55}},
    "fetch-statements": {"task": "wallet.tasks.fetch_statements", "schedule": crontab(), "options": {"expires": 55}},
    "look-up-waiting-host-keys": {
        "task": "wallet.tasks.look_up_waiting_host_keys",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "raise-reconciliation-alarms": {
        "task": "wallet.tasks.raise_reconciliation_alarms",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    "raise-traffic-alarms": {
        "task": "wallet.tasks.raise_traffic_alarms",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    "prepare-waiting-settlements": {
        "task": "wallet.tasks.prepare_waiting_settlements",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "purge-statement-files": {"task": "wallet.tasks.purge_statement_files", "schedule": crontab(hour="4", minute="41")},
    "remind-of-due-months": {"task": "wallet.tasks.remind_of_due_months", "schedule": crontab(hour="7", minute="5")},
    "remind-of-due-cases": {"task": "wallet.tasks.remind_of_due_cases", "schedule": crontab(minute="*/15")},
    "age-cases": {"task": "wallet.tasks.age_cases", "schedule": crontab(minute="11")},
}
if settings.BACKUP_FOLDER:
    app.conf.beat_schedule |= BACKUPS
