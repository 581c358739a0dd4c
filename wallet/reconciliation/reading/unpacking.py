"""The bytes of a file, out of gzip where it is in one. No more is held than the piece in hand; all is bounded."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO

from django.conf import settings

from wallet.reconciliation.reading.table import Fault, Unreadable

GZIP = b"\x1f\x8b"
PIECE = 1024 * 1024
MOST_PACKED = 200  # to one; statements come at 5 to 30
SMALL = 16 * 1024 * 1024  # below it the ratio says nothing


class Unpacked:
    """Reads as a binary file does. Raises Unreadable for what is cut off, damaged, or unpacks to more than is read."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0, io.SEEK_END)
        self.size = file.tell()
        file.seek(0)
        is_packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        self.file: IO[bytes] = gzip.GzipFile(fileobj=file) if is_packed else file  # type: ignore[assignment]
        self.is_packed = is_packed
        self.given = 0

    def read(self, size: int = PIECE) -> bytes:
        try:
            piece = self.file.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as fault:
            raise Unreadable(
                Fault("The gzip is damaged or cut off: it did not arrive whole. Send the file again.")
            ) from fault
        self.given += len(piece)
        self._bounded()
        return piece

    def _bounded(self) -> None:
        if self.given > settings.MAX_STATEMENT_UNPACKED_BYTES:
            raise Unreadable(
                Fault(
                    f"Unpacked, it is larger than the {settings.MAX_STATEMENT_UNPACKED_BYTES:,} bytes that are read. "
                    "Ask support how to send so large a day."
                )
            )
        if self.is_packed and self.given > max(SMALL, MOST_PACKED * self.size):
            raise Unreadable(
                Fault(f"It unpacks to more than {MOST_PACKED} times its size, as no statement does. Send it unpacked.")
            )
