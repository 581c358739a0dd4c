"""The audit log of our staff: every change by author, action, merchant and time, and its file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from merchants.models import Download, Merchant, Person
from merchants.services import flags, history, keys, merchants
from portal.lib import clock
from tests import factories
from tests.pages import said
from tests.people import signed_in
from tests.plans import plan
from tests.wallet.admin.test_admin_lists import asked

AUDIT = "/admin/audit/"


@pytest.fixture
def staff(client: Client, support: Person) -> Client:
    return signed_in(client, support)


@pytest.fixture(autouse=True)
def _deeds(acme: Merchant, rival: Merchant, support: Person, administrator: Person, db: None) -> None:
    with history.act_as(door="/admin/a/", person=support, address="203.0.113.9"):
        keys.issue_key(merchant=acme)
    with history.act_as(door="/admin/b/", person=administrator), history.give_reason("fraud in town"):
        merchants.set_status(merchant=rival, status="suspended")
    with history.act_as(door="job x"):
        flags.switch_game(game=factories.game(name="Plinko"), on=False)


def titles(client: Client, **query: Any) -> list[str]:
    response = client.get(AUDIT, query)
    assert response.status_code == 200
    return [deed.entry.title for deed in response.context["deeds"]]


def find(client: Client, **fields: str) -> list[str]:
    response = client.post(AUDIT, fields, follow=True)
    assert response.status_code == 200
    return [deed.entry.title for deed in response.context["deeds"]]


def test_all_changes_are_listed_with_author_and_merchant(staff: Client) -> None:
    page = said(staff.get(AUDIT))
    for text in ("issued (live)", "Merchant suspended", "Plinko", "fraud in town", "203.0.113.9", "job x"):
        assert text in page


def test_changes_are_found_by_author(staff: Client, support: Person) -> None:
    [title] = find(staff, person="SUPPORT@oppi.test")
    assert title.startswith("Key oppi_pub_live")
    assert titles(staff, person=str(support.pk)) == [title]


def test_changes_are_found_by_merchant(staff: Client, rival: Merchant) -> None:
    found = find(staff, merchant=rival.name)
    assert "Merchant suspended" in found[0]
    assert not [title for title in found if "issued" in title]


@pytest.mark.parametrize("what", ["keys", "ApiKey"])
def test_changes_are_found_by_action(staff: Client, what: str) -> None:
    [title] = find(staff, what=what)
    assert "issued (live)" in title


def test_changes_are_found_by_time(staff: Client) -> None:
    now = clock.now()
    later, earlier = now + timedelta(minutes=5), now - timedelta(minutes=5)
    assert titles(staff, since=later.isoformat()) == []
    assert titles(staff, until=earlier.isoformat()) == []
    assert titles(staff, since=earlier.isoformat(), until=later.isoformat())


def test_a_wrong_filter_is_told_and_shows_no_fewer_changes(staff: Client) -> None:
    page = said(staff.post(AUDIT, {"person": "nobody@oppi.test", "merchant": "nothing"}))
    assert "No person has this email address." in page
    assert "No merchant has this code or name." in page
    assert titles(staff, person="x", merchant="y", what="no", since="never", before="y")


def test_a_secret_in_a_filter_stands_nowhere(staff: Client, acme: Merchant) -> None:
    issued = keys.issue_key(merchant=acme)
    page = said(staff.post(AUDIT, {"person": issued.secret}, follow=True))
    assert issued.secret not in page
    assert "secret key" in page.lower()


def test_pages_follow_one_another(staff: Client, acme: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("merchants.admin.audit.ENTRIES", 1)
    first = staff.get(AUDIT)
    second = staff.get(AUDIT + first.context["older"])
    assert first.context["deeds"][0].entry != second.context["deeds"][0].entry
    back = staff.get(AUDIT + second.context["newer"])
    assert back.context["deeds"][0].entry.title == first.context["deeds"][0].entry.title


def test_the_file_has_all_changes_and_is_recorded(staff: Client, support: Person, rival: Merchant) -> None:
    answer = staff.get(f"{AUDIT}export/", {"merchant": str(rival.pk)})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, *rows = csv.reader(io.StringIO(content))
    assert head[:2] == ["time (UTC)", "person"]
    assert {row[head.index("merchant")] for row in rows} == {"rival"}
    [suspended] = [row for row in rows if "suspended" in row[head.index("change")]]
    assert suspended[head.index("person")] == "administrator@oppi.test"
    assert suspended[head.index("reason")] == "fraud in town"
    download = Download.objects.get()
    assert (download.person, download.merchant, download.rows, download.is_complete) == (
        support,
        rival,
        len(rows),
        True,
    )


def test_the_page_of_a_person_shows_what_the_person_did(staff: Client, support: Person, administrator: Person) -> None:
    page = staff.get(f"/admin/merchants/person/{administrator.pk}/change/")
    assert [deed.entry.title for deed in page.context["deeds"]] == titles(staff, person=str(administrator.pk))
    text = said(page)
    assert "Merchant suspended" in text
    assert f'href="{AUDIT}?person={administrator.pk}"' in text


def test_only_our_staff_sees_it(owner: Person, auditor: Person) -> None:
    assert signed_in(Client(), auditor).get(AUDIT).status_code == 200
    assert signed_in(Client(), owner).get(AUDIT).status_code == 403
    assert signed_in(Client(), owner).get(f"{AUDIT}export/").status_code == 403


@pytest.mark.parametrize(("query", "index"), [({}, "deed_at_"), ({"person": "7"}, "deed_by_")])
def test_it_reads_by_an_index(staff: Client, support: Person, query: dict[str, str], index: str) -> None:
    """As over many rows: each table of the history ends its part after one page."""
    with asked() as statements:
        staff.get(AUDIT, {"person": str(support.pk)} if query else {})
    [union] = [each for each in statements if "UNION ALL" in each]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    way = plan(union[union.index("(SELECT") :])  # behind what the history tells the database
    assert index in way
    assert "Seq Scan on merchants_apikeyevent" not in way
