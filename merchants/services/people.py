"""People of our staff and of merchants: access, roles and invitations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext as _

from merchants import errors
from merchants.errors import LastAdministrator, OwnAccess
from merchants.models import ApiKey, Invitation, Membership, Merchant, OutgoingEmail, Person, SignOut, StaffVisit
from merchants.services import access_tokens, email_links, emails, history
from merchants.services.history import Proof
from merchants.services.sign_in_records import Kind
from portal.lib import clock

ADMINISTRATOR = Person.StaffRole.ADMINISTRATOR
OWNER = Membership.Role.OWNER
INVITED_FOR = timedelta(days=7)
MOST_INVITED = 20  # who wait for an answer at once; each is a mail that we send to a stranger


def check_access(*, person: Person, role: str, active: bool, by: Person) -> None:
    """Refuse a change of access that would leave nobody in charge. It locks the administrators: call it in a
    transaction.

    Raises OwnAccess, LastAdministrator, and LastOwner: a new member of our staff leaves every merchant, and a merchant
    with a live key keeps an owner who can sign in.
    """
    administrators = Person.objects.select_for_update().filter(staff_role=ADMINISTRATOR, is_active=True)
    standing = set(administrators.order_by("pk").values_list("pk", flat=True))
    if joins_staff(person, role):
        for membership in own_merchants(person):
            _locked(membership, stays_owner=False)
    elif is_switched_off(person, active=active):
        for membership in own_merchants(person):
            _check_still_owned(membership)
    if person.pk not in standing or (active and role == ADMINISTRATOR):
        return
    if person.pk == by.pk:
        raise OwnAccess
    if standing == {person.pk}:
        raise LastAdministrator


def joins_staff(person: Person, role: str) -> bool:
    """Return whether this role makes the person a member of our staff."""
    return bool(role) and not person.is_staff


def is_switched_off(person: Person, *, active: bool) -> bool:
    """Return whether the change deactivates the person."""
    return person.is_active and not active


def own_merchants(person: Person) -> list[Membership]:
    """Return the person's memberships in the order in which merchants are locked."""
    return list(person.memberships.select_related("merchant").order_by("merchant_id"))


@transaction.atomic
def set_access(*, person: Person, role: str, active: bool, by: Person) -> Person:
    """Set a person's role and access, from the next request on. Notifies the person and the owners of their merchants.

    A deactivated person, or one who loses a role, is signed out everywhere. The invitations of a person who may no
    longer invite are withdrawn. A new member of our staff leaves all merchants. Raises as `check_access` does.
    """
    check_access(person=person, role=role, active=active, by=by)
    _tell_of_access(person, role=role, active=active, by=by)
    if joins_staff(person, role):
        for membership in own_merchants(person):
            _remove(membership)
    person = Person.objects.select_for_update().get(pk=person.pk)
    fewer = person.is_active > active or (person.staff_role != role and person.is_staff)
    person.staff_role, person.is_active = role, active
    person.save(update_fields=["staff_role", "is_active"])
    if fewer:
        end_sessions(person=person)
    if not active or (fewer and role not in emails.WORKERS):
        withdraw_invitations_by(person)
    return person


def _tell_of_access(person: Person, *, role: str, active: bool, by: Person) -> None:
    """Write the emails before the change: they go to the owners of that moment, also if the person is one."""
    own, of_merchant = [], []
    if joins_staff(person, role):
        own.append(_("added you to our staff (%(role)s) and removed you from all merchants") % {"role": role})
        of_merchant.append(_("joined our staff (%(role)s) and no longer belongs to the merchant") % {"role": role})
    if is_switched_off(person, active=active):
        own.append(_("deactivated your account"))
        of_merchant.append(_("can no longer sign in: the account is deactivated"))
    if not own:
        return
    _tell(person, person.email, _(" and ").join(own))
    for membership in own_merchants(person):
        what = f"{person.email}, {membership.role}, {_(' and ').join(of_merchant)}"
        emails.notify_owners(membership.merchant, what, by=by.email, at=clock.now())


@transaction.atomic
def end_sessions(*, person: Person) -> int:
    """Sign the person out everywhere, at the next request of each browser; return how many sessions ended."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    record_sign_out(person=person, sessions=len(sessions))
    return len(sessions)


def record_sign_out(*, person: Person, sessions: int) -> None:
    """Keep in the history that so many sessions of the person were ended."""
    if sessions:
        SignOut.objects.create(person=person, sessions=sessions)


@transaction.atomic
def reset_second_factor(*, person: Person) -> Person:
    """Remove all factors and recovery codes of a person. They set up a new factor after the next sign-in.

    The person is signed out everywhere and notified by email, so that a reset that nobody requested is noticed. Their
    API tokens are revoked. Refuses nothing.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person=person)
    OutgoingEmail.objects.create(to=person.email, template="second_factor_reset", context={"name": str(person)})
    access_tokens.record_reset(Kind.FACTORS_RESET, person=person)
    return person


# --- The people of a merchant -----------------------------------------------------------------------------------------
@transaction.atomic
def invite_person(*, merchant: Merchant, email: str, role: str, by: Person) -> Invitation:
    """Send an invitation link that works once. The person becomes a member after accepting it.

    An earlier link to the address stops working. The answer does not tell whether the address has an account. Raises
    PeopleOfLiveMerchant for a sandbox, MemberAlready (the page of people shows members anyway) and TooManyInvitations.
    """
    _check_live(merchant)
    _lock(merchant)
    if Membership.objects.filter(merchant=merchant, person__email__iexact=email).exists():
        raise errors.MemberAlready(email)
    return _invite(merchant, email, role, by)


def _invite(merchant: Merchant, email: str, role: str, by: Person) -> Invitation:
    """Write the invitation. An earlier link to the same address stops working."""
    now = clock.now()
    withdraw_open_invitations(merchant=merchant, email=email)
    if Invitation.objects.filter(merchant=merchant).waiting(at=now).count() >= MOST_INVITED:
        raise errors.TooManyInvitations(MOST_INVITED)
    invitation = Invitation.objects.create(
        merchant=merchant, email=email, role=role, invited_by=by, created_at=now, expires_at=now + INVITED_FOR
    )
    told = _told(merchant, role, by) | {"ends": errors.moment_text(invitation.expires_at), "invitation": invitation.pk}
    emails.write_to(email, merchant, "invitation", told)
    return invitation


def _told(merchant: Merchant, role: str, by: Person) -> dict[str, str]:
    return {"merchant": merchant.name, "code": merchant.code, "role": role, "by": str(by)}


def find_invitation(token: str) -> Invitation:
    """Return the invitation of a link. Raises InvitationOver for a used, withdrawn, expired or unknown one."""
    waiting = Invitation.objects.waiting(at=clock.now()).select_related("merchant", "invited_by")
    found = waiting.filter(pk=email_links.invitation_id(token) or 0).first()
    if found is None:
        raise errors.InvitationOver
    return found


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", password: str = "") -> Membership:
    """Accept an invitation: the link proves the address. An existing account keeps its name and password.

    The owners are notified of a person whom no owner invited. Raises InvitationOver, also for a person of our staff and
    for a deactivated account.
    """
    _lock(find_invitation(token).merchant)
    invitation = find_invitation(token)
    person = Person.objects.filter(email__iexact=invitation.email).first()
    if person and (person.is_staff or not person.is_active):
        raise errors.InvitationOver
    with history.act_by_proof(Proof.INVITATION, email=invitation.email, person=person):
        person = person or Person.objects.create_user(invitation.email, password, name=name)
        return _join(invitation, person)


def _join(invitation: Invitation, person: Person) -> Membership:
    with history.act_by_proof(Proof.INVITATION, email=person.email, person=person):
        invitation.accepted_at = clock.now()
        invitation.save(update_fields=["accepted_at"])
        _tell_of_joining(invitation, person)
        membership, _made = Membership.objects.get_or_create(
            merchant=invitation.merchant, person=person, defaults={"role": invitation.role}
        )
        return membership


@transaction.atomic
def create_invited_account(*, email: str) -> Person | None:
    """Create an account without a password for an address that an invitation waits for. None: no invitation waits.

    The account has no merchant until its person accepts the invitation by the link in the email.
    """
    if not Invitation.objects.waiting(at=clock.now()).filter(email__iexact=email).exists():
        return None
    return Person.objects.create_user(email)


def _tell_of_joining(invitation: Invitation, person: Person) -> None:
    """Write the emails before the membership exists, so that a new owner does not replace the owners who
    must notice.
    """
    members, by = Membership.objects.filter(merchant=invitation.merchant), invitation.invited_by
    by_an_owner = by.is_active and not by.is_staff and members.filter(person=by, role=OWNER).exists()
    if by_an_owner or members.filter(person=person).exists():
        return
    what = _("%(email)s joined as %(role)s, invited by %(email2)s") % {
        "email": person.email,
        "role": invitation.role,
        "email2": by.email,
    }
    emails.notify_owners(invitation.merchant, what, by=by.email, at=clock.now())


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation) -> Invitation:
    """Withdraw an invitation: its link stops working. An accepted or withdrawn invitation stays as it is."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if invitation.accepted_at is None and invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        invitation.save(update_fields=["withdrawn_at"])
    return invitation


@transaction.atomic
def withdraw_open_invitations(*, merchant: Merchant, email: str) -> None:
    """Withdraw all open invitations of an address, so that a removed person cannot return with an old role."""
    open_ones = Invitation.objects.filter(merchant=merchant, accepted_at=None, withdrawn_at=None)
    for invitation in open_ones.filter(email__iexact=email):
        withdraw_invitation(invitation=invitation)


@transaction.atomic
def withdraw_invitations_by(person: Person, merchant: Merchant | None = None) -> None:
    """Withdraw all open invitations by this person, who could otherwise return by another address."""
    open_ones = Invitation.objects.filter(invited_by=person, accepted_at=None, withdrawn_at=None)
    for invitation in open_ones.filter(merchant=merchant) if merchant else open_ones:
        withdraw_invitation(invitation=invitation)


@transaction.atomic
def set_role(*, membership: Membership, role: str) -> Membership:
    """Change the role of a member. The open invitations of a former owner are withdrawn.

    Refuses a removed member (MemberGone) and the last owner's other role (LastOwner).
    """
    membership = _locked(membership, stays_owner=role == OWNER)
    if membership.role != role:
        if membership.role == OWNER:
            withdraw_invitations_by(membership.person, membership.merchant)
        before, membership.role = membership.role, role
        membership.save(update_fields=["role"])
        what = _("%(email)s is now %(role)s instead of %(before)s")
        _tell_of_member(membership, what % {"email": membership.person.email, "role": role, "before": before})
    return membership


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """Remove a member, from the next request on. Invitations to and by this person are withdrawn.

    Refuses a removed member (MemberGone) and the last owner (LastOwner).
    """
    _remove(membership, _("%(email)s, %(role)s, was removed from the merchant"))


@transaction.atomic
def leave_merchant(*, merchant: Merchant, person: Person) -> None:
    """Remove the person's own membership. Raises LastOwner and MemberGone."""
    membership = (
        Membership.objects.select_related("person", "merchant").filter(merchant=merchant, person=person).first()
    )
    if membership is None:
        raise errors.MemberGone
    _remove(membership, _("%(email)s, %(role)s, left the merchant"))


def _remove(membership: Membership, what: str = "") -> None:
    """`what`: the sentence of the email, with places for address and role; empty where the caller writes the email."""
    membership = _locked(membership, stays_owner=False)
    withdraw_open_invitations(merchant=membership.merchant, email=membership.person.email)
    withdraw_invitations_by(membership.person, membership.merchant)
    if what:
        _tell_of_member(membership, what % {"email": membership.person.email, "role": membership.role})
    membership.delete()


def _tell_of_member(membership: Membership, what: str) -> None:
    """Email the owners and the person. What our staff did is emailed by the job of staff changes."""
    acting, merchant = history.acting_context(), membership.merchant
    if acting.get("role"):
        return
    addresses = [*emails.owner_addresses(merchant), membership.person.email]
    told = {"merchant": merchant.name, "code": merchant.code, "what": what, "by": history.author_name(acting or None)}
    emails.write_each(
        {email.lower(): email for email in addresses}.values(),
        merchant,
        "merchant_changed",
        told | {"at": errors.moment_text(clock.now()), "reason": acting.get("reason", "")},
    )


def _locked(membership: Membership, *, stays_owner: bool) -> Membership:
    """Lock the merchant: two owners who remove each other's role do not leave it without an owner."""
    _lock(membership.merchant)
    fresh = Membership.objects.filter(pk=membership.pk).select_related("person", "merchant").first()
    if fresh is None:
        raise errors.MemberGone
    if not stays_owner and _is_last_owner(fresh):
        raise errors.LastOwner
    return fresh


def _check_still_owned(membership: Membership) -> None:
    """Refuse to remove the last owner, under the same lock. Without a live key there is nothing that an owner must hear
    of in time.
    """
    _lock(membership.merchant)
    fresh = Membership.objects.filter(pk=membership.pk).first()
    live = ApiKey.objects.usable(at=clock.now()).filter(merchant=membership.merchant, environment="live")
    if fresh and _is_last_owner(fresh) and live.exists():
        raise errors.LastOwner(
            _("Until then, set a new password and sign the person out everywhere: %(name)s has a live key.")
            % {"name": membership.merchant.name}
        )


def _is_last_owner(membership: Membership) -> bool:
    others = Membership.objects.filter(merchant=membership.merchant_id, role=OWNER, person__is_active=True)
    return membership.role == OWNER and not others.exclude(pk=membership.pk).exists()


def lock_merchants(numbers: Iterable[int]) -> None:
    """Lock several merchants, in the order of their numbers, until the transaction ends."""
    list(Merchant.objects.select_for_update(no_key=True).filter(pk__in=set(numbers)).order_by("pk").values_list("pk"))


@transaction.atomic
def require_second_factor(*, merchant: Merchant, required: bool) -> Merchant:
    """Require a second factor of all members, or make it optional. Refuses a sandbox (PeopleOfLiveMerchant).

    A member without a factor must set one up before the merchant's pages open again.
    """
    _check_live(merchant)
    merchant = _lock(merchant)
    if merchant.second_factor_required != required:
        merchant.second_factor_required = required
        merchant.save(update_fields=["second_factor_required"])
    return merchant


def _check_live(merchant: Merchant) -> None:
    if merchant.is_sandbox:
        raise errors.PeopleOfLiveMerchant(merchant.live_merchant.name)


def _lock(merchant: Merchant) -> Merchant:
    """Lock the merchant's row, but not against requests that only refer to it."""
    return Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def record_visit(*, merchant: Merchant, person: Person) -> None:
    """Record that our staff opened the merchant's pages, at most once an hour."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    visit = StaffVisit(merchant=merchant, person=person, hour=hour)
    if not StaffVisit.objects.filter(merchant=merchant, person=person, hour=hour).exists():
        StaffVisit.objects.bulk_create([visit], ignore_conflicts=True)


@transaction.atomic
def set_password(*, person: Person, password: str) -> Person:
    """Set a person's password as an administrator. The person is notified. Their sessions end with the old password,
    and their API tokens are revoked.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    person.set_password(password)
    person.save(update_fields=["password"])
    _tell(person, person.email, _("set a new password for you"))
    access_tokens.record_reset(Kind.PASSWORD_SET, person=person)
    return person


@transaction.atomic
def set_email(*, person: Person, email: str) -> Person:
    """Set a person's address as an administrator. The earlier address is notified, so that a theft is noticed."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    before, person.email = person.email, email
    person.save(update_fields=["email"])
    if before != person.email:
        _tell(person, before, _("changed your sign-in address to %(email)s") % {"email": person.email})
    return person


def _tell(person: Person, to: str, what: str) -> None:
    OutgoingEmail.objects.create(to=to, template="sign_in_changed", context={"name": str(person), "what": what})
