"""What is refused to a person: each a class named for what happened, with the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from portal.lib.moments import show_moment


class Refusal(Exception):
    """Nothing was done. The text is for the person who asked."""


def moment_text(moment: datetime) -> str:
    return show_moment(moment)


class KeyRevoked(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This key is revoked and cannot be restored. Issue a new key to the merchant."))


class KeyExpired(Refusal):
    def __init__(self, ended: datetime) -> None:
        super().__init__(
            _("This key expired on %(ended)s. Issue a new key to the merchant.") % {"ended": moment_text(ended)}
        )


class KeyQuarantined(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This key is already quarantined, and a new key replaced it. Revoke this key when its players are paid.")
        )


class NoUnderQuarantine(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This key is quarantined, so a new secret could not start new rounds. Choose “Quarantine "
                "key” to get a new key."
            )
        )


class OutOfDate(Refusal):
    """What stands there is not what the person saw: it is shown anew, and can be decided on again."""


class KeysChanged(OutOfDate):
    def __init__(self, current: int) -> None:
        super().__init__(
            _("The merchant now has a different number of keys: %(current)s. Read the keys before you issue another.")
            % {"current": current}
        )


class StalePage(OutOfDate):
    def __init__(self, current: int | None) -> None:
        now = (
            _("Version %(current)s is now the current version") % {"current": current}
            if current
            else _("No version of its secret works now")
        )
        super().__init__(
            _("The key has changed since you opened this page. %(now)s. Check the page before you decide.")
            % {"now": now}
        )


class TwoSecretsAlready(Refusal):
    def __init__(self, version: int, ends: datetime) -> None:
        super().__init__(
            _(
                "Two secret versions of this key already work. Version %(version)s works until %(ends)s. "
                "Wait until then, or end its overlap now."
            )
            % {"version": version, "ends": moment_text(ends)}
        )


class OverlapTooLong(Refusal):
    def __init__(self, latest: datetime) -> None:
        super().__init__(
            _("An overlap lasts at most 7 days. Choose an end on or before %(latest)s.")
            % {"latest": moment_text(latest)}
        )


class QuietHoursOutOfRange(Refusal):
    def __init__(self, least: int, most: int) -> None:
        super().__init__(
            _(
                "An overlap can end automatically after %(least)s to %(most)s hours without use. Choose a "
                "number in this range."
            )
            % {"least": least, "most": most}
        )


class MomentPassed(Refusal):
    def __init__(self, moment: datetime) -> None:
        super().__init__(
            _("%(moment)s is in the past. Choose a moment in the future.") % {"moment": moment_text(moment)}
        )


class MomentToCome(Refusal):
    def __init__(self, moment: datetime) -> None:
        super().__init__(
            _("%(moment)s is in the future. Enter the moment since which the secret may have been known.")
            % {"moment": moment_text(moment)}
        )


class NotLater(Refusal):
    def __init__(self, ends: datetime) -> None:
        super().__init__(
            _("The overlap already lasts until %(ends)s. Choose a later end, or end the overlap now.")
            % {"ends": moment_text(ends)}
        )


class NoOverlap(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "No old secret version of this key works: its overlap has ended or it was revoked. You do "
                "not need to do anything."
            )
        )


class SecondPersonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "For this merchant, a second person must approve this change. Request it on the page of the "
                "key or of the merchant. In an emergency, quarantine the key or revoke it at once: neither "
                "needs an approval."
            )
        )


class SignedInPersonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This merchant has the two-person rule, and a command cannot confirm your identity. Sign in to "
                "the administration and request the change on the page of the key or of the merchant."
            )
        )


class NothingToSwitchOff(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This merchant does not have the two-person rule, so there is nothing to switch off."))


class SecretIsForOwners(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This merchant does not let our staff see its secrets. Choose “Send a claim link to the owners”.")
        )


class NoOwnerToClaim(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This merchant has no owner who can claim the secret. Add an owner first, or choose “Show it to me”.")
        )


class ClaimOver(Refusal):
    """`became`: what happened to the link."""

    def __init__(self, became: str) -> None:
        super().__init__(_("This link no longer works. %(became)s") % {"became": became})


class SecretClaimed(Refusal):
    def __init__(self, who: str, when: datetime) -> None:
        super().__init__(
            _("%(who)s claimed this secret on %(when)s. Rotate the secret to hand over a new one.")
            % {"who": who, "when": moment_text(when)}
        )


class SecretNotCurrent(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This secret version is no longer current. Send a link for the current version."))


class EndTooNear(Refusal):
    def __init__(self, earliest: datetime) -> None:
        super().__init__(
            _(
                "A second person must approve a revocation for this merchant, and an end this soon would be "
                "one. Choose an end after %(earliest)s, or request the revocation of the key."
            )
            % {"earliest": moment_text(earliest)}
        )


class OwnWish(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You requested this change, so another person must approve it."))


class ApprovalExpired(OutOfDate):
    def __init__(self) -> None:
        super().__init__(_("This request expired 72 hours after it was made. Request the change again."))


class NotIndependent(Refusal):
    def __init__(self, days: int) -> None:
        super().__init__(
            _(
                "One of you changed the sign-in of the other person in the last %(days)s days. "
                "A third person must approve this request."
            )
            % {"days": days}
        )


class ApproverWithoutFactor(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Your second factor is newer than this request. Approve only requests that were made after "
                "you set it up, or ask another person."
            )
        )


class AlreadyAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Another request is already waiting for a second approver here. Approve or decline it first.")
        )


class AlreadyDecided(OutOfDate):
    def __init__(self) -> None:
        super().__init__(_("This request has already been decided. The history shows the decision."))


class MerchantClosed(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This merchant is closed, so its requests are refused with any key. Reopen the merchant first.")
        )


class NoSandbox(Refusal):
    def __init__(self, merchant: str) -> None:
        super().__init__(
            _("%(merchant)s has no sandbox yet. Create the sandbox on its Keys page; test keys belong to it.")
            % {"merchant": merchant}
        )


class SandboxExists(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(_("The sandbox already exists: %(code)s. Switch to it on any page.") % {"code": code})


class SandboxOfSandbox(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This is a sandbox. Open the live merchant to create one."))


class LiveKeyInSandbox(Refusal):
    def __init__(self, live: str) -> None:
        super().__init__(_("A sandbox has test keys only. Issue the live key to %(live)s.") % {"live": live})


class SealedSecret(Refusal):
    def __init__(self, auth_key: str, version: int) -> None:
        super().__init__(
            _(
                "Version %(version)s of %(auth_key)s cannot be moved: its key-encryption key is missing. Add "
                "the key to KEY_ENCRYPTION_KEYS, then create the sandbox again."
            )
            % {"version": version, "auth_key": auth_key}
        )


class PeopleOfLiveMerchant(Refusal):
    def __init__(self, live: str) -> None:
        super().__init__(_("A sandbox has the same people as %(live)s. Change them in %(live)s.") % {"live": live})


class SecretInText(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This text contains a secret key and would be stored unencrypted. Remove the secret key. If "
                "you received it by email or in a message, report a compromise on the page of its key."
            )
        )


class NotOneLine(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This text contains a line break or another control character. Write it on one line and try again.")
        )


class OwnAccess(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("You cannot remove your own role or deactivate your own account. Ask another administrator.")
        )


class LastAdministrator(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This is the last administrator. Make another person an administrator first."))


class NotGivenUp(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This email was sent, or the portal still tries it. You do not need to do anything."))


class LastOwner(Refusal):
    """`meanwhile`: what can be done until there is another owner."""

    def __init__(self, meanwhile: str = "") -> None:
        super().__init__(
            (
                _("A merchant needs at least one owner. Make another person an owner first. %(meanwhile)s")
                % {"meanwhile": meanwhile}
            ).strip()
        )


class MemberAlready(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s already belongs to this merchant. Change the role instead.") % {"email": email})


class MemberGone(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This person has already been removed from the merchant. Reload the list."))


class TooManyInvitations(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("%(most)s invitations are already open. Withdraw an invitation that is not needed.") % {"most": most}
        )


class InvitationOver(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("This invitation no longer works: it was used, was withdrawn or has expired. Ask for a new invitation.")
        )


class ListOnTrial(Refusal):
    def __init__(self, deadline: datetime) -> None:
        super().__init__(
            _(
                "This allowlist is on trial until %(deadline)s. It stays if a request with a valid signature "
                "arrives from it, and reverts otherwise. Wait, or revert it first."
            )
            % {"deadline": moment_text(deadline)}
        )


class ListWentBack(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The trial has ended and the allowlist was reverted. Check the allowlist before you decide.")
        )


class TrialOver(Refusal):
    def __init__(self, state: str) -> None:
        super().__init__(
            _("The trial has ended and the allowlist was kept.")
            if state == "kept"
            else _("The trial has ended and the allowlist was reverted.")
        )


class LockOut(Refusal):
    """`whom`: as `all 2 addresses of calls that were signed rightly …`."""

    def __init__(self, whom: str) -> None:
        super().__init__(
            _("This allowlist would refuse %(whom)s. To save it anyway, type the merchant's code.") % {"whom": whom}
        )


class ListChanged(Refusal):
    """`changes`: what somebody else did to the list since the person saw it."""

    def __init__(self, changes: Sequence[ListChange]) -> None:
        self.changes = changes
        told = "; ".join(str(change) for change in changes[:5])
        more = _(", and %(changes)s more") % {"changes": len(changes) - 5} if len(changes) > 5 else ""  # noqa: PLR2004
        super().__init__(
            _(
                "The allowlist has changed since you opened this page: %(told)s%(more)s. Nothing was saved. "
                "Check the allowlist and try again."
            )
            % {"told": told, "more": more}
        )


@dataclass(frozen=True, slots=True)
class ListChange:
    name: str
    verb: str  # added, removed, changed
    who: str
    at: datetime

    def __str__(self) -> str:
        return f"{self.name} {self.verb} by {self.who}"


class PlayerIsBlocked(Refusal):
    def __init__(self, reason: str) -> None:
        why = f": “{reason}”" if reason else ""
        super().__init__(
            _("This player is already blocked%(why)s. To change the reason, unblock the player first.") % {"why": why}
        )


class PlayerNotBlocked(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This player is not blocked. You do not need to do anything."))


class ChangedSince(OutOfDate):
    """What was to be taken back, or was seen, is not what stands there now."""

    def __init__(self, what: str, who: str = "") -> None:
        by = _(" by %(who)s") % {"who": who} if who else ""
        super().__init__(
            _(
                "%(what)s was changed%(by)s in the meantime. Nothing was saved. Check the current values "
                "before you decide."
            )
            % {"what": what, "by": by}
        )


class ChangedWhileOpen(OutOfDate):
    """`changes`: who did what, since the form was opened."""

    def __init__(self, changes: Sequence[str]) -> None:
        told = " ".join(f"{change}." for change in changes)
        super().__init__(
            _(
                "This page was changed after you opened it, so nothing was saved. %(told)s The form still shows what "
                "you typed. Compare it with the change, then save again."
            )
            % {"told": told}
        )


class ProposalGone(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This preview is closed: the file was applied, or the preview is more than an hour old. "
                "Choose the file again."
            )
        )


class TooLateToUndo(Refusal):
    def __init__(self, hours: int) -> None:
        super().__init__(
            _("A change can be undone for %(hours)s hours only. Make the opposite change instead.") % {"hours": hours}
        )


class LimitOutOfRange(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _(
                "The limit of bets per minute must be a whole number from 1 to %(most)s, or empty. To stop a "
                "player, block the player."
            )
            % {"most": f"{most:,}"}
        )


class StakeWithoutCurrency(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A maximum stake needs a currency. State the amount for each currency."))


class TokenNeedsRole(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Only owners and our staff can have API tokens. Ask an owner of the merchant."))


class TokenNeedsFactor(Refusal):
    def __init__(self) -> None:
        super().__init__(_("An API token needs a second factor. Set up a second factor, then create the token."))


class TokenOutOfRange(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("A token needs at least one scope and an expiry of 1 to %(most)s days. Correct the values.")
            % {"most": most}
        )


class TooManyTokens(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("You have %(most)s active API tokens, which is the maximum. Revoke a token first.") % {"most": most}
        )


class TokenOver(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This API token is already revoked or expired."))


class TooManyEndpoints(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("The merchant has %(most)s event endpoints, which is the maximum. Remove an endpoint first.")
            % {"most": most}
        )


class NoEventType(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Choose at least one event type."))


class NoSigningSecret(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A Slack endpoint has no signing secret. Remove it and add the new Slack address."))


class EndpointRemoved(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This event endpoint was removed. Add a new endpoint."))


class EventWaits(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This event is still being sent. Wait until its attempts end."))
