"""Currency codes, the signs and words for them, and the decimals of their minor units."""

from __future__ import annotations

import re
from collections.abc import Mapping as Words
from functools import lru_cache

from babel import Locale
from babel.numbers import list_currencies

from wallet.reconciliation.reading.table import shown_text
from wallet.reconciliation.reading.unreadable_cell import Unclear

CODE = re.compile(r"[A-Z0-9]{1,8}", re.ASCII)
# ISO 4217 has two decimals for all others. CLDR has fewer where no coins are used, which is not what files count in.
NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())  # noqa: SIM905
MORE_DECIMALS = dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3) | {"CLF": 4, "UYW": 4}
# Where each sign is used for the currency of the place; a sign of several currencies says none of them.
LOCALES = (
    "en", "en_AU", "en_BZ", "en_CA", "en_FK", "en_GI", "en_JM", "en_NZ", "en_PK", "en_SG", "en_SH", "en_ZA", "es_AR",
    "es_CL", "es_CO", "es_CR", "es_MX", "es_PE", "es_PY", "es_UY", "pt_BR", "bg", "cs", "da", "fo", "he", "hi", "hu",
    "is", "ja", "ka", "kk", "ko", "lt", "mn", "nb", "ne", "pl", "ro", "ru", "si", "sv", "th", "tr", "uk", "vi", "zh",
    "zh_TW",
)  # fmt: skip


@lru_cache(maxsize=1)
def known_codes() -> frozenset[str]:
    return frozenset(list_currencies())


@lru_cache(maxsize=1)
def codes_of_signs() -> dict[str, frozenset[str]]:
    """Return for each sign, in lower case, the currencies that it stands for somewhere."""
    found: dict[str, set[str]] = {}
    for locale in LOCALES:
        for code, sign in Locale.parse(locale).currency_symbols.items():
            if sign.upper() != code:
                found.setdefault(sign.lower(), set()).add(code)
    return {sign: frozenset(codes) for sign, codes in found.items()}


def currency_code(word: str, stated: Words[str, str]) -> str:
    """Return the code for a word or sign. Raises Unclear for none or several."""
    if (named := stated.get(word.lower())) is not None:
        return named
    if word.upper() in known_codes():  # also in small letters
        return word.upper()
    if CODE.fullmatch(word):
        return word
    codes = codes_of_signs().get(word.lower(), frozenset())
    if len(codes) == 1:
        return min(codes)
    if codes:
        listed = ", ".join(sorted(codes)[:4])
        raise Unclear(f"{shown_text(word)} can be {listed}; state the currency")
    raise Unclear(f"{shown_text(word)} is not a currency code such as EUR; state the currency")


def sign_agrees(word: str, currency: str, stated: Words[str, str]) -> bool:
    """Return whether the sign beside an amount agrees with the known currency."""
    if (named := stated.get(word.lower())) is not None:
        return named == currency
    return word.upper() == currency or currency in codes_of_signs().get(word.lower(), frozenset())


def minor_digits(currency: str) -> int:
    """Return the digits of the minor unit by ISO 4217. Raises Unclear for an unknown currency."""
    if currency in NO_DECIMALS:
        return 0
    if currency in MORE_DECIMALS:
        return MORE_DECIMALS[currency]
    if currency not in known_codes():
        raise Unclear(
            f"ISO 4217 does not define the decimals of {shown_text(currency)}; state a fixed number of decimals"
        )
    return 2
