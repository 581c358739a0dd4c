from __future__ import annotations

from typing import Self

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models.amounts import amounts_by_currency
from merchants.models.audit import Updated, track_history
from merchants.models.merchant import Merchant
from merchants.models.typed_text import no_secret_constraint, one_line_constraint

SET_BY_STAFF = ["is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency"]


@track_history(
    # Launches make players by the million, which is no event; a file changes ten thousand, which bets wait for.
    Updated(condition=pgtrigger.AnyChange(*SET_BY_STAFF), level=pgtrigger.Statement),
    scopes={"merchant": "merchant", "player": "pgh_obj"},
    fields=["merchant", "player_id", *SET_BY_STAFF],
)
class Player(models.Model):
    """A merchant's player, under the merchant's own id. The ledger locks this row while it moves the player's money."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="players")
    player_id = models.CharField(
        max_length=255, db_collation="C", help_text=_("The merchant's own id. Upper and lower case differ.")
    )
    name = models.CharField(max_length=255, blank=True, db_default="")
    is_blocked = models.BooleanField(default=False, db_default=False)
    blocked_reason = models.CharField(max_length=200, blank=True, db_default="")
    bets_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Takes precedence over the merchant's limit.")
    )
    max_stake = models.BigIntegerField(
        _("maximum stake in other currencies"),
        null=True,
        blank=True,
        help_text=_(
            "Of currencies without an amount of their own. 0: bets are refused. Empty: the merchant's limit applies."
        ),
    )
    max_stake_by_currency = models.JSONField(_("maximum stake by currency"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "player_id"], name="player_once"),
            models.CheckConstraint(condition=Q(max_stake__gte=0), name="player_max_stake_not_negative"),
            amounts_by_currency("player", "max_stake_by_currency"),
        ]
        indexes = [
            models.Index(fields=["merchant", "player_id"], condition=Q(is_blocked=True), name="player_blocked_by_id"),
            models.Index(
                fields=["merchant", "player_id"],
                condition=Q(bets_per_minute__isnull=False)
                | Q(max_stake__isnull=False)
                | Q(max_stake_by_currency__isnull=False),
                name="player_with_limits",
            ),
        ]
        triggers = [pgtrigger.Protect(name="player_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.player_id


class GameQuerySet(models.QuerySet["Game"]):
    def playable_by(self, merchant_id: int) -> Self:
        """Adds `active`: switched on everywhere and for this merchant."""
        disabled = apps.get_model("merchants", "DisabledGame")
        off = disabled.objects.filter(merchant_id=merchant_id, game_id=OuterRef("pk"))
        return self.annotate(active=models.ExpressionWrapper(Q(is_active=True) & ~Exists(off), models.BooleanField()))


@track_history(scopes={"game": "pgh_obj"})
class Game(models.Model):
    """A game of the catalogue that all merchants share."""

    game_id = models.CharField(max_length=64, unique=True, db_collation="C")
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True, help_text=_("If off, the game is off for every merchant."))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = GameQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [no_secret_constraint("game", "name"), one_line_constraint("game", "name")]
        triggers = [pgtrigger.Protect(name="game_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name} ({self.game_id})"


@track_history(scopes={"merchant": "merchant", "game": "game"})
class DisabledGame(models.Model):
    """A game that is switched off for one merchant. No row: as the catalogue says."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="disabled_games")
    game = models.ForeignKey(Game, on_delete=models.PROTECT, related_name="disabled_for")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["merchant", "game"]
        constraints = [models.UniqueConstraint(fields=["merchant", "game"], name="disabled_game_once")]

    def __str__(self) -> str:
        return f"{self.game} · {self.merchant.code}"
