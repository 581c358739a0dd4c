from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from portal.database.operations import InOneTransaction

ARE_TOTALS = (
    'strict $.type() == "object" && exists($.*) && !exists($.keyvalue() ? (!(@.key like_regex "^[A-Z0-9]{2,8}$")'
    ' || @.value.type() != "string" || !(@.value like_regex "^-?[0-9]{1,16}$")))'
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("wallet", "0110_texts_without_any_secret")]

    operations = [
        InOneTransaction(
            AddConstraintNotValid(
                model_name="invoice",
                constraint=models.CheckConstraint(
                    condition=models.Func(
                        "totals",
                        template=f"jsonb_path_match(%(expressions)s, '{ARE_TOTALS}')",
                        output_field=models.BooleanField(),
                    ),
                    name="invoice_totals_are_amounts",
                ),
            ),
        ),
        ValidateConstraint("invoice", "invoice_totals_are_amounts"),
    ]
