from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without a lock that bets would wait for."""

    atomic = False
    dependencies = [("wallet", "0019_unsigned_calls_of_a_merchant")]
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
