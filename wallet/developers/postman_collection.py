"""The signed API as a collection for Postman, made from the OpenAPI document. A script in it signs each request."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from wallet.api import endpoint_guides
from wallet.api.endpoint_guides import GUIDES
from wallet.api.schema_page import schema_document

FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
SCRIPTS = Path(__file__).parent / "postman_scripts"
FOLDERS = ("game", "wallet", "reconciliation")  # a session is opened before it is played in
# The examples' ids are variables, so that a reader sets them once; the answers set the last two.
VARIABLES = {
    "gameId": endpoint_guides.GAME_ID,
    "playerId": endpoint_guides.PLAYER_ID,
    "sessionId": endpoint_guides.SESSION_ID,
    "statementId": endpoint_guides.STATEMENT_ID,
}
TO_FILL_IN = ("authKey", "secretKey")
DESCRIPTION = (
    "Set the variables authKey and secretKey to those of a test key, and gameId to a game of yours. A script signs "
    "each request. Keep the secret key in an environment of your own, and never share it with the collection."
)


@cache
def postman_collection() -> dict[str, Any]:
    """Return the collection in Postman's format 2.1. Its requests are the examples of the API docs."""
    document = schema_document()
    known = {"baseUrl": document["servers"][0]["url"]} | dict.fromkeys(TO_FILL_IN, "") | VARIABLES
    return {
        "info": {"name": document["info"]["title"], "description": DESCRIPTION, "schema": FORMAT},
        "variable": [{"key": name, "value": value, "type": "string"} for name, value in known.items()],
        "event": [_event("prerequest", "sign.js"), _event("test", "check.js")],
        "item": [_folder(document, name) for name in FOLDERS],
    }


def _event(moment: str, file: str) -> dict[str, Any]:
    lines = (SCRIPTS / file).read_text().splitlines()
    return {"listen": moment, "script": {"type": "text/javascript", "exec": lines}}


def _folder(document: dict[str, Any], name: str) -> dict[str, Any]:
    (tag,) = [tag for tag in document["tags"] if tag["name"] == name]
    paths = [path for path in GUIDES if path.startswith(f"/{name}/")]
    items = [_item(path, *operation) for path in paths for operation in document["paths"][path].items()]
    return {"name": name, "description": tag["description"], "item": items}


def _item(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": method.upper(),
        "header": [{"key": "content-type", "value": "application/json"}],
        "url": _url(path, operation.get("parameters", [])),
        "description": operation["description"],
    }
    if "requestBody" in operation:
        example = operation["requestBody"]["content"]["application/json"]["example"]
        raw = _with_variables(json.dumps(example, indent=2))
        request["body"] = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    name = operation["summary"].partition(":")[0].partition(".")[0]
    return {"name": name, "request": request, "response": []}


def _url(path: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    place = path.replace("{", "{{").replace("}", "}}")
    asked = [each for each in parameters if each["in"] == "query" and "example" in each]
    query = [{"key": each["name"], "value": _with_variables(str(each["example"]))} for each in asked]
    text = "&".join(f"{each['key']}={each['value']}" for each in query)
    return {
        "raw": "{{baseUrl}}" + place + (f"?{text}" if text else ""),
        "host": ["{{baseUrl}}"],
        "path": place.strip("/").split("/"),
        "query": query,
    }


def _with_variables(text: str) -> str:
    for name, value in VARIABLES.items():
        text = text.replace(value, "{{" + name + "}}")
    return text
