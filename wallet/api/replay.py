"""Reads a call of the past as it would be read today, for `wallet.services.explain.rejudge`."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import msgspec

from portal.lib import clock
from wallet import statuses
from wallet.api import decoding
from wallet.api.endpoint import SignedView
from wallet.api.game_views import GameSession
from wallet.api.request import SignedHttpRequest
from wallet.api.urls import VIEWS, name_of
from wallet.ledger.ledger import Caller
from wallet.services.explain.rejudge import StoredQuestion, StoredReading
from wallet.services.log.request_log import LogLine


def read_again(asked: StoredQuestion) -> StoredReading | None:
    """None when there is no such endpoint."""
    kind = VIEWS.get(name_of(asked.endpoint))
    if kind is None:
        return None
    view = kind()
    understood, refusal = _understood(view, asked)

    def serve(caller: Caller, transaction_id: str | None) -> None:
        """A list is not read: it refuses nobody whom the gate lets through. A statement is not taken in twice."""
        if understood is not None and not view.takes_files and (view.method == "POST" or isinstance(view, GameSession)):
            changed = {"transaction_id": transaction_id} if transaction_id else {}
            view.serve(caller, msgspec.structs.replace(understood, **changed))

    return StoredReading(view.kind, view.is_batch, refusal, serve)


def _understood(view: SignedView, asked: StoredQuestion) -> tuple[Any, statuses.CallRefused | None]:
    if asked.body is None and (view.is_batch or view.takes_files or view.method == "GET"):
        return None, None
    try:
        return view.read(_stand_in(view, asked)), None
    except statuses.CallRefused as refusal:
        return None, refusal


def _stand_in(view: SignedView, asked: StoredQuestion) -> SignedHttpRequest:
    request = SignedHttpRequest()
    request.META["QUERY_STRING"], request.path_info = asked.query, asked.endpoint
    said = decoding.fields_of(view.takes, {**asked.said, "kind": view.kind})
    request.raw = json.dumps(said).encode() if asked.body is None else asked.body
    request.line = LogLine(uuid4(), clock.now(), None, "", view.method, asked.endpoint)
    return request
