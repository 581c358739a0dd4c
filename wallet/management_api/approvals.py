"""Changes that wait for a second approver: a token reads and declines them; pages approve them (decision 0094)."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope, Visit
from merchants.models import Approval
from merchants.services import approvals
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe


def approval_fields(approval: Approval) -> dict[str, Any]:
    return {
        "id": approval.pk,
        "verb": approval.verb,
        "request": approval.request,
        "auth_key": approval.key.auth_key if approval.key else None,
        "changes": approval.wish.get("changes", []),
        "reason": approval.reason,
        "state": approval.state,
        "asked_by": str(approval.asked_by),
        "asked_at": approval.asked_at,
        "expires_at": approval.expires_at,
        "decided_by": str(approval.decided_by) if approval.decided_by else None,
        "decided_at": approval.decided_at,
    }


def own_approval(visit: Visit, number: int) -> Approval:
    found = Approval.objects.select_related("key", "asked_by", "decided_by")
    approval = found.filter(merchant=visit.merchant, pk=number).first()
    if approval is None:
        raise Http404
    return approval


class ApprovalsEndpoint(ManagementView):
    scopes = {"GET": Scope.APPROVALS_READ}

    @describe(
        "list_approvals",
        "List changes that wait for a second approver",
        parameters=[fields.ApprovalQuery],
        responses=fields.ApprovalList,
    )
    def get(self, request: Request, merchant: str) -> Response:
        """A change is approved on the pages, by a person with a fresh second factor. No token approves."""
        visit, asked = self.visit(merchant), self.query(fields.ApprovalQuery)
        rows = Approval.objects.select_related("key", "asked_by", "decided_by")
        found, cursor = page_of(rows.filter(merchant=visit.merchant, state=asked["state"]), asked)
        return Response({"items": [approval_fields(each) for each in found], "next": cursor})


class DeclineEndpoint(ManagementView):
    scopes = {"POST": Scope.APPROVALS_DECLINE}

    @describe("decline_approval", "Decline a change that waits", request=None, responses=fields.ApprovalFields)
    def post(self, request: Request, merchant: str, number: int) -> Response:
        """Nothing changes. The person who requested the change may withdraw it in the same way."""
        visit = self.visit(merchant)
        approvals.decline_request(approval=own_approval(visit, number), by=self.person)
        return Response(approval_fields(own_approval(visit, number)))
