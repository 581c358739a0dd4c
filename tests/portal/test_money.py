"""Amounts as people type them: read as one number of units, or refused with the words that help."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lib import money
from portal.lib.amount_fields import AmountField, CurrencyAmountsField
from portal.lib.currencies import DECIMALS, MOST_DECIMALS, decimals_of
from portal.lib.money import MAX_WHOLE_NUMBER, UnclearAmount

READ = [
    ("50.00", "", 5_000_000),
    (" 50 ", "", 5_000_000),
    ("0.00001", "", 1),
    ("0.123", "", 12_300),
    ("1.2340", "", 123_400),
    ("1.23", "EUR", 123_000),
    ("1.234", "KWD", 123_400),
    ("5000", "JPY", 500_000_000),
    ("0.00001", "BTC", 1),
    ("1,234.50", "EUR", 123_450_000),
    ("1,234,567", "", 123_456_700_000),
    ("1,234.500", "", 123_450_000),
    ("-3.00", "EUR", -300_000),
    ("90071992547.40991", "", MAX_WHOLE_NUMBER),
]
REFUSED = [
    ("50,00", "", "Write the amount with a dot: 50.00."),
    ("50,00", "EUR", "Write the amount with a dot: 50.00."),
    ("1,5", "", "Write the amount with a dot: 1.5."),
    ("0,123", "", "Write the amount with a dot: 0.123."),
    ("1.234,50", "EUR", "Write the amount with a dot: 1234.50."),
    ("1,234", "", "can mean 1234 or 1.234. Write the amount without a comma."),
    ("1,234", "JPY", "can mean 1234 or 1.234. Write the amount without a comma."),
    ("1.234", "", "can mean 1234 or 1.234. Write 1234 or 1.2340."),
    ("1.234", "EUR", "EUR has at most 2 decimals."),
    ("1.2345", "KWD", "KWD has at most 3 decimals."),
    ("50.00", "JPY", "JPY has no decimals."),
    ("50,00", "JPY", "JPY has no decimals."),
    ("1.123456", "", "An amount has at most 5 decimals."),
    ("1 234.50", "EUR", "Write the amount without spaces: 1234.50."),
    ("1\u00a0234", "", "Write the amount without spaces: 1234."),
    ("1’234.50", "", "Write the amount without spaces: 1234.50."),
    ("1 234,50", "", "Write the amount as digits with a dot, such as 50.00."),
    ("90071992547.40992", "", "The amount is too large. Write a smaller amount."),
    ("9" * 13, "", "such as 50.00."),
    *(
        (text, "", "such as 50.00.")
        for text in (
            "", ".", "-", "1.", ".5", "+5", "--5", "5-", "(5)", "1e5", "1E5", "NaN", "inf", "0x10", "1_000", "5\x00",
            "٣", "５０", "²", "1,23,456.00", "12,34", "1,2,3", "1.2.3", "€5", "5 EUR x", "\u202e05", "\n5\n5", "9" * 41,
        ) if text != "12,34"
    ),
    ("12,34", "", "Write the amount with a dot: 12.34."),
    ("lots", "JPY", "such as 50."),
    ("lots", "KWD", "such as 50.000."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "currency", "units"), READ)
def test_an_amount_that_means_one_thing_is_read(text: str, currency: str, units: int) -> None:
    assert money.parse_amount(text, currency) == units


@pytest.mark.parametrize(("text", "currency", "why"), REFUSED)
def test_any_other_is_refused_with_the_words_that_help(text: str, currency: str, why: str) -> None:
    with pytest.raises(UnclearAmount) as refused:
        money.parse_amount(text, currency)
    assert str(refused.value).endswith(why)


@settings(max_examples=100)
@given(st.integers(0, MAX_WHOLE_NUMBER), st.sampled_from(["", "BTC", "CLF", "KWD", "EUR", "JPY"]))
def test_what_a_form_shows_is_read_as_it_was(units: int, currency: str) -> None:
    step = 10 ** (MOST_DECIMALS - decimals_of(currency))
    units -= units % step
    assert money.parse_amount(money.plain_amount(units, currency), currency) == units
    assert AmountField(currency=currency).clean(money.plain_amount(units, currency)) == units


@pytest.mark.parametrize(
    ("units", "currency", "said"),
    [
        (123_450_000, "EUR", "EUR 1,234.50"),
        (123_400_000, "JPY", "JPY 1,234"),
        (123_400, "KWD", "KWD 1.234"),
        (123_450, "JPY", "JPY 1.2345"),
        (-1, "BTC", "BTC -0.00001"),
        (100_000, "", "1.00"),
    ],
)
def test_money_is_shown_by_its_currency(units: int, currency: str, said: str) -> None:
    assert money.format_with_code(units, currency) == said


def test_no_currency_has_two_numbers_of_decimals() -> None:
    codes = [code for known in DECIMALS.values() for code in known]
    assert len(codes) == len(set(codes))
    assert [decimals_of(code) for code in ("JPY", "EUR", "KWD", "UYW", "USDT")] == [0, 2, 3, 4, 5]


# --- The fields -------------------------------------------------------------------------------------------------------
def test_a_field_says_why_and_is_never_below_zero() -> None:
    for text, why in {"50,00": "with a dot: 50.00", "-1.00": "below zero", "": "required"}.items():
        with pytest.raises(ValidationError, match=why):
            AmountField().clean(text)
    assert AmountField(required=False).clean("") is None
    assert not AmountField().has_changed(5_000_000, "50.0")


def test_amounts_by_currency_are_lines() -> None:
    field = CurrencyAmountsField()
    read = field.clean("jpy 5000\r\n\r\nEUR  1,234.50;KWD 1.234")
    assert read == {"EUR": 123_450_000, "JPY": 500_000_000, "KWD": 123_400}
    assert field.prepare_value(read) == "EUR 1234.50\nJPY 5000\nKWD 1.234"
    assert field.clean(" \n") is None
    assert money.format_amounts(read) == "EUR 1,234.50, JPY 5,000, KWD 1.234"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("EUR 50,00", "EUR: Write the amount with a dot: 50.00."),
        ("EUR 1.234", "EUR: EUR has at most 2 decimals."),
        ("EUR -1", "EUR: The amount cannot be below zero. Write a positive amount."),
        ("EUR 1\nEUR 2", "EUR has two lines. Remove one."),
        ("50.00", "Write a currency and an amount on each line, such as EUR 50.00."),
        ("E\x00R 5", "Write a currency and an amount on each line, such as EUR 50.00."),
        ("XXX 5", "XXX is play money and has no limits."),
        ("\n".join(f"C{number:02} 1" for number in range(51)), "Write at most 50 currencies."),
    ],
)
def test_lines_that_are_unclear_are_refused(text: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CurrencyAmountsField().clean(text)
    assert refused.value.messages == [why]


# --- everywhere by its own currency -----------------------------------------------------------------------------------
ROOT = Path(__file__).parents[2]
# A limit of any currency, as a version before has stated it, has no currency of its own.
SHOW = re.compile(r"^from (?:wallet|portal\.lib)\.money import .*\bformat_amount\b", re.MULTILINE)
WITHOUT_CURRENCY = {("merchants/services/limits.py", "money.format_amount(units)")}


def test_no_page_email_or_report_shows_an_amount_without_its_currency() -> None:
    """Two decimals are right for some currencies alone."""
    found = set()
    for package in ("merchants", "wallet", "portal"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= {(str(path.relative_to(ROOT)), call) for call in _calls_without_currency(path.read_text())}
    assert found == WITHOUT_CURRENCY


def _calls_without_currency(text: str) -> list[str]:
    names = {"money.format_amount", "SheetAmount"} | ({"format_amount"} if SHOW.search(text) else set())
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if ast.unparse(call.func) in names and len(call.args) + len(call.keywords) == 1
    ]
