"""What secrets were used for, summed up by the hour beside the path of a call (wallet/services/usage/usage_rollup.py).

Nothing here is a source: each row can be counted again from the request log and the ledger. A `Mark` says up to which
row of a source that was done; whoever reads adds the rows behind it, so that a figure is exact at any moment.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from merchants.models import Game, Merchant, Player, Secret
from wallet.models.transaction import Transaction


class WholeNumberField(models.Field):  # type: ignore[type-arg]
    """A sum that no 64 bits need to hold: a thousand largest amounts are more."""

    def db_type(self, connection: Any) -> str:
        return "numeric(38, 0)"

    def from_db_value(self, value: Any, *_: object) -> int | None:
        return None if value is None else int(value)


# Behind the watermark nobody reads rows again, before it everybody does: moved back, rows are counted twice; moved past
# what is there, rows that are to come are never counted.
MOVES_ON = """
    IF NEW.source <> OLD.source OR NEW.upto < OLD.upto OR NEW.upto > coalesce(
            CASE OLD.source WHEN 'calls' THEN (SELECT max(r.id) FROM wallet_signedrequest r)
                            ELSE (SELECT max(t.id) FROM wallet_transaction t) END, 0) THEN
        RAISE EXCEPTION 'a watermark moves on, over rows that are there' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Watermark(models.Model):
    """Up to which row of a table all is summed up."""

    class Source(models.TextChoices):
        CALLS = "calls"
        MOVEMENTS = "movements"
        BOOKS = "books", _("Own books, verified")
        GAMING = "gaming"

    source = models.CharField(primary_key=True, max_length=9, choices=Source)
    upto = models.BigIntegerField(default=0)

    class Meta:
        db_table = "wallet_mark"
        triggers = [
            pgtrigger.Protect(name="mark_stays", operation=pgtrigger.Delete),  # without it nothing can be read
            pgtrigger.Trigger(
                name="mark_moves_on",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.* IS DISTINCT FROM OLD.*"),
                func=MOVES_ON,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} up to {self.upto}"


class CallHour(models.Model):
    """Calls that a secret signed rightly, from one address to one endpoint with one answer, in one hour."""

    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    hour = models.DateTimeField()
    address = models.GenericIPAddressField()
    endpoint = models.CharField(max_length=64)
    status = models.CharField(max_length=40)
    calls = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["secret", "hour", "address", "endpoint", "status"], name="call_hour_once")
        ]

    def __str__(self) -> str:
        return f"{self.secret_id} {self.hour} {self.endpoint} {self.status}"


class MovementHour(models.Model):
    """Ledger rows that a secret signed, of one address, kind and currency, in one hour. Units: × 100000."""

    class Kind(models.TextChoices):
        """The ledger's kinds, a rollback told apart by the kind of the row that it reverses; `nothing` moved none."""

        BET = "bet", _("Bets")
        PAYOUT = "payout", _("Payouts")
        REWARD = "reward", _("Rewards")
        DEPOSIT = "deposit", _("Deposits")
        WITHDRAW = "withdraw", _("Withdrawals")
        BET_BACK = "bet_back", _("Bets rolled back")
        PAYOUT_BACK = "payout_back", _("Payouts rolled back")
        REWARD_BACK = "reward_back", _("Rewards rolled back")
        DEPOSIT_BACK = "deposit_back", _("Deposits rolled back")
        WITHDRAW_BACK = "withdraw_back", _("Withdrawals rolled back")
        NOTHING = "nothing", _("No money moved")

    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    hour = models.DateTimeField()
    address = models.GenericIPAddressField()
    kind = models.CharField(max_length=13, choices=Kind)
    currency = models.CharField(max_length=8, blank=True, db_collation="C")
    moves = models.BigIntegerField()
    amount = WholeNumberField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["secret", "hour", "address", "kind", "currency"], name="movement_hour_once"
            ),
            # The words of before: a job that was not started anew fails, and the next one sums up what it left.
            models.CheckConstraint(
                condition=~Q(kind__in=["given_back", "taken_back"]), name="movement_hour_tells_rollbacks_apart"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.secret_id} {self.hour} {self.kind} {self.currency}"


class PlayerDay(models.Model):
    """A player whose money a secret was used to ask for, first and last on one day (UTC)."""

    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    day = models.DateTimeField()
    player = models.ForeignKey(Player, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["secret", "day", "player"], name="player_day_once")]

    def __str__(self) -> str:
        return f"{self.secret_id} {self.day:%Y-%m-%d} {self.player_id}"


class GamingDay(models.Model):
    """Stakes, payouts and rewards of one day (UTC) in one currency. Units: × 100000.

    A rollback is subtracted on the day on which it arrived. Corrections are not in it.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    day = models.DateField()
    currency = models.CharField(max_length=8, db_collation="C")
    bets = models.BigIntegerField(help_text=_("Number of bets, without those that were rolled back."))
    stakes = WholeNumberField()
    payouts = WholeNumberField()
    rewards = WholeNumberField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.day} {self.currency}"


SPANS = (8, 32, 128)  # days, each a multiple of the one before it
EACH_SPAN = ", ".join(f"({days})" for days in SPANS)
TO_COARSER_SUMS = """
    INSERT INTO {table} AS s (merchant_id, {keys}, bets, stakes, payouts, rewards)
    SELECT c.merchant_id, {values}, sum(c.sign * c.bets), sum(c.sign * c.stakes), sum(c.sign * c.payouts),
           sum(c.sign * c.rewards)
      FROM ({changed}) c {lengths}
     GROUP BY c.merchant_id, {values}
    ON CONFLICT (merchant_id, {keys}) DO UPDATE
       SET bets = s.bets + excluded.bets, stakes = s.stakes + excluded.stakes,
           payouts = s.payouts + excluded.payouts, rewards = s.rewards + excluded.rewards;
    RETURN NULL;
"""


def first_day(day: str, length: object) -> str:
    """Return the SQL of the first day of a day's span. Spans of one length follow each other since the year 1."""
    return f"{day} - mod({day} - DATE '0001-01-01', {length})"


def to_coarser_sums(table: str, of: str, changed: str) -> str:
    """Return the SQL that adds changed days, each with its `sign`, to coarser sums.

    `of`: the column that tells what the sums are of; "" for the sums of a day of all games.
    """
    keys, values = ["day", "currency"], ["c.day", "c.currency"]
    if of:
        keys, values = (
            ["length", "day", of, "currency"],
            ["l.length", first_day("c.day", "l.length"), f"c.{of}", "c.currency"],
        )
    lengths = f"CROSS JOIN (VALUES {EACH_SPAN}) l (length)" if of else ""
    return TO_COARSER_SUMS.format(
        table=table, keys=", ".join(keys), values=", ".join(values), changed=changed, lengths=lengths
    )


def coarser_sums(name: str, table: str, of: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that keep coarser sums equal to those of the days, whoever writes the days.

    They stand on sums that a job writes, so a bet does not pay for them.
    """
    added, taken = "SELECT n.*, 1 AS sign FROM new_days n", "SELECT o.*, -1 AS sign FROM old_days o"
    new, old = {"new": "new_days"}, {"old": "old_days"}
    ways = [
        ("added", pgtrigger.Insert, added, new),
        ("changed", pgtrigger.Update, f"{added} UNION ALL {taken}", new | old),
        ("deleted", pgtrigger.Delete, taken, old),
    ]
    return [
        pgtrigger.Trigger(
            name=f"{name}_{way}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**named),  # type: ignore[no-untyped-call]
            func=to_coarser_sums(table, of, changed),
        )
        for way, operation, changed, named in ways
    ]


class GameDay(GamingDay):
    """Of one game."""

    game = models.ForeignKey(Game, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "day", "game", "currency"], name="game_day_once")]
        triggers = [
            *coarser_sums("games", "wallet_merchantgamingday", ""),
            *coarser_sums("game_spans", "wallet_gamespan", "game_id"),
        ]


class PlayerGamingDay(GamingDay):
    """Of one player."""

    player = models.ForeignKey(Player, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "player", "currency"], name="player_gaming_day_once")
        ]
        # The days of one player: the figures of the players that a page of revenue shows.
        indexes = [models.Index(fields=["merchant", "player", "day"], name="player_gaming_days")]
        triggers = coarser_sums("player_spans", "wallet_playerspan", "player_id")


class MerchantGamingDay(GamingDay):
    """Of all games."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "day", "currency"], name="merchant_gaming_day_once")]


class GamingSpan(GamingDay):
    """Of so many days, the first of which is `day`. One length divides the days since the year 1 without a gap."""

    length = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


class GameSpan(GamingSpan):
    """Of one game."""

    game = models.ForeignKey(Game, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "length", "day", "game", "currency"], name="game_span_once")
        ]


class PlayerSpan(GamingSpan):
    """Of one player."""

    player = models.ForeignKey(Player, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "length", "day", "player", "currency"], name="player_span_once")
        ]
        # The spans of one player: the figures of the players that a page of revenue shows.
        indexes = [models.Index(fields=["merchant", "player", "length", "day"], name="player_spans")]


class OpenBet(models.Model):
    """A bet that stood without a payout when its last row was summed up."""

    bet = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, primary_key=True, db_constraint=False, related_name="+"
    )
    secret = models.ForeignKey(Secret, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    player = models.ForeignKey(Player, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    game = models.ForeignKey(Game, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    transaction_id = models.CharField(max_length=255, db_collation="C")
    currency = models.CharField(max_length=8, db_collation="C")
    amount = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "transaction_id"], name="open_bet_once")]
        indexes = [
            models.Index(fields=["secret", "created_at"], name="open_bet_of_secret"),
            models.Index(fields=["merchant", "created_at", "bet"], name="open_bet_by_age"),
            models.Index(fields=["player", "created_at"], name="open_bet_of_player"),
            models.Index(fields=["merchant", "game", "created_at"], name="open_bet_of_game"),
        ]

    def __str__(self) -> str:
        return f"{self.bet_id}"
