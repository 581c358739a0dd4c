from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from merchants.models.audit import track_history
from merchants.models.credentials import Secret
from merchants.models.people import Person


@track_history(scopes={"merchant": "merchant", "key": "key"}, exclude=["nonce", "token_hash"])
class SecretClaim(models.Model):
    """A link by which an owner is shown a new secret, once. The link is in the email only; here is its hash."""

    key = models.ForeignKey("merchants.ApiKey", on_delete=models.PROTECT, related_name="claims")
    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, related_name="claims")
    version = models.PositiveSmallIntegerField(help_text="Of the secret.")
    nonce = models.CharField(max_length=32, help_text="The token is made of this under a key of the portal.")
    token_hash = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="Another link took its place.")
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["secret"], condition=Q(withdrawn_at=None), name="claim_one_link"),
            models.CheckConstraint(
                condition=Q(claimed_at=None, claimed_by=None)
                | Q(claimed_at__isnull=False, claimed_by__isnull=False, withdrawn_at=None),
                name="claim_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at=None) | Q(claimed_at__lt=F("expires_at")), name="claim_in_time"
            ),
            models.CheckConstraint(
                condition=Q(claimed_by=None) | Q(sent_by=None) | ~Q(claimed_by=F("sent_by")),
                name="claim_by_another_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="claim_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="claim_works_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.claimed_at IS NOT NULL OR OLD.withdrawn_at IS NOT NULL"),
                func="RAISE EXCEPTION 'a claim link works once' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"
