"""What can be stated of a file, in words: for the forms of merchants and of our staff."""

from __future__ import annotations

from collections.abc import Mapping as Words
from typing import Any

from django import forms

from wallet.reconciliation.reading import presets
from wallet.reconciliation.reading.mapping import ENCODINGS, KINDS, MOST_LINES_BEFORE

LONGEST = 500
AMOUNTS = [
    ("units", "whole units: 1250000 is 12.50 (× 100000)"),
    ("decimal_point", "decimals with a point: 12.50"),
    ("decimal_comma", "decimals with a comma: 12,50"),
    ("minor", "minor units such as cents: 1250 is 12.50"),
]
SIGNS = [
    ("refused", "is an error"),
    ("absolute", "only says which way the money went"),
    ("kind", "says the kind of the transaction"),
]
TIMES = [
    ("iso", "2026-01-31 23:59:59, with or without T and zone: the year first"),
    ("dmy", "31.01.2026 or 31/01/2026: the day first"),
    ("mdy", "01/31/2026: the month first"),
    ("unix", "seconds since 1970"),
    ("unix_ms", "milliseconds since 1970"),
    ("unix_us", "microseconds since 1970"),
    ("unix_ns", "nanoseconds since 1970"),
    ("excel", "serial numbers of a spreadsheet: 46053.99"),
]
KIND_CHOICES = [("", "– none –"), *((kind, kind) for kind in KINDS)]
MINOR_DIGITS = [("", "those of the currency (ISO 4217)"), *((str(number), f"{number}, always") for number in range(6))]
THOUSANDS = [
    ("", "not separated"),
    ("comma", "a comma: 1,234.50"),
    ("point", "a point: 1.234,50"),
    ("space", "a space: 1 234,50"),
    ("apostrophe", "an apostrophe: 1'234.50"),
]
MINUS = [
    ("", "a minus before it: -12.50"),
    ("brackets", "brackets: (12.50)"),
    ("trailing", "a minus after it: 12.50-"),
    ("any", "any of these, a dash or a plus"),
]
PLACES = [("", "a column, or the currency of all rows"), ("amount", "the amount itself: €12.50")]
ALONE = [("", "is an error"), ("midnight", "is the midnight at which its day begins")]
WORD_PAIRS = ("currencies", "zones")
WORD_LISTS = ("ignored_kinds", "ignored_states")
UNUSUAL = (
    "header_line", "thousands", "minor_digits", "minus", "out_kind", "in_kind", "currency_place", "currencies",
    "ignored_kinds", "ignored_states", "date_alone", "zones", "rows_path",
)  # fmt: skip


def unusual_fields() -> dict[str, forms.Field]:
    """New fields for what most files do not need: their names are those of a mapping."""
    return {
        "header_line": forms.IntegerField(
            label="Line of the column names", required=False, min_value=0, max_value=MOST_LINES_BEFORE,
            help_text="Empty: found by the names, also below titles and comments.",
        ),
        "thousands": _choice("Thousands are separated by", THOUSANDS),
        "minor_digits": _choice("Decimals of minor units", MINOR_DIGITS),
        "minus": _choice("An amount below zero has", MINUS),
        "out_kind": _choice("A debit, or an amount with a minus, is a", KIND_CHOICES),
        "in_kind": _choice("A credit, or an amount without a minus, is a", KIND_CHOICES),
        "currency_place": _choice("The currency stands in", PLACES),
        "currencies": _text("Words and signs for currencies", "Such as $ = CAD, kr = SEK."),
        "ignored_kinds": _text("Kinds of rows to leave out", "Their words for the kind, with commas between."),
        "ignored_states": _text("States of rows to leave out", "Their words for the state, with commas between."),
        "date_alone": _choice("A date without a time of day", ALONE),
        "zones": _text("Short names of time zones", "Such as CET = Europe/Paris."),
        "rows_path": _text("Place of the rows in a JSON", "Such as data.items. Empty: the only list of objects."),
    }  # fmt: skip


def preset_field() -> forms.ChoiceField:
    field = _choice("Start from a preset", [("", "– as stated below –"), *presets.labels()])
    field.help_text = "Choose Look again to fill in the form. Check what it says before you send the file."
    return field


def encoding_choices() -> list[tuple[str, str]]:
    return list(ENCODINGS.items())


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _text(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST, help_text=help_text)


# --- Between a form and a mapping -------------------------------------------------------------------------------------
def split_words(text: str) -> list[str]:
    return [each for word in text.split(",") if (each := word.strip())]


def stated_mapping(said: Words[str, Any]) -> dict[str, Any]:
    """Of the fields of a valid form, as a mapping has them."""
    plain = {name: said[name] or "" for name in UNUSUAL if name not in (*WORD_PAIRS, *WORD_LISTS, "header_line")}
    pairs = {name: _pairs(said[name]) for name in WORD_PAIRS}
    lists = {name: split_words(said[name]) for name in WORD_LISTS}
    return {**plain, **pairs, **lists, "header_line": said["header_line"] or 0}


def initial_values(mapping: Any) -> dict[str, Any]:
    """The first values of the fields."""
    values = {name: getattr(mapping, name) for name in UNUSUAL}
    values |= {name: ", ".join(f"{word} = {meaning}" for word, meaning in values[name].items()) for name in WORD_PAIRS}
    values |= {name: ", ".join(values[name]) for name in WORD_LISTS}
    return values | {"header_line": values["header_line"] or ""}


def _pairs(text: str) -> dict[str, str]:
    split = (pair.partition("=") for pair in split_words(text))
    return {word.strip(): meaning.strip() for word, _, meaning in split}
