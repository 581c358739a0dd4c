from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, Player

JUDGED = ["kind", "currency", "balance", "player"]  # the fields of the type wallet_account_row, in its order


def is_valid_row(domain: str, fields: list[str]) -> models.Func:
    """Return the condition that casts a row to a domain, whose checks say what the row must be.

    The domains stand in wallet/migrations/sql: 0097_valid_row.sql, 0119_valid_account.sql (decision 0086).
    """
    template = f"ROW(%(expressions)s)::{domain} IS DISTINCT FROM NULL"
    return models.Func(*fields, template=template, output_field=models.BooleanField())


def truncate_guard(name: str) -> pgtrigger.Trigger:
    """TRUNCATE passes row triggers by; this one it meets."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'the ledger is never emptied';",
    )


class Account(models.Model):
    """One side of a movement: a player's money, or what stands against it for one merchant and currency.

    Only a player's account keeps its balance; the others are sums over rows, so that no two players ever wait for each
    other. Units: real amount × 100000.
    """

    class Kind(models.TextChoices):
        PLAYER = "player"
        GAMES = "games", _("Games (stakes and payouts)")
        REWARDS = "rewards", _("Rewards (bonuses and jackpots)")
        CASHIER = "cashier", _("Cashier (deposits and withdrawals)")
        CORRECTIONS = "correct", _("Corrections (entries that settle a case)")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="accounts")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="accounts", null=True, blank=True)
    currency = models.CharField(max_length=8, db_collation="C")
    kind = models.CharField(max_length=8, choices=Kind)
    balance = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["player", "currency"], condition=Q(kind="player"), name="player_account_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "currency", "kind"], condition=~Q(kind="player"), name="counter_account_once"
            ),
            models.CheckConstraint(condition=is_valid_row("wallet_valid_account", JUDGED), name="account_is_valid"),
        ]
        triggers = [
            pgtrigger.Protect(name="account_stays", operation=pgtrigger.Delete),
            truncate_guard("account_not_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"

    @property
    def is_overdrawn(self) -> bool:
        """Taken below zero by a rollback: bets and withdrawals are refused until it is covered."""
        return self.balance is not None and self.balance < 0
