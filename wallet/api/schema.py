"""The OpenAPI schema, drawn from the contracts themselves."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import msgspec
from drf_spectacular.openapi import AutoSchema

from wallet import statuses
from wallet.api import contracts
from wallet.api.endpoint_guides import GUIDES, EndpointGuide
from wallet.api.envelope import envelope

REF = "#/components/schemas/{name}"
REFERENCE = re.compile(REF.format(name="") + r"(\w+)")
STATUS = "Status"
# Under which names integrators and their generated clients know our classes.
PUBLIC_NAMES = {
    "Answered": "Answer",
    "Moved": "TransactionAnswer",
    "RolledBack": "RollbackItemAnswer",
    "LatePayout": "LatePayoutItemAnswer",
    "RollbackBatch": "RollbackAnswer",
    "LatePayoutBatch": "LatePayoutsAnswer",
    "Launched": "LaunchAnswer",
    "Comparison": "ReconciliationRun",
    "SessionPage": "SessionsAnswer",
    "Page_SessionRow_": "SessionList",
    "SessionRow": "Session",
    "RoundPage": "RoundsAnswer",
    "Page_RoundRow_": "RoundList",
    "RoundRow": "Round",
    "GamePage": "GamesAnswer",
    "Page_GameRow_": "GameList",
    "GameRow": "Game",
    "DayPage": "ReconciledDaysAnswer",
    "Page_DayRow_": "ReconciledDayList",
    "DayRow": "ReconciledDay",
    "BreakPage": "BreaksAnswer",
    "Page_BreakRow_": "BreakList",
    "BreakRow": "Break",
    "BreakSum": "BreakTotal",
    "StatementLine": "StatementTransaction",
}
TOO_OFTEN = (
    "Too many requests from this address failed checks 1 to 5. Requests with a valid signature never get this answer."
)
NOT_DECIDED: dict[str, tuple[str, type[statuses.CallRefused]]] = {
    "404": ("The endpoint does not exist.", statuses.NotFound),
    "405": ("The endpoint needs another HTTP method.", statuses.MethodNotAllowed),
    "413": ("The body is too large.", statuses.BodyTooLarge),
    "415": ("The body has another media type.", statuses.UnsupportedMediaType),
    "429": (TOO_OFTEN, statuses.RefusedTooOften),
    "500": ("Unexpected error. Send the same body again with a new timestamp and signature.", statuses.Undecided),
    "503": (
        (
            "The wallet is busy, not reachable, or did not answer in time. Send the same body again with a new "
            "timestamp and signature: the answer shows the result."
        ),
        statuses.Overloaded,
    ),
}
REQUEST_ID = {
    "description": "Request id, which you can search in the request log.",
    "schema": {"type": "string", "format": "uuid"},
}


@cache
def _drawn() -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    bodies = (kind for kind in vars(contracts).values() if isinstance(kind, type))
    kinds = {kind for kind in bodies if issubclass(kind, (contracts.Contract, contracts.Answered))}
    ordered = sorted(kinds, key=lambda kind: kind.__name__)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REF)
    for kind in ordered:
        components[kind.__name__] |= _refused(kind, components[kind.__name__])
    for component in components.values():
        component.pop("title", None)  # the name of our class
        if "status" in component.get("properties", {}) and "enum" in component["properties"]["status"]:
            component["properties"]["status"] = {"$ref": REF.format(name=STATUS)}
    return dict(zip(ordered, schemas, strict=True)), components


def _refused(kind: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """The fields that mark another kind of call, for a machine and for a person."""
    names = getattr(kind, "refuses", ())
    if not names:
        return {}
    listed = ", ".join(f"`{name}`" for name in names)
    sentence = f"Refused fields, because they belong to another type of request: {listed}."
    description = f"{schema.get('description', '')} {sentence}".strip()
    return {"description": description, "propertyNames": {"not": {"enum": list(names)}}}


def schema_of_contract(contract: Any) -> dict[str, Any]:
    return _drawn()[0][contract]


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Spectacular's hook: the contracts' own schemas beside what it found, under names for readers."""
    components = result.setdefault("components", {})
    schemas = {**components.get("schemas", {}), **_drawn()[1], STATUS: _status_schema()}
    used = _reachable(result["paths"], schemas)
    components["schemas"] = {_public_name(name): schemas[name] for name in sorted(used, key=_public_name)}
    document = REFERENCE.sub(lambda reference: REF.format(name=_public_name(reference[1])), json.dumps(result))
    named: dict[str, Any] = json.loads(document)
    return named


def _status_schema() -> dict[str, Any]:
    guides = statuses.status_guides()
    rows = "\n".join(f"| `{guide.key}` | {guide.meaning} | {guide.advice} |" for guide in guides)
    return {
        "type": "string",
        "enum": [guide.key for guide in guides],
        "description": f"| status | meaning | what the caller does |\n| --- | --- | --- |\n{rows}",
    }


def _reachable(paths: Any, schemas: dict[str, Any]) -> set[str]:
    """Return the names of the schemas that the paths use, themselves or through others."""
    found, new = set[str](), set(REFERENCE.findall(json.dumps(paths)))
    while new:
        found |= new
        new = {name for each in new for name in REFERENCE.findall(json.dumps(schemas[each]))} - found
    return found


def _public_name(name: str) -> str:
    return PUBLIC_NAMES.get(name, re.sub("Call$", "Request", name))


class ContractSchema(AutoSchema):
    """Reads a SignedView's `takes` and `gives`."""

    view: Any

    @property
    def guide(self) -> EndpointGuide:
        return GUIDES[self.path]

    def get_operation_id(self) -> str:
        return self.guide.operation_id

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[1]]

    def get_summary(self) -> str:
        return (type(self.view).__doc__ or "").partition("\n")[0]

    def get_description(self, *_: Any) -> str:
        return self.guide.description

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
                **_example(self.guide.request, name),
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
        content["application/json"]["example"] = self.guide.request
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
        decided = _answer("The request was decided. `status` is the result.", schema_of_contract(self.view.gives))
        decided["content"]["application/json"]["examples"] = {
            "accepted": {"summary": "Accepted", "value": self.guide.answer},
            "refused": {"summary": "Refused", "value": envelope(statuses.SignatureNotMatch())},
        }
        return {"200": decided} | {code: _not_decided(*told) for code, told in NOT_DECIDED.items()}


def _example(request: dict[str, Any], name: str) -> dict[str, Any]:
    return {"example": request[name]} if name in request else {}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": description,
        "headers": {"x-request-id": REQUEST_ID},
        "content": {"application/json": {"schema": schema}},
    }


def _not_decided(description: str, refusal: type[statuses.CallRefused]) -> dict[str, Any]:
    answer = _answer(description, schema_of_contract(contracts.Answered))
    answer["content"]["application/json"]["example"] = envelope(refusal())
    return answer
