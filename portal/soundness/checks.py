"""Every check of the installation, in the order in which they are listed. Each returns one Finding."""

from __future__ import annotations

from portal.soundness import database_checks, machine_checks, work_checks
from portal.soundness.findings import Check

CHECKS: tuple[Check, ...] = (
    Check("database", "Database", database_checks.server),
    Check("settings", "Settings of the database", database_checks.settings_of_server),
    Check("migrations", "Migrations", database_checks.migrations),
    Check("guards", "Roles, rights and triggers", database_checks.guards),
    Check("deadlines", "Deadlines of signed calls", database_checks.deadlines),
    Check("standby", "Synchronous standby", database_checks.standby),
    Check("archive", "Archive of WAL", database_checks.archive),
    Check("backup", "Backup", machine_checks.backup, asks_database=False),
    Check("restore", "Restore test", machine_checks.restore_test, asks_database=False),
    Check("disk", "Free disk space", machine_checks.disk, asks_database=False),
    Check("log", "Size of the request log", database_checks.log_size),
    Check("clock", "Clock", database_checks.clocks),
    Check("proxies", "Trusted proxies", machine_checks.proxies),
    Check("key-encryption-keys", "Key-encryption keys", machine_checks.key_encryption_keys),
    Check("alarms", "Recipients of alarms", machine_checks.alarm_recipients, asks_database=False),
    Check("heartbeat", "Beat and workers", work_checks.heartbeats),
    Check("broker", "Broker and queues", work_checks.queues, asks_database=False),
    Check("cache", "Cache", work_checks.cache, asks_database=False),
    Check("watermarks", "Summaries of usage", work_checks.watermarks),
    Check("ledger", "Verification of the ledger", work_checks.ledger),
    Check("history", "Verification of the history", work_checks.history),
    Check("days", "Reconciliation", work_checks.days),
    Check("outbox", "Outgoing emails", work_checks.outbox),
    Check("mail", "Mail server", machine_checks.mail_server, asks_database=False, reaches_out=True),
)
