"""Who unsubscribed from reports stands on the timeline."""

import django.db.models.deletion
import merchants.models.audit
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
import portal.lib.email_addresses
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("merchants", "0042_pages_refused"),
        ('wallet', '0066_restated_days'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportOptOutEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_before', models.JSONField(null=True)),
                ('pgh_transaction', models.BigIntegerField()),
                ('pgh_role', models.CharField(db_default=merchants.models.audit.SessionUser(), editable=False, max_length=63, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('email', portal.lib.email_addresses.EmailAddressField(help_text='In small letters.', max_length=254)),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptout',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied_unseen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;", hash='fb40f369df3e9728f9fb0ddede0cbe6f8b117656', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_unseen_4e97b', table='wallet_reportoptout', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptout',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."asked_at", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='870e131e81c6ac2844932e7883c7db33845d9ea3', operation='INSERT', pgid='pgtrigger_history_insert_29785', table='wallet_reportoptout', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptout',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id"))', func='INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."email", NEW."asked_at", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'email\', OLD."email", \'asked_at\', OLD."asked_at")); RETURN NULL;', hash='0e7302ea8b1675e4e3f0f9209ec7b77e992172db', operation='UPDATE', pgid='pgtrigger_history_update_bdb0b', table='wallet_reportoptout', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptout',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reportoptoutevent" ("merchant_id", "email", "asked_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."email", OLD."asked_at", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='fd1bf5ecd57937cb3b36a00dd2e5cfc22f418bd6', operation='DELETE', pgid='pgtrigger_history_delete_7a251', table='wallet_reportoptout', when='AFTER')),
        ),
        migrations.AddField(
            model_name='reportoptoutevent',
            name='merchant',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.merchant'),
        ),
        migrations.AddField(
            model_name='reportoptoutevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wallet.reportoptout'),
        ),
        migrations.AddIndex(
            model_name='reportoptoutevent',
            index=models.Index(fields=['merchant', '-pgh_created_at'], name='history_reportoptout_merchant'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptoutevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the history is never emptied';", hash='460f112d2a6cb4c180a809761aa84ae3785f49b1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_bf656', table='wallet_reportoptoutevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportoptoutevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5f9ab6a185fceb99887c64c7192f6366605bd60e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fe3c1', table='wallet_reportoptoutevent', when='BEFORE')),
        ),
    ]
