"""The everyday jobs of our staff and of operators, ten each, and the test that does each by keyboard alone.

`tests/portal/test_jobs_by_keyboard.py` holds that these tests exist and use nothing but a keyboard.
"""

from __future__ import annotations

STAFF = {
    "Open a merchant and invite its owner": "test_admin_desk.py::test_a_merchant_is_opened_and_its_owner_invited",
    "Issue a key and revoke it": "test_admin.py::test_a_key_is_issued_once_and_its_secret_seen_once",
    "Test, try and restore an allowlist": "test_admin_desk.py::test_an_allowlist_is_rehearsed_tried_and_restored",
    "Find a merchant, id or person": "test_admin_today.py::test_a_part_of_an_id_is_found_by_keyboard_alone",
    "Learn why a request was refused": (
        "test_admin_desk.py::test_the_log_follows_live_and_a_request_leads_to_its_checks"
    ),
    "Read a transaction and its round": "test_admin_desk.py::test_a_transaction_shows_its_round",
    "Suspend and activate a merchant": "test_timeline.py::test_what_was_done_stands_on_the_timeline",
    "Resolve a case": "test_admin_reconciliation.py::test_a_case_is_taken_and_resolved",
    "Upload a statement for a merchant": (
        "test_admin_reconciliation.py::test_a_statement_is_looked_at_before_it_is_sent"
    ),
    "Filter and export the audit log": "test_admin_today.py::test_the_audit_log_is_filtered_by_person_and_exported",
}
OPERATORS = {
    "Restrict a key to an address": (
        "test_operator_lists.py::test_somebody_new_restricts_to_one_address_and_is_not_shut_out"
    ),
    "Rotate a key and end the overlap": "test_operator.py::test_an_owner_rotates_a_key_with_the_keyboard_alone",
    "Learn why a request was refused": (
        "test_operator_requests.py::test_a_refused_request_is_explained_by_keyboard_alone"
    ),
    "Switch off games": "test_operator_players.py::test_games_are_switched_off_by_the_keyboard_and_undone",
    "Block a player": "test_operator_players.py::test_somebody_new_to_it_blocks_a_player_and_undoes_it",
    "Find a round": "test_operator_rounds.py::test_a_novice_finds_a_round_from_a_transaction_id",
    "Export rounds": "test_operator_rounds.py::test_a_list_is_exported_and_fetched_when_it_is_ready",
    "Upload a statement and resolve a case": (
        "test_operator_reconciliation.py::test_from_the_upload_to_the_resolved_case_and_the_mail"
    ),
    "Read the revenue": "test_operator_daily.py::test_home_leads_to_the_revenue_and_its_file",
    "Invite a person": "test_operator.py::test_an_owner_invites_somebody_and_sees_it_on_the_timeline",
}
