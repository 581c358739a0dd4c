"""Answers in pieces are made before they are sent; what slow readers can take of a process has a bound."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from merchants.pages.error_pages import refused_download
from portal.lib import downloads
from portal.lib.downloads import AT_ONCE, IN_MEMORY, Downloads, Sending

LARGE = IN_MEMORY // 1000 + 1  # pieces of 1,000 bytes


@pytest.fixture(autouse=True)
def _no_connection_to_look_after() -> Iterator[None]:
    """An answer that is closed ends its request, which looks after the connection that another test has left open. Here
    is no database; Django's own client leaves that out as well.
    """
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


class Served:
    """The application behind the wrapper, and what a web server is given."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make, self.status, self.headers = make, "", dict[str, str]()
        self.application = Downloads(self.django, page=refused_download)

    def django(self, environ: Any, start_response: Any) -> Any:
        response = self.make()
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    def start(self, status: str, headers: list[tuple[str, str]], fault: Any = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, {name.lower(): value for name, value in headers}
        return bytearray().extend

    def ask(self, path: str = "/") -> Any:
        return self.application({"PATH_INFO": path}, self.start)


def pieces(number: int) -> Iterator[bytes]:
    return (b"x" * 1000 for _ in range(number))


def test_what_fits_in_memory_is_given_whole_so_that_no_thread_waits_for_its_reader() -> None:
    served = Served(lambda: StreamingHttpResponse(pieces(5)))
    for _ in range(AT_ONCE * 2):
        assert served.ask() == [b"x" * 5000]
    assert served.status == "200 OK"


def test_a_page_goes_through_as_it_is() -> None:
    page = HttpResponse("Hello")
    assert Served(lambda: page).ask() is page


def test_a_large_one_says_its_size_and_holds_its_place_until_it_is_read() -> None:
    served = Served(lambda: StreamingHttpResponse(pieces(LARGE)))
    sent = [served.ask() for _ in range(AT_ONCE)]
    assert served.headers["content-length"] == str(LARGE * 1000)
    assert b"Too many large files" in served.ask()[0]
    assert (served.status, served.headers["retry-after"]) == ("503 Service Unavailable", "60")
    assert sum(len(piece) for piece in sent[0]) == LARGE * 1000
    sent[0].close()
    sent[0].close()
    sent.append(served.ask())
    assert isinstance(sent[-1], Sending), "its place is free, once"
    assert isinstance(served.ask(), list)


def test_a_refused_file_is_answered_by_a_page_with_a_way_back_and_the_id_of_its_request() -> None:
    told = {"x-request-id": "id-of-the-request", "Content-Security-Policy": "default-src 'none'"}
    served = Served(lambda: StreamingHttpResponse(pieces(LARGE), headers=told))
    sent = [served.ask() for _ in range(AT_ONCE)]
    page = served.ask("/operator/acme/requests/csv/")[0].decode()
    assert served.headers["content-type"] == "text/html; charset=utf-8"
    assert served.headers["content-security-policy"] == "default-src 'none'"
    assert "<main" in page
    assert "The file is not available now" in page
    assert 'href="/operator/">Back to your merchants' in page
    assert 'id="request-id">id-of-the-request<' in page
    for each in sent:
        each.close()


def test_a_reader_that_is_gone_gives_its_place_back_even_if_the_server_forgets_to_say_so() -> None:
    served = Served(lambda: StreamingHttpResponse(pieces(LARGE)))
    for _ in range(AT_ONCE * 2):
        assert isinstance(served.ask(), Sending)


def test_a_table_that_breaks_in_the_middle_is_no_table() -> None:
    def broken() -> Iterator[bytes]:
        yield from pieces(LARGE)
        raise ZeroDivisionError

    served = Served(lambda: StreamingHttpResponse(broken()))
    for _ in range(AT_ONCE * 2):
        with pytest.raises(ZeroDivisionError):
            served.ask()
    assert served.status == ""


def test_what_takes_too_long_to_make_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAKING_SECONDS", -1)
    served = Served(lambda: StreamingHttpResponse(pieces(5)))
    for _ in range(AT_ONCE * 2):
        assert b"Narrow the list" in served.ask()[0]


def test_a_reader_that_takes_too_long_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SENDING_SECONDS", -1)
    sent = Served(lambda: StreamingHttpResponse(pieces(LARGE))).ask()
    with pytest.raises(TimeoutError):
        next(sent)


def test_the_request_is_over_before_a_large_one_is_sent() -> None:
    """Its connection to the database is free for others."""
    made: list[StreamingHttpResponse] = []

    def make() -> StreamingHttpResponse:
        made.append(StreamingHttpResponse(pieces(LARGE)))
        return made[-1]

    sent = Served(make).ask()
    assert isinstance(sent, Sending)
    assert made[0].closed


@pytest.mark.parametrize("number", [5, LARGE])
def test_a_file_is_sent_from_where_it_lies(tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1000 * number)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is no such folder"))
    files = [FileResponse((tmp_path / "file").open("rb")) for _ in range(2)]
    for file in files:
        sent = Served(lambda file=file: file).ask()  # type: ignore[misc]
        assert len(b"".join(sent)) == 1000 * number
        getattr(sent, "close", list)()
        assert file.closed
