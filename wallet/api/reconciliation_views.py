"""`/reconciliation`: an operator's statements, sent by its server and asked for."""

from __future__ import annotations

import io
from datetime import date
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from merchants.errors import Refusal
from merchants.models import Merchant
from wallet import statuses
from wallet.api import contracts, decoding, statement_bodies
from wallet.api.endpoint import QueryView, SignedView
from wallet.api.game_views import iso_moment
from wallet.api.request import SignedHttpRequest
from wallet.ledger import ledger
from wallet.ledger.ledger import Caller
from wallet.models import Reconciliation, Statement
from wallet.reconciliation import statements
from wallet.reconciliation.scopes import Scope


class Sent(NamedTuple):
    day: date
    scope: Scope
    file: IO[bytes]


class SendStatement(SignedView):
    """Send the statement of a day. The same bytes sent twice are one statement."""

    takes, gives = contracts.StatementCall, contracts.StatementAnswer
    kind = "statement"
    media_types = ("application/json", "text/csv")
    takes_files = True
    body_limit = settings.MAX_STATEMENT_BODY_BYTES

    def read(self, request: SignedHttpRequest) -> Sent:
        file = io.BytesIO(request.raw) if request.upload is None else request.upload.file
        return Sent(*statement_bodies.heading_of(file), file)

    def serve(self, caller: Caller, asked: Sent) -> contracts.StatementAnswer:
        ledger.check_gate(caller, self.kind)
        merchant = Merchant.objects.get(pk=caller.merchant_id)
        try:
            statement = statements.receive_statement(
                merchant=merchant, day=asked.day, name="", content=asked.file, source=Statement.Source.API,
                scope=asked.scope,
            )  # fmt: skip
        except Refusal as refusal:
            raise statuses.FieldRequiredOrInvalid(str(refusal)) from refusal
        return statement_answer(statement)


class GetStatement(QueryView):
    """Return the state of a statement and the newest reconciliation run of its day."""

    takes, gives = contracts.StatementQuery, contracts.StatementAnswer

    def read_query(self, request: SignedHttpRequest) -> contracts.StatementQuery:
        request.fields = {"statementId": request.path_info.rstrip("/").rpartition("/")[2]}
        return decoding.check_contract(self.takes, request.fields)

    def serve(self, caller: Caller, asked: contracts.StatementQuery) -> contracts.StatementAnswer:
        ledger.check_gate(caller, self.kind)
        return statement_answer(own_statement(caller.merchant_id, asked.statement_id))


def own_statement(merchant_id: int, number: str) -> Statement:
    try:
        return Statement.objects.get(merchant=merchant_id, number=UUID(number))
    except (ValueError, Statement.DoesNotExist) as fault:
        raise statuses.RecordNotFound("The statement does not exist.") from fault


def statement_answer(statement: Statement) -> contracts.StatementAnswer:
    return contracts.StatementAnswer(
        status=statuses.OK,
        statement_id=str(statement.number),
        day=statement.day.isoformat(),
        state=statement.state,
        rows=statement.rows,
        totals=[_total(total) for total in statement.totals],
        faults=[contracts.StatementFault(line=fault.get("line"), text=fault["text"]) for fault in statement.faults],
        fault_count=statement.fault_count,
        scope=statement.scope,
        warnings=statement.warnings,
        is_current=statement.is_current,
        comparison=_comparison(statement),
    )


def _total(total: dict[str, Any]) -> contracts.StatementTotal:
    return contracts.StatementTotal(
        currency=total["currency"], kind=total["kind"], rows=total["rows"], amount=str(total["amount"])
    )


def _comparison(statement: Statement) -> contracts.Comparison | None:
    """By the index of a day's comparisons; there are few of one day. Of several statements each was compared."""
    done = Reconciliation.objects.filter(merchant=statement.merchant_id, day=statement.day, state="done")
    with_it = Q(statement=statement) | Q(statement_ids__contains=[statement.pk], statement__isnull=False)
    newest = done.filter(with_it).order_by("-number").first()
    if newest is None:
        return None
    return contracts.Comparison(number=newest.number, outcome=newest.outcome, compared_at=iso_moment(newest.done_at))
