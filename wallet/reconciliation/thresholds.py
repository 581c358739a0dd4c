"""Thresholds by currency: the difference of high severity, and the write-off limit of one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet
from psycopg.types.json import Jsonb

from merchants.models import Merchant
from merchants.services.currencies import READ_WITH_MERCHANT
from wallet.models import Account
from wallet.models.currency_rate import BASE, CODES_WITH_HIGHER_LIMIT, lower_limit, upper_limit
from wallet.models.reconciliation_plan import ReconciliationPlan
from wallet.reconciliation import refusals

HIGH = lower_limit(by_currency="%(high_by_currency)s::jsonb", amount="%(high)s::bigint", currency="{currency}")
ALONE = upper_limit(by_currency="%(alone_by_currency)s::jsonb", amount="%(alone)s::bigint", currency="{currency}")
READ = f"""
    SELECT c.currency, {HIGH.format(currency="c.currency")}, {ALONE.format(currency="c.currency")}
      FROM unnest(%(currencies)s::text[]) WITH ORDINALITY c (currency, number) ORDER BY c.number
"""  # noqa: S608 - made of constants
HIGHER_BY_RATE = CODES_WITH_HIGHER_LIMIT.format(currency="%(currency)s::text", rate="%(rate)s")


class Threshold(NamedTuple):
    currency: str
    high_amount: int
    write_off_alone: int


def values_of(plan: ReconciliationPlan) -> dict[str, Any]:
    """Return the parameters of the SQL `HIGH` and `ALONE`."""
    return {
        "high": plan.high_amount,
        "high_by_currency": _json(plan.high_amount_by_currency),
        "alone": plan.write_off_alone,
        "alone_by_currency": _json(plan.write_off_alone_by_currency),
    }


def thresholds(plan: ReconciliationPlan, currencies: Iterable[str]) -> list[Threshold]:
    """Return the thresholds of these currencies."""
    with connection.cursor() as cursor:
        cursor.execute(READ, values_of(plan) | {"currencies": list(currencies)})
        return [Threshold(currency, int(high), int(alone)) for currency, high, alone in cursor.fetchall()]


def thresholds_in_use(plan: ReconciliationPlan) -> list[Threshold]:
    """Return the thresholds of the euro and of the merchant's currencies."""
    return thresholds(plan, [BASE, *sorted(currencies_of(plan.merchant) - {BASE})])


def check_rate(currency: str, per_euro: int) -> None:
    """Refuse a rate that would raise a write-off limit (RateRaisesLimits), as the database does."""
    with connection.cursor() as cursor:
        cursor.execute(HIGHER_BY_RATE, {"currency": currency, "rate": per_euro})
        codes = [code for (code,) in cursor.fetchall()]
    if codes:
        raise refusals.RateRaisesLimits(currency, codes)


def currencies_of(merchant: Merchant) -> set[str]:
    """Return the currencies of the merchant's accounts."""
    return set(_currencies(merchant))


def with_currencies(merchants: QuerySet[Merchant]) -> QuerySet[Merchant]:
    """Read merchants together with the currencies of their accounts, for `currencies_in_use`."""
    return merchants.annotate(**{READ_WITH_MERCHANT: ArraySubquery(_currencies(OuterRef("pk")))})


def _currencies(merchant: Merchant | OuterRef) -> QuerySet[Account, str]:
    accounts = Account.objects.filter(merchant=merchant, kind=Account.Kind.GAMES).order_by()
    return accounts.values_list("currency", flat=True)


def _json(amounts: dict[str, int] | None) -> Jsonb | None:
    return None if amounts is None else Jsonb(amounts)
