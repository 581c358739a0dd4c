"""Previewed files before they are sent: stored for a day, and visible to the person who uploaded them only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.db.models import QuerySet

from merchants.models import Merchant, Person
from portal.lib import clock
from wallet.models import StatementPreview
from wallet.models.statement import list_private, private_files
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.scopes import WHOLE, Scope
from wallet.reconciliation.statements import EmptyStatement, StatementTooLarge, check_day

KEPT = timedelta(days=1)
MOST = 10  # of a person for one merchant: the oldest gives way
LONGEST_NAME = 120
FOLDER = "drafts"


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A previewed file. `case`: the case that the file answers."""

    token: str
    path: str
    name: str
    day: date
    case: int | None = None
    scope: Scope = WHOLE

    @classmethod
    def build(cls, row: StatementPreview) -> StatementDraft:
        return cls(str(row.number), row.path, row.name, row.day, row.case, Scope.parse(row.scope))

    def open(self) -> IO[bytes]:
        return private_files().open(self.path)


def keep_draft(
    *,
    merchant: Merchant,
    by: Person,
    day: date,
    name: str,
    content: IO[bytes],
    size: int,
    case: int | None = None,
    scope: Scope = WHOLE,
) -> StatementDraft:
    """Store a file as a draft; the oldest of more than ten is dropped.

    Refuses by EmptyStatement, StatementTooLarge, DayNotOver and DayBeforeMerchant.
    """
    check_day(merchant, day)
    if not size:
        raise EmptyStatement
    if size > settings.MAX_STATEMENT_BYTES:
        raise StatementTooLarge
    number = uuid4()
    path = private_files().save(f"{FOLDER}/{merchant.pk}/{number}", File(content, name="draft"))
    shown = "".join(character for character in name if character.isprintable())[-LONGEST_NAME:]
    row = StatementPreview.objects.create(
        number=number, merchant=merchant, by=by, day=day, scope=str(scope), name=shown, path=path, case=case,
        created_at=clock.now(),
    )  # fmt: skip
    for oldest in _of_person(merchant, by)[MOST:]:
        _delete(oldest)
    return StatementDraft.build(row)


def find_draft(*, merchant: Merchant, by: Person, token: str) -> StatementDraft | None:
    """Return the draft; None when it is another person's, older than a day, sent or discarded."""
    try:
        row = _of_person(merchant, by).filter(number=UUID(token)).first()
    except ValueError:
        return None
    return StatementDraft.build(row) if row is not None and private_files().exists(row.path) else None


def open_drafts(*, merchant: Merchant, by: Person) -> list[StatementDraft]:
    """Return this person's previews that were not sent, newest first."""
    return [StatementDraft.build(row) for row in _of_person(merchant, by)]


def draft_digest(mapping: Mapping) -> str:
    """Return the digest of the settings of a preview. With other settings, the file is previewed again before it is
    sent.
    """
    return hashlib.sha256(json.dumps(mapping.as_json(), sort_keys=True).encode()).hexdigest()


def drop_draft(draft: StatementDraft) -> None:
    """Delete a draft and its file."""
    for row in StatementPreview.objects.filter(number=UUID(draft.token)):
        _delete(row)


def purge_drafts(now: datetime) -> int:
    """Delete drafts older than a day, and files without a row; return how many."""
    old = list(StatementPreview.objects.filter(created_at__lt=now - KEPT))
    for row in old:
        _delete(row)
    return len(old) + sum(_purge_files(folder, now) for folder in _folders())


def _folders() -> list[str]:
    return [f"{FOLDER}/{name}" for name in list_private(FOLDER)[0]]


def _purge_files(folder: str, now: datetime) -> int:
    """Delete files without a row. Younger files may still get their row."""
    storage = private_files()
    there = {f"{folder}/{name}" for name in list_private(folder)[1]}
    known = set(StatementPreview.objects.filter(path__in=there).values_list("path", flat=True))
    lost = [path for path in there - known if storage.get_modified_time(path) <= now - KEPT]
    for path in lost:
        storage.delete(path)
    return len(lost)


def _delete(row: StatementPreview) -> None:
    row.delete()
    private_files().delete(row.path)


def _of_person(merchant: Merchant, by: Person) -> QuerySet[StatementPreview]:
    mine = StatementPreview.objects.filter(merchant=merchant, by=by, created_at__gt=clock.now() - KEPT)
    return mine.order_by("-pk")
