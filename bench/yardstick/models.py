from __future__ import annotations

from django.db import models


class Merchant(models.Model):
    auth_key = models.CharField(max_length=64, unique=True)
    secret = models.CharField(max_length=80)
    is_active = models.BooleanField(default=True)

    is_authenticated = True

    def __str__(self) -> str:
        return self.auth_key


class Game(models.Model):
    game_id = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.game_id


class Player(models.Model):
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    player_id = models.CharField(max_length=255)
    is_blocked = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "player_id"], name="yardstick_player_once")]

    def __str__(self) -> str:
        return self.player_id


class Account(models.Model):
    player = models.ForeignKey(Player, on_delete=models.PROTECT)
    currency = models.CharField(max_length=8)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["player", "currency"], name="yardstick_account_once")]

    def __str__(self) -> str:
        return f"{self.player} {self.currency}"


class Session(models.Model):
    session_id = models.CharField(max_length=512, unique=True)
    player = models.ForeignKey(Player, on_delete=models.PROTECT)
    game = models.ForeignKey(Game, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.session_id


class Transaction(models.Model):
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT)
    transaction_id = models.CharField(max_length=255)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT)
    kind = models.CharField(max_length=9)
    amount = models.BigIntegerField()
    balance = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "transaction_id"], name="yardstick_once")]

    def __str__(self) -> str:
        return self.transaction_id
