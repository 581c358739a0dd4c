"""Bodies that are too large to be held: on disk while their call is answered, and gone with it."""

from __future__ import annotations

import mmap
import tempfile
import threading
from collections.abc import Buffer, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import IO, Any, NoReturn

from django.conf import settings

from portal.lib.request_bodies import BodyLate
from wallet import statuses

CHUNK = 64 * 1024
PASSED_OVER, PASSING_SECONDS = 128 * 1024 * 1024, 30  # bytes of a body that nobody will read, and how long at most
# Whoever sends slowly holds a thread that a bet could have; the others are for bets.
_places = threading.BoundedSemaphore(settings.STATEMENTS_AT_ONCE)
_passing = threading.BoundedSemaphore(1)


@dataclass(frozen=True, slots=True)
class Upload:
    file: IO[bytes]
    signed: Buffer  # the very bytes of the file


@contextmanager
def receive_upload(stream: Any, *, length: int | None, limit: int) -> Iterator[Upload]:
    """The body as it was sent, packed when it was packed: these are the bytes that were signed."""
    if not _places.acquire(blocking=False):
        discard_rest(stream)
        raise statuses.Overloaded("Too many statements are being received now. Try again in a minute.")
    try:
        with tempfile.TemporaryFile() as file:
            _copy(stream, file, length=length, limit=limit)
            file.flush()
            with _mapped(file) as signed:
                yield Upload(file, signed)
    finally:
        _places.release()


def _copy(stream: Any, file: IO[bytes], *, length: int | None, limit: int) -> None:
    size = 0
    while piece := read_piece(stream, CHUNK):
        size += len(piece)
        if size > limit:
            refuse_size(stream, limit)
        file.write(piece)
    if length is not None and size != length:
        raise statuses.IncorrectData("The body did not arrive completely.")


def read_piece(stream: Any, size: int) -> bytes:
    """Return at most `size` bytes. Raises Overloaded or IncorrectData where the body does not arrive."""
    try:
        return bytes(stream.read(size))
    except OSError as fault:
        raise body_refusal(fault) from fault


def body_refusal(fault: BaseException) -> statuses.CallRefused:
    """Return the answer to a body that did not arrive: in time, or whole."""
    cause: BaseException | None = fault
    while cause is not None and not isinstance(cause, BodyLate):  # Django wraps it
        cause = cause.__cause__
    if cause is not None:
        return statuses.Overloaded("The body did not arrive in time, and nothing was done. Send the request again.")
    return statuses.IncorrectData("The body did not arrive completely.")


@contextmanager
def _mapped(file: IO[bytes]) -> Iterator[Buffer]:
    if not file.tell():
        yield b""
        return
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as found:
        yield found


def refuse_size(rest: Any, limit: int) -> NoReturn:
    discard_rest(rest)
    raise statuses.BodyTooLarge(f"The body is too large: {limit} bytes at most.")


def discard_rest(rest: Any) -> None:
    """Lets the caller finish sending, within reason: who is still sending does not hear the answer.

    One at a time in a process; to the others that is what happens: whoever sends slowly may not hold many threads.
    """
    if not _passing.acquire(blocking=False):
        return
    try:
        ends = monotonic() + PASSING_SECONDS
        for _ in range(PASSED_OVER // CHUNK):
            if not rest.read(CHUNK) or monotonic() > ends:
                break
    except OSError:
        pass  # the answer is known already
    finally:
        _passing.release()
