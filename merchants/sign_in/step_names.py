"""The step that a person confirms, as the page that asks for the proof names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from portal.lib.texts import Text

IN_SESSION = "step_that_needs_proof"
# Addresses of a person's own account. Allauth asks for their proof, and names no step.
ACCOUNT_STEPS: Mapping[str, Text] = {
    "account_change_password": _("Change password"),
    "mfa_activate_totp": _("Set up authenticator app"),
    "mfa_add_webauthn": _("Add passkey"),
    "mfa_deactivate_totp": _("Remove authenticator app"),
    "mfa_download_recovery_codes": _("Download recovery codes"),
    "mfa_edit_webauthn": _("Rename passkey"),
    "mfa_generate_recovery_codes": _("Create recovery codes"),
    "mfa_remove_webauthn": _("Remove passkey"),
    "mfa_view_recovery_codes": _("Show recovery codes"),
}


def keep_step(request: HttpRequest, back: str, step: str) -> None:
    """Keep the name of the step that continues at `back` after the proof."""
    request.session[IN_SESSION] = {"back": back, "step": step}


def step_to_confirm(request: HttpRequest) -> str:
    """Return the name of the step that the proof leads back to; empty where the person came without one.

    A name that was kept for another address, which was left without a proof, is not shown.
    """
    back = request.GET.get("next") or request.POST.get("next") or ""
    kept: Any = request.session.get(IN_SESSION)
    if isinstance(kept, dict) and kept["back"] == back:
        return str(kept["step"])
    try:
        return str(ACCOUNT_STEPS.get(resolve(urlsplit(back).path).url_name or "", ""))
    except (Resolver404, ValueError):  # no page, or no address at all
        return ""
