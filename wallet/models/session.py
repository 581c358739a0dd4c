from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models import Game, Merchant, Player
from merchants.models.audit import Updated, track_history
from wallet.models.account import Account
from wallet.money import PLAY_MONEY

# Bets of a session move the money of its account: it is that of its own player, in its own currency.
OF_ITS_PLAYER = """
    IF NOT EXISTS (SELECT FROM merchants_player p WHERE p.id = NEW.player_id AND p.merchant_id = NEW.merchant_id)
       OR NEW.account_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM wallet_account a
             WHERE a.id = NEW.account_id AND a.kind = 'player' AND a.player_id = NEW.player_id
               AND a.merchant_id = NEW.merchant_id AND a.currency = NEW.currency) THEN
        RAISE EXCEPTION 'a session has the account of its player' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class SessionQuerySet(models.QuerySet["Session"]):
    def for_merchant(self, merchant_id: int) -> Self:
        return self.filter(merchant_id=merchant_id)

    def live(self, *, at: datetime) -> Self:
        return self.filter(is_active=True, expires_at__gt=at)


@track_history(
    Updated(), scopes={"merchant": "merchant", "player": "player"}, fields=["merchant", "player", "is_active"]
)
class Session(models.Model):
    """A launched game. Bets need it while it lasts; payouts and rollbacks never do."""

    session_id = models.CharField(max_length=512, unique=True, db_collation="C")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="sessions")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="sessions")
    game = models.ForeignKey(Game, on_delete=models.PROTECT, related_name="sessions")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="sessions", help_text=_("Empty for play money.")
    )
    currency = models.CharField(max_length=8, db_collation="C")
    pushed_balance = models.BigIntegerField(
        help_text=_("Balance that the operator sent at launch, real amount × 100000.")
    )
    play_balance = models.BigIntegerField(null=True, blank=True, help_text=_("Demo sessions only."))
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency=PLAY_MONEY, account__isnull=True, play_balance__isnull=False)
                | (~models.Q(currency=PLAY_MONEY) & models.Q(account__isnull=False, play_balance__isnull=True)),
                name="session_real_or_play_money",
            )
        ]
        indexes = [models.Index(fields=["merchant", "id"], name="session_of_merchant")]
        triggers = [
            pgtrigger.Protect(name="session_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="session_of_its_player",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("merchant_id", "player_id", "account_id", "currency"),  # type: ignore[no-untyped-call]
                func=OF_ITS_PLAYER,
            ),
        ]

    def __str__(self) -> str:
        return self.session_id

    @property
    def is_demo(self) -> bool:
        return self.currency == PLAY_MONEY
