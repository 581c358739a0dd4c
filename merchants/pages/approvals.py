"""What waits for a second approver, and the claim of a new secret. Both are an owner's, after a fresh proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.access import Visit, Work
from merchants.models import Approval
from merchants.pages import page_frame
from merchants.pages.confirmation import Question, ask_to_confirm
from merchants.pages.forms import SingleUseForm
from merchants.pages.guard import SET_UP, page
from merchants.pages.keys import DecideForm
from merchants.services import approvals, claim_links, merchants
from merchants.services.keys import Issued

YES_NO = [("yes", "yes"), ("no", "no")]


# --- A request --------------------------------------------------------------------------------------------------------
def own_approval(visit: Visit, number: int) -> Approval:
    found = Approval.objects.filter(merchant=visit.merchant, pk=number)
    approval = found.select_related("merchant", "key", "asked_by", "decided_by").first()
    if approval is None:
        raise Http404
    return approval


@page(back="operator:keys")
def approval_page(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    approval = own_approval(visit, number)
    return page_frame.render_page(
        request, visit, "approval.html", tab="keys", title=_("Requested change"), approval=approval
    )


def approval_question(visit: Visit, approval: Approval, **question: Any) -> Question:
    return Question(
        tab="keys",
        back=reverse("operator:approval", args=[visit.merchant.code, approval.pk]),
        form=DecideForm,
        initial={"approval": approval.pk},
        text=_("%(asked_by)s asked to %(request)s: “%(reason)s”.")
        % {"asked_by": approval.asked_by, "request": approval.request, "reason": approval.reason},
        template="approval_ask.html",
        context={"approval": approval},
        **question,
    )


@page(work=Work.KEYS, prove=True, back="operator:approval")
def approval_approve(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    approval = own_approval(visit, number)

    def act(approval: int) -> Issued | str:
        wanted = own_approval(visit, approval)
        return approvals.approve_request(approval=wanted, by=visit.person) or _("Approved: %(request)s.") % {
            "request": wanted.request
        }

    title = _("Approve: %(request)s") % {"request": approval.request}
    return ask_to_confirm(
        request, visit, approval_question(visit, approval, title=title, act=act, button=_("Approve request"))
    )


@page(work=Work.KEYS, prove=True, back="operator:approval")
def approval_decline(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    def act(approval: int) -> str:
        approvals.decline_request(approval=own_approval(visit, approval), by=visit.person)
        return _("The request is declined. Nothing has changed.")

    approval = own_approval(visit, number)
    return ask_to_confirm(
        request,
        visit,
        approval_question(
            visit, approval, title=_("Decline request"), act=act, button=_("Decline request"), danger=True
        ),
    )


# --- A claim link -----------------------------------------------------------------------------------------------------
@page(work=Work.KEYS, prove=True, back="operator:keys")
def claim_page(request: HttpRequest, visit: Visit, token: str) -> HttpResponse:
    """The link alone shows nothing: the secret comes after the button, so that a mail scanner uses up no link."""
    if not visit.person.has_second_factor:
        messages.warning(request, SET_UP.format(merchant=visit.merchant.name))
        return redirect("mfa_index")
    found = claim_links.find_claim(merchant=visit.merchant, said=token, by=visit.person)

    def act() -> Issued:
        return claim_links.claim_secret(merchant=visit.merchant, said=token, by=visit.person)

    question = Question(
        title=_("Claim new secret"),
        text=_(
            "Version %(version)s of the secret is shown to you once, and to no other person. Prepare the "
            "place where you store it. After that, the link no longer works."
        )
        % {"version": found.version},
        tab="keys",
        context={"key": found.key},
        back=reverse("operator:keys", args=[visit.merchant.code]),
        act=act,
        button=_("Show secret"),
    )
    return ask_to_confirm(request, visit, question)


# --- May our staff see a secret? --------------------------------------------------------------------------------------
class AllowForm(SingleUseForm):
    """Says what it wants, so that two who want the same do not undo each other."""

    allowed = forms.TypedChoiceField(choices=YES_NO, coerce="yes".__eq__, widget=forms.HiddenInput)


@page(work=Work.KEYS, prove=True, back="operator:keys")
def staff_sees_secrets(request: HttpRequest, visit: Visit) -> HttpResponse:
    allow = not visit.merchant.staff_sees_secrets

    def act(*, allowed: bool) -> str:
        merchants.show_secrets_to_staff(merchant=visit.merchant, allowed=allowed)
        return (
            _("Our staff can see new secrets.") if allowed else _("New secrets go to your owners by claim link only.")
        )

    question = Question(
        title=_("Show secrets to our staff") if allow else _("Send secrets to owners only"),
        text=_("When our staff issue a new secret, they see it or send it to your owners by claim link.")
        if allow
        else _(
            "Our staff can still issue and rotate secrets, but never see them. Your owners get a claim link by email."
        ),
        tab="keys",
        back=reverse("operator:keys", args=[visit.merchant.code]),
        form=AllowForm,
        initial={"allowed": "yes" if allow else "no"},
        act=act,
        button=_("Show secrets to our staff") if allow else _("Send secrets to owners only"),
    )
    return ask_to_confirm(request, visit, question)
