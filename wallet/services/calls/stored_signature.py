"""The stored signature of a refused call: it can be compared, but never sent again.

The first characters, the notation, and an HMAC of the digest under a key of the server are stored. With the database
alone nobody can send the call. The diagnosis compares the digests of the texts that a client may have signed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from merchants import crypto
from portal.lib import signature_mask
from wallet.models import RefusedCall

HEADER = "x-signature"
PURPOSE = b"oppi.refused.signature.v1"
SHA256_BYTES = 32
AT_ONCE = 1_000  # calls that are cut in one statement


# --- how it is written ------------------------------------------------------------------------------------------------
class Given(NamedTuple):
    """The bytes of a signature, and how its text differs from lower-case hex."""

    digest: bytes
    mistakes: tuple[str, ...]


HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
NOUGHT_X = r"""0x(?=(?:[0-9a-fA-F]{2})+["'\s>]*$)"""  # before hex only: base64 may begin so
DRESS = re.compile(rf"""(?:sha256=|SHA256=|hmac-sha256=|HMAC |Bearer |{NOUGHT_X}|["'\s<])+""")
DRESS_BEHIND = f"\"'>{string.whitespace}\x85\xa0\u2028\u2029"


def given_signature(signature: str) -> Given:
    """Return the signature in a text: hex, base64, or the beginning of one."""
    before = DRESS.match(signature)
    text = signature[before.end() if before else 0 :].rstrip(DRESS_BEHIND)
    dressed = ("signature_dressed",) if text != signature else ()
    if HEX.fullmatch(text):
        return Given(bytes.fromhex(text), dressed if text == text.lower() else ("hex_upper", *dressed))
    raw = _from_base64(text)
    if len(raw) == 2 * SHA256_BYTES and HEX.fullmatch(raw.decode("latin-1")):
        return Given(bytes.fromhex(raw.decode()), ("hex_in_base64", *dressed))
    return Given(raw, ("as_base64", *dressed))


def _from_base64(text: str) -> bytes:
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


# --- how it is kept ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class KeptSignature:
    """A stored signature. `size`: bytes of the digest. `mistakes`: how the text differed from lower-case hex. `key`: of
    `mac`.
    """

    request_id: UUID
    key_id: str
    mac: bytes
    size: int
    mistakes: tuple[str, ...]
    key: bytes = field(repr=False)

    def stands_for(self, digest: bytes) -> bool:
        """Return whether this is the digest, in constant time."""
        return hmac.compare_digest(hmac.digest(self.key, self.request_id.bytes + digest, "sha256"), self.mac)

    def stored(self) -> dict[str, Any]:
        return {"key": self.key_id, "mac": self.mac.hex(), "bytes": self.size, "mistakes": list(self.mistakes)}


def kept_signature(call: RefusedCall) -> KeptSignature | None:
    """Return the stored signature of a call; None when its key-encryption key is no longer configured."""
    if call.signature is None:
        return read_signature(call.request_id, call.headers.get(HEADER, ""))
    stored: dict[str, Any] = call.signature
    if stored["key"] not in settings.KEY_ENCRYPTION_KEYS:
        return None
    mac, mistakes = bytes.fromhex(stored["mac"]), tuple(stored["mistakes"])
    return KeptSignature(call.request_id, stored["key"], mac, stored["bytes"], mistakes, _mac_key(stored["key"]))


def read_signature(request_id: UUID, text: str) -> KeptSignature:
    """Return a signature as it would be stored for this request."""
    found, key_id = given_signature(text), next(iter(settings.KEY_ENCRYPTION_KEYS))
    key = _mac_key(key_id)
    mac = hmac.digest(key, request_id.bytes + found.digest, "sha256")
    return KeptSignature(request_id, key_id, mac, len(found.digest), found.mistakes, key)


def _mac_key(key_id: str) -> bytes:
    return hmac.digest(settings.KEY_ENCRYPTION_KEYS[key_id], PURPOSE, "sha256")


def is_signed_with(call: RefusedCall, secret: bytes) -> bool:
    """Return whether this secret signed the stored call, as `crypto.verify` would have decided on arrival."""
    kept, body, timestamp = kept_signature(call), bytes(call.body), call.headers.get("x-timestamp", "")
    if kept is None or kept.mistakes:
        return False
    return any(kept.stands_for(bytes.fromhex(right)) for right in crypto.right_signatures(secret, body, timestamp))


# --- cutting ----------------------------------------------------------------------------------------------------------
def cut_headers(request_id: UUID, headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any] | None]:
    """Return the headers as stored, and the stored signature; None without a signature."""
    text = headers.get(HEADER)
    cut = {name: signature_mask.cut_header(name, value) for name, value in headers.items()}
    return cut, None if text is None else read_signature(request_id, text).stored()


def cut_stored_signatures(calls: Any) -> int:
    """Shorten the signatures that an older release stored whole; return how many."""
    whole = calls.filter(signature__isnull=True, headers__has_key=HEADER)
    cut = 0
    while found := list(whole.only("request_id", "headers")[:AT_ONCE]):
        for call in found:
            call.headers, call.signature = cut_headers(call.request_id, call.headers)
        calls.bulk_update(found, ["headers", "signature"])
        cut += len(found)
    return cut
