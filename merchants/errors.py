"""What is refused to a person: each a class named for what happened, with the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class Refusal(Exception):
    """Nothing was done. The text is for the person who asked."""


def moment_text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


class KeyRevoked(Refusal):
    def __init__(self) -> None:
        super().__init__("This key is revoked, for good. The merchant needs another key; support issues it.")


class KeyExpired(Refusal):
    def __init__(self, ended: datetime) -> None:
        super().__init__(f"This key ended at {moment_text(ended)}. The merchant needs another key; support issues it.")


class KeyQuarantined(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This key is quarantined already, and another took its place. Revoke it when its players are paid."
        )


class NoUnderQuarantine(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This key is quarantined: a new secret under it could begin nothing. "
            "Choose the quarantine; another key takes its place."
        )


class OutOfDate(Refusal):
    """What stands there is not what the person saw: it is shown anew, and can be decided on again."""


class StalePage(OutOfDate):
    def __init__(self, current: int | None) -> None:
        now = f"version {current} is the current one" if current else "no version of it can be used"
        super().__init__(f"The key has changed since you opened this page: {now} now. Look again before you decide.")


class TwoSecretsAlready(Refusal):
    def __init__(self, version: int, ends: datetime) -> None:
        super().__init__(
            f"Two secrets of this key can be used already. Version {version} ends at {moment_text(ends)}: "
            f"wait until then, or end its overlap now."
        )


class OverlapTooLong(Refusal):
    def __init__(self, latest: datetime) -> None:
        super().__init__(f"An overlap lasts 7 days at most. Choose an end not later than {moment_text(latest)}.")


class QuietHoursOutOfRange(Refusal):
    def __init__(self, least: int, most: int) -> None:
        super().__init__(
            f"An overlap can end automatically after {least} to {most} hours without use. "
            f"Choose a number in this range."
        )


class MomentPassed(Refusal):
    def __init__(self, moment: datetime) -> None:
        super().__init__(f"{moment_text(moment)} has passed. Choose a moment to come.")


class MomentToCome(Refusal):
    def __init__(self, moment: datetime) -> None:
        super().__init__(f"{moment_text(moment)} has not come yet. Say since when the secret may have been known.")


class NotLater(Refusal):
    def __init__(self, ends: datetime) -> None:
        super().__init__(f"The overlap lasts until {moment_text(ends)} already. Choose a later end, or end it now.")


class NoOverlap(Refusal):
    def __init__(self) -> None:
        super().__init__("No old secret version of this key works: its overlap has ended, or it was revoked.")


class SecondPersonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "For this merchant a second person must approve this. Ask for it on the page of the key or of the "
            "merchant; in an emergency quarantine the key or revoke at once: these do not wait."
        )


class SignedInPersonNeeded(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This merchant has the two-person rule, and a command cannot tell who you are. Sign in to the "
            "administration and ask for it on the page of the key or of the merchant."
        )


class NothingToSwitchOff(Refusal):
    def __init__(self) -> None:
        super().__init__("This merchant does not have the two-person rule. Nothing has to be switched off.")


class SecretIsForOwners(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This merchant does not let our staff see its secrets. Choose “Send a claim link to the owners”."
        )


class NoOwnerToClaim(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This merchant has no owner who can claim the secret. Add an owner first, or choose “Show it to me”."
        )


class ClaimOver(Refusal):
    """`became`: what happened to the link."""

    def __init__(self, became: str) -> None:
        super().__init__(f"This link no longer works: {became}")


class SecretClaimed(Refusal):
    def __init__(self, who: str, when: datetime) -> None:
        super().__init__(f"{who} claimed this secret on {moment_text(when)}. Rotate the secret to hand over a new one.")


class SecretNotCurrent(Refusal):
    def __init__(self) -> None:
        super().__init__("This secret is no longer the current one. Send a link for the current version.")


class EndTooNear(Refusal):
    def __init__(self, earliest: datetime) -> None:
        super().__init__(
            f"For this merchant a second person decides, and a near end is a revocation. Choose an end after "
            f"{moment_text(earliest)}, or ask for the key to be revoked."
        )


class OwnWish(Refusal):
    def __init__(self) -> None:
        super().__init__("You requested this change, so another person must approve it.")


class ApprovalExpired(OutOfDate):
    def __init__(self) -> None:
        super().__init__("This request expired 72 hours after it was made. Request the change again.")


class NotIndependent(Refusal):
    def __init__(self, days: int) -> None:
        super().__init__(
            f"In the last {days} days one of you two set up or changed how the other one signs in. Another person must "
            "approve this request."
        )


class ApproverWithoutFactor(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Your second factor is newer than this request. Approve only requests that were made after you set it up, "
            "or ask another person."
        )


class AlreadyAsked(Refusal):
    def __init__(self) -> None:
        super().__init__("Another request is already waiting for a second approver here. Approve or decline it first.")


class AlreadyDecided(OutOfDate):
    def __init__(self) -> None:
        super().__init__("This request has already been decided. Look at the history for the outcome.")


class MerchantClosed(Refusal):
    def __init__(self) -> None:
        super().__init__("This merchant is closed: its calls are refused whatever key it has.")


class NoSandbox(Refusal):
    def __init__(self, merchant: str) -> None:
        super().__init__(f"{merchant} has no sandbox yet. Create the sandbox on its Keys page; test keys belong to it.")


class SandboxExists(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(f"The sandbox exists already: {code}. Switch to it on any page.")


class SandboxOfSandbox(Refusal):
    def __init__(self) -> None:
        super().__init__("This is a sandbox. Open the live merchant to create one.")


class LiveKeyInSandbox(Refusal):
    def __init__(self, live: str) -> None:
        super().__init__(f"A sandbox has test keys only. Issue a live key for {live}.")


class SealedSecret(Refusal):
    def __init__(self, auth_key: str, version: int) -> None:
        super().__init__(
            f"Version {version} of {auth_key} can't be moved: its key-encryption key is missing. "
            "Add the key to KEY_ENCRYPTION_KEYS, then create the sandbox again."
        )


class PeopleOfLiveMerchant(Refusal):
    def __init__(self, live: str) -> None:
        super().__init__(f"The people of a sandbox are those of {live}. Change them there.")


class SecretInText(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "There is a Secret Key in this text, and the text would be kept in clear. Take it out. If it came to you "
            "by mail or in a message, it has leaked: say so on the page of its key."
        )


class NotOneLine(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This text has a line break or another control character in it. Write it in one line and try again."
        )


class OwnAccess(Refusal):
    def __init__(self) -> None:
        super().__init__("You can't take away your own role or switch yourself off. Ask another administrator.")


class LastAdministrator(Refusal):
    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make another person an administrator first.")


class NotGivenUp(Refusal):
    def __init__(self) -> None:
        super().__init__("This email was sent or is still being tried. You do not need to do anything.")


class LastOwner(Refusal):
    """`meanwhile`: what can be done until there is another owner."""

    def __init__(self, meanwhile: str = "") -> None:
        super().__init__(
            f"A merchant needs at least one owner. Make another person an owner first. {meanwhile}".strip()
        )


class MemberAlready(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} belongs to this merchant already. Change the role instead.")


class MemberGone(Refusal):
    def __init__(self) -> None:
        super().__init__("This person was removed from the merchant meanwhile. Look at the list again.")


class TooManyInvitations(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(f"{most} invitations are open already. Withdraw one that is not needed.")


class InvitationOver(Refusal):
    def __init__(self) -> None:
        super().__init__("This invitation no longer works: it was used, withdrawn or has expired. Ask for a new one.")


class ListOnTrial(Refusal):
    def __init__(self, deadline: datetime) -> None:
        super().__init__(
            f"This list is on trial until {moment_text(deadline)}: it stays when a request with a valid "
            f"signature arrives from it, "
            f"and reverts when none arrives. Wait, or revert it first."
        )


class ListWentBack(Refusal):
    def __init__(self) -> None:
        super().__init__("The trial of this list is over and it is as it was before. Look again before you decide.")


class TrialOver(Refusal):
    def __init__(self, state: str) -> None:
        super().__init__(f"This trial is over already: the list {'was kept' if state == 'kept' else 'went back'}.")


class LockOut(Refusal):
    """`whom`: as `all 2 addresses of calls that were signed rightly …`."""

    def __init__(self, whom: str) -> None:
        super().__init__(f"This list would refuse {whom}. If you mean it, type the merchant's code.")


class ListChanged(Refusal):
    """`changes`: what somebody else did to the list since the person saw it."""

    def __init__(self, changes: Sequence[ListChange]) -> None:
        self.changes = changes
        told = "; ".join(str(change) for change in changes[:5])
        more = f", and {len(changes) - 5} more" if len(changes) > 5 else ""  # noqa: PLR2004
        super().__init__(
            f"The list has changed since you opened this page: {told}{more}. Nothing was saved; look again."
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
        super().__init__(f"This player is blocked already{why}. To give another reason, unblock first.")


class PlayerNotBlocked(Refusal):
    def __init__(self) -> None:
        super().__init__("This player is not blocked. You do not need to do anything.")


class ChangedSince(OutOfDate):
    """What was to be taken back, or was seen, is not what stands there now."""

    def __init__(self, what: str, who: str = "") -> None:
        by = f" by {who}" if who else ""
        super().__init__(f"{what} was changed{by} in the meantime. Nothing was done; look again before you decide.")


class ProposalGone(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This preview is closed: the file was applied, or the preview is older than an hour. Choose the file again."
        )


class TooLateToUndo(Refusal):
    def __init__(self, hours: int) -> None:
        super().__init__(f"A change can be undone for {hours} hours. Set it anew instead.")


class LimitOutOfRange(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(f"Bets a minute are a whole number from 1 to {most:,}, or nothing. To stop a player, block.")
