"""Words to chain for reading; what they mean stands next to the table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from merchants.models import AllowlistEntry, ApiKey, Game, Invitation, Merchant, Secret
else:
    AllowlistEntry = ApiKey = Game = Invitation = Merchant = Secret = Any

IDLE = timedelta(days=60)


class MerchantQuerySet(models.QuerySet[Merchant]):
    def open(self) -> Self:
        return self.exclude(status="closed")

    def live(self) -> Self:
        """Those with real money: what is summed, compared, mailed or counted over merchants is of these alone."""
        return self.filter(sandbox_of=None)

    def sandboxes(self) -> Self:
        return self.filter(sandbox_of__isnull=False)


class ApiKeyQuerySet(models.QuerySet[ApiKey]):
    def usable(self, *, at: datetime) -> Self:
        """Not revoked and not expired; quarantined keys still pay players."""
        return self.exclude(status="revoked").filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def of_active_merchants(self) -> Self:
        return self.filter(merchant__status="active")

    def with_a_home(self) -> Self:
        """Without test keys whose merchant has no sandbox yet: every call under them is refused."""
        return self.exclude(environment="test", merchant__sandbox_of=None)

    def of_live_merchants(self) -> Self:
        """Without those of sandboxes."""
        return self.filter(merchant__sandbox_of=None)

    def ending(self, *, at: datetime, within: timedelta) -> Self:
        """Usable, but not for long."""
        return self.exclude(status="revoked").filter(expires_at__gt=at, expires_at__lte=at + within)

    def idle(self, *, at: datetime) -> Self:
        """Usable, older than IDLE, and nobody has signed rightly under it for so long."""
        since = at - IDLE
        used = apps.get_model("merchants", "SeenAddress").objects.filter(key=OuterRef("pk"), last_seen_at__gt=since)
        return self.usable(at=at).filter(~Exists(used), created_at__lte=since)

    def without_allowlist(self, *, at: datetime) -> Self:
        """Usable, and neither the key nor its merchant has an entry that stands. `refuses_all`: it had entries, and
        when all have ended a list refuses everybody; where there never was one, every address may call.
        """
        entries = apps.get_model("merchants", "AllowlistEntry").objects.filter(
            Q(key=OuterRef("pk")) | Q(key=None, merchant=OuterRef("merchant"))
        )
        return self.usable(at=at).filter(~Exists(entries.standing(at=at))).annotate(refuses_all=Exists(entries))


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


class InvitationQuerySet(models.QuerySet[Invitation]):
    def waiting(self, *, at: datetime) -> Self:
        """Neither accepted nor withdrawn, and its link still works."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)
