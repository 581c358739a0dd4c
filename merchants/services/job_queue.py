"""Tells a worker that there is something to do, or does not: nobody waits for a broker that is away or hangs.

So nothing may depend on it. What must be done stands in a table, where the timetable finds it within a minute.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery import current_app

log = structlog.get_logger(__name__)
BROKER_SECONDS = 0.4  # for the connection, and for each answer


def send_job(task: str, *arguments: Any) -> bool:
    """By name, since a job is a door to a service. Whether the broker has it; never raises."""
    options = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS, "max_retries": 0}
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS, transport_options=options) as broker:
            current_app.send_task(task, arguments, connection=broker, retry=False, ignore_result=True)
    except Exception as fault:  # noqa: BLE001 - brokers fail in many ways
        log.warning("job.not_sent", task=task, fault=str(fault))
        return False
    return True
