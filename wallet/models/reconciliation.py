"""A comparison of a merchant's day with the operator's statement of it, and the report of it.

Amounts are units (real amount × 100000), days are the merchant's (`wallet/reconciliation/days.py`).
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from merchants.models import Merchant, Person
from portal.lib.email_addresses import EmailAddressField
from wallet.models.statement import Statement


class Reconciliation(models.Model):
    """One comparison of a day. The newest that is done is the day's; earlier ones stay, so that a restated day can be
    told from what was said before.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Outcome(models.TextChoices):
        CLEAR = "clear", gettext_lazy("All clear")
        BREAKS = "breaks", gettext_lazy("Breaks")
        NO_STATEMENT = "no_statement", gettext_lazy("No statement")
        NOTHING = "nothing", gettext_lazy("Nothing to compare")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="reconciliations")
    day = models.DateField(help_text=gettext_lazy("In the merchant's time zone."))
    number = models.IntegerField(help_text=gettext_lazy("1, 2, … within the day."))
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")
    statement_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        help_text=gettext_lazy("All current statements of the day, also if one was missing and nothing was compared."),
    )
    restates = ArrayField(
        models.DateField(),
        default=list,
        db_default=[],
        help_text="Days beside it that are to be compared again, since they were judged by what it no longer has.",
    )
    upto = models.BigIntegerField(null=True, help_text=gettext_lazy("The newest ledger row in the run."))
    figures = models.JSONField(
        default=dict,
        help_text="What screen and mail show: {matched, ours, theirs, sides: [{currency, kind, …}], breaks: […]}.",
    )
    fault = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = gettext_lazy("reconciliation run")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "number"], name="reconciliation_once"),
            models.UniqueConstraint(
                fields=["merchant", "day"], condition=Q(state="running"), name="reconciliation_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "failed"]) | Q(done_at__isnull=False) & ~Q(outcome=""),
                name="reconciliation_done_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-day", "-number"], name="reconciliation_newest"),
            models.Index(fields=["begun_at"], condition=~Q(restates=[]), name="reconciliation_restates"),
        ]
        triggers = [
            pgtrigger.Protect(name="reconciliation_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="reconciliation_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="running"),
                func="RAISE EXCEPTION 'a comparison that has ended stays as it is' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.number}"


class ReportDelivery(models.Model):
    """A report to one recipient, once per comparison; its outgoing email knows how the sending went."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="deliveries")
    to = EmailAddressField()
    email = models.OneToOneField(
        "merchants.OutgoingEmail", on_delete=models.PROTECT, db_column="letter_id", related_name="report_delivery"
    )
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = gettext_lazy("report")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["reconciliation", "to"], name="report_delivery_once")]

    def __str__(self) -> str:
        return self.to
