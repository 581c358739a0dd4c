"""Before a merchant is chosen: the list of one's own, and the page to which an invitation leads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from merchants import errors, staff_desk
from merchants.models import Membership, Merchant, Person
from merchants.pages import page_frame
from merchants.pages.forms import PlainForm
from merchants.services import people
from merchants.sign_in.gate import gate_response


@never_cache
@login_required
def merchants(request: HttpRequest) -> HttpResponse:
    """Whose pages are open to this person; the only one opens by itself."""
    person: Any = request.user
    if staff_desk.is_at_desk(request):
        return gate_response(request) or redirect("admin:merchants_merchant_changelist")
    if person.is_staff:
        looked_at = Merchant.objects.live().order_by("name")[: page_frame.MOST_LISTED]
        return gate_response(request) or merchant_list(request, looked_at=looked_at)
    own = list(Membership.objects.filter(person=person).select_related("merchant").order_by("merchant__name"))
    if len(own) == 1:
        return redirect("operator:home", code=own[0].merchant.code)
    return merchant_list(request, own=own)


def merchant_list(request: HttpRequest, **context: Any) -> HttpResponse:
    return render(request, "operator/merchants.html", context | {"title": _("Your merchants")})


class NewPersonForm(PlainForm):
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Use at least 12 characters. Do not use a common password."),
    )
    again = forms.CharField(
        label=gettext_lazy("Repeat password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        self.email = email
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given:
            try:
                validate_password(given["password"], Person(email=self.email, name=given.get("name", "")))
            except forms.ValidationError as weak:
                self.add_error("password", weak)
        if given.get("again") != given.get("password"):
            self.add_error("again", _("The two passwords differ. Enter the same password twice."))
        return given


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    try:
        return accept_invitation(request, token)
    except errors.InvitationOver as over:
        context = {"title": _("This link does not work"), "text": str(over)}
        return render(request, "operator/invitation_over.html", context, status=410)


def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    waiting = people.find_invitation(token)
    known = Person.objects.filter(email__iexact=waiting.email).exists()
    form = PlainForm(request.POST or None) if known else NewPersonForm(request.POST or None, email=waiting.email)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        people.accept_invitation(token=token, name=given.get("name", ""), password=given.get("password", ""))
        messages.success(
            request,
            _("You are a member of %(name)s. Sign in as %(email)s.")
            % {"name": waiting.merchant.name, "email": waiting.email},
        )
        return redirect("operator:merchants")
    context = {
        "title": _("Join %(merchant)s") % {"merchant": waiting.merchant.name},
        "invitation": waiting,
        "form": form,
        "known": known,
    }
    return render(request, "operator/invitation.html", context)


@never_cache
def not_found_page(request: HttpRequest, rest: str) -> HttpResponse:
    return page_frame.refused_page(request, 404)
