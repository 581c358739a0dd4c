"""Invoices for a month, and the differences between their totals and the settlement statement, by currency."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from django.core.files.base import File
from django.db import transaction
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from merchants.models import Merchant, Person
from merchants.services.typed_text import check_no_secret
from portal.lib import clock
from portal.lib.money import MAX_WHOLE_NUMBER
from wallet.models import Invoice, Settlement
from wallet.money import format_with_code
from wallet.reconciliation import cases, statements
from wallet.reconciliation.closing import refusals, settlements
from wallet.reconciliation.closing.pdf_content import has_active_content
from wallet.reconciliation.closing.settlement_figures import CurrencySums, figures_of

MEBIBYTE = 1024 * 1024
MOST_MEBIBYTES = 10
LONGEST_NAME = 120
FOLDER = "invoices"
PDF, CSV = "application/pdf", "text/csv"
ENDINGS = {PDF: "pdf", CSV: "csv"}
BINARY = b"\0"
CURRENCY = re.compile(r"[A-Z0-9]{2,8}", re.ASCII)


@transaction.atomic
def upload_invoice(
    *,
    merchant: Merchant,
    month: date,
    number: str,
    basis: str,
    totals: Mapping[str, int],
    name: str,
    content: IO[bytes],
    by: Person,
) -> Invoice:
    """Store an invoice. Owners and managers upload the merchant's invoice, our staff the provider's.

    `totals`: by currency, × 100000. Refuses other people (OwnersAndManagersOnly), a month without a statement
    (InvoiceOfAMonthToCome), what `check_totals` refuses, a secret in the number, a file over MOST_MEBIBYTES MiB, of
    another type than PDF or CSV, a PDF with active content, and the issuer's newest invoice again (InvoiceIsStored).
    """
    issuer = issuer_for(merchant, by)
    check_no_secret(number)
    if not Settlement.objects.filter(merchant=merchant, month=month, state__in=WITH_FIGURES).exists():
        raise refusals.InvoiceOfAMonthToCome(month)
    check_totals(totals)
    raw = content.read(MOST_MEBIBYTES * MEBIBYTE + 1)
    if len(raw) > MOST_MEBIBYTES * MEBIBYTE:
        raise refusals.InvoiceTooLarge(MOST_MEBIBYTES)
    content_type = type_of(raw)
    content.seek(0)
    invoice = Invoice(
        merchant=merchant,
        month=month,
        issuer=issuer,
        number=number,
        basis=Invoice.Basis(basis),
        totals={currency: str(units) for currency, units in totals.items()},
        name=safe_name(name, content_type),
        file=File(content, f"invoice.{ENDINGS[content_type]}"),
        content_type=content_type,
        digest=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        by=by,
        uploaded_at=clock.now(),
    )
    check_not_stored(invoice)
    invoice.save(force_insert=True)
    return invoice


def check_not_stored(invoice: Invoice) -> None:
    """Refuse the newest invoice of an issuer and month again (InvoiceIsStored). Locks the merchant."""
    Merchant.objects.select_for_update(no_key=True).get(pk=invoice.merchant_id)
    of_month = Invoice.objects.filter(merchant=invoice.merchant, month=invoice.month, issuer=invoice.issuer)
    newest = of_month.order_by("-pk").first()
    if newest is not None and all(getattr(newest, name) == getattr(invoice, name) for name in SAME):
        raise refusals.InvoiceIsStored(invoice.number)


SAME = ("number", "basis", "totals", "digest")  # as the trigger invoice_not_twice compares them


def check_totals(totals: Mapping[str, int]) -> None:
    """Refuse no total (InvoiceWithoutTotal), and one of no currency or beyond what a ledger holds
    (InvoiceTotalUnclear).
    """
    if not totals:
        raise refusals.InvoiceWithoutTotal
    for currency, units in totals.items():
        if not CURRENCY.fullmatch(currency) or abs(units) > MAX_WHOLE_NUMBER:
            raise refusals.InvoiceTotalUnclear


WITH_FIGURES = (Settlement.State.PREPARED, Settlement.State.SIGNED)


def issuer_for(merchant: Merchant, by: Person) -> Invoice.Issuer:
    """Return whose invoice this person uploads. Raises OwnersAndManagersOnly."""
    if cases.works_on_cases(by):
        return Invoice.Issuer.PROVIDER
    settlements.check_speaker(merchant, by)
    return Invoice.Issuer.MERCHANT


def type_of(raw: bytes) -> str:
    """Return the type of a file by its content, not by its name. It is never shown, only downloaded."""
    if raw.startswith(b"%PDF-"):
        if has_active_content(raw):
            raise refusals.InvoiceIsActive
        return PDF
    if not raw.strip() or BINARY in raw:
        raise refusals.InvoiceFileUnknown
    try:
        raw.decode()
    except UnicodeDecodeError as fault:
        raise refusals.InvoiceFileUnknown from fault
    return CSV


def safe_name(name: str, content_type: str) -> str:
    """Return the name of the file with the ending of its type, without special characters."""
    stem = get_valid_filename(name.rpartition("/")[2].rpartition("\\")[2].rpartition(".")[0].strip() or "invoice")
    return f"{stem[:LONGEST_NAME]}.{ENDINGS[content_type]}"


def content_of(invoice: Invoice) -> bytes:
    """Return the bytes of the file as they were sent."""
    with invoice.file.open() as file:
        return bytes(file.read())


def purge_files(now: datetime) -> int:
    """Delete files that no invoice names, because their upload was not completed; return how many."""
    return statements.purge_unnamed_files(FOLDER, Invoice.objects.all(), now)


def newest_invoices(merchant: Merchant, month: date) -> list[Invoice]:
    """Return the newest invoice of each issuer."""
    found = Invoice.objects.filter(merchant=merchant, month=month).order_by("issuer", "-pk")
    return list(found.distinct("issuer").select_related("by"))


# --- Compared ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One currency. `difference`: our figure minus theirs. Amounts × 100000."""

    currency: str
    ours: int
    theirs: int

    @property
    def difference(self) -> int:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class InvoiceComparison:
    invoice: Invoice
    lines: list[InvoiceLine]

    @property
    def agrees(self) -> bool:
        return not any(line.difference for line in self.lines)

    @property
    def state(self) -> str:
        """Return “agrees” or the difference by currency; currencies are never added."""
        differing = [format_with_code(abs(line.difference), line.currency) for line in self.lines if line.difference]
        return _("differs by %(differing)s") % {"differing": ", ".join(differing)} if differing else _("agrees")


def compare_invoice(invoice: Invoice, settlement: Settlement) -> InvoiceComparison:
    """Return the comparison of an invoice with a statement."""
    ours = {each.currency: _stated(each, invoice.basis) for each in figures_of(settlement).currencies}
    theirs = {currency: int(units) for currency, units in invoice.totals.items()}
    lines = [InvoiceLine(each, ours.get(each, 0), theirs.get(each, 0)) for each in sorted({*ours, *theirs})]
    return InvoiceComparison(invoice, [line for line in lines if line.ours or line.theirs or line.currency in theirs])


def compared_text(invoice: Invoice, settlement: Settlement) -> str:
    """Return the sentence that follows an upload."""
    state = compare_invoice(invoice, settlement).state
    return _("Invoice %(number)s %(state)s.") % {"number": invoice.number, "state": state}


def _stated(each: CurrencySums, basis: str) -> int:
    return each.net if basis == Invoice.Basis.NET else each.ggr_with_adjustments
