"""Before the constraints: control characters in texts of one line become spaces."""

from django.db import migrations

TEXTS = [
    ("alloweddomain", "note"),
    ("allowlistentry", "note"),
    ("apikey", "label"),
    ("approval", "reason"),
    ("compromise", "reason"),
    ("contact", "note"),
    ("game", "name"),
    ("merchant", "name"),
    ("person", "name"),
]
CONTROL = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
CLEAN = "UPDATE merchants_{0} SET {1} = regexp_replace({1}, '{2}', ' ', 'g') WHERE {1} ~ '{2}'"


class Migration(migrations.Migration):

    dependencies = [("merchants", "0032_second_factor_from")]

    operations = [
        migrations.RunSQL([CLEAN.format(table, column, CONTROL) for table, column in TEXTS], migrations.RunSQL.noop)
    ]
