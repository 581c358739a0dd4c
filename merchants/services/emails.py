"""Emails about changes: written in the transaction of the change, and sent by a job afterwards (`email_outbox.py`).

No email contains a secret, not even one that a person typed into a label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from merchants import crypto
from merchants.errors import moment_text
from merchants.models import (
    ApiKey,
    Approval,
    Compromise,
    Contact,
    Membership,
    Merchant,
    OutgoingEmail,
    OwnerQuestion,
    Person,
    SecretClaim,
)
from merchants.services import email_outbox
from portal.lib import clock

WORKERS = (Person.StaffRole.SUPPORT, Person.StaffRole.ADMINISTRATOR)
_told_by_caller: ContextVar[bool] = ContextVar("told_by_caller", default=False)


def contact_addresses(merchant: Merchant) -> list[str]:
    """Return the addresses that are notified about a merchant's keys: its owners, managers and contacts. A sandbox has
    those of its live merchant.
    """
    merchant = merchant.live_merchant
    people = Membership.objects.filter(
        merchant=merchant, role__in=[Membership.Role.OWNER, Membership.Role.MANAGER], person__is_active=True
    ).values_list("person__email", flat=True)
    named = Contact.objects.filter(merchant=merchant).values_list("email", flat=True)
    return list({email.lower(): email for email in [*people, *named]}.values())


def owner_addresses(merchant: Merchant) -> list[str]:
    """Return the owners' addresses. A sandbox has those of its live merchant."""
    live, role = merchant.live_merchant, Membership.Role.OWNER
    found = Membership.objects.filter(merchant=live, role=role, person__is_active=True)
    return list(found.order_by("person__email").values_list("person__email", flat=True))


def write_to_contacts(merchant: Merchant, template: str, context: dict[str, Any], *, once: str = "") -> None:
    """Write one email to each contact. Of two with the same `once` to the same address, one is sent."""
    write_each(contact_addresses(merchant), merchant, template, context, once=once)


def write_each(
    addresses: Iterable[str], merchant: Merchant, template: str, context: dict[str, Any], *, once: str = ""
) -> int:
    """Write one email to each address; return how many were new."""
    return len(_write(addresses, merchant, template, context, once=once))


def _write(
    addresses: Iterable[str], merchant: Merchant, template: str, context: dict[str, Any], *, once: str = ""
) -> list[OutgoingEmail]:
    now, masked = clock.now(), {name: _masked(value) for name, value in context.items()}
    emails = [
        OutgoingEmail(
            merchant=merchant,
            to=to,
            template=template,
            context=masked,
            once=_once(once, to) if once else None,
            created_at=now,
            due_at=now,
        )
        for to in addresses
    ]
    if once:
        there = OutgoingEmail.objects.filter(once__in=[email.once for email in emails]).values_list("once", flat=True)
        written = set(there)
        emails = [email for email in emails if email.once not in written]
    if emails:
        OutgoingEmail.objects.bulk_create(emails, ignore_conflicts=bool(once))
        email_outbox.wake_on_commit()
    return emails


def write_to(to: str, merchant: Merchant, template: str, context: dict[str, Any]) -> None:
    """Write one email to one person."""
    masked, now = {name: _masked(value) for name, value in context.items()}, clock.now()
    OutgoingEmail.objects.create(
        merchant=merchant, to=to, template=template, context=masked, created_at=now, due_at=now
    )
    email_outbox.wake_on_commit()


def write_account(to: str, *, subject: str, body: str) -> None:
    """Write one email to a person about their own account, with the given text."""
    OutgoingEmail.objects.create(
        to=to, template="account", context={"subject": _masked(subject), "body": _masked(body)}
    )
    email_outbox.wake_on_commit()


def _masked(value: Any) -> Any:
    return crypto.mask(value) if isinstance(value, str) else value


def _once(once: str, to: str) -> str:
    """Return the unique key of an email. It has a hash of the address, which can be longer than the column."""
    return f"{once}:{hashlib.sha256(to.lower().encode()).hexdigest()[:32]}"


# --- What they tell ---------------------------------------------------------------------------------------------------
def notify_contacts(key: ApiKey, what: str, *, do: str = "", ends: datetime | None = None) -> None:
    """Write an email about a key to each contact: what happened (the text continues the key's name), what to do, and
    until when the old secret works.

    Writes nothing inside `suppress_notices`.
    """
    if _told_by_caller.get():
        return
    ended = ends is not None and ends <= clock.now()
    write_to_contacts(
        key.merchant, "key_changed", _about(key) | {"what": what, "do": do, "ends": _said(ends), "ended": ended}
    )


@contextmanager
def suppress_notices() -> Iterator[None]:
    """Write no email about a key inside this block: the calling service writes one about everything."""
    token = _told_by_caller.set(True)
    try:
        yield
    finally:
        _told_by_caller.reset(token)


def notify_of_compromise(case: Compromise, *, replacement: ApiKey | None, ends: datetime | None) -> None:
    """Write one email about the compromise and its response. The reason is for our staff and is not in it."""
    context = _about(case.key) | {
        "response": case.response,
        "version": case.secret.version,
        "exposed_since": moment_text(case.exposed_since),
        "replacement": replacement.auth_key if replacement else "",
        "ends": _said(ends),
        "ended": ends is not None and ends <= clock.now(),
    }
    write_to_contacts(case.key.merchant, "key_compromised", context)


def ask_approvers_by_email(approval: Approval) -> None:
    """Email the people who may approve the request (our staff and the merchant's owners), except the person who made
    it.
    """
    about, asker = _about_request(approval), {approval.asked_by.email}
    of_staff = Person.objects.filter(is_active=True, staff_role__in=WORKERS).values_list("email", flat=True)
    page = f"/admin/merchants/approval/{approval.pk}/change/"
    write_each({*of_staff} - asker, approval.merchant, "approval_waiting", about | {"page": page})
    page = f"/operator/{approval.merchant.code}/approvals/{approval.pk}/"
    write_each(
        {*owner_addresses(approval.merchant)} - asker, approval.merchant, "approval_waiting", about | {"page": page}
    )


def notify_of_expired_request(approval: Approval) -> None:
    """Email the person who made the request that it expired without a decision."""
    if approval.asked_by.is_active:
        write_to(approval.asked_by.email, approval.merchant, "approval_expired", _about_request(approval))


def _about_request(approval: Approval) -> dict[str, str]:
    return {
        "merchant": approval.merchant.name,
        "auth_key": approval.key.auth_key if approval.key else "",
        "asked_by": str(approval.asked_by),
        "request": approval.request,
        "reason": approval.reason,
        "at": moment_text(approval.asked_at),
        "ends": moment_text(approval.expires_at),
    }


def notify_owners(
    merchant: Merchant, what: str, *, by: str, at: datetime, also: Iterable[str] = (), **more: Any
) -> OutgoingEmail | None:
    """Email the owners, and `also`, what was changed for a merchant and by whom. A merchant without owners: its
    contacts.

    Return one email to an owner (or contact), if any.
    """
    context = {"merchant": merchant.name, "code": merchant.code, "what": what, "by": by, "at": moment_text(at), **more}
    own = owner_addresses(merchant) or contact_addresses(merchant)
    told = {email.lower(): email for email in [*also, *own]}  # an owner's address as the person has it
    written = _write(told.values(), merchant, "merchant_changed", context)
    return next((email for email in written if email.to in own), None)


def notify_people(
    merchant: Merchant, what: str, *, by: str, at: datetime, owners: bool = True, reason: str = "", lines: Sequence[str]
) -> None:
    """Tell the owners and managers of a merchant what was changed; without `owners`, the managers alone."""
    live, role = merchant.live_merchant, Membership.Role
    roles = [role.OWNER, role.MANAGER] if owners else [role.MANAGER]
    found = Membership.objects.filter(merchant=live, role__in=roles, person__is_active=True)
    told = {"merchant": merchant.name, "code": merchant.code, "what": what, "by": by, "at": moment_text(at)}
    context = told | {"reason": reason, "lines": list(lines)}
    write_each(found.values_list("person__email", flat=True), merchant, "merchant_changed", context)


def ask_owners_by_email(question: OwnerQuestion) -> None:
    """Email a question to the owners."""
    page = f"/operator/{question.merchant.code}/questions/{question.pk}/"
    context = {"merchant": question.merchant.name, "asked_by": str(question.asked_by), "wish": question.wish}
    asked = context | {"page": page, "at": moment_text(question.asked_at)}
    write_each(owner_addresses(question.merchant), question.merchant, "owner_question", asked)


def send_claim(claim: SecretClaim, to: Iterable[str]) -> None:
    """Write the email with a claim link. The link is made when the email is sent, so no row holds it."""
    context = _about(claim.key) | {"version": claim.version, "ends": moment_text(claim.expires_at), "claim": claim.pk}
    write_each(to, claim.key.merchant, "secret_claim", context)


def notify_of_claim(claim: SecretClaim) -> None:
    """Email all contacts who claimed the secret and when, so that an owner who did not claim it notices."""
    if claim.claimed_by is None or claim.claimed_at is None:
        return
    notify_contacts(
        claim.key,
        _("has version %(version)s of its secret claimed by %(email)s")
        % {"version": claim.version, "email": claim.claimed_by.email},
        do=_(
            "If you did not expect this, report a compromise. The claim link was used on %(claimed_at)s "
            "and no longer works."
        )
        % {"claimed_at": moment_text(claim.claimed_at)},
    )


def remind_of_key_end(key: ApiKey, ends: datetime, *, days: int) -> None:
    """Write a reminder, once for each key, expiry and threshold."""
    left = (ends - clock.now()).days
    context = _about(key) | {"ends": moment_text(ends), "left": left, "days": days}
    write_to_contacts(key.merchant, "key_expires", context, once=f"expires:{key.pk}:{ends.timestamp()}:{days}")


def _about(key: ApiKey) -> dict[str, Any]:
    return {
        "merchant": key.merchant.name,
        "auth_key": key.auth_key,
        "label": key.label,
        "environment": key.environment,
        "at": moment_text(clock.now()),
    }


def _said(moment: datetime | None) -> str:
    return moment_text(moment) if moment else ""
