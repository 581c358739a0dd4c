"""The door for machines, in front of everything that is there for people: no session, no cookie, no CSRF.

A signed call gets its id and its clock here, and whatever happens behind the door, one envelope and one line in the
request log come out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, cast

import structlog
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException

from portal.lib import clock, deadline, masking, signature_mask
from portal.lib.postgres import availability
from wallet import statuses
from wallet.api import arrival, call_metrics, decoding, envelope, faults
from wallet.api.authentication import caller_address, signed_call
from wallet.api.request import SignedHttpRequest
from wallet.api.uploads import body_refusal, discard_rest, read_piece, receive_upload, refuse_size
from wallet.api.urls import BASES, ENDPOINTS, Endpoint, endpoint_of, name_of
from wallet.ledger import ledger
from wallet.services.calls import refusal_limit, signed
from wallet.services.log import refusal_budget, request_log
from wallet.services.log.request_log import LogLine, RefusedBody

log = structlog.get_logger(__name__)
MOST_READ = 4096  # characters of a header
MASKED = {"cookie", "authorization", "proxy", "proxy-authorization"}
AUTH_KEY = re.compile("oppi_pub_(?:live|test)_[0-9A-Za-z]{20}")
AUTH_KEY_LENGTH = 34
KEY_SHOWN = 20  # characters of what is no auth key of ours
# Of these the whole is needed: to say what was wrong with a signature, and to prove a caller's address.
KEPT_WHOLE = {kind.key for kind in (statuses.IpRestriction, statuses.SignatureExpired, statuses.SignatureNotMatch)}
LOGGED_TEXTS = {
    "playerId": ("player_id", 255),
    "sessionId": ("session_id", 512),
    "gameId": ("game_id", 64),
    "transactionId": ("transaction_id", 255),
    "refTransactionId": ("ref_transaction_id", 255),
    "roundId": ("round_id", 255),
    "currency": ("currency", 8),
}


COMPRESSED = {"gzip", "x-gzip", "deflate", "compress", "br", "zstd"}  # encodings


class MachineMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not f"{request.path_info}/".startswith(BASES):
            return self.get_response(request)
        return self.serve(cast("SignedHttpRequest", request))

    def serve(self, request: SignedHttpRequest) -> HttpResponse:
        call_metrics.of_this_process.begin()
        created_at, started = clock.now(), perf_counter_ns()  # in this order: together they are never after its end
        address, source = caller_address(request)
        request.raw, request.upload, request.fields = b"", None, {}
        request.line = line = LogLine(
            request_id=request.request_id,
            created_at=created_at,
            address=address,
            address_source=source,
            method=request.method or "",
            endpoint=_clean(request.path_info, 64),
            auth_key=_auth_key(request.META.get("HTTP_X_API_KEY", "")),
        )
        try:
            response = self.answer(request)
        except statuses.CallRefused as refusal:
            response = self.refuse(request, self.counted(line, refusal))
        except (OperationalError, InterfaceError) as fault:
            faults.report_fault(fault, request_id=str(line.request_id), endpoint=line.endpoint)
            response = self.refuse(request, ledger.undecided_call(fault))
        except Exception as fault:  # the caller must get an envelope whatever breaks, and the log the trace
            log.exception("call.failed", request_id=str(line.request_id), endpoint=line.endpoint)
            response = self.refuse(request, _undecided(fault))
        line.http_status = response.status_code
        line.duration_us = (perf_counter_ns() - started) // 1000
        try:
            self.keep(request)
        except Exception:  # the line of a call is worth less than its answer
            log.exception("call.not_logged", request_id=str(line.request_id), endpoint=line.endpoint)
        name = name_of(request.path_info)
        counted = name if name in ENDPOINTS else call_metrics.OTHER
        call_metrics.of_this_process.end(counted, line.status, line.http_status, line.duration_us)
        return response

    def answer(self, request: SignedHttpRequest) -> HttpResponse:
        endpoint = endpoint_of(request.path_info)
        if endpoint is None:
            raise statuses.NotFound
        if request.method not in endpoint.methods:
            raise statuses.MethodNotAllowed(f"Call {request.path_info} with {' or '.join(sorted(endpoint.methods))}.")
        _check_media_type(request, endpoint)
        if endpoint.takes_files:
            return self.answer_file(request, endpoint)
        request.raw = read_body(request, limit=endpoint.body_limit)
        if availability.would_refuse(settings.WALLET_DATABASE):
            raise statuses.Overloaded
        with deadline.limit_time(arrival.seconds_left(request)):
            return endpoint.answer(request)

    def answer_file(self, request: SignedHttpRequest, endpoint: Endpoint) -> HttpResponse:
        """Who fails rows 1 to 4 sends us no large body: it would be kept on disk before the signature is known."""
        length = _said_length(request)
        if length is not None and length <= settings.MAX_BODY_BYTES:
            if availability.would_refuse(settings.WALLET_DATABASE):
                raise statuses.Overloaded
            request.raw = read_body(request, limit=settings.MAX_BODY_BYTES)
            with deadline.limit_time(settings.ANSWER_SECONDS):
                signed.check_caller(signed_call(request))
            return self.keep_file(request, endpoint)
        stream: Any = request if length is not None else request.META["wsgi.input"]
        if length is not None and length > endpoint.body_limit:
            refuse_size(stream, endpoint.body_limit)
        try:
            with deadline.limit_time(settings.ANSWER_SECONDS):
                signed.check_caller(signed_call(request))
        except statuses.CallRefused:
            discard_rest(stream)
            raise
        with receive_upload(stream, length=length, limit=endpoint.body_limit) as request.upload:
            return self.keep_file(request, endpoint)

    def keep_file(self, request: SignedHttpRequest, endpoint: Endpoint) -> HttpResponse:
        with deadline.limit_time(settings.FILE_ANSWER_SECONDS):
            return endpoint.answer(request)

    def counted(self, line: LogLine, refusal: statuses.CallRefused) -> statuses.CallRefused:
        """What is answered: beyond the limit of its address, a call that fails rows 1 to 5 is refused for that."""
        if line.secret_id is not None or refusal_limit.count_refusal(refusal, line.address, line.created_at):
            return refusal
        line.is_dropped = True
        return statuses.RefusedTooOften() if isinstance(refusal, refusal_limit.FAILED_SIGNING) else refusal

    def refuse(self, request: SignedHttpRequest, refusal: statuses.CallRefused) -> HttpResponse:
        line = request.line
        line.status, line.message, line.balance = refusal.key, refusal.message[:200], refusal.balance
        if not request.fields and request.raw:
            request.fields = _readable(request.raw)
        echo = {}
        if request.path_info.startswith("/wallet/") and isinstance(request.fields.get("transactionId"), str):
            echo["transactionId"] = request.fields["transactionId"].encode(errors="replace").decode()
        return envelope.refusal_response(refusal, **echo)

    def keep(self, request: SignedHttpRequest) -> None:
        line = request.line
        for name, (column, length) in LOGGED_TEXTS.items():
            value = request.fields.get(name)
            if isinstance(value, str):
                setattr(line, column, _clean(value, length))
        amount = request.fields.get("amount", request.fields.get("rewardedAmount"))
        if type(amount) is int and abs(amount) < 2**63:
            line.amount = amount
        origin = request.META.get("HTTP_ORIGIN")
        if origin is not None and line.secret_id is not None:
            line.origin = signed.origin_host(_clean(origin, 4096))[:253]
        if line.status != statuses.OK and request.upload is None and not line.is_dropped:
            self.keep_arrived(request, line)
        request_log.add_line(line)

    def keep_arrived(self, request: SignedHttpRequest, line: LogLine) -> None:
        """Of a key that is unknown, its beginning: nobody else than its sender could explain it."""
        query = _clean(request.META.get("QUERY_STRING", ""), 4096)
        arrived = RefusedBody(query, _headers(request), _body(request.raw))
        if line.secret_id is not None:
            line.refused = arrived
            return
        if line.status not in KEPT_WHOLE:
            line.auth_key, arrived = _key_prefix(line.auth_key), arrived.shortened()
        line.refused = arrived
        if not refusal_limit.has_room_for(arrived.size, line.address, line.created_at):
            refusal_budget.drop_body(line)


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """The raw bytes, never more than `limit`; a body without a length is read from the stream."""
    length = _said_length(request)
    if length is None:
        body = read_piece(request.META["wsgi.input"], limit + 1)
        if len(body) > limit:
            refuse_size(request.META["wsgi.input"], limit)
        return body
    if length > limit:
        refuse_size(request, limit)
    try:
        return request.body
    except (RawPostDataException, OSError) as fault:
        raise body_refusal(fault) from fault


def _said_length(request: HttpRequest) -> int | None:
    """None when the body comes in pieces, and its end is known when it is there."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        return None
    return int(length.lstrip("0")[:12] or 0) if length.isdecimal() else 0


def _check_media_type(request: HttpRequest, endpoint: Endpoint) -> None:
    media_type = (request.META.get("CONTENT_TYPE") or "").partition(";")[0].strip().lower()
    if media_type and media_type not in endpoint.media_types:
        raise statuses.UnsupportedMediaType(f"The body must be {' or '.join(endpoint.media_types)}.")
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if endpoint.takes_files and encoding not in {"", "identity", "gzip"}:
        raise statuses.UnsupportedMediaType("Compress the body with gzip, or send it uncompressed.")
    if not endpoint.takes_files and encoding in COMPRESSED:
        raise statuses.UnsupportedMediaType(decoding.COMPRESSED)


def _undecided(fault: Exception) -> statuses.CallRefused:
    return statuses.Overloaded() if isinstance(fault, Error) else statuses.Undecided()


def _readable(body: bytes) -> dict[str, Any]:
    """What a refused call seems to have been about; for the log and the echo only."""
    try:
        return decoding.parse_object(body)
    except statuses.CallRefused:
        return {}


def _clean(value: str, length: int) -> str:
    text = masking.mask_secrets(value)[:length]
    if text.isascii() and "\0" not in text:  # nearly always
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


def _auth_key(value: str) -> str:
    """Where a signature stands in the wrong header, it would be shown in every list."""
    value = value[:MOST_READ]
    return _clean(signature_mask.cut_signatures(value) if len(value) > AUTH_KEY_LENGTH else value, 64)


def _key_prefix(auth_key: str) -> str:
    if AUTH_KEY.fullmatch(auth_key) or len(auth_key) <= KEY_SHOWN:
        return auth_key
    return f"{auth_key[:KEY_SHOWN]}…"


def _body(raw: bytes) -> bytes:
    """As it arrived, unless the Secret Key itself stands in it."""
    return masking.mask_bytes(raw)


def _headers(request: HttpRequest) -> dict[str, str]:
    return {
        name.lower()[:64]: "masked" if name.lower() in MASKED else _clean(value, 4096)
        for name, value in list(request.headers.items())[:64]
    }
