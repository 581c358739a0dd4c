"""Claim links: a new secret goes to an owner of its merchant, and our staff never see it.

The link is in the owners' emails only. It works for a day, once, for an owner who has signed in with a second factor.
Its token is derived from the row under a key-encryption key when the email is sent; the table has its hash. A row that
was written without these keys opens nothing.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from merchants import errors
from merchants.models import Membership, Merchant, Person, Secret, SecretClaim
from merchants.services import email_links, emails
from merchants.services.credentials import reveal_secret
from merchants.services.keys import Issued
from portal.lib import clock

VALID_FOR = timedelta(hours=24)


@transaction.atomic
def send_link(*, secret: Secret, by: Person | None) -> SecretClaim:
    """Send a claim link to each owner; earlier links to this secret stop working.

    Refuses a secret that was claimed (SecretClaimed) or is not current (SecretNotCurrent), and a merchant without an
    owner (NoOwnerToClaim).
    """
    secret = Secret.objects.select_for_update(of=("self",)).select_related("key__merchant").get(pk=secret.pk)
    _check_unclaimed(secret)
    owners = emails.owner_addresses(secret.key.merchant)
    if not owners:
        raise errors.NoOwnerToClaim
    now, nonce = clock.now(), secrets.token_hex(16)
    SecretClaim.objects.filter(secret=secret, withdrawn_at=None).update(withdrawn_at=now)
    claim = SecretClaim(
        key=secret.key,
        secret=secret,
        version=secret.version,
        nonce=nonce,
        sent_by=by,
        sent_at=now,
        expires_at=now + VALID_FOR,
    )
    claim.token_hash = email_links.claim_hash(email_links.claim_token(claim))
    claim.save(force_insert=True)
    emails.send_claim(claim, owners)
    return claim


def hand_over(*, issued: Issued, to_owners: bool, by: Person | None) -> Issued | SecretClaim:
    """Return the new secret for our staff to see, or the claim link that was sent to the owners instead.

    Refuses to show it at a merchant that does not let our staff see its secrets (SecretIsForOwners); a link as
    `send_link` does.
    """
    if to_owners:
        return send_link(secret=issued.row, by=by)
    if not issued.key.merchant.staff_sees_secrets:
        raise errors.SecretIsForOwners
    return issued


def _check_unclaimed(secret: Secret) -> None:
    claimed = SecretClaim.objects.filter(secret=secret, claimed_at__isnull=False).select_related("claimed_by").first()
    if claimed and claimed.claimed_at:
        raise errors.SecretClaimed(str(claimed.claimed_by), claimed.claimed_at)
    if secret.revoked_at is not None or secret.usable_until is not None:
        raise errors.SecretNotCurrent


def newest_link(secret: Secret) -> SecretClaim | None:
    """Return the newest link, whatever its state; None when none was sent."""
    return SecretClaim.objects.filter(secret=secret, withdrawn_at=None).select_related("claimed_by").first()


@transaction.atomic
def resend_link(*, claim: SecretClaim, by: Person | None) -> SecretClaim:
    """Send another link to the same secret. Refuses as `send_link` does."""
    return send_link(secret=claim.secret, by=by)


def find_claim(*, merchant: Merchant, said: str, by: Person) -> SecretClaim:
    """Return the claim of a link that works for this person. `said`: the token of the link.

    Raises ClaimOver, with the reason: unknown, used, replaced or expired link, a secret that is not current, or a
    person who is no owner.
    """
    found = SecretClaim.objects.select_related("secret__key__merchant", "key__merchant", "claimed_by")
    claim = found.filter(key__merchant=merchant, token_hash=email_links.claim_hash(said)).first()
    if claim is None or not email_links.is_token_of(claim, said) or not _is_owner(merchant, by):
        raise errors.ClaimOver(_("Ask our support for a new link."))
    if claim.claimed_at is not None:
        raise errors.ClaimOver(
            _(
                "%(claimed_by)s claimed the secret on %(moment)s. If you did not expect this, report a "
                "compromise on the page of the key."
            )
            % {"claimed_by": claim.claimed_by, "moment": errors.moment_text(claim.claimed_at)}
        )
    if claim.withdrawn_at is not None:
        raise errors.ClaimOver(_("A newer link was sent. Open the newest email."))
    _check_alive(claim)
    return claim


def _check_alive(claim: SecretClaim) -> None:
    if claim.expires_at <= clock.now():
        raise errors.ClaimOver(
            _("The link expired on %(moment)s. Ask our support for a new link.")
            % {"moment": errors.moment_text(claim.expires_at)}
        )
    if claim.secret.revoked_at is not None or claim.secret.usable_until is not None:
        raise errors.ClaimOver(_("The secret has been replaced or revoked. Ask our support which key to use."))


@transaction.atomic
def claim_secret(*, merchant: Merchant, said: str, by: Person) -> Issued:
    """Return the secret, to be shown once. The link is used up, and all owners are notified.

    Refuses as `find_claim` does.
    """
    found = find_claim(merchant=merchant, said=said, by=by)
    Secret.objects.select_for_update(of=("self",)).get(pk=found.secret_id)  # as who sends another link
    found = find_claim(merchant=merchant, said=said, by=by)
    found.claimed_at, found.claimed_by = clock.now(), by
    found.save(update_fields=["claimed_at", "claimed_by"])
    emails.notify_of_claim(found)
    return Issued(found.secret.key, found.secret, reveal_secret(found.secret))


def _is_owner(merchant: Merchant, person: Person) -> bool:
    live, role = merchant.live_merchant, Membership.Role.OWNER
    return Membership.objects.filter(merchant=live, person=person, role=role, person__is_active=True).exists()
