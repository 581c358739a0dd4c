"""The domain allowlist: read, tested against recent hosts, replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope
from merchants.models import Approval, Merchant
from merchants.services import allowlist, allowlist_changes
from merchants.services.allowlist import DomainLine, entry_usage
from merchants.services.allowlist.pasted_entries import checked_note
from merchants.services.allowlist_changes import ListWish
from wallet.management_api import fields
from wallet.management_api.allowlists import SHOWN, result_of
from wallet.management_api.endpoint import ManagementView
from wallet.management_api.schema import describe
from wallet.services.usage import rehearsal


def domain_list_fields(merchant: Merchant) -> dict[str, Any]:
    version = allowlist.domain_list_version(merchant)  # the version first: what changes from here on is newer
    lines = entry_usage.domain_lines(merchant)
    entries = [{"domain": line.domain, "note": line.note, "expires_at": line.ends} for line in lines]
    return {"version": version, "entries": entries}


def proposed_domains(merchant: Merchant, entries: Iterable[Mapping[str, Any]]) -> tuple[DomainLine, ...]:
    """Return the proposed entries. Entries that stand already may stay, even if no new one may be like them."""
    standing = {line.domain for line in entry_usage.domain_lines(merchant)}
    return tuple(_entry(each, standing) for each in entries)


def _entry(asked: Mapping[str, Any], standing: set[str]) -> DomainLine:
    domain = asked["domain"] if asked["domain"] in standing else allowlist.parse_domain(asked["domain"])
    return DomainLine(domain, checked_note(asked["note"]), asked["expires_at"])


class DomainsEndpoint(ManagementView):
    scopes = {"GET": Scope.ALLOWLIST_READ, "PUT": Scope.ALLOWLIST_WRITE}

    @describe("get_domain_allowlist", "Read the domain allowlist", responses=fields.DomainListFields)
    def get(self, request: Request, merchant: str) -> Response:
        return Response(domain_list_fields(self.visit(merchant).merchant))

    @describe(
        "change_domain_allowlist",
        "Replace the domain allowlist",
        request=fields.DomainListRequest,
        responses={200: fields.DomainListResult, 202: fields.DomainListResult},
    )
    def put(self, request: Request, merchant: str) -> Response:
        """The whole list is replaced; it has no trial. A list that locks callers out is refused (`lock_out`) unless
        `confirmed_code` is the merchant code. Test the list first.
        """
        visit, asked = self.visit(merchant), self.body(fields.DomainListRequest)
        done = allowlist_changes.change_domains(
            merchant=visit.merchant,
            lines=proposed_domains(visit.merchant, asked["entries"]),
            before=entry_usage.domain_lines(visit.merchant),
            wish=ListWish(asked["expected_version"], asked["confirmed_code"], reason=asked["reason"]),
            by=self.person,
            needs_second_person=visit.needs_second_person,
        )
        answer = {
            "result": result_of(done),
            "approval": done.pk if isinstance(done, Approval) else None,
            "allowlist": domain_list_fields(visit.merchant),
        }
        return Response(answer, status=202 if isinstance(done, Approval) else 200)


class DomainRehearsalEndpoint(ManagementView):
    scopes = {"POST": Scope.ALLOWLIST_READ}

    @describe(
        "test_domain_allowlist",
        "Test a domain allowlist against recent hosts",
        request=fields.DomainRehearsalRequest,
        responses=fields.DomainRehearsalFields,
    )
    def post(self, request: Request, merchant: str) -> Response:
        """Nothing is changed. Each host in `Origin` of the last 24 hours is judged by the proposed list."""
        visit, asked = self.visit(merchant), self.body(fields.DomainRehearsalRequest)
        lines = proposed_domains(visit.merchant, asked["entries"])
        allowlist.check_list([line.domain for line in lines])
        said, shut_out = (
            rehearsal.rehearse_domains(visit.merchant, lines),
            allowlist.domain_lockout(lines, visit.merchant),
        )
        hosts = [{"host": each.host, "last_at": each.last_at, "is_allowed": each.allowed} for each in said[:SHOWN]]
        return Response({"hosts": hosts, "locked_out": shut_out.summary if shut_out else None})
