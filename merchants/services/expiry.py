"""Reminders of keys that expire: 30, 7 and 1 days before."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from merchants.models import ApiKey, Merchant
from merchants.services import emails
from portal.lib import clock

THRESHOLDS = (1, 7, 30)  # days


def send_reminders() -> None:
    """Send a reminder for each key that has passed a threshold. Each is sent once, however many runs there are."""
    furthest = timedelta(days=THRESHOLDS[-1])
    keys = ApiKey.objects.of_live_merchants().ending(at=clock.now(), within=furthest)
    keys = keys.exclude(merchant__status=Merchant.Status.CLOSED)
    for pk in keys.order_by("expires_at").values_list("pk", flat=True).iterator():
        remind_of_key(pk)


@transaction.atomic
def remind_of_key(pk: int) -> None:
    """Send the reminder of one key, under its lock: a revocation that commits first silences it."""
    now = clock.now()
    key = ApiKey.objects.select_for_update(of=("self",), no_key=True).select_related("merchant").get(pk=pk)
    ends = key.expires_at
    if key.status == ApiKey.Status.REVOKED or ends is None or ends <= now:
        return
    passed = [days for days in THRESHOLDS if ends - now <= timedelta(days=days)]
    if passed:
        emails.remind_of_key_end(key, ends, days=passed[0])
