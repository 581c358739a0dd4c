"""The administration: its menu, its pages beside the lists of models, its look."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def page_of(model: str, title: Any, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD = {
    "SITE_TITLE": "Oppi Games portal",
    "SITE_HEADER": "Oppi Games",
    "SITE_SUBHEADER": _("Merchant portal"),
    "SITE_SYMBOL": "shield_lock",
    "SITE_URL": None,
    "STYLES": [lambda _request: static("merchants/admin.css")],
    "SCRIPTS": [lambda _request: static("merchants/controls.js")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("merchants/favicon.svg")}
    ],
    "ACCOUNT": {
        "navigation": [
            {"title": _("Profile"), "link": reverse_lazy("profile")},
            {"title": _("API tokens"), "link": reverse_lazy("admin:access_tokens")},
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("Sessions"), "link": reverse_lazy("usersessions_list")},
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
        ]
    },
    "SHOW_HISTORY": False,  # the timeline knows more
    "SHOW_VIEW_ON_SITE": False,
    "SITE_VIEWS": [
        ("find/", "find", "wallet.admin.find.Find"),
        ("audit/", "audit", "merchants.admin.audit.AuditPage"),
        ("audit/export/", "audit_export", "merchants.admin.audit.AuditExport"),
        ("hygiene/", "hygiene", "merchants.admin.hygiene.HygienePage"),
        ("tokens/", "access_tokens", "merchants.admin.access_tokens.StaffTokensPage"),
        ("health/", "installation_health", "portal.soundness.page.HealthPage"),
    ],
    "DASHBOARD_CALLBACK": "wallet.admin.dashboard.fill_dashboard",
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {"items": [{"title": _("Today"), "icon": "monitoring", "link": reverse_lazy("admin:index")}]},
            {
                "title": _("Merchants"),
                "items": [
                    page_of("merchants_merchant", _("Merchants"), "storefront"),
                    page_of("merchants_apikey", _("API keys"), "key"),
                    page_of("merchants_compromise", _("Compromises"), "gpp_maybe"),
                    page_of("merchants_approval", _("Approvals"), "how_to_reg"),
                    {"title": _("Key hygiene"), "icon": "cleaning_services", "link": reverse_lazy("admin:hygiene")},
                    page_of("merchants_outgoingemail", _("Outgoing emails"), "mail"),
                    page_of("merchants_player", _("Players"), "groups"),
                    page_of("merchants_game", _("Games"), "casino"),
                ],
            },
            {
                "title": _("Wallet"),
                "items": [
                    page_of("wallet_transaction", _("Transactions"), "receipt_long"),
                    page_of("wallet_account", _("Accounts"), "account_balance_wallet"),
                    page_of("wallet_session", _("Sessions"), "stadia_controller"),
                    page_of("wallet_signedrequest", _("Request log"), "list_alt"),
                ],
            },
            {
                "title": _("Reconciliation"),
                "items": [
                    page_of("wallet_case", _("Cases"), "rule"),
                    page_of("wallet_reconciliation", _("Reconciliation runs"), "balance"),
                    page_of("wallet_statement", _("Statements"), "upload_file"),
                    page_of("wallet_reportdelivery", _("Reports"), "forward_to_inbox"),
                    page_of("wallet_reconciliationplan", _("Plans"), "event_repeat"),
                    page_of("wallet_currencyrate", _("Exchange rates"), "currency_exchange"),
                    page_of("wallet_settlement", _("Settlement statements"), "request_quote"),
                ],
            },
            {
                "title": _("People"),
                "items": [
                    page_of("merchants_person", _("People"), "badge"),
                    {"title": _("Audit log"), "icon": "history", "link": reverse_lazy("admin:audit")},
                    {
                        "title": _("Installation health"),
                        "icon": "stethoscope",
                        "link": reverse_lazy("admin:installation_health"),
                        "permission": lambda request: request.user.has_perm("merchants.change_person"),
                    },
                ],
            },
        ],
    },
}
