"""One beat leads: a row of the database says which, and until when. What is due is written down before it is sent.

A lead is a row with an end and not a lock of a session: a lock outlives a process that stands still or a machine that
is gone without a word, and no pooler keeps it.
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
    """Take or keep the lead; return whether it is this holder's now."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"holder": holder, "seconds": LEAD_SECONDS})
        return cursor.fetchone() is not None


def give_up_lead(holder: UUID) -> None:
    TimetableLead.objects.filter(holder=holder).delete()


def sending_times() -> dict[str, datetime]:
    """Return when each job of the timetable was sent last, by whichever beat."""
    return dict(TimetableJob.objects.values_list("name", "sent_at"))


def claim_job(holder: UUID, name: str, moment: datetime) -> bool:
    """Write down that the job is sent at this moment; return whether this holder may send it.

    The lead stays where it is until that is committed: whoever takes it next reads what was written here.
    """
    with transaction.atomic():
        mine = TimetableLead.objects.select_for_update().filter(holder=holder, until__gt=Now())
        if not mine.exists():
            return False
        TimetableJob.objects.update_or_create(name=name, defaults={"sent_at": moment})
    return True
