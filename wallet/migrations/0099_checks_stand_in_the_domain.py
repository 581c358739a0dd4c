from django.db import migrations

from portal.database.operations import RemoveConstraintOnline

MOVED = [
    "transaction_amount_not_negative",
    "transaction_two_sides_or_none",
    "transaction_sides_differ",
    "transaction_refused_moves_nothing",
    "transaction_never_play_money",
    "transaction_correction_apart",
    "transaction_signed_or_correction",
]


class Migration(migrations.Migration):
    """The table's own checks go: the domain has each of them under the same name, and all rows were held against it."""

    dependencies = [("wallet", "0098_rows_before_are_valid")]
    operations = [RemoveConstraintOnline("transaction", name) for name in MOVED]
