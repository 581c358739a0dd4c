from __future__ import annotations

import hashlib
import hmac
import time

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from bench.yardstick.models import Merchant

WINDOW_MS = 300_000


class SignatureAuthentication(BaseAuthentication):
    """The same check as the portal's: key known, clock near, HMAC over the raw body and the timestamp."""

    def authenticate(self, request: Request) -> tuple[Merchant, None]:
        timestamp = request.headers.get("x-timestamp", "")
        merchant = Merchant.objects.filter(auth_key=request.headers.get("x-api-key", ""), is_active=True).first()
        if merchant is None:
            raise AuthenticationFailed("unknown key")
        if not timestamp.isdecimal() or abs(time.time() * 1000 - int(timestamp)) > WINDOW_MS:
            raise AuthenticationFailed("signature expired")
        signed = request.body + b"|" + timestamp.encode()
        expected = hmac.new(merchant.secret.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers.get("x-signature", "")):
            raise AuthenticationFailed("signature does not match")
        return merchant, None
