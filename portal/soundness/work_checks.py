"""Checks of what jobs do: whether they live, and whether anything is late."""

from __future__ import annotations

from datetime import timedelta

from redis.exceptions import RedisError

from merchants.models import Heartbeat
from portal import health
from portal.soundness import limits, work
from portal.soundness.findings import Finding, broken, ok, warning

Job = Heartbeat.Job


def heartbeats() -> Finding:
    ages = work.job_ages()
    silent = [job for job in (Job.WORKER, Job.RECONCILER) if ages[job].seconds > limits.HEARTBEAT_OLD.total_seconds()]
    if silent:
        names = " and the ".join(job.label.lower() for job in silent)
        return broken(f"No heartbeat of the {names} for more than 10 minutes.", "Start beat and the workers.")
    if not all(ages[job].is_known for job in (Job.WORKER, Job.RECONCILER)):
        return warning("Beat and workers have not run yet.", "Start beat and the workers, then run the doctor again.")
    return ok("Beat and both workers run.")


def queues() -> Finding:
    try:
        depths = work.queue_depths()
    except (RedisError, OSError) as fault:
        return broken(f"The broker does not answer: {type(fault).__name__}.", "Check BROKER_URL and Valkey.")
    deep = {queue: depth for queue, depth in depths.items() if depth > limits.QUEUE_DEEP}
    if deep:
        told = ", ".join(f"{depth} jobs wait in the queue {queue}" for queue, depth in deep.items())
        return warning(f"Too many jobs wait: {told}.", "Check whether the workers run, or start another worker.")
    return ok("The broker answers, and queues are short.")


def cache() -> Finding:
    try:
        health.ask_cache()
    except (RedisError, OSError) as fault:
        return broken(
            f"The cache does not answer: {type(fault).__name__}. Sign-in answers 503.",
            "Check CACHE_URL and Valkey.",
        )
    return ok("The cache answers.")


def watermarks() -> Finding:
    behind = {source: rows for source, rows in work.watermark_lags().items() if rows > limits.WATERMARK_BEHIND}
    if behind:
        told = ", ".join(f"{source} by {rows:,} rows" for source, rows in behind.items())
        return warning(
            f"Summaries are behind: {told}. Pages are correct but slow.", "Read the log of the default worker."
        )
    return ok("Summaries of usage are up to date.")


def ledger() -> Finding:
    books = work.books()
    if books.findings:
        return broken(
            f"The ledger differs in {books.findings} places.",
            "Run manage.py verify_ledger, then follow docs/runbook.md.",
        )
    if books.merchants_overdue:
        return broken(
            f"The books of {books.merchants_overdue} merchants are not verified.", "Read the log of the default worker."
        )
    return _verification(Job.LEDGER, "ledger")


def history() -> Finding:
    return _verification(Job.HISTORY, "history")


def _verification(job: Job, what: str) -> Finding:
    age = work.job_ages()[job]
    command = f"Run manage.py verify_{what}."
    if not age.is_good:
        return broken(f"The last verification of the {what} found a difference.", command)
    told = timedelta(seconds=int(age.seconds))
    if age.seconds > limits.VERIFICATION_OLD.total_seconds():
        return broken(f"The {what} was not verified for {told}.", f"{command} Check beat and the default worker.")
    if not age.is_known:
        return warning(f"The {what} was not verified yet.", f"{command} A job verifies it every night.")
    return ok(f"The {what} was verified {told} ago, without a difference.")


def days() -> Finding:
    late = work.late_days()
    not_run = late.causes["not_run"]
    if not_run:
        return broken(f"{not_run} days are late and not compared.", "Read the log of the reconciliation worker.")
    others = late.causes.total()
    if others:
        return warning(
            f"{others} days have no good report.", "The home page of the administration lists them, with what to do."
        )
    return ok("No day is late.")


def outbox() -> Finding:
    state = work.outbox_state()
    if state.stuck:
        return broken(f"{state.stuck} emails are stuck.", "Check the default worker and the mail server.")
    return ok(f"{state.waiting} emails wait." if state.waiting else "No email waits.")
