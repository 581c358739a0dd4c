"""Traces by OpenTelemetry, where `TRACES_URL` is set: a span for each request, job and statement to the database.

A span names nobody and holds no secret: of an address its route, of a statement its text without its values, of a fault
its class. What a caller says of its own trace is not read: a stranger must not choose what we store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings
from django.db import connections
from django.db.backends.signals import connection_created
from django.urls import Resolver404, resolve
from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from portal import __version__
from portal.health import Probes
from wallet.api.urls import ENDPOINTS, name_of

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SERVER_FAULT = 500
RECEIVER_SECONDS = 2  # for a batch, all attempts together: a process that ends waits so long for each that is left
starting = Lock()
running: dict[str, tuple[Span, Any]] = {}  # jobs of this process, by the id of their task


def trace_web(application: WSGIApplication, service: str, route_of: Callable[[str], str]) -> WSGIApplication:
    """Return the application with a span around each request. The spans are sent as those of `service`."""

    def traced(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.rstrip("/") in Probes.ANSWERS:
            return application(environ, start_response)
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "_OTHER"
        route = route_of(path)
        with tracer_of_process(service).start_as_current_span(
            f"{method} {route}".strip(),
            context=Context(),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": route},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                note_answer(span, int(status[:3]), headers)
                return start_response(status, headers, *rest)

            return application(environ, start)

    return traced


def note_answer(span: Span, status: int, headers: Sequence[tuple[str, str]]) -> None:
    """Write the status and the id of the request, which the log has too, on its span."""
    span.set_attribute("http.response.status_code", status)
    for name, value in headers:
        if name.lower() == "x-request-id":
            span.set_attribute("portal.request_id", value)
    if status >= SERVER_FAULT:
        span.set_status(Status(StatusCode.ERROR))


def machine_route(path: str) -> str:
    """Return the signed endpoint of this path, or nothing."""
    name = name_of(path)
    return name if name in ENDPOINTS else ""


def page_route(path: str) -> str:
    """Return the pattern of this path, or nothing: the path itself can hold the token of a link."""
    try:
        return f"/{resolve(path).route}"
    except Resolver404:
        return ""


def trace_jobs() -> None:
    """Put a span around each job of this worker, from now on."""
    task_prerun.connect(begin_job, weak=False, dispatch_uid="traces")
    task_postrun.connect(end_job, weak=False, dispatch_uid="traces")


def begin_job(task_id: str, task: Any, **_: Any) -> None:
    span = tracer_of_process("portal-jobs").start_span(task.name, context=Context(), kind=SpanKind.CONSUMER)
    running[task_id] = span, attach(trace.set_span_in_context(span))


def end_job(task_id: str, state: str | None = None, **_: Any) -> None:
    span, token = running.pop(task_id)
    span.set_attribute("celery.state", state or "")
    if state == "FAILURE":
        span.set_status(Status(StatusCode.ERROR))
    detach(token)
    span.end()


def tracer_of_process(service: str) -> Tracer:
    """Return the tracer of this process, which serves as `service`. Its first request or job makes it, after any
    fork.
    """
    with starting:
        return start_tracer(service)


def statement_text(sql: Any, parameters: Any) -> str:
    """Return the text of a statement whose values stand apart from it; empty for one in which values may stand."""
    return sql.strip() if isinstance(sql, str) and parameters else ""


@cache
def start_tracer(service: str) -> Tracer:
    """Spans leave in batches by a thread of their own: with the receiver away they are dropped, and nothing waits."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": service, "service.version": __version__}),
        sampler=ParentBased(TraceIdRatioBased(settings.TRACES_SHARE)),
    )
    exporter = OTLPSpanExporter(f"{settings.TRACES_URL}/v1/traces", timeout=RECEIVER_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("portal")

    def record_statement(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if not trace.get_current_span().is_recording():
            return execute(sql, parameters, many, context)
        text = statement_text(sql, parameters)
        with tracer.start_as_current_span(
            text.split(maxsplit=1)[0].upper() if text else "statement",
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.namespace": context["connection"].alias},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            if text:
                span.set_attribute("db.query.text", text)
            try:
                return execute(sql, parameters, many, context)
            except Exception as fault:
                span.set_attribute("error.type", type(fault).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def record_from_now_on(connection: Any, **_: Any) -> None:
        if record_statement not in connection.execute_wrappers:
            connection.execute_wrappers.append(record_statement)

    connection_created.connect(record_from_now_on, weak=False, dispatch_uid="traces")
    for connection in connections.all(initialized_only=True):
        record_from_now_on(connection)
    return tracer
