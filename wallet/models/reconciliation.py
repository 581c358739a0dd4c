"""A merchant's day against the operator's statement of it: what was sent, what was compared, and what differs.

Amounts are units (real amount × 100000), days are the merchant's (`wallet/reconciliation/days.py`).
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import MD5, Cast, Now

from merchants.models import Merchant, Person
from merchants.models.amounts import amounts_by_currency
from merchants.models.audit import track_history
from merchants.models.people import OUTSIDE_BY_OWNER
from merchants.models.typed_text import no_secret_constraint, one_line_constraint
from portal.lib import clock
from portal.lib.email_addresses import EmailAddressField, ascii_constraint
from wallet.models.case_due import case_due, case_settled_by_correction
from wallet.models.currency_rate import HOLD_RATES, upper_limit

HOURS = (0, 23)
CASHIER_KINDS = ("deposit", "withdraw")  # what many books of games do not have
SWITCHED_OFF = "NEW.pgh_before ->> 'is_on' = 'true' AND NOT NEW.is_on"


# What is still at stake in a case, in units: its difference, or the money of what differs without one.
STAKE = """
    CASE WHEN {row}.difference <> 0 THEN abs({row}.difference::numeric)
         WHEN {row}.kind IN ('unsettled', 'balance') THEN abs(coalesce(({row}.ours ->> 'amount')::numeric, 0))
         WHEN {row}.kind = 'totals' THEN abs(coalesce(({row}.ours ->> 'amount')::numeric, 0)
                                             - coalesce(({row}.theirs ->> 'amount')::numeric, 0))
         ELSE 0 END
"""
# One person closes differences up to the merchant's limit, in each currency and in 24 hours; what is more, and what is
# owed to a player, closes by a second person, as the first asked for it. Comparisons close what they no longer meet.
# A case in which many rows are folded: its difference nets out what each of them is about, so no sum of it is a limit.
FOLDED = """
    (starts_with({row}.subject, 'all|')
     OR ({row}.kind = 'truncated' AND coalesce(({row}.ours ->> 'rows')::bigint, 0) > 0))
"""
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


def private_files() -> Storage:
    return storages["private"]


# Player names in emails are for an owner to allow, not for our staff (OwnerQuestion).
NAMES_BY_OWNER = """
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> '' THEN
        RAISE EXCEPTION 'an owner says yes to player names in emails' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


# With the two-person rule, what one person may write off alone, in any currency, is not for one person to raise. A
# currency whose own amount is taken away follows the euro again, which may be more.
LIMIT_BEFORE, LIMIT_AFTER = (
    upper_limit(
        by_currency=f"{row}.write_off_alone_by_currency", amount=f"{row}.write_off_alone", currency="k.currency"
    )
    for row in ("OLD", "NEW")
)
OWN_AMOUNTS = "CASE jsonb_typeof({0}) WHEN 'object' THEN {0} ELSE '{{}}' END"
LIMIT_BY_TWO = f"""
    IF NOT EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.two_person) THEN
        RETURN NEW;
    END IF;
    {HOLD_RATES}
    IF TG_OP = 'UPDATE' AND NEW.merchant_id = OLD.merchant_id AND NEW.write_off_alone <= OLD.write_off_alone
       AND NOT EXISTS (SELECT FROM (SELECT jsonb_object_keys(
                {OWN_AMOUNTS.format("OLD.write_off_alone_by_currency")}
                || {OWN_AMOUNTS.format("NEW.write_off_alone_by_currency")}) AS currency) k
            WHERE {LIMIT_AFTER} > {LIMIT_BEFORE}) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.write_off_alone = 0 AND NOT EXISTS (
            SELECT FROM jsonb_each({OWN_AMOUNTS.format("NEW.write_off_alone_by_currency")}) e
             WHERE e.value::numeric > 0) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM merchants_approval a
                    WHERE a.merchant_id = NEW.merchant_id AND a.verb = 'limit' AND a.state = 'approved'
                      AND a.decided_in = pg_current_xact_id()::text::bigint
                      AND a.wish ->> 'limit' = NEW.write_off_alone::text
                      AND coalesce(a.wish -> 'by_currency', 'null')
                          = coalesce(NEW.write_off_alone_by_currency, 'null')) THEN
        RAISE EXCEPTION 'a second person approves a higher write-off limit' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - made of constants


@track_history(scopes={"merchant": "merchant"}, exclude=["earlier_days"], owners_told=True, always=SWITCHED_OFF)
class ReconciliationPlan(models.Model):
    """How a merchant's days are reconciled. Without one, they are not."""

    class Grain(models.TextChoices):
        ROWS = "rows", "One line for each transaction"
        TOTALS = "totals", "One line for each player, kind and currency"

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="reconciliation_plan")
    is_on = models.BooleanField(default=True, db_default=True)
    hour = models.PositiveSmallIntegerField(
        default=8, help_text="Of the day after, in the merchant's time zone: then the report is due."
    )
    grain = models.CharField(max_length=6, choices=Grain, default=Grain.ROWS)
    mapping = models.JSONField(default=dict, blank=True, help_text="How the columns of its files are read.")
    unsettled_hours = models.PositiveSmallIntegerField(
        default=24, help_text="From this age on, a round without an end is a break."
    )
    high_amount = models.BigIntegerField(
        default=100_000_000, help_text="From this difference on (in euro, × 100000) a case is of high severity."
    )
    high_amount_by_currency = models.JSONField(null=True, blank=True, help_text="Goes before `high_amount`.")
    write_off_alone = models.BigIntegerField(
        default=0,
        help_text="Up to this difference (in euro, × 100000) one person writes off; above it a second confirms.",
    )
    write_off_alone_by_currency = models.JSONField(null=True, blank=True, help_text="Goes before `write_off_alone`.")
    is_attached = models.BooleanField(default=False, help_text="The files come with the mail, not behind a link.")
    names_players = models.BooleanField(default=False, help_text="The mail may say which players.")
    day_begins = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="The hour at which a day begins, in the merchant's time zone."
    )
    earlier_days = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        editable=False,
        help_text="How days before a date began: [{until, hour, zone}], the oldest first.",
    )
    left_out = ArrayField(
        models.CharField(max_length=8),
        default=list,
        db_default=[],
        blank=True,
        help_text="Types that are not compared, on either side.",
    )
    scopes = ArrayField(
        models.CharField(max_length=300),
        default=list,
        db_default=[],
        blank=True,
        help_text="Scopes of all statements of a day. Empty: a day has one statement of everything.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hour__range=HOURS), name="plan_hour_of_a_day"),
            models.CheckConstraint(condition=Q(day_begins__range=HOURS), name="plan_day_begins_at_an_hour"),
            models.CheckConstraint(
                condition=Q(left_out__contained_by=[*CASHIER_KINDS]), name="plan_leaves_out_cashier_rows_alone"
            ),
            models.CheckConstraint(condition=Q(grain__in=["rows", "totals"]), name="plan_grain_known"),
            models.CheckConstraint(condition=Q(unsettled_hours__gte=1), name="plan_unsettled_at_least_an_hour"),
            models.CheckConstraint(
                condition=Q(high_amount__gte=0, write_off_alone__gte=0), name="plan_amounts_not_negative"
            ),
            amounts_by_currency("plan", "high_amount_by_currency"),
            amounts_by_currency("plan", "write_off_alone_by_currency"),
        ]
        triggers = [
            pgtrigger.Protect(name="plan_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="plan_names_by_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.names_players"),
                func=NAMES_BY_OWNER,
            ),
            pgtrigger.Trigger(
                name="plan_names_later_by_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.names_players AND NOT OLD.names_players"),
                func=NAMES_BY_OWNER,
            ),
            pgtrigger.Trigger(
                name="plan_limit_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.write_off_alone > 0 OR NEW.write_off_alone_by_currency IS NOT NULL"),
                func=LIMIT_BY_TWO,
            ),
            pgtrigger.Trigger(
                name="plan_higher_limit_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.write_off_alone > OLD.write_off_alone OR NEW.merchant_id <> OLD.merchant_id "
                    "OR NEW.write_off_alone_by_currency IS DISTINCT FROM OLD.write_off_alone_by_currency"
                ),
                func=LIMIT_BY_TWO,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant.code}, at {self.hour}:00"


@track_history(scopes={"merchant": "merchant"}, owners_told=True)
class ReportRecipient(models.Model):
    """Who gets a merchant's report."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="report_recipients")
    email = EmailAddressField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "email"], name="report_recipient_once"),
            ascii_constraint("report_recipient"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="recipient_outside_by_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=OUTSIDE_BY_OWNER,
            ),
        ]

    def __str__(self) -> str:
        return self.email


@track_history(scopes={"merchant": "merchant"})
class ReportOptOut(models.Model):
    """An address that asked not to get a merchant's report, named or as one of its people."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="report_opt_outs")
    email = EmailAddressField(help_text="In small letters.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "email"], name="report_opt_out_once"),
            ascii_constraint("report_opt_out"),
        ]

    def __str__(self) -> str:
        return self.email


@track_history(
    scopes={"merchant": "merchant"},
    exclude=["sealed", "kek_id", "last_tried_at", "last_answer"],
    owners_told=True,
    always=SWITCHED_OFF,
)
class StatementSource(models.Model):
    """Where statements are fetched from, by schedule. The password is sealed as secrets are."""

    class Kind(models.TextChoices):
        URL = "url", "HTTPS address"
        SFTP = "sftp", "SFTP"

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="statement_source")
    kind = models.CharField(max_length=4, choices=Kind)
    address = models.CharField(
        max_length=500, help_text="{day} stands for the day, as 2026-01-31. sftp://user@host:22/folder/{day}.csv"
    )
    sealed = models.BinaryField(null=True)
    kek_id = models.CharField(max_length=32, blank=True)
    host_key = models.CharField(max_length=200, blank=True, help_text="SFTP: SHA256 fingerprint of the host's key.")
    is_on = models.BooleanField(default=True)
    last_tried_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            no_secret_constraint("statement_source", "address"),
            models.CheckConstraint(condition=Q(kind__in=["url", "sftp"]), name="statement_source_kind_known"),
        ]

    def __str__(self) -> str:
        return self.address


class HostKeyLookup(models.Model):
    """A person wants to see the key of an SFTP host. A job asks the host, since it may be slow, and writes it here."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="host_key_lookups")
    address = models.CharField(max_length=500)
    asked_at = models.DateTimeField(db_default=Now())
    tried_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    host_key = models.CharField(max_length=200, blank=True, db_default="")
    refusal = models.CharField(max_length=500, blank=True, db_default="", help_text="Why there is no key.")

    class Meta:
        constraints = [
            no_secret_constraint("host_key_lookup", "address"),
            one_line_constraint("host_key_lookup", "address"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="host_key_lookup_newest"),
            models.Index(fields=["asked_at"], condition=Q(answered_at=None), name="host_key_lookup_waiting"),
        ]

    def __str__(self) -> str:
        return self.address


class Statement(models.Model):
    """What the operator says of one day. Read whole or refused whole; one that replaces another leaves it there."""

    class Source(models.TextChoices):
        UPLOAD = "upload", "Uploaded"
        API = "api", "Sent by a signed call"
        PULL = "pull", "Fetched"

    class State(models.TextChoices):
        RECEIVED = "received", "Waits to be read"
        READ = "read"
        REFUSED = "refused"

    number = models.UUIDField(unique=True, help_text="Its name to the outside.")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="statements")
    day = models.DateField(help_text="In the merchant's time zone.")
    grain = models.CharField(max_length=6, choices=ReconciliationPlan.Grain)
    scope = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Of the day, what it is of. Empty: all of it."
    )
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED)
    source = models.CharField(max_length=6, choices=Source)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200, blank=True, help_text="Of the file, as it was sent.")
    file = models.FileField(storage=private_files, upload_to="statements/%Y/%m/", max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes as they came, in hex.")
    size = models.BigIntegerField(help_text="Bytes.")
    mapping = models.JSONField(default=dict, help_text="How it was read.")
    rows = models.IntegerField(default=0)
    totals = models.JSONField(
        default=list, help_text="Of the rows that were read: [{currency, kind, rows, amount}], amounts as text."
    )
    declared = models.JSONField(
        default=list,
        help_text="What its sender says of it: [{currency, kind, rows, amount}], empty where it is of all or not said.",
    )
    faults = models.JSONField(default=list, help_text="Why it was refused: [{line, text}], the first hundred.")
    fault_count = models.IntegerField(default=0, help_text="How many there are in all.")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by", help_text="The one that it corrects."
    )
    is_current = models.BooleanField(default=False, help_text="What the day is compared with.")
    repeats = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+",
        help_text="The first of the same bytes, when a person sent them again after others.",
    )  # fmt: skip
    warnings = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), help_text="What looks wrong in it: sentences."
    )
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="To read it, by the job.")
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "day", "scope"], condition=Q(is_current=True), name="statement_current_once_a_scope"
            ),
            models.UniqueConstraint(
                F("merchant"),
                F("day"),
                F("digest"),
                MD5(Cast("mapping", models.TextField())),  # the same bytes read another way are another statement
                F("scope"),
                condition=~Q(state="refused") & Q(repeats=None),
                name="statement_of_same_bytes_and_scope_once",
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(state="read"), name="statement_current_has_been_read"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["received", "read", "refused"]), name="statement_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="statement_newest"),
            models.Index(fields=["tries", "id"], condition=Q(state="received"), name="statement_waiting"),
            models.Index(fields=["received_at"], condition=Q(is_current=True), name="statement_current_since"),
        ]
        triggers = [pgtrigger.Protect(name="statement_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class StatementPreview(models.Model):
    """A file that a person looks at before it is sent. It is kept for a day."""

    number = models.UUIDField(unique=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, db_index=False, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    scope = models.CharField(max_length=300, blank=True, default="", db_default="")
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=200, unique=True)
    case = models.BigIntegerField(null=True, help_text="The case that the file answers.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [one_line_constraint("statement_preview", "name")]
        indexes = [
            models.Index(fields=["merchant", "by", "-id"], name="statement_preview_of_person"),
            models.Index(fields=["created_at"], name="statement_preview_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Reconciliation(models.Model):
    """One comparison of a day. The newest that is done is the day's; earlier ones stay, so that a restated day can be
    told from what was said before.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    class Outcome(models.TextChoices):
        CLEAR = "clear", "All clear"
        BREAKS = "breaks", "Breaks"
        NO_STATEMENT = "no_statement", "No statement"
        NOTHING = "nothing", "Nothing to compare"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="reconciliations")
    day = models.DateField(help_text="In the merchant's time zone.")
    number = models.IntegerField(help_text="1, 2, … of this day.")
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="+")
    statement_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        db_default=[],
        help_text="All current statements that it saw, also where one was missing and nothing was compared.",
    )
    restates = ArrayField(
        models.DateField(),
        default=list,
        db_default=[],
        help_text="Days beside it that are to be compared again, since they were judged by what it no longer has.",
    )
    upto = models.BigIntegerField(null=True, help_text="The newest ledger row that it saw.")
    figures = models.JSONField(
        default=dict,
        help_text="What screen and mail show: {matched, ours, theirs, sides: [{currency, kind, …}], breaks: […]}.",
    )
    fault = models.CharField(max_length=500, blank=True)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day", "number"], name="reconciliation_once"),
            models.UniqueConstraint(
                fields=["merchant", "day"], condition=Q(state="running"), name="reconciliation_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "failed"]) | Q(done_at__isnull=False) & ~Q(outcome=""),
                name="reconciliation_done_has_an_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-day", "-number"], name="reconciliation_newest"),
            models.Index(fields=["begun_at"], condition=~Q(restates=[]), name="reconciliation_restates"),
        ]
        triggers = [
            pgtrigger.Protect(name="reconciliation_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="reconciliation_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="running"),
                func="RAISE EXCEPTION 'a comparison that has ended stays as it is' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.number}"


@track_history(scopes={"case": "pgh_obj"}, exclude=["ours", "theirs", "seen_by", "due_at"])
class Case(models.Model):
    """A break that somebody has to understand. Found again, it is the same case; gone, it closes by itself.

    What makes two breaks one is (merchant, day, kind, subject): the subject is the transaction's id,
    `player|kind|currency` of a statement of totals, `player|currency` of an account, or empty where the break is about
    the day.
    """

    class Kind(models.TextChoices):
        OWED = "owed", "Refused payout (owed to player)"
        MISSING_HERE = "missing_here", "Missing in our ledger"
        MISSING_THERE = "missing_there", "Missing in statement"
        AMOUNT = "amount", "Amount mismatch"
        CURRENCY = "currency", "Currency mismatch"
        KIND = "kind", "Type mismatch"
        WHOSE = "whose", "Player mismatch"
        GAME = "game", "Game mismatch"
        STATE = "state", "Status mismatch"
        DUPLICATE_HERE = "duplicate_here", "Duplicate in our ledger"
        DUPLICATE_THERE = "duplicate_there", "Duplicate in statement"
        PAYOUT_WITHOUT_BET = "payout_without_bet", "Payout without bet"
        UNSETTLED = "unsettled", "Unsettled round"
        DAY_BOUNDARY = "day_boundary", "Cut-off difference"
        NETS_OUT = "nets_out", "Rolled-back round on one side"
        TOTALS = "totals", "Totals mismatch"
        GROUP = "group", "Player total mismatch"
        NO_STATEMENT = "no_statement", "Statement missing"
        LATE_STATEMENT = "late_statement", "Statement late"
        TRUNCATED = "truncated", "Statement truncated"
        BALANCE = "balance", "Ledger does not balance"
        PAID_ON_ROLLED_BACK = "paid_on_rolled_back", "Payout stands on a rolled-back bet"
        BELOW_ZERO = "below_zero", "Negative balance"
        TOMBSTONE_MET = "tombstone_met", "Bet accepted after its rollback"

    class State(models.TextChoices):
        OPEN = "open"
        ASSIGNED = "assigned"
        WAITING = "waiting", "Waiting for the operator"
        RESOLVED = "resolved"

    class Resolution(models.TextChoices):
        FOUND_LATE = "found_late", "Found late"
        CORRECTED = "corrected", "Corrected"
        THEIRS = "theirs", "Operator's error"
        OURS = "ours", "Our error"
        WRITTEN_OFF = "written_off", "Written off"
        SETTLED = "settled", "Settled by correction"

    class Severity(models.IntegerChoices):
        LOW = 1
        MEDIUM = 2
        HIGH = 3
        OWED = 4, "Owed to a player"

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
        help_text="Ours less theirs, as players feel it: above 0 is what we gave them beyond.",
    )
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.LOW)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    resolution = models.CharField(max_length=11, choices=Resolution, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="The same row's case of another day."
    )
    found_by = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="found")
    seen_by = models.ForeignKey(
        Reconciliation, on_delete=models.PROTECT, related_name="+", help_text="The newest comparison that met it."
    )
    write_off_asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    asked_resolution = models.CharField(
        max_length=11, choices=Resolution, blank=True, default="", db_default="", help_text="As it was asked for."
    )
    resolved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", help_text="Empty: it closed by itself."
    )
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, editable=False, help_text="By its severity; a trigger keeps it.")

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
    number = models.PositiveIntegerField(help_text="1, 2, … of its case.")
    subject = models.CharField(max_length=600, blank=True, db_collation="C", help_text="As a case of its own has it.")
    player_id = models.CharField(max_length=255, blank=True, db_collation="C")
    currency = models.CharField(max_length=8, blank=True, db_collation="C")
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    net = models.DecimalField(max_digits=40, decimal_places=0, help_text="Our amount minus theirs.")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="folded_row_once")]

    def __str__(self) -> str:
        return self.subject


class CaseNote(models.Model):
    """What somebody wrote to a case. It stays as it was written."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    is_staff = models.BooleanField(help_text="Written by our staff.")
    is_internal = models.BooleanField(default=False, help_text="The operator does not see it.")
    text = models.CharField(max_length=2000)
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, null=True, related_name="+", help_text="A corrected one that came with it."
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


class ReportDelivery(models.Model):
    """A report to one recipient, once per comparison; the letter (merchants.Letter) knows how the sending went."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="deliveries")
    to = EmailAddressField()
    letter = models.OneToOneField("merchants.Letter", on_delete=models.PROTECT, related_name="report_delivery")
    bounced_at = models.DateTimeField(null=True)
    bounce = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["reconciliation", "to"], name="report_delivery_once")]

    def __str__(self) -> str:
        return self.to
