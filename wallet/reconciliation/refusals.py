"""Refusals for people who work on cases and reports, each with the sentence that says what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from merchants.errors import Refusal


class NotYours(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Only our support can work on cases. You can comment and attach a corrected statement."))


class NotTheirs(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(_("%(email)s cannot work on cases. Choose another person of our support.") % {"email": email})


class ReadersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You can read this case but not change it. Ask an owner or manager of the merchant."))


class CaseResolved(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This case is resolved. Reopen it first."))


class CaseOpen(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This case is open, so there is nothing to reopen."))


class CaseChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The difference of this case has changed since you opened the page. Check the new difference.")
        )


class NoReason(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Enter a reason in the note. It explains the decision to readers of this case later."))


class NoteTooLong(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("A note has at most %(most)s characters. Shorten it, or write two notes.") % {"most": f"{most:,}"}
        )


class WriteOffAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The closing of this case is already requested. A second person must approve or decline it.")
        )


class WriteOffNotAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The closing of this case is not requested. Reload the page to see its state."))


class OwnWriteOff(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You requested this change, so another person must approve it."))


class WriteOffIsAVerb(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Choose “Write off case” to write off this case. Above the merchant's limit, a second person "
                "must approve it."
            )
        )


class OwedIsPaid(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Money owed to a player cannot be written off. Pay the player: a payout with the same id "
                "closes the case. If it was paid with another id, resolve the case; a second person must "
                "approve that."
            )
        )


class TooManyCases(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("You can change at most %(most)s cases at once. Choose fewer cases.") % {"most": f"{most:,}"}
        )


class SumsChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("These cases have changed since you opened the page. Check the new sums, then send the form again.")
        )


class NotCompared(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "The reconciliation run of this day is not finished, so there is no report yet. Wait until "
                "it is finished."
            )
        )


class StillTried(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This report is waiting to be sent, and the portal tries again automatically. You do not "
                "need to do anything."
            )
        )


class NoTimetable(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("A sandbox has no daily reconciliation. Send a statement, then compare the day on its page.")
        )


class CorrectionAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A correction is proposed for this case. Approve or decline the correction."))


class CorrectionNotAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(_("No correction is proposed for this case. Reload the page to see its state."))


class CorrectionChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Another correction was proposed since you opened the page. Check the new correction."))


class CorrectionIsAVerb(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Choose “Propose correction” to settle a case by a correcting entry."))


class NoSuchPlayer(Refusal):
    def __init__(self, player: str) -> None:
        super().__init__(_("This merchant has no player “%(player)s”. Check the player id.") % {"player": player})


class NoSuchCurrency(Refusal):
    def __init__(self, currency: str) -> None:
        super().__init__(
            _("This merchant has no account in “%(currency)s”. Check the currency.") % {"currency": currency}
        )


class NotRepresentable(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The balance after this correction would be too large. Enter a smaller amount."))


class AmountNotAboveZero(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The amount of a correction must be above 0. Enter a positive amount."))


class OwedIsCredited(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Money owed to a player is settled by a payment. Choose “To the player”."))


class ArrivedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _(
                "This transaction has arrived since the case was opened, so a correction would move the "
                "money twice. Decline the correction and compare the day again."
            )
        )


class LimitsChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The write-off limits have changed since this request. Decline it and request it again."))


class RateRaisesLimits(Refusal):
    def __init__(self, currency: str, codes: list[str]) -> None:
        super().__init__(
            _(
                "This rate would raise the write-off limit of one person for these merchants: %(codes)s. "
                "First set a limit in %(currency)s in their plans. A second person approves a raise."
            )
            % {"codes": ", ".join(codes), "currency": currency}
        )
