from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without a lock that bets would wait for."""

    atomic = False
    dependencies = [("wallet", "0021_ledger_with_owners_rights")]
    operations = [
        AddIndexConcurrently(
            "transaction",
            models.Index(
                condition=models.Q(kind="bet") & ~models.Q(status="RS_ERROR_LIMIT_REACHED"),
                fields=["player", "created_at"],
                name="transaction_counted_bets",
            ),
        ),
    ]
