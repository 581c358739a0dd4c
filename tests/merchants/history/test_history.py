"""The history is kept by the database, whoever makes the change, and nobody can change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from merchants.errors import moment_text
from merchants.models import (
    AllowedDomain,
    AllowlistEntry,
    Compromise,
    Contact,
    Membership,
    Merchant,
    Person,
    Player,
    Secret,
)
from merchants.models.audit import Trace
from merchants.services import compromise, flags, history, history_sentences, keys, merchants
from merchants.services.history import TimelineEntry
from portal.celery import app
from portal.lib import clock
from tests import factories
from tests.conftest import Caller
from tests.pages import submit
from tests.people import signed_in
from tests.plans import measured, plan
from tests.plugins.database_role import as_superuser

EVENT_TABLES = [model._meta.db_table for model in apps.get_models() if issubclass(model, Trace)]
TRACKED_TABLES = [table.removesuffix("event") for table in EVENT_TABLES]


@pytest.fixture(autouse=True)
def _set_up(request: pytest.FixtureRequest) -> None:
    """Whatever a test begins with is a change of its own, though all of a test is one transaction."""
    with history.act_as(door="set-up"):
        for name in {"acme", "rival", "caller", "owner", "support", "administrator"} & set(request.fixturenames):
            request.getfixturevalue(name)


@contextmanager
def plain_sql() -> Iterator[Callable[..., None]]:
    """As somebody in psql would: this test's transaction forgets who acted in it before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', '', true), set_config('pghistory.context_metadata', '', true)"
        )
        yield cursor.execute


def titles(of: Any, **wish: Any) -> list[str]:
    return [entry.title for entry in history.timeline(of, **wish)]


def last(of: Any) -> TimelineEntry:
    return history.timeline(of, limit=1)[0]


@contextmanager
def at_work(person: Person, reason: str = "Ticket 7") -> Iterator[None]:
    with history.act_as(person=person, address="192.0.2.7", door="page"), history.give_reason(reason):
        yield


def test_an_entry_says_who_when_from_where_why_and_what(acme: Merchant, support: Person) -> None:
    before = clock.now()
    with at_work(support):
        merchants.set_status(merchant=acme, status="suspended")
    entry = last(acme)
    assert entry.title == "Merchant suspended"
    assert (entry.who, entry.role, entry.address) == ("support@oppi.test", "support", "192.0.2.7")
    assert (entry.door, entry.reason) == ("page", "Ticket 7")
    assert entry.changes == (history.FieldChange("Status", "active", "suspended"),)
    assert before <= entry.at <= clock.now()
    assert reverse(entry.url_name, args=[entry.url_id]) == reverse("admin:merchants_merchant_change", args=[acme.pk])


def test_a_change_by_sql_is_seen_too(acme: Merchant, support: Person) -> None:
    with at_work(support):
        merchants.set_status(merchant=acme, status="suspended")
    with plain_sql() as run:
        run("UPDATE merchants_merchant SET two_person = true WHERE id = %s", [acme.pk])
    entry = last(acme)
    assert entry.title == "Two-person rule switched on"
    assert (entry.who, entry.reason, entry.address) == (history.IN_THE_DATABASE, "", "")


def test_a_reason_ends_with_its_block(acme: Merchant, support: Person) -> None:
    with history.act_as(person=support, door="page"):
        with history.give_reason("A leak"):
            merchants.set_status(merchant=acme, status="suspended")
        assert last(acme).reason == "A leak"
        merchants.set_status(merchant=acme, status="active")
    with history.act_as(door="manage.py suspend"):
        merchants.set_status(merchant=acme, status="closed")
    newest, *_ = history.timeline(acme)
    assert (newest.who, newest.door, newest.reason) == ("The portal", "manage.py suspend", "")


STORIES: dict[str, tuple[str, list[str]]] = {
    "a key": (
        "UPDATE merchants_apikey SET label = 'cashier', expires_at = NULL WHERE id = %(key)s",
        ["Label: – → cashier"],
    ),
    "a quarantine": (
        "UPDATE merchants_apikey SET status = 'quarantined', quarantined_at = now() WHERE id = %(key)s",
        ["quarantined"],
    ),
    "a secret": ("UPDATE merchants_secret SET revoked_at = now() WHERE key_id = %(key)s", ["Version 1 of", "revoked"]),
    "a network": (
        "INSERT INTO merchants_allowlistentry (merchant_id, network, note) VALUES (%(merchant)s, '203.0.113.0/24', '')",
        ["203.0.113.0/24 added to the merchant’s IP allowlist"],
    ),
    "a network of a key": (
        """INSERT INTO merchants_allowlistentry (merchant_id, key_id, network, note)
           VALUES (%(merchant)s, %(key)s, '203.0.113.9/32', '')""",
        ["203.0.113.9/32 added to the IP allowlist of oppi_pub_live_"],
    ),
    "a domain": (
        "INSERT INTO merchants_alloweddomain (merchant_id, domain, note) VALUES (%(merchant)s, 'acme.test', '')",
        ["acme.test added to the merchant’s domain allowlist"],
    ),
    "a player": (
        "UPDATE merchants_player SET is_blocked = true, blocked_reason = 'asked for it' WHERE id = %(player)s",
        ["Player player-1 blocked"],
    ),
    "a limit": (
        "UPDATE merchants_player SET max_stake = 2500000 WHERE id = %(player)s",
        ["Player player-1: Maximum stake in other currencies: – → 25.00"],
    ),
    "a game": (
        "INSERT INTO merchants_disabledgame (merchant_id, game_id) VALUES (%(merchant)s, %(game)s)",
        ["switched off for the merchant"],
    ),
    "a member": (
        "INSERT INTO merchants_membership (merchant_id, person_id, role) VALUES (%(merchant)s, %(person)s, 'owner')",
        ["support@oppi.test became owner of the merchant"],
    ),
    "a contact": (
        "INSERT INTO merchants_contact (merchant_id, email, note) VALUES (%(merchant)s, 'desk@acme.test', '')",
        ["desk@acme.test added to the contacts"],
    ),
    "a case": (
        """INSERT INTO merchants_compromise (key_id, secret_id, response, reason, exposed_since, created_at)
           SELECT key_id, id, 'revoke', 'paste', now(), now() FROM merchants_secret WHERE key_id = %(key)s""",
        ["Compromise of oppi_pub_live_", "revoked at once"],
    ),
    "a wish": (
        """INSERT INTO merchants_approval (merchant_id, key_id, verb, wish, reason, state, asked_by_id)
           VALUES (%(merchant)s, %(key)s, 'rotate', '{}', 'old', 'waiting', %(person)s)""",
        ["Rotation of oppi_pub_live_", "requested"],
    ),
}


@pytest.mark.parametrize(("statement", "words"), STORIES.values(), ids=STORIES)
def test_sql_on_any_table_is_told(
    caller: Caller, acme: Merchant, rival: Merchant, support: Person, statement: str, words: list[str]
) -> None:
    known = {"merchant": acme.pk, "key": acme.keys.get().pk, "player": acme.players.get().pk}
    known |= {"game": caller.game.pk, "person": support.pk}
    told = titles(rival)
    with plain_sql() as run:
        run(statement, known)
    entry = last(acme)
    assert entry.who == history.IN_THE_DATABASE
    assert all(word in entry.title for word in words), entry.title
    assert titles(rival) == told, "another merchant's timeline"


def test_what_is_removed_is_told_with_what_it_was(acme: Merchant, support: Person) -> None:
    entry = AllowlistEntry.objects.create(merchant=acme, network="198.51.100.0/24", note="office")
    with at_work(support):
        entry.delete()
    assert last(acme).title == "198.51.100.0/24 removed from the merchant’s IP allowlist"
    assert history.FieldChange("Note", "office", "–") in last(acme).changes


def test_a_domain_is_told_by_its_list_and_not_by_who_put_it_there(acme: Merchant, support: Person) -> None:
    ends = datetime(2036, 1, 1, tzinfo=UTC)
    with at_work(support):
        domain = AllowedDomain.objects.create(merchant=acme, domain="casino.example", owner=support)
    assert last(acme).title == "casino.example added to the merchant’s domain allowlist"
    domain.expires_at = ends
    with at_work(support):
        domain.save()
    assert last(acme).changes == (history.FieldChange("Expires at", "–", moment_text(ends)),)


def test_a_rotation_is_one_entry(acme: Merchant, support: Person) -> None:
    key = keys.issue_key(merchant=acme).key
    with at_work(support):
        keys.rotate_secret(key=key, overlap=timedelta(hours=2))
    told = [entry for entry in history.timeline(key) if entry.who == "support@oppi.test"]
    assert len(told) == 1
    assert told[0].title.startswith(
        f"Secret of {key.auth_key[:20]}… rotated: version 2 is active, version 1 works until "
    )
    assert [(change.label, change.before) for change in told[0].changes][:2] == [
        ("Version 1: superseded at", "–"),
        ("Version 1: usable until", "–"),
    ]


def test_a_leak_is_one_entry_with_its_response(acme: Merchant, support: Person) -> None:
    key = keys.issue_key(merchant=acme).key
    with at_work(support):
        compromise.declare_compromise(
            key=key, response=Compromise.Response.REVOKE, reason="paste", exposed_since=clock.now(), by=support
        )
    assert last(key).title.startswith(f"Compromise of {key.auth_key[:20]}… reported: revoked at once; Secret of ")
    assert "replaced at once: version 2 is active, version 1 revoked" in last(key).title


def test_players_games_and_people_have_their_own(caller: Caller, support: Person, administrator: Person) -> None:
    player = Player.objects.get(player_id=caller.player, merchant=caller.merchant)
    with at_work(support):
        flags.block_player(player=player, reason="asked for it")
    with at_work(support):
        flags.switch_game(game=caller.game, on=False)
    with at_work(administrator):
        support.staff_role = Person.StaffRole.AUDITOR
        support.save()
    assert titles(player) == ["Player player-1 blocked"]
    assert titles(caller.game)[0] == f"Game {caller.game.name} switched off for every merchant"
    assert titles(support)[0] == "support@oppi.test: Staff role: support → auditor"


def test_of_many_players_in_one_statement_each_that_changed_has_its_event(acme: Merchant, support: Person) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=f"p{number}", max_stake=number) for number in range(9))
    Player.objects.filter(player_id__in=["p7", "p8"]).update(max_stake=5)
    events: Any = Player.pgh_event_model.objects.filter(merchant=acme).order_by("pgh_created_at")  # type: ignore[attr-defined]
    before = events.count()
    with at_work(support):
        Player.objects.filter(merchant=acme).update(max_stake=5, name="Somebody")
    kept = list(events[before:])
    assert {each.player_id: (each.pgh_before["max_stake"], each.max_stake) for each in kept} == {
        f"p{number}": (number, 5) for number in (0, 1, 2, 3, 4, 6)
    }
    assert len({each.pgh_created_at for each in kept}) == 6
    assert {(each.pgh_context["who"], each.pgh_context["reason"]) for each in kept} == {(support.email, "Ticket 7")}
    assert {each.pgh_transaction for each in kept} == {events[0].pgh_transaction}


@pytest.mark.parametrize(
    ("update", "events"),
    [("UPDATE merchants_player SET max_stake = 1", 3), ("UPDATE merchants_player SET name = 'x'", 0)],
)
def test_bets_wait_for_one_trigger_a_statement_and_not_for_one_a_player(
    acme: Merchant, update: str, events: int
) -> None:
    Player.objects.bulk_create(Player(merchant=acme, player_id=name) for name in "abc")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS off) {update}")
        [call] = [line for (line,) in cursor.fetchall() if "history_update" in line]
        cursor.execute("SELECT count(*) FROM merchants_playerevent WHERE merchant_id = %s", [acme.pk])
        assert call.endswith("calls=1")
        assert cursor.fetchone() == (events,)


def test_a_person_of_the_merchant_is_on_its_timeline(acme: Merchant, owner: Person, support: Person) -> None:
    with at_work(support):
        owner.is_active = False
        owner.save()
    assert last(acme).title == "Account of owner@acme.test deactivated"


def test_what_a_person_did_elsewhere_before_is_not(acme: Merchant, rival: Merchant, support: Person) -> None:
    with at_work(support):
        person = factories.member(rival, "viewer", email="secret@rival.test")
        person.email = "known@acme.test"
        person.save()
    with at_work(support):
        Membership.objects.create(merchant=acme, person=person, role="viewer")
        person.name = "Ada"
        person.save()
    assert last(acme).title == "known@acme.test became viewer of the merchant; known@acme.test: Name: – → Ada"
    assert "secret@rival.test" not in str(history.timeline(acme))
    assert "secret@rival.test" in str(history.timeline(rival))


def test_a_new_password_is_told_and_kept_nowhere(support: Person) -> None:
    support.set_password("another horse battery staple")
    support.save()
    assert titles(support)[0].endswith("support@oppi.test has a new password")


def test_neither_secrets_nor_password_hashes_stand_in_an_event(acme: Merchant, support: Person) -> None:
    issued = keys.issue_key(merchant=acme)
    keys.rotate_secret(key=issued.key)
    support.set_password("another horse battery staple")
    support.save()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(row)::text FROM {table} row" for table in EVENT_TABLES))  # noqa: S608
        everything = "\n".join(text for (text,) in cursor.fetchall())
    assert issued.key.auth_key in everything
    for row in Secret.objects.all():
        assert bytes(row.sealed).hex() not in everything
        assert bytes(row.fingerprint).hex() not in everything
    assert issued.secret not in everything
    assert support.password not in everything
    columns = {column.name for model in apps.get_models() if issubclass(model, Trace) for column in model._meta.fields}
    assert not columns & {"sealed", "sealed_under", "fingerprint", "password", "last_login", "access_version"}


def test_what_is_no_change_is_no_event(caller: Caller, acme: Merchant, support: Person) -> None:
    told = {table: rows(table) for table in EVENT_TABLES}
    assert caller.bet(1).http_status == 200
    assert caller.launch(playerId="newcomer").http_status == 200
    with plain_sql() as run:
        run("UPDATE merchants_merchant SET access_version = access_version + 1 WHERE id = %s", [acme.pk])
        run("UPDATE merchants_secret SET sealed = sealed || 'x'::bytea, sealed_under = 'next'")
        run("UPDATE merchants_person SET last_login = now()")
        run("UPDATE merchants_player SET name = 'Grace'")
    assert {table: rows(table) for table in EVENT_TABLES} == told


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        return int(cursor.fetchone()[0])


def test_what_is_rolled_back_was_never_there(acme: Merchant, support: Person) -> None:
    told = titles(acme)
    with at_work(support), transaction.atomic():
        merchants.set_status(merchant=acme, status="closed")
        transaction.set_rollback(True)
    assert titles(acme) == told


@pytest.mark.parametrize("table", EVENT_TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_no_event_is_changed_or_taken_away(table: str, statement: str, caller: Caller, acme: Merchant) -> None:
    """Not by the owner or a superuser either: the application's role has no right to try."""
    with as_superuser() as cursor:
        cursor.execute(
            "SELECT string_agg(format('%%I', column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = %s AND is_nullable = 'NO' AND column_name <> 'pgh_id'",
            [table],
        )
        columns = cursor.fetchone()[0]
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {filler(table, columns)}")
        with pytest.raises(DatabaseError, match=r"Cannot update or delete|never emptied"), transaction.atomic():
            cursor.execute(statement.format(table))


def filler(table: str, columns: str) -> str:
    """A value of its type for each column."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s", [table])
        types = dict(cursor.fetchall())
    texts = {"timestamptz": "now()", "bool": "true", "date": "'2026-03-01'::date"}
    texts |= {"cidr": "'192.0.2.0/24'::cidr", "jsonb": "'{}'::jsonb"}
    texts |= {kind: f"'{{}}'::{kind}" for kind in types.values() if kind.startswith("_")}  # arrays
    return ", ".join(
        texts.get(types[name.strip('"')], f"'1'::{types[name.strip('"')]}") for name in columns.split(", ")
    )


def test_a_long_history_costs_few_queries(acme: Merchant, rival: Merchant) -> None:
    with plain_sql() as run:
        run(
            "INSERT INTO merchants_contact (merchant_id, email, note) "
            "SELECT %s, 'desk-' || n || '@acme.test', '' FROM generate_series(1, 5000) n",
            [acme.pk],
        )
    measured("merchants_contactevent")
    with CaptureQueriesContext(connection) as queries:
        entries = history.timeline(acme)
    assert len(queries) == 3, "what is newest, how many were written in that breath, and what else there is"
    assert entries[0].title == "5,000 contacts: added"
    way = plan(queries.captured_queries[0]["sql"])
    assert "history_contact_merchant" in way or "deed_at_contact" in way, way  # all of them are the merchant's
    assert "Seq Scan on merchants_contactevent" not in way, way


def test_what_was_done_to_a_crowd_is_one_entry_with_its_number(acme: Merchant, owner: Person, support: Person) -> None:
    players = [Player(merchant=acme, player_id=f"p{number:03}", is_blocked=0 < number < 50) for number in range(300)]
    Player.objects.bulk_create(players)
    with at_work(support):
        Contact.objects.create(merchant=acme, email="before@acme.test")
    with at_work(support), history.give_reason("A raid"):
        Player.objects.filter(merchant=acme, is_blocked=True).update(is_blocked=False)
        Player.objects.filter(merchant=acme, player_id__gte="p050").update(is_blocked=True)
        Player.objects.filter(merchant=acme, player_id="p000").update(max_stake=5)
    with at_work(support):
        Contact.objects.create(merchant=acme, email="after@acme.test")
    crowd = "300 players: 250 blocked, 49 unblocked, 1 changed"
    seen, page = [], history.timeline_page(acme, limit=2)
    while True:
        seen += [entry.title for entry in page.entries]
        if page.older is None:
            break
        page = history.timeline_page(acme, before=page.older, limit=2)
    assert seen[:3] == ["after@acme.test added to the contacts", crowd, "before@acme.test added to the contacts"]
    assert seen.count(crowd) == 1
    entry = next(entry for entry in history.timeline(acme, kind="flags") if entry.title == crowd)
    assert (entry.who, entry.reason, entry.changes) == (support.email, "A raid", ())
    before = next(each for each in history.timeline(acme, kind="people") if each.title == seen[2])
    assert [each.title for each in history.timeline_page(acme, after=before.at).entries] == seen[:2]


def test_pages_of_a_timeline_leave_nothing_out_and_say_nothing_twice(
    acme: Merchant, owner: Person, support: Person
) -> None:
    for number in range(23):
        with at_work(support):
            Contact.objects.create(merchant=acme, email=f"{number}@acme.test")
    whole = titles(acme, limit=100)
    seen, page = [], history.timeline_page(acme, limit=5)
    pages = [page]
    while True:
        seen += [entry.title for entry in page.entries]
        if page.older is None:
            break
        page = history.timeline_page(acme, before=page.older, limit=5)
        pages.append(page)
    assert seen == whole
    assert [entry.title for entry in history.timeline_page(acme, after=page.newer, limit=5).entries] == [
        entry.title for entry in pages[-2].entries
    ]
    assert pages[0].newer is None


def test_other_entries_can_be_merged_in_by_time(acme: Merchant, support: Person) -> None:
    with at_work(support):
        merchants.set_status(merchant=acme, status="suspended")
    told = history.timeline(acme)
    both = history.merge_newest_first(told, told, limit=3)
    assert [entry.at for entry in both] == sorted((entry.at for entry in [*told, *told]), reverse=True)[:3]


def test_every_thing_that_is_kept_has_words() -> None:
    kept: list[Any] = [model for model in apps.get_models() if issubclass(model, Trace)]
    assert {model.pgh_tracked_model.__name__ for model in kept} == set(history_sentences.THINGS)


@pytest.mark.parametrize("who", ["support", "auditor", "administrator"])
def test_the_page_says_it_to_each_role(
    client: Client, acme: Merchant, who: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    with at_work(person, reason="Ticket 12"):
        merchants.set_status(merchant=acme, status="suspended")
    answer = signed_in(client, person).get(f"/admin/merchants/merchant/{acme.pk}/timeline/")
    assert answer.status_code == 200
    said = answer.content.decode()
    for words in ["Merchant suspended, because “Ticket 12”", person.email, "192.0.2.7", "Before and after"]:
        assert words in said, words


def test_nobody_else_sees_a_timeline(client: Client, acme: Merchant, owner: Person) -> None:
    address = f"/admin/merchants/merchant/{acme.pk}/timeline/"
    assert client.get(address).status_code == 302
    assert signed_in(client, owner).get(address).status_code in {302, 403}


def test_what_is_done_in_a_page_is_kept_with_its_person(client: Client, acme: Merchant, support: Person) -> None:
    staff = signed_in(client, support)
    confirmed = {"why": "Ticket 12", "typed_code": acme.code}
    submit(staff, f"/admin/merchants/merchant/{acme.pk}/suspend/", confirmed, REMOTE_ADDR="198.51.100.9")
    entry = next(entry for entry in history.timeline(acme) if "suspended" in entry.title)
    assert (entry.who, entry.role, entry.address) == ("support@oppi.test", "support", "198.51.100.9")
    assert entry.door == f"/admin/merchants/merchant/{acme.pk}/suspend/"


@pytest.mark.parametrize("model", ["merchant", "apikey", "player", "game", "person"])
def test_the_page_of_a_thing_leads_to_its_timeline(
    client: Client, caller: Caller, acme: Merchant, administrator: Person, model: str
) -> None:
    thing = apps.get_model("merchants", model).objects.first()
    staff = signed_in(client, administrator)
    address = f"/admin/merchants/{model}/{thing.pk}/timeline/"
    assert address in staff.get(f"/admin/merchants/{model}/{thing.pk}/change/").content.decode()
    assert staff.get(address).status_code == 200
    old = staff.get(f"/admin/merchants/{model}/{thing.pk}/history/")
    assert old.headers["location"] == address


def test_a_timeline_is_filtered_and_paged(client: Client, acme: Merchant, owner: Person, support: Person) -> None:
    with at_work(support):
        Contact.objects.create(merchant=acme, email="desk@acme.test")
    with at_work(support):
        merchants.set_status(merchant=acme, status="suspended")
    staff, address = signed_in(client, support), f"/admin/merchants/merchant/{acme.pk}/timeline/"
    people = staff.get(f"{address}?what=people").content.decode()
    assert "desk@acme.test added to the contacts" in people
    assert "suspended" not in people
    for nonsense in ["before=yesterday", "after=2026-01-01", "what=everything", "before=9999"]:
        assert staff.get(f"{address}?{nonsense}").status_code == 200
    assert staff.get("/admin/merchants/merchant/999999/timeline/").status_code == 404
    for number in range(60):
        with at_work(support):
            Contact.objects.create(merchant=acme, email=f"{number}@acme.test")
    first = staff.get(address)
    assert "Older" in first.content.decode()
    assert "Newer" in staff.get(address + first.context["older"]).content.decode()


def test_the_page_of_a_long_timeline_costs_few_queries(client: Client, acme: Merchant, support: Person) -> None:
    with plain_sql() as run:
        run(
            "INSERT INTO merchants_contact (merchant_id, email, note) "
            "SELECT %s, 'desk-' || n || '@acme.test', '' FROM generate_series(1, 5000) n",
            [acme.pk],
        )
    staff = signed_in(client, support)
    with CaptureQueriesContext(connection) as queries:
        staff.get(f"/admin/merchants/merchant/{acme.pk}/timeline/")
    named = [query["sql"].split(" FROM ")[1].split()[0] for query in queries if " FROM " in query["sql"]]
    assert len([query for query in queries if "event" in query["sql"]]) == 3, "as above"
    assert len(queries) <= 10, named


def test_what_a_job_does_is_its_own(acme: Merchant) -> None:
    @app.task(name="tests.close")
    def close() -> None:
        merchants.set_status(merchant=acme, status="closed")

    close()
    assert (last(acme).who, last(acme).door) == ("The portal", "job tests.close")


@pytest.mark.parametrize("table", TRACKED_TABLES)
def test_no_table_with_a_history_is_emptied_unseen(table: str, db: None) -> None:
    """A trigger of a row does not see TRUNCATE: an allowlist would be gone without a trace."""
    with pytest.raises(DatabaseError, match="is not emptied"), transaction.atomic(), as_superuser() as cursor:
        cursor.execute(f"TRUNCATE {table} CASCADE")
