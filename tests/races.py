"""People who act at the same moment, each on a connection of their own, in a process beside the portal."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from merchants import errors

if TYPE_CHECKING:
    from tests.plugins.live import Live

ROUNDS = 3
GATE_SECONDS = 30


def race(live: Live, script: str, who: object) -> list[Any]:
    """Return what the script found: it prints `FOUND` and JSON. ROUNDS and WHO in it are replaced."""
    script = script.replace("ROUNDS", str(ROUNDS)).replace("WHO", repr(who))
    done = live.manage("shell", "--no-imports", "-c", script)
    lines = [line for line in done.stdout.splitlines() if line.startswith("FOUND ")]
    assert lines, done.stdout + done.stderr
    found: list[Any] = json.loads(lines[0].removeprefix("FOUND "))
    return found


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Do all acts at the same moment. Return what became of each, sorted: `done`, or the name of its refusal."""
    gate, said = threading.Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(GATE_SECONDS)
            act()
            said.append("done")
        except errors.Refusal as refused:
            said.append(type(refused).__name__ if str(refused) else "no sentence")
        except Exception as fault:  # noqa: BLE001 - the test shows it
            said.append("FAULT " + repr(fault)[:300])
        finally:
            connection.close()

    crowd = [threading.Thread(target=run, args=[act]) for act in acts]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    return sorted(said)
