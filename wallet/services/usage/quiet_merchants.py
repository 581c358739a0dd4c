"""Merchants whose traffic has stopped, or whose every request is refused.

A merchant is QUIET when no request was accepted for QUIET_AFTER, although in both clock hours of that time at least
USUAL_CALLS were accepted on USUAL_DAYS of the 7 days before. It is REFUSED when no request was accepted for
REFUSED_AFTER and its newest REFUSED_CALLS requests, of the last REFUSED_WITHIN, were all refused, also those that only
named one of its auth keys. Signed statements are no traffic. Sandboxes and merchants that are not active are left out.

An incident ends when a request is accepted again, when the merchant is no longer active, or, of a merchant that was
refused, when nobody called for a day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from merchants.models import Merchant
from merchants.models.events import EventType
from merchants.services import emails, event_outbox
from portal.lib import clock, database
from portal.lib.moments import show_moment
from wallet import statuses
from wallet.models import CallHour, TrafficIncident
from wallet.services.log.log_search import NEWEST, OF_BLOCK, REFUSED_UNSIGNED
from wallet.services.usage.calls_by_hour import MARK, TAIL, calls_by_hour
from wallet.services.usage.usage_totals import hour_of

TEMPLATE = "traffic_alarm"
QUIET_AFTER = timedelta(minutes=60)
REFUSED_AFTER, REFUSED_WITHIN = timedelta(minutes=15), timedelta(hours=2)
REFUSED_CALLS, USUAL_CALLS = 20, 20
USUAL_DAYS, DAYS = 5, 7
ABANDONED = timedelta(days=1)
LAST_LOOKED_FOR = timedelta(days=8)  # of the newest accepted request, as it is shown
STATEMENTS = "/reconciliation/%"
Kind = TrafficIncident.Kind
NAMED = 'k.auth_key COLLATE "default"'  # as the log's column is, and so its index
# The newest accepted request of each merchant, as far back as `since`.
ACCEPTED = f"""
    SELECT a.merchant_id, max(a.at) FROM (
        SELECT k.merchant_id, h.last_at AS at
          FROM merchants_apikey k
          JOIN merchants_secret s ON s.key_id = k.id
         CROSS JOIN LATERAL (SELECT c.last_at FROM wallet_callhour c
                              WHERE c.secret_id = s.id AND c.hour >= %(since)s AND c.status = '{statuses.OK}'
                                AND c.endpoint NOT LIKE %(statements)s) h
         UNION ALL
        SELECT r.merchant_id, r.created_at
          FROM (SELECT * FROM wallet_signedrequest r WHERE r.id > {MARK} ORDER BY r.id DESC LIMIT %(most)s) r
         WHERE r.status = '{statuses.OK}' AND r.endpoint NOT LIKE %(statements)s AND r.created_at >= %(since)s
    ) a
     WHERE a.merchant_id IS NOT NULL
     GROUP BY 1
"""
# The newest requests of some merchants, signed or naming a key, and how many of them were refused.
NEWEST_CALLS = f"""
    SELECT c.merchant_id, count(*), count(*) FILTER (WHERE c.status = '{statuses.OK}'), max(c.created_at)
      FROM unnest(%(merchants)s::bigint[]) AS m (id)
     CROSS JOIN LATERAL (
        SELECT m.id AS merchant_id, e.* FROM (
            (SELECT r.status, r.created_at FROM wallet_signedrequest r
              WHERE r.merchant_id = m.id AND r.endpoint NOT LIKE %(statements)s
              ORDER BY {OF_BLOCK} DESC, r.id DESC LIMIT %(most)s)
             UNION ALL
            (SELECT u.status, u.created_at FROM merchants_apikey k
              CROSS JOIN LATERAL (SELECT r.status, r.created_at FROM wallet_signedrequest r
                                   WHERE {REFUSED_UNSIGNED}
                                     AND (r.auth_key, r.id) > ({NAMED}, 0) AND (r.auth_key, r.id) < ({NAMED}, {NEWEST})
                                   ORDER BY r.auth_key DESC, r.id DESC LIMIT %(most)s) u
              WHERE k.merchant_id = m.id)
        ) e
        ORDER BY e.created_at DESC LIMIT %(most)s
     ) c
     WHERE c.created_at >= %(since)s
     GROUP BY 1
"""


class Trouble(NamedTuple):
    """What is wrong with a merchant's traffic now."""

    kind: TrafficIncident.Kind
    usual_calls: int = 0
    refused_calls: int = 0


class Traffic(NamedTuple):
    """What the check of one moment knows. Without `is_whole`, silence proves nothing: rows are not summed up yet."""

    troubles: dict[int, Trouble]
    accepted: dict[int, datetime]  # the newest accepted request by merchant, of the last hours
    called: dict[int, datetime]  # the newest request at all, of merchants without an accepted one
    is_whole: bool


class Changes(NamedTuple):
    opened: list[TrafficIncident]
    ended: list[TrafficIncident]


def open_incidents() -> QuerySet[TrafficIncident]:
    """Return the incidents that have not ended, oldest first."""
    return TrafficIncident.objects.filter(ended_at=None).select_related("merchant").order_by("began_at", "pk")


def check_traffic() -> Changes:
    """Open and end incidents by the traffic of this moment, and mail TRAFFIC_ALARM_TO of each new incident once."""
    now = clock.now()
    traffic = judge_traffic(now)
    ended = [each for each in open_incidents() if _is_over(each, traffic, now) and _end(each, now)]
    if not traffic.is_whole:
        return Changes([], ended)
    known = set(open_incidents().values_list("merchant_id", flat=True))
    found = Merchant.objects.filter(pk__in=traffic.troubles.keys() - known).order_by("pk")
    return Changes([_open(each, traffic.troubles[each.pk], now) for each in found], ended)


# --- what is wrong ----------------------------------------------------------------------------------------------------
def judge_traffic(now: datetime) -> Traffic:
    """Return the merchants whose traffic is wrong at this moment, whether or not an incident is open."""
    active = set(_watched_merchants().values_list("pk", flat=True))
    since = hour_of(now - REFUSED_WITHIN)
    values = {"since": since, "most": TAIL, "statements": STATEMENTS}
    accepted = {merchant: at for merchant, at in database.fetch_rows(ACCEPTED, values) if at <= now}
    silent = {each for each in active if now - accepted.get(each, since) >= REFUSED_AFTER or each not in accepted}
    refused, called = _refused(silent, accepted, now)
    usual, is_whole = _usual_calls(silent, now)
    quiet = {
        each: Trouble(Kind.QUIET, usual_calls=usual[each])
        for each in silent
        if each in usual and (each not in accepted or now - accepted[each] >= QUIET_AFTER)
    }
    return Traffic(quiet | refused, accepted, called, is_whole)


def _watched_merchants() -> QuerySet[Merchant]:
    return Merchant.objects.live().filter(status=Merchant.Status.ACTIVE)


def _refused(
    silent: Iterable[int], accepted: dict[int, datetime], now: datetime
) -> tuple[dict[int, Trouble], dict[int, datetime]]:
    """Return the merchants whose newest requests were all refused, and when each silent one called last."""
    values = {"merchants": list(silent), "most": REFUSED_CALLS, "since": now - ABANDONED, "statements": STATEMENTS}
    found, called = dict[int, Trouble](), dict[int, datetime]()
    for merchant, calls, taken, newest in database.fetch_rows(NEWEST_CALLS, values):
        called[merchant] = newest
        if calls >= REFUSED_CALLS and not taken and newest >= now - REFUSED_WITHIN:
            found[merchant] = Trouble(Kind.REFUSED, refused_calls=calls)
    return found, called


def _usual_calls(silent: Iterable[int], now: datetime) -> tuple[dict[int, int], bool]:
    """Return the usual accepted requests an hour, of merchants with steady traffic in both clock hours of the silence;
    and whether the log is summed up far enough to judge silence.
    """
    slots = [hour_of(now - QUIET_AFTER), hour_of(now)]
    days = [timedelta(days=day) for day in range(1, DAYS + 1)]
    counted = calls_by_hour([slot - day for slot in slots for day in days])
    usual = dict[int, int]()
    for merchant in silent:
        by_slot = [[counted.calls_of(merchant, slot - day).accepted for day in days] for slot in slots]
        if all(sum(calls >= USUAL_CALLS for calls in each) >= USUAL_DAYS for each in by_slot):
            usual[merchant] = int(min(median(each) for each in by_slot))
    return usual, counted.is_whole


# --- incidents --------------------------------------------------------------------------------------------------------
def _is_over(incident: TrafficIncident, traffic: Traffic, now: datetime) -> bool:
    """Return whether requests are accepted again, or the incident concerns nobody any more."""
    merchant = incident.merchant
    back = traffic.accepted.get(merchant.pk)
    if (back is not None and back > incident.began_at) or merchant.status != Merchant.Status.ACTIVE:
        return True
    trouble = traffic.troubles.get(merchant.pk)
    if incident.kind == Kind.QUIET:
        return trouble is not None and trouble.kind == Kind.REFUSED
    return traffic.is_whole and now - traffic.called.get(merchant.pk, incident.began_at) >= ABANDONED


def _end(incident: TrafficIncident, now: datetime) -> bool:
    """End an incident; return whether it was open until now."""
    incident.ended_at = now
    return bool(TrafficIncident.objects.filter(pk=incident.pk, ended_at=None).update(ended_at=now))


@transaction.atomic
def _open(merchant: Merchant, trouble: Trouble, now: datetime) -> TrafficIncident:
    incident = TrafficIncident.objects.create(
        merchant=merchant,
        kind=trouble.kind,
        began_at=now,
        last_accepted_at=last_accepted_at(merchant, now),
        usual_calls=trouble.usual_calls,
        refused_calls=trouble.refused_calls,
    )
    context = {
        "merchant": merchant.name,
        "kind": incident.kind,
        "sentence": incident_text(incident),
        "page": f"{settings.BASE_URL}/admin/operations/{merchant.code}/requests/",
    }
    emails.write_each(settings.TRAFFIC_ALARM_TO, merchant, TEMPLATE, context, once=f"traffic:{incident.pk}")
    if incident.kind == Kind.QUIET:
        last = incident.last_accepted_at.isoformat() if incident.last_accepted_at else None
        data = {"last_accepted_at": last, "usual_calls": incident.usual_calls}
        event_outbox.emit(merchant=merchant, event_type=EventType.MERCHANT_QUIET, data=data)
    return incident


def last_accepted_at(merchant: Merchant, now: datetime) -> datetime | None:
    """Return the newest accepted request of the last days, statements left out, as far as it is summed up."""
    summed = CallHour.objects.filter(
        secret__key__merchant=merchant, hour__gte=hour_of(now - LAST_LOOKED_FOR), hour__lte=now, status=statuses.OK
    ).exclude(endpoint__startswith="/reconciliation/")
    newest: datetime | None = summed.aggregate(newest=Max("last_at"))["newest"]
    return newest


def incident_text(incident: TrafficIncident) -> str:
    """Return one or two sentences: what is wrong, since when, and what is usual."""
    facts = {
        "last": show_moment(incident.last_accepted_at) if incident.last_accepted_at else "",
        "usual": f"{incident.usual_calls:,}",
        "refused": f"{incident.refused_calls:,}",
    }
    last = (
        _("The last accepted request arrived on %(last)s.")
        if facts["last"]
        else _("No request was accepted in the 8 days before.")
    )
    if incident.kind == Kind.REFUSED:
        return f"{_('The newest %(refused)s requests were all refused.')} {last}" % facts
    usual = _("Usually about %(usual)s requests an hour are accepted at this time.")
    return f"{_('No request was accepted for an hour.')} {usual} {last}" % facts


__all__ = ["Changes", "check_traffic", "incident_text", "judge_traffic", "open_incidents"]
