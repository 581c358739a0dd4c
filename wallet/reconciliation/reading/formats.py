"""Recognises the format of a file by its bytes, not by its name."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import IO

from wallet.reconciliation.reading import csvs, encodings, jsons, sheets
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, SourceTable, Unreadable
from wallet.reconciliation.reading.unpacking import PIECE, open_unpacked

ELSE = {
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old or encrypted Excel file",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"7z\xbc\xaf": "packed with 7-Zip",
}


ZIP = b"PK\x03\x04"
JSON = (b"{", b"[")
SNIFFED = 4096


def open_table(file: IO[bytes], mapping: Mapping, *, is_patient: bool = False) -> SourceTable:
    """Return the table of a file of any format. Raises Unreadable."""
    unpacked = open_unpacked(file)
    head = unpacked.read(PIECE)
    if not head:
        raise Unreadable(Fault("The file is empty. Export it again."))
    for mark, what in ELSE.items():
        if head.startswith(mark):
            raise Unreadable(Fault(f"The file is {what}. Save it as CSV or XLSX and send that file."))
    if head.startswith(ZIP):
        return sheets.workbook_table(unpacked, head, mapping)
    if _looks_like_json(head):
        return jsons.json_table(unpacked, head, mapping)
    return csvs.csv_table(unpacked, head, mapping, is_patient=is_patient)


def suggested_encoding(file: IO[bytes], stated: str) -> str:
    """Return the likely encoding of a CSV; of other formats, the stated one."""
    try:
        head = open_unpacked(file).read(PIECE)
    except Unreadable:
        return stated
    is_csv = not (head.startswith((ZIP, *csvs.MARKS)) or _looks_like_json(head))
    return encodings.suggested_encoding(head, stated) if is_csv else stated


def is_json(file: IO[bytes]) -> bool:
    """Return whether the file is a JSON."""
    try:
        return _looks_like_json(open_unpacked(file).read(SNIFFED))
    except Unreadable:
        return False


def _looks_like_json(head: bytes) -> bool:
    return head.removeprefix(BOM_UTF8).lstrip().startswith(JSON)
