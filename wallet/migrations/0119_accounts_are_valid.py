from pathlib import Path

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """What an account must be is said by a domain, to which one check of the table casts the row."""

    dependencies = [("wallet", "0118_no_functions_of_the_version_before")]
    operations = [
        migrations.RunSQL(
            (SQL / "0119_valid_account.sql").read_text(),
            "DROP DOMAIN wallet_valid_account; DROP TYPE wallet_account_row;",
        ),
        AddConstraintNotValid(
            "account",
            models.CheckConstraint(
                condition=models.Func(
                    *("kind", "currency", "balance", "player"),
                    template="ROW(%(expressions)s)::wallet_valid_account IS DISTINCT FROM NULL",
                    output_field=models.BooleanField(),
                ),
                name="account_is_valid",
            ),
        ),
    ]
