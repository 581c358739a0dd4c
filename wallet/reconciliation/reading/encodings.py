"""Suggests the encoding of a text to a person. It is used only after a person states it."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from wallet.reconciliation.reading.mapping import ENCODINGS

LOOKED_AT = 256 * 1024
USUAL = "cp1252"
OF_ONE_BYTE = [name for name in ENCODINGS if name.startswith(("cp", "iso"))]
MANY_NULS = 5  # one byte of so many, as in UTF-16 of western texts


def suggested_encoding(head: bytes, stated: str = "utf-8") -> str:
    """Return the likely encoding of the beginning of a file. `stated` is kept if it fits."""
    part = head[:LOOKED_AT]
    if part.count(0) * MANY_NULS > len(part):
        return "utf-16-be" if part[::2].count(0) > part[1::2].count(0) else "utf-16-le"
    if _decodes(part, "utf-8"):
        return "utf-8"
    if stated not in ("", "utf-8") and _decodes(part, stated):
        return stated
    return _likely(part)


def _likely(part: bytes) -> str:
    """Return the best guess of charset-normalizer, or Windows-1252 where that is as good: most such files use it."""
    lines = b"\n".join(line for line in part.splitlines() if not line.isascii())
    found = list(from_bytes(lines, cp_isolation=[*OF_ONE_BYTE, "shift_jis", "gb18030"], threshold=1.0))
    best = min((match.chaos for match in found), default=0.0)
    names = [_ours(name) for match in found if match.chaos <= best for name in match.could_be_from_charset]
    return next((name for name in (USUAL, *names) if name in names and _decodes(part, name)), USUAL)


def _ours(name: str) -> str:
    known = codecs.lookup(name).name
    return next((each for each in ENCODINGS if codecs.lookup(each).name == known), USUAL)


def _decodes(part: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(part)
    except UnicodeError:
        return False
    return True
