"""The email of a signed settlement statement: one for each recipient of reports, made when it is sent."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from merchants.errors import moment_text as said
from merchants.models import OutgoingEmail
from merchants.services import email_outbox
from merchants.services.email_outbox import Filling, Part
from portal.lib import clock
from wallet.models import Settlement
from wallet.reconciliation.closing import settlement_files
from wallet.reconciliation.closing.months import month_text
from wallet.reconciliation.closing.settlement_figures import figures_of
from wallet.reconciliation.closing.settlement_tables import headline_sums
from wallet.reconciliation.plans import plan_of, report_recipients

TEMPLATE = "settlement"
MOST_ATTACHED = 7 * 1024 * 1024  # bytes of all files; beyond it mail servers refuse, and the page has them


def send_settlement(settlement: Settlement) -> None:
    """Write the emails about a signed statement."""
    now = clock.now()
    for to in report_recipients(settlement.merchant):
        OutgoingEmail.objects.get_or_create(
            once=f"settlement {settlement.pk} {to.lower()}"[:200],
            defaults={
                "merchant": settlement.merchant, "to": to, "template": TEMPLATE,
                "context": {"settlement": settlement.pk}, "created_at": now, "due_at": now,
            },
        )  # fmt: skip
    email_outbox.wake_on_commit()


def emails_of(settlement: Settlement) -> list[OutgoingEmail]:
    """Return the emails about a statement."""
    found = OutgoingEmail.objects.filter(merchant=settlement.merchant_id, template=TEMPLATE)
    return list(found.filter(context__settlement=settlement.pk).order_by("to"))


def filling(email: OutgoingEmail) -> Filling:
    """Return the contents of the email when it is sent."""
    settlement = Settlement.objects.select_related("merchant", "prepared_by", "signed_by").get(
        pk=email.context["settlement"]
    )
    plan = plan_of(settlement.merchant)
    parts = attached_files(settlement, whole=plan.names_players) if plan.is_attached else []
    return Filling(contents(settlement) | {"attached": [part.name for part in parts]}, parts)


def contents(settlement: Settlement) -> dict[str, Any]:
    merchant, figures = settlement.merchant, figures_of(settlement)
    return {
        "merchant": merchant.name,
        "month": month_text(settlement.month),
        "zone": settlement.time_zone,
        "prepared_by": settlement.prepared_by,
        "signed_by": settlement.signed_by,
        "signed_at": said(settlement.signed_at) if settlement.signed_at else "",
        "reason": settlement.reason,
        "exceptions": figures.days.exceptions,
        "currencies": [(each.currency, headline_sums(each)) for each in figures.currencies],
        "days": figures.days,
        "adjustments": sum(figures.adjustments.values()),
        "page": f"{settings.BASE_URL}/operator/{merchant.code}/reconciliation/settlements/{settlement.pk}/",
    }


def attached_files(settlement: Settlement, *, whole: bool) -> list[Part]:
    """Return the files of the email; none when they are too large. Without `whole`, they name no transaction."""
    parts = [
        Part(
            settlement_files.settlement_file_name(settlement, kind),
            mimetype,
            settlement_files.file_content(settlement, kind, whole=whole),
        )
        for kind, mimetype in settlement_files.TYPES.items()
    ]
    return parts if sum(len(part.content) for part in parts) <= MOST_ATTACHED else []
