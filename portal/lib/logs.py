"""The structured log: one JSON object per line on standard error, for our loggers and those of libraries."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from structlog.typing import Processor

from portal.lib import masking


def add_request_id(_logger: object, _method: str, line: Any) -> Any:
    """Add the id that the answer has in `x-request-id`, to lines of Django about a request and to those within one."""
    request = getattr(line.get("_record"), "request", None)
    found = getattr(request, "request_id", None) or request_ids.get()
    return line if found is None or "request_id" in line else {**line, "request_id": str(found)}


request_ids: ContextVar[object | None] = ContextVar("request_id", default=None)
SHARED: list[Processor] = [
    add_request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def mask_event(_logger: object, _method: str, line: Any) -> Any:
    """Mask secrets in a log line: paths and values of requests are in logs too."""
    return masking.mask_links(masking.mask_secrets(line))


def formatter() -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
            mask_event,
        ],
        foreign_pre_chain=SHARED,
    )


def signed_request_filter() -> Callable[[logging.LogRecord], bool]:
    """Return a filter that leaves out signed requests, which have an entry in the request log."""
    return lambda record: not hasattr(getattr(record, "request", None), "line")


def configure_logs() -> None:
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
