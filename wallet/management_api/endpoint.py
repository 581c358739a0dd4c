"""What every endpoint of the management API shares: who calls, what the token allows, and how it is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import models, transaction
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed, ParseError
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from merchants import access
from merchants.access import Scope, Visit
from merchants.models import AccessToken, Person
from merchants.services import access_tokens, history
from portal.lib import numbers
from wallet.management_api.errors import error_response
from wallet.management_api.schema import ManagementSchema
from wallet.management_api.token_authentication import (
    AddressThrottle,
    TokenAuthentication,
    TokenThrottle,
    caller_address,
)

READS = {"GET", "HEAD"}


class BoundedJson(JSONParser):
    """JSON of at most MAX_BATCH_BODY_BYTES, nested as deep as Python reads."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.MAX_BATCH_BODY_BYTES + 1)
        if len(raw) > settings.MAX_BATCH_BODY_BYTES:
            raise RequestDataTooBig
        try:
            return super().parse(BytesIO(raw), media_type, parser_context)
        except RecursionError as fault:
            raise ParseError from fault


class ManagementView(APIView):
    """An endpoint below a merchant. `scopes`: what a token needs, by method; a method without one is refused.

    All that a request changes is one transaction, in the history by the token's person with the token's name.
    """

    authentication_classes = [TokenAuthentication]
    throttle_classes = [TokenThrottle]
    renderer_classes = [JSONRenderer]
    parser_classes = [BoundedJson]
    schema = ManagementSchema()

    http_method_names = ["get", "head", "post", "put"]
    scopes: Mapping[str, Scope] = {}
    request: Request
    is_writing = False  # in a transaction of its own

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.context_stack:
            return super().dispatch(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        return error_response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        throttle = AddressThrottle()
        if not throttle.allow_request(request, self):
            self.throttled(request, throttle.wait() or 1.0)
        super().initial(request, *args, **kwargs)
        token, person = self.token, self.token.person
        self.context_stack.enter_context(
            history.act_as(
                door=f"API token “{token.name}”", person=person, address=caller_address(request), token=str(token.pk)
            )
        )
        if request.method not in READS:
            self.context_stack.enter_context(transaction.atomic())
            self.is_writing = True
            self.hold_token()

    def hold_token(self) -> None:
        """Keep the token as it is until the deed is done. Raises AuthenticationFailed if it ended while the body was on
        its way: whoever sends slowly does not act after a revocation.
        """
        _ = self.request.data  # arrives here, and not after the check
        self.request.auth = access_tokens.lock_token(self.token)
        if self.request.auth is None:
            raise AuthenticationFailed

    def handle_exception(self, exc: Exception) -> Response:
        if self.is_writing:
            transaction.set_rollback(True)
        return super().handle_exception(exc)

    @property
    def token(self) -> AccessToken:
        found: Any = self.request.auth
        assert isinstance(found, AccessToken)  # noqa: S101 - initial() has authenticated
        return found

    @property
    def person(self) -> Person:
        return self.token.person

    def visit(self, merchant: str) -> Visit:
        """Return the visit of this request. Raises Http404 and PermissionDenied."""
        method = "GET" if self.request.method in READS else str(self.request.method)
        scope = self.scopes[method]
        return access.load_visit_by_token(self.token, merchant, scope)

    def body(self, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """Return the checked body. Raises ValidationError."""
        form = kind(data=self.request.data)
        form.is_valid(raise_exception=True)
        found: dict[str, Any] = form.validated_data
        return found

    def query(self, kind: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        form = kind(data=self.request.query_params)
        form.is_valid(raise_exception=True)
        found: dict[str, Any] = form.validated_data
        return found


def page_of(rows: models.QuerySet[Any], asked: Mapping[str, Any]) -> tuple[Sequence[Any], str | None]:
    """Return one page of rows, newest first by primary key, and the cursor of the next one."""
    limit, before = asked["limit"], numbers.parse_row_id(asked.get("cursor") or "")
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: limit + 1])
    return found[:limit], str(found[limit - 1].pk) if len(found) > limit else None
