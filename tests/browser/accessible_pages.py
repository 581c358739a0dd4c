"""Which pages of operators and of one's account are tried by axe in which test, and which are no pages.

`test_every_page_accessible.py` tries every other address; `tests/portal/test_accessible_pages.py` holds that each name
is one of an address, and that the tests named here run axe.
"""

from __future__ import annotations

OPERATOR_ELSEWHERE = {
    "test_operator.py": (
        "games", "games_import", "home", "invite", "key", "key_leak", "key_rotate", "keys", "limits", "limits_set",
        "merchants", "nothing", "people", "players", "players_import", "second_factor", "timeline",
    ),
    "test_operator_daily.py": ("ggr", "leave", "list_earlier", "player"),
    "test_operator_lists.py": (
        "list_add", "list_ask", "list_domains", "list_egress", "list_entry", "list_key", "list_paste", "list_proof",
        "list_proposal", "list_remove", "list_suggest", "lists",
    ),
    "test_operator_players.py": ("games_off", "player_block", "player_limits"),
    "test_operator_reconciliation.py": (
        "case", "case_comment", "cases", "reconciliation", "reconciliation_compare", "reconciliation_day",
        "reconciliation_plan", "reconciliation_plan_change", "reports", "source_set", "statement", "statement_draft",
        "statement_new",
    ),
    "test_operator_requests.py": ("call", "requests"),
    "test_operator_rounds.py": ("export_new", "exports", "open_rounds", "round", "rounds"),
    "test_integrations.py": ("endpoint", "endpoint_add", "integrations", "token_create"),
    "test_settlement.py": ("invoice_new", "settlement", "settlements"),
    "test_simulation.py": ("simulation", "simulation_new", "simulations"),
}  # fmt: skip
FILE, ANSWER = "a file", "takes the form of another page, and leads back to it"
OPERATOR_NO_PAGE = {
    **dict.fromkeys(
        (
            "case_rows_csv", "export_file", "games_export", "ggr_csv", "ggr_players_csv", "invoice_file", "list_csv",
            "players_export", "reconciliation_csv", "reconciliation_xlsx", "report_file", "requests_csv",
            "settlement_csv", "settlement_pdf", "settlement_xlsx",
        ),
        FILE,
    ),
    **dict.fromkeys(("export_again", "export_cancel", "games_undo", "limits_undo", "players_undo"), ANSWER),
}  # fmt: skip
ACCOUNT_ELSEWHERE = {
    "test_account_accessible.py": (
        "account_inactive", "account_login", "account_reset_password", "account_reset_password_done",
    ),
    "test_operator_daily.py": ("profile",),
}  # fmt: skip
BY_TOKEN = "needs a link of an email; its form is that of another page"
ANOTHER_FACTOR = "needs a passkey or recovery codes, which this person has not; test_sign_in.py looks at it"
OFF = "company sign-in is off here"
ACCOUNT_NO_PAGE = {
    "account_reset_password_from_key": BY_TOKEN,
    "account_reset_password_from_key_done": BY_TOKEN,
    "account_set_password": "leads to the form for a new password",
    "account_reauthenticate": "leads to the second factor",
    "mfa_activate_totp": "leads to the factor that this person has; test_sign_in.py looks at it",
    "mfa_authenticate": "stands between password and code only; its form is that of mfa_reauthenticate",
    "mfa_reauthenticate_webauthn": ANOTHER_FACTOR,
    "mfa_remove_webauthn": ANOTHER_FACTOR,
    "mfa_edit_webauthn": ANOTHER_FACTOR,
    "mfa_view_recovery_codes": ANOTHER_FACTOR,
    "mfa_download_recovery_codes": FILE,
    "mfa_login_webauthn": "data for a script",
    "end_session": ANSWER,
    "company_sign_in": OFF,
    "socialaccount_login_cancelled": OFF,
    "openid_connect_login": OFF,
    "openid_connect_callback": OFF,
}
