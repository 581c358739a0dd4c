"""Say whether this installation is sound: exit code 0 when it is, 1 with warnings, 2 when something is broken."""

from __future__ import annotations

import json
import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.text import Text

from portal.soundness import doctor
from portal.soundness.findings import Level, Line

COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.BROKEN: "red"}


class Command(BaseCommand):
    help = (
        "Check this installation, and print what to do about each problem. Nothing is changed and no email is"
        " sent. Exit code 0: all ok, 1: warnings, 2: something is broken."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON for scripts")

    def handle(self, **options: Any) -> None:
        lines = list(doctor.examine())
        worst = doctor.worst(lines)
        if options["json"]:
            self.stdout.write(json.dumps({"level": worst.word, "checks": [as_json(line) for line in lines]}, indent=2))
        else:
            console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
            width = max(len(line.title) for line in lines)
            for line in lines:
                console.print(as_text(line, width))
        if worst:
            sys.exit(worst)


def as_json(line: Line) -> dict[str, str]:
    finding = line.finding
    texts = {"level": finding.level.word, "fact": finding.fact, "action": finding.action}
    return {"check": line.name, "title": line.title, **texts}


def as_text(line: Line, width: int) -> Text:
    """One line, however long, so that it can be searched."""
    level, fact, action = line.finding
    shown = Text(f"{level.word:<8} ", style=COLOURS[level])
    return shown.append(f"{line.title:<{width}}  {fact} {action}".rstrip(), style="default")
