"""Keys and signatures: generate, check, fingerprint, seal, open, sign, verify. Bytes in, bytes out; no models."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Buffer, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.lib import masking, secret_kinds

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
SECRET_CHARACTERS = 43  # 62 ** 43 > 2 ** 256
CHECKSUM_CHARACTERS = 6  # 62 ** 6 > 2 ** 32
NONCE_BYTES = 12
OURS = tuple(kind.prefix for kind in secret_kinds.KINDS if kind.has_checksum)
SHAPE, mask = masking.SHAPE, masking.mask_secrets
# The secrets are random and of 256 bits, so nothing can be guessed from their fingerprints: the key only keeps them
# apart from other hashes, and stays the same so that a fingerprint outlives every key-encryption key.
FINGERPRINT_KEY = b"oppi.secret.fingerprint.v1"


class UnknownKeyEncryptionKey(Exception):
    """The row was sealed under a key-encryption key that is not configured."""


class SealBroken(Exception):
    """The ciphertext was changed, or moved to another merchant, key or version."""


def random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def checksum(text: str) -> str:
    """CRC-32 in base 62, so that scanners can tell a secret of ours from any other text."""
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def new_auth_key(environment: str) -> str:
    return f"oppi_pub_{environment}_{random_text(20)}"


def new_secret(environment: str) -> str:
    """`oppi_live_…` or `oppi_test_…`: 256 random bits and a checksum over all before it."""
    body = f"oppi_{environment}_{random_text(SECRET_CHARACTERS)}"
    return body + checksum(body)


def new_access_token() -> str:
    """`oppi_mgmt_…` for the management API, of the length of a secret, so that the same scanners find both."""
    return new_secret("mgmt")


def looks_like_secret(text: str) -> bool:
    return text.startswith(OURS) and checksum(text[:-CHECKSUM_CHARACTERS]) == text[-CHECKSUM_CHARACTERS:]


def fingerprint(secret: str) -> bytes:
    """32 bytes by which a secret is found without decrypting any."""
    return hmac.digest(FINGERPRINT_KEY, secret.encode(), "sha256")


def seal(secret: str, *, context: str, keys: Mapping[str, bytes]) -> tuple[str, bytes]:
    """AES-256-GCM under the first (current) key; returns its id and nonce + ciphertext. `context` is authenticated."""
    key_id = next(iter(keys))
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id, nonce + AESGCM(keys[key_id]).encrypt(nonce, secret.encode(), context.encode())


def unseal(sealed: bytes, *, key_id: str, context: str, keys: Mapping[str, bytes]) -> str:
    if key_id not in keys:
        raise UnknownKeyEncryptionKey(key_id)
    try:
        return AESGCM(keys[key_id]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode()).decode()
    except InvalidTag as broken:
        raise SealBroken(context) from broken


def sign(secret: bytes, body: Buffer, timestamp: str) -> str:
    """Lower-case hex HMAC-SHA256 over the raw body, a bar, and the timestamp as it is sent.

    A large body is a file that is read as it is needed, so nothing is added to it here.
    """
    digest = hmac.new(secret, body, hashlib.sha256)
    digest.update(b"|" + timestamp.encode())
    return digest.hexdigest()


def right_signatures(secret: bytes, body: Buffer, timestamp: str) -> list[str]:
    """A call without a body may have signed `""` or nothing: the reference allows both."""
    nothing = [] if memoryview(body).nbytes else [sign(secret, b'""', timestamp)]
    return [sign(secret, body, timestamp), *nothing]


def verify(secret: bytes, body: Buffer, timestamp: str, signature: str) -> bool:
    """Compares in constant time."""
    given = signature.encode()
    return any(hmac.compare_digest(given, right.encode()) for right in right_signatures(secret, body, timestamp))
