"""The names of steps that need a fresh proof, as the page that asks for the proof says them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.lib.texts import Text

STEPS: Mapping[str, Text] = {
    "approval_approve": _("Approve request"),
    "approval_decline": _("Decline request"),
    "case_rows_csv": _("Download rows of the case"),
    "claim": _("Collect secret"),
    "endpoint_add": _("Add event endpoint"),
    "endpoint_remove": _("Remove event endpoint"),
    "endpoint_rotate": _("Rotate signing secret"),
    "endpoint_switch": _("Enable or disable event endpoint"),
    "endpoint_test": _("Send test event"),
    "endpoint_types": _("Choose events"),
    "export_file": _("Download export"),
    "ggr_players_csv": _("Download revenue by player"),
    "invite": _("Invite person"),
    "invoice_file": _("Download invoice"),
    "key_approve": _("Approve request"),
    "key_decline": _("Decline request"),
    "key_end": _("End overlap"),
    "key_extend": _("Extend overlap"),
    "key_leak": _("Report a compromise"),
    "key_quarantine": _("Quarantine key"),
    "key_quiet": _("End overlap when quiet"),
    "key_revoke": _("Revoke key"),
    "key_rotate": _("Rotate secret"),
    "leave": _("Leave merchant"),
    "list_back": _("Restore previous allowlist"),
    "list_domains_proposal": _("Save domain allowlist"),
    "list_keep": _("Keep new allowlist"),
    "list_proposal": _("Save allowlist"),
    "member_remove": _("Remove person"),
    "member_role": _("Change role"),
    "players_export": _("Download players"),
    "question": _("Answer question"),
    "recipient_add": _("Add recipient"),
    "recipient_remove": _("Remove recipient"),
    "reconciliation_csv": _("Download reconciled day"),
    "reconciliation_plan_change": _("Change plan"),
    "reconciliation_xlsx": _("Download reconciled day"),
    "report_file": _("Download report"),
    "requests_csv": _("Download requests"),
    "sandbox_create": _("Create sandbox"),
    "second_factor": _("Change second factor rule"),
    "settlement_csv": _("Download settlement statement"),
    "settlement_pdf": _("Download settlement statement"),
    "settlement_xlsx": _("Download settlement statement"),
    "source_set": _("Change statement source"),
    "source_switch": _("Start or stop fetching statements"),
    "staff_sees_secrets": _("Change secrets issued by our staff"),
    "token_create": _("Create API token"),
    "token_revoke": _("Revoke API token"),
    "withdraw": _("Withdraw invitation"),
}


def step_name(request: HttpRequest) -> str:
    """Return the name of the step that this address takes; empty where it has none."""
    match = request.resolver_match
    return str(STEPS.get(match.url_name or "", "")) if match else ""
