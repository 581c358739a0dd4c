"""Events for the merchants' own systems: where they are sent, what happened, and how each sending went."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import uuid4

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import track_history
from merchants.models.merchant import Merchant
from merchants.models.people import Person
from merchants.models.typed_text import no_secret_constraint, one_line_constraint

NOT_DELETED_YOUNG = "OLD.created_at > now() - interval '30 days'"


class EventType(models.TextChoices):
    KEY_ROTATED = "key.rotated", _("Key rotated")
    KEY_COMPROMISED = "key.compromised", _("Key compromised")
    ALLOWLIST_CHANGED = "allowlist.changed", _("Allowlist changed")
    MERCHANT_QUIET = "merchant.quiet", _("Merchant quiet")
    BREAK_FOUND = "break.found", _("Break found")
    REPORT_READY = "report.ready", _("Report ready")


class EventEndpointQuerySet(models.QuerySet["EventEndpoint"]):
    def present(self) -> Self:
        """Not removed."""
        return self.filter(removed_at=None)

    def listening(self, event_type: str) -> Self:
        return self.present().filter(is_enabled=True, event_types__contains=[event_type])


@track_history(
    scopes={"merchant": "merchant"},
    fields=["merchant", "kind", "url", "event_types", "is_enabled", "removed_at"],
    owners_told=True,
)
class EventEndpoint(models.Model):
    """Where a merchant's events are sent, with a sealed secret: the signing secret, or of Slack the whole address."""

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Your own server (Standard Webhooks)")
        SLACK = "slack", _("Slack incoming webhook")

    number = models.UUIDField(default=uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="event_endpoints")
    kind = models.CharField(max_length=8, choices=Kind)
    url = models.CharField(max_length=500, help_text=_("Of Slack without its secret part."))
    event_types = ArrayField(models.CharField(max_length=40, choices=EventType))
    kek_id = models.CharField(max_length=16)
    sealed = models.BinaryField()
    sealed_before = models.BinaryField(null=True, help_text=_("The signing secret before the last rotation."))
    kek_id_before = models.CharField(max_length=16, blank=True, default="", db_default="")
    signs_before_until = models.DateTimeField(null=True)
    is_enabled = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = EventEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            no_secret_constraint("event_endpoint", "url"),
            one_line_constraint("event_endpoint", "url"),
            models.CheckConstraint(condition=Q(event_types__len__gt=0), name="event_endpoint_has_a_type"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="event_endpoint_keeps_its_address",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("merchant", "kind", "url", "number"),
                func="RAISE EXCEPTION 'an event endpoint keeps its merchant and its address' "
                "USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class OutgoingEvent(models.Model):
    """What happened, written in the transaction in which it did. `data` never holds a secret."""

    number = models.UUIDField(default=uuid4, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="events")
    type = models.CharField(max_length=40, choices=EventType)
    data = models.JSONField()
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_at"], name="event_oldest")]
        triggers = [
            pgtrigger.Protect(
                name="event_stays", operation=pgtrigger.Delete, condition=pgtrigger.Condition(NOT_DELETED_YOUNG)
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.number}"


class EventDeliveryQuerySet(models.QuerySet["EventDelivery"]):
    def due(self, *, at: datetime) -> Self:
        return self.filter(state="waiting", due_at__lte=at)


class EventDelivery(models.Model):
    """One event on its way to one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        GIVEN_UP = "given_up", _("Given up")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="event_deliveries")
    event = models.ForeignKey(OutgoingEvent, on_delete=models.PROTECT, related_name="deliveries")
    endpoint = models.ForeignKey(EventEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    last_status = models.PositiveSmallIntegerField(null=True, help_text=_("HTTP status of the last answer."))
    last_answer = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)

    objects = EventDeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["attempts", "due_at"], condition=Q(state="waiting"), name="event_delivery_waiting"),
            models.Index(fields=["merchant", "-id"], name="event_delivery_newest"),
            models.Index(fields=["created_at"], name="event_delivery_oldest"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="event_delivery_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(NOT_DELETED_YOUNG),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}"
