"""Tamper evidence: append-only rows are sealed in hash chains, one for the ledger and one for the history per
merchant.
"""

from __future__ import annotations

from datetime import datetime

from merchants.models import Chain, Merchant
from merchants.services.chain import traces, verification
from merchants.services.chain.verification import PARTS, ChainVerdict

__all__ = ["PARTS", "ChainVerdict", "verify_history", "verify_ledger"]


def verify_ledger(
    merchant: Merchant | None = None, *, since: datetime | None = None, part: int | None = None, head: str = ""
) -> ChainVerdict:
    """Verify the ledger's chains of one merchant, or of all. `head`: also search for a chain head (hex digits).

    `since`: all blocks, but only the rows of newer blocks, and with `part` those of one of PARTS parts of older blocks.
    """
    return verification.verify_chains(Chain.LEDGER, merchant, since=since, part=part, head=head)


def verify_history(merchant: Merchant | None = None, *, since: datetime | None = None, head: str = "") -> ChainVerdict:
    """Verify the history's chains as `verify_ledger` does, and compare each row with its newest event."""
    verdict = verification.verify_chains(Chain.HISTORY, merchant, since=since, head=head)
    traces.compare_traces(verdict, merchant)
    return verdict
