import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0016_import_proposals'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='alloweddomain',
            name='history_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='alloweddomain',
            name='history_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='alloweddomain',
            name='history_delete',
        ),
        migrations.AddField(
            model_name='alloweddomain',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='Empty: stays until it is removed.', null=True),
        ),
        migrations.AddField(
            model_name='alloweddomain',
            name='owner',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alloweddomainevent',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='Empty: stays until it is removed.', null=True),
        ),
        migrations.AddField(
            model_name='alloweddomainevent',
            name='owner',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alloweddomain',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."domain", NEW."note", NEW."owner_id", NEW."expires_at", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='f9b50a87b7157766f1cfb6695814ecbc1a9ffb44', operation='INSERT', pgid='pgtrigger_history_insert_1d64e', table='merchants_alloweddomain', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alloweddomain',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."domain" IS DISTINCT FROM (NEW."domain") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id"))', func='INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."domain", NEW."note", NEW."owner_id", NEW."expires_at", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'domain\', OLD."domain", \'note\', OLD."note", \'owner_id\', OLD."owner_id", \'expires_at\', OLD."expires_at")); RETURN NULL;', hash='68869e764a7eb32dd37d71c07110ebd85e148990', operation='UPDATE', pgid='pgtrigger_history_update_5911b', table='merchants_alloweddomain', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alloweddomain',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "merchants_alloweddomainevent" ("merchant_id", "domain", "note", "owner_id", "expires_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."domain", OLD."note", OLD."owner_id", OLD."expires_at", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='f278ff3199947370d27fc221ff946544dcd8ae82', operation='DELETE', pgid='pgtrigger_history_delete_6fa7c', table='merchants_alloweddomain', when='AFTER')),
        ),
    ]
