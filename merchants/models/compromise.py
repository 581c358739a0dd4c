from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from merchants.models.audit import tracked
from merchants.models.credentials import ApiKey, Secret
from merchants.models.people import Person
from merchants.models.words import one_line, without_secret


@tracked(scopes={"merchant": "merchant", "key": "key"})
class Compromise(models.Model):
    """A secret that somebody else may know: since when, what was done at once, and what took its place."""

    class Response(models.TextChoices):
        ROTATE = "rotate", "Rotate with an overlap"
        QUARANTINE = "quarantine", "Quarantine the key"
        REVOKE = "revoke", "Revoke at once"

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="compromises")
    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, related_name="+", help_text="The exposed version.")
    response = models.CharField(max_length=10, choices=Response)
    reason = models.CharField(max_length=500)
    exposed_since = models.DateTimeField()
    declared_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    replacement = models.ForeignKey(Secret, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            without_secret("compromise", "reason"),
            one_line("compromise", "reason"),
            models.CheckConstraint(condition=~Q(reason=""), name="compromise_has_a_reason"),
            models.CheckConstraint(
                condition=Q(exposed_since__lte=F("created_at")), name="compromise_exposed_before_it_was_declared"
            ),
        ]
        triggers = [pgtrigger.Protect(name="compromise_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.key} exposed since {self.exposed_since:%Y-%m-%d %H:%M}"


@tracked(scopes={"merchant": "merchant", "key": "key"})
class Approval(models.Model):
    """A rotation or revocation that one person asked for and another decides (Merchant.two_person)."""

    class Verb(models.TextChoices):
        ROTATE = "rotate"
        REVOKE = "revoke"

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        DECLINED = "declined"

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="approvals")
    verb = models.CharField(max_length=6, choices=Verb)
    wish = models.JSONField(default=dict, help_text="What was asked for, besides the verb.")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            without_secret("approval", "reason"),
            one_line("approval", "reason"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="waiting"), name="approval_one_waiting"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(state__in=["approved", "declined"], decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")), name="approval_by_another_person"
            ),
        ]
        triggers = [pgtrigger.Protect(name="approval_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.verb} {self.key}"
