"""The examples of the API docs are true: played as one story, the server answers what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from merchants.models import Game, Merchant
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.signing import Answer
from tests.wallet.reconciling import Busy, changed, reconcile, state
from wallet.api import endpoint_guides as guides
from wallet.api.endpoint_guides import GUIDES
from wallet.api.urls import VIEWS

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
RECONCILED = ("/reconciliation/days", "/reconciliation/breaks")
STORY = [path for path in GUIDES if path not in RECONCILED]


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(json.loads(Client().get("/api/schema?format=json").content))


def test_every_endpoint_has_one_and_a_name_of_its_own() -> None:
    assert set(GUIDES) == set(VIEWS)
    assert len({guide.operation_id for guide in GUIDES.values()}) == len(GUIDES)


def renamed(value: Any, names: dict[str, str]) -> Any:
    text = json.dumps(value)
    for there, here in names.items():
        text = text.replace(there, here)
    return json.loads(text)


def send(caller: Caller, path: str, fields: dict[str, Any]) -> Answer:
    stamp = str(int(NOW.timestamp() * 1000))
    if VIEWS[path].method == "POST":
        return caller.call(path, fields, timestamp=stamp)
    if "{statementId}" in path:
        return caller.get(path.replace("{statementId}", fields["statementId"]), timestamp=stamp)
    return caller.get(f"{path}?{urlencode(fields)}", timestamp=stamp)


def test_the_story_is_answered_as_the_examples_say(acme: Merchant, settings: Any) -> None:
    Merchant.objects.update(created_at=NOW - timedelta(days=100))
    game = Game.objects.create(game_id=guides.GAME_ID, name="Live")
    caller, names = Caller(acme, factories.signer(acme), game), dict[str, str]()
    with clock.frozen_at(NOW):
        for path in STORY:
            guide = GUIDES[path]
            answer = send(caller, path, renamed(guide.request, names)).body
            for name, known in (("sessionId", guides.SESSION_ID), ("statementId", guides.STATEMENT_ID)):
                names |= {known: answer[name]} if name in answer else {}
            names |= {guides.MOMENT: answer["data"]["result"][0]["createdAt"]} if in_moments(answer) else {}
            names["https://games.example/launch"] = settings.GAME_LAUNCH_URL
            assert answer == renamed(guide.answer, names), path


def in_moments(answer: dict[str, Any]) -> bool:
    rows = answer["data"]["result"] if isinstance(answer.get("data"), dict) else []
    return bool(rows) and "createdAt" in rows[0]


def shape(value: Any) -> Any:
    """Return the names of all fields, without their values."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    return [shape(each) for each in value[:1]] if isinstance(value, list) else None


def test_days_and_breaks_have_the_fields_of_their_examples(busy: Busy) -> None:
    state(busy.merchant, changed(busy.lines(), "lost", amount=600))
    reconcile(busy.merchant)
    stamp = str(int(clock.now().timestamp() * 1000))
    day = busy.machine.get("/reconciliation/days", timestamp=stamp)["data"]["result"][0]["day"]
    for path, query in (("/reconciliation/days", ""), ("/reconciliation/breaks", f"?day={day}")):
        answer = busy.machine.get(path + query, timestamp=stamp).body
        assert shape(answer) == shape(GUIDES[path].answer), answer


@pytest.mark.parametrize("path", GUIDES)
def test_an_example_fits_its_schema(document: dict[str, Any], path: str) -> None:
    (operation,) = document["paths"][path].values()
    content = operation["responses"]["200"]["content"]["application/json"]
    for example in content["examples"].values():
        check(document, content["schema"], example["value"])
    for parameter in operation.get("parameters", []):
        if "example" in parameter:
            check(document, parameter["schema"], parameter["example"])
    if "requestBody" in operation:
        asked = operation["requestBody"]["content"]["application/json"]
        check(document, asked["schema"], asked["example"])


def check(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    Draft202012Validator(schema | {"components": document["components"]}).validate(value)
