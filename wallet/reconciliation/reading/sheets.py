"""XLSX: the values of one sheet. What calculates is refused, since it says one thing here and another there.

A sheet is held whole while it is read, so it is read by another process (`workbook`), and bounded; a large day comes as
CSV. However that process ends, this one goes on with a sentence.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO

import structlog

from portal.tether import tethered
from wallet.reconciliation.reading import workbook
from wallet.reconciliation.reading.csvs import FOOTER
from wallet.reconciliation.reading.mapping import Mapping
from wallet.reconciliation.reading.table import Fault, Table, Unreadable, as_csv, checked_headers
from wallet.reconciliation.reading.unpacking import Unpacked

log = structlog.get_logger(__name__)
CHECKOUT = Path(__file__).parents[3]
SECONDS = 120  # for one that waits for a processor too
AT_ONCE = BoundedSemaphore(2)  # of this process: each may take a gigabyte
LONGEST_SAID = 500

type Lines = Iterator[tuple[int, list[str]]]


def table(file: Unpacked, head: bytes, mapping: Mapping) -> Table:
    """Empty lines above the header are none of it; each line keeps the number that it has in the sheet."""
    lines = _lines(file, head, mapping)
    number, header = next((line for line in lines if any(line[1])), (1, []))
    found = Table("XLSX", checked_headers(header), number + 1, ",", iter(()), is_ours=True)
    found.chunks = as_csv(_rows(found, lines))
    return found


def _lines(file: Unpacked, head: bytes, mapping: Mapping) -> Lines:
    """Each with its number."""
    with TemporaryFile() as values:
        with TemporaryFile() as whole:
            _spool(file, head, whole)
            _turn(whole, values, mapping)
        values.seek(0)
        for number, line in enumerate(values, start=1):
            yield number, json.loads(line)


def _spool(file: Unpacked, piece: bytes, whole: IO[bytes]) -> None:
    while piece:
        whole.write(piece)
        if whole.tell() > workbook.MOST_BYTES:
            raise Unreadable(Fault(workbook.LARGE))
        piece = file.read()
    whole.seek(0)


def _turn(whole: IO[bytes], values: IO[bytes], mapping: Mapping) -> None:
    point = "," if mapping.amounts == "decimal_comma" else "."
    command = tethered([sys.executable, "-m", workbook.__name__, json.dumps([mapping.sheet, point])])
    try:
        with AT_ONCE:
            done = subprocess.run(
                command, stdin=whole, stdout=values, stderr=subprocess.PIPE, cwd=CHECKOUT, timeout=SECONDS, check=False
            )
    except subprocess.TimeoutExpired as fault:
        raise Unreadable(Fault(workbook.LARGE)) from fault
    if done.returncode == workbook.REFUSED:
        text, line = json.loads(done.stderr.splitlines()[-1])
        raise Unreadable(Fault(text, line))
    if done.returncode:
        log.warning(
            "workbook.not_read", ended=done.returncode, said=done.stderr[-LONGEST_SAID:].decode(errors="replace")
        )
        raise Unreadable(Fault(workbook.LARGE if done.returncode < 0 else workbook.BROKEN))


def _rows(found: Table, lines: Lines) -> Iterator[list[str]]:
    """As wide as the header. A footer is known when no row comes after it."""
    held: list[list[str]] = []
    width = len(found.headers)
    for number, line in lines:
        cells = line[:width]
        if any(line[width:]):
            raise Unreadable(Fault("A cell beside the columns that have a name.", number))
        if any(cells) and not FOOTER.fullmatch(cells[0].strip()):
            yield from held
            held = []
            yield cells
        else:
            held.append(cells)
    found.footers = [cells for cells in held if any(cells)]
