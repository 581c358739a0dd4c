"""Files that left: who took which, with which filter, and how many rows."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import Inserted, Updated, track_history
from merchants.models.merchant import Merchant
from merchants.models.people import Person

ENDS_ONCE = """
    IF OLD.rows IS NOT NULL OR NEW.rows IS NULL
       OR (to_jsonb(NEW) - 'rows' - 'is_complete') <> (to_jsonb(OLD) - 'rows' - 'is_complete') THEN
        RAISE EXCEPTION 'a download is written once, and ended once';
    END IF;
    RETURN NEW;
"""


@track_history(Inserted(), Updated(), scopes={"merchant": "merchant", "person": "person"})
class Download(models.Model):
    """Written before the first byte of a file leaves; of a file that is read as it is sent, `rows` is known at its end.

    `merchant` is empty for lists of all merchants: these stand on the record of their person alone.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")
    what = models.CharField(max_length=80, verbose_name=_("File"))
    filters = models.JSONField(verbose_name=_("Filter"))
    rows = models.BigIntegerField(null=True)
    is_complete = models.BooleanField(null=True, verbose_name=_("Complete"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "created_at"], name="download_of_person")]
        triggers = [
            pgtrigger.Protect(name="download_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="download_ends_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=ENDS_ONCE
            ),
        ]

    def __str__(self) -> str:
        return self.what
