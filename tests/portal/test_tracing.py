"""Spans of requests, jobs and statements, received by OTLP over HTTP as a collector receives them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from psycopg import sql

from portal.local.ports import free_port
from portal.tracing import statement_text
from tests.plugins.live import Live, serving
from tests.portal.test_two_services import get
from tests.wallet.clusters import own_portal, seated
from tests.wallet.conftest import decided, stage_on, until

BET = "POST /wallet/transaction/bet"
STRANGERS = f"00-{'7' * 32}-{'7' * 16}-01"
TOKEN = "t0p-s3cret-of-a-claim-link"
CLAIM = "GET /operator/<slug:code>/keys/claim/<str:token>/"


@dataclass
class Receiver:
    """Keeps what arrives: each span with the name of the service that sent it, and the bytes."""

    url: str
    spans: list[tuple[str, Span]] = field(default_factory=list)
    raw: bytes = b""

    def take(self, body: bytes) -> None:
        told = ExportTraceServiceRequest.FromString(body)
        for each in told.resource_spans:
            names = {one.key: one.value.string_value for one in each.resource.attributes}
            self.spans += [(names["service.name"], span) for scope in each.scope_spans for span in scope.spans]
        self.raw += body

    def named(self, service: str, name: str) -> list[Span]:
        return [span for sender, span in list(self.spans) if (sender, span.name) == (service, name)]


def attributes(span: Span) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value") or "string_value") for one in span.attributes}


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing: the test says what arrived."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def to(url: str) -> dict[str, str]:
    return {"TRACES_URL": url, "TRACES_SHARE": "1", "OTEL_BSP_SCHEDULE_DELAY": "200"}


def test_a_bet_a_page_and_a_job_are_traced_without_what_they_hold(live: Live, tmp_path: Path) -> None:
    port = free_port()
    with receiving() as receiver, own_portal(live.dsn, tmp_path, **to(receiver.url)) as portal:
        with stage_on(portal) as stage:
            caller = seated(stage)
            assert decided(caller.bet, 100_000).status == "RS_OK"
            until(lambda: bool(receiver.named("portal-machines", BET)))
        with serving(portal, port, "people"):
            get(f"http://127.0.0.1:{port}/operator/nobody/keys/claim/{TOKEN}/", traceparent=STRANGERS)
            _, _, headers = get(f"http://127.0.0.1:{port}/{TOKEN}?player={caller.player}")
            until(lambda: bool(receiver.named("portal-people", CLAIM) and receiver.named("portal-people", "GET")))
        heartbeat = "from merchants.tasks import record_heartbeat as job; job.apply(args=['worker']).get()"
        done = portal.manage("shell", "-c", heartbeat)
        assert done.returncode == 0, done.stderr
        until(lambda: bool(receiver.named("portal-jobs", "merchants.tasks.record_heartbeat")))

    bet = receiver.named("portal-machines", BET)[-1]
    assert attributes(bet)["http.response.status_code"] == 200
    inside = [span for _, span in receiver.spans if span.parent_span_id == bet.span_id]
    assert any("wallet_post" in attributes(span).get("db.query.text", "") for span in inside)
    unknown = receiver.named("portal-people", "GET")[-1]
    assert attributes(unknown)["http.response.status_code"] == 404
    assert attributes(unknown)["portal.request_id"] == headers["x-request-id"]
    assert receiver.named("portal-people", CLAIM)[-1].trace_id.hex() != "7" * 32
    job = receiver.named("portal-jobs", "merchants.tasks.record_heartbeat")[-1]
    assert attributes(job)["celery.state"] == "SUCCESS"
    assert any(span.parent_span_id == job.span_id for _, span in receiver.spans)
    for held in (caller.player, caller.signer.secret, caller.signer.auth_key, TOKEN):
        assert held.encode() not in receiver.raw


@pytest.mark.parametrize(
    ("statement", "parameters", "text"),
    [
        (" SELECT %s", ["ada"], "SELECT %s"),
        ("SELECT 'ada'", None, ""),
        (sql.SQL("SELECT {}, %s").format(sql.Literal("ada")), [1], ""),
    ],
)
def test_a_statement_in_which_values_may_stand_has_no_text(statement: Any, parameters: Any, text: str) -> None:
    assert statement_text(statement, parameters) == text


def test_a_receiver_that_is_away_costs_no_call(live: Live, tmp_path: Path) -> None:
    with own_portal(live.dsn, tmp_path, **to(f"http://127.0.0.1:{free_port()}")) as portal, stage_on(portal) as stage:
        caller = seated(stage)
        assert [decided(caller.bet, 1_000).status for _ in range(20)] == ["RS_OK"] * 20
