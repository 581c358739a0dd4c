"""What people may type into a text that is kept: anything but a Secret Key, which stands nowhere in clear."""

from __future__ import annotations

from django.db.models import CheckConstraint, Q

from merchants.errors import SecretInText
from portal.lib.masking import RANDOM_CHARACTERS

SECRET = f"oppi_(live|test)_[0-9A-Za-z]{{{RANDOM_CHARACTERS}}}"


def without_secret(model: str, field: str) -> CheckConstraint:
    return CheckConstraint(
        condition=~Q(**{f"{field}__regex": SECRET}),
        name=f"{model}_{field}_without_secret",
        violation_error_message=str(SecretInText()),
    )
