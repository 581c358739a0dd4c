"""The lead among beats: a row of the database says which beat leads and until when. Sent jobs are recorded first.

The lead is a row with an expiry, not a lock of a session: a lock outlives a frozen process or a lost machine, and no
pooler keeps it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

from merchants.models import TimetableJob

LEAD_SECONDS = 15  # by the clock of the database alone
TAKE = """
    INSERT INTO merchants_timetablelead AS lead (id, holder, until)
    VALUES (1, %(holder)s, clock_timestamp() + %(seconds)s * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE lead.holder = excluded.holder OR lead.until < clock_timestamp()
    RETURNING true
"""
CLAIM = """
    INSERT INTO merchants_timetablejob (name, sent_at)
    SELECT %(name)s, %(moment)s FROM (
        SELECT FROM merchants_timetablelead WHERE holder = %(holder)s AND until > clock_timestamp() FOR UPDATE
    ) lead
    ON CONFLICT (name) DO UPDATE SET sent_at = excluded.sent_at
    RETURNING true
"""


def take_lead(holder: UUID) -> bool:
    """Take or keep the lead; return whether this holder has it now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"holder": holder, "seconds": LEAD_SECONDS})
        return cursor.fetchone() is not None


def give_up_lead(holder: UUID) -> None:
    """Give up the lead, if this holder has it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM merchants_timetablelead WHERE holder = %s", [holder])


def sending_times() -> dict[str, datetime]:
    """Return when each job of the timetable was last sent, by any beat."""
    return dict(TimetableJob.objects.values_list("name", "sent_at"))


def claim_job(holder: UUID, name: str, moment: datetime) -> bool:
    """Record that the job is sent at this moment; return whether this holder may send it.

    The lead is locked until the commit, so the next leader reads this record. It is one statement, which commits by
    itself: a beat that freezes between two statements would keep the lock, and no other could take the lead.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"holder": holder, "name": name, "moment": moment})
        return cursor.fetchone() is not None
