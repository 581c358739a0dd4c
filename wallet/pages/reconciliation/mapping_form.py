"""How a file's columns are read, as a form: filled in with what was understood, stated by who sends it."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Words
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from merchants.pages.forms import SingleUseForm
from wallet.reconciliation import mapping_choices
from wallet.reconciliation.mapping_choices import AMOUNTS, LONGEST, SIGNS, TIMES, split_words
from wallet.reconciliation.reading import presets
from wallet.reconciliation.reading.mapping import APART, FIELDS, KINDS, Mapping, column_label, from_json

NONE = ("", "– none –")
GRAINS = [("rows", _("one transaction")), ("totals", _("total of a player, type and currency"))]
ROLLBACKS = [
    ("rows", _("separate rows")),
    ("flags", _("a state of the transaction")),
    ("none", _("not in the file, like the rolled-back transactions")),
]
COLUMNS = [f"column_{name}" for name in FIELDS]
UNUSUAL_COLUMNS = [f"column_{name}" for name in APART]
WORDS = [f"kind_{kind}" for kind in KINDS]


class MappingForm(SingleUseForm):
    """`headers` of the file, so that a column is chosen and not typed."""

    grain = forms.ChoiceField(label=_("Statement format"), choices=GRAINS, widget=forms.RadioSelect)
    amounts = forms.ChoiceField(
        label=_("Format of amounts"),
        choices=AMOUNTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the format of amounts. It is never guessed.")},
    )
    negative = forms.ChoiceField(label=_("Meaning of a minus sign"), choices=SIGNS)
    rollbacks = forms.ChoiceField(label=_("Rollbacks"), choices=ROLLBACKS, required=False)
    currency = forms.CharField(
        label=_("Currency of all rows"),
        required=False,
        max_length=8,
        help_text=_("Needed if no column contains the currency."),
    )
    times = forms.ChoiceField(label=_("Format of times"), choices=TIMES)
    zone = forms.CharField(
        label=_("Default time zone"),
        required=False,
        max_length=40,
        help_text=_("For times without a time zone, such as Europe/Vienna."),
    )
    rolled_back = forms.CharField(
        label=_("States for rolled back"), required=False, max_length=LONGEST, help_text=_("Separated by commas.")
    )
    stands = forms.CharField(
        label=_("States for valid"), required=False, max_length=LONGEST, help_text=_("Separated by commas.")
    )
    encoding = forms.ChoiceField(
        label=_("CSV encoding"),
        choices=mapping_choices.encoding_choices(),
        help_text=_("Suggested from the file. Check the names of people in the first rows."),
    )
    sheet = forms.CharField(
        label=_("XLSX sheet"),
        required=False,
        max_length=LONGEST,
        help_text=_(
            "Leave empty to use the first visible sheet. Separate several sheets with /, or enter * for all "
            "visible sheets."
        ),
    )

    def __init__(self, *args: Any, headers: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field_name in zip(FIELDS, COLUMNS, strict=True):
            self._add(field_name, forms.ChoiceField(label=column_label(name).capitalize(), required=False))
        self._offer(headers)
        self._add("preset", mapping_choices.preset_field())
        for name, field in mapping_choices.unusual_fields().items():
            self._add(name, field)
        self.fields["amounts"].required = not self._value("preset")  # which says it
        for kind, field_name in zip(KINDS, WORDS, strict=True):
            self._add(field_name, forms.CharField(label=kind.capitalize(), required=False, max_length=LONGEST))

    def _offer(self, headers: Iterable[str]) -> None:
        """To choose from: the columns of the file, and what was chosen of another one."""
        known = [header for header in headers if header]
        for name in COLUMNS:
            gone = {value} if (value := self._value(name)) and value not in known else set()
            choices = [NONE, *((header, header) for header in [*known, *gone])]
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def show_again(self, mapping: Mapping, headers: Iterable[str]) -> None:
        """As it was read with: the columns of the sheet, encoding and line that were just stated, and of a preset."""
        data = self.data.copy()  # type: ignore[attr-defined]
        for name, value in initial_values(mapping).items():
            data[name] = value
        for name in set(COLUMNS) - {f"column_{name}" for name in mapping.columns}:
            data[name] = ""
        data["preset"] = ""
        self.data = data
        self._offer(headers)

    def chosen(self, headers: Iterable[str]) -> dict[str, Any]:
        """The mapping as JSON: as stated, or as the preset has it that was chosen."""
        if preset := self.cleaned_data.get("preset"):
            return presets.apply_preset(preset, from_json(self.mapping()), list(headers)).as_json()
        return self.mapping()

    def _value(self, name: str) -> str:
        return str(self.data.get(name, "") if self.is_bound else self.initial.get(name, ""))

    def _add(self, name: str, field: forms.Field) -> None:
        field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
        self.fields[name] = field

    @property
    def columns(self) -> list[Any]:
        return [self[name] for name in COLUMNS if name not in UNUSUAL_COLUMNS]

    @property
    def unusual(self) -> list[Any]:
        """What is stated of files that are written in another way than most."""
        return [self[name] for name in (*UNUSUAL_COLUMNS, *mapping_choices.UNUSUAL)]

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
        kinds = {word: kind for kind, name in zip(KINDS, WORDS, strict=True) for word in split_words(said[name])}
        states = dict.fromkeys(split_words(said["rolled_back"]), True) | dict.fromkeys(
            split_words(said["stands"]), False
        )
        return plain | mapping_choices.stated_mapping(said) | {"columns": columns, "kinds": kinds, "states": states}


def initial_values(mapping: Mapping) -> dict[str, Any]:
    """The form's first values."""
    plain: dict[str, Any] = {name: getattr(mapping, name) for name in Mapping.__slots__ if name in PLAIN}
    columns = {f"column_{name}": header for name, header in mapping.columns.items()}
    kinds = {f"kind_{kind}": joined_list(mapping.kinds, kind) for kind in KINDS}
    states = {"rolled_back": joined_list(mapping.states, True), "stands": joined_list(mapping.states, False)}
    known = mapping_choices.initial_values(mapping) | {"rollbacks": mapping.rollback_rule}
    return plain | columns | kinds | states | known


PLAIN = frozenset({"grain", "amounts", "negative", "currency", "times", "zone", "encoding", "sheet"})


def joined_list(known: Words[str, Any], meaning: Any) -> str:
    return ", ".join(word for word, means in known.items() if means == meaning)
