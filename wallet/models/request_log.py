from __future__ import annotations

from typing import Self

import pgtrigger
from django.apps import apps
from django.contrib.postgres.indexes import BrinIndex, HashIndex
from django.db import models
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from wallet.models.live_merchants import live_merchants

# Nearly all lines are of these; who looks for one of them finds it among the newest. The others have an index.
FREQUENT_ENDPOINTS = ("/wallet/balance", "/wallet/transaction/bet", "/wallet/transaction/payout")
# Lines of one address within a block of ids are one entry of the index, which so has 10 bytes a line instead of 72; a
# search sorts the lines of a block (decision 0069).
BLOCK = 4096
# The same for lines of one player, who calls some times in as many ids.
PLAYER_BLOCK = 65_536
# And for those of one merchant, whose newest are looked at most often: few of them are sorted.
MERCHANT_BLOCK = 1024
UNSIGNED = Q(merchant__isnull=True) & ~Q(auth_key="")  # whose they are is said by the key alone that they name


class SignedRequestQuerySet(models.QuerySet["SignedRequest"]):
    def refused(self) -> Self:
        return self.exclude(Q(status="RS_OK"))

    def of_player(self, player_id: str, *, since: int | None = None) -> Self:
        """Calls that name the player, newest first; from the id `since` on, oldest first.

        Sorted by the block too, so that no other index will do.
        """
        found = self.alias(block=F("id") / PLAYER_BLOCK).filter(player_id=player_id)
        if since is None:
            return found.order_by("-block", "-id")
        return found.filter(block__gte=since // PLAYER_BLOCK, pk__gte=since).order_by("block", "id")

    def of_merchant(self, merchant_id: int) -> Self:
        """Calls that the merchant signed, newest first. Sorted by the block too, as those of a player are."""
        return self.alias(block=F("id") / MERCHANT_BLOCK).filter(merchant=merchant_id).order_by("-block", "-id")

    def of_live_merchants(self) -> Self:
        """What is counted over merchants: without sandboxes. Calls that nobody signed are nobody's, and counted, unless
        they name a key of a sandbox.
        """
        test_keys = apps.get_model("merchants", "ApiKey").objects.filter(merchant__sandbox_of__isnull=False)
        unsigned = Q(merchant=None) & ~Q(auth_key__in=test_keys.order_by().values("auth_key"))
        return self.filter(unsigned | Q(merchant__in=live_merchants()))


class SignedRequest(models.Model):
    """One line for every signed call, taken or refused. No foreign keys: it is written in bulk, later."""

    created_at = models.DateTimeField()
    request_id = models.UUIDField()
    merchant = models.ForeignKey(
        "merchants.Merchant",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    secret = models.ForeignKey(
        "merchants.Secret",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    auth_key = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True)
    address_source = models.CharField(max_length=16)
    method = models.CharField(max_length=8)
    endpoint = models.CharField(max_length=64)
    http_status = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=40)
    message = models.CharField(max_length=200, blank=True)
    player_id = models.CharField(max_length=255, null=True, db_collation="C")
    session_id = models.CharField(max_length=512, null=True, db_collation="C")
    game_id = models.CharField(max_length=64, null=True, db_collation="C")
    transaction_id = models.CharField(max_length=255, null=True, db_collation="C")
    ref_transaction_id = models.CharField(max_length=255, null=True, db_collation="C")
    round_id = models.CharField(max_length=255, null=True, db_collation="C")
    currency = models.CharField(max_length=8, null=True)
    amount = models.BigIntegerField(null=True)
    balance = models.BigIntegerField(null=True)
    items = models.PositiveSmallIntegerField(null=True, help_text=_("Within a batch."))
    duration_us = models.PositiveIntegerField(help_text=_("Microseconds in this server."))

    objects = SignedRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = _("request log")
        indexes = [
            BrinIndex(fields=["created_at"], name="request_by_time"),
            models.Index(
                "merchant", F("id") / MERCHANT_BLOCK, condition=Q(merchant__isnull=False), name="request_merchant_block"
            ),
            models.Index(fields=["request_id"], name="request_by_id"),
            models.Index(
                "player_id", F("id") / PLAYER_BLOCK, condition=Q(player_id__isnull=False), name="request_player_block"
            ),
            HashIndex(
                fields=["transaction_id"], condition=Q(transaction_id__isnull=False), name="request_transaction_hash"
            ),
            models.Index(fields=["merchant", "status", "id"], condition=~Q(status="RS_OK"), name="request_refused"),
            models.Index(fields=["auth_key", "id"], condition=UNSIGNED, name="request_unsigned"),
            models.Index(fields=["auth_key", "status", "id"], condition=UNSIGNED, name="request_unsigned_answer"),
            models.Index(fields=["auth_key", "address", "id"], condition=UNSIGNED, name="request_unsigned_address"),
            models.Index(
                "merchant",
                "address",
                F("id") / BLOCK,
                condition=Q(merchant__isnull=False),
                name="request_address_block",
            ),
            models.Index("secret", F("id") / BLOCK, condition=Q(secret__isnull=False), name="request_secret_block"),
            models.Index(
                fields=["merchant", "endpoint", "id"],
                condition=Q(merchant__isnull=False) & ~Q(endpoint__in=FREQUENT_ENDPOINTS),
                name="request_rare_endpoint",
            ),
        ]
        triggers = [pgtrigger.Protect(name="request_immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return str(self.request_id)


class RefusedCall(models.Model):
    """What a refused call looked like on arrival, kept for a week so that the refusal can be explained."""

    request_id = models.UUIDField(primary_key=True)
    created_at = models.DateTimeField(db_index=True)
    query = models.TextField(blank=True)
    headers = models.JSONField(help_text=_("Cookies and authorisations are masked, signatures are cut."))
    body = models.BinaryField()
    signature = models.JSONField(
        null=True, help_text=_("Mask for comparing the signature. The whole signature is not stored.")
    )
    is_cut = models.BooleanField(default=False, db_default=False, help_text=_("Only the beginning is stored."))

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.request_id)


class RefusedHourQuerySet(models.QuerySet["RefusedHour"]):
    def dropped(self) -> dict[str, int]:
        return self.aggregate(lines=Coalesce(Sum("lines_dropped"), 0), bodies=Coalesce(Sum("bodies_dropped"), 0))


class RefusedHour(models.Model):
    """How much of refused calls was kept in an hour, and what was dropped. `merchant_id` is 0 for a key that is
    nobody's; without `is_signed` it is the merchant whose key was named.
    """

    hour = models.DateTimeField()
    merchant_id = models.BigIntegerField()
    is_signed = models.BooleanField()
    bytes = models.BigIntegerField()
    lines_dropped = models.BigIntegerField()
    bodies_dropped = models.BigIntegerField()

    objects = RefusedHourQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hour", "merchant_id", "is_signed"], name="refused_hour_once"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:%M} of {self.merchant_id}"
