"""The clients of the Developers page, run as an integrator runs them, against a running portal.

Python and Node are here with the tests' own packages. `make test-samples` runs those that need a compiler or an
interpreter of Debian: PHP, Java, Go and C#.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.wallet.conftest import Stage
from wallet.developers.client_samples import FILES, FOLDER

PLAYER = "Zoë/7"  # a character outside ASCII, and one that PHP escapes
BALANCE = 1_000_000
SECONDS = 300  # of a compiler on a busy machine
type Command = Callable[[Path, Path], list[str]]


def compiled_by_mono(file: Path, folder: Path) -> list[str]:
    program = folder / "call.exe"
    compiler = ["mcs", "-langversion:latest", "-r:System.Net.Http.dll", f"-out:{program}", str(file)]
    subprocess.run(compiler, check=True, timeout=SECONDS)
    return ["mono", str(program)]


AT_HAND: dict[str, Command] = {
    "Python": lambda file, folder: [sys.executable, str(file)],
    "Node": lambda file, folder: [str(compute_driver_executable()[0]), str(file)],
}
BY_PACKAGE: dict[str, Command] = {
    "PHP": lambda file, folder: ["php", str(file)],
    "Java": lambda file, folder: ["java", str(file)],
    "Go": lambda file, folder: ["go", "run", str(file)],
    "C#": compiled_by_mono,
}
PACKAGES = ["php-cli", "php-curl", "default-jdk-headless", "golang-go", "mono-mcs", "mono-runtime"]
PACKAGES += ["libmono-system-net-http4.0-cil"]


def answers_of(command: list[str], stage: Stage, folder: Path) -> list[dict[str, Any]]:
    """Return what the client printed: an answer a line."""
    client = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "BASE_URL": stage.base_url,
        "AUTH_KEY": stage.signer.auth_key,
        "SECRET_KEY": stage.signer.secret,
        "PLAYER_ID": PLAYER,
    }
    done = subprocess.run(command, env=client, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_client(language: str, command: Command, stage: Stage, folder: Path) -> None:
    check_answers(command(FOLDER / FILES[language], folder), stage, folder)


def check_answers(command: list[str], stage: Stage, folder: Path) -> None:
    """Run a client of the page, and check that both of its requests were accepted."""
    stage.caller(player=PLAYER, deposit=BALANCE)
    balance, games = answers_of(command, stage, folder)
    assert balance == {"status": "RS_OK", "playerId": PLAYER, "currency": "EUR", "balance": BALANCE}
    assert games["status"] == "RS_OK"
    listed = games["data"]
    assert listed["totalCount"] >= 1
    assert all(game["gameId"] for game in listed["result"])


@pytest.mark.parametrize("language", AT_HAND)
def test_a_client_signs_a_post_and_a_get(stage: Stage, tmp_path: Path, language: str) -> None:
    check_client(language, AT_HAND[language], stage, tmp_path)


@pytest.fixture(scope="module")
def _programs() -> None:
    if all(shutil.which(name) for name in ("php", "javac", "go", "mcs", "mono")):
        return
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *PACKAGES]
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(install, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, check=True)


@pytest.mark.samples
@pytest.mark.usefixtures("_programs")
@pytest.mark.parametrize("language", BY_PACKAGE)
def test_a_client_of_another_runtime_does_too(stage: Stage, tmp_path: Path, language: str) -> None:
    check_client(language, BY_PACKAGE[language], stage, tmp_path)


def test_each_client_is_run() -> None:
    generated = {name for name in FILES if name.endswith(", generated")}  # test_generated_clients.py
    assert {*AT_HAND, *BY_PACKAGE} == set(FILES) - generated
