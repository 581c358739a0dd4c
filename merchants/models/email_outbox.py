from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models.merchant import Merchant
from portal.lib.email_addresses import EmailAddressField

# What the portal's role may change is how the sending went. It can't unsay a mail: it begins unsent, is put off a day
# at most, is given up only after a try that was answered, and stays as it is once it was sent.
AS_WRITTEN = """
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL
           OR NEW.due_at > NEW.created_at + interval '1 day' THEN
            RAISE EXCEPTION 'an outgoing email begins unsent' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'sent' THEN
        RAISE EXCEPTION 'an email that was sent stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.merchant_id, NEW."to", NEW.template, NEW.context, NEW.once, NEW.created_at)
       IS DISTINCT FROM (OLD.merchant_id, OLD."to", OLD.template, OLD.context, OLD.once, OLD.created_at) THEN
        RAISE EXCEPTION 'an outgoing email stays as it was written' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.due_at > greatest(OLD.due_at, clock_timestamp()) + interval '1 day' THEN
        RAISE EXCEPTION 'an outgoing email is put off by a day at most' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'sent' AND (NEW.sent_at IS NULL OR OLD.state <> 'waiting' OR NEW.attempts <= OLD.attempts)
       OR NEW.state = 'given_up' AND OLD.state <> 'given_up'
          AND (NEW.attempts <= OLD.attempts OR NEW.last_answer = '') THEN
        RAISE EXCEPTION 'an email is sent or given up by a try to send it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class OutgoingEmail(models.Model):
    """A mail that must go out: written in the transaction of what it tells, sent by a job, kept with what became of it.

    It never holds a secret: `context` is what the template of that name is filled with, for anybody to read here.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given_up", gettext_lazy("Given up")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, related_name="outgoing_emails")
    to = EmailAddressField()
    template = models.CharField(max_length=60, help_text="Below templates/emails/, without its ending.")
    context = models.JSONField(default=dict)
    once = models.CharField(max_length=200, null=True, unique=True, help_text="Of two emails with the same, one goes.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=500, blank=True, help_text=gettext_lazy("The answer of the mail server."))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    receipt = models.CharField(
        max_length=100,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=gettext_lazy("Proof that the portal sent this email. The key of the proof is not in the database."),
    )

    class Meta:
        db_table = "merchants_letter"  # this name and those of the indexes stay: the version before works on them
        verbose_name = gettext_lazy("outgoing email")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letter_waiting"),
            models.Index(fields=["-id"], condition=Q(state="given_up"), name="letter_given_up"),
            models.Index(fields=["to", "-id"], name="letter_to"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="outgoing_email_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'waiting' OR OLD.created_at > now() - interval '90 days'"),
            ),
            pgtrigger.Trigger(
                name="outgoing_email_as_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=AS_WRITTEN,
            ),
        ]

    def __str__(self) -> str:
        return _("Email to %(to)s") % {"to": self.to}
