from django.db import migrations, models

from portal.database.operations import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('merchants', '0074_deeds_of_tokens_and_endpoints'),
        ('wallet', '0099_checks_stand_in_the_domain'),
    ]

    operations = [
        AddIndexOnline(
            model_name='playergamingday',
            index=models.Index(fields=['merchant', 'player', 'day'], name='player_gaming_days'),
        ),
    ]
