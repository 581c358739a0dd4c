"""A person's own profile: the time zone in which pages show moments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from merchants.models import Merchant, Person
from portal.lib import moments

ZONE_COOKIE = "time_zone"


def zone_choices() -> list[tuple[str, Any]]:
    places = [(name, name.replace("_", " ")) for name in moments.zone_names()]
    kinds = [
        (Person.MERCHANTS_ZONE, _("The time zone of each merchant")),
        (Person.BROWSERS_ZONE, _("The time zone of this browser")),
    ]
    return [places[0], *kinds, *places[1:]]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        choices=zone_choices,
        label=_("Time zone"),
        help_text=_("Pages show and read dates and times in this time zone. Files have them in UTC."),
    )

    class Meta:
        model = Person
        fields = ["time_zone"]


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    person: Any = request.user
    form = ProfileForm(request.POST or None, instance=Person.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=["time_zone"])
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    return render(request, "account/profile.html", {"form": form})


class TimeZone:
    """Shows moments in the time zone of the person who asks. Machines do not get here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        name = person.time_zone if isinstance(person, Person) else ""
        if name == Person.BROWSERS_ZONE:
            name = browsers_zone(request)
        with moments.shown_in("" if name == Person.MERCHANTS_ZONE else name):
            return self.get_response(request)


def browsers_zone(request: HttpRequest) -> str:
    """Return the zone that the browser named (`theme.js`); empty where it named none that is known."""
    named = request.COOKIES.get(ZONE_COOKIE, "")
    return named if named in moments.zone_names() else ""


def show_zone_of(person: Person, merchant: Merchant) -> None:
    """Show a page of this merchant in its own zone, if that is what the person has chosen."""
    if person.time_zone == Person.MERCHANTS_ZONE:
        moments.show_in(merchant.time_zone)
