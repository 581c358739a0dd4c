from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models.amounts import amounts_by_currency
from merchants.models.audit import track_history
from merchants.models.typed_text import no_secret_constraint, one_line_constraint

MAX_TIMESTAMP_WINDOW_SECONDS = 300


# A sandbox is made beside its live merchant, once, and is a twin for good: nobody turns one into the other.
SANDBOX_OF_A_LIVE_ONE = """
    IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.sandbox_of_id AND sandbox_of_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a sandbox belongs to a live merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def not_of_a_sandbox(what: str) -> pgtrigger.Trigger:
    """The people of a sandbox are those of its live merchant: it has none of its own."""
    return pgtrigger.Trigger(
        name="not_of_a_sandbox",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF EXISTS (SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id IS NOT NULL) THEN
                RAISE EXCEPTION '{what} belongs to the live merchant, not to its sandbox'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


def bump_access_version(merchant_id: str) -> str:
    """Trigger body: tells every process that what it has cached of this merchant's access is old."""
    return f"UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = {merchant_id}; RETURN NULL;"


BY_TWO_PEOPLE = """
    IF EXISTS (SELECT FROM (VALUES ('status', NEW.status <> OLD.status), ('rule_off', NOT NEW.two_person))
                           AS wanted (verb, is_wanted)
                WHERE is_wanted
                  AND NOT EXISTS (SELECT FROM merchants_approval a
                                   WHERE a.merchant_id = NEW.id AND a.verb = wanted.verb AND a.state = 'approved'
                                     AND a.decided_in = pg_current_xact_id()::text::bigint
                                     AND (a.verb <> 'status' OR a.wish ->> 'status' = NEW.status))) THEN
        RAISE EXCEPTION 'a second person approves this change of the merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# A list of such a merchant, changed by our staff (the history knows): after a second person has approved it.
LIST_BY_TWO_PEOPLE = """
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND EXISTS (SELECT FROM merchants_merchant m
                    WHERE m.id = coalesce(NEW.merchant_id, OLD.merchant_id) AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a
                        WHERE a.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id) AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint) THEN
        RAISE EXCEPTION 'a second person approves this change of the list' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


class MerchantQuerySet(models.QuerySet["Merchant"]):
    def open(self) -> Self:
        return self.exclude(status="closed")

    def live(self) -> Self:
        """Those with real money: what is summed, compared, mailed or counted over merchants is of these alone."""
        return self.filter(sandbox_of=None)

    def sandboxes(self) -> Self:
        return self.filter(sandbox_of__isnull=False)


@track_history(
    scopes={"merchant": "pgh_obj"},
    exclude=["access_version", "sandbox_of", "second_factor_from"],
    owners_told=True,
    always="NEW.pgh_before ->> 'two_person' = 'true' AND NOT NEW.two_person",
)
class Merchant(models.Model):
    """An operator: its keys, lists, players and money are its own and nobody else's.

    Its sandbox is a merchant too, apart from it in all of these: only the people are shared (decision 0042).
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended", gettext_lazy("Suspended (players are paid, no new round starts)")
        CLOSED = "closed", gettext_lazy("Closed (every request is refused)")

    code = models.SlugField(
        max_length=40, unique=True, help_text=gettext_lazy("A short name for addresses and commands.")
    )
    sandbox_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="sandbox"
    )
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    time_zone = models.CharField(max_length=64, default="UTC")
    timestamp_window_seconds = models.PositiveSmallIntegerField(
        default=MAX_TIMESTAMP_WINDOW_SECONDS,
        help_text=gettext_lazy("Maximum difference between x-timestamp and our clock in seconds, from 1 to 300."),
    )
    bets_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text=gettext_lazy("Per player. Leave empty for no limit.")
    )
    max_stake = models.BigIntegerField(
        gettext_lazy("maximum stake in other currencies"),
        null=True,
        blank=True,
        help_text=gettext_lazy("Of currencies without an amount of their own. 0: bets are refused. Empty: no limit."),
    )
    max_stake_by_currency = models.JSONField(gettext_lazy("maximum stake by currency"), null=True, blank=True)
    two_person = models.BooleanField(
        gettext_lazy("Two-person rule"),
        default=False,
        db_default=False,
        help_text=gettext_lazy(
            "A second person approves each new secret, each revocation, each change of status, and "
            "changes of the allowlists by our staff. Quarantine and immediate revocation need no "
            "approval."
        ),
    )
    staff_sees_secrets = models.BooleanField(
        gettext_lazy("Our staff can see a new secret"),
        default=True,
        db_default=True,
        help_text=gettext_lazy(
            "If off, a new secret goes to an owner by claim link only. The owners change this setting."
        ),
    )
    second_factor_required = models.BooleanField(
        default=False,
        db_default=False,
        help_text=gettext_lazy(
            "If on, everyone signs in with a second factor to open the merchant's pages. The owners "
            "change this setting."
        ),
    )
    second_factor_from = models.DateTimeField(
        null=True,
        editable=False,
        help_text=gettext_lazy(
            "From this moment owners and managers need a second factor: two weeks after the first live key."
        ),
    )
    access_version = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = MerchantQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            no_secret_constraint("merchant", "name"),
            one_line_constraint("merchant", "name"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "suspended", "closed"]), name="merchant_status_known"
            ),
            models.CheckConstraint(
                condition=Q(timestamp_window_seconds__range=(1, MAX_TIMESTAMP_WINDOW_SECONDS)),
                name="merchant_timestamp_window_at_most_5_minutes",
                violation_error_message=gettext_lazy("Enter 1 to 300 seconds."),
            ),
            models.CheckConstraint(condition=Q(max_stake__gte=0), name="merchant_max_stake_not_negative"),
            amounts_by_currency("merchant", "max_stake_by_currency"),
            models.CheckConstraint(
                condition=Q(sandbox_of=None) | Q(two_person=False),
                name="merchant_sandbox_needs_no_second_person",
                violation_error_message=gettext_lazy(
                    "A sandbox cannot have the two-person rule. Set the rule for the live merchant."
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="merchant_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="merchant_sandbox_of_a_live_one",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__sandbox_of__isnull=False),
                func=SANDBOX_OF_A_LIVE_ONE,
            ),
            pgtrigger.Trigger(
                name="merchant_sandbox_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("sandbox_of"),
                func="RAISE EXCEPTION 'a merchant stays live or a sandbox' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="merchant_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.two_person AND (OLD.status IS DISTINCT FROM NEW.status OR NOT NEW.two_person)"
                ),
                func=BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="merchant_access_changed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("status", "timestamp_window_seconds", "code"),
                func="NEW.access_version = OLD.access_version + 1; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code}{', sandbox' if self.is_sandbox else ''})"

    @property
    def listed_name(self) -> str:
        """As a list of several merchants' rows shows it."""
        return _("%(name)s (sandbox)") % {"name": self.name} if self.is_sandbox else self.name

    @property
    def is_sandbox(self) -> bool:
        return self.sandbox_of_id is not None

    @property
    def live_merchant(self) -> Merchant:
        """The merchant whose people work here: for a sandbox the one that it belongs to, else itself."""
        return self.sandbox_of or self
