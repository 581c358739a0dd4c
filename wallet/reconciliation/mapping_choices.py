"""Choices of a mapping in words, for the forms of merchants and of our staff."""

from __future__ import annotations

from collections.abc import Mapping as Words
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.texts import Text
from wallet.reconciliation.reading import presets
from wallet.reconciliation.reading.mapping import ENCODINGS, KINDS, MOST_LINES_BEFORE

LONGEST = 500
AMOUNTS = [
    ("units", gettext_lazy("whole units: 1250000 is 12.50 (× 100000)")),
    ("decimal_point", gettext_lazy("decimals with a point: 12.50")),
    ("decimal_comma", gettext_lazy("decimals with a comma: 12,50")),
    ("minor", gettext_lazy("minor units such as cents: 1250 is 12.50")),
]
SIGNS = [
    ("refused", gettext_lazy("is an error")),
    ("absolute", gettext_lazy("shows only the direction of the money")),
    ("kind", gettext_lazy("shows the type of the transaction")),
]
TIMES = [
    ("iso", gettext_lazy("2026-01-31 23:59:59, with or without T and zone: year first")),
    ("dmy", gettext_lazy("31.01.2026 or 31/01/2026: day first")),
    ("mdy", gettext_lazy("01/31/2026: month first")),
    ("unix", gettext_lazy("seconds since 1970")),
    ("unix_ms", gettext_lazy("milliseconds since 1970")),
    ("unix_us", gettext_lazy("microseconds since 1970")),
    ("unix_ns", gettext_lazy("nanoseconds since 1970")),
    ("excel", gettext_lazy("serial numbers of a spreadsheet: 46053.99")),
]
KIND_CHOICES: list[tuple[str, Text]] = [("", gettext_lazy("– none –")), *((kind, kind) for kind in KINDS)]
MINOR_DIGITS: list[tuple[str, Text]] = [
    ("", gettext_lazy("decimals of the currency (ISO 4217)")),
    *((str(number), cast("Text", format_lazy(gettext_lazy("always {number}"), number=number))) for number in range(6)),
]
THOUSANDS = [
    ("", gettext_lazy("not separated")),
    ("comma", gettext_lazy("a comma: 1,234.50")),
    ("point", gettext_lazy("a point: 1.234,50")),
    ("space", gettext_lazy("a space: 1 234,50")),
    ("apostrophe", gettext_lazy("an apostrophe: 1'234.50")),
]
MINUS = [
    ("", gettext_lazy("a minus sign before the amount: -12.50")),
    ("brackets", gettext_lazy("parentheses: (12.50)")),
    ("trailing", gettext_lazy("a minus sign after the amount: 12.50-")),
    ("any", gettext_lazy("any of these, a dash or a plus sign")),
]
PLACES = [
    ("", gettext_lazy("a column, or the currency of all rows")),
    ("amount", gettext_lazy("the amount itself: €12.50")),
]
ALONE = [("", gettext_lazy("is an error")), ("midnight", gettext_lazy("means midnight at the start of the day"))]
WORD_PAIRS = ("currencies", "zones")
WORD_LISTS = ("ignored_kinds", "ignored_states")
UNUSUAL = (
    "header_line", "thousands", "minor_digits", "minus", "out_kind", "in_kind", "currency_place", "currencies",
    "ignored_kinds", "ignored_states", "date_alone", "zones", "rows_path",
)  # fmt: skip


def unusual_fields() -> dict[str, forms.Field]:
    """Return new form fields for settings that most files do not need, named as in the mapping."""
    return {
        "header_line": forms.IntegerField(
            label=_("Line of the column names"), required=False, min_value=0, max_value=MOST_LINES_BEFORE,
            help_text=_("Leave empty to find the line automatically, also below titles and comments."),
        ),
        "thousands": _choice(_("Thousands separator"), THOUSANDS),
        "minor_digits": _choice(_("Decimals of minor units"), MINOR_DIGITS),
        "minus": _choice(_("A negative amount has"), MINUS),
        "out_kind": _choice(_("Type of a debit, or of an amount with a minus sign"), KIND_CHOICES),
        "in_kind": _choice(_("Type of a credit, or of an amount without a minus sign"), KIND_CHOICES),
        "currency_place": _choice(_("Place of the currency"), PLACES),
        "currencies": _text(_("Words and symbols for currencies"), _("For example $ = CAD, kr = SEK.")),
        "ignored_kinds": _text(
            _("Types of rows to leave out"), _("The words for the type in the file, separated by commas.")),
        "ignored_states": _text(
            _("Statuses of rows to leave out"), _("The words for the status in the file, separated by commas.")),
        "date_alone": _choice(_("A date without a time"), ALONE),
        "zones": _text(_("Abbreviations of time zones"), _("For example CET = Europe/Paris.")),
        "rows_path": _text(
            _("Place of the rows in a JSON"),
            _("For example data.items. Leave empty if there is only one list of objects.")),
    }  # fmt: skip


def preset_field() -> forms.ChoiceField:
    field = _choice(_("Start from a preset"), [("", _("– no preset –")), *presets.labels()])
    field.help_text = _("Choose “Update preview” to fill in the form. Check the form before you send the file.")
    return field


def encoding_choices() -> list[tuple[str, str]]:
    return list(ENCODINGS.items())


def _choice(label: str, choices: Sequence[tuple[str, Text]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices), required=False)


def _text(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST, help_text=help_text)


# --- Between a form and a mapping -------------------------------------------------------------------------------------
def split_words(text: str) -> list[str]:
    return [each for word in text.split(",") if (each := word.strip())]


def stated_mapping(said: Words[str, Any]) -> dict[str, Any]:
    """Return the mapping of a valid form."""
    plain = {name: said[name] or "" for name in UNUSUAL if name not in (*WORD_PAIRS, *WORD_LISTS, "header_line")}
    pairs = {name: _pairs(said[name]) for name in WORD_PAIRS}
    lists = {name: split_words(said[name]) for name in WORD_LISTS}
    return {**plain, **pairs, **lists, "header_line": said["header_line"] or 0}


def initial_values(mapping: Any) -> dict[str, Any]:
    """Return the initial values of the fields."""
    values = {name: getattr(mapping, name) for name in UNUSUAL}
    values |= {name: ", ".join(f"{word} = {meaning}" for word, meaning in values[name].items()) for name in WORD_PAIRS}
    values |= {name: ", ".join(values[name]) for name in WORD_LISTS}
    return values | {"header_line": values["header_line"] or ""}


def _pairs(text: str) -> dict[str, str]:
    split = (pair.partition("=") for pair in split_words(text))
    return {word.strip(): meaning.strip() for word, _, meaning in split}
