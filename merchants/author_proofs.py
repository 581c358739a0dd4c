"""Proves what the portal writes: an HMAC under the key-encryption keys, which the database never sees.

Whoever has SQL with the portal's rights, and not its environment, can write any row, but no proof of it:
`verify_history` names it. The proof of an event covers the author, the door and the reason that it names, and its
transaction, so that it holds for no other one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import pghistory
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from pghistory import config
from pghistory.runtime import IGNORED_SQL_PREFIXES
from psycopg.pq import TransactionStatus

FIELD = "portal_proof"
AUTHOR = "merchants.author"
CURRENT_TRANSACTION = "SELECT pg_current_xact_id()::text"
LONGEST_PREFIX = max(map(len, IGNORED_SQL_PREFIXES))


def prove(kind: str, text: str) -> str:
    """Return the proof of a text under the current key: the id of the key, a colon, 64 hex digits."""
    key_id, key = next(iter(settings.KEY_ENCRYPTION_KEYS.items()))
    return f"{key_id}:{_digits(kind, text, key)}"


def is_proven(kind: str, text: str, proof: str) -> bool:
    """Return whether the portal made this proof of this text, under a key that is configured."""
    key_id, _, digits = proof.partition(":")
    key = settings.KEY_ENCRYPTION_KEYS.get(key_id)
    return key is not None and hmac.compare_digest(_digits(kind, text, key).encode(), digits.encode(errors="replace"))


def _digits(kind: str, text: str, key: bytes) -> str:
    return salted_hmac(kind, text, secret=key, algorithm="sha256").hexdigest()


# --- Authors of events ------------------------------------------------------------------------------------------------
def author_text(known: Mapping[str, Any], transaction_id: int) -> str:
    """Return what the proof of an event covers, the same before and after the database has stored it."""
    plain = json.loads(json.dumps({**known}, cls=config.json_encoder()))
    plain.pop(FIELD, None)
    return f"{transaction_id}|{json.dumps(plain, sort_keys=True)}"


def is_author_proven(context: Mapping[str, Any] | None, transaction_id: int) -> bool:
    """Return whether the portal wrote the author of an event of this transaction."""
    known = context or {}
    return is_proven(AUTHOR, author_text(known, transaction_id), str(known.get(FIELD, "")))


class StatementProver:
    """Adds the proof to what a statement's events will say of their author.

    An execute wrapper of Django for one connection, around that of pghistory. It asks for the number of a transaction
    once, before the first statement that may write. Each statement of the connection is seen here, so one that finds
    no transaction open begins another.
    """

    def __init__(self) -> None:
        self.transaction_id: int | None = None

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: Any, context: dict[str, Any]) -> Any:
        status = context["cursor"].connection.info.transaction_status
        if status == TransactionStatus.IDLE:
            self.transaction_id = None
        if status == TransactionStatus.INERROR or is_without_events(sql):
            return execute(sql, params, many, context)
        connection = context["connection"]
        alone = nullcontext() if connection.in_atomic_block else transaction.atomic(using=connection.alias)
        with alone, pghistory.context() as current:
            if self.transaction_id is None:
                [(number,)] = context["cursor"].connection.execute(CURRENT_TRANSACTION, prepare=False).fetchall()
                self.transaction_id = int(number)
            current.metadata[FIELD] = prove(AUTHOR, author_text(current.metadata, self.transaction_id))
            return execute(sql, params, many, context)


def is_without_events(sql: str | bytes) -> bool:
    """Return whether pghistory tells this statement no author: it reads, or changes the schema."""
    begin = sql.lstrip()[:LONGEST_PREFIX]
    text = begin.decode(errors="replace") if isinstance(begin, bytes) else begin
    return text.lower().startswith(IGNORED_SQL_PREFIXES)
