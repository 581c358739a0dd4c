"""Compare a merchant's day with its statement, as the job does. Exit code: 0 all clear, 1 anything else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from merchants.errors import Refusal
from merchants.models import Merchant
from merchants.services import history
from wallet.models import Reconciliation
from wallet.money import format_amount
from wallet.reconciliation import deliveries, runs
from wallet.reconciliation.figures import Figures
from wallet.reconciliation.runs import RunOutcome


class Command(BaseCommand):
    help = "Compare the day of a merchant with its statement, with the same cases and figures as the job."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("merchant", help="the merchant's code")
        parser.add_argument("day", type=date.fromisoformat, help="in the merchant's time zone, such as 2026-01-31")
        parser.add_argument("--dry-run", action="store_true", help="show the result without storing it")
        parser.add_argument("--send", action="store_true", help="send the report now, if something has changed")

    def handle(self, *, merchant: str, day: date, dry_run: bool, send: bool, **options: Any) -> None:
        if dry_run and send:
            raise CommandError("A dry run stores nothing that can be sent. Choose one of the two.")
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        found = compare(console, find_merchant(merchant), day, dry_run=dry_run)
        console.print(breaks(found.figures))
        console.print(summary(found, day), style="green" if found.outcome == Reconciliation.Outcome.CLEAR else "red")
        if send and found.run is not None:
            console.print(case_amount(found.run))
        if found.outcome != Reconciliation.Outcome.CLEAR:
            sys.exit(1)


def find_merchant(code: str) -> Merchant:
    try:
        return Merchant.objects.get(code=code)
    except Merchant.DoesNotExist:
        raise CommandError(f"There is no merchant with the code {code!r}.") from None


def compare(console: Console, merchant: Merchant, day: date, *, dry_run: bool) -> RunOutcome:
    try:
        with progress(console, f"{merchant.code}, {day}"), history.act_as(door="manage.py reconcile"):
            return runs.reconcile_day(merchant=merchant, day=day, dry_run=dry_run)
    except Refusal as why:
        raise CommandError(str(why)) from None


@contextmanager
def progress(console: Console, name: str) -> Iterator[None]:
    """The comparison is one statement of the database, which does not say how far it is: the bar says that it works."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(name, total=None)
        yield
        shown.update(task, total=1, completed=1)


def breaks(figures: Figures) -> Table:
    table = Table("kind", "currency", "breaks", "difference (ours minus theirs)", title="Breaks")
    for each in figures.breaks:
        table.add_row(str(each.label), each.currency, f"{each.breaks:,}", format_amount(each.net or 0, each.currency))
    return table


def summary(found: RunOutcome, day: date) -> str:
    figures = found.figures
    said = Reconciliation.Outcome(found.outcome).label
    dry = " Dry run: nothing was stored." if found.run is None else ""
    return f"{day}: {said}. {figures.rate} matched: {figures.agreed}; {figures.broken:,} breaks.{dry}"


def case_amount(run: Reconciliation) -> str:
    sent = deliveries.send_reports(run=run)
    if not sent:
        return (
            "No report was sent: nothing has changed since the last report, there is no statement, or "
            "there is no recipient."
        )
    return f"Report sent to {', '.join(each.to for each in sent)}."
