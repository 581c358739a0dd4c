from __future__ import annotations

from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import Deleted, Inserted, Updated, attach_context, track_history, unbound_reference
from merchants.models.merchant import Merchant, not_of_a_sandbox
from merchants.models.typed_text import no_secret_constraint, one_line_constraint
from portal.lib.email_addresses import EmailAddressField, ascii_constraint, ascii_if_possible


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        return self.create_user(email, password, staff_role=Person.StaffRole.ADMINISTRATOR, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


SECOND_FACTORS = ("totp", "webauthn")  # types of allauth.mfa.models.Authenticator

# Access tokens end with the role that they were made in, and do not come back with it.
TOKENS_OF_PERSON_END = """
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = 'role_lost'
     WHERE person_id = NEW.id AND revoked_at IS NULL
       AND (NOT NEW.is_active OR (NEW.staff_role <> OLD.staff_role AND (merchant_id IS NULL OR NEW.staff_role <> '')));
    RETURN NULL;
"""
TOKENS_OF_MEMBER_END = """
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = 'role_lost'
     WHERE person_id = OLD.person_id AND revoked_at IS NULL
       AND merchant_id IN (SELECT id FROM merchants_merchant
                            WHERE id = OLD.merchant_id OR sandbox_of_id = OLD.merchant_id);
    RETURN NULL;
"""


@track_history(
    Inserted(),
    Updated(),
    Updated("password", condition=pgtrigger.AnyChange("password")),  # that it changed; the hash is kept nowhere else
    Deleted(),
    scopes={"person": "pgh_obj"},
    exclude=["password", "last_login", "time_zone"],
)
class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: support staff, or one of a merchant's people."""

    class StaffRole(models.TextChoices):
        NONE = "", _("Not our staff")
        AUDITOR = "auditor", _("Auditor (reads everything, changes nothing)")
        SUPPORT = "support", _("Support (merchants, keys, allowlists, players, games)")
        ADMINISTRATOR = "administrator", _("Administrator (also people and settings)")

    email = EmailAddressField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    staff_role = models.CharField(max_length=13, choices=StaffRole, default=StaffRole.NONE, db_default="", blank=True)
    is_active = models.BooleanField(default=True)
    time_zone = models.CharField(max_length=64, default="UTC", db_default="UTC")  # a name, or MERCHANTS
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    MERCHANTS_ZONE = "merchant"
    BROWSERS_ZONE = "browser"

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name_plural = "people"
        ordering = ["email"]
        constraints = [
            ascii_constraint("person"),
            no_secret_constraint("person", "name"),
            one_line_constraint("person", "name"),
            models.CheckConstraint(
                condition=models.Q(staff_role__in=["", "auditor", "support", "administrator"]),
                name="person_staff_role_known",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="person_email_once",
                violation_error_message=_("A person with this email address already exists. Use that account."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="person_old_address_forgotten",  # allauth keeps addresses of its own, to sign in and to reset by
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("email"),
                func="DELETE FROM account_emailaddress WHERE user_id = NEW.id; RETURN NULL;",
            ),
            pgtrigger.Trigger(
                name="person_without_role_has_no_tokens",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("staff_role", "is_active"),
                func=TOKENS_OF_PERSON_END,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether the password is right. An older hash is renewed then, and the history says so: the person who
        typed it changed nothing.
        """

        def renew(password: str) -> None:
            self.set_password(password)
            self._password = None  # as it is: no password was changed
            with attach_context(proof="sign_in", person=self.pk, who=self.email, role=self.staff_role):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, renew)

    def save(self, *args: Any, **options: Any) -> None:
        """In small letters, as it is looked for when somebody signs in."""
        self.email = ascii_if_possible(self.email).lower()
        super().save(*args, **options)

    @property
    def is_staff(self) -> bool:
        """May sign in to the administration."""
        return self.staff_role != self.StaffRole.NONE

    @property
    def has_second_factor(self) -> bool:
        """Recovery codes alone are none: they only stand in for one that is lost."""
        factors: models.QuerySet[Any] = self.authenticator_set  # type: ignore[attr-defined]
        return factors.filter(type__in=SECOND_FACTORS).exists()

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        """In place of the column that Django would have: one role, and nothing beside it."""
        return self.staff_role == self.StaffRole.ADMINISTRATOR


# Our staff add no address of a domain that no owner of the merchant has: an owner says yes first (OwnerQuestion).
OUTSIDE_BY_OWNER = """
    IF coalesce(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'role', '') <> ''
       AND (TG_OP = 'INSERT' OR lower(NEW.email) <> lower(OLD.email))
       AND NOT EXISTS (SELECT FROM merchants_membership m JOIN merchants_person p ON p.id = m.person_id
                        WHERE m.merchant_id = NEW.merchant_id AND m.role = 'owner' AND p.is_active
                          AND split_part(lower(p.email), '@', 2) = split_part(lower(NEW.email), '@', 2)) THEN
        RAISE EXCEPTION 'an owner says yes to an address of another domain' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@track_history(scopes={"merchant": "merchant"}, owners_told=True)
class Contact(models.Model):
    """An address of a merchant that is told of what happens to its keys, beside its owners and managers."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="contacts")
    email = EmailAddressField()
    note = models.CharField(max_length=200, blank=True, help_text=_("For example “security desk, 24 hours a day”."))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["merchant", "email"]
        constraints = [
            ascii_constraint("contact"),
            no_secret_constraint("contact", "note"),
            one_line_constraint("contact", "note"),
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                name="contact_once",
                violation_error_message=_("This address is already a contact. Change that contact instead."),
            ),
        ]
        triggers = [
            not_of_a_sandbox("a contact"),
            pgtrigger.Trigger(
                name="contact_outside_by_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=OUTSIDE_BY_OWNER,
            ),
        ]

    def __str__(self) -> str:
        return self.email


@track_history(scopes={"merchant": "merchant", "person": "person"}, owners_told=True)
class Membership(models.Model):
    """What one person may do for one merchant."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        VIEWER = "viewer"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["merchant__code", "person__email"]
        constraints = [models.UniqueConstraint(fields=["person", "merchant"], name="membership_once")]
        triggers = [
            not_of_a_sandbox("a membership"),
            pgtrigger.Trigger(
                name="membership_of_the_same",  # another person accepts an invitation; another merchant sends one
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("person", "merchant"),
                func="RAISE EXCEPTION 'a membership keeps its person and its merchant' "
                "USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="membership_ends_tokens",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                func=TOKENS_OF_MEMBER_END,
            ),
            pgtrigger.Trigger(
                name="membership_role_ends_tokens",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("role"),
                func=TOKENS_OF_MEMBER_END,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.merchant.code} · {self.role}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self, *, at: datetime) -> Self:
        """Neither accepted nor withdrawn, and its link still works."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


@track_history(scopes={"merchant": "merchant"}, owners_told=True)
class Invitation(models.Model):
    """Somebody was asked by mail to act for a merchant. The link in the mail is a signature over this row's number."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="invitations")
    email = EmailAddressField()
    role = models.CharField(max_length=10, choices=Membership.Role)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            ascii_constraint("invitation"),
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None), name="invitation_one_end"
            ),
        ]
        triggers = [not_of_a_sandbox("an invitation")]

    def __str__(self) -> str:
        return self.email


@track_history(Inserted(), scopes={"person": "person"})
class SignOut(models.Model):
    """Sessions of a person that this person or our staff ended by hand. Rows are only ever added."""

    person = unbound_reference("merchants.Person")
    sessions = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("sign-out")

    def __str__(self) -> str:
        return f"{self.person} · {self.sessions}"


@track_history(Inserted(), scopes={"merchant": "merchant", "person": "person"})
class StaffVisit(models.Model):
    """One of our staff looked at a merchant's pages as its people do; one row an hour, for the merchant to see."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="staff_visits")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["merchant", "person", "hour"], name="staff_visit_once_an_hour")]
        triggers = [
            pgtrigger.Protect(
                name="staff_visit_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.hour > now() - interval '90 days'"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.merchant.code}"
