from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope, Visit
from merchants.models import ApiKey, Approval
from merchants.services import allowlist, allowlist_changes
from merchants.services.allowlist import EntryPlan, Proposal, Saved, entry_usage, parse_network, saving
from merchants.services.allowlist.pasted_entries import checked_note
from merchants.services.allowlist_changes import ListWish
from portal.lib.clientip import parse_networks
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView
from wallet.management_api.keys import listed_key
from wallet.management_api.schema import describe
from wallet.services.usage import rehearsal
from wallet.services.usage.rehearsal import Called

SHOWN = 100


def own_list(visit: Visit, asked: Mapping[str, Any]) -> ApiKey | None:
    """Return the key of the list that is asked for; None for the merchant's own."""
    return listed_key(visit, asked["key"]) if asked.get("key") else None


def list_fields(visit: Visit, key: ApiKey | None) -> dict[str, Any]:
    standing = entry_usage.list_standing(visit.merchant, key)
    return {
        "key": key.auth_key if key else None,
        "version": standing.version,
        "entries": [{"network": line.text, "note": line.note, "expires_at": line.ends} for line in standing.lines],
        "trial_until": standing.on_trial.deadline if standing.on_trial else None,
    }


def proposed_list(visit: Visit, key: ApiKey | None, entries: Iterable[Mapping[str, Any]]) -> Proposal:
    """Return the proposal. Entries that stand already may stay, even if no new one may be like them."""
    standing = {line.name for line in entry_usage.list_standing(visit.merchant, key).lines}
    return Proposal(visit.merchant, tuple(_entry(each, standing) for each in entries), key)


def _entry(asked: Mapping[str, Any], standing: set[str]) -> EntryPlan:
    [network] = (
        parse_networks([asked["network"]]) if asked["network"] in standing else [parse_network(asked["network"])]
    )
    return EntryPlan(network, checked_note(asked["note"]), asked["expires_at"])


class AllowlistEndpoint(ManagementView):
    scopes = {"GET": Scope.ALLOWLIST_READ, "PUT": Scope.ALLOWLIST_WRITE}

    @describe(
        "get_allowlist",
        "Read an allowlist",
        parameters=[fields.ListQuery],
        responses=fields.AllowlistFields,
    )
    def get(self, request: Request, merchant: str) -> Response:
        visit = self.visit(merchant)
        return Response(list_fields(visit, own_list(visit, self.query(fields.ListQuery))))

    @describe(
        "change_allowlist",
        "Replace an allowlist",
        request=fields.AllowlistRequest,
        responses={200: fields.AllowlistResult, 202: fields.AllowlistResult},
    )
    def put(self, request: Request, merchant: str) -> Response:
        """The whole list is replaced. A list that would refuse every address that called in the last 24 hours is
        refused (`lock_out`) unless `confirmed_code` is the merchant code. Test the list first.
        """
        visit, asked = self.visit(merchant), self.body(fields.AllowlistRequest)
        key = own_list(visit, asked)
        saving.revert_ended_trial(merchant=visit.merchant, key=key)
        done = allowlist_changes.change_networks(
            proposal=proposed_list(visit, key, asked["entries"]),
            before=entry_usage.list_standing(visit.merchant, key).lines,
            wish=ListWish(asked["expected_version"], asked["confirmed_code"], asked["on_trial"], asked["reason"]),
            by=self.person,
            needs_second_person=visit.needs_second_person,
        )
        answer = {
            "result": result_of(done),
            "approval": done.pk if isinstance(done, Approval) else None,
            "allowlist": list_fields(visit, key),
        }
        return Response(answer, status=202 if isinstance(done, Approval) else 200)


def result_of(done: Saved | Approval) -> str:
    if isinstance(done, Approval):
        return "waiting_for_approval"
    if done.trial is not None:
        return "on_trial"
    return "done" if done.changed else "unchanged"


class RehearsalEndpoint(ManagementView):
    scopes = {"POST": Scope.ALLOWLIST_READ}

    @describe(
        "test_allowlist",
        "Test an allowlist against recent calls",
        request=fields.RehearsalRequest,
        responses=fields.RehearsalFields,
    )
    def post(self, request: Request, merchant: str) -> Response:
        """Nothing is changed. Requests with a valid signature of the last days are judged by the proposed list."""
        visit, asked = self.visit(merchant), self.body(fields.RehearsalRequest)
        proposal = proposed_list(visit, own_list(visit, asked), asked["entries"])
        found, shut_out = rehearsal.rehearse(proposal, days=asked["days"]), allowlist.network_lockout(proposal)
        answer = {
            "days": found.days,
            "requests": found.calls,
            "refused": found.refused,
            "refused_addresses": [called_fields(each) for each in found.refused_addresses[:SHOWN]],
            "locked_out": shut_out.summary if shut_out else None,
        }
        return Response(answer)


def called_fields(called: Called) -> dict[str, Any]:
    return {"address": str(called.address), "requests": called.calls, "last_at": called.last_at}
