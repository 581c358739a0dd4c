"""How the application of machines answers, and what it does with connections instead of Django's signals."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from django.db import connections

from portal.lib.postgres.base import DatabaseWrapper
from portal.machines import Machines, doubt_broken_connections


def environ(path: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }


def asked(path: str) -> tuple[str, dict[str, str], list[bytes]]:
    """Return the status, the headers and the body of an answer, as a web server gets them."""
    said: list[Any] = []

    def start(*head: Any) -> Callable[[bytes], object]:
        said.extend(head)
        return bytearray().extend

    pieces = Machines()(environ(path), start)
    status, headers = said
    return status, dict(headers), pieces


def test_an_answer_is_one_piece() -> None:
    with ThreadPoolExecutor(1) as own_thread:
        status, headers, pieces = own_thread.submit(asked, "/livez").result()
    assert status == "200 OK"
    assert type(pieces) is list, "the web server sends a list at once, and anything else piece by piece"
    assert json.loads(b"".join(pieces))["live"] is True
    assert headers["x-request-id"]


def broken_connection_after_a_request(*, said: bool) -> bool:
    """Whether a thread drops its connection that has ended, at once, when an error told it so."""
    database = cast("DatabaseWrapper", connections["default"])
    database.ensure_connection()
    database.connection.close()
    database.errors_occurred = said
    doubt_broken_connections()
    dropped = database.connection is None
    database.close()
    return dropped


def test_a_connection_that_an_error_ended_is_dropped_before_the_answer(db: None) -> None:
    with ThreadPoolExecutor(1) as own_thread:
        assert own_thread.submit(broken_connection_after_a_request, said=True).result()
        assert not own_thread.submit(broken_connection_after_a_request, said=False).result()
