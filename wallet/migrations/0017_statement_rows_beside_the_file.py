"""Rows of statements are tables of their own, made from the files and made again when they are gone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0016_case_worst_of_a_day")]

    operations = [
        migrations.DeleteModel(name="StatementRow"),
        migrations.RunSQL("CREATE SCHEMA IF NOT EXISTS statements", "DROP SCHEMA statements CASCADE"),
    ]
