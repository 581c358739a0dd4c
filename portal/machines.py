"""The application of machines: the signed API and two probes. No page, session, cookie or file is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import close_old_connections, connections
from django.http import HttpRequest, HttpResponse

from portal.health import Probes
from portal.lib.postgres.base import DatabaseWrapper
from portal.middleware import RequestId
from wallet import statuses
from wallet.api import envelope
from wallet.api.middleware import MachineMiddleware

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class Machines(WSGIHandler):
    """Its composition is written here and not in `MIDDLEWARE`, which is the people's.

    Of Django's signals around a request only the care for connections matters here. It is called directly: the signals
    cost more (docs/performance.md). An answer is one list, which the web server sends in one piece.
    """

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:  # type: ignore[override]
        close_old_connections()
        try:
            response = cast("HttpResponse", self.get_response(WSGIRequest(environ)))
        finally:
            doubt_broken_connections()
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        chain = RequestId(MachineMiddleware(Probes(refuse_address)))
        self._middleware_chain = convert_exception_to_response(chain)


def refuse_address(request: HttpRequest) -> HttpResponse:
    """The envelope of a signed call, and no line in the request log: strangers would fill it."""
    return envelope.refusal_response(statuses.NotFound())


def doubt_broken_connections() -> None:
    """Let other threads know of a database that closed a connection. An open one is looked at by the next request."""
    for database in cast("list[DatabaseWrapper]", connections.all(initialized_only=True)):
        if database.errors_occurred and database.is_closed():
            database.close_if_unusable_or_obsolete()
