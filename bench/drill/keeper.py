"""A server that is supervised alone: whenever it ends it is started again, and nobody else is touched."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

import psutil

from bench.drill.traffic import until
from portal.local.embedded import Server, ServerFault

LOOK_SECONDS = 0.02
PAUSE_SECONDS = 0.2  # after a start that failed
START_SECONDS = 120


class Kept:
    """`start` is called in a thread of its own, since a child ends with the thread that started it."""

    def __init__(self, name: str, start: Callable[[], AbstractContextManager[Server]]) -> None:
        self.name, self.start, self.fault, self.is_lost = name, start, "", False
        self.starts = 0
        self._server: Server | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def server(self) -> Server:
        until(f"{self.name} to run ({self.fault})", lambda: self._server is not None, START_SECONDS)
        if self._server is None:
            raise ServerFault(f"{self.name} does not run.")
        return self._server

    @property
    def family(self) -> list[psutil.Process]:
        """The process and all that it has started, itself first."""
        return family(self.server.process.pid)

    def _run(self) -> None:
        while not self._end.is_set() and not self.is_lost:
            try:
                with self.start() as server:
                    self._server, self.starts = server, self.starts + 1
                    while server.process.poll() is None and not self._end.wait(LOOK_SECONDS):
                        pass
                    self._server = None
            except (ServerFault, OSError) as fault:
                self.fault = str(fault)
                self._end.wait(PAUSE_SECONDS)

    def begin(self) -> None:
        self._thread.start()

    def lose(self) -> None:
        """Kill it, and start it no more: its host is gone."""
        self.is_lost = True
        kill(self.family)

    def end(self) -> None:
        self._end.set()
        if self._server is not None:
            for process in family(self._server.process.pid):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGCONT)
        self._thread.join(START_SECONDS)


@contextmanager
def kept(name: str, start: Callable[[], AbstractContextManager[Server]]) -> Iterator[Kept]:
    keeper = Kept(name, start)
    keeper.begin()
    try:
        yield keeper
    finally:
        keeper.end()


def family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def send(processes: Sequence[psutil.Process], word: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(word)


def kill(processes: Sequence[psutil.Process]) -> None:
    """At once, as the kernel does when memory is short."""
    send(processes, signal.SIGKILL)


@contextmanager
def frozen(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """They stand still, as on a host whose hypervisor hangs. The kernel still takes what is sent."""
    send(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        send(processes, signal.SIGCONT)
