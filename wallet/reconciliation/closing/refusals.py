"""Refusals of the month's close, each with the sentence that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from merchants.errors import Refusal
from merchants.errors import moment_text as said
from wallet.reconciliation.closing.months import month_text


class StaffOnly(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Only our support can close months. Owners and managers confirm a signed-off statement."))


class NoMonthOfASandbox(Refusal):
    def __init__(self) -> None:
        super().__init__(_("A sandbox has no settlement statements. Choose the live merchant."))


class MonthNotComplete(Refusal):
    def __init__(self, first: date, ready: datetime) -> None:
        super().__init__(
            _("%(first)s is complete on %(said)s. Prepare its statement then.")
            % {"first": month_text(first), "said": said(ready)}
        )


class MonthsInOrder(Refusal):
    def __init__(self, due: date) -> None:
        super().__init__(_("Months are closed in order. Close %(due)s next.") % {"due": month_text(due)})


class DraftWaits(Refusal):
    def __init__(self, first: date) -> None:
        super().__init__(
            _("The statement of %(first)s is not signed off yet. Sign it off or withdraw it first.")
            % {"first": month_text(first)}
        )


class ReasonNeeded(Refusal):
    def __init__(self, exceptions: Sequence[str]) -> None:
        super().__init__(
            _("%(exceptions)s Enter a reason to close the month with these exceptions.")
            % {"exceptions": " ".join(exceptions)}
        )


class SumsDisagree(Refusal):
    def __init__(self, currency: str, expected: str, found: str) -> None:
        super().__init__(
            _(
                "%(currency)s: opening balance and movements make %(expected)s, but the players' accounts "
                "held %(found)s. The statement cannot be prepared. Verify the ledger first."
            )
            % {"currency": currency, "expected": expected, "found": found}
        )


class NotPrepared(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This statement is not waiting for a sign-off. Reload the page to see its state."))


class SamePerson(Refusal):
    def __init__(self) -> None:
        super().__init__(_("You prepared this statement, so another person must sign it off."))


class SettlementChanged(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Days or cases have changed since this statement was prepared. Withdraw it, then prepare it again.")
        )


class NotSigned(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This statement is not signed off yet. Confirm it after the sign-off."))


class ConfirmedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(_("This statement is already confirmed. You do not need to do anything."))


class OwnersAndManagersOnly(Refusal):
    def __init__(self) -> None:
        super().__init__(_("Only an owner or manager of the merchant can do this. Ask one of them."))


class InvoiceFileUnknown(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The file is neither a PDF nor a CSV. Upload the invoice as PDF or CSV."))


class InvoiceIsActive(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The PDF contains a script or starts a program. Print it to a new PDF and upload the new file.")
        )


class InvoiceTooLarge(Refusal):
    def __init__(self, mebibytes: int) -> None:
        super().__init__(
            _("The file is larger than %(mebibytes)s MiB. Upload a smaller file.") % {"mebibytes": mebibytes}
        )


class InvoiceWithoutTotal(Refusal):
    def __init__(self) -> None:
        super().__init__(_("The invoice has no total. Enter the total of at least one currency."))


class InvoiceIsStored(Refusal):
    def __init__(self, number: str) -> None:
        super().__init__(
            _("Invoice %(number)s is already stored with this file and these totals. You do not need to do anything.")
            % {"number": number}
        )


class InvoiceTotalUnclear(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The invoice has a total without a currency code, or a total that is too large. Correct the totals.")
        )


class InvoiceOfAMonthToCome(Refusal):
    def __init__(self, first: date) -> None:
        super().__init__(
            _("%(first)s has no settlement statement yet. Upload the invoice when the statement is prepared.")
            % {"first": month_text(first)}
        )
