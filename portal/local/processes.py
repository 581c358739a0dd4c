"""Runs several programs side by side until told to stop, or until one of them ends by itself."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from portal.lib.ends_with_parent import tethered_command

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from rich.console import Console

STOP_SECONDS = 15
POLL_SECONDS = 0.05
TOLD = "told to stop"


@dataclass(frozen=True)
class Program:
    name: str
    command: Sequence[str]
    colour: str
    late: bool = False
    """Waits until the others are ready, to leave them the processors."""


async def run_all(
    programs: Sequence[Program],
    environment: Mapping[str, str],
    console: Console,
    watch: Callable[[asyncio.Event], Coroutine[None, None, str]],
) -> str:
    """The name of what ended first: a program, whatever `watch` returns, or TOLD after SIGINT or SIGTERM.

    `watch` is handed the event that lets the late programs start.
    """
    ready = asyncio.Event()
    told = asyncio.create_task(stop_signal(), name=TOLD)
    tasks = [asyncio.create_task(run(program, environment, console, ready)) for program in programs]
    tasks += [told, asyncio.create_task(watch(ready))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return (told if told in done else done.pop()).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def run(program: Program, environment: Mapping[str, str], console: Console, ready: asyncio.Event) -> str:
    """Its name, once it has ended. When cancelled, ends it."""
    if program.late:
        await ready.wait()
    process = await start(program, environment)
    relaying = asyncio.create_task(relay_signals(program, process, console))
    try:
        await await_exit(process)
    finally:
        await end_process(process)
        await relaying
    return program.name


async def stop_signal() -> str:
    stopping = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stopping.set)
    await stopping.wait()
    return TOLD


async def start(program: Program, environment: Mapping[str, str]) -> Process:
    """In a session of its own: Ctrl-C is ours to pass on, and its whole family can be ended together."""
    return await asyncio.create_subprocess_exec(
        *tethered_command(program.command),
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


async def relay_signals(program: Program, process: Process, console: Console) -> None:
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


async def end_process(process: Process) -> None:
    with suppress(ProcessLookupError, TimeoutError):
        process.terminate()
        await asyncio.wait_for(await_exit(process), STOP_SECONDS)
    with suppress(ProcessLookupError):  # what is left of its family
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def await_exit(process: Process) -> None:
    """Not `process.wait()`: that also waits for a grandchild that holds the output open."""
    while process.returncode is None:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
