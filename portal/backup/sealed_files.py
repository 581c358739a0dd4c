"""Files of a backup: compressed, and encrypted where there is a key.

Without a key a file is plain gzip. With one it is a header and chunks of AES-256-GCM: each file has a key of its own,
derived from the key, a salt and the file's name, and each chunk is numbered and says whether it is the last. So a chunk
that is changed, moved, or cut off is found, and a file under another file's name too. Django is not needed here.
"""

from __future__ import annotations

import hmac
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.backup.errors import BackupFault

MAGIC = b"portal-sealed-1\n"
CHUNK = 1024 * 1024
TAG = 16
SALT = 32
PROOF = 16
GZIP = 31  # zlib's word for a gzip header
FAST = 1  # level of compression
PLAIN, SEALED = ".gz", ".gz.sealed"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of BACKUP_KEYS: 32 bytes, with the id under which it is found again."""

    key_id: str
    secret: bytes = field(repr=False)


def current_key(keys: Mapping[str, bytes]) -> Key | None:
    """Return the first key, with which new files are encrypted; None: they are not."""
    return next((Key(key_id, secret) for key_id, secret in keys.items()), None)


def suffix(key: Key | None) -> str:
    return SEALED if key else PLAIN


def find_file(base: Path) -> Path | None:
    """Return the stored file of this name, whichever its suffix is."""
    return next((path for end in (SEALED, PLAIN) if (path := base.with_name(base.name + end)).exists()), None)


def plain_name(path: Path) -> str:
    """Return the name of a stored file without its suffix. A file may itself have been called `.gz`."""
    return path.name.removesuffix(SEALED if path.name.endswith(SEALED) else PLAIN)


def write_file(base: Path, name: str, pieces: Iterable[bytes], key: Key | None) -> int:
    """Store the pieces as the file `base` with the suffix of its kind, whole or not at all. Returns bytes on the disk.

    `name` is what the file is found by inside BACKUP_FOLDER; it is sealed into it.
    """
    path = base.with_name(base.name + suffix(key))
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        for piece in _encrypted(_compressed(pieces), name, key):
            file.write(piece)
        size = file.tell()
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    sync_folder(path.parent)
    return size


def sync_folder(folder: Path) -> None:
    """Write names in a folder to the disk, as `fsync` does for what is in files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_file(path: Path, name: str, keys: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield what is in a stored file. Raises BackupFault when it is damaged or no key opens it."""
    with path.open("rb") as file:
        pieces = (
            _decrypted(file, path, name, keys) if path.name.endswith(SEALED) else iter(lambda: file.read(CHUNK), b"")
        )
        yield from _expanded(pieces, path)


class Stream:
    """Pieces as a file to be read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.held = pieces, bytearray()

    def read(self, size: int) -> bytes:
        while len(self.held) < size:
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.held += piece
        found = bytes(self.held[:size])
        del self.held[:size]
        return found


# --- compression ------------------------------------------------------------------------------------------------------
def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(FAST, zlib.DEFLATED, GZIP)
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def _expanded(pieces: Iterator[bytes], path: Path) -> Iterator[bytes]:
    opener = zlib.decompressobj(GZIP)
    try:
        for piece in pieces:
            yield opener.decompress(piece)
    except zlib.error as fault:
        raise damage_fault(path) from fault
    if not opener.eof:
        raise damage_fault(path)


def damage_fault(path: Path) -> BackupFault:
    return BackupFault(f"{path} is damaged: its content has changed. Use another backup, and check the disk.")


# --- encryption -------------------------------------------------------------------------------------------------------
def _encrypted(pieces: Iterator[bytes], name: str, key: Key | None) -> Iterator[bytes]:
    if key is None:
        yield from pieces
        return
    header = MAGIC + bytes([len(key.key_id.encode())]) + key.key_id.encode() + secrets.token_bytes(SALT)
    cipher, proof = _own_key(key.secret, header, name)
    yield header + proof
    number, held = 0, bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:  # more than one: the last chunk is known to be the last
            yield cipher.encrypt(_nonce(number, is_last=False), bytes(held[:CHUNK]), None)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, is_last=True), bytes(held), None)


def _decrypted(file: IO[bytes], path: Path, name: str, keys: Mapping[str, bytes]) -> Iterator[bytes]:
    cipher = _opened_header(file, path, name, keys)
    number, held = 0, file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), held, None)
        except (InvalidTag, ValueError) as fault:
            raise damage_fault(path) from fault
        if not following:
            return
        number, held = number + 1, following


def _opened_header(file: IO[bytes], path: Path, name: str, keys: Mapping[str, bytes]) -> AESGCM:
    begin = file.read(len(MAGIC) + 1)
    if begin[:-1] != MAGIC:
        raise damage_fault(path)
    rest = file.read(begin[-1] + SALT)
    key_id = rest[: begin[-1]].decode(errors="replace")
    if key_id not in keys:
        raise BackupFault(f"{path} is encrypted with the key “{key_id}”, which is not in BACKUP_KEYS. Add the key.")
    cipher, proof = _own_key(keys[key_id], begin + rest, name)
    if not hmac.compare_digest(proof, file.read(PROOF)):
        raise BackupFault(
            f"{path} cannot be opened: the key “{key_id}” in BACKUP_KEYS is not the key that encrypted it, or the file"
            " is damaged."
        )
    return cipher


def _own_key(secret: bytes, header: bytes, name: str) -> tuple[AESGCM, bytes]:
    """Return the cipher of one file, and what shows that it is the right one before a chunk is read."""
    derived = HKDF(SHA256(), 32 + PROOF, salt=header[-SALT:], info=header + name.encode()).derive(secret)
    return AESGCM(derived[:32]), derived[32:]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
