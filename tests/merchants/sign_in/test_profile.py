"""The time zone that a person chooses: pages show moments in it, with UTC beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse

from merchants.models import Merchant, Person, Player
from portal.lib import moments
from tests.people import signed_in

AT = datetime(2026, 11, 30, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "short", "exact"),
    [
        ("UTC", "30 Nov 2026, 14:05 UTC", "30 Nov 2026, 14:05:09 UTC"),
        ("", "30 Nov 2026, 14:05 UTC", "30 Nov 2026, 14:05:09 UTC"),
        ("Europe/Riga", "30 Nov 2026, 16:05 EET", "30 Nov 2026, 16:05:09 EET"),
        ("Asia/Kathmandu", "30 Nov 2026, 19:50 UTC+05:45", "30 Nov 2026, 19:50:09 UTC+05:45"),
        ("America/Caracas", "30 Nov 2026, 10:05 UTC-04:00", "30 Nov 2026, 10:05:09 UTC-04:00"),
    ],
)
def test_a_moment_is_shown_in_the_zone_of_the_reader(zone: str, short: str, exact: str) -> None:
    with moments.shown_in(zone):
        assert moments.local_moment(AT) == short
        assert moments.local_moment(AT, exact=True) == exact
    assert moments.local_moment(AT) == "30 Nov 2026, 14:05 UTC"


def test_the_exact_moment_in_utc_stands_beside_every_other_zone() -> None:
    with moments.shown_in("Europe/Riga"):
        shown = Template("{{ at|moment }}/{{ none|moment }}/{{ at|moment_text:'seconds' }}").render(
            Context({"at": AT, "none": None})
        )
    assert shown == (
        '<time class="moment" datetime="2026-11-30T14:05:09+00:00" title="30 Nov 2026, 14:05:09 UTC">'
        "30 Nov 2026, 16:05 EET</time>//30 Nov 2026, 16:05:09 EET"
    )


def test_every_zone_that_can_be_chosen_exists() -> None:
    for name in moments.zone_names():
        assert moments.zone_named(name) is not None


def test_a_day_and_a_time_of_day_are_of_the_same_zone() -> None:
    late = AT.replace(hour=22)
    with moments.shown_in("Europe/Riga"):
        shown = Template("{{ at|moment_day }}, {{ at|moment_clock }}").render(Context({"at": late}))
    assert shown == "1 Dec 2026, 00:05:09 EET"


@pytest.mark.django_db
class TestProfile:
    @pytest.mark.parametrize(("named", "zone"), [("Europe/Riga", "EET"), ("Mars/Base", "UTC"), ("", "UTC")])
    def test_the_zone_of_the_browser_counts_for_who_chose_it(
        self, client: Client, viewer: Person, named: str, zone: str
    ) -> None:
        viewer.time_zone = Person.BROWSERS_ZONE
        viewer.save()
        signed_in(client, viewer)
        if named:
            client.cookies["time_zone"] = named
        shown = client.get("/operator/acme/timeline/").content.decode()
        assert re.search(rf">\d\d:\d\d:\d\d {zone}</time>", shown)

    def test_a_person_chooses_a_zone(self, client: Client, viewer: Person) -> None:
        signed_in(client, viewer)
        answer = client.post(reverse("profile"), {"time_zone": "Europe/Riga"}, follow=True)
        assert "Your profile is saved." in answer.content.decode()
        viewer.refresh_from_db()
        assert viewer.time_zone == "Europe/Riga"

    @pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "EST5EDT"])
    def test_no_other_name_is_taken(self, client: Client, viewer: Person, zone: str) -> None:
        signed_in(client, viewer)
        assert client.post(reverse("profile"), {"time_zone": zone}).status_code == 200
        viewer.refresh_from_db()
        assert viewer.time_zone == "UTC"

    def test_nobody_sees_it_who_is_not_enter(self, client: Client) -> None:
        assert client.get(reverse("profile")).status_code == 302

    @pytest.mark.parametrize(("zone", "label"), [("UTC", "UTC"), ("Europe/Riga", "EES?T"), ("merchant", r"UTC\+05:45")])
    def test_a_page_of_a_merchant_shows_it(
        self, client: Client, acme: Merchant, viewer: Person, zone: str, label: str
    ) -> None:
        Merchant.objects.filter(pk=acme.pk).update(time_zone="Asia/Kathmandu")
        Person.objects.filter(pk=viewer.pk).update(time_zone=zone)
        player = Player.objects.create(merchant=acme, player_id="ada")
        signed_in(client, viewer)
        page = client.get(reverse("operator:player", args=[acme.code, player.pk])).content.decode()
        assert re.search(rf"\d{{1,2}} \w{{3}} \d{{4}}, \d\d:\d\d {label}<", page)
