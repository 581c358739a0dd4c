"""Answers in pieces, completed before they are sent, so that a slow reader holds neither a database nor a thread for
long.

A web server that iterates over an answer keeps a thread until the last piece is read. An answer that fits in memory is
therefore given to the server whole. Larger answers are sent from a file, few at a time and for a limited time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from tempfile import SpooledTemporaryFile
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

IN_MEMORY = 4 * 1024 * 1024
AT_ONCE = 4  # that a process makes or sends from a file, with four of its eight threads
MAKING_SECONDS = 60  # within it a page's table is written; what takes longer is a job's
SENDING_SECONDS = 600
PIECE = 64 * 1024
KEPT_HEADERS = {"content-security-policy", "x-request-id", "x-frame-options", "referrer-policy"}
type RefusalPage = Callable[[str, str, str], str]


class DownloadRefused(Exception):
    """The file cannot be sent now. The text is for the person who waits."""


class Busy(DownloadRefused):
    def __init__(self) -> None:
        super().__init__(_("Too many large files are being downloaded now. Try again in a few minutes."))


class TooLong(DownloadRefused):
    def __init__(self) -> None:
        super().__init__(_("The preparation of this file takes too long. Narrow the list, then try again."))


class Downloads:
    """WSGI middleware in front of the people's application. `page`: returns the HTML that is sent when a file is
    refused, of the path, the sentence and the request id. `at_once`: large answers of a process at the same time.
    """

    def __init__(self, application: WSGIApplication, *, page: RefusalPage, at_once: int = AT_ONCE) -> None:
        self.application, self.page, self.slots = application, page, threading.BoundedSemaphore(at_once)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        head = DownloadHead()
        answer: Any = self.application(environ, head)
        try:
            body = self.body(answer) if isinstance(answer, StreamingHttpResponse) else answer
        except DownloadRefused as why:
            return self.refuse(environ, start_response, head, str(why))
        if isinstance(body, Sending):
            head.say_size(body.size)
        start_response(head.status, head.headers)
        return body

    def refuse(
        self, environ: WSGIEnvironment, start_response: StartResponse, head: DownloadHead, sentence: str
    ) -> list[bytes]:
        """Answer 503 with a page, under the policy and the request id of the answer that it stands for."""
        kept = [(name, value) for name, value in head.headers if name.lower() in KEPT_HEADERS]
        request_id = next((value for name, value in kept if name.lower() == "x-request-id"), "")
        html = self.page(environ.get("PATH_INFO", "/"), sentence, request_id).encode()
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(html)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Retry-After": "60",
        }
        start_response("503 Service Unavailable", [*kept, *headers.items()])
        return [html]

    def body(self, answer: StreamingHttpResponse) -> Iterable[bytes]:
        """Return the pieces of an answer: in memory, or as Sending. Raises DownloadRefused."""
        size = answer.headers.get("Content-Length", "")
        if not isinstance(answer, FileResponse) or not size.isdecimal():
            with closing(answer):
                return self.make_whole(answer)
        if int(size) > IN_MEMORY:
            return Sending(self.slot(), answer, int(size))
        with closing(answer):
            return [b"".join(answer)]

    def make_whole(self, answer: Iterable[bytes]) -> Iterable[bytes]:
        """Return the completed answer. A slot is taken first, so that no file is made that cannot be sent."""
        with ExitStack() as stack:
            release = self.slot()
            stack.callback(release)
            file: IO[bytes] = stack.enter_context(SpooledTemporaryFile(IN_MEMORY))
            ends = monotonic() + MAKING_SECONDS
            for piece in answer:
                file.write(piece)
                check_time(ends)
            size = file.tell()
            file.seek(0)
            if size <= IN_MEMORY:
                return [file.read()]
            stack.pop_all()
            return Sending(release, File(file), size)

    def slot(self) -> Callable[[], None]:
        if not self.slots.acquire(blocking=False):
            raise Busy
        return self.slots.release


def check_time(ends: float) -> None:
    """Raise TooLong after the moment `ends`."""
    if monotonic() > ends:
        raise TooLong


class DownloadHead:
    """Status and headers, kept until the form of the body is known."""

    status = ""
    headers: list[tuple[str, str]]

    def __call__(self, status: str, headers: list[tuple[str, str]], fault: Any = None, /) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return bytearray().extend

    def say_size(self, size: int) -> None:
        """Set the size, so that a reader can detect a broken download."""
        others = [(name, value) for name, value in self.headers if name.lower() != "content-length"]
        self.headers = [*others, ("Content-Length", str(size))]


class File:
    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.close = file, file.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(PIECE), b"")


class Sending:
    """A file that is being sent. It holds a slot until the end, or until it is too late; then the connection ends
    early.
    """

    def __init__(self, release: Callable[[], None], pieces: Any, size: int) -> None:
        self.release: Callable[[], None] | None = release
        self.pieces, self.size, self.ends = pieces, size, monotonic() + SENDING_SECONDS
        self.each: Iterator[bytes] = iter(pieces)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if monotonic() > self.ends:
            self.close()
            raise TimeoutError
        return next(self.each)

    def close(self) -> None:
        """Free the slot. Web servers call it however the sending ended."""
        release, self.release = self.release, None
        if release is not None:
            self.pieces.close()
            release()

    __del__ = close
