"""Host keys of SFTP servers: a person requests the key, a job fetches it, and the person compares it before it is
trusted.

A host may be slow on purpose, so no web request waits for one.
"""

from __future__ import annotations

import re
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.errors import Refusal
from merchants.models import Merchant
from merchants.services import job_queue
from portal.lib import clock
from wallet.models.reconciliation_plan import HostKeyLookup, StatementSource
from wallet.reconciliation import fetching, places

log = structlog.get_logger(__name__)
TASK = "wallet.tasks.look_up_host_key"
SHOWN_FOR = timedelta(hours=1)
MISSED_FOR = timedelta(seconds=60)  # a job that began and said nothing for so long is dead
MOST = 10  # lookups of a merchant in MOST_IN
MOST_IN = timedelta(minutes=10)
UNFORESEEN = gettext_lazy("The host could not be asked because of an unexpected error. Ask our support.")


class ManyLookups(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("%(most)s hosts were asked for their keys within 10 minutes. Try again in a few minutes.")
            % {"most": MOST}
        )


def ask_host_key(*, merchant: Merchant, address: str) -> HostKeyLookup:
    """Request the key of a host; the job starts after the commit. Refuses by WrongAddress and ManyLookups."""
    places.parse_place(StatementSource.Kind.SFTP, address)
    now, own = clock.now(), HostKeyLookup.objects.filter(merchant=merchant)
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
        own.filter(asked_at__lte=now - SHOWN_FOR).delete()
        if own.filter(asked_at__gt=now - MOST_IN).count() >= MOST:
            raise ManyLookups
        lookup = HostKeyLookup.objects.create(merchant=merchant, address=address.strip(), asked_at=now)
        transaction.on_commit(lambda: job_queue.send_job(TASK, lookup.pk))
    return lookup


def newest_lookup(merchant: Merchant, address: str = "") -> HostKeyLookup | None:
    """Return the newest recent lookup of the merchant; with `address`, of this address only."""
    found = HostKeyLookup.objects.filter(merchant=merchant, asked_at__gt=clock.now() - SHOWN_FOR)
    if address:
        found = found.filter(address=address.strip())
    return found.order_by("-pk").first()


def find_lookup(merchant: Merchant, number: str) -> HostKeyLookup | None:
    """Return the merchant's lookup of this id."""
    if not re.fullmatch("[0-9]{1,18}", number):
        return None
    return HostKeyLookup.objects.filter(merchant=merchant, pk=int(number)).first()


# --- The job ----------------------------------------------------------------------------------------------------------
def look_up_waiting_keys() -> int:
    """Run lookups whose job did not reach the broker, or whose worker was killed."""
    now = clock.now()
    waiting = HostKeyLookup.objects.filter(answered_at=None, asked_at__lte=now - MISSED_FOR / 2)
    missed = list(waiting.filter(asked_at__gt=now - SHOWN_FOR).order_by("pk").values_list("pk", flat=True))
    for number in missed:
        look_up_host_key(number)
    return len(missed)


def look_up_host_key(number: int) -> None:
    """Fetch the key. Does nothing when another worker is fetching it."""
    now = clock.now()
    free = Q(tried_at=None) | Q(tried_at__lte=now - MISSED_FOR)
    if not HostKeyLookup.objects.filter(free, pk=number, answered_at=None).update(tried_at=now):
        return
    lookup = HostKeyLookup.objects.get(pk=number)
    try:
        lookup.host_key = fetching.look_up_host_key(places.parse_place(StatementSource.Kind.SFTP, lookup.address))
    except Refusal as refused:
        lookup.refusal = str(refused)[:500]
    except Exception:
        log.exception("host_key.not_seen", lookup=number)
        lookup.refusal = str(UNFORESEEN)
    lookup.answered_at = clock.now()
    lookup.save(update_fields=["host_key", "refusal", "answered_at"])
    log.info("host_key.seen", lookup=number, host_key=lookup.host_key, refusal=lookup.refusal)
