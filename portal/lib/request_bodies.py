"""Bodies of requests that arrive late, or in part: nobody who sends slowly holds a thread of the web server for long.

A web server for WSGI gives a request to a thread when its headers are there. Reading the body blocks that thread as
long as the sender likes, and Python cannot take it back. So a thread of our own looks at the connections from the
address of a body that is late, and closes the one on which nothing arrives: the read ends, and so does the request.
The web server tells the address and not the connection: of several, the one that stands still the longest is closed.
A body of which only a part arrived is a fault, never a shorter body: the rest of a form is not guessed.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from portal.lib.clientip import Address, parse_address

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PIECE = 64 * 1024
LOOK_SECONDS = 0.05
# That a connection may stand still when more than half of the threads wait for bodies; of an address that was slow.
CROWDED_SECONDS, KNOWN_SECONDS = 0.2, 0.05
CLOCK_TICK = 0.01  # by which the kernel's times may be behind
SLOWEST = 4 * 1024  # bytes a second; what arrives slower stands still
REMEMBERED_SECONDS = 60  # that an address was slow
MOST_REMEMBERED = 4096  # addresses
OPEN_FILES = Path("/dev/fd")
MOST_DIGITS = 19  # of a length
TCP_INFO = struct.Struct("=44xI4xI64xQQ")  # milliseconds since data was sent and received; bytes acknowledged, received


class BodyFault(OSError):
    """The body, or the rest of it, cannot be had."""


class BodyLate(BodyFault):
    """It did not arrive in time."""


class BodyCut(BodyFault):
    """Its sender stopped before its end."""


@dataclass(slots=True, eq=False)
class Wait:
    """A thread that waits for a piece of a body, from `address`, the socket's peer, at a port of ours."""

    address: Address | None
    port: int
    since: float = field(default_factory=monotonic)


class Arrival(NamedTuple):
    """What a connection had received at a moment, and what of ours its peer had acknowledged."""

    at: float
    received: int
    acknowledged: int


class BodyWatch:
    """The bodies that threads of this process wait for. `seconds`: that a connection may stand still."""

    def __init__(self, *, threads: int, seconds: float) -> None:
        self._most, self._seconds = threads // 2, seconds
        self._waits: dict[Wait, None] = {}
        self._arrivals: dict[Any, Arrival] = {}
        self._slow: dict[Address | None, float] = {}
        self._start, self._is_started = threading.Lock(), False

    def begin(self, address: Address | None, port: int) -> Wait:
        wait = Wait(address, port)
        self._waits[wait] = None
        if not self._is_started:
            self._start_looking()
        return wait

    def end(self, wait: Wait) -> None:
        self._waits.pop(wait, None)

    def is_slow(self, address: Address | None) -> bool:
        """Return whether a body from there that ended early was ended by us, as far as can be known."""
        return monotonic() < self._slow.get(address, 0.0)

    def close_late_connections(self) -> None:
        """Close, for each body that is late, the connection from its address that stands still the longest."""
        now, waits = monotonic(), list(self._waits)
        is_crowded = len(waits) > self._most
        late: dict[tuple[Address | None, int], list[Wait]] = {}
        for wait in waits:
            if now - wait.since >= self._patience(wait.address, now, is_crowded=is_crowded):
                late.setdefault((wait.address, wait.port), []).append(wait)
        for (address, port), these in late.items():
            patience = self._patience(address, now, is_crowded=is_crowded)
            # After three times that, it is one of its connections, whatever they look like.
            whatever = now - min(wait.since for wait in these) >= 3 * patience
            self._close_longest(address, port, count=len(these), patience=patience, whatever=whatever)

    def _patience(self, address: Address | None, now: float, *, is_crowded: bool) -> float:
        if not is_crowded:
            return self._seconds
        return min(self._seconds, KNOWN_SECONDS if now < self._slow.get(address, 0.0) else CROWDED_SECONDS)

    def _close_longest(
        self, address: Address | None, port: int, *, count: int, patience: float, whatever: bool
    ) -> None:
        """Close at most `count` connections: those from which a request is awaited first, and the longest first.

        `whatever`: also those that look as if they waited for their next request.
        """
        standing: list[tuple[bool, float, socket.socket]] = []
        for one in open_connections(address, port):
            is_asked, stood = self._stood_still(one)
            if stood + CLOCK_TICK >= patience and (is_asked or whatever):
                standing.append((is_asked, stood, one))
                standing.sort(key=itemgetter(0, 1), reverse=True)
            else:
                one.close()
            for _asked, _stood, surplus in standing[count:]:
                surplus.close()
            del standing[count:]
        if standing:
            self._note_slow(address)
        for _asked, _stood, one in standing:
            with one, suppress(OSError):  # closed by its peer meanwhile
                one.shutdown(socket.SHUT_RD)

    def _note_slow(self, address: Address | None) -> None:
        if len(self._slow) >= MOST_REMEMBERED:
            self._slow.clear()
        self._slow[address] = monotonic() + REMEMBERED_SECONDS

    def _stood_still(self, one: socket.socket) -> tuple[bool, float]:
        """Return whether the peer spoke last, and for how many seconds next to nothing arrived and nothing was sent."""
        now = monotonic()
        try:
            key, raw = one.getpeername(), one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
        except OSError:  # closed meanwhile
            return False, 0.0
        sent_ago, received_ago, acknowledged, received = TCP_INFO.unpack(raw)
        seen = self._arrivals.get(key)
        if seen is None or acknowledged != seen.acknowledged or received - seen.received > SLOWEST * (now - seen.at):
            if len(self._arrivals) >= MOST_REMEMBERED:
                self._arrivals.clear()
            seen = self._arrivals[key] = Arrival(now, received, acknowledged)
        silent = min(sent_ago, received_ago) / 1000
        return sent_ago > received_ago or acknowledged <= 1, max(silent, now - seen.at)

    def _start_looking(self) -> None:
        with self._start:
            if not self._is_started and hasattr(socket, "TCP_INFO"):
                threading.Thread(target=self._keep_looking, name="body-watch", daemon=True).start()
            self._is_started = True

    def _keep_looking(self) -> None:
        while True:
            sleep(LOOK_SECONDS)
            if self._waits:
                with suppress(OSError):  # a connection that ended while it was looked at
                    self.close_late_connections()
            elif self._arrivals:
                self._arrivals.clear()


def open_connections(address: Address | None, port: int) -> Iterator[socket.socket]:
    """Yield a second handle of each connection of this process from this address to this port of ours."""
    own: set[int] = set()  # numbers of these handles, which are free again when they are looked at
    for file in [int(path.name) for path in OPEN_FILES.iterdir()]:
        one = as_connection(file) if file not in own else None
        if one is None:
            continue
        own.add(one.fileno())
        if ends_of(one) == (port, address):
            yield one
        else:
            one.close()


def as_connection(file: int) -> socket.socket | None:
    """Return a second handle of an open file; None where it is no socket, or closed meanwhile."""
    try:
        copy = os.dup(file)
    except OSError:
        return None
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return None


def ends_of(one: socket.socket) -> tuple[int, Address | None]:
    """Return our port and the address of the peer; 0 and None for what is no connection over the network."""
    try:
        here, there = one.getsockname(), one.getpeername()
    except OSError:
        return 0, None
    if one.family not in {socket.AF_INET, socket.AF_INET6} or one.type != socket.SOCK_STREAM:
        return 0, None
    return here[1], parse_address(there[0])


class Body:
    """`wsgi.input` of a request that has a body. `fault` is what was raised of it."""

    def __init__(self, stream: Any, length: int | None, watch: BodyWatch, address: Address | None, port: int) -> None:
        self._stream, self._left, self._watch, self._from = stream, length, watch, (address, port)
        self.fault: BodyFault | None = None

    def read(self, size: int | None = -1) -> bytes:
        """Return `size` bytes, or all that are left. Raises BodyFault where they do not arrive."""
        pieces: list[bytes] = []
        wanted = self._wanted(size)
        while wanted is None or wanted > 0:
            piece = self._take(self._stream.read, PIECE if wanted is None else min(PIECE, wanted))
            if not piece:
                break
            pieces.append(piece)
            wanted = None if wanted is None else wanted - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self._wanted(size)
        return self._take(self._stream.readline, PIECE if wanted is None else min(PIECE, wanted), is_line=True)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _wanted(self, size: int | None) -> int | None:
        if size is None or size < 0:
            return self._left
        return size if self._left is None else min(size, self._left)

    def _take(self, read: Callable[[int], bytes], size: int, *, is_line: bool = False) -> bytes:
        if self.fault is not None:
            raise self.fault
        wait = self._watch.begin(*self._from)
        try:
            piece = bytes(read(size))
        finally:
            self._watch.end(wait)
        if self._left is not None:
            self._left -= len(piece)
            if self._left and len(piece) < size and (not is_line or not piece):
                self.fault = BodyLate() if self._watch.is_slow(wait.address) else BodyCut()
        if self.fault is not None:
            raise self.fault
        return piece


class RequestBodies:
    """In front of an application. `answers`: whether a fault of a body is answered here, for people, by a sentence."""

    def __init__(self, application: WSGIApplication, watch: BodyWatch, *, answers: bool) -> None:
        self.application, self.watch, self.answers = application, watch, answers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self.body_of(environ)
        if body is None:
            return self.application(environ, start_response)
        environ["wsgi.input"] = body
        if not self.answers:
            return self.application(environ, start_response)
        head: list[Any] = []

        def keep(*said: Any) -> Callable[[bytes], object]:
            head[:] = said
            return bytearray().extend

        answer: Any = self.application(environ, keep)
        if body.fault is None:
            start_response(*head)
            return answer  # type: ignore[no-any-return]
        if hasattr(answer, "close"):
            answer.close()
        return refuse_body(start_response)

    def body_of(self, environ: WSGIEnvironment) -> Body | None:
        """None for a request that announces no body."""
        said = environ.get("CONTENT_LENGTH") or ""
        length = int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else None
        if length == 0 or (length is None and not environ.get("HTTP_TRANSFER_ENCODING")):
            return None
        address, port = parse_address(environ.get("REMOTE_ADDR", "")), int(environ.get("SERVER_PORT") or 0)
        return Body(environ["wsgi.input"], length, self.watch, address, port)


def refuse_body(start_response: StartResponse) -> list[bytes]:
    text = _("The form did not arrive completely, so nothing was changed. Send the form again.").encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(text)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Connection": "close",
    }
    start_response("408 Request Timeout", list(headers.items()))
    return [text]
