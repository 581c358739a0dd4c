"""From when on something is wrong. The alert rules (docs/alerts/rules.yaml) have the same numbers; a test compares."""

from __future__ import annotations

from datetime import timedelta

HEARTBEAT_OLD = timedelta(minutes=10)  # a job records it each minute
VERIFICATION_OLD = timedelta(hours=36)  # verified each night
BACKUP_OLD = timedelta(hours=26)  # made each day
RESTORE_TEST_OLD = timedelta(days=8)  # made each week
QUEUE_DEEP = 1_000  # jobs
WATERMARK_BEHIND = 100_000  # rows that are not summed up
REPLICA_BEHIND = 64 * 1024 * 1024  # bytes of WAL
PARTITIONS_AHEAD = 2
DISK_LOW, DISK_FULL = 0.10, 0.03  # free, of a disk
CLOCK_APART = timedelta(seconds=2)
