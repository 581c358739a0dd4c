"""What `verify_ledger` and `verify_history` share: their options about the chain, and what they print of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console

from merchants.errors import moment_text
from merchants.models import Merchant
from merchants.services.chain.heads import FEWEST_DIGITS
from merchants.services.chain.verification import ChainVerdict

HEAD = re.compile(rf"[0-9a-f]{{{FEWEST_DIGITS},64}}")


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--head", metavar="HEX", default="", help="also look for this chain head, from the email of a report"
    )
    parser.add_argument(
        "--since", metavar="YYYY-MM-DD", help="check only sealed rows that were sealed since this day (UTC)"
    )


def chain_options(*, head: str = "", since: str | None = None, **options: Any) -> dict[str, Any]:
    """Raises CommandError."""
    head = re.sub(r"\s", "", head).lower()
    if head and not HEAD.fullmatch(head):
        raise CommandError(f"A head has {FEWEST_DIGITS} to 64 digits, 0-9 and a-f. Copy it from the email.")
    try:
        day = datetime.strptime(since, "%Y-%m-%d").replace(tzinfo=UTC) if since else None
    except ValueError:
        raise CommandError(f"{since} is not a day. Write it as 2026-11-30.") from None
    return {"head": head, "since": day}


def find_merchant(code: str | None) -> Merchant | None:
    """Raises CommandError."""
    try:
        return Merchant.objects.get(code=code) if code else None
    except Merchant.DoesNotExist:
        raise CommandError(f"There is no merchant with the code {code!r}.") from None


def print_verdict(console: Console, verdict: ChainVerdict) -> None:
    for finding in verdict.findings:
        whose = f"{finding.merchant}: " if finding.merchant else ""
        console.print(f"{whose}{finding.sentence}", style="red", markup=False)
    if verdict.found > len(verdict.findings):
        console.print(f"… and {verdict.found - len(verdict.findings):,} more.", style="red")
    if block := verdict.head:
        sealed = f"{block.total_rows:,} rows, sealed on {moment_text(block.sealed_at)}"
        console.print(f"The head belongs to block {block.number:,}: {sealed}.")
    console.print(_summary(verdict), style="green" if verdict.holds else "red")


def _summary(verdict: ChainVerdict) -> str:
    looked_at = f"{verdict.rows:,} sealed rows in {verdict.blocks:,} blocks in {verdict.seconds:.1f} s"
    looked_at += f"; {verdict.unsealed:,} rows are not sealed yet"
    if verdict.holds:
        return f"The {verdict.chain} chain is intact: {looked_at}."
    return f"The {verdict.chain} chain is not intact: {verdict.found:,} differences ({looked_at})."
