"""The heads of a merchant's chains, as emails and pages show them: they can be compared with the chain later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from merchants.errors import moment_text
from merchants.models import Chain, ChainBlock, Merchant

SHOWN_DIGITS = 32  # of 64; more than anybody can make another chain for
FEWEST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The head of one chain. `number`: of its newest block; `digits`: the first SHOWN_DIGITS hex digits."""

    chain: str
    number: int
    rows: int
    digits: str
    sealed_at: datetime

    @property
    def count(self) -> str:
        return f"{self.rows:,}"

    @property
    def when(self) -> str:
        return moment_text(self.sealed_at)


def chain_heads(merchant: Merchant | None) -> list[ChainHead]:
    """Return the head of each chain that has begun. `merchant` None: the chains of rows without a merchant."""
    newest = ChainBlock.objects.filter(merchant_id=merchant.pk if merchant else 0).order_by("-number")
    blocks = [newest.filter(chain=chain).defer("ids", "fingerprints").first() for chain in Chain]
    return [_head(block) for block in blocks if block]


def _head(block: ChainBlock) -> ChainHead:
    digits = bytes(block.head).hex()[:SHOWN_DIGITS]
    return ChainHead(str(Chain(block.chain).label), block.number, block.total_rows, digits, block.sealed_at)
