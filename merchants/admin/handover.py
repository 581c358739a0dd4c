"""Pages whose answer holds a new secret: shown in that one answer, which no cache may keep and no reload can repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminSelectWidget

from merchants import errors, form_tokens
from merchants.admin.base import FastAdmin
from merchants.form_tokens import TokenForm
from merchants.models import SecretClaim
from merchants.services import claim_links, emails
from merchants.services.keys import Issued

SHOW = "show"
UNSEEN = gettext_lazy(
    "The secret is rotated, but no owner can claim the new secret. Add an owner, then rotate the secret again."
)
WAYS = [("claim", gettext_lazy("Send a claim link to the owners")), (SHOW, gettext_lazy("Show it to me"))]


class HandOverForm(TokenForm):
    """For a page that makes a secret. Without a word it goes to the owners, and our staff never see it."""

    handover = forms.ChoiceField(
        label=gettext_lazy("Hand over the new secret"),
        choices=WAYS,
        initial="claim",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy(
            "The link works once, for 24 hours, for an owner who has signed in with a second factor."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["handover"] = self.fields.pop("handover")  # the last thing that is asked


@dataclass(frozen=True, kw_only=True)
class OncePage:
    """What is asked, the service that does it, and where its person came from. `act` gets what the form says.

    It returns what was issued, or a sentence when nothing was: something waits for a second person, a key is revoked.
    """

    title: str
    form: type[TokenForm]
    act: Callable[..., Issued | str]
    back: str
    button: str
    of: Model | None = None
    template: str = "admin/once.html"
    initial: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    danger: bool = False
    is_emergency: bool = False


class HandOverAdmin(FastAdmin):
    def once_only(self, request: HttpRequest, page: OncePage) -> HttpResponse:
        response: HttpResponse = never_cache(self._once_only)(request, page)
        return response

    def _once_only(self, request: HttpRequest, page: OncePage) -> HttpResponse:
        form = page.form(request.POST or None, initial=dict(page.initial))
        if form.is_valid():

            def act(handover: str = "", **wish: Any) -> Issued | HttpResponse | str:
                done = page.act(**wish)
                return self.hand_over(request, page, done, handover) if isinstance(done, Issued) else done

            if done := form_tokens.submit_once(request, form, act, back=page.back):
                return self._answer(request, page, done.value)
        if not form.is_bound:
            form.initial["token"] = form_tokens.new_token(request)
        context = {"form": form, "page": page, "subtitle": str(page.of or ""), **page.context}
        return self.page(request, page.template, page.title, **context)

    def _answer(self, request: HttpRequest, page: OncePage, done: Issued | HttpResponse | str) -> HttpResponse:
        if isinstance(done, HttpResponse):
            return done
        if isinstance(done, Issued):
            self.log_change(
                request,
                done.key,
                _("%(title)s: version %(version)s is issued.") % {"title": page.title, "version": done.row.version},
            )
            told = emails.contact_addresses(done.key.merchant)
            shown = {"issued": done, "told": told, **page.shown}
            return self.page(request, "admin/issued_key.html", _("Hand over the new secret"), **shown)
        self.message_user(request, done)
        return HttpResponseRedirect(page.back)

    def hand_over(self, request: HttpRequest, page: OncePage, issued: Issued, way: str) -> Issued | HttpResponse:
        """Refused, nothing is done at all; an emergency is done whoever may see the new secret."""
        by: Any = request.user
        merchant = issued.key.merchant
        to_owners = way != SHOW and not (page.is_emergency and not emails.owner_addresses(merchant))
        try:
            done = claim_links.hand_over(issued=issued, to_owners=to_owners, by=by)
        except errors.SecretIsForOwners:
            if not page.is_emergency:
                raise
            self.message_user(request, UNSEEN, messages.WARNING)
            return HttpResponseRedirect(page.back)
        return done if isinstance(done, Issued) else self.tell_of_claim(request, page, issued, done)

    def tell_of_claim(self, request: HttpRequest, page: OncePage, issued: Issued, claim: SecretClaim) -> HttpResponse:
        self.log_change(
            request,
            issued.key,
            _("%(title)s: version %(version)s is issued, and the claim link is sent.")
            % {"title": page.title, "version": issued.row.version},
        )
        sent_to = ", ".join(emails.owner_addresses(issued.key.merchant))
        self.message_user(
            request,
            _("A claim link was sent to %(sent_to)s. It works until %(expires_at)s.")
            % {"sent_to": sent_to, "expires_at": errors.moment_text(claim.expires_at)},
        )
        return HttpResponseRedirect(reverse("admin:merchants_apikey_change", args=[issued.key.pk]))

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, template, context)
