"""What requests hold and answers give, as serializers: the OpenAPI document is drawn from these."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from merchants.models import Approval
from merchants.models.allowlist import MAX_ENTRIES
from merchants.models.credentials import LONGEST_OVERLAP, QUIET_HOURS
from merchants.services import limits
from portal.lib.money import MAX_WHOLE_NUMBER

MOST = 200  # items of a page
LONGEST_REASON = 500
HOUR = 3600
CURRENCY = re.compile("[A-Z0-9]{3,8}")
Base = serializers.Serializer[Any]


def reason_field(*, most: int = LONGEST_REASON, required: bool = False) -> serializers.CharField:
    return serializers.CharField(
        max_length=most, required=required, default="" if not required else serializers.empty,
        help_text="Shown in the history.",
    )  # fmt: skip


class ErrorFields(Base):
    code = serializers.CharField(help_text="A stable name, for programs.")
    detail = serializers.CharField(help_text="A sentence for a person.")
    fields = serializers.DictField(required=False, help_text="The invalid fields, each with its errors.")  # type: ignore[assignment]


class ErrorAnswer(Base):
    error = ErrorFields()


class CursorQuery(Base):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)
    cursor = serializers.CharField(
        required=False, max_length=300, help_text="`next` of the page before. Leave empty for the first page."
    )


# --- Merchants and keys -----------------------------------------------------------------------------------------------
class MerchantFields(Base):
    code = serializers.CharField()
    name = serializers.CharField()
    status = serializers.CharField()
    is_sandbox = serializers.BooleanField()


class MerchantList(Base):
    items = MerchantFields(many=True)
    next = serializers.CharField(allow_null=True)


class SecretVersionFields(Base):
    version = serializers.IntegerField()
    usable_until = serializers.DateTimeField(allow_null=True, help_text="The end of the overlap; null if current.")


KEY = {
    "auth_key": "oppi_pub_live_3fK9sLq0Vb7Xw2Np5RtY",
    "environment": "live",
    "label": "Cashier",
    "status": "active",
    "expires_at": None,
    "current_version": 3,
    "versions": [{"version": 3, "usable_until": None}, {"version": 2, "usable_until": "2026-12-01T14:00:00Z"}],
    "last_used_at": "2026-11-30T14:00:12Z",
    "last_used_from": "203.0.113.9",
}


@extend_schema_serializer(examples=[OpenApiExample("In an overlap", KEY, response_only=True)])
class KeyFields(Base):
    auth_key = serializers.CharField()
    environment = serializers.ChoiceField(["live", "test"])
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.ChoiceField(["active", "quarantined", "revoked"])
    expires_at = serializers.DateTimeField(allow_null=True)
    current_version = serializers.IntegerField(allow_null=True)
    versions = SecretVersionFields(many=True, help_text="Secret versions that work now.")
    last_used_at = serializers.DateTimeField(allow_null=True)
    last_used_from = serializers.CharField(allow_null=True)


class KeyList(Base):
    items = KeyFields(many=True)


class RotationRequest(Base):
    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=int(LONGEST_OVERLAP.total_seconds()) // HOUR, default=24,
        help_text="The old version works for this long.",
    )  # fmt: skip
    quiet_hours = serializers.IntegerField(
        min_value=QUIET_HOURS.start, max_value=QUIET_HOURS.stop - 1, required=False, allow_null=True, default=None,
        help_text="The overlap ends earlier when the old version has not been used for this many hours.",
    )  # fmt: skip
    expected_version = serializers.IntegerField(
        help_text="`current_version` as you read it. A repeat of the request is refused and rotates nothing."
    )
    reason = reason_field()


class ReasonRequest(Base):
    reason = reason_field()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "The two-person rule is on",
            {"result": "waiting_for_approval", "approval": 17, "claim_link_expires_at": None, "key": KEY},
            response_only=True,
        )
    ]
)
class KeyResult(Base):
    result = serializers.ChoiceField(
        ["done", "waiting_for_approval"], help_text="With the two-person rule, another person approves on the pages."
    )
    approval = serializers.IntegerField(allow_null=True)
    claim_link_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until this time, the link emailed to the owners shows the new secret once."
    )
    key = KeyFields()


class IssueRequest(Base):
    label = serializers.CharField(max_length=80, default="", allow_blank=True)  # type: ignore[assignment]
    expires_at = serializers.DateTimeField(allow_null=True, default=None)
    expected_keys = serializers.IntegerField(
        min_value=0,
        help_text="The number of keys in the list as you read it. A repeat is refused and issues nothing.",
    )
    reason = reason_field(required=True)


class IssueResult(Base):
    result = serializers.ChoiceField(["done", "waiting_for_approval"])
    approval = serializers.IntegerField(allow_null=True)
    claim_link_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="Until this time, the link emailed to the owners shows the new secret once."
    )
    key = KeyFields(allow_null=True, help_text="Null while the request waits.")


# --- Approvals --------------------------------------------------------------------------------------------------------
class ApprovalFields(Base):
    id = serializers.IntegerField()
    verb = serializers.ChoiceField(Approval.Verb.values)
    request = serializers.CharField(help_text="The request, as the pages name it.")
    auth_key = serializers.CharField(allow_null=True)
    changes = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    state = serializers.ChoiceField(Approval.State.values)
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class ApprovalQuery(CursorQuery):
    state = serializers.ChoiceField(Approval.State.values, default=Approval.State.WAITING.value)


class ApprovalList(Base):
    items = ApprovalFields(many=True)
    next = serializers.CharField(allow_null=True)


# --- Allowlist --------------------------------------------------------------------------------------------------------
class EntryFields(Base):
    network = serializers.CharField(max_length=50, help_text="An address or a network: 203.0.113.9 or 198.51.100.0/24.")
    note = serializers.CharField(max_length=200, default="", allow_blank=True)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class ListQuery(Base):
    key = serializers.CharField(
        required=False,
        max_length=64,
        help_text="The auth key whose list is meant. Leave empty for the merchant’s list.",
    )


class AllowlistFields(Base):
    key = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(help_text="Send it as `expected_version` when you change the list.")
    entries = EntryFields(many=True)
    trial_until = serializers.DateTimeField(allow_null=True)


class RehearsalRequest(ListQuery):
    entries = EntryFields(many=True, max_length=MAX_ENTRIES)  # type: ignore[call-arg]
    days = serializers.ChoiceField([7, 30], default=7)


class CalledFields(Base):
    address = serializers.CharField()
    requests = serializers.IntegerField()
    last_at = serializers.DateTimeField()


class RehearsalFields(Base):
    days = serializers.IntegerField()
    requests = serializers.IntegerField(help_text="Requests with a valid signature in these days.")
    refused = serializers.IntegerField(help_text="How many of them the list would have refused.")
    refused_addresses = CalledFields(many=True, help_text="At most 100, most requests first.")
    locked_out = serializers.CharField(
        allow_null=True, help_text="If not null, the change needs the merchant code in `confirmed_code`."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Two networks, on trial",
            {
                "entries": [
                    {"network": "203.0.113.9", "note": "Office"},
                    {"network": "198.51.100.0/24", "note": "Servers", "expires_at": "2027-06-30T00:00:00Z"},
                ],
                "expected_version": 41,
                "on_trial": True,
                "reason": "New data centre",
            },
            request_only=True,
        )
    ]
)
class AllowlistRequest(ListQuery):
    entries = EntryFields(
        many=True,
        max_length=MAX_ENTRIES,
        help_text="The whole list. An empty list restricts nobody.",  # type: ignore[call-arg]
    )
    expected_version = serializers.IntegerField(help_text="`version` as you read it.")
    on_trial = serializers.BooleanField(
        default=False, help_text="The list reverts unless all current addresses still call."
    )
    confirmed_code = serializers.CharField(
        default="", allow_blank=True, max_length=100, help_text="The merchant code, for a list that locks callers out."
    )
    reason = reason_field()


class AllowlistResult(Base):
    result = serializers.ChoiceField(["done", "unchanged", "on_trial", "waiting_for_approval"])
    approval = serializers.IntegerField(allow_null=True)
    allowlist = AllowlistFields()


# --- Domains ----------------------------------------------------------------------------------------------------------
class DomainEntryFields(Base):
    domain = serializers.CharField(max_length=255, help_text="A host name without scheme, port and path.")
    note = serializers.CharField(max_length=200, default="", allow_blank=True)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class DomainListFields(Base):
    version = serializers.IntegerField(help_text="Send it back as `expected_version`.")
    entries = DomainEntryFields(many=True)


class DomainRehearsalRequest(Base):
    entries = DomainEntryFields(
        many=True,
        max_length=MAX_ENTRIES,
        help_text="The whole list. An empty list restricts nobody.",  # type: ignore[call-arg]
    )


class HostFields(Base):
    host = serializers.CharField()
    last_at = serializers.DateTimeField()
    is_allowed = serializers.BooleanField(help_text="The proposed list allows the host.")


class DomainRehearsalFields(Base):
    hosts = HostFields(many=True, help_text="Hosts in `Origin` of the last 24 hours, newest first.")
    locked_out = serializers.CharField(allow_null=True, help_text="Who would be locked out; null if nobody.")


class DomainListRequest(DomainRehearsalRequest):
    expected_version = serializers.IntegerField(help_text="`version` as you read it.")
    confirmed_code = serializers.CharField(
        default="", allow_blank=True, max_length=100, help_text="The merchant code, for a list that locks callers out."
    )
    reason = reason_field()


class DomainListResult(Base):
    result = serializers.ChoiceField(["done", "unchanged", "waiting_for_approval"])
    approval = serializers.IntegerField(allow_null=True)
    allowlist = DomainListFields()


# --- Players and games ------------------------------------------------------------------------------------------------
def amount_field(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MAX_WHOLE_NUMBER, **options)


class LimitsFields(Base):
    bets_per_minute = serializers.IntegerField(allow_null=True, min_value=1, max_value=limits.MOST_BETS)
    max_stake = amount_field(
        allow_null=True,
        help_text="Of currencies without an amount of their own. 0: their bets are refused. null: no limit; for a "
        "player, the merchant’s limit. Other amounts are refused, unless they are already active.",
    )
    max_stake_by_currency = serializers.DictField(
        child=amount_field(), allow_null=True, allow_empty=False, help_text="Amounts by currency, such as EUR."
    )

    def validate_max_stake_by_currency(self, amounts: dict[str, int] | None) -> dict[str, int] | None:
        if not all(CURRENCY.fullmatch(code) for code in amounts or {}):
            raise serializers.ValidationError("A currency is a code such as EUR.")
        return amounts


class PlayerFields(LimitsFields):
    id = serializers.IntegerField(help_text="Used in addresses of this API.")
    player_id = serializers.CharField(help_text="The merchant’s own id.")
    is_blocked = serializers.BooleanField()
    blocked_reason = serializers.CharField()


class PlayerQuery(CursorQuery):
    player_id = serializers.CharField(required=False, max_length=255, help_text="Only this player.")
    is_blocked = serializers.BooleanField(required=False, allow_null=True, default=None)


class PlayerList(Base):
    items = PlayerFields(many=True)
    next = serializers.CharField(allow_null=True)


class BlockRequest(Base):
    reason = reason_field(most=200, required=True)


class LimitsRequest(Base):
    limits = LimitsFields()
    expected = LimitsFields(help_text="The limits as you read them. If they have changed since, nothing is saved.")


class GameFields(Base):
    game_id = serializers.CharField()
    name = serializers.CharField()
    is_active = serializers.BooleanField(help_text="Players can play: on for all merchants and on for this one.")
    is_off_for_all = serializers.BooleanField(help_text="Switched off by our support for all merchants.")


class GamesAnswer(Base):
    items = GameFields(many=True)
    next = serializers.CharField(allow_null=True)


class SwitchRequest(Base):
    game_ids = serializers.ListField(child=serializers.CharField(max_length=64), min_length=1, max_length=MOST)
    is_on = serializers.BooleanField()
    reason = reason_field()


class SwitchResult(Base):
    changed = serializers.IntegerField(help_text="How many games changed.")


# --- Statements, reports, history -------------------------------------------------------------------------------------
class StatementFields(Base):
    id = serializers.UUIDField()
    day = serializers.DateField()
    scope = serializers.CharField(help_text="The part of the day that the file covers. Empty: the whole day.")
    state = serializers.ChoiceField(["received", "read", "refused"])
    rows = serializers.IntegerField()
    is_current = serializers.BooleanField(help_text="The day is reconciled with this statement.")
    faults = serializers.ListField(child=serializers.DictField())
    warnings = serializers.ListField(child=serializers.CharField())
    received_at = serializers.DateTimeField()


class StatementList(Base):
    items = StatementFields(many=True)
    next = serializers.CharField(allow_null=True)


class StatementUpload(Base):
    day = serializers.DateField(help_text="In the merchant’s time zone.")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV, XLSX or JSON, also as gzip or ZIP.")
    currencies = serializers.CharField(required=False, help_text="Only these currencies, for example EUR, USD.")
    part = serializers.CharField(required=False, help_text="1/2 is the first of two files of a day.")


class BreakCountFields(Base):
    kind = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    breaks = serializers.IntegerField()
    difference = serializers.IntegerField()


class ReportFields(Base):
    day = serializers.DateField()
    number = serializers.IntegerField(help_text="1, 2, … within the day; the newest run is listed.")
    outcome = serializers.ChoiceField(["clear", "breaks", "no_statement", "nothing"])
    reconciled_at = serializers.DateTimeField()
    matched = serializers.IntegerField()
    our_rows = serializers.IntegerField()
    their_rows = serializers.IntegerField()
    breaks = BreakCountFields(many=True)


class DayQuery(Base):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=31)
    before = serializers.DateField(required=False, help_text="Only earlier days.")


class ReportList(Base):
    items = ReportFields(many=True)


class BreakFields(Base):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    name = serializers.CharField()
    subject = serializers.CharField(help_text="The transaction id, or another item that the break concerns.")
    currency = serializers.CharField()
    difference = serializers.IntegerField()
    severity = serializers.CharField()
    state = serializers.CharField()


class BreakList(Base):
    items = BreakFields(many=True)
    next = serializers.CharField(allow_null=True)


class AuditQuery(Base):
    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50)
    before = serializers.DateTimeField(required=False, help_text="`next` of the page before.")
    kind = serializers.CharField(required=False, help_text="keys, lists, flags, people, downloads, …")


class ChangeFields(Base):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()


class HistoryEntryFields(Base):
    at = serializers.DateTimeField()
    title = serializers.CharField()
    kind = serializers.CharField()
    actor = serializers.CharField()
    door = serializers.CharField(help_text="The page, job or API token.")
    address = serializers.CharField()
    reason = serializers.CharField()
    changes = ChangeFields(many=True)


class HistoryPage(Base):
    items = HistoryEntryFields(many=True)
    next = serializers.DateTimeField(allow_null=True)
