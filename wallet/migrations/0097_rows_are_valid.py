from pathlib import Path

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
JUDGED = [
    *("kind", "part", "status", "currency", "amount", "debit_account", "credit_account", "case"),
    *("secret", "address", "request_id", "session", "game", "reverses"),
]


class Migration(migrations.Migration):
    """What a row of the ledger must be is said by a domain, to which one check of the table casts the row."""

    dependencies = [("wallet", "0096_words_of_labels")]
    operations = [
        migrations.RunSQL(
            (SQL / "0097_valid_row.sql").read_text(), "DROP DOMAIN wallet_valid_row; DROP TYPE wallet_row;"
        ),
        AddConstraintNotValid(
            "transaction",
            models.CheckConstraint(
                condition=models.Func(
                    *JUDGED,
                    template="ROW(%(expressions)s)::wallet_valid_row IS DISTINCT FROM NULL",
                    output_field=models.BooleanField(),
                ),
                name="transaction_is_valid",
            ),
        ),
    ]
