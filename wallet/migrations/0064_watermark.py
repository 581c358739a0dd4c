import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("wallet", "0063_plan_history_of_all_fields")]

    operations = [
        migrations.AlterModelTable(name="mark", table="wallet_mark"),
        migrations.RenameModel(old_name="Mark", new_name="Watermark"),
        pgtrigger.migrations.RemoveTrigger(
            model_name='watermark',
            name='mark_stays',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='watermark',
            trigger=pgtrigger.compiler.Trigger(name='mark_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4b55dcbdf27180e9258f83b43fb60cb5fc5f801e', operation='DELETE', pgid='pgtrigger_mark_stays_9b2b9', table='wallet_mark', when='BEFORE')),
        ),
    ]
