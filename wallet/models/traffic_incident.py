"""A merchant whose traffic stopped, or whose every request is refused (wallet/services/usage/quiet_merchants.py)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant
from merchants.models.audit import track_history


@track_history(scopes={"merchant": "merchant"})
class TrafficIncident(models.Model):
    """One incident, from the check that found it to the check that found accepted requests again."""

    class Kind(models.TextChoices):
        QUIET = "quiet", _("No accepted requests")
        REFUSED = "refused", _("Every request refused")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="traffic_incidents")
    kind = models.CharField(max_length=7, choices=Kind)
    began_at = models.DateTimeField(help_text=_("When the check found it."))
    last_accepted_at = models.DateTimeField(null=True, help_text=_("The newest accepted request before it."))
    usual_calls = models.BigIntegerField(
        default=0, help_text=_("Accepted requests in the same hour of an ordinary day (median of 7 days).")
    )
    refused_calls = models.BigIntegerField(default=0, help_text=_("Refused requests since the last accepted request."))
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("traffic incident")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant"], condition=Q(ended_at=None), name="traffic_incident_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="traffic_incident_in_order"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="traffic_incident_newest")]
        triggers = [
            pgtrigger.Protect(name="traffic_incident_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="traffic_incident_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.ended_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.merchant_id}"
