"""Starts compose.yaml with podman, as a provider of compose does.

What a service says becomes an option, and a service waits for those that it depends on. Health checks are asked here:
without systemd podman asks none by itself.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal.local.ports import free_port
from tests.plugins.live import CHECKOUT
from tests.portal.containers import asked, podman

FILE = CHECKOUT / "compose.yaml"
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])((?:[^{}]|\$\{\w+\})*))?\}")
HEALTHY_SECONDS = 300  # all of them start at once, on a machine that is busy

Service = dict[str, Any]
Options = list[str]


def filled(text: str, variables: Mapping[str, str]) -> str:
    """The text with the values of its variables; one without a value and without another to take is a fault."""

    def value(match: re.Match[str]) -> str:
        name, sign, other = match.groups()
        if found := variables.get(name):
            return found
        assert sign == "-", f"{name} has no value"
        return filled(other, variables)

    return VARIABLE.sub(value, text)


@dataclass
class Composed:
    """The services of the file, with these variables. `ports`: where each published port of a service is found."""

    variables: Mapping[str, str]
    ports: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.file: dict[str, Any] = yaml.safe_load(filled(FILE.read_text(), self.variables))
        self.services: dict[str, Service] = self.file["services"]

    # --- what a service says --------------------------------------------------------------------------------------
    def options(self, name: str) -> Options:
        service = self.services[name]
        found = [option for key, value in service.items() for option in self.option(key, value)]
        return [*found, *self.health(service)]

    def option(self, key: str, value: Any) -> Options:
        """A key that nobody knows is a fault: a service is run as it is written, or not at all."""
        if key in {"image", "build", "command", "depends_on", "healthcheck"}:
            return []
        if key in FLAGS:
            return FLAGS[key] if value else []
        if key in WITH_VALUE:
            return [f"{WITH_VALUE[key]}={value}"]
        if key in WITH_EACH:
            return [f"{WITH_EACH[key]}={each}" for each in value]
        known: dict[str, Callable[[Any], Options]] = {
            "environment": lambda said: [f"--env={variable}={each}" for variable, each in said.items()],
            "entrypoint": lambda said: [f"--entrypoint={json.dumps(said)}"],
            "logging": lambda said: ["--log-driver=k8s-file", f"--log-opt=max-size={said['options']['max-size']}"],
            "stop_grace_period": lambda said: [f"--stop-timeout={said.removesuffix('s')}"],
            "secrets": lambda said: [self.secret(each) for each in said],
            "volumes": lambda said: [self.volume(each) for each in said],
            "networks": lambda said: [self.network(each, said) for each in said],
            "ports": lambda said: [self.port(each) for each in said],
        }
        return known[key](value)

    def secret(self, name: str) -> str:
        return f"--volume={self.file['secrets'][name]['file']}:/run/secrets/{name}:ro"

    def volume(self, text: str) -> str:
        source, _, target = text.partition(":")
        assert source.startswith("./") or source in self.file["volumes"]
        return f"--volume={CHECKOUT / source if source.startswith('./') else source}:{target}"

    def network(self, name: str, said: Any) -> str:
        address = said[name].get("ipv4_address") if isinstance(said, dict) else None
        return f"--network={name}{f':ip={address}' if address else ''}"

    def port(self, text: str) -> str:
        """On a free one: the machine's own may be in use."""
        _, _, inside = text.partition(":")
        self.ports[inside] = free_port()
        return f"--publish=127.0.0.1:{self.ports[inside]}:{inside}"

    def health(self, service: Service) -> Options:
        said = service.get("healthcheck") or json.loads(
            asked("image", "inspect", "--format", "{{json .HealthCheck}}", service["image"])
        )
        if not said or said.get("disable"):
            return ["--no-healthcheck"]
        first, *rest = said.get("test") or said["Test"]
        command = {"CMD": shlex.join(rest), "CMD-SHELL": " ".join(rest)}[first]
        return [f"--health-cmd={command}", "--health-interval=disable"]

    # --- running --------------------------------------------------------------------------------------------------
    def in_order(self) -> list[str]:
        """Each service after those that it depends on."""
        found = list[str]()

        def add(name: str) -> None:
            for other in self.services[name].get("depends_on", {}):
                add(other)
            if name not in found:
                found.append(name)

        for name in self.services:
            add(name)
        return found

    def start(self) -> None:
        for name, network in self.file["networks"].items():
            told = network or {}
            pool = told.get("ipam", {}).get("config", [])
            said = [f"--subnet={each['subnet']}" for each in pool] + ["--internal"] * bool(told.get("internal"))
            asked("network", "create", *said, name)
        for name in self.in_order():
            for other, said in self.services[name].get("depends_on", {}).items():
                CONDITIONS[said["condition"]](other)
            self.run(name)

    def run(self, name: str) -> None:
        service = self.services[name]
        asked(
            "run",
            "--detach",
            f"--name={name}",
            *ULIMITS,
            *self.options(name),
            service["image"],
            *service.get("command", []),
        )

    @property
    def watched(self) -> list[str]:
        return [name for name, service in self.services.items() if service["restart"] != "no"]


# Without what podman adds to a read-only root, and Docker does not.
FLAGS = {"init": ["--init"], "read_only": ["--read-only", "--read-only-tmpfs=false"]}
WITH_VALUE = {
    "restart": "--restart",
    "pids_limit": "--pids-limit",
    "mem_limit": "--memory",
    "cpus": "--cpus",
    "shm_size": "--shm-size",
    "user": "--user",
}
WITH_EACH = {"tmpfs": "--tmpfs", "cap_drop": "--cap-drop", "security_opt": "--security-opt"}
ULIMITS = [
    f"--ulimit={name}=1024:1024" for name in ("nofile", "nproc")
]  # a session without CAP_SYS_RESOURCE may have no more


def log_of(name: str) -> str:
    done = subprocess.run(podman("logs", "--tail", "40", name), capture_output=True, text=True, check=False)
    return f"{name}:\n{done.stdout}{done.stderr}"


def is_healthy(name: str) -> bool:
    return subprocess.run(podman("healthcheck", "run", name), capture_output=True, check=False).returncode == 0


def await_health(name: str) -> None:
    deadline = time.monotonic() + HEALTHY_SECONDS
    while not is_healthy(name):
        assert time.monotonic() < deadline, log_of(name)
        time.sleep(0.5)


def await_end(name: str) -> None:
    assert asked("wait", name) == "0", log_of(name)


CONDITIONS: dict[str, Callable[[str], None]] = {
    "service_healthy": await_health,
    "service_completed_successfully": await_end,
}


def remove_all() -> None:
    """Also what a run that was killed left behind."""
    asked("rm", "--all", "--force", "--time", "0", "--volumes")
    asked("volume", "prune", "--force")
    asked("network", "prune", "--force")


@contextmanager
def started(variables: Mapping[str, str]) -> Iterator[Composed]:
    composed = Composed(variables)
    remove_all()
    try:
        composed.start()
        yield composed
    finally:
        remove_all()


def address_of(name: str, network: str) -> str:
    """Where the container is found from this machine."""
    return asked(
        "inspect", "--format", f"{{{{(index .NetworkSettings.Networks {json.dumps(network)}).IPAddress}}}}", name
    )
