"""The versions of the portal that have migrated a database, and whether this version may.

A version upgrades from `UPGRADES_FROM` or later, because its migrations no longer know what older versions left. A
skipped stop is refused before anything is changed (docs/upgrading.md).
"""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError

from portal import UPGRADES_FROM, __version__

TABLE = "merchants_release"
UNNAMED = "0.1.0"  # the versions before the first that was recorded
KNOWN = """
    SELECT to_regclass('django_migrations') IS NOT NULL, to_regclass('merchants_release') IS NOT NULL
"""


def number(version: str) -> tuple[int, ...]:
    """Return a version as numbers, for comparisons."""
    return tuple(int(part) for part in version.split("."))


def newest(connection: Any) -> str | None:
    """Return the newest version that migrated this database; None for a new one."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN)
        is_migrated, is_recorded = cursor.fetchone()
        if is_migrated:
            cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'merchants'")
            is_migrated = cursor.fetchone()[0] > 0
        if not is_migrated:
            return None
        if is_recorded:
            cursor.execute("SELECT version FROM merchants_release")
            return max((version for (version,) in cursor.fetchall()), key=number, default=UNNAMED)
    return UNNAMED


def check_step(connection: Any, *, version: str = __version__, oldest: str = UPGRADES_FROM) -> None:
    """Refuse a `version` that may not migrate this database. Raises CommandError."""
    found = newest(connection)
    if found is None:
        return
    if number(found) < number(oldest):
        raise CommandError(
            f"This database is of version {found}, and version {version} upgrades from {oldest} or later. Install"
            f" {oldest} first, run its migrate, then install {version}."
        )
    if number(found) > number(version):
        raise CommandError(
            f"This database is of version {found}, and this is version {version}. To go back, start"
            " the older version without running migrate."
        )


def record(connection: Any, version: str = __version__) -> None:
    """Record that `version` migrated the database, even if only a part of the migrations was applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [TABLE])
        if cursor.fetchone()[0]:
            cursor.execute(
                "INSERT INTO merchants_release (version, migrated_at) VALUES (%s, now())"
                " ON CONFLICT (version) DO UPDATE SET migrated_at = now()",
                [version],
            )
