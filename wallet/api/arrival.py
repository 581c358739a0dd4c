"""When a call arrived: what it waited in the queue of the web server is seen by nobody but the proxy in front of it."""

from __future__ import annotations

import re
from time import time

from django.conf import settings

from wallet import statuses
from wallet.api.request import SignedHttpRequest

HEADER = "HTTP_X_REQUEST_START"
SECONDS_SINCE_1970 = re.compile(r"(?:t=)?([0-9]{10}\.[0-9]{3,6})", re.ASCII)  # as nginx has it in $msec
LONGEST_BELIEVED = 10.0  # a clock that is further off tells nothing
LATEST_START = 0.75  # of the time for an answer; who begins later would answer a caller that is about to give up


def seconds_left(request: SignedHttpRequest) -> float:
    """Return how long the answer may still take. Raises Overloaded when the call has waited too long already."""
    waited = seconds_waited(request)
    if waited > settings.ANSWER_SECONDS * LATEST_START:
        raise statuses.Overloaded
    return settings.ANSWER_SECONDS - waited


def seconds_waited(request: SignedHttpRequest) -> float:
    """Return what a trusted proxy says; 0 without one. Its clock and ours are taken for the same."""
    if request.line.address_source != "x-forwarded-for":
        return 0.0
    found = SECONDS_SINCE_1970.fullmatch(request.META.get(HEADER, ""))
    waited = time() - float(found[1]) if found else 0.0
    return waited if 0 < waited < LONGEST_BELIEVED else 0.0
