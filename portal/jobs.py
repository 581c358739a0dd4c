"""How a job runs: what it changes is kept as its own doing."""

from __future__ import annotations

from typing import Any

from celery import Task


class Job(Task):  # type: ignore[type-arg]
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from merchants.services import history  # noqa: PLC0415 - the application is made before the models are

        with history.act_as(door=f"job {self.name}"):
            return super().__call__(*args, **kwargs)
