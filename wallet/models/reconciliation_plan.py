"""How a merchant's days are reconciled, where its statements come from, and who gets the report."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import Merchant
from merchants.models.amounts import amounts_by_currency
from merchants.models.audit import track_history
from merchants.models.people import OUTSIDE_BY_OWNER
from merchants.models.typed_text import no_secret_constraint, one_line_constraint
from portal.lib.email_addresses import EmailAddressField, ascii_constraint
from wallet.models.currency_rate import HOLD_RATES, upper_limit

HOURS = (0, 23)
CASHIER_KINDS = ("deposit", "withdraw")  # what many books of games do not have
SWITCHED_OFF = "NEW.pgh_before ->> 'is_on' = 'true' AND NOT NEW.is_on"
# Player names in emails are for an owner to allow, not for our staff (OwnerQuestion).
NAMES_BY_OWNER = """
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> '' THEN
        RAISE EXCEPTION 'an owner says yes to player names in emails' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# What one person may write off alone, in any currency, is not for one person to raise: whoever could, would need no
# second person for a write-off. A currency whose own amount is removed follows the euro again, which may be more. In a
# sandbox nothing is lost.
LIMIT_BEFORE, LIMIT_AFTER = (
    upper_limit(
        by_currency=f"{row}.write_off_alone_by_currency", amount=f"{row}.write_off_alone", currency="k.currency"
    )
    for row in ("OLD", "NEW")
)
OWN_AMOUNTS = "CASE jsonb_typeof({0}) WHEN 'object' THEN {0} ELSE '{{}}' END"
LIMIT_BY_TWO = f"""
    IF EXISTS (SELECT FROM merchants_merchant m WHERE m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN
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
        ROWS = "rows", gettext_lazy("One line for each transaction")
        TOTALS = "totals", gettext_lazy("One line for each player, kind and currency")

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="reconciliation_plan")
    is_on = models.BooleanField(default=True, db_default=True)
    hour = models.PositiveSmallIntegerField(
        default=8,
        help_text=gettext_lazy("The report is due at this hour of the next day, in the merchant's time zone."),
    )
    grain = models.CharField(max_length=6, choices=Grain, default=Grain.ROWS)
    mapping = models.JSONField(default=dict, blank=True, help_text=gettext_lazy("Mapping of the columns of its files."))
    unsettled_hours = models.PositiveSmallIntegerField(
        default=24, help_text=gettext_lazy("An open round of this age becomes a break.")
    )
    high_amount = models.BigIntegerField(
        default=100_000_000,
        help_text=gettext_lazy("A case with this difference or more (in euro, × 100000) has high severity."),
    )
    high_amount_by_currency = models.JSONField(
        null=True, blank=True, help_text=gettext_lazy("Takes precedence over `high_amount`.")
    )
    write_off_alone = models.BigIntegerField(
        default=0,
        help_text=gettext_lazy(
            "One person writes off up to this difference (in euro, × 100000). Above it, a second person must approve."
        ),
    )
    write_off_alone_by_currency = models.JSONField(
        null=True, blank=True, help_text=gettext_lazy("Takes precedence over `write_off_alone`.")
    )
    is_attached = models.BooleanField(
        default=False,
        help_text=gettext_lazy("Attach the files to the email. If off, the email has links to the files."),
    )
    names_players = models.BooleanField(default=False, help_text=gettext_lazy("Name players in report emails."))
    day_begins = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=gettext_lazy("The hour at which a day begins, in the merchant's time zone.")
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
        help_text=gettext_lazy("Types that are not compared on either side."),
    )
    scopes = ArrayField(
        models.CharField(max_length=300),
        default=list,
        db_default=[],
        blank=True,
        help_text=gettext_lazy("Scopes of all statements of a day. If empty, a day has one statement of everything."),
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
        return _("%(code)s, at %(hour)s:00") % {"code": self.merchant.code, "hour": self.hour}


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
    email = EmailAddressField(help_text=gettext_lazy("In lower case."))
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
        URL = "url", gettext_lazy("HTTPS address")
        SFTP = "sftp", "SFTP"

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="statement_source")
    kind = models.CharField(max_length=4, choices=Kind)
    address = models.CharField(
        max_length=500,
        help_text=gettext_lazy(
            "{day} stands for the day, for example 2026-01-31. sftp://user@host:22/folder/{day}.csv"
        ),
    )
    sealed = models.BinaryField(null=True)
    kek_id = models.CharField(max_length=32, blank=True)
    host_key = models.CharField(
        max_length=200, blank=True, help_text=gettext_lazy("SFTP: SHA256 fingerprint of the host's key.")
    )
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
    refusal = models.CharField(
        max_length=500, blank=True, db_default="", help_text=gettext_lazy("The reason why there is no key.")
    )

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
