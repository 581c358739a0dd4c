"""`check --deploy` asks the portal behind its proxy whether headers with underscores arrive there."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from portal.checks import proxy_drops_underscored_headers
from portal.local.ports import free_port
from tests.plugins.live import Live


class Deaf(BaseHTTPRequestHandler):
    """A portal to which the header never came."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def behind_a_good_proxy() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Deaf) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def found(settings: Any, url: str) -> list[str | None]:
    settings.PRODUCTION, settings.BASE_URL = True, url
    return [message.id for message in proxy_drops_underscored_headers(None)]


def test_headers_that_arrive_are_warned_of(live: Live, settings: Any) -> None:
    assert found(settings, live.base_url) == ["portal.W001"]


def test_headers_that_are_dropped_are_fine(behind_a_good_proxy: str, settings: Any) -> None:
    assert found(settings, behind_a_good_proxy) == []


def test_a_portal_that_is_away_is_no_warning(settings: Any) -> None:
    assert found(settings, f"http://127.0.0.1:{free_port()}") == ["portal.I001"]
