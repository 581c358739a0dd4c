from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe
from wallet.models import Case, Reconciliation
from wallet.reconciliation import figures


class ReportsEndpoint(ManagementView):
    scopes = {"GET": Scope.REPORTS_READ}

    @describe(
        "list_reports",
        "List reconciled days, newest first",
        parameters=[fields.DayQuery],
        responses=fields.ReportList,
    )
    def get(self, request: Request, merchant: str) -> Response:
        """Each day with the figures of its newest reconciliation run."""
        visit, asked = self.visit(merchant), self.query(fields.DayQuery)
        runs = Reconciliation.objects.filter(merchant=visit.merchant, state=Reconciliation.State.DONE)
        runs = runs.filter(day__lt=asked["before"]) if "before" in asked else runs
        newest = runs.order_by("-day", "-number").distinct("day")[: asked["limit"]]
        return Response({"items": [report_fields(run) for run in newest]})


def report_fields(run: Reconciliation) -> dict[str, Any]:
    counted = figures.figures_of(run)
    return {
        "day": run.day,
        "number": run.number,
        "outcome": run.outcome,
        "reconciled_at": run.done_at,
        "matched": counted.matched,
        "our_rows": counted.ours,
        "their_rows": counted.theirs,
        "breaks": [
            {
                "kind": each.kind,
                "name": each.label,
                "currency": each.currency,
                "breaks": each.breaks,
                "difference": each.difference,
            }
            for each in counted.breaks
        ],
    }


class BreaksEndpoint(ManagementView):
    scopes = {"GET": Scope.REPORTS_READ}

    @describe(
        "list_breaks",
        "List the breaks of a day",
        parameters=[fields.CursorQuery],
        responses=fields.BreakList,
    )
    def get(self, request: Request, merchant: str, day: str) -> Response:
        try:
            rows = Case.objects.filter(merchant=self.visit(merchant).merchant, day=date.fromisoformat(day))
        except ValueError as fault:
            raise Http404 from fault
        found, cursor = page_of(rows, self.query(fields.CursorQuery))
        return Response({"items": [break_fields(case) for case in found], "next": cursor})


def break_fields(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "kind": case.kind,
        "name": str(case.get_kind_display()),
        "subject": case.subject,
        "currency": case.currency,
        "difference": case.difference,
        "severity": Case.Severity(case.severity).name.lower(),
        "state": case.state,
    }
