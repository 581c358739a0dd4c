"""Every file that leaves the portal is recorded before its first byte, and bounded by person and day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.models import Download, Merchant, Person
from merchants.services import history
from portal.lib import clock, masking

DAY = timedelta(hours=24)
LONGEST = 200  # characters of one filter


class TooManyDownloads(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("You downloaded %(downloads_a_day)s files in the last 24 hours, which is the limit. Try again tomorrow.")
            % {"downloads_a_day": settings.DOWNLOADS_A_DAY}
        )


@transaction.atomic
def record_download(
    *, person: Person, what: str, merchant: Merchant | None, filters: Mapping[str, Any], rows: int | None = None
) -> Download:
    """Record a download before the file is sent. `rows`, if known already. Raises TooManyDownloads."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)  # two at once are counted one after the other
    now = clock.now()
    if Download.objects.filter(person=person, created_at__gt=now - DAY).count() >= settings.DOWNLOADS_A_DAY:
        raise TooManyDownloads
    asked = {
        name: masking.mask_secrets(str(value))[:LONGEST].replace("\0", "") for name, value in filters.items() if value
    }
    return Download.objects.create(
        person=person,
        what=what,
        merchant=merchant,
        filters=asked,
        rows=rows,
        is_complete=None if rows is None else True,
        created_at=now,
    )


def counted_rows[Row](download: Download, rows: Iterable[Row], *, heads: int = 0) -> Iterator[Row]:
    """Yield the rows of a file as it is sent; record their number when the file ends or breaks off."""
    sent, is_complete = -heads, False
    try:
        for row in rows:
            yield row
            sent += 1
        is_complete = True
    finally:
        end_download(download, rows=max(sent, 0), is_complete=is_complete)


def end_download(download: Download, *, rows: int, is_complete: bool) -> None:
    """Record the end of a download. Runs after the answer has begun, so without the context of the request."""
    with history.act_as(door="Download", person=download.person):
        Download.objects.filter(pk=download.pk, rows=None).update(rows=rows, is_complete=is_complete)
