"""What is refused to people who close months: each with the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from merchants.errors import Refusal
from merchants.errors import moment_text as said
from wallet.reconciliation.closing.months import month_text


class StaffOnly(Refusal):
    def __init__(self) -> None:
        super().__init__("Only our support closes months. Owners and managers confirm a signed statement.")


class NoMonthOfASandbox(Refusal):
    def __init__(self) -> None:
        super().__init__("A sandbox has no settlement statement. Choose the live merchant.")


class MonthNotComplete(Refusal):
    def __init__(self, first: date, ready: datetime) -> None:
        super().__init__(f"{month_text(first)} is complete at {said(ready)}. Prepare its statement then.")


class MonthsInOrder(Refusal):
    def __init__(self, due: date) -> None:
        super().__init__(f"Months are closed in their order. Close {month_text(due)} next.")


class DraftWaits(Refusal):
    def __init__(self, first: date) -> None:
        super().__init__(
            f"The statement of {month_text(first)} is not signed off yet. Sign it off or withdraw it first."
        )


class ReasonNeeded(Refusal):
    def __init__(self, exceptions: Sequence[str]) -> None:
        super().__init__(f"{' '.join(exceptions)} Give the reason to close the month in spite of this.")


class SumsDisagree(Refusal):
    def __init__(self, currency: str, expected: str, found: str) -> None:
        super().__init__(
            f"{currency}: opening balance and movements make {expected}, the players' accounts held {found}. "
            "The statement cannot be prepared. Verify the ledger first."
        )


class NotPrepared(Refusal):
    def __init__(self) -> None:
        super().__init__("This statement is not waiting for a sign-off. Look at the page again.")


class SamePerson(Refusal):
    def __init__(self) -> None:
        super().__init__("You prepared this statement, so another person must sign it off.")


class SettlementChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Days or cases have changed since this statement was prepared. Withdraw it, then prepare it again."
        )


class NotSigned(Refusal):
    def __init__(self) -> None:
        super().__init__("This statement is not signed off yet. Confirm it after the sign-off.")


class ConfirmedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("This statement is confirmed already.")


class OwnersAndManagersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__("Only an owner or manager of the merchant does this. Ask one of them.")


class InvoiceFileUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__("The file is neither a PDF nor a CSV. Upload the invoice as PDF or CSV.")


class InvoiceTooLarge(Refusal):
    def __init__(self, mebibytes: int) -> None:
        super().__init__(f"The file is larger than {mebibytes} MiB. Upload a smaller one.")


class InvoiceWithoutTotal(Refusal):
    def __init__(self) -> None:
        super().__init__("The invoice has no total. Enter the total of at least one currency.")


class InvoiceOfAMonthToCome(Refusal):
    def __init__(self, first: date) -> None:
        super().__init__(f"{month_text(first)} has no settlement statement yet. Upload the invoice when there is one.")
