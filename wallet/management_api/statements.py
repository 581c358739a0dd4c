from __future__ import annotations

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope
from merchants.models import Merchant
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe
from wallet.models import Statement
from wallet.reconciliation import statements
from wallet.reconciliation.scopes import Scope as PartOfDay


def statement_fields(statement: Statement) -> dict[str, Any]:
    return {
        "id": str(statement.number),
        "day": statement.day,
        "scope": statement.scope,
        "state": statement.state,
        "rows": statement.rows,
        "is_current": statement.is_current,
        "faults": statement.faults,
        "warnings": statement.warnings,
        "received_at": statement.received_at,
    }


class StatementsEndpoint(ManagementView):
    scopes = {"GET": Scope.STATEMENTS_READ, "POST": Scope.STATEMENTS_WRITE}
    parser_classes = [MultiPartParser]

    @describe(
        "list_statements",
        "List statements, newest first",
        parameters=[fields.CursorQuery],
        responses=fields.StatementList,
    )
    def get(self, request: Request, merchant: str) -> Response:
        rows = Statement.objects.filter(merchant=self.visit(merchant).merchant)
        found, cursor = page_of(rows, self.query(fields.CursorQuery))
        return Response({"items": [statement_fields(each) for each in found], "next": cursor})

    @describe(
        "upload_statement",
        "Upload the statement of a day",
        request={"multipart/form-data": fields.StatementUpload},
        responses={202: fields.StatementFields},
    )
    def post(self, request: Request, merchant: str) -> Response:
        """A job reads the file within a minute, by the mapping of the merchant’s plan. The same bytes sent twice are
        one statement.
        """
        visit, sent = self.visit(merchant), self.body(fields.StatementUpload)
        stated = {name: sent[name] for name in ("currencies", "part") if sent.get(name)}
        statement = statements.receive_statement(
            merchant=Merchant.objects.get(pk=visit.merchant.pk),
            day=sent["day"],
            name=sent["file"].name,
            content=sent["file"],
            source=Statement.Source.API,
            by=self.person,
            scope=PartOfDay.parse(";".join(f"{name}={value}" for name, value in stated.items())),
        )
        return Response(statement_fields(statement), status=202)
