"""Check the books: exit code 0 when they hold, 1 with what differs."""

from __future__ import annotations

import sys
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.table import Table

from merchants.management import chain_output
from merchants.services import chain
from wallet.ledger import verification
from wallet.ledger.verification import LedgerVerdict
from wallet.money import format_amount


class Command(BaseCommand):
    help = (
        "Check that every balance matches its rows, that the rows keep the rules of the ledger, and "
        "that no sealed row was changed, removed or inserted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", metavar="CODE", help="only this merchant's books")
        chain_output.add_arguments(parser)

    def handle(self, *, merchant: str | None = None, **options: Any) -> None:
        wish, of = chain_output.chain_options(**options), chain_output.find_merchant(merchant)
        verdict, sealed = verification.verify_rows(of), chain.verify_ledger(of, **wish)
        console = Console(file=cast("IO[str]", self.stdout), soft_wrap=True, highlight=False)
        if verdict.differences:
            console.print(difference_table(verdict))
        if verdict.gaps:
            console.print(gap_table(verdict))
        for rule, rows, ids in verdict.breaches:
            console.print(f"{rows:,} rows: each {rule}. Ids: {', '.join(map(str, ids))}", style="red", markup=False)
        console.print(summary(verdict), style="green" if verdict.holds else "red")
        chain_output.print_verdict(console, sealed)
        if not (verdict.holds and sealed.holds):
            sys.exit(1)


def difference_table(verdict: LedgerVerdict) -> Table:
    table = Table(
        "account", "merchant", "player", "currency", "balance", "sum of rows", title="Accounts with a difference"
    )
    for account, merchant, player, currency, balance, rows in verdict.differences:
        told = "no such account" if balance is None else format_amount(balance, currency or "")
        table.add_row(
            str(account), merchant or "", player or "", currency or "", told, format_amount(rows, currency or "")
        )
    return table


def gap_table(verdict: LedgerVerdict) -> Table:
    names = ("account", "merchant", "player", "currency", "row", "the balance", "expected")
    table = Table(*names, title="Rows that do not match the previous row")
    for account, merchant, player, currency, row, balance, expected in verdict.gaps:
        ids = str(account or "none"), merchant or "", player or "", currency, str(row)
        table.add_row(*ids, format_amount(balance, currency), format_amount(expected, currency))
    return table


def summary(verdict: LedgerVerdict) -> str:
    looked_at = f"{verdict.accounts:,} accounts and {verdict.rows:,} rows in {verdict.seconds:.1f} s"
    if verdict.holds:
        return f"The ledger balances: {looked_at}."
    return (
        f"The ledger does not balance: {verdict.differing:,} accounts differ, {verdict.gap_rows:,} "
        f"rows do not match the previous row, {len(verdict.breaches)} rules are broken ({looked_at})."
    )
