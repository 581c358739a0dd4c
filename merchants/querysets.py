"""Words to chain for reading; what they mean stands next to the table."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from merchants.models import AllowlistEntry, ApiKey, Game, Merchant, Secret
else:
    AllowlistEntry = ApiKey = Game = Merchant = Secret = Any


class MerchantQuerySet(models.QuerySet[Merchant]):
    def open(self) -> Self:
        return self.exclude(status="closed")


class ApiKeyQuerySet(models.QuerySet[ApiKey]):
    def usable(self, *, at: datetime) -> Self:
        """Not revoked and not expired; quarantined keys still pay players."""
        return self.exclude(status="revoked").filter(Q(expires_at=None) | Q(expires_at__gt=at))


class SecretQuerySet(models.QuerySet[Secret]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(Q(usable_until=None) | Q(usable_until__gt=at), revoked_at=None)

    def current(self) -> Self:
        """The one version of each key that has no end."""
        return self.filter(usable_until=None, revoked_at=None)

    def overlapping(self, *, at: datetime) -> Self:
        """Replaced by a newer version, and usable for a while."""
        return self.filter(usable_until__gt=at, revoked_at=None)


class AllowlistQuerySet(models.QuerySet[AllowlistEntry]):
    def standing(self, *, at: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))


class GameQuerySet(models.QuerySet[Game]):
    def playable_by(self, merchant_id: int) -> Self:
        """Adds `active`: switched on everywhere and for this merchant."""
        disabled = apps.get_model("merchants", "DisabledGame")
        off = disabled.objects.filter(merchant_id=merchant_id, game_id=OuterRef("pk"))
        return self.annotate(active=models.ExpressionWrapper(Q(is_active=True) & ~Exists(off), models.BooleanField()))
