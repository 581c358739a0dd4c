"""Who wrote an event is said by the database: what a session says of itself is believed of the portal's role only."""

from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from merchants.models import Merchant, Person
from merchants.services import history, merchants, undo
from portal.database import roles
from tests.plugins.database_role import as_superuser

CLAIM = {"who": "innocent@oppi.test", "role": "administrator", "door": "page", "address": "192.0.2.1", "reason": "none"}
SAYS = "SELECT set_config('pghistory.context_metadata', %s, true), set_config('pghistory.context_id', '', true)"
CHANGE = "UPDATE merchants_merchant SET max_stake = 7"


def test_what_the_portal_writes_names_its_role(acme: Merchant, support: Person) -> None:
    with history.act_as(door="page", person=support):
        merchants.set_status(merchant=acme, status="suspended")
    event = acme.pgh_event_model.objects.latest("pgh_id")  # type: ignore[attr-defined]
    assert event.pgh_role == roles.APPLICATION
    assert history.timeline(acme)[0].who == support.email


def test_what_another_role_writes_names_that_role_and_nobody_else(acme: Merchant) -> None:
    with as_superuser() as cursor:
        cursor.execute(SAYS, [json.dumps(CLAIM)])
        cursor.execute(CHANGE)
    [entry] = [entry for entry in history.timeline(acme) if "7" in str(entry.changes)]
    assert entry.who == "Directly in the database (role postgres)"
    assert (entry.role, entry.address, entry.door, entry.reason) == ("", "", "", "")
    last = undo.last_change(Merchant, acme)
    assert last is None or (last.who, last.reason) == (entry.who, "")
    assert undo.last_author(Merchant, acme, of=["max_stake"]) == entry.who


def test_nobody_says_the_role_of_an_event(acme: Merchant) -> None:
    for statement in ("INSERT INTO {} (pgh_role) VALUES ({})", "UPDATE {} SET pgh_role = {}"):
        forged = sql.SQL(statement).format(sql.Identifier("merchants_merchantevent"), sql.Literal(roles.APPLICATION))
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(forged)


def test_an_event_from_before_the_role_was_kept_is_believed() -> None:
    assert history.trusted_context(CLAIM, None) == CLAIM
    assert history.trusted_context(None, None) is None


def test_no_event_table_is_written_anew_for_it(acme: Merchant) -> None:
    """The column came without a value, and its default after it: a default of the column is kept in the catalogue."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), bool_or(atthasmissing) FROM pg_attribute WHERE attname = 'pgh_role'")
        number, has_missing = cursor.fetchone()
    assert number > 15
    assert has_missing is False
