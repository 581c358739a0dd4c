"""Retention of rows that are neither ledger nor history: sent emails, visits of our staff, and delivered events.

Triggers of both tables refuse to delete rows younger than KEPT_AT_LEAST, for every role.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

from merchants.models import EventDelivery, OutgoingEmail, OutgoingEvent, StaffChange, StaffVisit
from portal.lib import clock

AT_ONCE = 5_000  # rows in one statement, so that nobody waits for it
_referring: list[tuple[type[models.Model], str]] = [(StaffChange, "email_id")]


def register(model: type[models.Model], column: str) -> None:
    """Keep the emails that the column of a model names: they belong to its rows."""
    _referring.append((model, column))


def purge_emails() -> int:
    """Delete emails older than EMAIL_DAYS that do not wait and that nothing names. Returns how many."""
    before = clock.now() - timedelta(days=settings.EMAIL_DAYS)
    old = OutgoingEmail.objects.filter(created_at__lt=before).exclude(state=OutgoingEmail.State.WAITING)
    for model, column in _referring:
        named = model._default_manager.filter(**{column: models.OuterRef("pk")})  # noqa: SLF001
        old = old.exclude(models.Exists(named))
    return _delete(old)


def purge_staff_visits() -> int:
    """Delete visits older than STAFF_VISIT_DAYS. Returns how many."""
    before = clock.now() - timedelta(days=settings.STAFF_VISIT_DAYS)
    return _delete(StaffVisit.objects.filter(hour__lt=before))


def purge_events() -> int:
    """Delete events older than EVENT_DAYS with the log of their deliveries. Returns how many deliveries."""
    before = clock.now() - timedelta(days=settings.EVENT_DAYS)
    deleted = _delete(EventDelivery.objects.filter(created_at__lt=before).exclude(state=EventDelivery.State.WAITING))
    named = EventDelivery.objects.filter(event=models.OuterRef("pk"))
    _delete(OutgoingEvent.objects.filter(created_at__lt=before).exclude(models.Exists(named)))
    return deleted


def _delete(rows: models.QuerySet[models.Model]) -> int:
    deleted = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        found = rows.model._default_manager.filter(pk__in=ids)  # noqa: SLF001
        deleted += found._raw_delete(found.db)  # noqa: SLF001 - no cascade is wanted
    return deleted
