"""Tamper evidence: append-only rows are sealed in hash chains, one for the ledger and one for the history per
merchant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from merchants.models import Chain, Merchant
from merchants.services.chain import proofs, traces, verification
from merchants.services.chain.verification import PARTS, ChainVerdict

__all__ = ["PARTS", "ChainVerdict", "register", "verify_history", "verify_ledger"]

_checks: list[Callable[[ChainVerdict, Merchant | None], None]] = []


def register(check: Callable[[ChainVerdict, Merchant | None], None]) -> None:
    """Add a check of another package to those of `verify_history`."""
    _checks.append(check)


def verify_ledger(
    merchant: Merchant | None = None, *, since: datetime | None = None, part: int | None = None, head: str = ""
) -> ChainVerdict:
    """Verify the ledger's chains of one merchant, or of all. `head`: also search for a chain head (hex digits).

    `since`: all blocks, but only the rows of newer blocks, and with `part` those of one of PARTS parts of older blocks.
    """
    return verification.verify_chains(Chain.LEDGER, merchant, since=since, part=part, head=head)


def verify_history(merchant: Merchant | None = None, *, since: datetime | None = None, head: str = "") -> ChainVerdict:
    """Verify the history's chains as `verify_ledger` does, compare each row with its newest event, and check what
    claims an author, or that an email was sent; then the checks of other packages.
    """
    verdict = verification.verify_chains(Chain.HISTORY, merchant, since=since, head=head)
    traces.compare_traces(verdict, merchant)
    proofs.check_proofs(verdict, merchant)
    for check in _checks:
        check(verdict, merchant)
    return verdict
