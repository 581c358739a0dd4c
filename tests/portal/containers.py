"""Images built from the files of this repository, and containers of them: by podman, in a store of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from portal.local import embedded
from tests.plugins.live import CHECKOUT

FOLDER = CHECKOUT / "var/image"
STAND_INS = Path(__file__).parent / "stand_ins"
BASE = os.environ.get("BASE") or "localhost/base:trixie"  # as .ci/image has it


def podman(*arguments: str) -> list[str]:
    return [str(CHECKOUT / ".ci/store"), str(FOLDER), "podman", *arguments]


def asked(*arguments: str) -> str:
    """What podman answers; its complaint is shown where it has one."""
    done = subprocess.run(podman(*arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


@cache
def portal_image(lock: str) -> str:
    """The name of the image, built with the packages of a lock."""
    done = subprocess.run([".ci/image", str(FOLDER), lock], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def build_stand_in(name: str, context: Path) -> None:
    """Build what stands in for the published images of PostgreSQL, Valkey and nginx, on the portal's base."""
    shutil.copytree(STAND_INS, context, dirs_exist_ok=True)
    programs = embedded.programs()
    libraries = programs.parents[1] / f"{programs.parent.name}.libs"  # found from the programs, so far up as there
    shutil.copytree(programs, context / "postgresql/server/18", symlinks=True)
    shutil.copytree(libraries, context / "postgresql" / libraries.name)
    sockets = context / "run/postgresql"  # copied: what a command of the build makes below /run is lost
    sockets.mkdir(parents=True)
    sockets.chmod(0o1777)
    build: list[Any] = [CHECKOUT / ".ci/store", FOLDER, "buildah", "build", "--isolation", "chroot", "--layers=false"]
    build += ["--format", "docker", "--network", "host", "--build-arg", f"BASE={BASE}", "--tag", name, context]
    subprocess.run(build, check=True)
