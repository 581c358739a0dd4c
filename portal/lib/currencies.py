"""The decimals of currencies, by ISO 4217."""

from __future__ import annotations

import re


def codes(text: str) -> frozenset[str]:
    """Return the codes in a text."""
    return frozenset(text.split())


NO_DECIMALS = codes("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
THREE_DECIMALS = codes("BHD IQD JOD KWD LYD OMR TND")
FOUR_DECIMALS = codes("CLF UYW")
TWO_DECIMALS = codes(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    """
)
MOST_DECIMALS = 5  # that an amount is kept with; the decimals of a currency that ISO 4217 does not know
PLAY_MONEY = "XXX"
CODE = re.compile(r"[A-Z0-9]{3,8}", re.ASCII)
DECIMALS = {0: NO_DECIMALS, 2: TWO_DECIMALS, 3: THREE_DECIMALS, 4: FOUR_DECIMALS}


def decimals_of(currency: str) -> int:
    """Return how many decimals an amount of this currency has."""
    return next((number for number, codes in DECIMALS.items() if currency in codes), MOST_DECIMALS)
