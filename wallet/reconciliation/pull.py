"""Statements that we fetch: the source, the result of each attempt, and the next attempt.

Nothing is sent to a host before its certificate or host key is verified. A password goes only to the server for which
it was entered.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, datetime, timedelta
from functools import partial
from itertools import chain
from typing import IO

import structlog
from django.db import transaction
from django.db.models import Q

from merchants import crypto
from merchants.errors import Refusal
from merchants.models import Merchant, Person
from merchants.services import job_queue
from portal.lib import clock
from wallet.models.reconciliation_plan import StatementSource
from wallet.models.statement import Statement
from wallet.reconciliation import days, fetching, host_addresses, passwords, places, refusals, statements
from wallet.reconciliation.host_addresses import NotFetched
from wallet.reconciliation.places import RemotePlace
from wallet.reconciliation.plans import due_at

log = structlog.get_logger(__name__)
EACH = timedelta(minutes=15)
LATE_EACH, LATE_FOR = timedelta(hours=1), 3 * days.DAY  # a file that lands after the report
LAST_QUARTER = 45  # minutes of an hour
SLACK = timedelta(minutes=1)  # a job does not start on the second
MOST = 40  # of those that are due; the next minute goes on
SIDE_BY_SIDE = 8
FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
LONGEST_ANSWER = 300
CHECK = "wallet.tasks.check_source"
UNFORESEEN = "The file could not be fetched because of an unexpected error. Ask our support."
UNOPENED = "The password of this source cannot be decrypted. Enter the password again."


class HostKeyNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Enter the SHA256 fingerprint of the SFTP host's key: SHA256: and 43 characters. Let the "
            "portal show the key, compare it with the key that the people of the host give you, then "
            "confirm it."
        )


class PasswordAgain(Refusal):
    def __init__(self) -> None:
        super().__init__("The stored password belongs to another host or user. Enter the password for this one.")


# --- where from -------------------------------------------------------------------------------------------------------
def set_source(
    *, merchant: Merchant, kind: str, address: str, password: str | None, host_key: str, by: Person | None
) -> StatementSource:
    """Set the source of a merchant, and switch it on.

    `password`: None keeps the stored one for the same server and user; empty removes it. Refuses by NoTimetable,
    WrongAddress, Inside, HostKeyNeeded and PasswordAgain. A job asks the name servers, and records on the source when
    the host does not exist or is internal; each fetch asks again.
    """
    if merchant.is_sandbox:
        raise refusals.NoTimetable
    place, host_key = places.parse_place(kind, address), host_key.strip()
    host_addresses.check_literal(place.host)
    is_sftp = kind == StatementSource.Kind.SFTP
    if is_sftp and not FINGERPRINT.fullmatch(host_key):
        raise HostKeyNeeded
    with transaction.atomic():
        Merchant.objects.select_for_update().get(pk=merchant.pk)
        source = StatementSource.objects.filter(merchant=merchant).first() or StatementSource(merchant=merchant)
        _set_password(source, place, password)
        source.kind, source.address, source.is_on = kind, address.strip(), True
        source.host_key = host_key if is_sftp else ""
        source.last_tried_at, source.last_answer = None, ""
        source.save()
        transaction.on_commit(lambda: job_queue.send_job(CHECK, source.pk))
    log.info("statement_source.set", merchant=merchant.code, kind=kind, host=place.host, by=by and by.pk)
    return source


def check_source(number: int) -> None:
    """Record on the source, before the first attempt, if the host does not exist or is internal."""
    source = StatementSource.objects.get(pk=number)
    place = places.parse_place(source.kind, source.address)
    try:
        host_addresses.public_addresses(place.host, place.port)
    except Refusal as refused:
        untried = StatementSource.objects.filter(pk=number, address=source.address, last_tried_at=None)
        untried.update(last_tried_at=clock.now(), last_answer=str(refused)[:LONGEST_ANSWER])


def _set_password(source: StatementSource, place: RemotePlace, password: str | None) -> None:
    if password is None:
        if source.sealed is not None and places.parse_place(source.kind, source.address).server != place.server:
            raise PasswordAgain
    else:
        passwords.seal_password(source, place, password)


def switch_source(*, source: StatementSource, on: bool, by: Person | None) -> StatementSource:
    """Switch a source on or off. A source that is off is not fetched, and keeps its password. Refuses nothing."""
    with transaction.atomic():
        source = StatementSource.objects.select_for_update().get(pk=source.pk)
        source.is_on = on
        source.save(update_fields=["is_on"])
    log.info("statement_source.switched", source=source.pk, on=on, by=by and by.pk)
    return source


def _password(source: StatementSource) -> str:
    try:
        return passwords.unseal_password(source)
    except (crypto.UnknownKeyEncryptionKey, crypto.SealBroken) as fault:
        log.error("statement_source.cannot_be_opened", source=source.pk, key_encryption_key=source.kek_id)  # noqa: TRY400 - where it happened says nothing
        raise NotFetched(UNOPENED) from fault


# --- once -------------------------------------------------------------------------------------------------------------
def fetch_day(*, source: StatementSource, day: date) -> Statement | None:
    """Fetch the file of a day; return its statement, read or refused. None without a file: the source has the
    reason.
    """
    return _taken(source, day, partial(_brought, source, day))


def _taken(source: StatementSource, day: date, brought: Callable[[], IO[bytes]]) -> Statement | None:
    statement = None
    try:
        with brought() as file:
            statement, answer = _received(source, day, file)
    except Refusal as refusal:
        answer = str(refusal)
    except Exception:  # a host may be as strange as it likes: the next merchant's is fetched all the same
        log.exception("statement.not_fetched", source=source.pk)
        answer = UNFORESEEN
    log.info("statement.fetched", source=source.pk, day=str(day), statement=statement and statement.pk, answer=answer)
    source.last_tried_at, source.last_answer = clock.now(), answer[:LONGEST_ANSWER]
    source.save(update_fields=["last_tried_at", "last_answer"])
    return statement


def _brought(source: StatementSource, day: date) -> IO[bytes]:
    """Download the file. It uses no database, because it may run in a thread. Raises NotFetched."""
    place, password = places.parse_place(source.kind, source.address), _password(source)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - who gets it closes it
    try:
        fetching.fetch_file(place, password=password, host_key=source.host_key, day=day, into=file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _received(source: StatementSource, day: date, file: IO[bytes]) -> tuple[Statement | None, str]:
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    came = Statement.Source.PULL
    refused = statements.refused_duplicate(merchant=source.merchant, day=day, source=came, digest=digest)
    if refused is not None:
        return None, f"The file of {day} is still the refused file: {_first_fault(refused)}"
    file.seek(0)
    name = places.parse_place(source.kind, source.address).name(day)
    statement = statements.receive_statement(merchant=source.merchant, day=day, name=name, content=file, source=came)
    statement = statements.read_statement(statement=statement)
    if statement.state == Statement.State.REFUSED:
        return statement, f"The file of {day} arrived and was refused: {_first_fault(statement)}"
    return statement, f"The file of {day} arrived: {statement.rows:,} rows."


def _first_fault(statement: Statement) -> str:
    return str(statement.faults[0]["text"]) if statement.faults else "see the statement."


# --- by schedule ------------------------------------------------------------------------------------------------------
def fetch_due_days(now: datetime) -> int:
    """Fetch what is due; return how many statements arrived. Two workers do not fetch the same file twice.

    Hosts are asked in parallel, so that a slow one delays few. Files are received one after the other.
    """
    wanted = [(source, day) for source, day in due_sources(now)[:MOST] if claim_source(source, now)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        asked = {pool.submit(_brought, source, day): (source, day) for source, day in wanted}
        return sum(_taken(*asked[done], done.result) is not None for done in as_completed(asked))


def claim_source(source: StatementSource, now: datetime) -> bool:
    """Claim a source, so that only one worker tries it now."""
    unchanged = StatementSource.objects.filter(pk=source.pk, last_tried_at=source.last_tried_at)
    return bool(unchanged.update(last_tried_at=now))


def due_sources(now: datetime) -> list[tuple[StatementSource, date]]:
    """Return each source with a missing day, the longest wait first: every quarter of an hour until the report is due,
    then every hour for three days.
    """
    rested = Q(last_tried_at=None) | Q(last_tried_at__lte=now - EACH + SLACK)
    sources = StatementSource.objects.filter(rested, is_on=True, merchant__reconciliation_plan__is_on=True)
    sources = sources.filter(merchant__in=Merchant.objects.live().open()).order_by("last_tried_at", "pk")
    asked = {source: _askable(source, now) for source in sources.select_related("merchant__reconciliation_plan")}
    there = _there(asked)
    lacking = {
        source: [day for day in askable if (source.merchant_id, day) not in there] for source, askable in asked.items()
    }
    return [(source, day) for source, lacks in lacking.items() if (day := _turn(source, lacks, now)) is not None]


def _askable(source: StatementSource, now: datetime) -> list[date]:
    """Return the days that are over and recent, newest first."""
    merchant, plan = source.merchant, source.merchant.reconciliation_plan
    today, opened = (days.date_at(merchant, moment) for moment in (now, merchant.created_at))
    past = (today - number * days.DAY for number in range(1, LATE_FOR.days + 2))
    return [day for day in past if opened <= day and now <= due_at(plan, day) + LATE_FOR]


def _there(asked: dict[StatementSource, list[date]]) -> set[tuple[int, date]]:
    current = Statement.objects.filter(
        is_current=True, day__in=set(chain(*asked.values())), merchant__in=[source.merchant_id for source in asked]
    )
    return set(current.values_list("merchant_id", "day"))


def _turn(source: StatementSource, lacks: list[date], now: datetime) -> date | None:
    """Return the day that the report waits for. In the last quarter of an hour, or when none is awaited, a late day."""
    awaited = [day for day in lacks if now <= due_at(source.merchant.reconciliation_plan, day)]
    late = [day for day in lacks if day not in awaited]
    if awaited and not (late and now.minute >= LAST_QUARTER):
        return awaited[0]
    is_rested = awaited or source.last_tried_at is None or source.last_tried_at <= now - LATE_EACH + SLACK
    return late[now.hour % len(late)] if late and is_rested else None
