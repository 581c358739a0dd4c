"""What an operator says of one day, and files that a person looks at before they are sent.

Amounts are units (real amount × 100000), days are the merchant's (`wallet/reconciliation/days.py`).
"""

from __future__ import annotations

import pgtrigger
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import MD5, Cast
from django.utils.translation import gettext_lazy

from merchants.models import Merchant, Person
from merchants.models.typed_text import one_line_constraint
from wallet.models.reconciliation_plan import ReconciliationPlan


def private_files() -> Storage:
    return storages["private"]


def list_private(folder: str) -> tuple[list[str], list[str]]:
    """Return the names of the folders and files in a folder of the private files; none where nothing was stored."""
    try:
        folders, files = private_files().listdir(folder)
    except FileNotFoundError:  # a bucket has no folders, so only a disk can lack one
        return [], []
    return [name for name in folders if name], [name for name in files if name]


class Statement(models.Model):
    """What the operator says of one day. Read whole or refused whole; one that replaces another leaves it there."""

    class Source(models.TextChoices):
        UPLOAD = "upload", gettext_lazy("Uploaded")
        API = "api", gettext_lazy("Sent by a signed request")
        PULL = "pull", gettext_lazy("Fetched")

    class State(models.TextChoices):
        RECEIVED = "received", gettext_lazy("Waiting to be read")
        READ = "read"
        REFUSED = "refused"

    number = models.UUIDField(unique=True, help_text=gettext_lazy("Public name."))
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="statements")
    day = models.DateField(help_text=gettext_lazy("In the merchant's time zone."))
    grain = models.CharField(max_length=6, choices=ReconciliationPlan.Grain)
    scope = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=gettext_lazy("The part of the day that the statement covers. If empty, all of it."),
    )
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    source = models.CharField(max_length=6, choices=Source)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True, help_text=gettext_lazy("Name of the file, as sent."))
    file = models.FileField(storage=private_files, upload_to="statements/%Y/%m/", max_length=200)
    digest = models.CharField(max_length=64, help_text=gettext_lazy("SHA-256 of the received bytes, in hex."))
    size = models.BigIntegerField(help_text=gettext_lazy("Size in bytes."))
    mapping = models.JSONField(default=dict, help_text=gettext_lazy("Mapping that was used."))
    rows = models.IntegerField(default=0)
    totals = models.JSONField(
        default=list, help_text="Of the rows that were read: [{currency, kind, rows, amount}], amounts as text."
    )
    declared = models.JSONField(
        default=list,
        help_text="What its sender says of it: [{currency, kind, rows, amount}], empty where it is of all or not said.",
    )
    faults = models.JSONField(default=list, help_text="Why it was refused: [{line, text}], the first hundred.")
    fault_count = models.IntegerField(default=0, help_text=gettext_lazy("Number of all faults."))
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="replaced_by",
        help_text=gettext_lazy("The statement that this statement corrects."),
    )
    is_current = models.BooleanField(default=False, help_text=gettext_lazy("The day is compared with this statement."))
    repeats = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+",
        help_text=gettext_lazy("The first statement with the same bytes, if a person sent them again after others."),
    )  # fmt: skip
    warnings = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), help_text=gettext_lazy("Warnings, as sentences.")
    )
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="To read it, by the job.")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "scope"], condition=Q(is_current=True), name="statement_current_once_a_scope"
            ),
            models.UniqueConstraint(
                F("merchant"),
                F("day"),
                F("digest"),
                MD5(Cast("mapping", models.TextField())),  # the same bytes read another way are another statement
                F("scope"),
                condition=~Q(state="refused") & Q(repeats=None),
                name="statement_of_same_bytes_and_scope_once",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(state="read"), name="statement_current_has_been_read"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "read", "refused"]), name="statement_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="statement_newest"),
            models.Index(fields=["tries", "id"], condition=Q(state="received"), name="statement_waiting"),
            models.Index(fields=["received_at"], condition=Q(is_current=True), name="statement_current_since"),
        ]
        triggers = [pgtrigger.Protect(name="statement_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class StatementPreview(models.Model):
    """A file that a person looks at before it is sent. It is kept for a day."""

    number = models.UUIDField(unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, db_index=False, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    scope = models.CharField(max_length=300, blank=True, default="", db_default="")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=200, unique=True)
    case = models.BigIntegerField(null=True, help_text=gettext_lazy("The case that the file answers."))
    created_at = models.DateTimeField()

    class Meta:
        constraints = [one_line_constraint("statement_preview", "name")]
        indexes = [
            models.Index(fields=["merchant", "by", "-id"], name="statement_preview_of_person"),
            models.Index(fields=["created_at"], name="statement_preview_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
