"""An invoice that does something when it is opened is not accepted."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime

import pytest

from portal.lib.pdf import Paper
from wallet.reconciliation.closing import invoices, refusals
from wallet.reconciliation.closing.pdf_content import has_active_content


def pdf(*parts: bytes) -> bytes:
    return b"%PDF-1.7\n" + b"\n".join(parts) + b"\n%%EOF"


def stream(about: bytes, content: bytes) -> bytes:
    return b"1 0 obj\n<< " + about + b" >>\nstream\n" + content + b"\nendstream\nendobj"


ACTION = b"1 0 obj\n<< /S /JavaScript /JS (app.alert(1)) >>\nendobj"
PACKED = zlib.compress(b"1 0 << /S /Launch /F (cmd.exe) >>")


@pytest.mark.parametrize(
    "raw",
    [
        pdf(ACTION),
        pdf(b"<< /S /J#61vaScript >>"),
        pdf(b"<< /Subtype /RichMedia >>"),
        pdf(stream(b"/Length 5", b"plain"), ACTION),
        pdf(stream(b"/Type /ObjStm /Filter /FlateDecode", PACKED)),
        pdf(stream(b"/Type/ObjStm", b"1 0 << /XFA 2 0 R >>")),
        pdf(b"<< /AcroForm << /XFA [] >> >>"),
    ],
)
def test_a_script_or_program_is_refused(raw: bytes) -> None:
    assert has_active_content(raw)
    with pytest.raises(refusals.InvoiceIsActive):
        invoices.type_of(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pdf(b"<< /Type /Catalog /OpenAction [3 0 R /FitH null] >>"),
        pdf(stream(b"/Subtype /Image", b"\0/JS /JavaScript \xff")),  # any bytes of a picture
        pdf(stream(b"/Type /ObjStm /Filter /FlateDecode", zlib.compress(b"1 0 << /Type /Font >>"))),
        pdf(b"<< /Type /Filespec /EF << /F 3 0 R >> >>"),  # an e-invoice has its data in a file inside
        pdf(b"<< /JSON 1 /LaunchedBy 2 >>"),
        pdf(b"stream\n" * 100_000),  # and no end of any
    ],
)
def test_a_document_is_accepted(raw: bytes) -> None:
    assert invoices.type_of(raw) == invoices.PDF


def test_our_own_documents_are_accepted() -> None:
    paper = Paper("Statement", made_at=datetime(2026, 3, 1, tzinfo=UTC))
    paper.heading("March 2026")
    assert not has_active_content(bytes(paper.page.output()))


def test_what_unpacks_to_more_than_the_bound_is_no_burden() -> None:
    packed = zlib.compress(bytes(64 * 1024 * 1024))
    assert not has_active_content(pdf(*[stream(b"/Type /ObjStm", packed)] * 3))
