"""The files of a deployment name only what there is, and hold no secret."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.celery import app

CHECKOUT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: each for name, each in SERVICES.items() if "PORTAL_IMAGE" in each["image"]}
ONCE = {"roles", "migrate"}
PASSWORDS = {f"{role}_password" for role in ("superuser", "owner", "application", "wallet", "replication", "valkey")}
SETTINGS = set(
    re.findall(
        r'(?:setting|public|public_url|read_database|email_url|env\.db_url)\(\s*"([A-Z_]+)"',
        "".join(path.read_text() for path in (CHECKOUT / "portal/configuration").glob("*.py")),
    )
)
MADE = subprocess.run(
    ["grep", "-oE", r"^keep [a-z_.]+", "docs/deploy/make-secrets"],
    cwd=CHECKOUT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()[1::2]
WRITTEN = {"email_url", "tls_certificate", "tls_key"}  # by the operator


def test_each_process_of_the_portal_is_a_service() -> None:
    said = {name: " ".join(each.get("command", [])) for name, each in OURS.items()}
    assert set(said) == {"machines", "people", "worker", "reconciler", "beat", "receiver", "keeper", *ONCE}
    assert "portal.wsgi:people" in said["people"]
    assert "portal.wsgi:machines" in (CHECKOUT / "Dockerfile").read_text().splitlines()[-1]
    queues = {route["queue"] for route in app.conf.task_routes.values()}
    workers = said["reconciler"] + said["keeper"]
    assert {name for name in queues if f"--queues {name}" in workers} == queues


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert service["read_only"] is True
    assert all(each.startswith("/") for each in service["tmpfs"])
    assert service["tmpfs"]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit", "networks"} <= set(service)
    assert "ports" not in service or name == "proxy"


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONCE))
def test_a_service_that_stays_is_watched(name: str) -> None:
    watched = "healthcheck" in SERVICES[name] or name in OURS  # the image has one for web processes
    assert watched
    assert SERVICES[name].get("healthcheck", {"test": "the image's"})["test"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    environment: dict[str, str] = OURS[name]["environment"]
    told = {variable.removesuffix("_FILE") if variable != "ALIVE_FILE" else variable for variable in environment}
    assert told - SETTINGS == set()
    assert ("OWNER_DATABASE_URL_FILE" in environment) == (name in ONCE)
    assert ("SUPERUSER_DATABASE_URL_FILE" in environment) == (name == "roles")


def test_what_a_service_reads_is_handed_to_it() -> None:
    for name, service in SERVICES.items():
        text = yaml.safe_dump(service)
        read = set(re.findall(r"/run/secrets/([a-z_.]+)", text))
        assert read <= set(service.get("secrets", [])), name
    configured = set(re.findall(r"/run/secrets/([a-z_.]+);", (CHECKOUT / "docs/deploy/nginx.conf").read_text()))
    assert configured == set(SERVICES["proxy"]["secrets"])


def test_no_secret_stands_in_a_file() -> None:
    files = {name: each["file"] for name, each in COMPOSE["secrets"].items()}
    assert all(path == f"${{SECRETS:-./secrets}}/{name}" for name, path in files.items())
    assert set(files) <= {*MADE, *WRITTEN, *PASSWORDS}
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            is_secret = re.search("PASSWORD|SECRET|KEY|_URL$", variable.removesuffix("_FILE"))
            assert not is_secret or value.startswith(("/run/secrets/", "${")), variable
    assert "secrets/" in (CHECKOUT / ".gitignore").read_text().splitlines()


def test_volumes_networks_and_services_that_are_named_exist() -> None:
    for service in SERVICES.values():
        named = {each.partition(":")[0] for each in service.get("volumes", [])}
        assert {name for name in named if not name.startswith(".")} <= set(COMPOSE["volumes"])
        assert all((CHECKOUT / name).exists() for name in named if name.startswith("."))
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_the_proxy_is_the_one_that_is_believed() -> None:
    address = SERVICES["proxy"]["networks"]["front"]["ipv4_address"]
    assert {each["environment"]["TRUSTED_PROXIES"] for each in OURS.values()} == {address}
    assert {name for name, each in SERVICES.items() if "front" in each["networks"]} == {"proxy", "machines", "people"}


def test_secrets_are_made_once_and_for_you_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    environment = {"PATH": os.environ["PATH"]}

    def make() -> str:
        command = [str(CHECKOUT / "docs/deploy/make-secrets"), str(folder)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    said = make()
    assert all(name in said for name in WRITTEN)
    assert folder.stat().st_mode & 0o777 == 0o700
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert set(before) == set(MADE) | PASSWORDS
    make()
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_the_build_is_given_each_file_that_it_copies() -> None:
    let_in = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set[str]()
    for line in (CHECKOUT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from=" not in line:
            copied.update(line.split()[1:-1])
    assert copied == let_in


LOADED = """
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

lines = Path("requirements/production.txt").read_text().splitlines()
locked = {line.partition("==")[0].partition("[")[0] for line in lines}
names = packages_distributions().items()
missing = {top for top, owners in names if not any(each.lower().replace("_", "-") in locked for each in owners)}


class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in missing:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, NotInstalled())
import django.conf
from portal.load_all import load_all
load_all()
from django.apps import apps
files = [each.__spec__.origin for each in list(sys.modules.values()) if each.__spec__ and each.__spec__.origin]
texts = [*(app.path for app in apps.get_app_configs()), Path(django.conf.__file__).parent]
files += [str(file) for each in texts for file in Path(each, "locale/en").rglob("*.mo")]
print("\\n".join(file for file in files if file.startswith(sys.prefix)))
"""


def test_the_build_has_each_lock_that_may_be_named() -> None:
    copied = set(re.findall(r"requirements/(\w+)\.txt", (CHECKOUT / "Dockerfile").read_text()))
    assert copied == {"uv", "production", "runtime", "s3", "traces"}


def removals() -> list[str]:
    """The commands of the build stage that thin out the packages."""
    text = (CHECKOUT / "Dockerfile").read_text().replace("\\\n", " ")
    found = re.findall(r"find \.venv [^&]*(?:-delete|-exec rm -r '\{\}' \+)", text)
    return [command for command in found if "-name static" not in command]


def test_the_image_keeps_each_module_and_text_that_a_process_loads(tmp_path: Path) -> None:
    command = [".ci/with-settings", sys.executable, "-c", LOADED]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.splitlines()
    kept = [tmp_path / ".venv" / Path(file).relative_to(sys.prefix) for file in loaded if file.endswith((".py", ".mo"))]
    assert len(kept) > 1000
    for file in kept:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    commands = removals()
    assert len(commands) >= 4
    for each in commands:
        subprocess.run(["sh", "-c", each], cwd=tmp_path, check=True)
    assert [str(file) for file in kept if not file.exists()] == []
