"""The Postman collection; that its script signs is shown by test_generated_clients.py."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from wallet.api.urls import VIEWS


@pytest.fixture
def collection(client: Client) -> dict[str, Any]:
    response = client.get("/developers/postman.json")
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="oppi-games.postman_collection.json"'
    return dict(response.json())


def test_every_endpoint_is_in_it_once(collection: dict[str, Any]) -> None:
    requests = [item["request"] for folder in collection["item"] for item in folder["item"]]
    found = {"/" + "/".join(each["url"]["path"]): each["method"] for each in requests}
    assert len(requests) == len(VIEWS)
    assert found == {path.replace("{", "{{").replace("}", "}}"): view.method for path, view in VIEWS.items()}


def test_its_variables_have_no_secret(collection: dict[str, Any]) -> None:
    known = {each["key"]: each["value"] for each in collection["variable"]}
    assert (known["baseUrl"], known["authKey"], known["secretKey"]) == (settings.API_URL, "", "")
    text = json.dumps(collection["item"])
    assert all(f"{{{{{name}}}}}" in text for name in ("baseUrl", "gameId", "playerId", "sessionId", "statementId"))
    assert not [value for name, value in known.items() if name != "baseUrl" and value and value in text]


def test_the_command_prints_the_same(collection: dict[str, Any]) -> None:
    printed = io.StringIO()
    call_command("postman_collection", stdout=printed)
    assert json.loads(printed.getvalue()) == collection


def test_the_page_offers_it(client: Client) -> None:
    assert 'href="/developers/postman.json"' in client.get("/developers/").content.decode()
