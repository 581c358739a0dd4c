"""Sends jobs to workers, without waiting for a broker that is down or frozen.

So no work may depend on it: due work is in a table, where the timetable finds it within a minute.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import current_app

log = structlog.get_logger(__name__)
BROKER_SECONDS = 0.4  # for the connection, and for each answer


def send_job(task: str, *arguments: Any) -> bool:
    """Send a job by its name; return whether the broker has it. Never raises."""
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS, transport_options=options) as broker:
            current_app.send_task(task, arguments, connection=broker, retry=False, ignore_result=True)
    except Exception as fault:  # noqa: BLE001 - brokers fail in many ways
        log.warning("job.not_sent", task=task, fault=str(fault))
        return False
    return True
