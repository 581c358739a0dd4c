"""What Prometheus is shown: of signed calls, and of the installation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from merchants.models import Heartbeat, Merchant, SignInRecord
from merchants.services import heartbeats, sign_in_records
from portal.lib import clock
from portal.lib.ends_with_parent import tethered_command
from portal.local.ports import free_port
from portal.metrics import gauges
from tests.conftest import Caller
from tests.plugins.live import CHECKOUT, Live
from tests.wallet.clusters import own_portal
from tests.wallet.conftest import stage_on, until
from wallet import statuses
from wallet.api import call_metrics
from wallet.api.admission import Admission
from wallet.api.call_metrics import OTHER, CallMetrics
from wallet.api.urls import ENDPOINTS
from wallet.models import BookFinding
from wallet.services.log import request_log

BET = "/wallet/transaction/bet"
type Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(text: str) -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Figures, metric: str, /, **labels: str) -> float:
    """The sum over the labels that are not named."""
    return sum(number for (own, told), number in found.items() if own == metric and labels.items() <= set(told))


def installation() -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in gauges.read_all()
        for sample in family.samples
    }


# --- signed calls -----------------------------------------------------------------------------------------------------
@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> CallMetrics:
    """The door counts; the thread that writes is the test."""
    metrics = CallMetrics(Admission(8, 60.0), is_on=True)
    monkeypatch.setattr(metrics, "_writer", threading.current_thread())
    monkeypatch.setattr(call_metrics, "of_this_process", metrics)
    return metrics


def shown(metrics: CallMetrics) -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
    }


def test_calls_are_counted_by_endpoint_and_answer(caller: Caller, counted: CallMetrics) -> None:
    counted.write()
    before = shown(counted)
    caller.bet(1)
    caller.bet(-1)
    caller.call(BET, method="GET")
    for path in ("/wallet/nothing", f"/wallet/{os.urandom(4).hex()}", "/game/../x"):
        caller.call(path)
    assert counted.write() >= 5
    found = shown(counted)
    assert (
        value(found, "portal_calls_total", endpoint=BET, status="RS_OK", code="200")
        - value(before, "portal_calls_total", endpoint=BET, status="RS_OK", code="200")
        == 1
    )
    assert value(found, "portal_calls_total", endpoint=BET, code="405") == 1
    assert value(found, "portal_calls_total", endpoint=OTHER, code="404") >= 2
    assert value(found, "portal_call_seconds_count", endpoint=BET) >= 3
    assert {dict(labels)["endpoint"] for name, labels in found if name == "portal_calls_total"} <= {
        OTHER,
        *ENDPOINTS,
    }


def test_threads_and_what_was_not_admitted_are_shown(counted: CallMetrics) -> None:
    admission = counted._admission
    counted.begin()
    with admission.admit(1, None):
        counted.write()
    found = shown(counted)
    assert value(found, "portal_threads_busy") == 1
    assert value(found, "portal_threads_in_database") == 1
    assert value(found, "portal_threads") == 8
    with pytest.raises(statuses.Unanswered), admission.admit(1, "p"):
        raise statuses.Unanswered
    with admission.admit(1, "p"), admission.admit(1, "p"), pytest.raises(statuses.Overloaded), admission.admit(1, "p"):
        pass
    counted.end(BET, "RS_OK", 200, 1)
    counted.write()
    assert value(shown(counted), "portal_calls_not_admitted_total") == 1
    assert value(shown(counted), "portal_threads_busy") == 0


def test_nothing_is_counted_without_a_folder(caller: Caller) -> None:
    caller.bet(1)
    assert call_metrics.of_this_process._writer is None
    assert not call_metrics.of_this_process._calls


# --- the installation -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_each_part_is_read_and_has_a_time() -> None:
    found = installation()
    names = {name for name, _ in found}
    assert len(names) >= 25
    assert value(found, "portal_metrics_part_failed") == 0
    assert {dict(labels)["part"] for name, labels in found if name == "portal_metrics_part_seconds"} == {
        part.read.__name__ for part in gauges.PARTS
    }


def test_what_is_wrong_is_a_figure(caller: Caller, acme: Merchant) -> None:
    begun = heartbeats.installed_at()
    assert begun is not None
    heartbeats.record(Heartbeat.Job.HISTORY, is_good=False)
    BookFinding.objects.create(merchant=acme, origin="rows", kind="balance", subject="row 1", ours={}, difference=1)
    sign_in_records.add_record(SignInRecord.Kind.LOCKED, email="a@b.example", address="192.0.2.1")
    for _ in range(3):
        caller.call(BET, {}, x_signature="0" * 64)
    request_log.drain_lines()
    with clock.frozen_at(max(clock.now(), begun + timedelta(seconds=90))):
        found = installation()
    assert value(found, "portal_job_good", name="verify_history") == 0
    assert value(found, "portal_job_good", name="verify_ledger") == 1
    assert value(found, "portal_job_age_seconds", name="worker") >= 90
    assert value(found, "portal_backup_age_seconds") >= 90
    assert value(found, "portal_books_differences") == 1
    assert value(found, "portal_sign_in_locks") == 1
    assert value(found, "portal_signatures_refused", merchant="acme") == 3
    assert value(found, "portal_watermark_behind_rows", source="calls") > 0
    assert value(found, "portal_up", part="broker") == 1


def test_a_part_that_fails_hides_no_other(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Iterator[Metric]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        yield from ()

    monkeypatch.setattr(gauges, "PARTS", (gauges.GaugePart(fails), gauges.GaugePart(gauges.books)))
    found = installation()
    assert value(found, "portal_metrics_part_failed", part="fails") == 1
    assert value(found, "portal_metrics_part_failed", part="books") == 0
    assert ("portal_books_differences", frozenset()) in found


# --- real processes ---------------------------------------------------------------------------------------------------
@contextmanager
def exporter(portal: Live) -> Iterator[str]:
    """The address at which the figures are."""
    command = [sys.executable, "manage.py", "metrics", "--port", "0"]
    with subprocess.Popen(
        tethered_command(command), env=portal.environment, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield re.search(r"http://\S+/metrics", said)[0]  # type: ignore[index]
        finally:
            process.terminate()


def scraped(address: str) -> Figures:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return figures(answer.read().decode())


def test_calls_of_all_web_processes_are_summed_up(live: Live, tmp_path: Path) -> None:
    """A worker that is gone takes its threads along, and nothing of what it counted."""
    folder = tmp_path / "metrics"
    (tmp_path / "portal").mkdir()
    with (
        own_portal(live.environment["DATABASE_URL"], tmp_path / "portal", METRICS_FOLDER=str(folder)) as portal,
        stage_on(Live(portal.base_url, live.dsn, portal.environment, portal.log, portal.api_url)) as stage,
        exporter(portal) as address,
    ):
        for _ in range(60):
            with urllib.request.urlopen(f"{stage.base_url}/livez", timeout=60):
                pass
        until(lambda: ask_nothing(portal) and value(scraped(address), "portal_threads") == 16)
        (folder / "gauge_livesum_999999999.db").write_bytes((next(folder.glob("gauge_livesum_*.db"))).read_bytes())
        found = scraped(address)
    assert value(found, "portal_threads") == 16
    assert value(found, "portal_calls_total", endpoint=OTHER, code="404") > 0
    assert value(found, "portal_up", part="database") == 1


def ask_nothing(portal: Live) -> bool:
    """One call to an address that is no endpoint, over a connection of its own, so that both processes get some."""
    try:
        with urllib.request.urlopen(f"{portal.base_url}/wallet/nothing", timeout=60):
            pass
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code == 404
    return False


def test_a_port_that_is_taken_is_said(live: Live) -> None:
    port = free_port()
    with exporter(live) as address:
        taken = address.split(":")[-1].split("/")[0]
        done = live.manage("metrics", "--port", taken)
    assert port
    assert done.returncode == 1
    assert f"Port {taken} on 127.0.0.1 cannot be used" in done.stderr
