"""The scheduler of a beat of which several may run: it sends while it leads, and waits for the lead otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from celery.beat import ScheduleEntry, Scheduler
from django.conf import settings
from django.db import DatabaseError, connection

log = structlog.get_logger(__name__)
POLL_SECONDS = 3.0  # how often the lead is kept or asked for


class LeadingScheduler(Scheduler):
    """Celery's own, which keeps what was sent when in the database and not in a file beside it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.holder, self.leads = uuid4(), False
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> float:
        if not self.keep_lead():
            return POLL_SECONDS
        return min(float(super().tick(*arguments, **options)), POLL_SECONDS)

    def keep_lead(self) -> bool:
        """Return whether this beat leads. One that begins to takes over what the one before has sent."""
        from merchants.services import timetable  # noqa: PLC0415 - Django is set up by now

        try:
            leads = timetable.take_lead(self.holder)
            if leads and not self.leads:
                self.take_over(timetable.sending_times())
        except DatabaseError as fault:
            log.warning("timetable.database_away", fault=str(fault).partition("\n")[0])
            connection.close()
            leads = False
        else:
            touch_alive()
        if leads != self.leads:
            log.warning("timetable.leads" if leads else "timetable.follows", holder=str(self.holder))
        self.leads = leads
        return leads

    def take_over(self, times: dict[str, Any]) -> None:
        for name, entry in self.schedule.items():
            entry.last_run_at = times.get(name, entry.last_run_at)
        self._heap = None  # made anew at the next tick

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        """Send it, once it is written down that it is sent."""
        from merchants.services import timetable  # noqa: PLC0415 - as above

        try:
            name = str(entry.name)
            mine = timetable.claim_job(self.holder, name, self.schedule[name].last_run_at or entry.default_now())
        except DatabaseError as fault:
            log.warning("timetable.database_away", fault=str(fault).partition("\n")[0])
            connection.close()
            mine = False
        if mine:
            super().apply_entry(entry, producer=producer)
        else:
            self.leads = False  # the next tick asks for it, and reads what was sent

    def close(self) -> None:
        from merchants.services import timetable  # noqa: PLC0415 - as above

        try:
            timetable.give_up_lead(self.holder)
        except DatabaseError:
            log.warning("timetable.database_away")
        super().close()


def touch_alive(*_: object, **__: object) -> None:
    """Say to whoever watches the process that it works (portal.alive)."""
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()
