import django.db.models.fields.json
from django.db import migrations, models

from portal.database.operations import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('merchants', '0074_deeds_of_tokens_and_endpoints'),
        ('wallet', '0093_bets_by_one_read'),
    ]

    operations = [
        AddIndexOnline(
            model_name='simulationevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_simulation'),
        ),
        AddIndexOnline(
            model_name='simulationevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_simulation'),
        ),
    ]
