"""Finds in the request log the request that proves a source address: it has the token and a valid signature."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from merchants.models import ApiKey, EgressProof, Secret
from merchants.services import credentials
from wallet import statuses
from wallet.models import RefusedCall, SignedRequest
from wallet.services.calls.signed import check_clock
from wallet.services.calls.stored_signature import is_signed_with

LOOKED_AT = 20  # calls with one word; more than one is somebody who tries again


@dataclass(frozen=True, slots=True)
class Looked:
    """The state of a proof. `arrived`: the last request with the token that proved nothing; its status says why."""

    proof: EgressProof
    arrived: SignedRequest | None = None


@transaction.atomic
def check_proof(proof: EgressProof) -> Looked:
    """Search the request log for the request that proves the address, and store the proof.

    The log is written a moment after a request, so a page asks again. A proved address stays proved.
    """
    proof = EgressProof.objects.select_for_update(of=("self",)).select_related("key__merchant").get(pk=proof.pk)
    if proof.address is not None:
        return Looked(proof)
    named = SignedRequest.objects.of_player(proof.word, since=0)
    lines = named.filter(created_at__lte=proof.until, address__isnull=False)
    arrived = None
    for arrived in lines[:LOOKED_AT]:
        if _signed_under(proof.key, arrived):
            proof.address, proof.proved_at = arrived.address, arrived.created_at
            proof.save(update_fields=["address", "proved_at"])
            return Looked(proof)
    return Looked(proof, arrived)


def _signed_under(key: ApiKey, line: SignedRequest) -> bool:
    if line.secret_id is not None:
        return Secret.objects.filter(pk=line.secret_id, key=key).exists()
    if line.status != statuses.IpRestriction.key or line.auth_key != key.auth_key:
        return False
    kept = RefusedCall.objects.filter(request_id=line.request_id).first()
    return kept is not None and _rightly_signed(key, line, kept)


def _rightly_signed(key: ApiKey, line: SignedRequest, kept: RefusedCall) -> bool:
    """Rows 4 and 5 of the order of checks, which a call that is refused by row 3 never reached."""
    window_ms = key.merchant.timestamp_window_seconds * 1000
    try:
        check_clock(kept.headers.get("x-timestamp", ""), now_ms=line.created_at.timestamp() * 1000, window_ms=window_ms)
    except statuses.SignatureExpired:
        return False
    secrets = Secret.objects.usable(at=line.created_at).filter(key=key).select_related("key")
    return any(is_signed_with(kept, credentials.reveal_secret(secret).encode()) for secret in secrets)
