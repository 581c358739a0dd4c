from __future__ import annotations

from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import track_history
from merchants.models.credentials import ApiKey
from merchants.models.fields import NetworkField
from merchants.models.merchant import LIST_BY_TWO_PEOPLE, Merchant, bump_access_version
from merchants.models.people import Person
from merchants.models.typed_text import no_secret_constraint, one_line_constraint

MAX_ENTRIES = 100
ACCESS_CHANGED = bump_access_version("coalesce(NEW.merchant_id, OLD.merchant_id)")
AT_MOST_100 = f"""
    PERFORM 1 FROM merchants_merchant WHERE id = NEW.merchant_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM merchants_allowlistentry
        WHERE merchant_id = NEW.merchant_id AND key_id IS NOT DISTINCT FROM NEW.key_id) >= {MAX_ENTRIES} THEN
        RAISE EXCEPTION 'an allowlist has at most {MAX_ENTRIES} entries' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


# Nested entries count once. Most lists pass by their plain sum.
AT_MOST_TWO_OF_THE_WIDEST = """
    IF (SELECT sum(2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 32 ELSE 128 END - masklen(e.network)))
          FROM merchants_allowlistentry e
         WHERE e.merchant_id = NEW.merchant_id AND e.key_id IS NOT DISTINCT FROM NEW.key_id
           AND family(e.network) = family(NEW.network))
       <= 2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 25 ELSE 113 END) THEN
        RETURN NULL;
    END IF;
    IF (SELECT sum(2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 32 ELSE 128 END - masklen(e.network)))
          FROM merchants_allowlistentry e
         WHERE e.merchant_id = NEW.merchant_id AND e.key_id IS NOT DISTINCT FROM NEW.key_id
           AND family(e.network) = family(NEW.network)
           AND NOT EXISTS (SELECT FROM merchants_allowlistentry w
                            WHERE w.merchant_id = NEW.merchant_id AND w.key_id IS NOT DISTINCT FROM NEW.key_id
                              AND w.network >> e.network))
       > 2::numeric ^ (CASE family(NEW.network) WHEN 4 THEN 25 ELSE 113 END) THEN
        RAISE EXCEPTION 'an allowlist holds at most as many addresses as two of the widest entries'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


# With its key, which goes nowhere but to a sandbox (`api_key_stays_where_it_is`), an entry goes there too.
OF_OWN_KEY = """
    IF (TG_OP = 'UPDATE' AND NEW.merchant_id <> OLD.merchant_id
        AND (NEW.key_id IS NULL OR NEW.key_id IS DISTINCT FROM OLD.key_id))
       OR NEW.merchant_id <> (SELECT merchant_id FROM merchants_apikey WHERE id = NEW.key_id) THEN
        RAISE EXCEPTION 'an allowlist entry belongs to the merchant of its key, for good'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

# The lock makes this wait for a trial that begins at this moment. Who deletes a person clears `owner`, on trial or not.
NOT_ON_TRIAL = """
    PERFORM 1 FROM merchants_merchant WHERE id = coalesce(NEW.merchant_id, OLD.merchant_id) FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM merchants_listtrial t
                WHERE t.state = 'trying' AND t.merchant_id = coalesce(NEW.merchant_id, OLD.merchant_id)
                  AND ((TG_OP <> 'INSERT' AND t.key_id IS NOT DISTINCT FROM OLD.key_id)
                       OR (TG_OP <> 'DELETE' AND t.key_id IS NOT DISTINCT FROM NEW.key_id))) THEN
        RAISE EXCEPTION 'a list that is on trial does not change' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


class AllowlistQuerySet(models.QuerySet["AllowlistEntry"]):
    def standing(self, *, at: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))


@track_history(scopes={"merchant": "merchant", "key": "key"}, owners_told=True)
class AllowlistEntry(models.Model):
    """One network from which calls are taken: on the merchant's list, or on one key's list when `key` is set."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="allowlist")
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="allowlist", null=True, blank=True)
    network = NetworkField(help_text=_("An address or a CIDR block. Host bits are removed."))
    note = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Leave empty to keep the entry until it is removed.")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AllowlistQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("allowlist entries")
        ordering = ["merchant", "network"]
        constraints = [
            no_secret_constraint("allowlist_entry", "note"),
            one_line_constraint("allowlist_entry", "note"),
            models.UniqueConstraint(
                fields=["merchant", "key", "network"], nulls_distinct=False, name="allowlist_network_once"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="allowlist_at_most_100", when=pgtrigger.Before, operation=pgtrigger.Insert, func=AT_MOST_100
            ),
            pgtrigger.Trigger(
                name="allowlist_not_too_wide",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF masklen(NEW.network) < (CASE family(NEW.network) WHEN 4 THEN 8 ELSE 16 END) THEN
                        RAISE EXCEPTION 'an allowlist entry is at most a /8, or a /16 for IPv6'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="allowlist_not_too_wide_together",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=AT_MOST_TWO_OF_THE_WIDEST,
            ),
            pgtrigger.Trigger(
                name="allowlist_of_own_key",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=OF_OWN_KEY,
            ),
            pgtrigger.Trigger(
                name="allowlist_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=LIST_BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="allowlist_changed_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("merchant", "key", "network", "expires_at"),
                func=LIST_BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="allowlist_not_on_trial",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=NOT_ON_TRIAL,
            ),
            pgtrigger.Trigger(
                name="allowlist_not_changed_on_trial",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("merchant", "key", "network", "expires_at"),
                func=NOT_ON_TRIAL,
            ),
            pgtrigger.Trigger(
                name="allowlist_access_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=ACCESS_CHANGED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.network)


@track_history(scopes={"merchant": "merchant"}, owners_told=True)
class AllowedDomain(models.Model):
    """One host that browsers may call from (`Origin`)."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="domains")
    domain = models.CharField(max_length=253)
    note = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Leave empty to keep the entry until it is removed.")
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["merchant", "domain"]
        constraints = [
            no_secret_constraint("allowed_domain", "note"),
            one_line_constraint("allowed_domain", "note"),
            models.UniqueConstraint("merchant", Lower("domain"), name="allowed_domain_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="domain_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Delete,
                func=LIST_BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="domain_changed_by_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("merchant", "domain", "expires_at"),
                func=LIST_BY_TWO_PEOPLE,
            ),
            pgtrigger.Trigger(
                name="domain_access_changed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=ACCESS_CHANGED,
            ),
        ]

    def __str__(self) -> str:
        return self.domain
