"""Unpacks a file from gzip or ZIP in bounded pieces."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from typing import IO

from django.conf import settings

from wallet.reconciliation.reading.table import Fault, Unreadable

GZIP = b"\x1f\x8b"
PIECE = 1024 * 1024
MOST_PACKED = 200  # to one; statements come at 5 to 30
ZIP = b"PK\x03\x04"
BESIDE = ("__macosx/", ".ds_store", "thumbs.db")  # what systems put beside the file
MOST_PARTS = 1000
SMALL = 16 * 1024 * 1024  # below it the ratio says nothing


class Unpacked:
    """A binary file. Raises Unreadable for truncated or damaged data, and above the size limit."""

    def __init__(self, file: IO[bytes]) -> None:
        file.seek(0, io.SEEK_END)
        self.size = file.tell()
        file.seek(0)
        is_packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        self.file: IO[bytes] = gzip.GzipFile(fileobj=file) if is_packed else file  # type: ignore[assignment]
        self.is_packed = is_packed
        self.given = 0

    def unzip(self, name: str, whole: zipfile.ZipFile) -> None:
        """Read the one file of the ZIP from now on."""
        self.file, self.is_packed = whole.open(name), True

    def read(self, size: int = PIECE) -> bytes:
        try:
            piece = self.file.read(size)
        except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as fault:
            what = "ZIP" if isinstance(self.file, zipfile.ZipExtFile) else "gzip"
            raise Unreadable(
                Fault(f"The {what} is damaged or cut off: it did not arrive completely. Send the file again.")
            ) from fault
        self.given += len(piece)
        self._bounded()
        return piece

    def _bounded(self) -> None:
        if self.given > settings.MAX_STATEMENT_UNPACKED_BYTES:
            raise Unreadable(
                Fault(
                    f"The unpacked file is larger than {settings.MAX_STATEMENT_UNPACKED_BYTES:,} bytes. Ask our "
                    f"support."
                )
            )
        if self.is_packed and self.given > max(SMALL, MOST_PACKED * self.size):
            raise Unreadable(
                Fault(
                    f"The unpacked file is more than {MOST_PACKED} times larger than the packed file. Send it unpacked."
                )
            )


def open_unpacked(file: IO[bytes]) -> Unpacked:
    """Return the file itself, or the one in its gzip or ZIP. A workbook is a ZIP too and stays one."""
    unpacked = Unpacked(file)
    start = b"" if unpacked.is_packed else file.read(len(ZIP))
    file.seek(0)
    if start != ZIP:
        return unpacked
    try:
        whole = zipfile.ZipFile(file)
        if (name := _only(whole.infolist())) is not None:
            unpacked.unzip(name, whole)
            return unpacked
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        pass  # it is judged as a workbook
    file.seek(0)
    return unpacked


def _only(parts: list[zipfile.ZipInfo]) -> str | None:
    """Return the only file of a ZIP; None for a workbook. Raises Unreadable for several files or a password."""
    names = [part.filename for part in parts[:MOST_PARTS]]
    if any(name.startswith(("xl/", "_rels/")) or name == "[Content_Types].xml" for name in names):
        return None
    files = [part for part in parts[:MOST_PARTS] if not part.is_dir() and not _is_beside(part.filename)]
    if len(files) != 1:
        raise Unreadable(
            Fault(
                f"The file is a ZIP with {len(files)} files and not an XLSX. Send the statement alone, as CSV or XLSX."
            )
        )
    if files[0].flag_bits & 1:
        raise Unreadable(Fault("The ZIP has a password. Send the statement without a password."))
    return files[0].filename


def _is_beside(name: str) -> bool:
    return name.lower().startswith(BESIDE) or name.lower().rpartition("/")[2] in BESIDE
