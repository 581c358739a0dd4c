from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope
from merchants.pages.timeline import merchant_entry
from merchants.services import history
from merchants.services.history import TimelineEntry
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView
from wallet.management_api.schema import describe


class AuditEndpoint(ManagementView):
    scopes = {"GET": Scope.AUDIT_READ}

    @describe(
        "list_history",
        "List the history, newest first",
        parameters=[fields.AuditQuery],
        responses=fields.HistoryPage,
    )
    def get(self, request: Request, merchant: str) -> Response:
        """All that was done for the merchant: by its people, by our staff, by jobs and by API tokens."""
        visit, asked = self.visit(merchant), self.query(fields.AuditQuery)
        kind = asked.get("kind", "")
        found = history.timeline_page(
            visit.merchant,
            before=asked.get("before"),
            kind=kind if kind in history.KINDS else "",
            limit=asked["limit"],
        )
        entries = found.entries if visit.by_staff else [merchant_entry(entry) for entry in found.entries]
        return Response({"items": [entry_fields(entry) for entry in entries], "next": found.older})


def entry_fields(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "title": entry.title,
        "kind": entry.kind,
        "actor": entry.who,
        "door": entry.door,
        "address": entry.address,
        "reason": entry.reason,
        "changes": [change._asdict() for change in entry.changes],
    }
