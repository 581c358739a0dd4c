"""Files that somebody looks at before they are sent: kept for a day, under a name that only they have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.core.files.base import File

from merchants.errors import Refusal
from merchants.models import Merchant, Person
from portal.lib import clock
from wallet.models.reconciliation import private_files
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.statements import EmptyStatement, StatementTooLarge, check_day

SALT = "wallet.reconciliation.draft"
KEPT = timedelta(days=1)
MOST = 20  # of a merchant at once
LONGEST_NAME = 120


class TooManyDrafts(Refusal):
    def __init__(self) -> None:
        super().__init__(f"{MOST} files wait here to be looked at. Send or drop one of them, or wait a day.")


@dataclass(frozen=True, slots=True)
class Draft:
    """`case`: the one that the file answers."""

    token: str
    path: str
    name: str
    day: date
    case: int | None = None

    def open(self) -> IO[bytes]:
        return private_files().open(self.path)


def keep(
    *, merchant: Merchant, by: Person, day: date, name: str, content: IO[bytes], size: int, case: int | None = None
) -> Draft:
    """Raises Refusal: EmptyStatement, StatementTooLarge, TooManyDrafts, DayNotOver, DayBeforeMerchant."""
    check_day(merchant, day)
    if not size:
        raise EmptyStatement
    if size > settings.MAX_STATEMENT_BYTES:
        raise StatementTooLarge
    if sum(1 for _ in _young(merchant)) >= MOST:
        raise TooManyDrafts
    path = private_files().save(f"{_folder(merchant)}/{uuid4()}", File(content, name="draft"))
    name = name[-LONGEST_NAME:]
    said = [merchant.pk, by.pk, path, name, day.isoformat(), case]
    return Draft(signing.dumps(said, salt=SALT), path, name, day, case)


def kept(*, merchant: Merchant, by: Person, token: str) -> Draft | None:
    """None: another's, over, or sent already."""
    try:
        whose, who, path, name, day, case = signing.loads(token, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError):
        return None
    if (whose, who) != (merchant.pk, by.pk) or not private_files().exists(path):
        return None
    return Draft(token, path, name, date.fromisoformat(day), case)


def mark(mapping: Mapping) -> str:
    """Of what somebody has looked at: what is stated otherwise since is looked at once more before it is sent."""
    return hashlib.sha256(json.dumps(mapping.as_json(), sort_keys=True).encode()).hexdigest()


def drop(draft: Draft) -> None:
    private_files().delete(draft.path)


def _folder(merchant: Merchant) -> str:
    return f"drafts/{merchant.pk}"


def _young(merchant: Merchant) -> Iterator[str]:
    """Those that are still kept; the older ones go on the way."""
    storage, folder = private_files(), _folder(merchant)
    try:
        names = storage.listdir(folder)[1]
    except FileNotFoundError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if storage.get_modified_time(path) < clock.now() - KEPT:
            storage.delete(path)
        else:
            yield path
