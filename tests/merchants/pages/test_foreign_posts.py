"""Every form of the operators' pages, sent by people of another merchant with a form token that is good.

The ids are those of the merchant that is attacked: in the address, and in every field that names something. Whatever
the answer is, no row of that merchant changes.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from psycopg import sql

from merchants import form_tokens
from merchants.models import ApiKey, Merchant
from tests import factories
from tests.merchants.pages.test_operator_doors import ROWS, address, cast, numbers
from tests.people import signed_in

__all__ = ["cast", "numbers"]  # fixtures
OWN_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE a.attname = 'merchant_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
ROWS_OF = """
    SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM {table} t WHERE {column} = %s
"""
KNOWN_TABLES = 60  # at least so many have a merchant
NAMES = {  # of the ids that a field may hold, by the page whose number it is
    "number": "key", "key": "key", "endpoint": "endpoint", "approval": "approval", "player": "player",
    "transaction": "round", "version": "list_restore", "expected_version": "key",
}  # fmt: skip
SAID = {
    "reason": "not ours", "confirmed_code": "acme", "role": "owner", "email": "intruder@rival.test", "name": "intruder",
    "text": "203.0.113.9", "network": "203.0.113.9", "address": "203.0.113.9", "days": "90", "hours": "1",
    "scopes": ["keys:read"], "event_types": ["key.rotated"], "url": "https://hooks.slack.com/services/T/B/y",
    "kind": "slack", "response": "revoke", "yes": "yes", "required": "no", "allowed": "yes", "is_on": "on",
    "do": "save", "what": "rounds", "form": "csv", "bets_per_minute": "1", "again": "on", "merchant": "acme",
    "code": "acme",
}  # fmt: skip
# What the owner of the merchant does with the same forms; else this test would show nothing.
EFFECTS = {
    "approval_decline", "endpoint_add", "endpoint_remove", "endpoint_switch", "endpoint_test", "export_cancel",
    "export_new", "games_undo", "invite", "key_decline", "key_leak", "key_quarantine", "key_revoke", "key_rotate",
    "limits_undo", "list_back", "list_keep", "member_remove", "player_unblock", "players_undo", "question",
    "recipient_add", "recipient_remove", "second_factor", "source_switch", "staff_sees_secrets", "token_create",
    "token_revoke", "withdraw",
}  # fmt: skip


def state(merchant: Merchant) -> dict[str, tuple[int, str]]:
    """Return the number of rows of a merchant and a hash over them, by table."""
    with connection.cursor() as cursor:
        cursor.execute(OWN_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) >= KNOWN_TABLES
        found = {}
        for table, column in [*((name, "merchant_id") for name in tables), ("merchants_merchant", "id")]:
            cursor.execute(
                sql.SQL(ROWS_OF).format(table=sql.Identifier(table), column=sql.Identifier(column)), [merchant.pk]
            )
            found[table] = cursor.fetchone()
    return found


def fields(client: Client, path: str, known: dict[str, Any]) -> dict[str, Any]:
    """Return what is sent: the known values, plausible ones for the rest, and a token for this session and page."""
    request: HttpRequest = RequestFactory().post(path)
    request.session = client.session
    return SAID | known | {"token": form_tokens.new_token(request)}


@pytest.fixture
def known(cast: dict[str, Any], numbers: dict[str, Any], acme: Merchant) -> dict[str, dict[str, Any]]:
    """What the owner's own pages would send, by page: ids and versions in hidden fields are right."""
    owner = signed_in(Client(), cast["owner"])
    ids = {field: str(numbers.get(page, numbers["key"])) for field, page in NAMES.items()}
    ids["key"] = ApiKey.objects.get(merchant=acme).auth_key
    found = {}
    for name in ROWS:
        answer: Any = owner.get(address(name, "acme", numbers))
        form = answer.context.get("form") if answer.status_code == 200 and answer.context is not None else None
        shown = {field: form[field].value() for field in form.fields} if form is not None else {}
        found[name] = ids | {field: value for field, value in shown.items() if value not in (None, "", [])}
    return found


@pytest.mark.parametrize("role", ["viewer", "manager", "owner"])
@pytest.mark.parametrize("code", ["acme", "rival"])
def test_no_form_of_another_merchant_changes_anything(
    client: Client,
    numbers: dict[str, Any],
    known: dict[str, dict[str, Any]],
    acme: Merchant,
    rival: Merchant,
    role: str,
    code: str,
) -> None:
    """`acme`: at the address of the other merchant. `rival`: at one's own address with the other's ids."""
    signed_in(client, factories.member(rival, role, email=f"{role}@intruder.test"))
    before, answers = state(acme), {}
    for name in sorted(ROWS):
        path = address(name, code, numbers)
        answers[name] = client.post(path, fields(client, path, known[name])).status_code
    assert state(acme) == before
    if code == "acme":
        assert {name for name, status in answers.items() if status != 404} == {"merchants"}
    assert set(answers.values()) <= {200, 302, 403, 404, 405, 409}


def test_the_same_forms_do_their_work_for_the_owner(
    client: Client, cast: dict[str, Any], numbers: dict[str, Any], known: dict[str, dict[str, Any]], acme: Merchant
) -> None:
    signed_in(client, cast["owner"])
    before, effects = state(acme), set()
    for name in sorted(ROWS):
        path = address(name, "acme", numbers)
        with transaction.atomic():
            client.post(path, fields(client, path, known[name]))
            if state(acme) != before:
                effects.add(name)
            transaction.set_rollback(True)
    assert effects >= EFFECTS, EFFECTS - effects
