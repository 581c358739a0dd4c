"""The page on which our staff create and revoke tokens of the management API. Administrators see those of all staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from merchants import access, form_tokens
from merchants.admin.fields import UnfoldForm
from merchants.admin.step_up import step_up_to_save
from merchants.form_tokens import TokenForm
from merchants.key_forms import AccessTokenForm
from merchants.models import AccessToken, Person
from merchants.services import access_tokens
from merchants.services.access_tokens import IssuedToken
from portal.lib import clock

MOST_LISTED = 100


class StaffTokenForm(TokenForm, UnfoldForm, AccessTokenForm):
    """The shared form, in the look of the administration. `person` chooses among the scopes of their role."""

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = [(each.value, each.label) for each in access.staff_scopes(person)]  # type: ignore[attr-defined]


class RevokeForm(TokenForm):
    revoke = forms.IntegerField(min_value=1)


class StaffTokensPage(View):
    admin_site: Any = None

    @step_up_to_save
    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        answer: Any = super().dispatch(request, *args, **options)
        return answer  # type: ignore[no-any-return]

    def get(self, request: HttpRequest) -> HttpResponse:
        form = StaffTokenForm(person=self.person, initial={"token": form_tokens.new_token(request)})
        return self.page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "revoke" in request.POST:
            return self.revoke(request)
        form = StaffTokenForm(request.POST, person=self.person)

        def act(**wish: Any) -> IssuedToken:
            return access_tokens.create_token(person=self.person, merchant=None, **wish)

        if form.is_valid() and (done := form_tokens.submit_once(request, form, act, back=request.path)):
            context = self.admin_site.each_context(request) | {"title": _("Your new API token"), "issued": done.value}
            return TemplateResponse(request, "admin/token.html", context)
        return self.page(request, form)

    def revoke(self, request: HttpRequest) -> HttpResponse:
        form = RevokeForm(request.POST)
        token = self.rows().filter(pk=form.cleaned_data["revoke"]).first() if form.is_valid() else None
        if token is None:
            raise Http404

        def act(**_wish: Any) -> None:
            access_tokens.revoke_token(token=token)

        if form_tokens.submit_once(request, form, act, back=request.path):
            messages.success(request, _("The API token “%(name)s” is revoked.") % {"name": token.name})
        for refused in form.non_field_errors():
            messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:access_tokens"))

    @property
    def person(self) -> Person:
        found: Any = self.request.user
        return found  # type: ignore[no-any-return]

    def rows(self) -> QuerySet[AccessToken]:
        found = AccessToken.objects.select_related("person", "merchant")
        if self.person.has_perm("merchants.change_person"):
            return found
        return found.filter(person=self.person)

    def page(self, request: HttpRequest, form: StaffTokenForm) -> HttpResponse:
        now = clock.now()
        tokens = [(token, access_tokens.state_of_token(token, now)) for token in self.rows()[:MOST_LISTED]]
        context = self.admin_site.each_context(request) | {"title": _("API tokens"), "form": form, "tokens": tokens}
        context["revoke_form"] = RevokeForm(initial={"token": form_tokens.new_token(request)}, auto_id=False)
        return TemplateResponse(request, "admin/tokens.html", context)
