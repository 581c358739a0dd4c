"""A connection that never waits past the deadline of the request, whatever server or network do.

`statement_timeout` and `lock_timeout` are promises of the server. They cover neither a frozen server nor a commit that
waits for its disk or its synchronous standby. So the wait itself is limited, on our side of the socket. After the
deadline the socket is closed, because a connection with half an answer must not serve another request.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, Self

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import Diagnostic, _WaitTimeout
from psycopg.pq import TransactionStatus

from portal.lib import deadline

INTERVAL_SECONDS = 0.1  # psycopg's own: how often it looks for Ctrl-C


class StatementNotSent(psycopg.OperationalError):
    """The deadline passed, or the database is down, before a statement was sent."""


class StatementUnanswered(psycopg.OperationalError):
    """A statement was sent, and the answer did not come in time; its outcome is unknown."""


class NotReplicated(StatementUnanswered):
    """The server stopped waiting for its standby: it committed, but not as durably as the installation promises."""


class NotCommitted(StatementUnanswered):
    """The server answered, and waits for a commit that nobody would send."""


class Connection(psycopg.Connection[Any]):
    """`longest_wait` limits each wait without a deadline, in seconds; None: no limit."""

    longest_wait: float | None = None
    doubt: Callable[[], None] | None = None  # called when an answer is half as late as it may be
    replication_cancelled = False

    @classmethod
    def connect(cls, conninfo: str = "", **options: Any) -> Self:
        """Make a connection, within the time that the request has left."""
        seconds = deadline.seconds_left()
        made = cls._connect_now(conninfo, **options) if seconds is None else cls._connect_in(seconds, conninfo, options)
        made.add_notice_handler(made._hear)  # noqa: SLF001 - its own
        return made

    @classmethod
    def _connect_now(cls, conninfo: str, **options: Any) -> Self:
        return super().connect(conninfo, **options)

    @classmethod
    def _connect_in(cls, seconds: float, conninfo: str, options: dict[str, Any]) -> Self:
        """In a thread of its own: the look-up of a host's name can be interrupted by nobody."""
        future = Future[Self]()

        def connect() -> None:
            try:
                future.set_result(cls._connect_now(conninfo, **options))
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is the waiter's
                future.set_exception(fault)

        Thread(target=connect, name="connect", daemon=True).start()
        try:
            return future.result(max(seconds, 0))
        except TimeoutError:
            future.add_done_callback(cls._close_unwanted)
            raise StatementNotSent("The connection was not made in time.") from None

    @classmethod
    def _close_unwanted(cls, future: Future[Self]) -> None:
        if future.exception() is None:
            future.result().close()

    def wait[Result](
        self, gen: PQGen[Result], interval: float = INTERVAL_SECONDS, timeout: float | None = None
    ) -> Result:
        seconds = deadline.seconds_left()
        if seconds is None:
            seconds = self.longest_wait
        if seconds is None or timeout is not None:
            result = super().wait(gen, interval, timeout)
        else:
            result = self._wait_in(seconds, gen, interval)
        if self.replication_cancelled:
            self.close()
            raise NotReplicated("The wait for the synchronous standby was cancelled.")
        return result

    def _wait_in[Result](self, seconds: float, gen: PQGen[Result], interval: float) -> Result:
        if seconds <= 0:
            if self.info.transaction_status != TransactionStatus.IDLE:
                self.close()
            raise StatementNotSent("No time was left to ask the database.")
        try:
            return super().wait(gen, interval, seconds / 2)
        except _WaitTimeout:
            if self.doubt is not None:
                self.doubt()
        try:
            return super().wait(gen, interval, seconds / 2)
        except _WaitTimeout:
            self.give_up()
            raise StatementUnanswered("The database did not answer in time.") from None

    def give_up(self) -> None:
        """Close the socket. The server may go on. A commit is not cancelled, because it would be visible too early."""
        self.close()

    def _hear(self, notice: Diagnostic) -> None:
        """A cancelled wait for the standby is reported as success, with a warning in the server's language."""
        if notice.source_function == "SyncRepWaitForLSN":
            self.replication_cancelled = True


def is_certain(fault: BaseException) -> bool:
    """Return whether it is certain that nothing was done: the server said so, or no statement was sent.

    The server says so with a code, unless it was shutting down (class 57P), when the commit may have been under way.
    """
    cause = fault.__cause__
    if not isinstance(cause, psycopg.Error) or isinstance(cause, StatementNotSent):
        return True
    return cause.sqlstate is not None and not cause.sqlstate.startswith("57P")
