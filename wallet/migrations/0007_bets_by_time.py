from pathlib import Path

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

LEDGER = Path(__file__).parent / "sql" / "0007_ledger.sql"


class Migration(migrations.Migration):
    """Without a lock that bets would wait for. The index by round is replaced: first the new one, then the function
    that uses it, then the old one goes.
    """

    atomic = False
    dependencies = [("wallet", "0006_marks_stay"), ("merchants", "0011_operators_not_emptied_unseen")]
    operations = [
        AddIndexConcurrently(
            "transaction",
            models.Index(condition=models.Q(kind="bet"), fields=["merchant", "created_at", "id"], name="transaction_bets"),
        ),
        AddIndexConcurrently(
            "transaction",
            models.Index(
                condition=models.Q(round_id__isnull=False),
                fields=["merchant", "round_id", "session"],
                name="transaction_in_round",
            ),
        ),
        migrations.RunSQL(LEDGER.read_text(), migrations.RunSQL.noop),
        RemoveIndexConcurrently("transaction", "transaction_of_round"),
        AddIndexConcurrently(
            "openbet", models.Index(fields=["merchant", "created_at", "bet"], name="open_bet_by_age")
        ),
    ]
