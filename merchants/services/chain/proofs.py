"""Compares what rows say of their author with the proof that the portal alone can make (merchants/author_proofs.py).

Named are events of the portal's role that claim an author, and emails marked as sent. Other packages register what else
needs a proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Max, Q
from django.db.models.fields.json import KT

from merchants import author_proofs
from merchants.models import ChainBlock, Merchant, OutgoingEmail
from merchants.models.audit import Trace
from merchants.services import email_outbox
from merchants.services.chain.tables import merchant_column
from merchants.services.chain.verification import ChainFinding, ChainVerdict
from portal.lib import clock, database

JUDGED = timedelta(days=3)  # each night again, so that a night may fail; then an old key-encryption key may go
BEGAN = ("merchants", "0085_receipts_of_emails")  # the migration since which there are proofs
GRACE = timedelta(days=1)  # processes of the version before it may still write
SINCE = "SELECT applied FROM django_migrations WHERE app = %s AND name = %s"
OUTSIDE = "Somebody wrote it with the portal's database role, past the portal."
CLAIMS = ("who", "person", "role")
FEW = 2_000

_deeds: dict[type[Trace], Q] = {}


def register(event_model: type[Trace], deed: Q) -> None:
    """Ask for a proof of these events, too, though they name no person."""
    _deeds[event_model] = deed


def check_proofs(verdict: ChainVerdict, merchant: Merchant | None = None) -> None:
    """Add to the verdict of the history what claims an author, or a sending, without proof."""
    since, codes = judged_since(), dict(Merchant.objects.values_list("pk", "code"))
    for model in apps.get_models():
        if issubclass(model, Trace):
            for row, of, who in unproven_events(model, since):
                if merchant is None or of == merchant.pk:
                    table = model._meta.db_table  # noqa: SLF001
                    sentence = f"Row {row} of {table} names {who or 'a job'} as its author without proof. {OUTSIDE}"
                    verdict.add(ChainFinding(codes.get(of or 0, ""), sentence, table, row))
    for email in unproven_emails(since):
        if merchant is None or email.merchant_id == merchant.pk:
            sentence = f"Email {email.pk} is marked as sent, but the portal did not send it as it is. {OUTSIDE}"
            table = OutgoingEmail._meta.db_table  # noqa: SLF001
            verdict.add(ChainFinding(codes.get(email.merchant_id or 0, ""), sentence, table, email.pk))


def judged_since() -> datetime:
    """Return since when rows are judged: the last days, and not before there were proofs."""
    applied: list[datetime] = [began + GRACE for (began,) in database.fetch_rows(SINCE, BEGAN)]
    return max([clock.now() - JUDGED, *applied])


def unproven_events(event_model: Any, since: datetime) -> Iterator[tuple[int, int | None, str]]:
    """Yield id, merchant and claimed author of each event without a proof.

    Which are new is told by what the chain has sealed, not by the moment that an event states.
    """
    table = event_model._meta.db_table  # noqa: SLF001
    sealed = ChainBlock.objects.filter(table_name=table, sealed_at__lt=since).aggregate(upto=Max("upto_id"))["upto"]
    claimed = (
        Q(claimed_who__gt="") | Q(claimed_person__gt="") | Q(claimed_role__gt="") | _deeds.get(event_model, Q(pk=None))
    )
    rows = event_model.objects.filter(pgh_id__gt=sealed or 0, pgh_role=settings.APPLICATION_ROLE)
    rows = rows.alias(**{f"claimed_{name}": KT(f"pgh_context__{name}") for name in ("who", "person", "role")}).filter(
        claimed
    )
    of = merchant_column(event_model) or "pgh_id"
    values = rows.order_by("pgh_id").values_list("pgh_id", of, "pgh_context", "pgh_transaction")
    for row, merchant, context, number in values.iterator(FEW):
        if not author_proofs.is_author_proven(context, number):
            yield row, merchant if of != "pgh_id" else None, str((context or {}).get("who") or "")


def unproven_emails(since: datetime) -> Iterator[OutgoingEmail]:
    """Yield each email that was marked as sent since then, and not by the portal."""
    sent = OutgoingEmail.objects.filter(
        Q(sent_at__gte=since) | Q(created_at__gte=since), state=OutgoingEmail.State.SENT
    )
    for email in sent.order_by("pk").iterator(FEW):
        if not author_proofs.is_proven(email_outbox.RECEIPT, email_outbox.receipt_text(email), email.receipt):
            yield email
