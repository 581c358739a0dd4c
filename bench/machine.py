"""On what was measured: figures mean little without it."""

from __future__ import annotations

import os
import platform
import subprocess
import sysconfig
from importlib.metadata import version
from pathlib import Path

import psutil

from portal.local.embedded import program


def facts() -> dict[str, str]:
    return {
        "processors": f"{os.cpu_count()} × {processor()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "PostgreSQL": subprocess.run([program("postgres"), "--version"], capture_output=True, text=True, check=True)
        .stdout.strip()
        .removeprefix("postgres (PostgreSQL) "),
        "Python": f"{platform.python_version()}, {build()}",
        **{name: version(name) for name in ("Django", "djangorestframework", "psycopg", "granian")},
    }


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def build() -> str:
    """An interpreter that was built without profile-guided optimisation runs Python a third to a half slower."""
    flags = sysconfig.get_config_var("CONFIG_ARGS") or ""
    return "optimised build" if "--enable-optimizations" in flags else "build without optimisations (PGO)"
