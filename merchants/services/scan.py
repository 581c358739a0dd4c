"""Finds the secrets of this portal in a text, by shape, checksum and fingerprint. Nothing is decrypted.

It reads in pieces, so a file of any size takes the same memory. It also finds text in UTF-16.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import batched
from typing import BinaryIO

from merchants import crypto
from merchants.errors import moment_text
from merchants.models import AccessToken, ApiKey, Secret
from portal.lib import clock
from portal.lib.secret_kinds import KINDS, TOKEN, SecretKind

CHUNK = 1024 * 1024
LOOKED_UP = 500  # at once
LONGEST = 2 * max(len(kind.prefix) + kind.length for kind in KINDS)
SIGNS = (b"oppi_", b"o\0p\0p\0i\0_", b"whsec_", b"w\0h\0s\0e\0c\0_")


def _wide(kind: SecretKind) -> bytes:
    prefix = rb"\0?".join(re.escape(bytes([byte])) for byte in kind.prefix.encode())
    return rb"%b\0?(?:[%b]\0?){%d}" % (prefix, kind.characters.encode(), kind.length)


# A look-ahead, since a cut-off secret may run into the beginning of the next one.
SHAPE = re.compile(rb"(?=(%b))" % b"|".join(map(_wide, KINDS)))
SAID_BY_SHAPE = "a signing secret of an event endpoint, by its form alone; rotate it if it is yours"


class SecretState(StrEnum):
    USABLE = "usable"
    OVERLAP = "usable for a while"
    ENDED = "ended"
    REVOKED = "revoked"
    FOREIGN = "not ours"
    BY_SHAPE = "perhaps ours"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A text with the shape of a secret, and the checksum where its kind has one. Columns count bytes."""

    line: int
    column: int
    fingerprint: bytes
    kind: SecretKind


@dataclass(frozen=True, slots=True)
class SecretFinding:
    line: int
    column: int
    state: SecretState
    said: str
    secret: Secret | None
    token: AccessToken | None = None  # of the management API

    @property
    def usable(self) -> bool:
        return self.state in {SecretState.USABLE, SecretState.OVERLAP}


def findings(file: BinaryIO) -> Iterator[SecretFinding]:
    """Yield each secret in the file with its state."""
    now = clock.now()
    for some in batched(sightings(file), LOOKED_UP):
        prints = {sighting.fingerprint for sighting in some}
        rows = Secret.objects.defer("sealed").filter(fingerprint__in=prints).select_related("key__merchant")
        known = {bytes(secret.fingerprint): secret for secret in rows}
        tokens = tokens_by_hash({sighting.fingerprint for sighting in some if sighting.kind is TOKEN})
        for sighting in some:
            secret, token = known.get(sighting.fingerprint), tokens.get(sighting.fingerprint)
            state, said = state_of(secret, now) if token is None else state_of_token(token, now)
            if not sighting.kind.has_checksum:
                state, said = SecretState.BY_SHAPE, SAID_BY_SHAPE
            yield SecretFinding(sighting.line, sighting.column, state, said, secret, token)


def tokens_by_hash(hashes: set[bytes]) -> dict[bytes, AccessToken]:
    issued = AccessToken.objects.filter(token_hash__in=hashes).select_related("person") if hashes else ()
    return {bytes(token.token_hash): token for token in issued}


def state_of_token(token: AccessToken, at: datetime) -> tuple[SecretState, str]:
    if token.revoked_at is not None:
        return SecretState.REVOKED, f"revoked on {moment_text(token.revoked_at)}"
    if token.expires_at <= at:
        return SecretState.ENDED, f"expired on {moment_text(token.expires_at)}"
    return SecretState.USABLE, "usable"


def state_of(secret: Secret | None, at: datetime) -> tuple[SecretState, str]:
    """Return the state of a secret at a moment, and the state in words."""
    if secret is None:
        return SecretState.FOREIGN, "valid form, but never issued by this portal"
    key, ends = secret.key, secret.usable_until
    if secret.revoked_at is not None or key.status == ApiKey.Status.REVOKED:
        return (
            SecretState.REVOKED,
            f"revoked on {moment_text(secret.revoked_at)}" if secret.revoked_at else "revoked with its key",
        )
    if ends is not None and ends <= at:
        return SecretState.ENDED, f"expired on {moment_text(ends)}"
    if key.expires_at is not None and key.expires_at <= at:
        return SecretState.ENDED, f"expired with its key on {moment_text(key.expires_at)}"
    kept = " for payments to players: its key is in quarantine" if key.status == ApiKey.Status.QUARANTINED else ""
    if ends is not None:
        return SecretState.OVERLAP, f"works until {moment_text(ends)}{kept}"
    return SecretState.USABLE, f"usable{kept}"


def sightings(file: BinaryIO) -> Iterator[Sighting]:
    """Yield each text in the file that has the shape of a secret, and the checksum where its kind has one."""
    line, begun, offset, rest = 1, 0, 0, b""  # `begun`: where the line began; `offset`: of the buffer's first byte
    while True:
        chunk = file.read(CHUNK)
        buffer = rest + chunk
        cut = max(0, len(buffer) - LONGEST + 1) if chunk else len(buffer)  # what begins after it may not be whole
        at = 0
        for start, text in shapes(buffer, cut):
            line, begun = line + buffer.count(b"\n", at, start), _line_start(buffer, at, start, offset, begun)
            at = start
            kind = next(kind for kind in KINDS if text.startswith(kind.prefix))
            if not kind.has_checksum or crypto.looks_like_secret(text):
                yield Sighting(line, offset + start - begun + 1, crypto.fingerprint(text), kind)
        line, begun = line + buffer.count(b"\n", at, cut), _line_start(buffer, at, cut, offset, begun)
        rest, offset = buffer[cut:], offset + cut
        if not chunk:
            return


def shapes(buffer: bytes, cut: int) -> Iterator[tuple[int, str]]:
    """Yield position and text of each match that begins before `cut`."""
    if any(sign in buffer for sign in SIGNS):
        for match in SHAPE.finditer(buffer):
            if match.start() < cut:
                yield match.start(), match[1].replace(b"\0", b"").decode("ascii")


def _line_start(buffer: bytes, first: int, last: int, offset: int, begun: int) -> int:
    newline = buffer.rfind(b"\n", first, last)
    return begun if newline < 0 else offset + newline + 1
