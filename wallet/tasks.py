"""Jobs on a timetable; what they do is in the services."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from merchants import form_tokens
from merchants.errors import Refusal
from merchants.models import Heartbeat, Merchant, Person, SeenOrigin
from merchants.services import chain, heartbeats, history, job_queue, proposals
from merchants.services.chain import alarm
from portal.lib import clock
from wallet.ledger.verification import LedgerVerdict
from wallet.models import RefusedCall, RefusedHour
from wallet.reconciliation import (
    alarms,
    books_check,
    cases,
    drafts,
    due_dates,
    host_keys,
    pull,
    schedule,
    statement_rows,
    statements,
)
from wallet.reconciliation.closing import invoices, month_reminder, settlements
from wallet.reconciliation.locks import LockedWork, hold_alone
from wallet.reconciliation.runs import BeingCompared
from wallet.services.calls import stored_signature
from wallet.services.log import retention
from wallet.services.rounds import exports
from wallet.services.simulation import simulations
from wallet.services.usage import quiet_merchants, rotation_progress, usage_rollup

log = structlog.get_logger(__name__)
DELETED_AT_ONCE = 5_000
ORIGIN_DAYS = 30
CHAIN_FRESH = timedelta(days=2)  # what was sealed since is verified each night, older blocks in parts
REFUSED_HOURS_DAYS = 35
BATCHES_AT_ONCE = 100  # then the next minute goes on
TURN_SECONDS, TURNS_AWAITED = 15, 80


@shared_task
def verify_ledger() -> None:
    """Check new rows and all balances, then send a job for each merchant's slice of older rows.

    Both verdicts are found before anything is mailed, and a mail server that refuses one alarm stops no other.
    """
    verdict = books_check.check_new_rows()
    sealed = chain.verify_ledger(since=clock.now() - CHAIN_FRESH, part=clock.now().toordinal() % chain.PARTS)
    heartbeats.record(Heartbeat.Job.LEDGER, is_good=verdict.holds and sealed.holds)
    log.info("ledger.verified", holds=verdict.holds, rows=verdict.rows, seconds=round(verdict.seconds, 1))
    for merchant in Merchant.objects.order_by("pk").values_list("pk", flat=True):
        job_queue.send_job("wallet.tasks.verify_books", merchant)
    log.info("ledger.chain_verified", holds=sealed.holds, rows=sealed.rows, seconds=round(sealed.seconds, 1))
    with ExitStack() as alarms_to_send:
        if not verdict.holds:
            alarms_to_send.callback(raise_alarm, verdict)
        if not sealed.holds:
            alarms_to_send.callback(alarm.raise_alarm, sealed)


@shared_task
def verify_books(merchant: int) -> None:
    """Verify a slice of one merchant's players from their first rows on."""
    verdict = books_check.check_slice(Merchant.objects.get(pk=merchant))
    log.info("books.verified", merchant=merchant, holds=verdict.holds, seconds=round(verdict.seconds, 1))
    if not verdict.holds:
        raise_alarm(verdict)


def raise_alarm(verdict: LedgerVerdict) -> None:
    """Mail is read in many places, so it names accounts and no players."""
    context = {"verdict": verdict, "base_url": settings.BASE_URL}
    message = EmailMultiAlternatives(
        subject="The ledger does not balance",
        body=render_to_string("emails/ledger_alarm.txt", context),
        to=settings.LEDGER_ALARM_TO,
    )
    message.attach_alternative(render_to_string("emails/ledger_alarm.html", context), "text/html")
    message.send()


@shared_task
def purge_refused_calls() -> None:
    """In bounded pieces: no statement holds many rows, and a stopped job has done what it has done. With them goes what
    the pages needed for hours only: used forms, and files that were shown and not applied.
    """
    end = clock.now() - timedelta(days=settings.REFUSED_BODY_DAYS)
    oldest = RefusedCall.objects.filter(created_at__lt=end).order_by("created_at").values("pk")[:DELETED_AT_ONCE]
    purged = 0
    while deleted := RefusedCall.objects.filter(pk__in=oldest).delete()[0]:
        purged += deleted
    RefusedHour.objects.filter(hour__lt=clock.now() - timedelta(days=REFUSED_HOURS_DAYS)).delete()
    cut = stored_signature.cut_stored_signatures(RefusedCall.objects)
    log.info(
        "refused_calls.purged",
        calls=purged,
        cut=cut,
        forms=form_tokens.purge_form_tokens(),
        imports=proposals.purge_proposals(),
    )


@shared_task
def purge_request_log() -> None:
    """Drop the partitions of the request log that are older than REQUEST_LOG_DAYS, and make some ahead."""
    done = retention.purge_request_log()
    log.info("request_log.purged", busy=done is None, **(done._asdict() if done else {}))


@shared_task
def purge_origins() -> None:
    """Whoever signs decides how many there are; the guard of domains looks back for a day."""
    end = clock.now() - timedelta(days=ORIGIN_DAYS)
    purged, _ = SeenOrigin.objects.filter(last_seen_at__lt=end).delete()
    log.info("origins.purged", origins=purged)


@shared_task
def sum_up_usage() -> None:
    for source in usage_rollup.TABLES:
        passed = usage_rollup.sum_up(source, most_batches=BATCHES_AT_ONCE)
        log.info("usage.summed_up", source=source.value, rows=passed)


@shared_task
def end_quiet_overlaps() -> None:
    log.info("overlaps.ended_when_quiet", overlaps=rotation_progress.end_quiet_overlaps())


@shared_task
def raise_traffic_alarms() -> None:
    changes = quiet_merchants.check_traffic()
    log.info("traffic.checked", opened=len(changes.opened), ended=len(changes.ended))


@shared_task
def write_export(number: int) -> None:
    exports.write_export(number)


@shared_task
def write_waiting_exports() -> None:
    log.info("exports.written_late", exports=exports.write_waiting_exports())


@shared_task
def delete_old_exports() -> None:
    log.info("exports.deleted", exports=exports.delete_old_exports())


@shared_task
def play_simulation(number: int) -> None:
    simulations.play_simulation(number)


@shared_task
def play_waiting_simulations() -> None:
    log.info("simulations.played_late", simulations=simulations.play_waiting())


@shared_task
def purge_simulations() -> None:
    log.info("simulations.purged", simulations=simulations.purge_simulations())


# --- reconciliation ---------------------------------------------------------------------------------------------------
@shared_task
def reconcile_days() -> None:
    log.info("reconciliation.done", days=schedule.run_due_days())


@shared_task(bind=True, max_retries=TURNS_AWAITED)
def compare_day(job: Any, merchant: int, day: str, by: int) -> None:
    """For somebody who waits at the page of the day. A merchant has one worker at most: the others are for others."""
    with hold_alone(LockedWork.REPORT, merchant) as is_ours:
        if not is_ours:
            raise job.retry(countdown=TURN_SECONDS)
        try:
            _compare(merchant, day, Person.objects.get(pk=by))
        except BeingCompared as busy:  # by a command; what came since has to be compared behind it
            raise job.retry(countdown=TURN_SECONDS) from busy


def _compare(merchant: int, day: str, person: Person) -> None:
    with history.act_as(door="Compare again", person=person):
        try:
            schedule.compare_requested(
                merchant=Merchant.objects.get(pk=merchant), day=date.fromisoformat(day), by=person
            )
        except BeingCompared:
            raise
        except Refusal as why:
            log.info("comparison.refused", merchant=merchant, day=day, why=str(why))


@shared_task
def read_statements() -> None:
    log.info("statements.read", statements=schedule.read_statements())


@shared_task
def purge_statement_files() -> None:
    now = clock.now()
    tables, previews = statement_rows.drop_old_rows(now), drafts.purge_drafts(now)
    files, of_invoices = statements.delete_orphaned_files(now), invoices.purge_files(now)
    log.info("statements.purged", files=files, tables=tables, previews=previews, invoices=of_invoices)


@shared_task
def fetch_statements() -> None:
    log.info("statements.fetched", statements=schedule.fetch_statements())


@shared_task
def look_up_host_key(number: int) -> None:
    host_keys.look_up_host_key(number)


@shared_task
def check_source(number: int) -> None:
    pull.check_source(number)


@shared_task
def look_up_waiting_host_keys() -> None:
    log.info("host_keys.looked_up_late", lookups=host_keys.look_up_waiting_keys())


@shared_task
def raise_reconciliation_alarms() -> None:
    """By the worker of the emails: it must be told too when the one that compares is dead."""
    log.info("reconciliation.alarms", emails=alarms.raise_alarms())


@shared_task
def prepare_settlement(number: int) -> None:
    settlements.prepare_statement(number)


@shared_task
def prepare_waiting_settlements() -> None:
    log.info("settlements.prepared_late", settlements=settlements.prepare_waiting())


@shared_task
def remind_of_due_months() -> None:
    log.info("months.reminded", emails=month_reminder.send_reminders())


@shared_task
def age_cases() -> None:
    log.info("cases.grown_older", cases=cases.grow_older())


@shared_task
def remind_of_due_cases() -> None:
    log.info("cases.reminded", emails=due_dates.send_reminders())
