"""Events of a finished reconciliation run, for the merchant's own systems."""

from __future__ import annotations

from merchants.models import EventType
from merchants.services import event_outbox
from wallet.models import Reconciliation
from wallet.reconciliation.figures import Figures


def emit_events(run: Reconciliation, figures: Figures) -> None:
    """Emit `report.ready`, and `break.found` where the run has breaks, in the transaction of the run."""
    facts = {"day": run.day.isoformat(), "number": run.number, "outcome": str(run.outcome)}
    event_outbox.emit(merchant=run.merchant, event_type=EventType.REPORT_READY, data=facts)
    found = [each for each in figures.breaks if each.breaks]
    if not found:
        return
    kinds = {kind: sum(each.breaks for each in found if each.kind == kind) for kind in {each.kind for each in found}}
    data = facts | {"breaks": sum(kinds.values()), "kinds": dict(sorted(kinds.items()))}
    event_outbox.emit(merchant=run.merchant, event_type=EventType.BREAK_FOUND, data=data)
