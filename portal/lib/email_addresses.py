"""Email addresses as they are stored and sent: ASCII, with international domains by IDNA 2008.

Python's codec and old browsers follow IDNA 2003, in which `faß.example` is `fass.example`: another domain, whose owner
would get the email.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.lookups import IExact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ONLY_ASCII = r"^[\x21-\x7e]*$"
BEFORE_THE_AT = gettext_lazy("Use only ASCII letters, digits and characters before the @.")
NO_DOMAIN = gettext_lazy("The domain of this address is not valid: {fault}.")
LONGEST = 254


def ascii_address(text: str) -> str:
    """Return the ASCII form: `ann@faß.example` -> `ann@xn--fa-hia.example`. Raises ValueError for an invalid
    address.
    """
    local, at, domain = text.strip().rpartition("@")
    if not local.isascii():
        raise ValueError(BEFORE_THE_AT)
    return f"{local}{at}{_ascii_domain(domain)}"


def ascii_if_possible(text: str) -> str:
    """Return the ASCII form, or the text unchanged if it has none; the database refuses to store such text."""
    try:
        return ascii_address(text)
    except ValueError:
        return text


def _ascii_domain(domain: str) -> str:
    if domain.isascii() and "xn--" not in domain.lower():
        return domain
    try:
        return idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError as fault:
        raise ValueError(NO_DOMAIN.format(fault=str(fault).rstrip("."))) from fault


class EmailAddressFormField(forms.EmailField):
    """A form field that takes `ann@faß.example` and returns the stored form."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", LONGEST)
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        try:
            return ascii_address(text) if text else text
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault


if TYPE_CHECKING:
    _EmailField = models.EmailField[str | Combinable, str]
else:
    _EmailField = models.EmailField


class EmailAddressField(_EmailField):
    """A column with the ASCII form; either form finds its rows."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return ascii_if_possible(text) if text else text

    def formfield(self, *rest: Any, **options: Any) -> Any:
        return super().formfield(*rest, **{"form_class": EmailAddressFormField} | options)


@EmailAddressField.register_lookup
class SameAddress(IExact):
    """A look-up that ignores case and takes either form."""

    prepare_rhs = True


def ascii_constraint(table: str, column: str = "email") -> models.CheckConstraint:
    """Return the constraint that keeps a column in ASCII form."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{column}__regex": ONLY_ASCII}),
        name=f"{table}_{column}_ascii",
        violation_error_message=_("This address has characters outside ASCII. Write it with ASCII characters only."),
    )
