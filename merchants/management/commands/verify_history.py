"""Check the history: exit code 0 when it holds, 1 with what differs."""

from __future__ import annotations

import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console

from merchants.management import chain_output
from merchants.services import chain


class Command(BaseCommand):
    help = "Check that no row of the history was changed, removed or inserted, and that the tables match the history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", metavar="CODE", help="only this merchant's history")
        chain_output.add_arguments(parser)

    def handle(self, *, merchant: str | None = None, **options: Any) -> None:
        wish = chain_output.chain_options(**options)
        verdict = chain.verify_history(chain_output.find_merchant(merchant), **wish)
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        chain_output.print_verdict(console, verdict)
        if not verdict.holds:
            sys.exit(1)
