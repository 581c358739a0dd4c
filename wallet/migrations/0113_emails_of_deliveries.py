"""The field `letter` of a delivery is called `email`. Its column keeps its name (docs/upgrading.md)."""

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
        )
    ]
