"""A form that is saved long after it was opened overwrites nothing that another person saved in between.

A page carries a signed digest of what its form can change. When the form is sent, what stands in the database must
have the same digest; if not, the person is told who changed what, keeps what was typed, and decides again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from merchants import errors
from merchants.services import history
from merchants.services.history import TimelineEntry
from portal.lib import clock, locks

FIELD = "opened_state"
SALT = "merchants.opened_state"
AROUND = timedelta(seconds=5)  # the clocks of this server and of the database differ a little
TOLD = 3


@dataclass(frozen=True)
class Watched:
    """What a form can change: columns of a thing, and the rows of tables beside it, by their reference to the thing."""

    thing: Model
    columns: Sequence[str]
    tables: Sequence[tuple[type[Model], str]] = ()

    @classmethod
    def build(cls, thing: Model, names: Iterable[str], tables: Iterable[type[Model]] = ()) -> Watched:
        known = {field.name for field in thing._meta.concrete_fields}  # noqa: SLF001 - Django's documented name
        beside = [(table, _reference(table, type(thing))) for table in tables]
        return cls(thing, [name for name in names if name in known], beside)

    @property
    def salt(self) -> str:
        return f"{SALT} {self.thing._meta.label} {self.thing.pk}"  # noqa: SLF001

    def digest(self) -> str:
        rows = [list(_rows(type(self.thing), pk=self.thing.pk).values_list(*self.columns))] if self.columns else []
        rows += [
            list(_rows(table, **{name: self.thing.pk}).order_by("pk").values_list()) for table, name in self.tables
        ]
        return sha256(repr(rows).encode()).hexdigest()

    def signed(self) -> str:
        return signing.dumps([self.digest(), clock.now().isoformat()], salt=self.salt)

    def check(self, sent: str) -> None:
        """Raises ChangedWhileOpen. Only inside the transaction that saves: two saves at once come one after another."""
        try:
            digest, opened = signing.loads(sent, salt=self.salt)
        except signing.BadSignature as fault:
            raise errors.ChangedSince(_("This page")) from fault
        locks.lock_until_commit(self.salt)
        if digest != self.digest():
            raise errors.ChangedWhileOpen(list(map(entry_text, self.changes(datetime.fromisoformat(opened)))))

    def changes(self, opened: datetime) -> list[TimelineEntry]:
        subject = self.thing if type(self.thing) in history.SUBJECTS else getattr(self.thing, "merchant", None)
        if subject is None:
            return []
        own = (subject, type(self.thing).__name__, {"pgh_obj": self.thing.pk})
        beside = [(subject, table.__name__, dict[str, Any]()) for table, _name in self.tables]
        return history.entries_since(opened - AROUND, own, *beside)[:TOLD]


def entry_text(entry: TimelineEntry) -> str:
    """`support@oppi.example: Limits changed (Maximum stake: 5.00 → 9.00), 30 Nov 2026, 14:05 UTC`."""
    changes = "; ".join(f"{each.label}: {each.before} → {each.after}" for each in entry.changes[:TOLD])
    said = f"{entry.title} ({changes})" if changes else entry.title
    return f"{entry.who}: {said}, {errors.moment_text(entry.at)}"


def watching_form(form: type[forms.ModelForm[Any]], watched: Watched, sent: str) -> type[forms.ModelForm[Any]]:
    """Return the form with the check. Nothing that is sent without a state was opened on a page."""

    class Watching(form):  # type: ignore[misc, valid-type]
        def clean(self) -> Any:
            given = super().clean()
            try:
                watched.check(sent)
            except errors.OutOfDate as refused:
                raise ValidationError(str(refused)) from refused
            return given

    Watching.__name__ = form.__name__
    return Watching


def _rows(model: type[Model], **which: Any) -> Any:
    return model._base_manager.filter(**which)  # noqa: SLF001 - Django's documented name


def _reference(table: type[Model], to: type[Model]) -> str:
    return next(field.name for field in table._meta.concrete_fields if field.related_model is to)  # noqa: SLF001
