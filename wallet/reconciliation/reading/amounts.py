"""Amounts in the notation that the mapping states. A text has one meaning or is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.lib.money import MAX_WHOLE_NUMBER, SCALE
from wallet.reconciliation.reading import currencies
from wallet.reconciliation.reading.mapping import SEPARATORS, Mapping
from wallet.reconciliation.reading.table import shown_text
from wallet.reconciliation.reading.unreadable_cell import NO_MARKS, UNSEEN, Unclear

DECIMALS = 5
WHOLE = 12  # digits before the point, of an amount
LONGEST = 64
SPACES = " \u00a0\u202f\u2009\u2007"
GROUPS = {"comma": ",", "point": r"\.", "space": f"[{SPACES}]", "apostrophe": "['’]"}
POINTS = {"point": r"\.", "comma": ","}
TOKEN = r"[^\d\s()+\-−–.,'’]{1,12}\.?"  # noqa: S105 - a currency
WHOLE_TEXT = re.compile(
    rf"(?P<open>\(?)\s*(?P<first>[-−–+]?)\s*(?P<before>(?:{TOKEN})?)\s*(?P<second>[-−–+]?)\s*"
    rf"(?P<number>[.,]?[0-9](?:[0-9.,'’\s]*[0-9])?)\s*(?P<after>(?:{TOKEN})?)\s*(?P<last>[-−–+]?)\s*(?P<close>\)?)"
)
SCIENTIFIC = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?[eE][-+]?[0-9]+", re.ASCII)
NOT_A_DIGIT = re.compile(r"[^0-9]")
DASH = "–"
STATE_MINUS = "state in the mapping how a negative amount is written"


@dataclass(frozen=True, slots=True)
class AmountForm:
    """`units`: real amount × 100000, never below zero. `is_out`: the amount had a minus sign."""

    units: int
    is_out: bool
    currency: str


class AmountReader:
    """Reads the amounts of one file."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        point = SEPARATORS.get(mapping.amounts, "")
        group = GROUPS.get(mapping.thousands)
        self.usual = self._usual(point, group)
        grouped = rf"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|" if group else ""
        if mapping.thousands == "comma":  # lakhs and crores too
            grouped += r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|"
        rest = rf"(?:{POINTS[point]}(?P<rest>[0-9]+))?" if point else "(?P<rest>)"
        self.number = re.compile(rf"(?P<whole>{grouped}[0-9]*){rest}", re.ASCII)

    @staticmethod
    def _usual(point: str, group: str | None) -> re.Pattern[str]:
        """Return the pattern of amounts that need no further checks, as most cells have them."""
        grouped = rf"|[0-9]{{1,3}}(?:{group}[0-9]{{3}}){{1,3}}" if group else ""
        rest = rf"(?:{POINTS[point]}([0-9]{{1,5}}))?" if point else "()"
        return re.compile(rf"([0-9]{{1,12}}{grouped}){rest}", re.ASCII)

    def read(self, text: str, currency: str, *, most: int = MAX_WHOLE_NUMBER) -> AmountForm:
        """Return the amount. `currency`: as a column or the mapping states it, or empty. Raises Unclear."""
        if currency and (found := self.usual.fullmatch(text)):
            whole = found[1] if found[1].isdigit() else NOT_A_DIGIT.sub("", found[1])
            units = self._in_range(self._scaled(whole, found[2] or "", currency), most)
            return AmountForm(units, is_out=False, currency=currency)
        parts = self._parts(text)
        is_out = self._is_out(parts)
        currency = self._currency(parts["before"] or parts["after"], currency)
        if parts["before"] and parts["after"]:
            raise Unclear("two words are beside the amount")
        return AmountForm(self._in_range(self._units(parts["number"], currency), most), is_out, currency)

    def _parts(self, text: str) -> dict[str, str]:
        text = text.translate(NO_MARKS).strip(UNSEEN)
        if not text:
            raise Unclear("no amount")
        if SCIENTIFIC.fullmatch(text):
            raise Unclear("a spreadsheet has shortened it to scientific notation, and the digits are lost")
        found = WHOLE_TEXT.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            raise Unclear(f"not an amount{self._as_stated()}")
        return found.groupdict()

    def _as_stated(self) -> str:
        return {
            "units": ", in whole units (real amount × 100000) as the mapping states",
            "minor": ", in minor units such as cents as the mapping states",
            "decimal_point": " with a point and at most 5 decimals, as the mapping states",
            "decimal_comma": " with a comma and at most 5 decimals, as the mapping states",
        }[self.mapping.amounts]

    # --- the sign -----------------------------------------------------------------------------------------------------
    def _is_out(self, parts: dict[str, str]) -> bool:
        signs = [parts[name] for name in ("first", "second", "last") if parts[name]]
        has_brackets = bool(parts["open"])
        if has_brackets != bool(parts["close"]):
            raise Unclear("only one parenthesis")
        if len(signs) + has_brackets > 1:
            raise Unclear("two signs beside one amount")
        if not signs and not has_brackets:
            return False
        if self.mapping.negative == "refused":
            raise Unclear("the mapping does not state the meaning of a sign")
        self._check_style(parts, signs)
        return signs != ["+"]

    def _check_style(self, parts: dict[str, str], signs: list[str]) -> None:
        minus = self.mapping.minus
        if not signs and minus not in ("brackets", "any"):
            raise Unclear(f"it is in parentheses; {STATE_MINUS}")
        if parts["last"] and (minus not in ("trailing", "any") or parts["last"] == "+"):
            raise Unclear(f"a sign follows it; {STATE_MINUS}")
        if signs == [DASH] and minus != "any":
            raise Unclear(f"it begins with an en dash (U+2013), not with a minus sign; {STATE_MINUS}")
        if signs == ["+"] and minus != "any" and self.mapping.negative != "kind":
            raise Unclear("a plus sign is before it; state in the mapping that amounts can have any sign")

    # --- the currency -------------------------------------------------------------------------------------------------
    def _currency(self, word: str, known: str) -> str:
        if not word:
            if not known:
                raise Unclear("no currency is beside the amount, although the mapping states that there is one")
            return known
        if not known:
            return currencies.currency_code(word, self.mapping.currencies)
        if not currencies.sign_agrees(word, known, self.mapping.currencies):
            raise Unclear(f"{shown_text(word)} is beside the amount, but its currency is {known}")
        return known

    # --- the number ---------------------------------------------------------------------------------------------------
    def _units(self, text: str, currency: str) -> int:
        found = self.number.fullmatch(text)
        if found is None:
            raise Unclear(self._why_not(text))
        whole, rest = NOT_A_DIGIT.sub("", found["whole"]), (found["rest"] or "").rstrip("0")
        if not whole and not found["rest"]:
            raise Unclear(f"not an amount{self._as_stated()}")
        if len(rest) > DECIMALS:
            raise Unclear("more than 5 decimals")
        return self._scaled(whole, rest, currency)

    def _scaled(self, whole: str, rest: str, currency: str) -> int:
        if self.mapping.amounts == "units":
            return int(whole)
        if self.mapping.amounts == "minor":
            fixed = self.mapping.minor_digits
            return int(whole) * int(10 ** (DECIMALS - (int(fixed) if fixed else currencies.minor_digits(currency))))
        return int(whole or "0") * SCALE + int(rest.ljust(DECIMALS, "0") or "0")

    def _why_not(self, text: str) -> str:
        """Return the reason: the part of the number that the mapping does not state."""
        point = SEPARATORS.get(self.mapping.amounts, "")
        stated = {point, self.mapping.thousands}
        strange = [name for name, signs in IN_NUMBERS.items() if name not in stated and set(signs) & set(text)]
        if not strange:
            return f"the digits are not in groups of three, or the format has no thousands separator{self._as_stated()}"
        sign = next(each for each in text if each in IN_NUMBERS[strange[0]])
        says = f"{SAID.get(sign, f'a space (U+{ord(sign):04X})')} is in it. {OTHERWISE}"
        return says if point else f"{says}; amounts{self._as_stated()[1:]} have no decimals"

    @staticmethod
    def _in_range(units: int, most: int) -> int:
        if units > most:
            raise Unclear("too large to be stored exactly (above 2^53)")
        return units


IN_NUMBERS = {"comma": ",", "point": ".", "space": SPACES + "\t", "apostrophe": "'’"}
SAID = {
    ",": "a comma",
    ".": "a point",
    "'": "an apostrophe",
    "’": "an apostrophe",
    "\u00a0": "a no-break space (U+00A0)",
}
OTHERWISE = "State whether it separates thousands or decimals"
