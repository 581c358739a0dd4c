"""A break between a day of ours and the operator's, and the work on it. Amounts are units (real amount × 100000)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from merchants.models import Merchant, Person
from merchants.models.audit import track_history
from merchants.models.typed_text import no_secret_constraint
from portal.lib import clock
from wallet.models.case_due import case_due, case_settled_by_correction
from wallet.models.currency_rate import upper_limit
from wallet.models.reconciliation import Reconciliation
from wallet.models.refused_payout import IS_PAID
from wallet.models.statement import Statement

# What is still at stake in a case, in units: its difference, or the money of what differs without one.
STAKE = """
    CASE WHEN {row}.difference <> 0 THEN abs({row}.difference::numeric)
         WHEN {row}.kind IN ('unsettled', 'balance') THEN abs(coalesce(({row}.ours ->> 'amount')::numeric, 0))
         WHEN {row}.kind = 'totals' THEN abs(coalesce(({row}.ours ->> 'amount')::numeric, 0)
                                             - coalesce(({row}.theirs ->> 'amount')::numeric, 0))
         ELSE 0 END
"""
# A case in which many rows are folded: its difference nets out what each of them is about, so no sum of it is a limit.
FOLDED = """
    (starts_with({row}.subject, 'all|')
     OR ({row}.kind = 'truncated' AND coalesce(({row}.ours ->> 'rows')::bigint, 0) > 0))
"""
# One person closes differences up to the merchant's limit, in each currency and in 24 hours; what is more, and what is
# owed to a player, closes by a second person, as the first asked for it. Comparisons close what they no longer meet.
ALONE = upper_limit(by_currency="p.write_off_alone_by_currency", amount="p.write_off_alone", currency="NEW.currency")
BY_TWO_PEOPLE = f"""
    IF OLD.write_off_asked_by_id <> NEW.resolved_by_id AND OLD.asked_resolution = NEW.resolution
       AND OLD.difference = NEW.difference AND NEW.write_off_asked_by_id = OLD.write_off_asked_by_id THEN
        RETURN NEW;
    END IF;
    IF NEW.kind <> 'owed' AND NOT {FOLDED.format(row="NEW")} AND ({STAKE.format(row="NEW")}) = 0 THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    PERFORM 1 FROM merchants_person WHERE id = NEW.resolved_by_id FOR NO KEY UPDATE;
    IF NEW.kind = 'owed' OR {FOLDED.format(row="NEW")} OR ({STAKE.format(row="NEW")}) + coalesce((
            SELECT sum({STAKE.format(row="c")}) FROM wallet_case c
             WHERE c.resolved_by_id = NEW.resolved_by_id AND c.resolved_at > NEW.resolved_at - interval '24 hours'
               AND c.merchant_id = NEW.merchant_id AND c.currency = NEW.currency AND c.state = 'resolved'
               AND c.write_off_asked_by_id IS NULL), 0)
        > coalesce((SELECT {ALONE} FROM wallet_reconciliationplan p
                     WHERE p.merchant_id = NEW.merchant_id), 0) THEN
        RAISE EXCEPTION 'a second person closes this case' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - made of constants

# Money owed to a player closes automatically by its payout in the ledger, which nobody but the ledger's functions
# writes, whatever a comparison is said to have found.
CLOSED_BY_PAYOUT = f"""
    IF NOT EXISTS (SELECT FROM wallet_refusedpayout r
                    WHERE r.merchant_id = NEW.merchant_id AND r.transaction_id = NEW.subject AND {IS_PAID}) THEN
        RAISE EXCEPTION 'money owed to a player closes by its payout' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@track_history(scopes={"case": "pgh_obj"}, exclude=["ours", "theirs", "seen_by", "due_at"])
class Case(models.Model):
    """A break that somebody has to understand. Found again, it is the same case; gone, it closes by itself.

    What makes two breaks one is (merchant, day, kind, subject): the subject is the transaction's id,
    `player|kind|currency` of a statement of totals, `player|currency` of an account, or empty where the break is about
    the day.
    """

    class Kind(models.TextChoices):
        OWED = "owed", gettext_lazy("Refused payout (owed to player)")
        MISSING_HERE = "missing_here", gettext_lazy("Missing in our ledger")
        MISSING_THERE = "missing_there", gettext_lazy("Missing in statement")
        AMOUNT = "amount", gettext_lazy("Amount mismatch")
        CURRENCY = "currency", gettext_lazy("Currency mismatch")
        KIND = "kind", gettext_lazy("Type mismatch")
        WHOSE = "whose", gettext_lazy("Player mismatch")
        GAME = "game", gettext_lazy("Game mismatch")
        STATE = "state", gettext_lazy("Status mismatch")
        DUPLICATE_HERE = "duplicate_here", gettext_lazy("Duplicate in our ledger")
        DUPLICATE_THERE = "duplicate_there", gettext_lazy("Duplicate in statement")
        PAYOUT_WITHOUT_BET = "payout_without_bet", gettext_lazy("Payout without bet")
        UNSETTLED = "unsettled", gettext_lazy("Unsettled round")
        DAY_BOUNDARY = "day_boundary", gettext_lazy("Cut-off difference")
        NETS_OUT = "nets_out", gettext_lazy("Rolled-back round on one side")
        TOTALS = "totals", gettext_lazy("Totals mismatch")
        GROUP = "group", gettext_lazy("Player total mismatch")
        NO_STATEMENT = "no_statement", gettext_lazy("Statement missing")
        LATE_STATEMENT = "late_statement", gettext_lazy("Statement late")
        TRUNCATED = "truncated", gettext_lazy("Statement truncated")
        BALANCE = "balance", gettext_lazy("Ledger does not balance")
        PAID_ON_ROLLED_BACK = "paid_on_rolled_back", gettext_lazy("Payout stands on a rolled-back bet")
        BELOW_ZERO = "below_zero", gettext_lazy("Negative balance")
        TOMBSTONE_MET = "tombstone_met", gettext_lazy("Bet accepted after its rollback")

    class State(models.TextChoices):
        OPEN = "open"
        ASSIGNED = "assigned"
        WAITING = "waiting", gettext_lazy("Waiting for operator")
        RESOLVED = "resolved"

    class Resolution(models.TextChoices):
        FOUND_LATE = "found_late", gettext_lazy("Found late")
        CORRECTED = "corrected", gettext_lazy("Corrected")
        THEIRS = "theirs", gettext_lazy("Operator error")
        OURS = "ours", gettext_lazy("Our error")
        WRITTEN_OFF = "written_off", gettext_lazy("Written off")
        SETTLED = "settled", gettext_lazy("Settled by correction")

    class Severity(models.IntegerChoices):
        LOW = 1
        MEDIUM = 2
        HIGH = 3
        OWED = 4, gettext_lazy("Owed to a player")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="cases")
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.CharField(max_length=600, blank=True, db_collation="C")
    player_id = models.CharField(max_length=255, blank=True, db_collation="C")
    currency = models.CharField(max_length=8, blank=True, db_collation="C")
    ours = models.JSONField(
        null=True, help_text="As our ledger has it: {kind, player, game, currency, amount, state, at}."
    )
    theirs = models.JSONField(null=True, help_text="The statement's row: the same, and its line.")
    difference = models.BigIntegerField(
        default=0,
        help_text=gettext_lazy(
            "Our amount minus theirs, seen from the player: a positive amount is what we gave in excess."
        ),
    )
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.LOW)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    resolution = models.CharField(max_length=11, choices=Resolution, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=gettext_lazy("The case of the same row on another day."),
    )
    found_by = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="found")
    seen_by = models.ForeignKey(
        Reconciliation,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=gettext_lazy("The newest reconciliation run with this break."),
    )
    write_off_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_resolution = models.CharField(
        max_length=11,
        choices=Resolution,
        blank=True,
        default="",
        db_default="",
        help_text=gettext_lazy("Resolution as requested."),
    )
    resolved_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=gettext_lazy("If empty, the case closed automatically."),
    )
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, editable=False, help_text=gettext_lazy("Follows from the severity."))

    class Meta:
        ordering = ["-severity", "opened_at"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "kind", "subject"], name="case_once"),
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) & ~Q(resolution="")
                | ~Q(state="resolved") & Q(resolved_at=None, resolution=""),
                name="case_resolved_how_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="assigned") | Q(owner__isnull=False), name="case_assigned_to_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(resolved_by=F("write_off_asked_by")) | ~Q(resolution="written_off"),
                name="case_written_off_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(write_off_asked_by=None) | ~Q(asked_resolution=""), name="case_asked_for_how"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-day", "kind"], name="case_of_day"),
            models.Index(fields=["merchant", "day", "-severity", "id"], name="case_of_day_worst_first"),
            models.Index(fields=["subject"], name="case_of_subject"),
            models.Index(fields=["player_id"], name="case_of_player"),
            models.Index(
                fields=["-severity", "opened_at"], condition=~Q(state="resolved"), name="case_open_worst_first"
            ),
            models.Index(
                fields=["merchant", "-severity", "opened_at"], condition=~Q(state="resolved"), name="case_open_of"
            ),
            models.Index(
                fields=["merchant", "subject"],
                condition=Q(kind="day_boundary") & ~Q(state="resolved"),
                name="case_over_midnight",
            ),
            models.Index(
                fields=["merchant"],
                condition=Q(write_off_asked_by__isnull=False) & ~Q(state="resolved"),
                name="case_waits_for_second",
            ),
            models.Index(
                fields=["resolved_by", "resolved_at"],
                condition=Q(state="resolved", resolved_by__isnull=False),
                name="case_closed_by",
            ),
            models.Index(fields=["due_at"], condition=~Q(state="resolved"), name="case_open_by_due_date"),
        ]
        triggers = [
            case_due,
            case_settled_by_correction,
            pgtrigger.Protect(name="case_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="case_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.state = 'resolved' AND NEW.resolved_by_id IS NOT NULL AND (OLD.state <> 'resolved' "
                    "OR OLD.resolution <> NEW.resolution OR OLD.resolved_by_id IS DISTINCT FROM NEW.resolved_by_id)"
                ),
                func=BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="case_owed_closes_by_payout",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.kind = 'owed' AND NEW.state = 'resolved' AND NEW.resolved_by_id IS NULL "
                    "AND (OLD.state <> 'resolved' OR OLD.resolved_by_id IS NOT NULL)"
                ),
                func=CLOSED_BY_PAYOUT,
            ),
            pgtrigger.Protect(
                name="case_begins_without_people",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition(
                    "NEW.resolved_by_id IS NOT NULL OR NEW.write_off_asked_by_id IS NOT NULL"
                ),
            ),
            pgtrigger.Protect(
                name="case_stays_what_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.merchant_id <> OLD.merchant_id OR NEW.day <> OLD.day OR NEW.kind <> OLD.kind "
                    "OR NEW.subject <> OLD.subject"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()

    @property
    def is_overdue(self) -> bool:
        return self.state != self.State.RESOLVED and self.due_at is not None and self.due_at <= clock.now()


class FoldedRow(models.Model):
    """A break among the many of one case, as the newest comparison found it. Each comparison writes them anew."""

    case = models.ForeignKey(
        Case, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="folded_rows"
    )
    number = models.PositiveIntegerField(help_text=gettext_lazy("1, 2, … within the case."))
    subject = models.CharField(
        max_length=600, blank=True, db_collation="C", help_text=gettext_lazy("The same as in a separate case.")
    )
    player_id = models.CharField(max_length=255, blank=True, db_collation="C")
    currency = models.CharField(max_length=8, blank=True, db_collation="C")
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    net = models.DecimalField(max_digits=40, decimal_places=0, help_text=gettext_lazy("Our amount minus theirs."))

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="folded_row_once")]

    def __str__(self) -> str:
        return self.subject


class CaseNote(models.Model):
    """What somebody wrote to a case. It stays as it was written."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_staff = models.BooleanField(help_text=gettext_lazy("Written by our staff."))
    is_internal = models.BooleanField(default=False, help_text=gettext_lazy("If on, the operator cannot read it."))
    text = models.CharField(max_length=2000)
    statement = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=gettext_lazy("A corrected statement that came with the note."),
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            no_secret_constraint("case_note", "text"),
            models.CheckConstraint(condition=~Q(is_internal=True, is_staff=False), name="case_note_internal_is_ours"),
        ]
        triggers = [pgtrigger.Protect(name="case_note_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text[:60]
