"""Rotation progress: which addresses still use the old version of a secret, and whether its overlap can end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from merchants import errors
from merchants.models import ApiKey, Secret
from merchants.services import keys
from portal.lib import clock
from wallet.services.usage import usage_totals
from wallet.services.usage.usage_totals import Span

log = structlog.get_logger(__name__)
LATELY = timedelta(hours=24)
QUIET_HOURS = 24  # when the overlap says nothing else
LONGEST_LOOK = timedelta(days=8)  # an overlap lasts 7 days at most

CALLS = f"""
    SELECT c.secret_id, host(c.address), c.endpoint, sum(c.calls)::bigint, max(c.last_at)
      FROM ({usage_totals.CALLS}) c
     GROUP BY 1, 2, 3
"""


@dataclass(slots=True)
class KeyProgress:
    """One address at one endpoint in the last 24 hours."""

    address: str
    endpoint: str
    old: int = 0
    new: int = 0
    old_at: datetime | None = None
    new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RotationProgress:
    old: Secret
    new: Secret | None
    lines: list[KeyProgress]  # those that still sign with the old version first
    quiet_for: timedelta
    quiet_hours: int
    old_calls: int = field(default=0)

    @property
    def quiet(self) -> str:
        hours, minutes = divmod(int(self.quiet_for.total_seconds()) // 60, 60)
        return f"{hours} h {minutes} min"

    @property
    def safe_to_end(self) -> bool:
        return self.quiet_for >= timedelta(hours=self.quiet_hours)


def rotation_progress(key: ApiKey) -> RotationProgress | None:
    """Return which addresses use which version; None without an overlap."""
    now = clock.now()
    old = Secret.objects.overlapping(at=now).select_related("key").filter(key=key).order_by("version").first()
    if old is None:
        return None
    new = Secret.objects.current().filter(key=key).first()
    lines = _lines(old, new, now)
    return RotationProgress(
        old=old,
        new=new,
        lines=lines,
        quiet_for=_quiet_for(old, now),
        quiet_hours=old.quiet_hours or QUIET_HOURS,
        old_calls=sum(line.old for line in lines),
    )


def _lines(old: Secret, new: Secret | None, now: datetime) -> list[KeyProgress]:
    lines: dict[tuple[str, str], KeyProgress] = {}
    both = [secret for secret in (old, new) if secret is not None]
    for secret_id, address, endpoint, calls, last_at in usage_totals.usage_rows(CALLS, both, Span(now - LATELY)):
        line = lines.setdefault((address, endpoint), KeyProgress(address, endpoint))
        if secret_id == old.pk:
            line.old, line.old_at = calls, last_at
        else:
            line.new, line.new_at = calls, last_at
    return sorted(lines.values(), key=lambda line: (-line.old, line.address, line.endpoint))


def quiet_time(secret: Secret) -> timedelta | None:
    """Return the time since the last use of the version, whatever the answer; None when it was never used."""
    _, last = usage_totals.first_and_last_call([secret], Span(clock.now() - LONGEST_LOOK))
    if last is None:
        _, last = usage_totals.first_and_last_call([secret], Span(usage_totals.LONG_AGO))
    return None if last is None else max(clock.now() - last, timedelta(0))


def _quiet_for(old: Secret, now: datetime) -> timedelta:
    """Of a version that was replaced: since its last call, but not since before it was replaced."""
    since_replaced = now - (old.superseded_at or now)
    quiet = quiet_time(old)
    return since_replaced if quiet is None else min(quiet, since_replaced)


def is_safe_to_end(secret: Secret) -> bool:
    """Return whether the old version has not been used for the hours of its overlap, by default 24."""
    return _quiet_for(secret, clock.now()) >= timedelta(hours=secret.quiet_hours or QUIET_HOURS)


def end_quiet_overlaps() -> int:
    """End the overlaps whose old version has not been used for their hours; return how many."""
    waiting = Secret.objects.overlapping(at=clock.now()).filter(quiet_hours__isnull=False).select_related("key")
    return sum(_end(secret) for secret in waiting if is_safe_to_end(secret))


def _end(secret: Secret) -> bool:
    """Under the key's lock it is looked at again: somebody may just have asked for more time."""
    try:
        with transaction.atomic():
            key = keys.lock_usable_key(secret.key)
            waiting = Secret.objects.select_related("key").filter(key=key, quiet_hours__isnull=False)
            fresh = waiting.filter(pk=secret.pk).first()
            if fresh is None or not is_safe_to_end(fresh):
                return False
            keys.end_overlap(secret=fresh)
    except errors.Refusal as refused:  # somebody ended it, or revoked the key, a moment ago
        log.info("overlap.not_ended", secret=secret.pk, reason=str(refused))
        return False
    log.info("overlap.ended_when_quiet", secret=secret.pk, key=secret.key_id, version=secret.version)
    return True
