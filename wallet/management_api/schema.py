"""The OpenAPI document of the management API: a document of its own, beside that of the signed API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import normalize_result_object, sanitize_result_object
from drf_spectacular.utils import extend_schema

from wallet.management_api.fields import ErrorAnswer

URLCONF = "wallet.management_api.urls"
PREFIX = "/api/management/v1"
REFUSALS = {
    "400": "A value is missing or wrong. `fields` names it.",
    "401": "The token is missing, unknown, expired or revoked.",
    "403": "The token lacks the scope, or its person lacks the right.",
    "404": "The address does not exist, or the token does not reach it.",
    "409": "Refused, and nothing was changed. `code` names the reason.",
    "429": "Too many requests. Wait the number of seconds in `Retry-After`.",
}
TAGS = {
    "merchants": "Merchants that the token reaches",
    "keys": "Auth keys: read, issue, rotate, quarantine, revoke. No answer holds a secret",
    "approvals": "Changes that wait for a second approver: read and decline. They are approved on the pages",
    "allowlist": "IP and domain allowlists: read, test against recent calls, change",
    "players": "Players: block, unblock, limits",
    "games": "Games of a merchant: switch off and on",
    "statements": "Statements: list and upload",
    "reports": "Reconciled days and their breaks",
    "audit": "The history of the merchant",
}
TITLE = "Oppi Games management API"
VERSION = "1.0.0"
DESCRIPTION = (
    "Do by program what the pages do. Send `Authorization: Bearer oppi_mgmt_…` with an API token of the page "
    "“API tokens”. Amounts are integers: real amount × 100000. Moments are ISO 8601 in UTC."
)


class ManagementSchema(AutoSchema):
    """Reads the class docstring as the description; the answers that every endpoint may give are the same."""

    def get_tags(self) -> list[str]:
        tail = self.path.removeprefix(f"{PREFIX}/merchants/{{merchant}}/").removeprefix(f"{PREFIX}/")
        return [tail.split("/")[0]]

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        """`KeyFields` is `Key` for readers."""
        return type(serializer).__name__.removesuffix("Fields")

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        found: dict[str, Any] = super()._get_response_bodies(direction)
        error = self.resolve_serializer(ErrorAnswer, direction).ref
        content = {"application/json": {"schema": error}}
        return found | {code: {"description": text, "content": content} for code, text in REFUSALS.items()}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "wallet.management_api.token_authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token: oppi_mgmt_…"}


def describe[F: Callable[..., Any]](operation_id: str, summary: str, **more: Any) -> Callable[[F], F]:
    """Describe one method of an endpoint, drawn by ManagementSchema and not by the signed API's."""

    def described(method: F) -> F:
        method.kwargs = {"schema": ManagementSchema}  # type: ignore[attr-defined]
        return extend_schema(operation_id=operation_id, summary=summary, **more)(method)

    return described


class ManagementGenerator(SchemaGenerator):
    """Draws this document without the hooks and the texts of the signed API's."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        paths = self.parse(request, public)  # type: ignore[no-untyped-call]
        components = self.registry.build({})
        document = {
            "openapi": "3.1.0",
            "info": {"title": TITLE, "version": VERSION, "description": DESCRIPTION},
            "servers": [{"url": settings.BASE_URL}],
            "tags": [{"name": name, "description": f"{text}."} for name, text in TAGS.items()],
            "paths": paths,
            "components": components,
        }
        drawn: dict[str, Any] = sanitize_result_object(normalize_result_object(document))  # type: ignore[no-untyped-call]
        return drawn


def management_schema() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return ManagementGenerator(urlconf=URLCONF).get_schema(public=True)  # type: ignore[no-untyped-call]
