"""What a container's health check asks of its process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from portal import alive, leader
from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from tests.plugins.live import CHECKOUT, Live


def test_a_web_process_is_alive_while_it_answers(live: Live) -> None:
    assert alive.is_alive(f"{live.api_url}/livez")
    assert alive.is_alive(f"{live.base_url}/livez")
    assert not alive.is_alive(f"{live.api_url}/nothing")
    assert not alive.is_alive(f"http://127.0.0.1:{free_port()}/livez")


def test_a_job_process_is_alive_while_its_file_is_fresh(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "alive"
    assert not alive.is_alive(str(file))
    settings.ALIVE_FILE = str(file)
    leader.touch_alive()
    assert alive.is_alive(str(file))
    old = file.stat().st_mtime - alive.FRESH_SECONDS - 1
    os.utime(file, (old, old))
    assert not alive.is_alive(str(file))


def test_everything_that_a_process_may_load_can_be_loaded(live: Live) -> None:
    """In a process of its own: what is loaded changes this one."""
    command = tethered_command([sys.executable, "-W", "error", "-m", "portal.load_all"])
    done = subprocess.run(command, env=live.environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
