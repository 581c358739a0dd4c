"""The names of steps that need a fresh proof, as the page that asks for the proof says them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.lib.texts import Text

STEPS: Mapping[str, Text] = {
    "approval_approve": _("Approve request"),
    "approval_decline": _("Decline request"),
    "claim": _("Collect secret"),
    "ggr_players_csv": _("Download revenue by player"),
    "invite": _("Invite person"),
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
    "requests_csv": _("Download requests"),
    "sandbox_create": _("Create sandbox"),
    "second_factor": _("Change second factor rule"),
    "settlement_file": _("Download settlement statement"),
    "withdraw": _("Withdraw invitation"),
}


def step_name(request: HttpRequest) -> str:
    """Return the name of the step that this address takes; empty where it has none."""
    match = request.resolver_match
    return str(STEPS.get(match.url_name or "", "")) if match else ""
