from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from merchants.models.merchant import Merchant
from portal.lib.email_addresses import EmailAddressField


class Letter(models.Model):
    """A mail that must go out: written in the transaction of what it tells, sent by a job, kept with what became of it.

    It never holds a secret: `context` is what the template of that name is filled with, for anybody to read here.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given_up", "Given up"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, related_name="letters")
    to = EmailAddressField()
    template = models.CharField(max_length=60, help_text="Below templates/emails/, without its ending.")
    context = models.JSONField(default=dict)
    once = models.CharField(max_length=200, null=True, unique=True, help_text="Of two letters with the same, one goes.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=500, blank=True, help_text="What the mail server said.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letter_waiting"),
            models.Index(fields=["-id"], condition=Q(state="given_up"), name="letter_given_up"),
            models.Index(fields=["to", "-id"], name="letter_to"),
        ]

    def __str__(self) -> str:
        return f"Letter to {self.to}"
