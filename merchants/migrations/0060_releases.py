from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0047_plain_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='Release',
            fields=[
                ('version', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('migrated_at', models.DateTimeField(help_text='When migrate last ended under this version.')),
            ],
        ),
    ]
