"""What a euro is worth in other currencies, as our staff keep it: limits of money are stated in euro and follow it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from merchants.models.audit import track_history
from portal.lib.currencies import FOUR_DECIMALS, NO_DECIMALS, PLAY_MONEY, THREE_DECIMALS, TWO_DECIMALS
from wallet.money import MAX_WHOLE_NUMBER, SCALE

BASE = "EUR"


def _listed(codes: frozenset[str]) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


# An amount in euro, in another currency: by its rate, and by its decimals where nobody has stated a rate. The fewer
# decimals, the less one unit is worth; of a currency that ISO 4217 does not know one may be worth a thousand euro.
IN_CURRENCY = f"""
    ({{amount}}::numeric * coalesce(
        (SELECT e.per_euro::numeric / {SCALE} FROM wallet_currencyrate e WHERE e.currency = {{currency}}),
        CASE WHEN {{currency}} IN ('', {_listed(TWO_DECIMALS)}) THEN 1
             WHEN {{currency}} IN ({_listed(NO_DECIMALS)}) THEN 100
             WHEN {{currency}} IN ({_listed(THREE_DECIMALS)}) THEN 0.1
             WHEN {{currency}} IN ({_listed(FOUR_DECIMALS)}) THEN 0.01
             ELSE 0.001 END))
"""  # noqa: S608 - made of constants
OWN = "({by_currency} -> {currency})::numeric"


def lower_limit(*, by_currency: str, amount: str, currency: str) -> str:
    """Return the SQL of the amount from which on a rule holds: as stated for the currency, else `amount` euro in it."""
    own = OWN.format(by_currency=by_currency, currency=currency)
    return f"coalesce({own}, ceil({IN_CURRENCY.format(amount=amount, currency=currency)}))"


def upper_limit(*, by_currency: str, amount: str, currency: str) -> str:
    """Return the same of an amount up to which a rule holds."""
    own = OWN.format(by_currency=by_currency, currency=currency)
    return f"coalesce({own}, floor({IN_CURRENCY.format(amount=amount, currency=currency)}))"


# Rates and the limits that follow them are raised one after another: neither is judged by what the other was before.
HOLD_RATES = "PERFORM pg_advisory_xact_lock(hashtextextended('limits by rate', 0));"
# One administrator keeps the rates. That is no way to raise what one person writes off: first a limit is stated in the
# currency, and a second person approves it.
CODES_WITH_HIGHER_LIMIT = f"""
    SELECT m.code FROM wallet_reconciliationplan p
      JOIN merchants_merchant m ON m.id = p.merchant_id AND m.sandbox_of_id IS NULL
     WHERE {OWN.format(by_currency="p.write_off_alone_by_currency", currency="{currency}")} IS NULL
       AND floor(p.write_off_alone::numeric * {{rate}}::numeric / {SCALE})
           > floor({IN_CURRENCY.format(amount="p.write_off_alone", currency="{currency}")})
     ORDER BY m.code
"""  # noqa: S608 - made of constants
LIMITS_STAY = f"""
    {HOLD_RATES}
    IF EXISTS ({CODES_WITH_HIGHER_LIMIT.format(currency="NEW.currency", rate="NEW.per_euro")}) THEN
        RAISE EXCEPTION 'a rate raises no write-off limit'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@track_history(scopes={"rate": "pgh_obj"})
class CurrencyRate(models.Model):
    currency = models.CharField(max_length=8, unique=True, db_collation="C", help_text=_("Currency code, such as JPY."))
    per_euro = models.BigIntegerField(_("Units per euro"), help_text=_("Value of EUR 1 in this currency, × 100000."))

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z0-9]{3,8}$") & ~Q(currency__in=[BASE, PLAY_MONEY]),
                name="currency_rate_of_another_currency",
                violation_error_message=_("Enter the code of a currency other than EUR and XXX, in capital letters."),
            ),
            models.CheckConstraint(
                condition=Q(per_euro__range=(1, MAX_WHOLE_NUMBER)),
                name="currency_rate_above_zero",
                violation_error_message=_("A rate must be above zero. Enter a positive number."),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="currency_rate_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="currency_rate_raises_no_limit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=LIMITS_STAY,
            ),
        ]

    def __str__(self) -> str:
        return self.currency
