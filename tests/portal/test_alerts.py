"""Alert rules, the board and the runbook agree with what is exported, with each other and with the doctor.

That the rules fire when they should is tested by promtool: .ci/alerts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from portal.metrics import gauges
from portal.soundness import limits
from wallet.api.call_metrics import Instruments

CHECKOUT = Path(__file__).parents[2]
ALERTS = CHECKOUT / "docs/alerts"
NAMED = re.compile(r"\bportal_\w+")
RULES: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((ALERTS / "rules.yaml").read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}
NUMBERS: dict[str, timedelta | float] = {
    "BackupOld": limits.BACKUP_OLD,
    "RestoreNotTested": limits.RESTORE_TEST_OLD,
    "VerificationOld": limits.VERIFICATION_OLD,
    "BeatSilent": limits.HEARTBEAT_OLD,
    "QueueDeep": limits.QUEUE_DEEP,
    "WatermarkBehind": limits.WATERMARK_BEHIND,
    "ReplicaBehind": limits.REPLICA_BEHIND,
    "LogPartitionMissing": limits.PARTITIONS_AHEAD,
    "DiskFullSoon": limits.DISK_LOW,
}


def exported() -> Iterator[str]:
    """The names of all series, also of those that have no sample now."""
    registry = CollectorRegistry()
    Instruments(registry)
    for family in gauges.read_all():
        yield family.name
    for family in registry.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
        yield from (f"{family.name}{suffix}" for suffix in suffixes)


def named(file: str) -> set[str]:
    return set(NAMED.findall((ALERTS / file).read_text()))


@pytest.mark.django_db
def test_every_series_that_a_rule_or_the_board_names_is_exported() -> None:
    known = set(exported())
    assert len({name for name in known if name.startswith("portal_")}) >= 25
    for file in ("rules.yaml", "rules.test.yaml", "board.json"):
        assert named(file)
        assert named(file) - known == set(), file


def test_every_alert_has_a_section_in_the_runbook_and_every_section_an_alert() -> None:
    sections = re.findall(r"^## (\w+)$", (CHECKOUT / "docs/runbook.md").read_text(), re.MULTILINE)
    assert sections == list(RULES)
    for alert, rule in RULES.items():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{alert.lower()}"
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith(".")


def test_every_alert_is_tried_silent_and_firing() -> None:
    tests = yaml.safe_load((ALERTS / "rules.test.yaml").read_text())["tests"]
    tried = [case for test in tests for case in test["alert_rule_test"]]
    assert {case["alertname"] for case in tried if not case["exp_alerts"]} == set(RULES)
    assert {case["alertname"] for case in tried if case["exp_alerts"]} == set(RULES)


@pytest.mark.parametrize("alert", NUMBERS)
def test_the_doctor_and_the_alert_have_one_number(alert: str) -> None:
    limit = NUMBERS[alert]
    number = limit if isinstance(limit, int | float) else limit.total_seconds()
    assert (
        f"{number:g}" in re.findall(r"[<>] ([\d.]+)", RULES[alert]["expr"]) or str(int(number)) in RULES[alert]["expr"]
    )


def test_the_board_can_be_read() -> None:
    board = json.loads((ALERTS / "board.json").read_text())
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert len(panels) >= 20
    assert all(panel["title"] and panel["targets"] for panel in panels)
