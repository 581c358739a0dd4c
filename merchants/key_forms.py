"""What admin and operator pages of a key share: fields, and the guards of what a page has shown.

Each side gives the forms its look: `merchants.admin.fields.UnfoldForm`, `merchants.pages.forms.PlainForm`.
"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants import errors
from merchants.models import ApiKey, Approval, Secret
from merchants.models.credentials import QUIET_HOURS
from portal.lib import clock
from portal.lib.moment_fields import MomentField

LONGEST_REASON = 500
EXPOSED_SINCE_HELP = _("If you are not sure, enter the earliest possible moment. The compromise report starts there.")


class QuietHoursForm(forms.Form):
    quiet_hours = forms.IntegerField(
        label=_("End the overlap early after"),
        required=False,
        min_value=QUIET_HOURS[0],
        max_value=QUIET_HOURS[-1],
        help_text=_("Hours without use of the old secret. Leave empty to keep the end date."),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=LONGEST_REASON, help_text=_("Shown to the person who approves."))


class OldVersionForm(forms.Form):
    """About the old version that was there when the page was opened, and no later one."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)


class ExtendForm(OldVersionForm):
    until = MomentField(label=_("The old secret works until"))


class QuietForm(OldVersionForm):
    hours = forms.IntegerField(
        label=_("Hours without use"),
        min_value=QUIET_HOURS[0],
        max_value=QUIET_HOURS[-1],
        required=False,
        help_text=_("Leave empty to keep the end date only."),
    )


class DecideForm(forms.Form):
    approval = forms.IntegerField(widget=forms.HiddenInput)


class CompromiseForm(forms.Form):
    exposed_since = MomentField(label=_("Compromised since"), help_text=EXPOSED_SINCE_HELP)
    reason = forms.CharField(
        label=_("Description"),
        max_length=LONGEST_REASON,
        help_text=_("Stored with the compromise report. Never paste the secret."),
    )


# --- Guards -----------------------------------------------------------------------------------------------------------
def waiting_approval(key: ApiKey) -> Approval:
    """Return the request about this key that waits for a second person. Raises AlreadyDecided when none does."""
    found = Approval.objects.filter(key=key, state=Approval.State.WAITING)
    approval = found.select_related("asked_by", "key", "merchant").first()
    if approval is None:
        raise errors.AlreadyDecided
    return approval


def unchanged_approval(waiting: Approval, *, approval: int) -> Approval:
    """Return the request that waits, if it is the one with this number. Raises AlreadyDecided for another."""
    if waiting.pk != approval:
        raise errors.AlreadyDecided
    return waiting


def overlapping_secret(key: ApiKey) -> Secret:
    """Return the old secret of the overlap. Raises NoOverlap when none lasts."""
    old = Secret.objects.overlapping(at=clock.now()).select_related("key").filter(key=key).order_by("version").first()
    if old is None:
        raise errors.NoOverlap
    return old
