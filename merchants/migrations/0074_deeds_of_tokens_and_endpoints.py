import django.db.models.fields.json
from django.db import migrations, models

from portal.database.operations import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('merchants', '0067_events'),
    ]

    operations = [
        AddIndexOnline(
            model_name='accesstokenevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_accesstoken'),
        ),
        AddIndexOnline(
            model_name='accesstokenevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_accesstoken'),
        ),
        AddIndexOnline(
            model_name='eventendpointevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_eventendpoint'),
        ),
        AddIndexOnline(
            model_name='eventendpointevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_eventendpoint'),
        ),
    ]
