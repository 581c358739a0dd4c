"""`Authorization: Bearer oppi_mgmt_…`, and how many requests a token and an address may send."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from merchants.models import AccessToken, Person
from merchants.services import access_tokens
from portal.lib.clientip import request_address

log = structlog.get_logger(__name__)
SCHEME = b"bearer"


class TokenAuthentication(BaseAuthentication):
    """One answer for every token that does not work, so that nobody learns why."""

    def authenticate(self, request: Request) -> tuple[Person, AccessToken]:
        parts = get_authorization_header(request).split()
        if len(parts) != len(("Bearer", "token")) or parts[0].lower() != SCHEME:
            raise AuthenticationFailed
        token = access_tokens.find_token(parts[1].decode("ascii", errors="replace"))
        if token is None:
            raise AuthenticationFailed
        access_tokens.note_use(token, address=caller_address(request))
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def caller_address(request: Request) -> str:
    address, _source = request_address(request.META, settings.TRUSTED_PROXIES)
    return str(address or "")


class BoundedRate(SimpleRateThrottle):
    """A limit a minute. Without the cache no request is counted: a key must be revocable then, too."""

    def get_rate(self) -> str:
        return f"{getattr(settings, self.limit)}/min"

    limit: str

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except RedisError as fault:
            log.warning("management.not_counted", fault=str(fault))
            return True


class AddressThrottle(BoundedRate):
    """By the caller's address, before the token is looked at."""

    scope, limit = "management-address", "MANAGEMENT_ADDRESS_REQUESTS_A_MINUTE"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": caller_address(request)}


class TokenThrottle(BoundedRate):
    scope, limit = "management-token", "MANAGEMENT_TOKEN_REQUESTS_A_MINUTE"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}
