from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from merchants.models import Merchant
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView, page_of
from wallet.management_api.schema import describe


class MerchantsEndpoint(ManagementView):
    @describe(
        "list_merchants",
        "List the merchants that the token reaches",
        parameters=[fields.CursorQuery],
        responses=fields.MerchantList,
    )
    def get(self, request: Request) -> Response:
        """Any scope opens this list."""
        of = self.token.merchant
        reached = Merchant.objects.all() if of is None else Merchant.objects.filter(pk=of.pk)
        found, cursor = page_of(reached, self.query(fields.CursorQuery))
        items = [
            {"code": each.code, "name": each.name, "status": each.status, "is_sandbox": each.is_sandbox}
            for each in found
        ]
        return Response({"items": items, "next": cursor})
