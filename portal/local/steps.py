"""What is done once at a start, each step shown with the time it took."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from portal.lib.ends_with_parent import tethered_command
from portal.local.checkout_lock import CHECKOUT
from portal.local.checkout_settings import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

SHOWN_CHARACTERS = 90


@contextmanager
def step(console: Console, name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    console.print(f"[green]✓[/] {name} [dim]{time.monotonic() - started:.1f} s[/]")


def run_command(console: Console, environment: Mapping[str, str], *arguments: str) -> None:
    """Shows what the command says while it works, and all of it when it fails."""
    name = " ".join(arguments)
    said: list[str] = []
    with (
        step(console, name),
        console.status(name) as status,
        managed_command(environment, arguments) as process,
    ):
        for line in process.stdout or ():
            said.append(line)
            status.update(f"{name}  [dim]{line.strip()[:SHOWN_CHARACTERS]}[/]")
        if process.wait():
            console.print("".join(said), markup=False, soft_wrap=True)
            raise CannotStart(f"manage.py {name} failed. Its output is above.")


@contextmanager
def managed_command(environment: Mapping[str, str], arguments: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        tethered_command([sys.executable, "manage.py", *arguments]),
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        except BaseException:  # told to stop in the middle: do not wait for it to finish its work
            process.terminate()
            raise
