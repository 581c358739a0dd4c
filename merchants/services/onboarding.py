"""Onboarding: the checklist of a new merchant, and the step that makes the merchant active.

A merchant that is not live yet has no separate status: it is suspended and never was active.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from merchants import errors
from merchants.models import (
    ApiKey,
    Contact,
    Invitation,
    Membership,
    Merchant,
    OwnerQuestion,
    Person,
    SecretClaim,
)
from merchants.services import approvals, credentials, history, merchants, owner_questions
from portal.lib import clock


class Step(StrEnum):
    OWNER = "owner"
    CONTACT = "contact"
    KEY = "key"
    ALLOWLIST = "allowlist"
    SANDBOX = "sandbox"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One step. `is_required`: without it, nobody could sign a request or be notified of a change."""

    step: Step
    is_done: bool
    detail: str
    is_required: bool = False


class NotReady(errors.Refusal):
    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(
            _("This merchant cannot go live yet. Missing: %(missing)s. Complete these steps first.")
            % {"missing": ", ".join(missing)}
        )


class ReasonMissing(errors.Refusal):
    def __init__(self) -> None:
        super().__init__(_("Some steps are missing. Enter a reason to go live without them."))


def is_not_live_yet(merchant: Merchant) -> bool:
    """Return whether the merchant was created suspended and never was active."""
    if merchant.status != Merchant.Status.SUSPENDED or merchant.is_sandbox:
        return False
    events = Merchant.pgh_event_model.objects.filter(pgh_obj=merchant.pk)  # type: ignore[attr-defined]
    opened = events.filter(pgh_label="insert", status=Merchant.Status.SUSPENDED)
    return opened.exists() and not events.filter(status=Merchant.Status.ACTIVE).exists()


# --- the checklist ----------------------------------------------------------------------------------------------------
def checklist(merchant: Merchant) -> list[ChecklistItem]:
    """Return the steps in their order: owner, contact, key, allowlist, sandbox."""
    return [_owner(merchant), _contact(merchant), _key(merchant), _allowlist(merchant), _sandbox(merchant)]


def _owner(merchant: Merchant) -> ChecklistItem:
    owners = Membership.objects.filter(merchant=merchant, role=Membership.Role.OWNER, person__is_active=True)
    emails = list(owners.order_by("pk").values_list("person__email", flat=True)[:3])
    if emails:
        return ChecklistItem(Step.OWNER, is_done=True, detail=", ".join(emails), is_required=True)
    invited = Invitation.objects.waiting(at=clock.now()).filter(merchant=merchant, role=Membership.Role.OWNER).first()
    detail = (
        _("%(email)s is invited until %(moment)s and has not accepted yet.")
        % {"email": invited.email, "moment": errors.moment_text(invited.expires_at)}
        if invited
        else _("No owner yet. Invite the owner by email.")
    )
    return ChecklistItem(Step.OWNER, is_done=False, detail=detail, is_required=True)


def _contact(merchant: Merchant) -> ChecklistItem:
    emails = list(Contact.objects.filter(merchant=merchant).order_by("pk").values_list("email", flat=True)[:3])
    waiting = OwnerQuestion.objects.filter(
        merchant=merchant, kind=OwnerQuestion.Kind.CONTACT, state=OwnerQuestion.State.WAITING
    ).first()
    missing = (
        _("An owner must allow %(email)s first.") % {"email": waiting.email}
        if waiting
        else _("No contact yet. Contacts are notified about keys and incidents.")
    )
    return ChecklistItem(Step.CONTACT, is_done=bool(emails), detail=", ".join(emails) or missing)


def _key(merchant: Merchant) -> ChecklistItem:
    live = ApiKey.objects.usable(at=clock.now()).filter(merchant=merchant, environment=ApiKey.Environment.LIVE)
    key = live.order_by("pk").first()
    if key is None:
        detail = _("No live key yet. Issue a key: the owner receives a claim link.")
        return ChecklistItem(Step.KEY, is_done=False, detail=detail, is_required=True)
    claim = SecretClaim.objects.filter(key__in=live).order_by("-pk").first()
    if claim is not None and claim.claimed_at is None:
        detail = _("The key is issued. The claim link was sent and has not been used.")
        return ChecklistItem(Step.KEY, is_done=False, detail=detail, is_required=True)
    return ChecklistItem(Step.KEY, is_done=True, detail=key.auth_key, is_required=True)


def _allowlist(merchant: Merchant) -> ChecklistItem:
    now = clock.now()
    entries = sum(len(each.standing(now)) for each in credentials.allowlists_by_key(merchant).values())
    detail = (
        ngettext("%(number)s entry", "%(number)s entries", entries) % {"number": entries}
        if entries
        else _("No allowlist yet. Requests are accepted from every address.")
    )
    return ChecklistItem(Step.ALLOWLIST, is_done=bool(entries), detail=detail)


def _sandbox(merchant: Merchant) -> ChecklistItem:
    sandbox = Merchant.objects.filter(sandbox_of=merchant).first()
    detail = sandbox.code if sandbox else _("No sandbox yet. The merchant tests its integration there.")
    return ChecklistItem(Step.SANDBOX, is_done=sandbox is not None, detail=detail)


# --- verbs ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_contact(*, merchant: Merchant, email: str, by: Person) -> Contact | OwnerQuestion:
    """Add a contact. For an address outside the owners' domains, ask the owners first and return the question."""
    if owner_questions.is_outside(merchant, email):
        return owner_questions.ask_owners(merchant=merchant, kind=OwnerQuestion.Kind.CONTACT, by=by, email=email)
    return Contact.objects.get_or_create(merchant=merchant, email__iexact=email, defaults={"email": email})[0]


@transaction.atomic
def go_live(*, merchant: Merchant, items: Iterable[ChecklistItem], by: Person, reason: str = "") -> bool:
    """Make a merchant active; return False when a second approver must approve it first.

    `items`: its checklist. Refuses a missing required step (NotReady), and another missing step without a reason
    (ReasonMissing).
    """
    missing = [item for item in items if not item.is_done]
    if required := [item.step for item in missing if item.is_required]:
        raise NotReady(required)
    if missing and not reason.strip():
        raise ReasonMissing
    if merchant.two_person:
        why = reason or str(_("All steps of the onboarding are complete."))
        approvals.ask_to_set_status(merchant=merchant, status=Merchant.Status.ACTIVE, by=by, reason=why)
        return False
    with history.give_reason(reason) if reason else nullcontext():
        merchants.set_status(merchant=merchant, status=Merchant.Status.ACTIVE)
    return True
