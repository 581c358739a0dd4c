"""Who acts for the merchant. Owners invite, change roles and remove; the others read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, OuterRef, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants import errors
from merchants.access import Visit, Work
from merchants.models import Contact, Invitation, Membership, OutgoingEmail
from merchants.models.people import SECOND_FACTORS
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import page
from merchants.services import email_outbox, people
from portal.lib import clock
from portal.lib.email_addresses import EmailAddressFormField

MOST_LISTED = 200
YES_NO = [("yes", "yes"), ("no", "no")]
ROLES = [
    (Membership.Role.VIEWER, gettext_lazy("Viewer: can read everything and change nothing")),
    (Membership.Role.MANAGER, gettext_lazy("Manager: can also change allowlists, players and games")),
    (Membership.Role.OWNER, gettext_lazy("Owner: can also change keys and people")),
]

IN_ORDER = Case(*(When(role=role, then=place) for place, (role, _) in enumerate(reversed(ROLES))))


@page()
def people_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    factors = Authenticator.objects.filter(user=OuterRef("person"), type__in=SECOND_FACTORS)
    members = Membership.objects.filter(merchant=visit.live_merchant).select_related("person")
    context: dict[str, Any] = {
        "members": members.annotate(has_factor=Exists(factors), place=IN_ORDER).order_by("place", "person__email")[
            :MOST_LISTED
        ],
        "invitations": invitations_with_faults(waiting_invitations(visit).select_related("invited_by")[:MOST_LISTED]),
        "contacts": Contact.objects.filter(merchant=visit.live_merchant)[:MOST_LISTED],
    }
    return page_frame.render_page(request, visit, "people.html", tab="people", title=_("People"), **context)


def invitations_with_faults(invitations: Iterable[Invitation]) -> list[tuple[Invitation, str]]:
    """Each with the reason why its email did not go out, for whoever sent it."""
    found = list(invitations)
    unsent = OutgoingEmail.objects.filter(
        template="invitation",
        state=OutgoingEmail.State.GIVEN_UP,
        context__invitation__in=[each.pk for each in found],
    )
    why = {email.context["invitation"]: email_outbox.failure_reason(email) for email in unsent} if found else {}
    return [(each, why.get(each.pk, "")) for each in found]


def waiting_invitations(visit: Visit) -> Any:
    return Invitation.objects.waiting(at=clock.now()).filter(merchant=visit.live_merchant)


def person_question(visit: Visit, **question: Any) -> Question:
    back = question.pop("back", None) or reverse("operator:people", args=[visit.merchant.code])
    return Question(back=back, tab="people", **question)


class InviteForm(SingleUseForm):
    email = EmailAddressFormField(label=gettext_lazy("Email"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=ROLES, initial=Membership.Role.VIEWER)


class RequireForm(SingleUseForm):
    """Says what it wants, so that two who want the same do not undo each other."""

    required = forms.TypedChoiceField(choices=YES_NO, coerce="yes".__eq__, widget=forms.HiddenInput)


class RoleForm(SingleUseForm):
    role = forms.ChoiceField(choices=ROLES)


@page(work=Work.PEOPLE, prove=True, back="operator:people")
def invite(request: HttpRequest, visit: Visit) -> HttpResponse:
    def act(email: str, role: str) -> str:
        sent = people.invite_person(merchant=visit.merchant, email=email, role=role, by=visit.person)
        return _("%(email)s is invited. The link in the email works once, until %(moment)s.") % {
            "email": email,
            "moment": errors.moment_text(sent.expires_at),
        }

    question = person_question(
        visit,
        title=_("Invite person"),
        text=_(
            "The person gets an email with a link that works once. The person joins after accepting the invitation."
        ),
        form=InviteForm,
        act=act,
        button=_("Invite person"),
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PEOPLE, prove=True, back="operator:people")
def withdraw(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    invitation = waiting_invitations(visit).filter(pk=number).first()
    if invitation is None:
        raise Http404

    def act() -> str:
        people.withdraw_invitation(invitation=invitation)
        return _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email}

    text = _("The link that was sent to %(email)s stops working.") % {"email": invitation.email}
    question = person_question(
        visit, title=_("Withdraw invitation"), text=text, act=act, button=_("Withdraw invitation"), danger=True
    )
    return ask_to_confirm(request, visit, question)


def member(visit: Visit, number: int) -> Membership:
    found = Membership.objects.select_related("person", "merchant").filter(merchant=visit.merchant, pk=number).first()
    if found is None:
        raise Http404
    return found


@page(work=Work.PEOPLE, prove=True, back="operator:people")
def change_role(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    membership = member(visit, number)

    def act(role: str) -> str:
        people.set_role(membership=membership, role=role)
        return _("The role of %(person)s is %(role)s.") % {"person": membership.person, "role": role}

    question = person_question(
        visit,
        title=_("Change role of %(person)s") % {"person": membership.person},
        text=_("The new role applies to the next page that the person opens."),
        form=RoleForm,
        act=act,
        button=_("Change role"),
        initial={"role": membership.role},
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PEOPLE, prove=True, back="operator:people")
def remove_member(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    membership = member(visit, number)

    def act() -> str:
        people.remove_member(membership=membership)
        return _("%(person)s no longer belongs to %(name)s.") % {
            "person": membership.person,
            "name": visit.merchant.name,
        }

    question = person_question(
        visit,
        title=_("Remove %(person)s") % {"person": membership.person},
        text=_(
            "%(email)s can no longer open the pages of %(name)s. The timeline keeps their actions. The "
            "secrets that they have seen still work. Rotate these secrets if necessary."
        )
        % {"email": membership.person.email, "name": visit.merchant.name},
        act=act,
        back=reverse("operator:merchants") if membership.person == visit.person else "",
        button=_("Remove person"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@page(prove=True, back="operator:people")
def leave_merchant(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every member can leave, except the last owner."""
    if visit.by_staff:
        raise PermissionDenied
    merchant = visit.live_merchant

    def act() -> str:
        people.leave_merchant(merchant=merchant, person=visit.person)
        return _("You left %(name)s.") % {"name": merchant.name}

    question = person_question(
        visit,
        title=_("Leave %(name)s") % {"name": merchant.name},
        text=_(
            "You can no longer open the pages of %(name)s. Its owners are notified. To return, you need a new "
            "invitation. The timeline keeps your actions."
        )
        % {"name": merchant.name},
        act=act,
        back=reverse("operator:merchants"),
        button=_("Leave merchant"),
        danger=True,
    )
    return ask_to_confirm(request, visit, question)


@page(work=Work.PEOPLE, prove=True, back="operator:people")
def require_second_factor(request: HttpRequest, visit: Visit) -> HttpResponse:
    wanted = not visit.merchant.second_factor_required

    def act(*, required: bool) -> str:
        people.require_second_factor(merchant=visit.merchant, required=required)
        return _("A second factor is required for everyone.") if required else _("A second factor is optional.")

    question = person_question(
        visit,
        title=_("Require second factor") if wanted else _("Make second factor optional"),
        text=_(
            "Everyone without a second factor, including you, must set up an app or a passkey to open these "
            "pages again."
        )
        if wanted
        else _("People with a second factor still use it. All other people sign in with a password only."),
        form=RequireForm,
        initial={"required": "yes" if wanted else "no"},
        act=act,
        button=_("Require second factor") if wanted else _("Make second factor optional"),
        danger=not wanted,
    )
    return ask_to_confirm(request, visit, question)
