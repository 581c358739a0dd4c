"""Runs several programs side by side until told to stop, or until one of them ends by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from portal.tether import tethered

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Coroutine, Mapping, Sequence

    from rich.console import Console

STOP_SECONDS = 15
POLL_SECONDS = 0.05
TOLD = "told to stop"


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str]
    colour: str


async def run_all(
    programs: Sequence[Program],
    environment: Mapping[str, str],
    console: Console,
    watch: Coroutine[None, None, str],
) -> str:
    """The name of what ended first: a program, whatever `watch` returns, or TOLD after SIGINT or SIGTERM."""
    told = asyncio.create_task(stop_signal().wait(), name=TOLD)
    running = [(program, await start(program, environment)) for program in programs]
    watching = asyncio.create_task(watch)
    relays = [asyncio.create_task(relay(program, process, console)) for program, process in running]
    ends = [asyncio.create_task(exited(process), name=program.name) for program, process in running]
    try:
        done, _ = await asyncio.wait((told, watching, *ends), return_when=asyncio.FIRST_COMPLETED)
        if told in done:
            return TOLD
        return watching.result() if watching in done else done.pop().get_name()
    finally:
        watching.cancel()
        told.cancel()
        await asyncio.gather(*(end(process) for _, process in running))
        await asyncio.gather(*relays)


def stop_signal() -> asyncio.Event:
    stopping = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stopping.set)
    return stopping


async def start(program: Program, environment: Mapping[str, str]) -> Process:
    """In a session of its own: Ctrl-C is ours to pass on, and its whole family can be ended together."""
    return await asyncio.create_subprocess_exec(
        *tethered(program.command),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


async def relay(program: Program, process: Process, console: Console) -> None:
    if process.stdout is None:
        return
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:  # longer than the reader holds: that line is lost, the next one is not
            continue
        if not line:
            return
        text = line.decode(errors="replace").rstrip()
        console.print(Text(f"{program.name:>6} │ ", style=program.colour) + Text(text, style="default"), soft_wrap=True)


async def end(process: Process) -> None:
    with suppress(ProcessLookupError, TimeoutError):
        process.terminate()
        await asyncio.wait_for(exited(process), STOP_SECONDS)
    with suppress(ProcessLookupError):  # what is left of its family
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def exited(process: Process) -> None:
    """Not `process.wait()`: that also waits for a grandchild that holds the output open."""
    while process.returncode is None:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
