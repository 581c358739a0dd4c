"""Access tokens of a merchant's owners: create (shown once) and revoke."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants import access
from merchants.access import Visit, Work
from merchants.key_forms import AccessTokenForm
from merchants.models import AccessToken
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services import access_tokens
from portal.lib import clock

MOST_LISTED = 100
LEVELS = {"active": "good", "expired": "warn", "revoked": ""}


class OperatorTokenForm(SingleUseForm, AccessTokenForm):
    """The shared form, in the look of these pages."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["scopes"].choices = [(each.value, each.label) for each in access.operator_scopes()]  # type: ignore[attr-defined]


def listed_tokens(visit: Visit) -> list[tuple[AccessToken, str, str]]:
    """Return the tokens of the merchant's owners, newest first, each with its state and the level of its badge."""
    found = AccessToken.objects.filter(merchant=visit.merchant).select_related("person")[:MOST_LISTED]
    now = clock.now()
    states = [(token, access_tokens.state_of_token(token, now)) for token in found]
    return [(token, state, LEVELS[state]) for token, state in states]


@page(work=Work.TOKENS, prove=True, back="operator:integrations")
def token_create(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act(**wish: object) -> HttpResponse:
        issued = access_tokens.create_token(person=visit.person, merchant=visit.merchant, **wish)  # type: ignore[arg-type]
        return page_frame.render_page(
            request, visit, "token.html", tab="integrations", title=_("Your new API token"), issued=issued
        )

    question = Question(
        title=_("Create API token"),
        text=_(
            "A program with this token can do what you choose here, for this merchant only. "
            "The token ends when you are no longer an owner. All owners are notified."
        ),
        form=OperatorTokenForm,
        act=act,
        button=_("Create API token"),
        back=reverse("operator:integrations", args=[visit.merchant.code]),
        tab="integrations",
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.TOKENS, prove=True, back="operator:integrations")
def token_revoke(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    token = AccessToken.objects.filter(merchant=visit.merchant, pk=number).first()
    if token is None:
        raise Http404

    def act() -> str:
        access_tokens.revoke_token(token=token)
        return _("The API token “%(name)s” is revoked.") % {"name": token.name}

    question = Question(
        title=_("Revoke API token"),
        text=_("The program that uses “%(name)s” is refused immediately. This cannot be undone.")
        % {"name": token.name},
        act=act,
        button=_("Revoke API token"),
        back=reverse("operator:integrations", args=[visit.merchant.code]),
        tab="integrations",
        danger=True,
    )
    return ask_to_confirm(request, visit, question)
