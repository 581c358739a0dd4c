"""A database that is away is one short line a call in the log, and a trace a minute: each call meets the same fault."""

from __future__ import annotations

import threading
from time import monotonic

import structlog
from django.db import Error

TRACE_SECONDS = 60
log = structlog.get_logger(__name__)
_turn = threading.Lock()
_traced_at: float | None = None


def report_fault(fault: Error, **known: str) -> None:
    first_line = str(fault).partition("\n")[0][:200]
    log.warning("call.undecided", fault=first_line, exc_info=fault if _is_trace_due() else None, **known)


def _is_trace_due() -> bool:
    global _traced_at  # noqa: PLW0603 - one a process
    with _turn:
        now = monotonic()
        if _traced_at is not None and now - _traced_at < TRACE_SECONDS:
            return False
        _traced_at = now
        return True
