from django.db import migrations

VALIDATE = "ALTER TABLE wallet_transaction VALIDATE CONSTRAINT {}"
BEFORE = [
    "transaction_amount_not_negative",
    "transaction_two_sides_or_none",
    "transaction_sides_differ",
    "transaction_refused_moves_nothing",
    "transaction_never_play_money",
    "transaction_correction_apart",
    "transaction_signed_or_correction",
]


class Migration(migrations.Migration):
    """All rows are held against the check of the migration before, while new ones are written.

    Going back holds them against those that the migration after has put back.
    """

    atomic = False
    dependencies = [("wallet", "0097_rows_are_valid")]
    operations = [
        migrations.RunSQL(VALIDATE.format("transaction_is_valid"), [VALIDATE.format(name) for name in BEFORE])
    ]
