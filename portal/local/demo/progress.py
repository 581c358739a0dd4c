"""Shows how far the seeding is: a bar for a person, a line a day for a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from django.core.management.base import OutputWrapper
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Tell(Protocol):
    def __call__(self, moment: datetime, calls: int) -> None: ...


@contextmanager
def progress_display(output: OutputWrapper, *, since: datetime, until: datetime) -> Iterator[Tell]:
    show = progress_bar if output.isatty() else progress_lines
    with show(output, since=since, until=until) as tell:
        yield tell


@contextmanager
def progress_bar(output: OutputWrapper, *, since: datetime, until: datetime) -> Iterator[Tell]:
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stdout)) as progress:
        task = progress.add_task(
            f"{days(since, until)} days of traffic", total=(until - since).total_seconds(), rate=""
        )
        yield lambda moment, calls: progress.update(
            task, completed=(moment - since).total_seconds(), rate=rate(calls, started)
        )


@contextmanager
def progress_lines(output: OutputWrapper, *, since: datetime, until: datetime) -> Iterator[Tell]:
    started, told = time.monotonic(), 0

    def tell(moment: datetime, calls: int) -> None:
        nonlocal told
        if (day := (moment - since).days) > told:
            told = day
            output.write(f"day {day} of {days(since, until)}: {rate(calls, started)}")
            output.flush()

    yield tell


def days(since: datetime, until: datetime) -> int:
    return round((until - since) / timedelta(days=1))


def rate(calls: int, started: float) -> str:
    return f"{calls:,} calls, {calls / max(time.monotonic() - started, 0.001):,.0f}/s"
