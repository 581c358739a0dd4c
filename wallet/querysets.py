"""Words to chain for reading sessions, transactions and signed calls."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from wallet.models import Export, RefusedHour, Session, SignedRequest, Transaction
else:
    Export = RefusedHour = Session = SignedRequest = Transaction = Any


class SessionQuerySet(models.QuerySet[Session]):
    def of(self, merchant_id: int) -> Self:
        return self.filter(merchant_id=merchant_id)

    def live(self, *, at: datetime) -> Self:
        return self.filter(is_active=True, expires_at__gt=at)


def live_merchants() -> Any:
    return apps.get_model("merchants", "Merchant").objects.live().order_by()


class TransactionQuerySet(models.QuerySet[Transaction]):
    def of_live_merchants(self) -> Self:
        """What is summed over merchants: without sandboxes."""
        return self.filter(merchant__in=live_merchants())

    def movements(self) -> Self:
        """Rows that moved money (also an amount of 0), without refusals and tombstones."""
        return self.filter(debit_account__isnull=False)

    def signed_with(self, secret_id: int, *, since: datetime, until: datetime | None = None) -> Self:
        rows = self.filter(secret_id=secret_id, created_at__gte=since)
        return rows.filter(created_at__lt=until) if until else rows

    def standing(self) -> Self:
        """Movements that no rollback has taken back."""
        return self.movements().filter(~Exists(self.model.objects.filter(reverses_id=OuterRef("pk"))))

    def rounds(self) -> Self:
        """Bets that were taken, each with `payout`: the sum of what it paid and what still stands."""
        return self.movements().filter(kind="bet").annotate(payout=Coalesce(self.paid_for(), 0))

    def paid_for(self) -> models.Subquery:
        """Of the bet outside: the sum of its payouts that stand; null when there is none."""
        paid = (
            self.model.objects.standing()
            .filter(kind="payout", merchant_id=OuterRef("merchant_id"), ref_transaction_id=OuterRef("transaction_id"))
            .order_by()
            .values("ref_transaction_id")
            .annotate(total=Sum("amount"))
        )
        return models.Subquery(paid.values("total"))


class SignedRequestQuerySet(models.QuerySet[SignedRequest]):
    def refused(self) -> Self:
        return self.exclude(Q(status="RS_OK"))

    def of_live_merchants(self) -> Self:
        """What is counted over merchants: without sandboxes. Calls that nobody signed are nobody's, and counted, unless
        they name a key of a sandbox.
        """
        test_keys = apps.get_model("merchants", "ApiKey").objects.filter(merchant__sandbox_of__isnull=False)
        unsigned = Q(merchant=None) & ~Q(auth_key__in=test_keys.order_by().values("auth_key"))
        return self.filter(unsigned | Q(merchant__in=live_merchants()))


class RefusedHourQuerySet(models.QuerySet[RefusedHour]):
    def dropped(self) -> dict[str, int]:
        return self.aggregate(lines=Coalesce(Sum("lines_dropped"), 0), bodies=Coalesce(Sum("bodies_dropped"), 0))


class ExportQuerySet(models.QuerySet[Export]):
    def of(self, merchant_id: int) -> Self:
        return self.filter(merchant_id=merchant_id)

    def at_work(self, *, since: datetime) -> Self:
        """Those that wait for a job or have one which has said since then that it writes."""
        return self.filter(state__in=["waiting", "running"], alive_at__gt=since)
