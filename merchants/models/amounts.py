"""Amounts by currency in one column, as `{"EUR": 5000000}`; NULL where there is none."""

from __future__ import annotations

from django.db import models

from portal.lib.money import MAX_WHOLE_NUMBER

# JSON's null is taken too: it is how forms ask for NULL when they check a row before they save it.
ARE_AMOUNTS = (
    """strict $.type() == "null" || $.type() == "object" && exists($.*) && !exists($.keyvalue() ? """
    """(!(@.key like_regex "^[A-Z0-9]{3,8}$") || @.value.type() != "number" || @.value < 0 """
    f"""|| @.value > {MAX_WHOLE_NUMBER} || @.value.floor() != @.value))"""
)


def amounts_by_currency(model: str, field: str) -> models.CheckConstraint:
    are_amounts = models.Func(
        field, template=f"jsonb_path_match(%(expressions)s, '{ARE_AMOUNTS}')", output_field=models.BooleanField()
    )
    return models.CheckConstraint(condition=are_amounts, name=f"{model}_{field}_are_amounts")
