"""The close of a month: its settlement statement, what changed later of months before it, and the invoices for it.

Amounts are units (real amount × 100000). A month is named by its first day and is the merchant's.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, Person
from merchants.models.audit import track_history, unbound_reference
from merchants.models.merchant import not_of_a_sandbox
from merchants.models.typed_text import no_secret_constraint, one_line_constraint
from wallet.models.case import Case
from wallet.models.reconciliation import Reconciliation
from wallet.models.statement import private_files

CHECK = "USING ERRCODE = 'check_violation'"
# Months are closed in their order, so that each begins where the one before it ended.
BEGINS = f"""
    IF NEW.state <> 'requested' THEN
        RAISE EXCEPTION 'a settlement statement begins as a request' {CHECK};
    END IF;
    IF EXISTS (SELECT FROM wallet_settlement s
                WHERE s.merchant_id = NEW.merchant_id AND s.state = 'signed'
               HAVING max(s.month) + interval '1 month' <> NEW.month OR max(s.ends_at) <> NEW.begins_at) THEN
        RAISE EXCEPTION 'months are closed in their order' {CHECK};
    END IF;
    RETURN NEW;
"""
# The job fills in a request; of what is prepared only the decision is added; nothing is changed after that.
DECIDED = "state,withdrawn_by_id,withdrawn_at,withdrawal"
COUNTED = f"{{{DECIDED},figures,digest,counted_at,refusal}}"
SIGNED = f"{{{DECIDED},signed_by_id,signed_at}}"
FROZEN = f"""
    IF OLD.state NOT IN ('requested', 'prepared') THEN
        RAISE EXCEPTION 'a settlement statement stays as it is: %', OLD.state {CHECK};
    END IF;
    IF OLD.state = 'requested' AND (
           NEW.state = 'signed' OR
           to_jsonb(NEW) - '{COUNTED}'::text[]
        <> to_jsonb(OLD) - '{COUNTED}'::text[])
       OR OLD.state = 'prepared' AND (
           NEW.state NOT IN ('signed', 'withdrawn') OR
           to_jsonb(NEW) - '{SIGNED}'::text[]
        <> to_jsonb(OLD) - '{SIGNED}'::text[]) THEN
        RAISE EXCEPTION 'the figures of a settlement statement are not changed' {CHECK};
    END IF;
    IF NEW.state = 'signed' AND NOT EXISTS (
           SELECT FROM merchants_person p
            WHERE p.id = NEW.signed_by_id AND p.is_active AND p.staff_role IN ('support', 'administrator')) THEN
        RAISE EXCEPTION 'our staff sign a settlement statement off' {CHECK};
    END IF;
    RETURN NEW;
"""
WHILE_PREPARED = f"""
    PERFORM FROM wallet_settlement WHERE id = NEW.settlement_id AND state = 'requested' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an adjustment is added while its statement is prepared' {CHECK};
    END IF;
    RETURN NEW;
"""
OF_A_SIGNED_ONE = f"""
    IF NOT EXISTS (SELECT FROM wallet_settlement WHERE id = NEW.settlement_id AND state = 'signed') THEN
        RAISE EXCEPTION 'a settlement statement is confirmed after its sign-off' {CHECK};
    END IF;
    RETURN NEW;
"""

NOT_TWICE = """
    PERFORM FROM merchants_merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE; -- of two, the second sees the first
    IF (SELECT (newest.number, newest.basis, newest.totals, newest.digest)
             = (NEW.number, NEW.basis, NEW.totals, NEW.digest)
          FROM wallet_invoice newest
         WHERE newest.merchant_id = NEW.merchant_id AND newest.month = NEW.month AND newest.issuer = NEW.issuer
         ORDER BY newest.id DESC
         LIMIT 1) THEN
        RAISE EXCEPTION 'this invoice is stored already' USING ERRCODE = 'unique_violation';
    END IF;
    RETURN NEW;
"""


def truncate_guard(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME;",
    )


@track_history(scopes={"merchant": "merchant"}, exclude=["figures"])
class Settlement(models.Model):
    """A month's settlement statement of one merchant. After the sign-off it stays as it is, in the database itself."""

    class State(models.TextChoices):
        REQUESTED = "requested", _("Being prepared")
        PREPARED = "prepared"
        SIGNED = "signed", _("Signed off")
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="settlements")
    month = models.DateField(help_text=_("The first day of the month, in the merchant's time zone."))
    number = models.PositiveSmallIntegerField(help_text=_("1, 2, … within the month."))
    state = models.CharField(max_length=9, choices=State, default=State.REQUESTED)
    time_zone = models.CharField(max_length=64)
    begins_at = models.DateTimeField(help_text=_("The first moment of the month."))
    ends_at = models.DateTimeField(help_text=_("The first moment after the month."))
    reason = models.CharField(
        max_length=500, blank=True, help_text=_("The reason to close the month with open days or cases.")
    )
    figures = models.JSONField(default=dict)
    digest = models.CharField(
        max_length=64, blank=True, help_text=_("SHA-256 of figures and adjustments, in hex: the history keeps it.")
    )
    counted_at = models.DateTimeField(null=True)
    refusal = models.CharField(
        max_length=500, blank=True, help_text=_("The reason why the statement could not be prepared.")
    )
    prepared_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal = models.CharField(max_length=500, blank=True, help_text=_("The reason of the withdrawal."))

    class Meta:
        verbose_name = _("settlement statement")
        ordering = ["-month", "-number"]
        constraints = [
            no_secret_constraint("settlement", "reason"),
            one_line_constraint("settlement", "reason"),
            no_secret_constraint("settlement", "withdrawal"),
            one_line_constraint("settlement", "withdrawal"),
            models.UniqueConstraint(fields=["merchant", "month", "number"], name="settlement_once"),
            models.UniqueConstraint(
                fields=["merchant", "month"], condition=Q(state="signed"), name="settlement_signed_once"
            ),
            models.UniqueConstraint(
                fields=["merchant"], condition=Q(state__in=["requested", "prepared"]), name="settlement_one_draft"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="settlement_of_a_month"),
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="settlement_begins_before_its_end"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "prepared", "signed", "refused", "withdrawn"]),
                name="settlement_state_known",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("prepared_by")), name="settlement_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="signed", signed_by__isnull=False, signed_at__isnull=False)
                | ~Q(state="signed") & Q(signed_by=None, signed_at=None),
                name="settlement_signed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                | ~Q(state="withdrawn") & Q(withdrawn_by=None, withdrawn_at=None),
                name="settlement_withdrawn_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["prepared", "signed"])
                | Q(counted_at__isnull=False) & ~Q(figures={}) & ~Q(digest=""),
                name="settlement_prepared_has_figures",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at"], condition=Q(state="requested"), name="settlement_waiting"),
        ]
        triggers = [
            pgtrigger.Protect(name="settlement_stays", operation=pgtrigger.Delete),
            not_of_a_sandbox("a settlement statement"),
            pgtrigger.Trigger(name="settlement_begins", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BEGINS),
            pgtrigger.Trigger(name="settlement_frozen", when=pgtrigger.Before, operation=pgtrigger.Update, func=FROZEN),
        ]

    def __str__(self) -> str:
        return f"{self.merchant.code} {self.month:%Y-%m}"

    @property
    def is_draft(self) -> bool:
        return self.state in {self.State.REQUESTED, self.State.PREPARED}


class SettlementAdjustment(models.Model):
    """What this month changed of an earlier one. Written with its statement, and never changed."""

    class Kind(models.TextChoices):
        ROLLBACK = "rollback", _("Rollback of an earlier month")
        ENTRY = "entry", _("Correcting entry")
        DAY = "day", _("Restated day")
        CASE = "case", _("Case of an earlier month")

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, db_index=False, related_name="adjustments")
    kind = models.CharField(max_length=8, choices=Kind)
    month = models.DateField(help_text=_("The original month: its first day."))
    day = models.DateField(null=True)
    transaction_id = models.CharField(max_length=600, blank=True, db_collation="C")
    part = models.IntegerField(default=0)
    ref_transaction_id = models.CharField(
        max_length=255, blank=True, db_collation="C", help_text=_("The transaction that is reversed.")
    )
    moved = models.CharField(
        max_length=20, blank=True, help_text=_("Type of the reversed transaction, or of the entry.")
    )
    game = unbound_reference("merchants.Game")
    currency = models.CharField(max_length=8, blank=True, db_collation="C")
    amount = models.BigIntegerField(
        default=0, help_text=_("Amount given to players. A negative amount was taken from players.")
    )
    difference = models.BigIntegerField(default=0, help_text=_("Of a case: our amount minus theirs. No money moves."))
    text = models.CharField(max_length=300, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    run = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["settlement", "id"], name="adjustment_of_settlement")]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="adjustment_of_a_month"),
            models.CheckConstraint(
                condition=Q(kind__in=["rollback", "entry", "day", "case"]), name="adjustment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["rollback", "entry"]) | Q(amount=0), name="adjustment_money_is_of_the_ledger"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="adjustment_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            truncate_guard("adjustment_not_emptied"),
            pgtrigger.Trigger(
                name="adjustment_while_prepared",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=WHILE_PREPARED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.transaction_id}".strip()


class SettlementConfirmation(models.Model):
    """The merchant agrees with a signed statement, in the words of one of its owners or managers."""

    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="confirmation_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            truncate_guard("confirmation_not_emptied"),
            pgtrigger.Trigger(
                name="confirmation_of_a_signed_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OF_A_SIGNED_ONE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} confirmed"


# An amount of whole units as text, for each currency; none is larger than a ledger holds.
ARE_TOTALS = (
    'strict $.type() == "object" && exists($.*) && !exists($.keyvalue() ? (!(@.key like_regex "^[A-Z0-9]{2,8}$")'
    ' || @.value.type() != "string" || !(@.value like_regex "^-?[0-9]{1,16}$")))'
)


class Invoice(models.Model):
    """An invoice for a month, as it was uploaded. The newest of an issuer and month counts; earlier ones stay.

    The newest is not stored a second time: same number, totals, basis and file.
    """

    class Issuer(models.TextChoices):
        MERCHANT = "merchant", _("Merchant")
        PROVIDER = "provider", _("Provider")

    class Basis(models.TextChoices):
        GGR = "ggr", "GGR"
        NET = "net", _("GGR less rewards")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, db_index=False, related_name="invoices")
    month = models.DateField(help_text=_("The first day of the month, in the merchant's time zone."))
    issuer = models.CharField(max_length=8, choices=Issuer)
    number = models.CharField(max_length=60, help_text=_("As written on the invoice."))
    basis = models.CharField(max_length=3, choices=Basis, help_text=_("The figure that the invoice states."))
    totals = models.JSONField(help_text="Of the invoice, by currency: {currency: units as text}.")
    name = models.CharField(max_length=200, help_text=_("Name of the file, as sent."))
    file = models.FileField(storage=private_files, upload_to="invoices/%Y/%m/", max_length=200)
    content_type = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the bytes, in hex."))
    size = models.BigIntegerField(help_text=_("Size in bytes."))
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            no_secret_constraint("invoice", "number"),
            one_line_constraint("invoice", "number"),
            models.CheckConstraint(condition=Q(month__day=1), name="invoice_of_a_month"),
            models.CheckConstraint(condition=Q(issuer__in=["merchant", "provider"]), name="invoice_issuer_known"),
            models.CheckConstraint(condition=Q(basis__in=["ggr", "net"]), name="invoice_basis_known"),
            models.CheckConstraint(condition=Q(size__gt=0), name="invoice_file_not_empty"),
            models.CheckConstraint(
                condition=models.Func(
                    "totals",
                    template=f"jsonb_path_match(%(expressions)s, '{ARE_TOTALS}')",
                    output_field=models.BooleanField(),
                ),
                name="invoice_totals_are_amounts",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "month", "-id"], name="invoice_newest")]
        triggers = [
            pgtrigger.Protect(name="invoice_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            truncate_guard("invoice_not_emptied"),
            pgtrigger.Trigger(
                name="invoice_not_twice", when=pgtrigger.Before, operation=pgtrigger.Insert, func=NOT_TWICE
            ),
            not_of_a_sandbox("an invoice"),
        ]

    def __str__(self) -> str:
        return self.number
