"""The schema at /api/schema: what it promises is what calls get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import urlopen

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.plugins.live import Live
from tests.wallet.conftest import Stage
from wallet import statuses
from wallet.api import contracts, schema_page
from wallet.api.urls import VIEWS

QUICK = settings(
    max_examples=25,
    derandomize=False,  # also in CI, where each try would make the same calls
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

PUBLIC = {  # the names of these classes are the public ones
    *("BalanceAnswer", "BreakSide", "DaySide", "RetryItem", "RollbackItem", "SettlementItem", "StatementAnswer"),
    *("StatementFault", "StatementTotal"),
}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
CHECKS = [schemathesis.checks.not_a_server_error, schemathesis.checks.response_schema_conformance]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    response = Client().get("/api/schema", headers={"accept": "application/vnd.oai.openapi+json"})
    assert response.status_code == 200
    return dict(json.loads(response.content))


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_endpoint_is_in_it_and_signed(document: dict[str, Any]) -> None:
    assert set(document["paths"]) == set(VIEWS)
    for path, operations in document["paths"].items():
        (method, operation), *more = operations.items()
        assert (method.upper(), more) == (VIEWS[path].method, [])
        assert operation["security"] == [{"authKey": [], "signature": [], "timestamp": []}]
        assert operation["summary"], path
        assert {"200", "404", "405", "413", "415", "500", "503"} <= set(operation["responses"])


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])


def test_the_twenty_keys_are_in_it(document: dict[str, Any]) -> None:
    assert all(key in json.dumps(document) for key in statuses.ALL_KEYS)


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a document."""
    if isinstance(value, dict):
        yield value
        yield from (part for each in value.values() for part in parts(each))
    elif isinstance(value, list):
        yield from (part for each in value for part in parts(each))


def test_one_enumeration_of_statuses_with_their_meanings(document: dict[str, Any]) -> None:
    found = [part for part in parts(document) if "RS_ERROR" in part.get("enum", [])]
    assert found == [document["components"]["schemas"]["Status"]]
    assert tuple(found[0]["enum"]) == statuses.ALL_KEYS
    assert all(guide.meaning in found[0]["description"] for guide in statuses.status_guides())


def test_no_name_of_our_classes_is_in_it(document: dict[str, Any]) -> None:
    ours = {name for name, kind in vars(contracts).items() if isinstance(kind, type)} - PUBLIC
    titles = {part["title"] for part in parts(document["components"]) if isinstance(part.get("title"), str)}
    assert ours & {*document["components"]["schemas"]} == set()
    assert titles == set()
    assert [name for name in document["components"]["schemas"] if not name.isalnum()] == []


def test_no_component_is_unused(document: dict[str, Any]) -> None:
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert used == set(document["components"]["schemas"])


def test_each_operation_has_a_server_a_described_tag_and_texts(document: dict[str, Any]) -> None:
    assert [server["url"] for server in document["servers"]] == [django_settings.API_URL]
    tags = {tag["name"] for tag in document["tags"] if tag["description"]}
    for operations in document["paths"].values():
        for operation in operations.values():
            assert set(operation["tags"]) <= tags
            assert re.fullmatch("[a-z]+[A-Za-z]+", operation["operationId"])
            assert operation["summary"]
            assert operation["description"]


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
def test_the_pages_need_no_outside_host(path: str) -> None:
    text = Client().get(path).content.decode()
    assert not re.findall(r"""(?:src|href|url)\s*[=:(]\s*["']?(?:https?:)?//(?!testserver)[^"']+""", text)


def test_the_docs_load_files_that_exist(live: Live) -> None:
    with urlopen(f"{live.base_url}/api/docs", timeout=10) as page:
        files = re.findall(r'(?:src|href)="(/[^"]+)"', page.read().decode())
    assert len(files) >= 3
    for file in files:
        with urlopen(f"{live.base_url}{file}", timeout=10) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
@pytest.mark.parametrize("query", ["version=%0aX-Mine:1", "version=2", "lang=zz"])
def test_a_query_of_a_stranger_changes_nothing(path: str, query: str) -> None:
    plain, queried = Client().get(path), Client().get(f"{path}?{query}")
    assert (queried.status_code, plain.status_code) == (200, 200)
    if path == "/api/schema":
        assert queried.content == plain.content
        assert queried["Content-Disposition"] == plain["Content-Disposition"]


def test_the_schema_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Client().get("/api/schema").content
    monkeypatch.setattr(schema_page, "SchemaGenerator", None)
    assert Client().get("/api/schema").content == first


@pytest.mark.parametrize("path", ["/api/schema", "/api/docs"])
@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "TRACE"])
def test_no_other_method(path: str, method: str) -> None:
    assert Client().generic(method, path).status_code == 405


@pytest.mark.parametrize(("method", "accept", "code"), [("GET", "image/png", 406), ("POST", "*/*", 405)])
def test_a_strange_wish_is_refused(method: str, accept: str, code: int) -> None:
    assert Client().generic(method, "/api/schema", headers={"accept": accept}).status_code == code


TRIES = 5  # of 25 calls each: some bodies are rarely right by chance


@pytest.fixture
def loaded(document: dict[str, Any]) -> Any:
    return schemathesis.openapi.from_dict(document)


def operations() -> list[tuple[str, str]]:
    return [(path, view.method) for path, view in VIEWS.items()]


@pytest.mark.parametrize(("path", "method"), operations(), ids=lambda part: part)
def test_every_answer_fits_its_schema(stage: Stage, loaded: Any, path: str, method: str) -> None:
    """Generated calls, signed; half of them name a player, a session and a game that exist."""
    caller, met = stage.caller(), set[str]()
    stage.sql("UPDATE merchants_merchant SET created_at = now() - interval '9 days' WHERE id = %s", stage.merchant_id)

    @QUICK
    @given(case=loaded[path][method].as_strategy(), real=st.booleans())
    def check(case: Any, *, real: bool) -> None:
        if real and isinstance(case.body, dict):
            known = caller.in_session(currency="EUR", day=YESTERDAY)
            case.body |= {name: known[name] for name in case.body.keys() & known.keys()}
        raw = json.dumps(case.body).encode() if method == "POST" else b""
        case.headers = caller.signer.sign(raw) | {"content-type": "application/json"}
        response = case.call(base_url=stage.base_url, data=raw)
        case.validate_response(response, checks=CHECKS)
        met.add(response.json()["status"])

    wanted, tries = {"RS_OK", "RS_ERROR_RECORD_NOT_FOUND"}, 0
    while not met & wanted and tries < TRIES:
        check()
        tries += 1
    assert "RS_ERROR_SIGNATURE_NOT_MATCH" not in met
    assert met & wanted, met
