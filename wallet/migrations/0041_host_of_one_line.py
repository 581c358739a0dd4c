"""Control characters in what was asked of hosts become spaces, and from then on there are none."""

from django.db import migrations, models

CONTROL = r"[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
CLEAN = f"""
    UPDATE wallet_hostkeylookup SET address = regexp_replace(address, '{CONTROL}', ' ', 'g') WHERE address ~ '{CONTROL}'
"""  # noqa: S608 - constants


class Migration(migrations.Migration):
    dependencies = [("wallet", "0040_folded_cases_by_two")]

    operations = [
        migrations.RunSQL(CLEAN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="hostkeylookup",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", CONTROL), _negated=True),
                name="host_key_lookup_address_one_line",
                violation_error_message=(
                    "This text has a line break or another control character in it. Write it in one line and try again."
                ),
            ),
        ),
    ]
