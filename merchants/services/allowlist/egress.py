"""Proof of a source address: a server sends one signed request with our token, and its address is proposed as an entry.

The request is an ordinary one, the balance of a player with the token as id, who does not exist. So the signed API
needs no endpoint for it, and the proof works from an address that the allowlists refuse: the request log has the
request with its signature (wallet/services/log/egress_proofs.py reads it).
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from ipaddress import ip_network

from merchants.errors import moment_text
from merchants.models import ApiKey, EgressProof, Person
from merchants.services.allowlist.proposal import EntryPlan
from portal.lib import clock

LASTS = timedelta(minutes=30)
PATH = "/wallet/balance"
ONE_LINER = (
    """B='{body}'; T=$(date +%s000); curl -s {base_url}{path} -H 'content-type: application/json' """
    """-H 'x-api-key: {auth_key}' -H "x-timestamp: $T" """
    """-H "x-signature: $(printf '%s|%s' "$B" "$T" | openssl dgst -sha256 -hmac "$SECRET_KEY" -r | cut -d' ' -f1)" """
    """-d "$B\""""
)


def begin_proof(*, key: ApiKey, by: Person | None) -> EgressProof:
    """Create a proof with a new token for this key."""
    return EgressProof.objects.create(
        merchant=key.merchant, key=key, by=by, word=f"egress-{secrets.token_hex(12)}", until=clock.now() + LASTS
    )


def proof_body(proof: EgressProof) -> str:
    """Return the JSON body that the server must sign."""
    return json.dumps({"playerId": proof.word, "currency": "EUR"}, separators=(",", ":"))


def shell_command(proof: EgressProof, *, base_url: str) -> str:
    """Return the command for a shell in which `SECRET_KEY` is set. The command does not contain the secret."""
    return ONE_LINER.format(body=proof_body(proof), base_url=base_url, path=PATH, auth_key=proof.key.auth_key)


def proved_entry(proof: EgressProof) -> EntryPlan | None:
    """Return the entry for the proved address."""
    if proof.address is None or proof.proved_at is None:
        return None
    return EntryPlan(ip_network(proof.address), f"Proved by a signed request on {moment_text(proof.proved_at)}")
