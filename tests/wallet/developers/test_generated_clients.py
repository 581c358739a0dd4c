"""The OpenAPI document and the Postman collection as others' tools take them: linted, generated, compiled, run.

`make test-clients`; the tools come from npm and from requirements/clients.txt.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.plugins.live import CHECKOUT, Live
from tests.wallet.conftest import Stage
from tests.wallet.developers.test_client_samples import AT_HAND as RUNTIMES
from tests.wallet.developers.test_client_samples import PLAYER, SECONDS, check_answers
from wallet.developers.client_samples import FOLDER

pytestmark = pytest.mark.clients
TOOLS = CHECKOUT / "tests/clients"
REQUESTS = 17


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Return what a tool printed; fail with it when the tool fails."""
    arguments = [str(part) for part in command]
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of npm. npm itself is Debian's, if the machine has none."""
    if shutil.which("npm") is None:
        install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", "npm"]
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(install, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=True)
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", ".npmrc", "redocly.yaml"):
        shutil.copy(TOOLS / name, folder)
    run("npm", "ci", folder=folder)
    return folder


def script(folder: Path, package: str, *arguments: str | Path) -> list[str]:
    """Return the command that runs a program of an npm package by the Node that the tests have."""
    about = json.loads((folder / "node_modules" / package / "package.json").read_text())
    program = about["bin"] if isinstance(about["bin"], str) else next(iter(about["bin"].values()))
    (runtime, *_) = RUNTIMES["Node"](Path(), folder)
    return [runtime, str(folder / "node_modules" / package / program), *map(str, arguments)]


@pytest.fixture
def document(live: Live, tmp_path: Path) -> Path:
    with urlopen(f"{live.base_url}/api/schema?format=json", timeout=30) as answer:
        (tmp_path / "openapi.json").write_bytes(answer.read())
    return tmp_path / "openapi.json"


def test_the_linter_has_no_word_to_say(node: Path, document: Path) -> None:
    config = node / "redocly.yaml"
    command = script(node, "@redocly/cli", "lint", "--config", config, "--format=json", document)
    answer = run(*command, folder=node, REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true")
    assert json.loads(answer[answer.index("{") : answer.rindex("}") + 1])["totals"] == {
        "errors": 0, "warnings": 0, "ignored": 0,
    }  # fmt: skip


def test_a_typescript_client_compiles_and_signs(node: Path, document: Path, stage: Stage) -> None:
    run(*script(node, "openapi-typescript", document, "-o", node / "oppi_games.d.ts"), folder=node)
    shutil.copy(FOLDER / "generated.ts", node)
    options = ["--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--types", "node"]
    run(*script(node, "typescript", *options, "generated.ts"), folder=node)
    (runtime, *_) = RUNTIMES["Node"](Path(), node)
    check_answers([runtime, str(node / "generated.js")], stage, node)


def test_a_python_client_compiles_and_signs(document: Path, stage: Stage, tmp_path: Path) -> None:
    uv, folder = CHECKOUT / ".venv/bin/uv", tmp_path / "client"
    python = tmp_path / "venv/bin/python"
    run(uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "venv", folder=tmp_path)
    lock = CHECKOUT / "requirements/clients.txt"
    run(uv, "pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", lock, folder=tmp_path)
    programs = f"{python.parent}:{os.environ['PATH']}"  # it formats what it writes with ruff
    generate: list[str | Path] = [
        python.parent / "openapi-python-client",
        "generate",
        "--path",
        document,
        "--meta",
        "none",
    ]
    said = run(*generate, "--output-path", folder / "oppi_games", folder=tmp_path, PATH=programs)
    assert said.count("WARNING") == said.count("Unsupported content type text/csv") == 1  # statements go as JSON there
    shutil.copy(FOLDER / "generated.py", folder)
    run(python, "-m", "compileall", "-q", folder, folder=tmp_path)
    check_answers([str(python), str(folder / "generated.py")], stage, folder)


def test_postman_signs_every_request_of_the_collection(node: Path, live: Live, stage: Stage) -> None:
    with urlopen(f"{live.base_url}/developers/postman.json", timeout=30) as answer:
        (node / "collection.json").write_bytes(answer.read())
    stage.sql("UPDATE merchants_merchant SET created_at = '2026-01-01' WHERE id = %s", stage.merchant_id)
    values = {"authKey": stage.signer.auth_key, "secretKey": stage.signer.secret}
    values |= {"playerId": PLAYER, "gameId": stage.game.game_id}
    variables = [part for name, value in values.items() for part in ("--env-var", f"{name}={value}")]
    report = node / "report.json"
    command = script(node, "newman", "run", "collection.json", "--reporters", "json", "--reporter-json-export", report)
    run(*command, *variables, folder=node)
    counted = json.loads(report.read_text())["run"]["stats"]
    assert counted["requests"] == {"total": REQUESTS, "pending": 0, "failed": 0}
    assert counted["assertions"] == {"total": REQUESTS, "pending": 0, "failed": 0}
