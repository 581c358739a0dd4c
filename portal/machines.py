"""The application of machines: the signed API and two probes. No page, session, cookie or file is behind it."""

from __future__ import annotations

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse

from portal.health import Probes
from portal.middleware import RequestId
from wallet import statuses
from wallet.api import envelope
from wallet.api.middleware import MachineMiddleware


class Machines(WSGIHandler):
    """Its composition is written here and not in `MIDDLEWARE`, which is the people's."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's own signature
        chain = RequestId(MachineMiddleware(Probes(refuse_address)))
        self._middleware_chain = convert_exception_to_response(chain)


def refuse_address(request: HttpRequest) -> HttpResponse:
    """The envelope of a signed call, and no line in the request log: strangers would fill it."""
    return envelope.refusal_response(statuses.NotFound())
