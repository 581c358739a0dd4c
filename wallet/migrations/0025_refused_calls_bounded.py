from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0023_counted_bets")]
    operations = [
        migrations.AddField(
            "refusedcall",
            "is_cut",
            models.BooleanField(db_default=False, default=False, help_text="Only its beginning is here."),
        ),
        migrations.AddField(
            "refusedcall",
            "signature",
            models.JSONField(help_text="By what the signature is compared; it is nowhere whole.", null=True),
        ),
        migrations.AlterField(
            "refusedcall",
            "headers",
            models.JSONField(help_text="Cookies and authorisations masked, signatures cut."),
        ),
        migrations.CreateModel(
            "RefusedHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("merchant_id", models.BigIntegerField()),
                ("is_signed", models.BooleanField()),
                ("bytes", models.BigIntegerField()),
                ("lines_dropped", models.BigIntegerField()),
                ("bodies_dropped", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["hour", "merchant_id", "is_signed"], name="refused_hour_once")
                ],
            },
        ),
    ]
