"""Charts and typed moments are in the reader's time zone, with UTC beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.core.cache import cache
from django.test import Client

from merchants.models import Merchant, Person
from portal.lib import moments
from portal.lib.moment_fields import MomentField, address_value, in_address
from tests.pages import said
from tests.people import signed_in
from wallet.pages import charts

NINE = datetime(2026, 7, 1, 9, tzinfo=UTC)
TYPED, IN_UTC = "2026-07-01T12:00:00", "2026-07-01T09:00:00Z"


class SpanForm(forms.Form):
    since = MomentField(label="From", required=False, help_text="Or leave it empty.")


@pytest.mark.parametrize("text", [TYPED, "2026-07-01T12:00", IN_UTC, "2026-07-01T11:00:00+02:00"])
def test_a_typed_moment_is_in_the_readers_zone(text: str) -> None:
    with moments.shown_in("Europe/Helsinki"):
        form = SpanForm({"since": text})
        assert form.is_valid()
        assert form.cleaned_data["since"] == NINE
        field = form["since"]
        assert (field.label, field.help_text) == ("From (Helsinki)", "1 Jul 2026, 09:00:00 UTC. Or leave it empty.")
        assert f'value="{TYPED[:16]}' in str(field)
        assert not SpanForm({"since": field.value()}, initial={"since": NINE}).has_changed()


def test_in_utc_nothing_stands_beside_it() -> None:
    field = SpanForm({"since": "2026-07-01T09:00:00"})["since"]
    assert (field.label, field.help_text) == ("From (UTC)", "Or leave it empty.")


@pytest.mark.parametrize("text", ["2026-10-25T03:30:00", "2026-03-29T03:30:00"])
def test_the_hour_of_a_change_of_clocks_can_be_typed(text: str) -> None:
    with moments.shown_in("Europe/Helsinki"):
        assert SpanForm({"since": text}).is_valid()


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:00"])
def test_what_is_no_moment_is_refused_and_shown_again(text: str) -> None:
    with moments.shown_in("Asia/Kathmandu"):
        form = SpanForm({"since": text})
        assert not form.is_valid()
        assert text[:10] in str(form["since"])
        assert in_address("since", text) == text


def test_an_address_says_the_moment_in_utc() -> None:
    with moments.shown_in("Europe/Helsinki"):
        assert in_address("since", TYPED) == IN_UTC == address_value(NINE)
        assert in_address("since", IN_UTC) == IN_UTC
        assert in_address("player", TYPED) == TYPED
        assert moments.local_and_utc(NINE) == "1 Jul 2026, 12:00 EEST (09:00 UTC)"
        assert moments.local_and_utc(NINE + timedelta(hours=13)) == "2 Jul 2026, 01:00 EEST (1 Jul, 22:00 UTC)"


def test_a_chart_is_in_the_readers_zone() -> None:
    hours, days = charts.slots(NINE, 24), charts.slots(NINE + timedelta(hours=13), 24 * 7)
    with moments.shown_in("Asia/Kathmandu"):
        assert charts.ticks(hours)[0] == "14:45"
        assert charts.slot_names(hours)[0] == "1 Jul, 14:45 (09:00 UTC)"
        assert charts.ticks(days)[0] == "Thu 2"
    assert charts.ticks(hours)[0] == "09"
    assert charts.slot_names(hours)[0] == "1 Jul, 09:00"
    assert charts.ticks(days)[0] == "Wed 1"


@pytest.mark.parametrize("page", ["rounds", "requests"])
def test_a_filter_keeps_its_moment_for_readers_elsewhere(
    client: Client, owner: Person, acme: Merchant, page: str
) -> None:
    cache.clear()
    Person.objects.filter(pk=owner.pk).update(time_zone="Europe/Helsinki")
    signed_in(client, owner)
    answer: Any = client.post(f"/operator/acme/{page}/", {"since": TYPED})
    assert parse_qs(urlsplit(answer["location"]).query) == {"since": [IN_UTC]}
    text = said(client.get(answer["location"]))
    assert TYPED[:16] in text
    assert "1 Jul 2026, 09:00:00 UTC." in text
    assert "From (Helsinki)" in text


def test_home_and_the_first_page_of_staff_name_the_zone(
    client: Client, owner: Person, support: Person, acme: Merchant
) -> None:
    cache.clear()
    Person.objects.update(time_zone="Asia/Kathmandu")
    assert "(Kathmandu)" in said(signed_in(client, owner).get("/operator/acme/"))
    page = said(signed_in(Client(), support).get("/admin/"))
    assert "Signed requests per hour (Kathmandu)" in page
