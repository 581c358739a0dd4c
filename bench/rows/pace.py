"""Signed bets at a fixed pace, however long the answers take: what a caller waits.

A call's time runs from the moment when it was due, not from when it was sent: a server that stands still for a second
makes all calls of that second late, and they are counted so.
"""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import signed
from bench.run import Run
from bench.servers import HOST

if TYPE_CHECKING:
    from bench.cast import Cast
    from bench.servers import Web

CALLS_A_SECOND = 200
CONNECTIONS = 32
WARM_SECONDS = 3
PATIENCE_SECONDS = 30
POINTS = {"p50 ms": 500, "p99 ms": 990, "p99.9 ms": 999}

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Walk:
    """What came of one series of calls: seconds each, and how many were not taken."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0


def measure(cast: Cast, web: Web, seconds: int) -> Run:
    try:
        walk = asyncio.run(walked(cast, web.port, seconds))
    except TimeoutError:
        return Run("", {}, "calls were still waiting long after the last was due")
    if not walk.seconds:
        return Run("", {}, f"{walk.refused} not taken")
    cuts = statistics.quantiles(walk.seconds, n=1000, method="inclusive")
    figures = {name: cuts[point - 1] * 1000 for name, point in POINTS.items()}
    return Run("", figures, f"{walk.refused} not taken" if walk.refused else "")


async def walked(cast: Cast, port: int, seconds: int) -> Walk:
    free = await connected(port)
    async with asyncio.timeout(WARM_SECONDS + seconds + PATIENCE_SECONDS):
        await send_all(list(signed.bets(cast, CALLS_A_SECOND * WARM_SECONDS)), free)
        walk = await send_all(list(signed.bets(cast, CALLS_A_SECOND * seconds)), free)
    hang_up(free)
    return walk


async def connected(port: int) -> asyncio.Queue[Connection]:
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(HOST, port))
    return free


def hang_up(free: asyncio.Queue[Connection]) -> None:
    while not free.empty():
        free.get_nowait()[1].close()


async def send_all(
    requests: list[bytes], free: asyncio.Queue[Connection], calls_a_second: int = CALLS_A_SECOND
) -> Walk:
    walk, loop = Walk(), asyncio.get_running_loop()
    start = loop.time() + 0.1
    async with asyncio.TaskGroup() as calls:
        for number, request in enumerate(requests):
            due = start + number / calls_a_second
            await asyncio.sleep(max(0.0, due - loop.time()))
            calls.create_task(send(request, due, free, walk))
    return walk


async def send(request: bytes, due: float, free: asyncio.Queue[Connection], walk: Walk) -> None:
    """A connection that breaks is not replaced: the run has failed by then, whatever the rest takes."""
    reader, writer = connection = await free.get()
    try:
        writer.write(request)
        body = await answer(reader)
    except (OSError, EOFError):
        walk.refused += 1
        return
    walk.seconds.append(asyncio.get_running_loop().time() - due)
    walk.refused += b'"RS_OK"' not in body
    free.put_nowait(connection)


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The body, its length told beforehand or by its chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"transfer-encoding: chunked" in head:
        return await reader.readuntil(b"0\r\n\r\n")
    return await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
