from __future__ import annotations

from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models.audit import track_history
from merchants.models.credentials import ApiKey, Secret
from merchants.models.merchant import Merchant
from merchants.models.people import Person
from merchants.models.typed_text import no_secret_constraint, one_line_constraint
from portal.lib.moments import show_moment


@track_history(scopes={"merchant": "merchant", "key": "key"})
class Compromise(models.Model):
    """A secret that somebody else may know: since when, what was done at once, and what took its place."""

    class Response(models.TextChoices):
        ROTATE = "rotate", gettext_lazy("Rotate secret with an overlap")
        QUARANTINE = "quarantine", gettext_lazy("Quarantine key")
        REVOKE = "revoke", gettext_lazy("Revoke at once")

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="compromises")
    secret = models.ForeignKey(
        Secret, on_delete=models.PROTECT, related_name="+", help_text=gettext_lazy("The compromised version.")
    )
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
            no_secret_constraint("compromise", "reason"),
            one_line_constraint("compromise", "reason"),
            models.CheckConstraint(condition=~Q(reason=""), name="compromise_has_a_reason"),
            models.CheckConstraint(
                condition=Q(exposed_since__lte=F("created_at")), name="compromise_exposed_before_it_was_declared"
            ),
        ]
        triggers = [pgtrigger.Protect(name="compromise_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return _("%(key)s compromised since %(exposed_since)s") % {
            "key": self.key,
            "exposed_since": show_moment(self.exposed_since),
        }


APPROVAL_VALID_FOR = timedelta(hours=72)  # as the trigger below has it
# An approval counts in the transaction that decides it, and in no later one: nothing is carried out by it twice.
THIS_TRANSACTION = "pg_current_xact_id()::text::bigint"
AS_ASKED = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'waiting' OR (NEW.key_id IS NOT NULL AND NEW.merchant_id IS DISTINCT FROM
                (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)) THEN
            RAISE EXCEPTION 'a request begins undecided, and is about its own merchant'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'waiting'
       OR (NEW.merchant_id, NEW.key_id, NEW.verb, NEW.wish, NEW.asked_by_id, NEW.asked_at)
          IS DISTINCT FROM (OLD.merchant_id, OLD.key_id, OLD.verb, OLD.wish, OLD.asked_by_id, OLD.asked_at) THEN
        RAISE EXCEPTION 'a request stays as it was made, and is decided once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND greatest(NEW.decided_at, clock_timestamp()) >= OLD.asked_at + interval '72 hours'
       OR NEW.state = 'expired' AND NEW.decided_at < OLD.asked_at + interval '72 hours' THEN
        RAISE EXCEPTION 'a request expires after 72 hours' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> 'waiting' THEN
        NEW.decided_in := {THIS_TRANSACTION};
    END IF;
    RETURN NEW;
"""


@track_history(scopes={"merchant": "merchant", "key": "key"}, exclude=["decided_in"])
class Approval(models.Model):
    """What one person asked for and a second approver decides (Merchant.two_person)."""

    class Verb(models.TextChoices):
        ISSUE = "issue"
        ROTATE = "rotate"
        REVOKE = "revoke"
        STATUS = "status"
        NETWORKS = "networks"
        DOMAINS = "domains"
        RULE_OFF = "rule_off"
        LIMIT = "limit"

    class State(models.TextChoices):
        WAITING = "waiting"
        APPROVED = "approved"
        DECLINED = "declined"
        EXPIRED = "expired"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="approvals")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, null=True, related_name="approvals")
    verb = models.CharField(max_length=10, choices=Verb)
    wish = models.JSONField(default=dict, help_text="What was asked for, besides the verb.")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_in = models.BigIntegerField(null=True, editable=False, help_text="The database's transaction.")

    class Meta:
        ordering = ["-id"]
        constraints = [
            no_secret_constraint("approval", "reason"),
            one_line_constraint("approval", "reason"),
            models.UniqueConstraint(fields=["key"], condition=Q(state="waiting"), name="approval_one_waiting"),
            models.UniqueConstraint(
                fields=["merchant", "verb"], condition=Q(state="waiting", key=None), name="approval_one_of_merchant"
            ),
            models.CheckConstraint(
                condition=Q(verb__in=["rotate", "revoke"], key__isnull=False)
                | Q(verb__in=["issue", "status", "domains", "rule_off", "limit"], key=None)
                | Q(verb="networks"),
                name="approval_of_key_or_merchant",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | Q(state__in=["approved", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(state="expired", decided_by=None, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | ~Q(decided_by=F("asked_by")), name="approval_by_another_person"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="approval_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="approval_as_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=AS_ASKED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.key or self.merchant.code}"

    @property
    def request(self) -> str:
        """What was asked for, after “asked to”."""
        return {
            "issue": _("issue a %(environment)s key") % {"environment": self.wish.get("environment", "")},
            "rotate": _("rotate the secret"),
            "revoke": _("revoke the key"),
            "status": _("set the merchant to %(status)s") % {"status": self.wish.get("status", "")},
            "networks": _("change the IP allowlist"),
            "domains": _("change the domain allowlist"),
            "rule_off": _("switch off the two-person rule"),
            "limit": _("raise the write-off limit"),
        }[self.verb]

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + APPROVAL_VALID_FOR
