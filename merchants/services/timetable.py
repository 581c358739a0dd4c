"""The lead among beats: a row of the database says which beat leads and until when. Sent jobs are recorded first.

The lead is a row with an expiry, not a lock of a session: a lock outlives a frozen process or a lost machine, and no
pooler keeps it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from merchants.models import TimetableJob, TimetableLead

LEAD_SECONDS = 15  # by the clock of the database alone
TAKE = """
    INSERT INTO merchants_timetablelead AS lead (id, holder, until)
    VALUES (1, %(holder)s, clock_timestamp() + %(seconds)s * interval '1 second')
    ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE lead.holder = excluded.holder OR lead.until < clock_timestamp()
    RETURNING true
"""


def take_lead(holder: UUID) -> bool:
    """Take or keep the lead; return whether this holder has it now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"holder": holder, "seconds": LEAD_SECONDS})
        return cursor.fetchone() is not None


def give_up_lead(holder: UUID) -> None:
    """Give up the lead, if this holder has it."""
    TimetableLead.objects.filter(holder=holder).delete()


def sending_times() -> dict[str, datetime]:
    """Return when each job of the timetable was last sent, by any beat."""
    return dict(TimetableJob.objects.values_list("name", "sent_at"))


def claim_job(holder: UUID, name: str, moment: datetime) -> bool:
    """Record that the job is sent at this moment; return whether this holder may send it.

    The lead is locked until the commit, so the next leader reads this record.
    """
    with transaction.atomic():
        mine = TimetableLead.objects.select_for_update().filter(holder=holder, until__gt=Now())
        if not mine.exists():
            return False
        TimetableJob.objects.update_or_create(name=name, defaults={"sent_at": moment})
    return True
