"""What only an installation in production does, seen from outside, and what its files may contain."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.plugins.live import CHECKOUT
from tests.portal.test_account_doors import BY_TOKEN
from tests.portal.test_settings import GOOD

ASKED = """
import json
import django
django.setup()
from django.contrib.auth.hashers import get_hasher
from django.test import Client, RequestFactory
from portal.machines import Machines
people = Client(headers={"host": "portal.example"})
plain, secure = (people.get("/account/logout/?x=1", secure=tls) for tls in (False, True))
machines = Machines()
machines.load_middleware()
call = RequestFactory(headers={"host": "portal.example"}).post("/wallet/balance", {}, "application/json")
called = machines.get_response(call)
hasher = get_hasher()
print(json.dumps({
    "plain": [plain.status_code, plain.get("location")],
    "secure": [secure.status_code, secure.get("location"), secure.get("strict-transport-security")],
    "called": [called.status_code, called.get("location"), json.loads(called.content)["status"]],
    "hasher": [hasher.algorithm, hasher.iterations],
}))
"""


def test_people_are_led_to_tls_and_machines_are_answered() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=CHECKOUT,
        env=GOOD | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert said["plain"] == [301, "https://portal.example/account/logout/?x=1"]
    assert said["secure"] == [302, "/account/login/", HSTS]
    assert said["called"] == [200, None, "RS_ERROR_MISSING_HEADERS"]
    algorithm, iterations = said["hasher"]
    assert algorithm == "pbkdf2_sha256"
    assert iterations >= 600_000, "what OWASP advises"


HSTS = "max-age=31536000; includeSubDomains; preload"


def test_every_form_of_a_session_asks_for_its_token() -> None:
    """Without it a form of another page is refused before the view. The rest changes nothing, or has no session."""
    exempt = {route for route, view in views(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)}
    by_token = {route for route in exempt if route.startswith(BY_TOKEN)}
    assert len(by_token) > 10
    documents = {"api/docs", "api/schema", "api/management/docs"}  # to be read only
    assert exempt - by_token == documents | {"operator/~/reports/<str:token>/unsubscribe/"}


def views(found: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for route in found:
        if isinstance(route, URLResolver):
            yield from views(route.url_patterns, prefix + str(route.pattern))
        elif isinstance(route, URLPattern):
            yield prefix + str(route.pattern), route.callback


def test_what_runs_in_production_brings_no_tool_of_tests() -> None:
    runtime, development = (pinned(name) for name in ("runtime", "development"))
    tools = {"pytest", "pytest-django", "playwright", "hypothesis", "oidc-provider-mock", "mypy", "ruff"}
    assert tools <= development
    assert not tools & runtime
    assert not {name for name in runtime if name.startswith(("pytest", "types-"))}


def pinned(name: str) -> set[str]:
    """The packages of a lock, each with its hashes."""
    lock = (CHECKOUT / f"requirements/{name}.txt").read_text()
    hashed = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==\S+(?: ;[^\\]*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(hashed) == len(re.findall(r"^\S.*==", lock, re.MULTILINE)) > 50
    return set(hashed)
