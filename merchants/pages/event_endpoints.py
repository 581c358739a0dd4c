"""Event endpoints of the merchant: add, test, rotate the signing secret, enable, remove, and the log with re-send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.access import Visit, Work
from merchants.models import EventDelivery, EventEndpoint, EventType
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm, SwitchForm
from merchants.pages.guard import CodeView, page
from merchants.services import event_endpoints, event_outbox

TAB = "integrations"
SHOWN = 50
LEVELS = {"sent": "good", "waiting": "warn", "given_up": "bad"}


class EndpointForm(SingleUseForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Receiver"), choices=EventEndpoint.Kind.choices, initial=EventEndpoint.Kind.STANDARD
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Begins with https://. The host needs public addresses."),
    )
    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one event type.")},
    )


class EventTypesForm(SingleUseForm):
    event_types = forms.MultipleChoiceField(
        label=gettext_lazy("Events"), choices=EventType.choices, widget=forms.CheckboxSelectMultiple
    )


def listed_endpoints(visit: Visit) -> list[EventEndpoint]:
    return list(EventEndpoint.objects.present().filter(merchant=visit.merchant))


def own_endpoint(visit: Visit, number: int) -> EventEndpoint:
    found = EventEndpoint.objects.present().select_related("merchant").filter(merchant=visit.merchant, pk=number)
    if (endpoint := found.first()) is None:
        raise Http404
    return endpoint


def back_to(endpoint: EventEndpoint) -> str:
    return reverse("operator:endpoint", args=[endpoint.merchant.code, endpoint.pk])


def secret_page(request: HttpRequest, visit: Visit, issued: event_endpoints.IssuedEndpoint) -> HttpResponse:
    return page_frame.render_page(
        request, visit, "endpoint_secret.html", tab=TAB, title=_("Your signing secret"), issued=issued
    )


@page(work=Work.ENDPOINTS, prove=True, back="operator:integrations")
def endpoint_add(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act(**wish: Any) -> HttpResponse | str:
        issued = event_endpoints.add_endpoint(merchant=visit.merchant, by=visit.person, **wish)
        if issued.secret:
            return secret_page(request, visit, issued)
        return _("The event endpoint is active.")

    question = Question(
        title=_("Add event endpoint"),
        text=_(
            "The portal sends each chosen event to this address as an HTTPS request. Your own server gets a signing "
            "secret, which you see once. For Slack, enter the address of an incoming webhook."
        ),
        form=EndpointForm,
        act=act,
        button=_("Add event endpoint"),
        initial={"event_types": EventType.values},
        back=reverse("operator:integrations", args=[visit.merchant.code]),
        tab=TAB,
    )
    return ask_to_confirm(request, visit, question)


@page(back="operator:integrations")
def endpoint(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    own = own_endpoint(visit, number)
    log = EventDelivery.objects.filter(merchant=visit.merchant, endpoint=own).select_related("event")[:SHOWN]
    context: dict[str, Any] = {
        "endpoint": own,
        "types": [EventType(each).label for each in own.event_types],
        "log": [(each, EventType(each.event.type).label, LEVELS[each.state]) for each in log],
    }
    return page_frame.render_page(request, visit, "endpoint.html", tab=TAB, title=_("Event endpoint"), **context)


EndpointView = Callable[[HttpRequest, Visit, EventEndpoint], HttpResponse]


def endpoint_action(view: EndpointView) -> CodeView:
    """Make the page of one verb of an endpoint: for owners and managers, after a fresh proof."""

    @page(work=Work.ENDPOINTS, prove=True, back="operator:endpoint")
    def on_own_endpoint(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
        return view(request, visit, own_endpoint(visit, number))

    return on_own_endpoint


def ask_about(request: HttpRequest, visit: Visit, endpoint: EventEndpoint, **question: Any) -> HttpResponse:
    known = {"back": back_to(endpoint), "tab": TAB, "button": question["title"]}
    return ask_to_confirm(request, visit, Question(**(known | question)))


@endpoint_action
def endpoint_test(request: HttpRequest, visit: Visit, endpoint: EventEndpoint) -> HttpResponse:
    def act() -> str:
        event_outbox.send_test_event(endpoint=endpoint)
        return _("The test event is being sent. The log shows the answer.")

    return ask_about(
        request,
        visit,
        endpoint,
        title=_("Send test event"),
        text=_("One test event is sent to %(url)s. It has “test” in its data.") % {"url": endpoint.url},
        act=act,
    )


@endpoint_action
def endpoint_types(request: HttpRequest, visit: Visit, endpoint: EventEndpoint) -> HttpResponse:
    def act(event_types: list[str]) -> str:
        event_endpoints.set_event_types(endpoint=endpoint, event_types=event_types)
        return _("The endpoint gets the chosen events.")

    return ask_about(
        request,
        visit,
        endpoint,
        title=_("Choose events"),
        form=EventTypesForm,
        initial={"event_types": endpoint.event_types},
        act=act,
    )


@endpoint_action
def endpoint_rotate(request: HttpRequest, visit: Visit, endpoint: EventEndpoint) -> HttpResponse:
    def act() -> HttpResponse:
        return secret_page(request, visit, event_endpoints.rotate_signing_secret(endpoint=endpoint))

    return ask_about(
        request,
        visit,
        endpoint,
        title=_("Rotate signing secret"),
        text=_("You see a new signing secret once. For 24 hours, each event is signed with both secrets."),
        act=act,
    )


@endpoint_action
def endpoint_switch(request: HttpRequest, visit: Visit, endpoint: EventEndpoint) -> HttpResponse:
    enabled = not endpoint.is_enabled

    def act(*, wanted: bool) -> str:
        event_endpoints.set_enabled(endpoint=endpoint, enabled=wanted)
        return _("The event endpoint is enabled.") if wanted else _("The event endpoint is disabled.")

    return ask_about(
        request,
        visit,
        endpoint,
        title=_("Enable event endpoint") if enabled else _("Disable event endpoint"),
        text=_("New events are sent again. Events of the time between are not sent.")
        if enabled
        else _("No event is sent to this endpoint until you enable it."),
        form=SwitchForm,
        initial={"wanted": "yes" if enabled else "no"},
        act=act,
        danger=not enabled,
    )


@endpoint_action
def endpoint_remove(request: HttpRequest, visit: Visit, endpoint: EventEndpoint) -> HttpResponse:
    def act() -> str:
        event_endpoints.remove_endpoint(endpoint=endpoint)
        return _("The event endpoint is removed.")

    return ask_about(
        request,
        visit,
        endpoint,
        title=_("Remove event endpoint"),
        text=_("No event is sent to %(url)s again. This cannot be undone.") % {"url": endpoint.url},
        act=act,
        back=reverse("operator:integrations", args=[visit.merchant.code]),
        danger=True,
    )


@page(work=Work.ENDPOINTS, back="operator:integrations")
def event_resend(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    found = EventDelivery.objects.select_related("endpoint__merchant", "event").filter(merchant=visit.merchant)
    delivery = found.filter(pk=number, endpoint__removed_at=None).first()
    if delivery is None:
        raise Http404

    def act() -> str:
        event_outbox.resend_event(delivery=delivery)
        return _("The event is being sent again.")

    return ask_about(
        request,
        visit,
        delivery.endpoint,
        title=_("Send event again"),
        text=_("The same event is sent again to %(url)s, with the same id.") % {"url": delivery.endpoint.url},
        act=act,
    )
