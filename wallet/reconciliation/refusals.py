"""What is refused to people who work on cases and reports: each with the sentence that says what to do."""

from __future__ import annotations

from merchants.errors import Refusal


class NotYours(Refusal):
    def __init__(self) -> None:
        super().__init__("Only our support works on cases. You can comment, and attach a corrected statement.")


class NotTheirs(Refusal):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} does not work on cases. Choose somebody of our support.")


class ReadersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__("You can look at this case and change nothing. Ask an owner or manager of the merchant.")


class CaseResolved(Refusal):
    def __init__(self) -> None:
        super().__init__("This case is resolved. Open it again first.")


class CaseOpen(Refusal):
    def __init__(self) -> None:
        super().__init__("This case is open. There is nothing to open again.")


class CaseChanged(Refusal):
    def __init__(self) -> None:
        super().__init__("The difference of this case has changed since you opened the page. Look again.")


class NoReason(Refusal):
    def __init__(self) -> None:
        super().__init__("Write the reason in a note. A person who opens this case in a year has nothing else.")


class NoteTooLong(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(f"A note has {most:,} signs at most. Shorten it, or write two.")


class WriteOffAsked(Refusal):
    def __init__(self) -> None:
        super().__init__("A request to close this case is already waiting. A second person must approve or decline it.")


class WriteOffNotAsked(Refusal):
    def __init__(self) -> None:
        super().__init__("No request to close this case is waiting. Open the case again to see its state.")


class OwnWriteOff(Refusal):
    def __init__(self) -> None:
        super().__init__("You requested this change, so another person must approve it.")


class WriteOffIsAVerb(Refusal):
    def __init__(self) -> None:
        super().__init__("A case is written off by “Write off”: above the merchant's limit that needs a second person.")


class OwedIsPaid(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Money owed to a player is not written off. Pay it: a payout under the same id closes the case. If it was "
            "paid under another id, resolve the case; a second person must approve that."
        )


class TooManyCases(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(f"At most {most:,} cases are changed at once. Choose fewer.")


class SumsChanged(Refusal):
    def __init__(self) -> None:
        super().__init__("These cases have changed since you opened the page. Check the new sums, then send it again.")


class NotCompared(Refusal):
    def __init__(self) -> None:
        super().__init__("This day is not compared to its end, so there is nothing to report yet.")


class StillTried(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This report waits to be sent and is tried again automatically. You do not need to do anything."
        )


class NoTimetable(Refusal):
    def __init__(self) -> None:
        super().__init__("A sandbox has no daily reconciliation. Send a statement, then compare the day on its page.")


class CorrectionAsked(Refusal):
    def __init__(self) -> None:
        super().__init__("A correction is proposed for this case. Approve or decline the correction.")


class CorrectionNotAsked(Refusal):
    def __init__(self) -> None:
        super().__init__("No correction is proposed for this case. Open the case again to see its state.")


class CorrectionChanged(Refusal):
    def __init__(self) -> None:
        super().__init__("Another correction was proposed since you opened the page. Check the new one.")


class CorrectionIsAVerb(Refusal):
    def __init__(self) -> None:
        super().__init__("“Propose correction” settles a case by a correcting entry. Use that button.")


class NoSuchPlayer(Refusal):
    def __init__(self, player: str) -> None:
        super().__init__(f"This merchant has no player “{player}”. Check the player id.")


class NoSuchCurrency(Refusal):
    def __init__(self, currency: str) -> None:
        super().__init__(f"This merchant has no account in “{currency}”. Check the currency.")


class NotRepresentable(Refusal):
    def __init__(self) -> None:
        super().__init__("The balance after this correction would be too large to be held exactly.")


class AmountNotAboveZero(Refusal):
    def __init__(self) -> None:
        super().__init__("The amount of a correction must be above 0.")


class OwedIsCredited(Refusal):
    def __init__(self) -> None:
        super().__init__("Money owed to a player is settled by paying it. Choose “To the player”.")


class ArrivedMeanwhile(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "This transaction has arrived since the case was found, so a correction would move the money twice. "
            "Decline the correction and compare the day again."
        )


class LimitsChanged(Refusal):
    def __init__(self) -> None:
        super().__init__("The write-off limits have changed since this request was made. Decline it and ask again.")


class RateRaisesLimits(Refusal):
    def __init__(self, currency: str, codes: list[str]) -> None:
        super().__init__(
            "This rate would raise what one person may write off for merchants with the two-person rule: "
            f"{', '.join(codes)}. First set a limit in {currency} in their plans; a second person approves a raise."
        )
