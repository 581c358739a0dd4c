"""Whoever sends slowly holds up nobody, and a body that arrived in part is no body."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.lib.clientip import parse_address
from portal.lib.request_bodies import (
    OPEN_FILES,
    PIECE,
    Body,
    BodyCut,
    BodyFault,
    BodyLate,
    BodyWatch,
    RequestBodies,
    open_connections,
)
from tests.plugins.live import Live
from tests.portal.test_two_services import get
from tests.wallet.conftest import Stage, decided, stage, until

__all__ = ["stage"]
SENDERS = 50
SECONDS = 60  # for an answer, on a machine that is busy
HERE = parse_address("127.0.0.1")


@contextmanager
def slow_senders(url: str, path: str, *, addresses: int, count: int = SENDERS) -> Iterator[list[socket.socket]]:
    """They say that they will send a body, and send its first byte."""
    parts = urlsplit(url)
    cookie = f"csrftoken={'a' * 32}"  # without it a form is refused before it is read
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\nContent-Type: {{}}\r\n"
        f"Content-Length: 60000\r\n\r\n{{{{"
    )
    media_type = "application/json" if path.startswith("/wallet") else "application/x-www-form-urlencoded"
    with ExitStack() as stack:
        wires = []
        for number in range(count):
            here = (f"127.0.0.{2 + number % addresses}", 0)
            wire = stack.enter_context(
                socket.create_connection((parts.hostname or "", parts.port or 0), SECONDS, source_address=here)
            )
            wire.sendall(head.format(media_type).encode())
            wires.append(wire)
        yield wires


def answered(wire: socket.socket) -> tuple[int, bytes]:
    """Status and body of an answer that says its length, as the first thing on a connection."""
    with wire.makefile("rb") as file:
        status, length = int(file.readline().split()[1]), 0
        while (line := file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return status, file.read(length)


@pytest.mark.parametrize("addresses", [1, SENDERS])
def test_fifty_slow_senders_hold_up_no_bet(live: Live, stage: Stage, addresses: int) -> None:
    caller = stage.caller()
    for _ in range(2):  # the second time, the addresses are known
        with slow_senders(live.api_url, "/wallet/balance", addresses=addresses) as wires:
            assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
            answers = [answered(wire) for wire in wires]
            assert {status for status, _ in answers} == {503}
            assert {json.loads(body)["status"] for _, body in answers} == {"RS_ERROR"}
            assert {decided(caller.bet, 1).status for _ in range(20)} == {"RS_OK"}
    assert stage.books()[caller.player] == (999_920, 999_920)


def test_fifty_slow_senders_hold_up_no_page(live: Live, stage: Stage) -> None:
    caller = stage.caller()
    with slow_senders(live.base_url, "/account/login/", addresses=SENDERS) as wires:
        assert get(f"{live.base_url}/account/login/")[0] == 200
        assert decided(caller.bet, 1).status == "RS_OK"
        assert {status for status, _ in map(answered, wires)} == {408}
        assert get(f"{live.base_url}/account/login/")[0] == 200


def test_a_form_that_ends_early_is_no_form(live: Live) -> None:
    until(lambda: get(f"{live.base_url}/livez")[0] == 200)
    with slow_senders(live.base_url, "/account/login/", addresses=1, count=1) as [wire]:
        wire.shutdown(socket.SHUT_WR)
        status, text = answered(wire)
        assert status == 408
        assert b"Send the form again" in text


def test_a_call_that_ends_early_is_refused(live: Live) -> None:
    until(lambda: get(f"{live.api_url}/livez")[0] == 200)
    with slow_senders(live.api_url, "/wallet/balance", addresses=1, count=1) as [wire]:
        wire.shutdown(socket.SHUT_WR)
        _, text = answered(wire)
        assert json.loads(text)["status"] in {"RS_ERROR_INCORRECT_DATA", "RS_ERROR"}  # as one that was late, or cut


# --- one body ---------------------------------------------------------------------------------------------------------
def body(stream: Any, length: int | None) -> Body:
    return Body(stream, length, BodyWatch(threads=8, seconds=SECONDS), HERE, 0)


@pytest.mark.parametrize("length", [1, PIECE, PIECE + 1, 5 * PIECE])
@pytest.mark.parametrize("is_said", [True, False])
def test_a_body_is_read_whole_however_it_is_asked_for(length: int, is_said: bool) -> None:
    whole = os.urandom(length)
    for read in (lambda found: found.read(), lambda found: b"".join(iter(lambda: found.read(1000), b"")), b"".join):
        assert read(body(BytesIO(whole), length if is_said else None)) == whole


def test_nothing_is_read_beyond_the_length_that_was_said() -> None:
    one = body(BytesIO(b"abcdef"), 3)
    assert (one.read(10), one.read(10)) == (b"abc", b"")


def test_a_part_is_no_body() -> None:
    one = body(BytesIO(b"limit=1"), 8)
    with pytest.raises(BodyCut):
        one.read()
    with pytest.raises(BodyCut):  # and stays a fault, whoever asks again
        one.read(1)


# --- connections ------------------------------------------------------------------------------------------------------
@dataclass
class Ends:
    """A connection, both ends of it: `read` blocks as the stream of a web server does."""

    here: socket.socket
    there: socket.socket

    def read(self, size: int) -> bytes:
        with self.here.makefile("rb") as file:
            return file.read(size)

    readline = read

    @property
    def port(self) -> int:
        return int(self.here.getsockname()[1])


@pytest.fixture
def connect() -> Iterator[Callable[[], Ends]]:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def connect() -> Ends:
            there = stack.enter_context(socket.create_connection(listener.getsockname()))
            return Ends(stack.enter_context(listener.accept()[0]), there)

        yield connect


def test_what_stands_still_is_late(connect: Callable[[], Ends]) -> None:
    ends = connect()
    ends.there.sendall(b"{")
    with pytest.raises(BodyLate):
        Body(ends, 2, BodyWatch(threads=8, seconds=0.05), HERE, ends.port).read()


def test_a_drop_now_and_then_is_standing_still(connect: Callable[[], Ends]) -> None:
    """However long it goes on: a thread is not held by a byte a second."""
    ends, is_over = connect(), threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not is_over.wait(0.02):
                ends.there.sendall(b"a")

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(BodyLate):
            Body(ends, PIECE, BodyWatch(threads=8, seconds=0.2), HERE, ends.port).read()
    finally:
        is_over.set()
        thread.join()


def test_a_crowd_is_ended_before_its_time(connect: Callable[[], Ends]) -> None:
    watch, faults = BodyWatch(threads=4, seconds=SECONDS), list[BodyFault]()

    def wait(ends: Ends) -> None:
        try:
            Body(ends, 2, watch, HERE, ends.port).read()
        except BodyFault as fault:
            faults.append(fault)

    connections = [connect() for _ in range(4)]
    threads = [threading.Thread(target=wait, args=[ends]) for ends in connections]
    for thread in threads:
        thread.start()
    until(lambda: len(faults) >= 2)
    for ends in connections:
        ends.there.close()
    for thread in threads:
        thread.join()
    assert isinstance(faults[0], BodyLate)


def test_a_connection_that_waits_for_its_next_request_stays_open(connect: Callable[[], Ends]) -> None:
    """It was answered, and nothing is awaited from it; another one from its address is late."""
    idle, late = connect(), connect()
    idle.there.sendall(b"request")
    assert idle.here.recv(7)
    idle.here.sendall(b"answer")
    assert idle.there.recv(6)
    late.there.sendall(b"{")
    with pytest.raises(BodyLate):
        Body(late, 2, BodyWatch(threads=8, seconds=0.1), HERE, late.port).read()
    idle.there.sendall(b"next")
    assert idle.here.recv(4) == b"next"


def handles(file: int) -> int:
    """How many handles of this process are of the same file."""
    whole, found = os.fstat(file), 0
    for path in list(OPEN_FILES.iterdir()):
        with suppress(OSError):
            found += os.path.samestat(os.fstat(int(path.name)), whole)
    return found


def test_a_look_gives_back_each_handle_that_it_took(connect: Callable[[], Ends], tmp_path: Path) -> None:
    """It takes a second one of each open file, whatever that is: kept, they would be all that a process may have."""
    ends = connect()
    with (tmp_path / "file").open("w") as file:
        for _ in range(3):
            [one] = open_connections(HERE, ends.port)
            one.close()
        assert handles(file.fileno()) == 1
        assert handles(ends.here.fileno()) == 1


# --- in front of an application ---------------------------------------------------------------------------------------
def served(environ: dict[str, Any], *, answers: bool) -> tuple[str, bytes]:
    said: list[Any] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            found = environ["wsgi.input"].read()
        except OSError:
            found = b"nothing"
        start_response("200 OK", [])
        return [found]

    one: Any = RequestBodies(application, BodyWatch(threads=8, seconds=SECONDS), answers=answers)
    answer = one({"REMOTE_ADDR": "127.0.0.1", **environ}, lambda *words: said.append(words))
    return said[-1][0], b"".join(answer)


@pytest.mark.parametrize(
    ("length", "answers", "expected"),
    [
        ("3", True, ("200 OK", b"abc")),
        ("3", False, ("200 OK", b"abc")),
        ("4", False, ("200 OK", b"nothing")),
        ("4", True, ("408 Request Timeout", None)),
        ("0", True, ("200 OK", b"abc")),  # as it is, where no body is announced
        ("", True, ("200 OK", b"abc")),
    ],
)
def test_people_are_told_that_their_form_did_not_arrive(
    length: str, answers: bool, expected: tuple[str, bytes | None]
) -> None:
    status, text = served({"CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"abc")}, answers=answers)
    assert status == expected[0]
    assert expected[1] is None or text == expected[1]
    assert expected[1] is not None or b"Send the form again" in text
