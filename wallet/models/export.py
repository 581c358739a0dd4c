"""A table that somebody asked for: a job writes it, the page shows how far it is, and a day later it is gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Merchant, Person
from merchants.models.audit import Inserted, Updated, track_history

SILENT_FOR = timedelta(seconds=90)  # a job that writes says so every second
NOT_TAKEN_FOR = timedelta(minutes=15)  # until then it may wait for others


class ExportQuerySet(models.QuerySet["Export"]):
    def for_merchant(self, merchant_id: int) -> Self:
        return self.filter(merchant_id=merchant_id)

    def at_work(self, *, since: datetime) -> Self:
        """Those that wait for a job or have one which has said since then that it writes."""
        return self.filter(state__in=["waiting", "running"], alive_at__gt=since)


@track_history(
    Inserted(),
    Updated(),
    scopes={"merchant": "merchant"},
    fields=["merchant", "what", "form", "wish", "downloads", "cancelled_at"],
)
class Export(models.Model):
    class What(models.TextChoices):
        ROUNDS = "rounds"
        MOVEMENTS = "movements"

    class Form(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", gettext_lazy("XLSX (Excel)")

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running", gettext_lazy("Being prepared")
        READY = "ready"
        FAILED = "failed"
        CANCELLED = "cancelled"
        EXPIRED = "expired", gettext_lazy("Deleted")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="exports")
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    what = models.CharField(max_length=9, choices=What)
    form = models.CharField(max_length=4, choices=Form)
    wish = models.JSONField(help_text=gettext_lazy("The filter, as in the address of the list."))
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    attempt = models.PositiveIntegerField(
        default=0, help_text=gettext_lazy("A job that another job has overtaken stops writing.")
    )
    rows_done = models.BigIntegerField(default=0)
    rows_in_all = models.BigIntegerField(null=True)
    size = models.BigIntegerField(null=True, help_text=gettext_lazy("Size of the file in bytes."))
    is_cut = models.BooleanField(default=False, help_text=gettext_lazy("There were more rows than a sheet can hold."))
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    alive_at = models.DateTimeField(
        help_text=gettext_lazy("The moment of the request, or of the last sign of life of the job.")
    )
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "ready", "failed", "cancelled", "expired"]),
                name="export_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(expires_at__isnull=False, ended_at__isnull=False, size__isnull=False),
                name="export_ready_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="export_newest"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="export_due"),
        ]

    def __str__(self) -> str:
        return _("%(what)s as %(form)s") % {"what": self.what, "form": self.form}

    @property
    def file_name(self) -> str:
        """In the folder of exports; a later attempt never writes into the file of an earlier one."""
        return f"{self.pk}-{self.attempt}.{self.form}"

    @property
    def is_active(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    def is_broken_off(self, *, at: datetime) -> bool:
        """Its job was killed, or never came. Nothing has to notice: it is told by the clock."""
        silent = NOT_TAKEN_FOR if self.state == self.State.WAITING else SILENT_FOR
        return self.is_active and self.alive_at <= at - silent
