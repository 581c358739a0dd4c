"""What all endpoints share: the caller is judged, the body checked, one service called."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qsl

import msgspec
from django.conf import settings
from django.http import HttpResponse
from rest_framework.views import APIView

from wallet import statuses
from wallet.api import admission, contracts, decoding, envelope
from wallet.api.authentication import SignatureAuthentication
from wallet.api.request import SignedHttpRequest
from wallet.ledger import ledger
from wallet.ledger.ledger import Caller, StaleAccess

ATTEMPTS = 3


class SignedView(APIView):
    """A signed endpoint. `takes` is its input, `gives` its answer; `serve` calls one service. `kind` is what a state
    of merchant or key permits or refuses.

    DRF's own dispatch (content negotiation, request wrapper, permissions) is left out: a signed call has one format and
    one authentication, and what stands around a bet costs more than the bet (decision 0009).
    """

    authentication_classes = [SignatureAuthentication]
    takes: ClassVar[type[contracts.Contract]]
    gives: ClassVar[type[contracts.Answered]]
    kind: ClassVar[str]
    method: ClassVar[str] = "POST"
    is_batch: ClassVar[bool] = False
    body_limit: ClassVar[int] = settings.MAX_BODY_BYTES
    media_types: ClassVar[tuple[str, ...]] = ("application/json",)
    takes_files: ClassVar[bool] = False
    judge = SignatureAuthentication().authenticate

    def __init_subclass__(cls) -> None:
        """A view without a method called `post` or `get` would be left out of the schema."""
        super().__init_subclass__()
        setattr(cls, cls.method.lower(), cls.dispatch)

    def dispatch(self, request: SignedHttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Judge, check, serve; again from the start when keys or lists changed between the judging and the ledger."""
        for attempt in range(ATTEMPTS):
            _, caller = self.judge(request, fresh=attempt > 0)
            try:
                asked = self.read_admitted(request, caller)
                with admission.of_this_process.admit(caller.merchant_id, self.locked_player(asked)):
                    given = self.serve(caller, asked)
            except StaleAccess:
                continue
            return envelope.call_response(self.log_answer(request, given))
        raise statuses.Overloaded

    def read_admitted(self, request: SignedHttpRequest, caller: Caller) -> Any:
        """The body as it was meant. A refusal by rows 7 to 10 goes only to who passes row 6 and the newest lists."""
        try:
            return self.read(request)
        except statuses.CallRefused:
            ledger.check_gate(caller, self.kind)
            raise

    def read(self, request: SignedHttpRequest) -> Any:
        request.fields = decoding.parse_object(request.raw)
        return decoding.check_contract(self.takes, request.fields)

    def locked_player(self, asked: Any) -> str | None:
        """Return whose other calls this one may wait for; None when for nobody's."""
        return getattr(asked, "player_id", None)

    def serve(self, caller: Caller, asked: Any) -> msgspec.Struct:
        raise NotImplementedError

    def log_answer(self, request: SignedHttpRequest, given: msgspec.Struct) -> msgspec.Struct:
        """Leaves in the log what was answered."""
        line = request.line
        line.status, balance = statuses.OK, getattr(given, "balance", None)
        line.balance = balance if type(balance) is int else None
        return given


class QueryView(SignedView):
    """A signed GET: no body, its fields in the query.

    Any body is refused: with one, the signed bytes of another call would open every list.
    """

    method = "GET"
    kind = "read"

    def locked_player(self, asked: Any) -> None:
        """Reading waits for nobody."""

    def read(self, request: SignedHttpRequest) -> Any:
        if request.raw:
            raise statuses.IncorrectData("A GET has no body. Send it without one.")
        return self.read_query(request)

    def read_query(self, request: SignedHttpRequest) -> Any:
        try:
            pairs = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError as fault:
            raise statuses.IncorrectData("The query is not UTF-8.") from fault
        request.fields = dict(pairs)
        return decoding.check_query(self.takes, pairs)
