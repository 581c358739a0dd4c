"""The OpenAPI schema, drawn from the contracts themselves."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import msgspec
from drf_spectacular.openapi import AutoSchema

from wallet.api import contracts

REF = "#/components/schemas/{name}"
REFERENCE = re.compile(REF.format(name="") + r"(\w+)")
PUBLIC_NAMES = {
    "Answered": "Answer",
    "Moved": "TransactionAnswer",
    "BalanceTold": "BalanceAnswer",
    "RolledBack": "RollbackAnswer",
    "LatePayout": "LatePayoutAnswer",
    "RollbackBatch": "RollbackBatchAnswer",
    "LatePayoutBatch": "LatePayoutBatchAnswer",
    "Launched": "LaunchAnswer",
    "StatementTold": "StatementAnswer",
    "Comparison": "ReconciliationRun",
}
OTHER_ANSWERS = {
    "404": "The endpoint does not exist.",
    "405": "The endpoint needs another HTTP method.",
    "413": "The body is too large.",
    "415": "The body has another media type.",
    "429": (
        "Too many requests from this address failed checks 1 to 5. Requests with a valid signature "
        "never get this answer."
    ),
    "500": "Unexpected error. Send the same body again with a new timestamp and signature.",
    "503": (
        "The wallet is busy, not reachable, or did not answer in time. Send the same body again with a new timestamp "
        "and signature: the answer shows the result."
    ),
}


@cache
def _drawn() -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    bodies = (kind for kind in vars(contracts).values() if isinstance(kind, type))
    kinds = {kind for kind in bodies if issubclass(kind, (contracts.Contract, contracts.Answered))}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REF)
    for kind in ordered:
        components[kind.__name__] |= _refused(kind, components[kind.__name__])
    return dict(zip(ordered, schemas, strict=True)), components


def _refused(kind: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """The fields that mark another kind of call, for a machine and for a person."""
    names = getattr(kind, "refuses", ())
    if not names:
        return {}
    listed = ", ".join(f"`{name}`" for name in names)
    sentence = f"Refused fields, because they belong to another type of request: {listed}."
    description = f"{schema.get('description', '')} {sentence}".strip()
    return {"description": description, "not": {"anyOf": [{"required": [name]} for name in names]}}


def schema_of_contract(contract: Any) -> dict[str, Any]:
    return _drawn()[0][contract]


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Spectacular's hook: the contracts' own schemas beside what it found, under names for readers."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    found = {**schemas, **_drawn()[1]}
    result["components"]["schemas"] = {_public_name(name): schema for name, schema in found.items()}
    document = REFERENCE.sub(lambda reference: REF.format(name=_public_name(reference[1])), json.dumps(result))
    named: dict[str, Any] = json.loads(document)
    return named


def _public_name(name: str) -> str:
    return PUBLIC_NAMES.get(name, re.sub("Call$", "Request", name))


class ContractSchema(AutoSchema):
    """Reads a SignedView's `takes` and `gives`."""

    view: Any

    def get_operation_id(self) -> str:
        return type(self.view).__name__[0].lower() + type(self.view).__name__[1:]

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[1]]

    def get_summary(self) -> str:
        return (type(self.view).__doc__ or "").partition("\n")[0]

    def get_description(self, *_: Any) -> str:
        return ""

    def get_auth(self) -> list[dict[str, Any]]:
        """Spectacular would add "or nothing at all"."""
        return [needed for needed in super().get_auth() if needed]

    def get_filter_backends(self) -> list[Any]:
        return []

    def _get_parameters(self) -> list[dict[str, Any]]:
        if self.method != "GET":
            return []
        fields = _drawn()[1][self.view.takes.__name__]
        return [
            {
                "in": "path" if f"{{{name}}}" in self.path else "query",
                "name": name,
                "required": name in fields.get("required", []),
                "schema": schema,
            }
            for name, schema in fields["properties"].items()
        ]

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        if self.method == "GET":
            return None
        schema = schema_of_contract(self.view.takes)
        if self.view.is_batch:
            items = {"type": "array", "minItems": 1, "maxItems": contracts.MAX_BATCH_ITEMS, "items": schema}
            around = _drawn()[1][contracts.BatchCall.__name__]
            schema = around | {"properties": {"transactions": items}}
        content = {kind: {"schema": self._of_media_type(kind, schema)} for kind in self.view.media_types}
        return {"required": True, "content": content}

    def _of_media_type(self, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
        if media_type == "application/json":
            return schema
        return {
            "type": "string",
            "description": (
                "The first line is `#day=2026-01-31`, or with a scope "
                "`#day=2026-01-31;currencies=EUR;part=1/2`. The second line has the column names."
            ),
        }

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        answers = {
            "200": _answer("The request was decided. `status` is the result.", schema_of_contract(self.view.gives))
        }
        return answers | {
            code: _answer(text, schema_of_contract(contracts.Answered)) for code, text in OTHER_ANSWERS.items()
        }


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    request_id = {
        "description": "Request id, which you can search in the request log.",
        "schema": {"type": "string", "format": "uuid"},
    }
    return {
        "description": description,
        "headers": {"x-request-id": request_id},
        "content": {"application/json": {"schema": schema}},
    }
