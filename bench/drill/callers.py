"""Some callers in one process: each says one thing at a time, and says it again under the same id until it is decided.

Started by `bench.drill.traffic`, which tells what to do on standard input; each decided call is a line of the file.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bench import signed
from bench.drill import moves
from bench.drill.history import (
    CUT,
    GIVEN_UP,
    HELD_BACK,
    UNDECIDED,
    UNREACHABLE,
    Attempt,
    Call,
    Draft,
    Stall,
    as_line,
)
from bench.drill.moves import Mind
from bench.rows.pace import Connection
from bench.servers import HOST

AGAIN_SECONDS = 0.1
LOOK_SECONDS, STALL_SECONDS = 0.01, 0.05  # a look that comes so much later than it should is written down
LAST_SECONDS = 60  # for a call that is under way when the end is told
# Refused before the transaction was looked at, for the moment: said again with a new timestamp.
PASSING = {"RS_ERROR_SIGNATURE_EXPIRED", "RS_ERROR_INVALID_APIKEY"}
ANSWERED = "200"


@dataclass(frozen=True)
class Task:
    """`think_seconds`: between an answer and the next call, on average. `patience_seconds`: when a caller gives up."""

    seed: str
    callers: int
    players: list[str]
    ports: list[int]
    auth_key: str
    secret: str
    file: str
    think_seconds: float = 0.05
    patience_seconds: float = 2.0


class Telling:
    """The end was told."""

    def __init__(self) -> None:
        self.at: float | None = None

    def tell(self) -> None:
        self.at = time.monotonic()

    def is_over(self) -> bool:
        return self.at is not None and time.monotonic() > self.at + LAST_SECONDS


@dataclass
class Caller:
    name: str
    task: Task
    out: IO[str]
    telling: Telling
    turn: int
    wire: Connection | None = None

    def __post_init__(self) -> None:
        self.mind = Mind(self.name, self.task.players)

    async def run(self) -> None:
        while self.telling.at is None:
            for call in await self.insist(self.mind.next()):
                self.mind.learn(call)
                self.out.write(as_line(call))
            await asyncio.sleep(self.mind.chance.uniform(0, 2 * self.task.think_seconds))

    async def insist(self, drafts: list[Draft]) -> list[Call]:
        path, body, attempts = moves.path(drafts), moves.body(drafts), list[Attempt]()
        while not self.telling.is_over():
            attempt, told = await self.try_once(path, body)
            attempts.append(attempt)
            if attempt.outcome == ANSWERED:
                return [self.decided(draft, attempts, each) for draft, each in zip(drafts, items(told), strict=True)]
            await asyncio.sleep(AGAIN_SECONDS)
        return [Call(draft, self.name, tuple(attempts), UNDECIDED) for draft in drafts]

    def decided(self, draft: Draft, attempts: list[Attempt], told: dict[str, Any]) -> Call:
        balance = told.get("balance") if draft.kind != "rollback" else None
        return Call(draft, self.name, tuple(attempts), str(told["status"]), balance)

    async def try_once(self, path: str, body: bytes) -> tuple[Attempt, dict[str, Any]]:
        """Whatever does not end in an answer ends the connection; the next one is to the next server."""
        sent, outcome, request_id, told = time.monotonic(), UNREACHABLE, "", dict[str, Any]()
        port = self.port
        try:
            async with asyncio.timeout(self.task.patience_seconds):
                if self.wire is None:
                    self.wire = await asyncio.open_connection(HOST, port)
                outcome = CUT
                outcome, request_id, told = await self.ask(self.wire, path, body)
        except TimeoutError:
            outcome = GIVEN_UP
        except (OSError, EOFError, ValueError):
            pass
        if outcome == ANSWERED and told.get("status") in PASSING:
            outcome = HELD_BACK
        ended = time.monotonic()
        if outcome in {UNREACHABLE, CUT, GIVEN_UP} or not outcome.startswith("200"):
            self.hang_up()
        return Attempt(sent, ended, outcome, request_id, port), told

    @property
    def port(self) -> int:
        return self.task.ports[self.turn % len(self.task.ports)]

    async def ask(self, wire: Connection, path: str, body: bytes) -> tuple[str, str, dict[str, Any]]:
        reader, writer = wire
        timestamp = str(int(time.time() * 1000))
        writer.write(signed.request(self.task.auth_key, self.task.secret.encode(), timestamp, body, path))
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        first, _, rest = head.partition("\r\n")
        headers = dict(line.split(": ", 1) for line in rest.split("\r\n") if ": " in line)
        told = json.loads(await reader.readexactly(int(headers["content-length"])))
        if headers.get("connection") == "close":
            self.hang_up(stay=True)
        return first.split(" ")[1], headers.get("x-request-id", ""), told

    def hang_up(self, *, stay: bool = False) -> None:
        if self.wire is not None:
            with suppress(OSError):
                self.wire[1].close()
        self.wire = None
        self.turn += not stay


def items(told: dict[str, Any]) -> list[dict[str, Any]]:
    return told.get("data") or [told]


async def watch(out: IO[str], telling: Telling, whose: str) -> None:
    """How long this process stood still: a late answer may have been there in time."""
    while telling.at is None:
        before = time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)
        late = time.monotonic() - before - LOOK_SECONDS
        if late > STALL_SECONDS:
            out.write(as_line(Stall(before, late, whose)))


async def walk(task: Task, out: IO[str]) -> None:
    telling = Telling()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, telling.tell)
    callers = [Caller(f"{task.seed}.{number}", task, out, telling, number) for number in range(task.callers)]
    await asyncio.gather(watch(out, telling, f"{task.seed}."), *(caller.run() for caller in callers))


def main() -> None:
    task = Task(**json.load(sys.stdin))
    with Path(task.file).open("w", buffering=1) as out:
        asyncio.run(walk(task, out))


if __name__ == "__main__":
    main()
