"""Keys. No answer holds a secret: owners collect a new one by claim link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from merchants.access import Scope, Visit
from merchants.models import ApiKey, Approval
from merchants.services import approvals, claim_links, history, key_hygiene, keys
from portal.lib import clock
from wallet.management_api import fields
from wallet.management_api.endpoint import ManagementView
from wallet.management_api.schema import describe


def key_fields(key: ApiKey) -> dict[str, Any]:
    """Return a key of `keys_by_use`."""
    live = key.live  # type: ignore[attr-defined]
    return {
        "auth_key": key.auth_key,
        "environment": key.environment,
        "label": key.label,
        "status": key.status,
        "expires_at": key.expires_at,
        "current_version": next((each.version for each in live if each.usable_until is None), None),
        "versions": [{"version": each.version, "usable_until": each.usable_until} for each in live],
        "last_used_at": key.seen_moment,  # type: ignore[attr-defined]
        "last_used_from": key.seen_address,  # type: ignore[attr-defined]
    }


def listed_key(visit: Visit, auth_key: str) -> ApiKey:
    found = [key for key in key_hygiene.keys_by_use(visit.merchant, clock.now()) if key.auth_key == auth_key]
    if not found:
        raise Http404
    return found[0]


def key_result(visit: Visit, key: ApiKey, done: Approval | datetime | None = None) -> Response:
    """Return what came of it: an approval that waits, or the moment until which the claim link works."""
    waits = isinstance(done, Approval)
    answer = {
        "result": "waiting_for_approval" if waits else "done",
        "approval": done.pk if isinstance(done, Approval) else None,
        "claim_link_expires_at": done if isinstance(done, datetime) else None,
        "key": key_fields(listed_key(visit, key.auth_key)),
    }
    return Response(answer, status=202 if waits else 200)


class KeysEndpoint(ManagementView):
    scopes = {"GET": Scope.KEYS_READ, "POST": Scope.KEYS_ISSUE}

    @describe("list_keys", "List keys, usable ones first", responses=fields.KeyList)
    def get(self, request: Request, merchant: str) -> Response:
        found = key_hygiene.keys_by_use(self.visit(merchant).merchant, clock.now())
        return Response({"items": [key_fields(key) for key in found]})

    @describe(
        "issue_key",
        "Issue a key",
        request=fields.IssueRequest,
        responses={201: fields.IssueResult, 202: fields.IssueResult},
    )
    def post(self, request: Request, merchant: str) -> Response:
        """Tokens of our staff only. A live merchant gets a live key, its sandbox a test key. Each owner gets a claim
        link by email. With the two-person rule the key waits for another person (202).
        """
        visit, wish = self.visit(merchant), self.body(fields.IssueRequest)
        of, reason = visit.merchant, wish.pop("reason")
        wish["environment"] = ApiKey.Environment.TEST if of.is_sandbox else ApiKey.Environment.LIVE
        if of.two_person:
            asked = approvals.ask_to_issue(merchant=of, by=self.person, reason=reason, **wish)
            return issue_result(asked.pk, None, None, status=202)
        with history.give_reason(reason):
            issued = keys.issue_key(merchant=of, **wish)
            claim = claim_links.send_link(secret=issued.row, by=self.person)
        return issue_result(None, claim.expires_at, key_fields(listed_key(visit, issued.key.auth_key)), status=201)


def issue_result(approval: int | None, until: datetime | None, key: dict[str, Any] | None, *, status: int) -> Response:
    answer = {
        "result": "done" if approval is None else "waiting_for_approval",
        "approval": approval,
        "claim_link_expires_at": until,
        "key": key,
    }
    return Response(answer, status=status)


class KeyEndpoint(ManagementView):
    scopes = {"GET": Scope.KEYS_READ}

    @describe("get_key", "Read a key", responses=fields.KeyFields)
    def get(self, request: Request, merchant: str, auth_key: str) -> Response:
        return Response(key_fields(listed_key(self.visit(merchant), auth_key)))


class RotateEndpoint(ManagementView):
    scopes = {"POST": Scope.KEYS_WRITE}

    @describe(
        "rotate_key",
        "Rotate the secret",
        request=fields.RotationRequest,
        responses={200: fields.KeyResult, 202: fields.KeyResult},
    )
    def post(self, request: Request, merchant: str, auth_key: str) -> Response:
        """The next version of the secret is active at once; the old version works until the overlap ends. Each owner
        gets a claim link by email. With the two-person rule the rotation waits for another person (202).
        """
        visit, wish = self.visit(merchant), self.body(fields.RotationRequest)
        key, reason = listed_key(visit, auth_key), wish.pop("reason")
        wish["overlap"] = timedelta(hours=wish.pop("overlap_hours"))
        if visit.merchant.two_person:
            return key_result(visit, key, approvals.ask_to_rotate(key=key, by=self.person, reason=reason, **wish))
        with history.give_reason(reason):
            issued = keys.rotate_secret(key=key, **wish)
            # An owner may collect what a token of the same owner has rotated; our staff never collect.
            claim = claim_links.send_link(secret=issued.row, by=self.person if visit.by_staff else None)
        return key_result(visit, key, claim.expires_at)


class QuarantineEndpoint(ManagementView):
    scopes = {"POST": Scope.KEYS_WRITE}

    @describe(
        "quarantine_key",
        "Quarantine a key",
        request=fields.ReasonRequest,
        responses=fields.KeyResult,
    )
    def post(self, request: Request, merchant: str, auth_key: str) -> Response:
        """Bets, launches, deposits and withdrawals are refused. Open rounds are still settled, from addresses that
        used the key before.
        """
        visit, wish = self.visit(merchant), self.body(fields.ReasonRequest)
        key = listed_key(visit, auth_key)
        with history.give_reason(wish["reason"]):
            keys.quarantine_key(key=key)
        return key_result(visit, key)


class RevokeEndpoint(ManagementView):
    scopes = {"POST": Scope.KEYS_WRITE}

    @describe(
        "revoke_key",
        "Revoke a key",
        request=fields.ReasonRequest,
        responses={200: fields.KeyResult, 202: fields.KeyResult},
    )
    def post(self, request: Request, merchant: str, auth_key: str) -> Response:
        """A revoked key cannot be restored. With the two-person rule the revocation waits for another person (202)."""
        visit, wish = self.visit(merchant), self.body(fields.ReasonRequest)
        key = listed_key(visit, auth_key)
        if visit.merchant.two_person:
            asked = approvals.ask_to_revoke(key=key, by=self.person, reason=wish["reason"])
            return key_result(visit, key, asked)
        with history.give_reason(wish["reason"]):
            keys.revoke_key(key=key)
        return key_result(visit, key)
