from django.db import migrations, models

OF_THE_LEDGER = """
    UPDATE wallet_openbet b SET player_id = t.player_id, game_id = t.game_id
      FROM wallet_transaction t WHERE t.id = b.bet_id
"""


def column(of: str, *, null: bool) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(
        f"merchants.{of}", models.PROTECT, db_constraint=False, db_index=False, null=null, related_name="+"
    )


class Migration(migrations.Migration):
    """No call reads or writes this table. The job beside them waits, and an old one fails until it is started anew:
    then it sums up what came meanwhile.
    """

    dependencies = [("wallet", "0008_calls_searched"), ("merchants", "0012_players_found")]
    operations = [
        migrations.AddField("openbet", "player", column("player", null=True)),
        migrations.AddField("openbet", "game", column("game", null=True)),
        migrations.RunSQL(OF_THE_LEDGER, migrations.RunSQL.noop),
        migrations.AlterField("openbet", "player", column("player", null=False)),
        migrations.AlterField("openbet", "game", column("game", null=False)),
        migrations.AddIndex("openbet", models.Index(fields=["player", "created_at"], name="open_bet_of_player")),
        migrations.AddIndex(
            "openbet", models.Index(fields=["merchant", "game", "created_at"], name="open_bet_of_game")
        ),
    ]
