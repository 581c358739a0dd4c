from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Blocked players, and those with limits, in the order of their ids; without a lock that bets would wait for."""

    atomic = False
    dependencies = [("merchants", "0011_operators_not_emptied_unseen")]
    operations = [
        AddIndexConcurrently(
            "player",
            models.Index(
                condition=models.Q(is_blocked=True), fields=["merchant", "player_id"], name="player_blocked_by_id"
            ),
        ),
        AddIndexConcurrently(
            "player",
            models.Index(
                condition=models.Q(bets_per_minute__isnull=False) | models.Q(max_stake__isnull=False),
                fields=["merchant", "player_id"],
                name="player_limited_by_id",
            ),
        ),
        RemoveIndexConcurrently("player", "player_blocked"),
    ]
