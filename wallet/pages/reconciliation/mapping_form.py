"""How a file's columns are read, as a form: filled in with what was understood, stated by who sends it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Words
from typing import Any

from django import forms

from merchants.pages.forms import OnceForm
from wallet.reconciliation.reading.mapping import FIELDS, KINDS, Mapping, spoken

NONE = ("", "– none –")
GRAINS = [("rows", "one transaction"), ("totals", "one player's total of a kind and currency")]
AMOUNTS = [
    ("units", "whole units: 1250000 is 12.50 (× 100000)"),
    ("decimal_point", "decimals with a point: 12.50"),
    ("decimal_comma", "decimals with a comma: 12,50"),
]
SIGNS = [("refused", "is an error"), ("absolute", "only says which way the money went")]
ROLLBACKS = [
    ("rows", "rows of their own"),
    ("flags", "a state of the transaction that was rolled back"),
    ("none", "not in the file, nor is what was rolled back"),
]
TIMES = [
    ("iso", "2026-01-31 23:59:59, with or without T and zone"),
    ("dmy", "31.01.2026 or 31/01/2026: the day first"),
    ("mdy", "01/31/2026: the month first"),
    ("unix", "seconds since 1970"),
    ("unix_ms", "milliseconds since 1970"),
]
ENCODINGS = [("utf-8", "UTF-8"), ("cp1252", "Windows-1252"), ("utf-16-le", "UTF-16 LE"), ("utf-16-be", "UTF-16 BE")]
COLUMNS = [f"column_{name}" for name in FIELDS]
WORDS = [f"kind_{kind}" for kind in KINDS]
LONGEST = 500


def words(text: str) -> list[str]:
    return [each for word in text.split(",") if (each := word.strip())]


class MappingForm(OnceForm):
    """`headers` of the file, so that a column is chosen and not typed."""

    grain = forms.ChoiceField(label="Each line is", choices=GRAINS, widget=forms.RadioSelect)
    amounts = forms.ChoiceField(
        label="Amounts are written as",
        choices=AMOUNTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how amounts are written: it is never guessed."},
    )
    negative = forms.ChoiceField(label="A minus before an amount", choices=SIGNS)
    rollbacks = forms.ChoiceField(label="Rollbacks are", choices=ROLLBACKS, required=False)
    currency = forms.CharField(
        label="Currency of all rows", required=False, max_length=8, help_text="Where no column says it."
    )
    times = forms.ChoiceField(label="Times are written as", choices=TIMES)
    zone = forms.CharField(
        label="Time zone of times that state none", required=False, max_length=40, help_text="Such as Europe/Vienna."
    )
    rolled_back = forms.CharField(
        label="States that mean rolled back", required=False, max_length=LONGEST, help_text="With commas between."
    )
    stands = forms.CharField(
        label="States that mean it stands", required=False, max_length=LONGEST, help_text="With commas between."
    )
    encoding = forms.ChoiceField(label="Letters of a CSV are", choices=ENCODINGS)
    sheet = forms.CharField(label="Sheet of an XLSX", required=False, max_length=80, help_text="Empty: the only one.")

    def __init__(self, *args: Any, headers: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        known = [header for header in headers if header]
        for name, field_name in zip(FIELDS, COLUMNS, strict=True):
            gone = {value} if (value := self._value(field_name)) and value not in known else set()
            choices = [NONE, *((header, header) for header in [*known, *gone])]
            self._add(field_name, forms.ChoiceField(label=spoken(name).capitalize(), choices=choices, required=False))
        for kind, field_name in zip(KINDS, WORDS, strict=True):
            self._add(field_name, forms.CharField(label=kind.capitalize(), required=False, max_length=LONGEST))

    def _value(self, name: str) -> str:
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name, ""))

    def _add(self, name: str, field: forms.Field) -> None:
        field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
        self.fields[name] = field

    @property
    def columns(self) -> list[Any]:
        return [self[name] for name in COLUMNS]

    @property
    def kinds(self) -> list[Any]:
        return [self[name] for name in WORDS]

    @property
    def rest(self) -> list[Any]:
        """What most files need nobody to say."""
        names = ("negative", "currency", "times", "zone", "rolled_back", "stands", "encoding", "sheet")
        return [self[name] for name in names]

    def mapping(self) -> dict[str, Any]:
        """Of a valid form, as JSON."""
        said = self.cleaned_data
        plain = {name: said[name] for name in Mapping.__slots__ if name in said}
        columns = {name: said[column] for name, column in zip(FIELDS, COLUMNS, strict=True) if said[column]}
        kinds = {word: kind for kind, name in zip(KINDS, WORDS, strict=True) for word in words(said[name])}
        states = dict.fromkeys(words(said["rolled_back"]), True) | dict.fromkeys(words(said["stands"]), False)
        return plain | {"columns": columns, "kinds": kinds, "states": states}


def filled(mapping: Mapping) -> dict[str, Any]:
    """The form's first values."""
    plain: dict[str, Any] = {name: getattr(mapping, name) for name in Mapping.__slots__ if name in PLAIN}
    columns = {f"column_{name}": header for name, header in mapping.columns.items()}
    kinds = {f"kind_{kind}": listed(mapping.kinds, kind) for kind in KINDS}
    states = {"rolled_back": listed(mapping.states, True), "stands": listed(mapping.states, False)}
    return plain | columns | kinds | states | {"rollbacks": mapping.rollback_rule}


PLAIN = frozenset({"grain", "amounts", "negative", "currency", "times", "zone", "encoding", "sheet"})


def listed(known: Words[str, Any], meaning: Any) -> str:
    return ", ".join(word for word, means in known.items() if means == meaning)
