"""Money is a whole number: the real amount × 100000, in every currency. No float is used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from portal.lib.currencies import CODE, MOST_DECIMALS, PLAY_MONEY, decimals_of

SCALE = 100_000
MAX_WHOLE_NUMBER = 2**53 - 1  # what the callers' JavaScript can hold
LONGEST = 40  # characters of an amount that a person types
MOST_CURRENCIES = 50
AMOUNT = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]+))?", re.ASCII)
# With commas between thousands, as `show` writes it, and nothing else that it could mean.
GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})", re.ASCII)
ONE_GROUP = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
DECIMAL_COMMA = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+", re.ASCII)
SPACES = re.compile(r"[ \u00a0\u2009\u202f'\u2019]")
LINE = re.compile(r"(\S+)[ \t]+(\S.*)")


class UnclearAmount(ValueError):
    """The text is no amount, or may mean two amounts. The message is for the person who typed it."""


def parse_amount(text: str, currency: str = "") -> int:
    """Return the units: `"12.34567"` -> 1234567. Raises UnclearAmount for a text that is not one exact number of units.

    With a currency, the amount has no more decimals than the currency. "1,234.50" is read. "1,234" and "50,00" are
    refused, and "1.234" without a currency: each may mean a thousand times as much.
    """
    text = text.strip(" \t\r\n")
    if len(text) > LONGEST:
        raise UnclearAmount(_usual(currency))
    if GROUPED.fullmatch(text):
        return _exact(text.replace(",", ""), currency)
    _check_clear(text, currency)
    return _exact(text, currency)


def _exact(text: str, currency: str) -> int:
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise UnclearAmount(_usual(currency))
    sign, whole, decimals = found.groups(default="")
    _check_decimals(decimals, currency)
    units = int(whole) * SCALE + int(decimals.ljust(MOST_DECIMALS, "0"))
    if units > MAX_WHOLE_NUMBER:
        raise UnclearAmount(_("The amount is too large. Write a smaller amount."))
    return -units if sign else units


def _check_clear(text: str, currency: str) -> None:
    if ONE_GROUP.fullmatch(text) and ("," in text or not currency):
        whole, part = re.sub("[.,]", "", text), text.replace(",", ".")
        instead = (
            _("Write the amount without a comma.")
            if "," in text
            else _("Write %(whole)s or %(part)s0.") % {"whole": whole, "part": part}
        )
        raise UnclearAmount(
            _("“%(text)s” can mean %(whole)s or %(part)s. %(instead)s")
            % {"text": text, "whole": whole, "part": part, "instead": instead}
        )
    if DECIMAL_COMMA.fullmatch(text):
        _say_instead(
            text.replace(".", "").replace(",", "."), currency, gettext_noop("Write the amount with a dot: %(amount)s.")
        )
    if SPACES.search(text):
        _say_instead(SPACES.sub("", text), currency, gettext_noop("Write the amount without spaces: %(amount)s."))


def _say_instead(wanted: str, currency: str, sentence: str) -> None:
    """Raises UnclearAmount with the very text that is read, or with what is wrong beside it."""
    _exact(wanted, currency)
    raise UnclearAmount(_(sentence) % {"amount": wanted})


def _check_decimals(decimals: str, currency: str) -> None:
    most = decimals_of(currency)
    if len(decimals) > most:
        many = _("no decimals") if most == 0 else _("at most %(most)s decimals") % {"most": most}
        raise UnclearAmount(
            _("%(currency)s has %(decimals)s.") % {"currency": currency or _("An amount"), "decimals": many}
        )


def _usual(currency: str) -> str:
    return _("Write the amount as digits with a dot, such as %(amount)s.") % {
        "amount": plain_amount(50 * SCALE, currency)
    }


def format_amount(units: int, currency: str = "") -> str:
    """Return the amount: 1234567 -> `"12.34567"`, with thousands separators and the decimals of its currency, 2 without
    one.
    """
    whole, fraction = divmod(abs(units), SCALE)
    decimals = f"{fraction:05d}".rstrip("0").ljust(_fewest(currency), "0")
    return f"{'-' if units < 0 else ''}{whole:,}{'.' if decimals else ''}{decimals}"


def _fewest(currency: str) -> int:
    """Decimals that are shown of an amount that needs none."""
    most = decimals_of(currency)
    return 2 if most == MOST_DECIMALS else most


def format_with_code(units: int, currency: str) -> str:
    """Return `"EUR 1,234.50"`, `"JPY 1,234"`; without a currency, the amount alone."""
    return f"{currency} {format_amount(units, currency)}".strip()


def plain_amount(units: int, currency: str = "") -> str:
    """Return the amount as `parse_amount` reads it: without commas, and with four decimals if three may mean two
    amounts.
    """
    text = format_amount(units, currency).replace(",", "")
    return f"{text}0" if not currency and ONE_GROUP.fullmatch(text) else text


# --- An amount for each currency --------------------------------------------------------------------------------------
def parse_amounts(text: str) -> dict[str, int]:
    """Return the units of lines such as `EUR 50.00`, by currency. A semicolon also ends a line. Raises
    UnclearAmount.
    """
    found: dict[str, int] = {}
    for line in filter(None, (each.strip() for each in text.replace(";", "\n").split("\n"))):
        currency, units = _line(line)
        if currency in found:
            raise UnclearAmount(_("%(currency)s has two lines. Remove one.") % {"currency": currency})
        found[currency] = units
    if len(found) > MOST_CURRENCIES:
        raise UnclearAmount(_("Write at most %(most_currencies)s currencies.") % {"most_currencies": MOST_CURRENCIES})
    return dict(sorted(found.items()))


def _line(line: str) -> tuple[str, int]:
    said = LINE.fullmatch(line)
    currency = said[1].upper() if said else ""
    if said is None or not CODE.fullmatch(currency):
        raise UnclearAmount(_("Write a currency and an amount on each line, such as EUR 50.00."))
    if currency == PLAY_MONEY:
        raise UnclearAmount(_("%(play_money)s is play money and has no limits.") % {"play_money": PLAY_MONEY})
    try:
        units = parse_amount(said[2], currency)
    except UnclearAmount as fault:
        raise UnclearAmount(_("%(currency)s: %(fault)s") % {"currency": currency, "fault": fault}) from fault
    if units < 0:
        raise UnclearAmount(
            _("%(currency)s: The amount cannot be below zero. Write a positive amount.") % {"currency": currency}
        )
    return currency, units


def plain_amounts(amounts: Mapping[str, int] | None) -> str:
    """Return the lines that `parse_amounts` reads; "" for None."""
    return "\n".join(
        f"{currency} {plain_amount(units, currency)}" for currency, units in sorted((amounts or {}).items())
    )


def format_amounts(amounts: Mapping[str, int] | None) -> str:
    """Return `"EUR 50.00, JPY 5,000"`; "" for None."""
    return ", ".join(format_with_code(units, currency) for currency, units in sorted((amounts or {}).items()))
