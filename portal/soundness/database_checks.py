"""Checks of the database: its settings, its standby, and whether it is what the code expects."""

from __future__ import annotations

from itertools import islice

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat

from portal.database import start
from portal.database.checks import HINT, guard_findings
from portal.lib import clock
from portal.soundness import limits, replication, storage
from portal.soundness.findings import Finding, broken, ok, warning

OLDEST_VERSION = 18
LOCKS = 256  # max_locks_per_transaction (decision 0006)
LASTING = {"on", "remote_apply"}  # values of synchronous_commit
SHOWN = 3
SERVER = "SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery()"
SETTINGS = "SELECT current_setting('synchronous_commit'), current_setting('max_locks_per_transaction')::int"
ONE_SETTING = "SELECT setting, unit FROM pg_settings WHERE name = %s"


def server() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(SERVER)
        version, is_standby = cursor.fetchone()
    if is_standby:
        return broken("DATABASE_URL leads to a standby.", "Add target_session_attrs=read-write to DATABASE_URL.")
    if version < OLDEST_VERSION:
        return broken(f"This is PostgreSQL {version}.", f"Upgrade to PostgreSQL {OLDEST_VERSION}.")
    return ok(f"PostgreSQL {version} answers.")


def settings_of_server() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        commit, locks = cursor.fetchone()
    if commit not in LASTING:
        return broken(
            f"synchronous_commit is {commit}: a crash can lose answered bets.", "Set synchronous_commit to on."
        )
    if locks < LOCKS:
        return warning(f"max_locks_per_transaction is {locks}.", f"Set max_locks_per_transaction to {LOCKS} or more.")
    return ok("Answered bets are on disk.")


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return broken(f"{len(plan)} migrations are not applied, first {plan[0][0]}.", "Run manage.py migrate.")
    return ok("All migrations are applied.")


def guards() -> Finding:
    differences = list(islice(guard_findings(connection), SHOWN))
    if differences:
        return broken(" ".join(sentence for _, sentence in differences), HINT)
    return ok("Roles, rights, functions and triggers match the code.")


def deadlines() -> Finding:
    """Compare what a connection for signed calls has; a pooler drops the deadlines without a word."""
    if settings.WALLET_DATABASE == "default":
        return ok("Not applicable: signed calls use the connections of pages here.")
    lost = [name for name, *_ in start.lost_deadlines(connections[settings.WALLET_DATABASE])]
    if lost:
        return broken(
            f"Connections for signed calls lost these settings: {', '.join(lost)}.",
            "Set WALLET_DATABASE_URL to a role that manage.py make_roles has made, or connect to PostgreSQL directly.",
        )
    return ok("Connections for signed calls keep their deadlines.")


def standby() -> Finding:
    known = replication.replication()
    if not known.required:
        if not settings.PRODUCTION:
            return ok("Not applicable: no synchronous standby is configured.")
        return warning(
            "No synchronous standby is configured. If the database server is lost, answered bets are lost with it.",
            "Set up a standby, and set synchronous_standby_names.",
        )
    if known.is_hidden:
        return warning("The portal has no right to read the state of standbys.", "Run manage.py make_roles.")
    if not known.synchronous:
        return broken(
            "No synchronous standby is connected: bets are answered 503.",
            "Start the standby, or remove its name from synchronous_standby_names.",
        )
    behind = max(each.bytes for each in known.standbys)
    if behind > limits.REPLICA_BEHIND:
        return warning(f"A standby is {filesizeformat(behind)} behind.", "Check its disk and network.")
    return ok(f"Synchronous standbys that are connected: {known.synchronous}.")


def archive() -> Finding:
    known = replication.archive()
    if known.is_received is False:
        return broken("Nobody receives WAL for the backup.", "Start manage.py receive_wal, and read its output.")
    if known.is_failing:
        return broken("The last WAL file could not be archived.", "Read PostgreSQL's log: archive_command fails.")
    if known.is_received is None and settings.BACKUP_FOLDER and not known.is_on:
        return warning(
            "Nobody receives WAL for the backup: only the moments of backups can be restored.",
            "Start manage.py receive_wal.",
        )
    if known.is_received:
        return ok("WAL is received for the backup.")
    if not known.is_on:
        return ok("Not applicable: archive_mode is off. A backup tool may stream WAL instead.")
    return ok("WAL is archived.")


def log_size() -> Finding:
    size, ahead = storage.sizes(), storage.partitions_ahead()
    fact = f"The request log has {filesizeformat(size.log)}, the ledger {filesizeformat(size.ledger)}."
    if ahead is not None and ahead < limits.PARTITIONS_AHEAD:
        return broken(f"Only {ahead} partitions of the request log are ready.", "Start beat and the default worker.")
    return ok(fact)


def clocks() -> Finding:
    before = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    after = clock.now()
    apart = max(before - theirs, theirs - after)
    if apart > limits.CLOCK_APART:
        return broken(
            f"The clocks of this machine and of the database differ by {apart.total_seconds():.1f} seconds.",
            "Synchronise both with a time server: the check of a signature uses the clock.",
        )
    return ok("The clocks of this machine and of the database agree.")
