import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0042_pages_refused'),
        ('wallet', "0058_limit_by_two"),
    ]

    operations = [
        migrations.RunSQL(
            "INSERT INTO wallet_mark (source, upto) VALUES ('books', 0)",
            "ALTER TABLE wallet_mark DISABLE TRIGGER USER; DELETE FROM wallet_mark WHERE source = 'books'; ALTER TABLE wallet_mark ENABLE TRIGGER USER",
        ),
        migrations.CreateModel(
            name='BooksSlice',
            fields=[
                ('merchant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='books_slice', serialize=False, to='merchants.merchant')),
                ('number', models.PositiveSmallIntegerField(default=0)),
                ('checked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name='mark',
            name='source',
            field=models.CharField(choices=[('calls', 'Calls'), ('movements', 'Movements'), ('books', 'Own books, verified')], max_length=9, primary_key=True, serialize=False),
        ),
        migrations.CreateModel(
            name='AccountProof',
            fields=[
                ('account_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('total', models.BigIntegerField()),
                ('beyond', models.BigIntegerField(db_default=0, default=0, help_text='By how much the balance on its newest row is off that sum.')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
            ],
        ),
        migrations.CreateModel(
            name='BookFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('balances', 'Balances against verified sums, each night'), ('rows', 'Rows')], max_length=8)),
                ('kind', models.CharField(help_text='Of the case that it becomes.', max_length=20)),
                ('subject', models.CharField(db_collation='C', max_length=600)),
                ('player_key', models.BigIntegerField(help_text='Whose rows are read again each night.', null=True)),
                ('player_id', models.CharField(blank=True, max_length=255)),
                ('currency', models.CharField(blank=True, max_length=8)),
                ('ours', models.JSONField()),
                ('difference', models.BigIntegerField()),
                ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='book_findings', to='merchants.merchant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('merchant', 'origin', 'kind', 'subject'), name='book_finding_once')],
            },
        ),
    ]
