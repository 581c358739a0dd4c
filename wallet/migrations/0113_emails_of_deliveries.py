"""The field `letter` of a delivery is called `email`; its column keeps its name (docs/upgrading.md). Plainer labels."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("merchants", "0087_outgoing_emails"), ("wallet", "0111_totals_of_invoices")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("ReportDelivery", "letter", "email"),
                migrations.AlterField(
                    "ReportDelivery",
                    "email",
                    models.OneToOneField(
                        db_column="letter_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="report_delivery",
                        to="merchants.outgoingemail",
                    ),
                ),
            ]
        ),
        migrations.AlterField(
            "Simulation",
            "stop_reason",
            models.CharField(
                blank=True,
                choices=[
                    ("no_answer", "The signed API did not answer. Start a new simulation in a minute."),
                    ("no_access", "The first request was refused. Open its answer below."),
                    ("no_session", "The game launch was refused. Open its answer below."),
                    ("no_game", "No game is switched on. Switch on a game for the sandbox, then start a new simulation."),
                    (
                        "no_secret",
                        "The test key has no secret that works. Rotate its secret, then start a new simulation.",
                    ),
                    ("fault", "The portal failed. Send the number of this simulation to support."),
                ],
                max_length=10,
            ),
        ),
    ]
