"""Tamper evidence: rows that only grow are sealed in chains of hashes, a ledger's and a history's for each merchant."""

from __future__ import annotations

from datetime import datetime

from merchants.models import Chain, Merchant
from merchants.services.chain import traces, verification
from merchants.services.chain.verification import PARTS, ChainVerdict

__all__ = ["PARTS", "ChainVerdict", "verify_history", "verify_ledger"]


def verify_ledger(
    merchant: Merchant | None = None, *, since: datetime | None = None, part: int | None = None, head: str = ""
) -> ChainVerdict:
    """Verify the ledger's chain. With `since`: all blocks, but rows of newer ones and of one in PARTS older ones."""
    return verification.verify_chains(Chain.LEDGER, merchant, since=since, part=part, head=head)


def verify_history(merchant: Merchant | None = None, *, since: datetime | None = None, head: str = "") -> ChainVerdict:
    """The chain, and whether the tables are as the newest events say."""
    verdict = verification.verify_chains(Chain.HISTORY, merchant, since=since, head=head)
    traces.compare_traces(verdict, merchant)
    return verdict
