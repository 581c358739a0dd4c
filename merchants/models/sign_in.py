from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import NEVER_EMPTIED, unbound_reference

# Whoever had the account before the reset may have made tokens, which need neither password nor second factor.
RESET_ENDS_TOKENS = """
    UPDATE merchants_accesstoken SET revoked_at = clock_timestamp(), revoked_because = NEW.kind
     WHERE person_id = NEW.person_id AND revoked_at IS NULL;
    RETURN NULL;
"""


class SignInRecord(models.Model):
    """What happened at the sign-in of one person, or of an address that nobody has. Rows are only ever added."""

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        REFUSED = "refused", _("Refused")
        LOCKED = "locked", _("Locked after too many attempts")
        STEP_UP = "step_up", _("Confirmed with a second factor")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        FACTORS_RESET = "factors_reset", _("Second factor reset by an administrator")
        CODES_RENEWED = "codes_renewed", _("Recovery codes renewed")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        PASSWORD_SET = "password_set", _("Password set by an administrator")
        RESET_ASKED = "reset_asked", _("Password reset requested")
        RESET_DONE = "reset_done", _("Password reset")
        PAGE_REFUSED = "page_refused", _("Page refused")
        ALARM = "alarm", _("Alarm sent: many locks in an hour")

    at = models.DateTimeField(db_default=Now(), editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    person = unbound_reference("merchants.Person")
    email = models.EmailField(blank=True, help_text=_("As typed, if it is an email address."))
    address = models.GenericIPAddressField(null=True)
    method = models.CharField(
        max_length=60, blank=True, help_text=_("Password, kind of second factor, or the reason of the refusal.")
    )
    by = unbound_reference("merchants.Person")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "-id"], name="sign_in_of_person"),
            models.Index(fields=["kind", "-at"], name="sign_in_of_kind"),
        ]
        triggers = [
            pgtrigger.Protect(name="sign_in_record_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            NEVER_EMPTIED,
            pgtrigger.Trigger(
                name="sign_in_reset_ends_tokens",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.kind IN ('reset_done', 'password_set', 'factors_reset')"),
                func=RESET_ENDS_TOKENS,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.email}"
