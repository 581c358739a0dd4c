"""The rows behind cases in which many breaks are folded."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', "0043_rollbacks_stated"),
    ]

    operations = [
        migrations.CreateModel(
            name='FoldedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1, 2, … of its case.')),
                ('subject', models.CharField(blank=True, db_collation='C', help_text='As a case of its own has it.', max_length=600)),
                ('player_id', models.CharField(blank=True, db_collation='C', max_length=255)),
                ('currency', models.CharField(blank=True, db_collation='C', max_length=8)),
                ('ours', models.JSONField(null=True)),
                ('theirs', models.JSONField(null=True)),
                ('net', models.DecimalField(decimal_places=0, help_text='Our amount minus theirs.', max_digits=40)),
                ('case', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='folded_rows', to='wallet.case')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('case', 'number'), name='folded_row_once')],
            },
        ),
    ]
