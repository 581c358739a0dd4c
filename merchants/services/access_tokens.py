"""Access tokens of the management API: create, find, revoke. The token is returned once; the table has its hash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from merchants import crypto, errors
from merchants.models import AccessToken, Membership, Merchant, Person, SignInRecord
from merchants.services import emails, history, sign_in_records
from merchants.services.typed_text import check_no_secret
from portal.lib import clock
from portal.lib.texts import Text

Kind = SignInRecord.Kind
RESETS = {
    kind: AccessToken.Cause(kind.value).label for kind in (Kind.RESET_DONE, Kind.PASSWORD_SET, Kind.FACTORS_RESET)
}
LONGEST_DAYS = 365
MOST_TOKENS = 20  # usable ones of one person
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token in clear: shown once, stored nowhere."""

    row: AccessToken
    token: str = field(repr=False)


@transaction.atomic
def create_token(
    *, person: Person, merchant: Merchant | None, name: str, scopes: Collection[str], days: int
) -> IssuedToken:
    """Create a token of a person for one merchant, or of our staff for what their pages reach (`merchant` None).

    The merchant's owners are notified by email. Refuses a person without the role (TokenNeedsRole), an operator without
    a second factor (TokenNeedsFactor), no scope, more than LONGEST_DAYS, more than MOST_TOKENS, and a secret in the
    name. Our staff have no page without a second factor; it may be their company's.
    """
    check_no_secret(name)
    hold_role(person, merchant)
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not holds_role(person, merchant):
        raise errors.TokenNeedsRole
    if merchant is not None and not person.has_second_factor:
        raise errors.TokenNeedsFactor
    if not scopes or not 1 <= days <= LONGEST_DAYS:
        raise errors.TokenOutOfRange(LONGEST_DAYS)
    now = clock.now()
    if AccessToken.objects.usable(at=now).filter(person=person).count() >= MOST_TOKENS:
        raise errors.TooManyTokens(MOST_TOKENS)
    token = crypto.new_access_token()
    row = AccessToken.objects.create(
        person=person,
        merchant=merchant,
        name=name,
        token_hash=crypto.fingerprint(token),
        scopes=[scope for scope in AccessToken.Scope if scope in scopes],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    if merchant is not None:
        what = _("The API token “%(name)s” was created") % {"name": name}
        emails.notify_owners(merchant, what, by=str(person), at=now)
    return IssuedToken(row, token)


@transaction.atomic
def revoke_token(*, token: AccessToken) -> AccessToken:
    """Revoke a token. Refuses one that is revoked or expired already (TokenOver)."""
    token = AccessToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is not None or token.expires_at <= clock.now():
        raise errors.TokenOver
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    return token


@transaction.atomic
def record_reset(kind: Kind, *, person: Person, address: str | None = None) -> list[str]:
    """Record that the sign-in of a person was reset, by a kind of RESETS: a trigger revokes all tokens of the person.

    Return the names of the revoked tokens. The owners of their merchants are emailed, and the person where a token had
    no merchant. Whoever takes a new password because another had the account expects that nothing else works either.
    """
    tokens = AccessToken.objects.usable(at=clock.now()).filter(person=person).select_related("merchant__sandbox_of")
    ended = list(tokens.order_by("pk").select_for_update(of=("self",), no_key=True))
    number = f"API tokens revoked: {len(ended)}" if ended else ""
    sign_in_records.add_record(kind, person=person, address=address, method=number)
    by_merchant: dict[Merchant | None, list[str]] = {}
    for token in ended:
        by_merchant.setdefault(token.merchant, []).append(token.name)
    for merchant, names in by_merchant.items():
        _tell_of_ended(merchant, person, names, RESETS[kind])
    return [token.name for token in ended]


def _tell_of_ended(merchant: Merchant | None, person: Person, names: list[str], why: Text) -> None:
    if merchant is not None:
        what = _("API tokens of %(person)s were revoked: %(why)s") % {"person": person, "why": why}
        by = history.author_name(history.acting_context() or None)
        emails.notify_owners(merchant, what, by=by, at=clock.now(), lines=names)
        return
    body = _(
        "Create new tokens for the programs that you still use: these API tokens were revoked (%(why)s), since another "
        "person may have had your account.\n\n%(names)s"
    )
    told = {"why": why, "names": "\n".join(f"- {name}" for name in names)}
    emails.write_account(person.email, subject=_("Your API tokens were revoked"), body=body % told)


def hold_role(person: Person, merchant: Merchant | None) -> None:
    """Lock the membership, so that the role does not end before the token is there to end with it.

    Before the person, as whoever takes the role away does.
    """
    if merchant is not None:
        own = Membership.objects.filter(person=person, merchant=merchant.live_merchant)
        own.select_for_update(no_key=True, of=("self",)).first()


def holds_role(person: Person, merchant: Merchant | None) -> bool:
    """Return whether the person may have tokens there: our staff everywhere, owners at their merchant."""
    if not person.is_active:
        return False
    if merchant is None:
        return person.is_staff
    owns = Membership.objects.filter(person=person, merchant=merchant.live_merchant, role=Membership.Role.OWNER)
    return not person.is_staff and owns.exists()


def may_use(token: AccessToken) -> bool:
    """Return whether the person still may have the token: the role, and for an operator a second factor."""
    return holds_role(token.person, token.merchant) and (token.merchant is None or token.person.has_second_factor)


def find_token(text: str) -> AccessToken | None:
    """Return the usable token of this text. None for an unknown, revoked, expired or refused one (`may_use`)."""
    if not text.startswith("oppi_mgmt_") or not crypto.looks_like_secret(text):
        return None
    usable = AccessToken.objects.usable(at=clock.now()).select_related("person", "merchant__sandbox_of")
    token = usable.filter(token_hash=crypto.fingerprint(text)).first()
    return token if token is not None and may_use(token) else None


def lock_token(token: AccessToken) -> AccessToken | None:
    """Return the token, locked against its revocation until the transaction ends; None when it has ended by now."""
    usable = AccessToken.objects.usable(at=clock.now()).select_related("person", "merchant__sandbox_of")
    found = usable.select_for_update(of=("self",), no_key=True).filter(pk=token.pk).first()
    return found if found is not None and may_use(found) else None


def note_use(token: AccessToken, *, address: str) -> None:
    """Note when and from where a token was used, at most once a minute for the same address."""
    now = clock.now()
    if token.last_used_at and now - token.last_used_at < USE_NOTED_EVERY and token.last_used_from == address:
        return
    AccessToken.objects.filter(pk=token.pk).update(last_used_at=now, last_used_from=address)


def state_of_token(token: AccessToken, at: datetime) -> str:
    """Return `active`, `expired` or `revoked`."""
    if token.revoked_at is not None:
        return "revoked"
    return "active" if token.expires_at > at else "expired"
