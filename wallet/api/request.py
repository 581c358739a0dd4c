from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from wallet.api.uploads import Upload
from wallet.services.log.request_log import LogLine


class SignedHttpRequest(HttpRequest):
    """A request of a machine, with what the middleware adds to it."""

    request_id: Any
    raw: bytes
    upload: Upload | None = None  # a body that is too large to be held
    fields: dict[str, Any]
    line: LogLine
