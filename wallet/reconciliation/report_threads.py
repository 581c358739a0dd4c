"""Headers by which mail programs sort reports: the reports of a day are a thread, those of a merchant a list."""

from __future__ import annotations

from merchants.models import OutgoingEmail
from merchants.services import email_outbox
from wallet.models.reconciliation import Reconciliation
from wallet.reconciliation import report_opt_outs

MOST_NAMED = 10  # earlier emails of a thread


def thread_headers(email: OutgoingEmail, run: Reconciliation) -> dict[str, str]:
    """Return the headers of RFC 5322 (threads), RFC 2919 (List-Id), RFC 2369 and RFC 8058 (unsubscribing)."""
    earlier = [email_outbox.message_id(each) for each in _earlier(email, run)]
    root = thread_of(run)
    return {
        "In-Reply-To": earlier[-1] if earlier else root,
        "References": " ".join([root, *earlier]),
        "List-Id": f"<reports.{run.merchant.code}.{email_outbox.sender_domain()}>",
        "List-Unsubscribe": f"<{report_opt_outs.opt_out_link(run.merchant, email.to)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def thread_of(run: Reconciliation) -> str:
    """Return the message id that all reports of the day refer to, for every recipient. No email has it."""
    return f"<report-{run.merchant.code}-{run.day}@{email_outbox.sender_domain()}>"


def _earlier(email: OutgoingEmail, run: Reconciliation) -> list[OutgoingEmail]:
    """Return the reports of the day that this recipient got, oldest first."""
    runs = Reconciliation.objects.filter(merchant=run.merchant_id, day=run.day).values_list("pk", flat=True)
    got = OutgoingEmail.objects.filter(
        to=email.to, template=email.template, state=OutgoingEmail.State.SENT, pk__lt=email.pk
    )
    return list(got.filter(context__run__in=list(runs)).order_by("-pk")[:MOST_NAMED])[::-1]
