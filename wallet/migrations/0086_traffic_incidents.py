"""Traffic incidents, and indexes by which the changes of all tables are listed, by time and by author."""

import django.db.models.deletion
import django.db.models.fields.json
import merchants.models.audit
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from portal.database.operations import AddIndexOnline, InOneTransaction


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('merchants', '0061_kept_for_days'),
        ('wallet', '0085_narrow_log_indexes'),
    ]

    operations = [
        AddIndexOnline(
            model_name='caseevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_case'),
        ),
        AddIndexOnline(
            model_name='caseevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_case'),
        ),
        AddIndexOnline(
            model_name='correctionevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_correction'),
        ),
        AddIndexOnline(
            model_name='correctionevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_correction'),
        ),
        AddIndexOnline(
            model_name='currencyrateevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_currencyrate'),
        ),
        AddIndexOnline(
            model_name='currencyrateevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_currencyrate'),
        ),
        AddIndexOnline(
            model_name='exportevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_export'),
        ),
        AddIndexOnline(
            model_name='exportevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_export'),
        ),
        AddIndexOnline(
            model_name='reconciliationplanevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_reconciliationplan'),
        ),
        AddIndexOnline(
            model_name='reconciliationplanevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_reconciliationplan'),
        ),
        AddIndexOnline(
            model_name='reportoptoutevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_reportoptout'),
        ),
        AddIndexOnline(
            model_name='reportoptoutevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_reportoptout'),
        ),
        AddIndexOnline(
            model_name='reportrecipientevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_reportrecipient'),
        ),
        AddIndexOnline(
            model_name='reportrecipientevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_reportrecipient'),
        ),
        AddIndexOnline(
            model_name='settlementevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_settlement'),
        ),
        AddIndexOnline(
            model_name='settlementevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_settlement'),
        ),
        AddIndexOnline(
            model_name='statementsourceevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_statementsource'),
        ),
        AddIndexOnline(
            model_name='statementsourceevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_statementsource'),
        ),
        InOneTransaction(
            migrations.CreateModel(
                name='TrafficIncident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('quiet', 'No requests'), ('refused', 'Every request refused')], max_length=7)),
                    ('began_at', models.DateTimeField(help_text='When the check found it.')),
                    ('last_accepted_at', models.DateTimeField(help_text='The newest accepted request before it.', null=True)),
                    ('usual_calls', models.BigIntegerField(default=0, help_text='Accepted requests in the same hour of an ordinary day (median of 7 days).')),
                    ('refused_calls', models.BigIntegerField(default=0, help_text='Refused requests since the last accepted request.')),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='traffic_incidents', to='merchants.merchant')),
                ],
                options={
                    'verbose_name': 'traffic incident',
                    'ordering': ['-id'],
                },
            ),
            migrations.CreateModel(
                name='TrafficIncidentEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('pgh_before', models.JSONField(null=True)),
                    ('pgh_transaction', models.BigIntegerField()),
                    ('pgh_role', models.CharField(db_default=merchants.models.audit.SessionUser(), editable=False, max_length=63, null=True)),
                    ('pgh_context', pghistory.utils.JSONField(null=True)),
                    ('pgh_context_id', models.UUIDField(null=True)),
                    ('kind', models.CharField(choices=[('quiet', 'No requests'), ('refused', 'Every request refused')], max_length=7)),
                    ('began_at', models.DateTimeField(help_text='When the check found it.')),
                    ('last_accepted_at', models.DateTimeField(help_text='The newest accepted request before it.', null=True)),
                    ('usual_calls', models.BigIntegerField(default=0, help_text='Accepted requests in the same hour of an ordinary day (median of 7 days).')),
                    ('refused_calls', models.BigIntegerField(default=0, help_text='Refused requests since the last accepted request.')),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.merchant')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wallet.trafficincident')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.AddIndex(
                model_name='trafficincident',
                index=models.Index(fields=['merchant', '-id'], name='traffic_incident_newest'),
            ),
            migrations.AddConstraint(
                model_name='trafficincident',
                constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('merchant',), name='traffic_incident_one_open'),
            ),
            migrations.AddConstraint(
                model_name='trafficincident',
                constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='traffic_incident_in_order'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='traffic_incident_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3c36d01098fc39c12ae94ee44cccb68d63d74544', operation='DELETE', pgid='pgtrigger_traffic_incident_stays_1d2e1', table='wallet_trafficincident', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='traffic_incident_ends_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9fe187208d4dbbacea5fea44497f7a4577193987', operation='UPDATE', pgid='pgtrigger_traffic_incident_ends_once_bca8d', table='wallet_trafficincident', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='not_emptied_unseen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;", hash='0081401e5e6b42b2e0f7fcbee2836f65569a7388', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_unseen_4b73e', table='wallet_trafficincident', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."began_at", NEW."last_accepted_at", NEW."usual_calls", NEW."refused_calls", NEW."ended_at", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='6c64d6a15df856d08c914e6f37a06a93a38f0b97', operation='INSERT', pgid='pgtrigger_history_insert_361fa', table='wallet_trafficincident', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."began_at" IS DISTINCT FROM (NEW."began_at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."last_accepted_at" IS DISTINCT FROM (NEW."last_accepted_at") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."refused_calls" IS DISTINCT FROM (NEW."refused_calls") OR OLD."usual_calls" IS DISTINCT FROM (NEW."usual_calls"))', func='INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."kind", NEW."began_at", NEW."last_accepted_at", NEW."usual_calls", NEW."refused_calls", NEW."ended_at", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'kind\', OLD."kind", \'began_at\', OLD."began_at", \'last_accepted_at\', OLD."last_accepted_at", \'usual_calls\', OLD."usual_calls", \'refused_calls\', OLD."refused_calls", \'ended_at\', OLD."ended_at")); RETURN NULL;', hash='e7a903d0e69d02e80804e06a74cbd9b211b17d0a', operation='UPDATE', pgid='pgtrigger_history_update_2a8e5', table='wallet_trafficincident', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincident',
                trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_trafficincidentevent" ("merchant_id", "kind", "began_at", "last_accepted_at", "usual_calls", "refused_calls", "ended_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."kind", OLD."began_at", OLD."last_accepted_at", OLD."usual_calls", OLD."refused_calls", OLD."ended_at", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='b78338a609f84f05f0fc6efce475d4d811b9316a', operation='DELETE', pgid='pgtrigger_history_delete_92344', table='wallet_trafficincident', when='AFTER')),
            ),
            migrations.AddIndex(
                model_name='trafficincidentevent',
                index=models.Index(fields=['merchant', '-pgh_created_at'], name='history_trafficincident_mercha'),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincidentevent',
                trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the history is never emptied';", hash='64b437e35b98ddfb5f44cfc69016cb3c9f2c2cdb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_a6346', table='wallet_trafficincidentevent', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='trafficincidentevent',
                trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cf5af964afef0559961891826e38b6136f8284a6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f4dc2', table='wallet_trafficincidentevent', when='BEFORE')),
            ),
            migrations.AddIndex(
                model_name='trafficincidentevent',
                index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_trafficincident'),
            ),
            migrations.AddIndex(
                model_name='trafficincidentevent',
                index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_trafficincident'),
            ),
        ),
    ]
