"""What `manage.py check --deploy` finds out about the proxy in front of a production portal."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Info, Warning  # noqa: A004 - Django's names

from portal.middleware import PROBE

SECONDS = 3
# One to a WSGI application with `X-Portal-Probe`, and another header to the proxy: it must be dropped on the way.
UNDERSCORED = "X_Portal_Probe"


def register() -> None:
    checks.register(proxy_drops_underscored_headers, "proxy", deploy=True)


def proxy_drops_underscored_headers(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Ask the portal at BASE_URL whether a header with underscores in its name arrives there."""
    if not settings.PRODUCTION:
        return []
    try:
        arrives = probe(settings.BASE_URL)
    except (OSError, http.client.HTTPException) as away:
        return [Info(f"BASE_URL was not tested for headers with underscores: {away}.", id="portal.I001")]
    if not arrives:
        return []
    return [
        Warning(
            "The proxy forwards headers with underscores in their names.",
            hint=(
                "A caller can then send X_Forwarded_For and choose the address that allowlists check. Drop "
                "such headers at the proxy (nginx: underscores_in_headers off)."
            ),
            id="portal.W001",
        )
    ]


def probe(url: str) -> bool:
    """Return whether a header with underscores reaches the application. Raises OSError when nobody answers."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"{parts.path}/healthz", headers={UNDERSCORED: "1"})
        return connection.getresponse().getheader(PROBE) is not None
    finally:
        connection.close()
