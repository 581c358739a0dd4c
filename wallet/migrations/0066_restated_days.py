"""A comparison keeps the days beside it that are to be compared again."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', '0065_request_log_in_partitions'),
    ]

    operations = [
        migrations.AddField(
            model_name='reconciliation',
            name='restates',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), db_default=[], default=list, help_text='Days beside it that are to be compared again, since they were judged by what it no longer has.'),
        ),
        migrations.AddIndex(
            model_name='reconciliation',
            index=models.Index(condition=models.Q(('restates', []), _negated=True), fields=['begun_at'], name='reconciliation_restates'),
        ),
    ]
