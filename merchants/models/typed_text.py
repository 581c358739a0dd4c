"""What people may type into a text that is kept: no secret of ours, which stands nowhere in clear, and in a field of
one line no character that ends the line or turns its direction, since it would forge what stands beside it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CheckConstraint, Q
from django.utils.functional import lazy

from merchants.errors import NotOneLine, SecretInText
from portal.lib import secret_kinds

SECRET_IN_TEXT: Any = lazy(lambda: str(SecretInText()), str)()
NOT_ONE_LINE: Any = lazy(lambda: str(NotOneLine()), str)()


def no_secret_constraint(model: str, field: str) -> CheckConstraint:
    return CheckConstraint(
        condition=~Q(**{f"{field}__regex": secret_kinds.IN_TEXT}),
        name=f"{model}_{field}_without_secret",
        violation_error_message=SECRET_IN_TEXT,
    )


# As PostgreSQL and Python both read it: C0, DEL, C1, line and paragraph separators, overrides of direction.
CONTROL = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]"


def one_line_constraint(model: str, field: str) -> CheckConstraint:
    return CheckConstraint(
        condition=~Q(**{f"{field}__regex": CONTROL}),
        name=f"{model}_{field}_one_line",
        violation_error_message=NOT_ONE_LINE,
    )
