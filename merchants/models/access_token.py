"""Tokens by which a program of a person calls the management API."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import track_history
from merchants.models.merchant import Merchant
from merchants.models.people import Person
from merchants.models.typed_text import no_secret_constraint, one_line_constraint


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def usable(self, *, at: datetime) -> Self:
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=at)


@track_history(
    scopes={"merchant": "merchant", "person": "person"}, exclude=["token_hash", "last_used_at", "last_used_from"]
)
class AccessToken(models.Model):
    """What a program of one person may do for one merchant. The token itself is shown once; here is its hash.

    A token of our staff has no merchant: it reaches what the pages of its person reach. Triggers on `Person`,
    `Membership` and `SignInRecord` revoke a token when its person loses the role, or when the sign-in of the person is
    reset: by a link for a forgotten password, or by our staff.
    """

    class Scope(models.TextChoices):
        KEYS_READ = "keys:read", _("Read keys")
        KEYS_WRITE = "keys:write", _("Rotate, quarantine and revoke keys")
        KEYS_ISSUE = "keys:issue", _("Issue keys")
        APPROVALS_READ = "approvals:read", _("Read changes that wait for a second approver")
        APPROVALS_DECLINE = "approvals:decline", _("Decline changes that wait for a second approver")
        ALLOWLIST_READ = "allowlist:read", _("Read allowlists and test them against recent calls")
        ALLOWLIST_WRITE = "allowlist:write", _("Change allowlists")
        PLAYERS_READ = "players:read", _("Read players")
        PLAYERS_WRITE = "players:write", _("Block players and set limits")
        GAMES_READ = "games:read", _("Read games")
        GAMES_WRITE = "games:write", _("Switch games off and on")
        STATEMENTS_READ = "statements:read", _("Read statements")
        STATEMENTS_WRITE = "statements:write", _("Upload statements")
        REPORTS_READ = "reports:read", _("Read reconciliation reports and breaks")
        AUDIT_READ = "audit:read", _("Read the history")

    class Cause(models.TextChoices):
        """Why a token was revoked by a trigger. The last three are kinds of sign-in records."""

        ROLE_LOST = "role_lost", _("role lost")
        RESET_DONE = "reset_done", _("password reset")
        PASSWORD_SET = "password_set", _("password set by an administrator")
        FACTORS_RESET = "factors_reset", _("second factor reset by an administrator")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="access_tokens")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, null=True, related_name="access_tokens")
    name = models.CharField(max_length=80)
    token_hash = models.BinaryField(max_length=32, unique=True, help_text=_("32 bytes; the token is random."))
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=45, blank=True, default="", db_default="")
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(
        max_length=13,
        choices=Cause,
        blank=True,
        default="",
        db_default="",
        help_text=_("If empty, a person revoked the token."),
    )

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            no_secret_constraint("access_token", "name"),
            one_line_constraint("access_token", "name"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="access_token_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="access_token_has_a_scope"),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="access_token_newest")]
        triggers = [
            pgtrigger.Trigger(
                name="access_token_stays_revoked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at"
                ),
                func="RAISE EXCEPTION 'a revoked access token stays revoked' USING ERRCODE = 'check_violation';",
            ),
        ]

    def __str__(self) -> str:
        return self.name
