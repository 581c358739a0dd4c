"""Cases are found by the transaction or the player that somebody reads over the telephone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0013_refused_payouts")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["subject"], name="case_of_subject"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["player_id"], name="case_of_player"),
        ),
    ]
