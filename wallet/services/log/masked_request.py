"""A refused request as pages, emails and files may show it. This is the only way from the table to a reader.

Secrets are masked and signatures are cut everywhere, so nobody can send again what a page shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.lib import masking, signature_mask
from portal.lib.untrusted_text import visible_text
from wallet.models import RefusedCall


@dataclass(frozen=True, slots=True)
class MaskedCall:
    query: str
    headers: list[tuple[str, str]]
    body: str
    size: int  # bytes of the body that are kept
    is_cut: bool  # only the beginning is kept


def masked_call(kept: RefusedCall) -> MaskedCall:
    body = bytes(kept.body)
    return MaskedCall(
        query=masked_text(kept.query),
        headers=[(name, masked_header(name, value)) for name, value in sorted(kept.headers.items())],
        body=masked_text(body.decode(errors="backslashreplace")),
        size=len(body),
        is_cut=kept.is_cut,
    )


def masked_text(text: str) -> str:
    return visible_text(signature_mask.cut_signatures(masking.mask_secrets(text)))


def masked_header(name: str, value: str) -> str:
    return visible_text(signature_mask.cut_header(name, masking.mask_secrets(value)))
