"""Detects active content in a PDF: scripts, programs to start, and forms with scripts.

It searches for names and does not interpret the PDF. Encrypted parts, and rare ways of packing, are not seen.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|XFA)(?![A-Za-z0-9#])")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # as a name may write any of its characters
BEGINS, ENDS = b"stream", b"endstream"
PACKED_OBJECTS = re.compile(rb"/Type\s*/ObjStm")
MOST_UNPACKED = 32 * 1024 * 1024  # bytes of all packed objects


def has_active_content(raw: bytes) -> bool:
    """Return whether the file has a script, a program to start, or a form with scripts."""
    return any(ACTS.search(_plain_names(part)) for part in _objects(raw))


def _objects(raw: bytes) -> Iterator[bytes]:
    """Yield the parts of the file that hold names: all but pictures, fonts and text, where the bytes are any."""
    after, left = 0, MOST_UNPACKED
    while (begin := raw.find(BEGINS, after)) >= 0 and (end := raw.find(ENDS, begin)) >= 0:
        about = raw[after:begin]
        yield about
        if PACKED_OBJECTS.search(about):
            unpacked = _unpacked(raw[begin + len(BEGINS) : end].lstrip(b"\r\n"), left)
            left -= len(unpacked)
            yield unpacked
        after = end + len(ENDS)
    yield raw[after:]


def _unpacked(packed: bytes, most: int) -> bytes:
    """What is packed in another way is looked at as it is."""
    try:
        return zlib.decompressobj().decompress(packed, max(most, 1))
    except zlib.error:
        return packed


def _plain_names(text: bytes) -> bytes:
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
