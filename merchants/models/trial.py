from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models.audit import track_history
from merchants.models.credentials import ApiKey
from merchants.models.merchant import Merchant, bump_access_version
from merchants.models.people import Person
from portal.lib.moments import show_moment


@track_history(scopes={"merchant": "merchant", "key": "key"}, exclude=["before", "awaited", "arrived"])
class ListTrial(models.Model):
    """A list that goes back to what it was at its deadline, unless rightly signed calls came from all awaited addresses
    before; where none is awaited, from any.

    While it is tried, its entries stand in the table of entries and what was there before stands here. From the
    deadline on calls are judged by what was before, whoever has or has not tidied up (decision 0019).
    """

    class State(models.TextChoices):
        TRYING = "trying", gettext_lazy("On trial")
        KEPT = "kept"
        REVERTED = "reverted", gettext_lazy("Reverted")

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="trials")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="trials", null=True)
    before = models.JSONField(help_text=gettext_lazy("The entries before the trial."))
    awaited = models.JSONField(
        default=list, db_default=[], help_text=gettext_lazy("The addresses from which the trial awaits a request.")
    )
    arrived = models.JSONField(
        default=list, db_default=[], help_text=gettext_lazy("The awaited addresses that have sent one.")
    )
    deadline = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.TRYING)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    kept_for = models.GenericIPAddressField(gettext_lazy("Kept after a request from"), null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key"], condition=Q(state="trying"), nulls_distinct=False, name="list_trial_one"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["trying", "kept", "reverted"]), name="list_trial_state_known"
            ),
            models.CheckConstraint(condition=Q(deadline__gt=F("begun_at")), name="list_trial_deadline_after_begin"),
            models.CheckConstraint(
                condition=Q(state="trying", ended_at=None) | (~Q(state="trying") & Q(ended_at__isnull=False)),
                name="list_trial_end_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(ended_at__lt=F("deadline"), kept_for__isnull=False),
                name="list_trial_kept_in_time",
            ),
        ]
        indexes = [models.Index(fields=["deadline"], condition=Q(state="trying"), name="list_trial_due")]
        triggers = [
            pgtrigger.Protect(name="list_trial_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="list_trial_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="trying")
                & (
                    pgtrigger.Q(new__state__df=pgtrigger.F("old__state"))
                    | pgtrigger.Q(new__deadline__df=pgtrigger.F("old__deadline"))
                ),
                func="RAISE EXCEPTION 'a trial that has ended stays as it is' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="list_trial_access_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=bump_access_version("NEW.merchant_id"),
            ),
        ]

    def __str__(self) -> str:
        return _("%(merchant)s until %(deadline)s") % {
            "merchant": self.key or self.merchant,
            "deadline": show_moment(self.deadline),
        }


class EgressProof(models.Model):
    """A word that one signed call says, so that the address it comes from can be proposed for a list.

    It is no secret: only a call that is signed rightly under `key` proves anything.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(db_default=Now(), editable=False)
    until = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    proved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address=None, proved_at=None) | Q(address__isnull=False, proved_at__isnull=False),
                name="egress_proof_address_dated",
            )
        ]

    def __str__(self) -> str:
        return self.word
