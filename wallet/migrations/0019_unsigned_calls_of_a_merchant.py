from django.db import migrations, models

# The job takes this lock first as well: neither waits for the other with half of what it needs.
HOLD_THE_MARK = "SELECT upto FROM wallet_mark WHERE source = 'calls' FOR SHARE"
# What the sums have passed by; as long as pages show, and a day.
PASSED_BY = """
    INSERT INTO wallet_merchanthour (merchant_id, hour, status, signed, calls)
    SELECT k.merchant_id, date_trunc('hour', r.created_at, 'UTC'), r.status, false, count(*)
      FROM wallet_signedrequest r
      JOIN merchants_apikey k ON k.auth_key = r.auth_key
     WHERE r.merchant_id IS NULL AND r.auth_key <> '' AND r.status <> 'RS_OK'
       AND r.id <= (SELECT upto FROM wallet_mark WHERE source = 'calls')
       AND r.created_at >= date_trunc('hour', now(), 'UTC') - interval '8 days'
     GROUP BY 1, 2, 3
"""


class Migration(migrations.Migration):
    """No call reads or writes this table. An old job fails until it is started anew: then it sums up what came
    meanwhile.
    """

    dependencies = [("wallet", "0018_rollbacks_told_apart"), ("merchants", "0016_import_proposals")]
    operations = [
        migrations.RunSQL(HOLD_THE_MARK, migrations.RunSQL.noop),
        migrations.AddField("merchanthour", "signed", models.BooleanField(default=True)),
        migrations.RemoveConstraint("merchanthour", "merchant_hour_once"),
        migrations.AddConstraint(
            "merchanthour",
            models.UniqueConstraint(fields=["merchant", "hour", "status", "signed"], name="merchant_hour_once"),
        ),
        migrations.RunSQL(PASSED_BY, "DELETE FROM wallet_merchanthour WHERE NOT signed"),
    ]
