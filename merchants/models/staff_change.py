"""What a merchant's owners are told of, and asked, when our staff change something of theirs."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from merchants.models.audit import track_history
from merchants.models.email_outbox import OutgoingEmail
from merchants.models.merchant import Merchant
from merchants.models.people import Person
from portal.lib.email_addresses import EmailAddressField

# Only an email to each owner, about this change, makes it told; or there is nobody at the merchant who could be told.
TOLD_BY_LETTER = """
    IF TG_OP = 'INSERT' THEN
        IF NEW.told_at IS NOT NULL OR NEW.letter_id IS NOT NULL THEN
            RAISE EXCEPTION 'a change of our staff begins untold' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.told_at IS NOT NULL
       OR (NEW.id, NEW.merchant_id, NEW.thing, NEW.event, NEW.transaction, NEW.created_at)
          IS DISTINCT FROM (OLD.id, OLD.merchant_id, OLD.thing, OLD.event, OLD.transaction, OLD.created_at) THEN
        RAISE EXCEPTION 'a change of our staff stays as it was, and is told once' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM merchants_merchant w
          JOIN merchants_membership m ON m.merchant_id = coalesce(w.sandbox_of_id, w.id)
          JOIN merchants_person p ON p.id = m.person_id
         WHERE w.id = NEW.merchant_id AND m.role = 'owner' AND p.is_active
           AND NOT EXISTS (SELECT FROM merchants_letter l
                            WHERE l."to" = p.email AND l.merchant_id = NEW.merchant_id
                              AND l.template = 'merchant_changed'
                              AND l.context ->> 'transaction' = NEW.transaction::text)
    ) OR NOT EXISTS (
        SELECT FROM merchants_letter l
         WHERE l.id = NEW.letter_id AND l.merchant_id = NEW.merchant_id AND l.template = 'merchant_changed'
           AND l.context ->> 'transaction' = NEW.transaction::text
    ) AND EXISTS (
        SELECT FROM merchants_merchant w
         WHERE w.id = NEW.merchant_id
           AND (EXISTS (SELECT FROM merchants_membership m JOIN merchants_person p ON p.id = m.person_id
                         WHERE m.merchant_id = coalesce(w.sandbox_of_id, w.id) AND p.is_active
                           AND m.role IN ('owner', 'manager'))
                OR EXISTS (SELECT FROM merchants_contact c WHERE c.merchant_id = coalesce(w.sandbox_of_id, w.id)))
    ) THEN
        RAISE EXCEPTION 'the owners are told by email' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class StaffChange(models.Model):
    """An event of the history that the owners are mailed about. Written by a trigger of its table, read by a job."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    thing = models.CharField(max_length=40, help_text="The table, as the history calls it.")
    event = models.BigIntegerField()
    transaction = models.BigIntegerField()
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    email = models.ForeignKey(
        OutgoingEmail,
        on_delete=models.PROTECT,
        null=True,
        db_column="letter_id",
        related_name="+",
        help_text="To one of them.",
    )

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(told_at=None), name="staff_change_untold")]
        triggers = [
            pgtrigger.Protect(name="staff_change_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="staff_change_told_by_letter",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=TOLD_BY_LETTER,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thing} {self.event}"


@track_history(scopes={"merchant": "merchant"})
class OwnerQuestion(models.Model):
    """What our staff want and an owner of the merchant decides; until then it is not in effect."""

    class Kind(models.TextChoices):
        NAMES_PLAYERS = "names_players"
        RECIPIENT = "recipient"
        CONTACT = "contact"

    class State(models.TextChoices):
        WAITING = "waiting"
        YES = "yes"
        NO = "no"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="owner_questions")
    kind = models.CharField(max_length=14, choices=Kind)
    email = EmailAddressField(blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                "merchant", "kind", Lower("email"), condition=Q(state="waiting"), name="owner_question_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_by=None, answered_at=None)
                | Q(state__in=["yes", "no"], answered_by__isnull=False, answered_at__isnull=False),
                name="owner_question_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(kind="names_players") & Q(email="")) | (~Q(kind="names_players") & ~Q(email="")),
                name="owner_question_about_something",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="owner_question_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="owner_question_answered_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> 'waiting'"),
                func="RAISE EXCEPTION 'a question is answered once' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return self.wish

    @property
    def wish(self) -> str:
        """What our staff want, after “wants to”."""
        return {
            "names_players": _("name players and transactions in report emails"),
            "recipient": _("send reports to %(email)s") % {"email": self.email},
            "contact": _("add %(email)s to the contacts") % {"email": self.email},
        }[self.kind]
