"""Who signed? A thin coat of DRF over `services.signed`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from portal.lib.clientip import request_address
from wallet.api.request import SignedHttpRequest
from wallet.ledger.ledger import Caller
from wallet.services.calls import signed
from wallet.services.log.request_log import LogLine

HEADER_NAMES = {f"HTTP_{name.upper().replace('-', '_')}": name for name in (*signed.HEADERS, "origin")}


def caller_address(request: HttpRequest) -> tuple[Any, str]:
    return request_address(request.META, settings.TRUSTED_PROXIES)


def signed_call(request: SignedHttpRequest) -> signed.Signed:
    meta, line = request.META, request.line
    headers = {name: meta[key] for key, name in HEADER_NAMES.items() if key in meta}
    body = request.raw if request.upload is None else request.upload.signed
    return signed.Signed(headers, body, line.address, line.request_id)


class SignatureAuthentication(BaseAuthentication):
    """Raises `statuses.Refusal`, not DRF's exceptions: the door is the one place that answers refusals."""

    def authenticate(self, request: SignedHttpRequest, *, fresh: bool = False) -> tuple[None, Caller]:  # type: ignore[override]
        line: LogLine = request.line
        caller = signed.judge_call(signed_call(request), fresh=fresh)
        line.merchant_id, line.secret_id = caller.merchant_id, caller.secret_id
        return None, caller


class SignatureScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = SignatureAuthentication
    name = ["authKey", "signature", "timestamp"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        texts = {
            "x-api-key": "The auth key.",
            "x-signature": "Lower-case hex HMAC-SHA256 with the secret key over the raw body, `|` and the timestamp.",
            "x-timestamp": "Unix time in milliseconds, exactly as signed.",
        }
        return [{"type": "apiKey", "in": "header", "name": name, "description": text} for name, text in texts.items()]
