from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import track_history
from merchants.models.merchant import Merchant, bump_access_version
from merchants.models.typed_text import no_secret_constraint, one_line_constraint

LONGEST_OVERLAP = timedelta(days=7)
MAX_LIVE_SECRETS = 2
QUIET_HOURS = range(1, 169)
AT_MOST_TWO = f"""
    PERFORM 1 FROM merchants_apikey WHERE id = NEW.key_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM merchants_secret
         WHERE key_id = NEW.key_id AND revoked_at IS NULL
           AND (usable_until IS NULL OR usable_until > NEW.created_at)) >= {MAX_LIVE_SECRETS} THEN
        RAISE EXCEPTION 'a key has at most {MAX_LIVE_SECRETS} usable secrets' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
OF_ITS_ENVIRONMENT = """
    IF (NEW.environment = 'test')
       <> (SELECT sandbox_of_id IS NOT NULL FROM merchants_merchant WHERE id = NEW.merchant_id) THEN
        RAISE EXCEPTION 'test keys belong to a sandbox, live keys to a live merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# One move is left: of a test key from before there were sandboxes, to the sandbox of its merchant.
STAYS_WHERE_IT_IS = """
    IF NEW.environment <> OLD.environment OR NEW.auth_key <> OLD.auth_key
       OR (NEW.merchant_id <> OLD.merchant_id
           AND NOT (NEW.environment = 'test' AND EXISTS (
               SELECT FROM merchants_merchant WHERE id = NEW.merchant_id AND sandbox_of_id = OLD.merchant_id)))
    THEN
        RAISE EXCEPTION 'a key keeps its merchant, its environment and its name' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# Only what was approved in this very transaction counts (merchants.models.compromise).
BY_TWO_PEOPLE = """
    IF EXISTS (SELECT FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id
                WHERE k.id = NEW.key_id AND m.two_person)
       AND NOT EXISTS (SELECT FROM merchants_approval a JOIN merchants_apikey k ON k.id = NEW.key_id
                        WHERE a.id = NEW.approval_id AND a.merchant_id = k.merchant_id AND a.state = 'approved'
                          AND a.decided_in = pg_current_xact_id()::text::bigint
                          AND (a.verb = 'issue' OR (a.verb = 'rotate' AND a.key_id = k.id))) THEN
        RAISE EXCEPTION 'a second person approves each secret of this merchant' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
SECRET_ACCESS_CHANGED = bump_access_version("(SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id)")


IDLE = timedelta(days=60)


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, *, at: datetime) -> Self:
        """Not revoked and not expired; quarantined keys still pay players."""
        return self.exclude(status="revoked").filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def of_active_merchants(self) -> Self:
        return self.filter(merchant__status="active")

    def with_a_home(self) -> Self:
        """Without test keys whose merchant has no sandbox yet: every call under them is refused."""
        return self.exclude(environment="test", merchant__sandbox_of=None)

    def of_live_merchants(self) -> Self:
        """Without those of sandboxes."""
        return self.filter(merchant__sandbox_of=None)

    def ending(self, *, at: datetime, within: timedelta) -> Self:
        """Usable, but not for long."""
        return self.exclude(status="revoked").filter(expires_at__gt=at, expires_at__lte=at + within)

    def idle(self, *, at: datetime) -> Self:
        """Usable, older than IDLE, and nobody has signed rightly under it for so long."""
        since = at - IDLE
        used = apps.get_model("merchants", "SeenAddress").objects.filter(key=OuterRef("pk"), last_seen_at__gt=since)
        return self.usable(at=at).filter(~Exists(used), created_at__lte=since)

    def without_allowlist(self, *, at: datetime) -> Self:
        """Usable, and neither the key nor its merchant has an entry that stands. `refuses_all`: it had entries, and
        when all have ended a list refuses everybody; where there never was one, every address may call.
        """
        entries = apps.get_model("merchants", "AllowlistEntry").objects.filter(
            Q(key=OuterRef("pk")) | Q(key=None, merchant=OuterRef("merchant"))
        )
        return self.usable(at=at).filter(~Exists(entries.standing(at=at))).annotate(refuses_all=Exists(entries))


@track_history(scopes={"merchant": "merchant", "key": "pgh_obj"})
class ApiKey(models.Model):
    """The public Auth Key, the name under which a merchant calls. It stays; its secrets come and go."""

    class Environment(models.TextChoices):
        LIVE = "live"
        TEST = "test"

    class Status(models.TextChoices):
        ACTIVE = "active"
        QUARANTINED = "quarantined", _("Quarantined (players are paid, no new round starts)")
        REVOKED = "revoked", _("Revoked (every request is refused)")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="keys")
    environment = models.CharField(max_length=4, choices=Environment, default=Environment.LIVE)
    auth_key = models.CharField(max_length=64, unique=True, db_collation="C", editable=False)
    label = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.ACTIVE)
    quarantined_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]
        constraints = [
            no_secret_constraint("api_key", "label"),
            one_line_constraint("api_key", "label"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "quarantined", "revoked"]), name="api_key_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="quarantined") | Q(quarantined_at__isnull=False), name="api_key_quarantine_dated"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="api_key_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="api_key_revoked_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status="revoked") & ~pgtrigger.Q(new__status="revoked"),
                func="RAISE EXCEPTION 'a revoked key cannot come back' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="api_key_of_its_environment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=OF_ITS_ENVIRONMENT,
            ),
            pgtrigger.Trigger(
                name="api_key_stays_where_it_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("merchant", "environment", "auth_key"),
                func=STAYS_WHERE_IT_IS,
            ),
            pgtrigger.Trigger(
                name="api_key_access_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=bump_access_version("NEW.merchant_id"),
            ),
        ]

    def __str__(self) -> str:
        return self.auth_key

    @property
    def needs_sandbox(self) -> bool:
        """A test key from before its merchant had a sandbox: every call under it is refused until there is one."""
        return self.environment == self.Environment.TEST and not self.merchant.is_sandbox


class SecretQuerySet(models.QuerySet["Secret"]):
    def usable(self, *, at: datetime) -> Self:
        return self.filter(Q(usable_until=None) | Q(usable_until__gt=at), revoked_at=None)

    def current(self) -> Self:
        """The one version of each key that has no end."""
        return self.filter(usable_until=None, revoked_at=None)

    def overlapping(self, *, at: datetime) -> Self:
        """Replaced by a newer version, and usable for a while."""
        return self.filter(usable_until__gt=at, revoked_at=None)


@track_history(
    scopes={"merchant": "merchant", "key": "key"}, exclude=["sealed", "sealed_under", "fingerprint", "approval"]
)
class Secret(models.Model):
    """One numbered version of a key's Secret Key, sealed. Rows are kept for ever: ledger rows name them."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="secrets")
    version = models.PositiveSmallIntegerField()
    sealed = models.BinaryField(help_text="Nonce and AES-256-GCM ciphertext.")
    sealed_under = models.CharField(max_length=16, help_text="Id of the key-encryption key.")
    fingerprint = models.BinaryField(unique=True)
    superseded_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the next version replaced this version.")
    )
    usable_until = models.DateTimeField(null=True, blank=True, help_text=_("End of the overlap. Empty means no end."))
    quiet_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("The overlap ends automatically after this many hours without use.")
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    approval = models.OneToOneField(
        "merchants.Approval",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="secret",
        help_text=_("The second approver, if the merchant has the two-person rule."),
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SecretQuerySet.as_manager()

    class Meta:
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="secret_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(usable_until=None, revoked_at=None), name="secret_one_current"
            ),
            models.CheckConstraint(
                condition=Q(usable_until=None)
                | Q(
                    superseded_at__isnull=False,
                    usable_until__gte=F("superseded_at"),
                    usable_until__lte=F("superseded_at") + LONGEST_OVERLAP,
                ),
                name="secret_overlap_at_most_7_days",
            ),
            models.CheckConstraint(
                condition=Q(quiet_hours__range=(QUIET_HOURS[0], QUIET_HOURS[-1])), name="secret_quiet_hours_of_a_week"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="secret_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="secret_revoked_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False)
                & pgtrigger.Q(new__revoked_at__df=pgtrigger.F("old__revoked_at")),
                func="RAISE EXCEPTION 'a revoked secret cannot come back' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="secret_ended_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("usable_until"),
                func="""
                    IF OLD.usable_until <= clock_timestamp()
                       AND (NEW.usable_until IS NULL OR NEW.usable_until > OLD.usable_until) THEN
                        RAISE EXCEPTION 'an overlap that has ended cannot begin again'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="secret_at_most_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=AT_MOST_TWO,
            ),
            pgtrigger.Trigger(
                name="secret_by_two_people", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BY_TWO_PEOPLE
            ),
            pgtrigger.Trigger(
                name="secret_access_begun",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=SECRET_ACCESS_CHANGED,
            ),
            pgtrigger.Trigger(
                name="secret_access_changed",  # not when it is sealed anew: the secret in clear is the same
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("usable_until", "revoked_at", "key"),
                func=SECRET_ACCESS_CHANGED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class SeenAddress(models.Model):
    """An address from which a key has signed correctly; under quarantine only those known before are answered."""

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="seen_addresses")
    address = models.GenericIPAddressField()
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["key", "address"], name="seen_address_once")]

    def __str__(self) -> str:
        return self.address


class SeenOrigin(models.Model):
    """A host that rightly signed calls under a key said in `Origin`, as browsers do: whom a list of domains shuts out.

    Empty where an Origin has none, such as “null”. Nobody asks for longer than a day back; a job forgets the rest.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="seen_origins")
    host = models.CharField(max_length=253, blank=True)
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["key", "host"], name="seen_origin_once")]

    def __str__(self) -> str:
        return self.host
