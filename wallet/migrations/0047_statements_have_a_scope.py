"""A statement has a scope, a day begins at the hour of the plan, and a person may send a file again."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0037_owners_told_of_invitations'),
        ('wallet', "0045_report_opt_outs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementPreview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.UUIDField(unique=True)),
                ('day', models.DateField()),
                ('scope', models.CharField(blank=True, db_default='', default='', max_length=300)),
                ('name', models.CharField(max_length=200)),
                ('path', models.CharField(max_length=200, unique=True)),
                ('case', models.BigIntegerField(help_text='The case that the file answers.', null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reconciliationplan',
            name='history_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reconciliationplan',
            name='history_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='reconciliationplan',
            name='history_delete',
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_current_once',
        ),
        migrations.RemoveConstraint(
            model_name='statement',
            name='statement_of_the_same_bytes_once',
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='statement_ids',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=[], default=list, help_text='All current statements that it saw, also where one was missing and nothing was compared.'),
        ),
        migrations.AddField(
            model_name='reconciliationplan',
            name='day_begins',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="The hour at which a day begins, in the merchant's time zone."),
        ),
        migrations.AddField(
            model_name='reconciliationplan',
            name='earlier_days',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list, editable=False, help_text='How days before a date began: [{until, hour, zone}], the oldest first.'),
        ),
        migrations.AddField(
            model_name='reconciliationplan',
            name='left_out',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, db_default=[], default=list, help_text='Types that are not compared, on either side.'),
        ),
        migrations.AddField(
            model_name='reconciliationplan',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, db_default=[], default=list, help_text='Scopes of all statements of a day. Empty: a day has one statement of everything.'),
        ),
        migrations.AddField(
            model_name='reconciliationplanevent',
            name='day_begins',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text="The hour at which a day begins, in the merchant's time zone."),
        ),
        migrations.AddField(
            model_name='reconciliationplanevent',
            name='left_out',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, db_default=[], default=list, help_text='Types that are not compared, on either side.'),
        ),
        migrations.AddField(
            model_name='reconciliationplanevent',
            name='scopes',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), blank=True, db_default=[], default=list, help_text='Scopes of all statements of a day. Empty: a day has one statement of everything.'),
        ),
        migrations.AddField(
            model_name='statement',
            name='repeats',
            field=models.ForeignKey(help_text='The first of the same bytes, when a person sent them again after others.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.statement'),
        ),
        migrations.AddField(
            model_name='statement',
            name='scope',
            field=models.CharField(blank=True, db_default='', default='', help_text='Of the day, what it is of. Empty: all of it.', max_length=300),
        ),
        migrations.AddField(
            model_name='statement',
            name='warnings',
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list, help_text='What looks wrong in it: sentences.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "write_off_alone", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."write_off_alone", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='8619f0a89e01935e26d7a048b0a0cf8faa4ff5fe', operation='INSERT', pgid='pgtrigger_history_insert_9319f', table='wallet_reconciliationplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."day_begins" IS DISTINCT FROM (NEW."day_begins") OR OLD."grain" IS DISTINCT FROM (NEW."grain") OR OLD."high_amount" IS DISTINCT FROM (NEW."high_amount") OR OLD."hour" IS DISTINCT FROM (NEW."hour") OR OLD."is_attached" IS DISTINCT FROM (NEW."is_attached") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."left_out" IS DISTINCT FROM (NEW."left_out") OR OLD."mapping" IS DISTINCT FROM (NEW."mapping") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."names_players" IS DISTINCT FROM (NEW."names_players") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."unsettled_hours" IS DISTINCT FROM (NEW."unsettled_hours") OR OLD."write_off_alone" IS DISTINCT FROM (NEW."write_off_alone"))', func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "write_off_alone", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."write_off_alone", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'is_on\', OLD."is_on", \'hour\', OLD."hour", \'grain\', OLD."grain", \'mapping\', OLD."mapping", \'unsettled_hours\', OLD."unsettled_hours", \'high_amount\', OLD."high_amount", \'write_off_alone\', OLD."write_off_alone", \'is_attached\', OLD."is_attached", \'names_players\', OLD."names_players", \'day_begins\', OLD."day_begins", \'left_out\', OLD."left_out", \'scopes\', OLD."scopes")); RETURN NULL;', hash='4843af405ada6369daaab4b64d176fdd93b4b080', operation='UPDATE', pgid='pgtrigger_history_update_9be30', table='wallet_reconciliationplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "write_off_alone", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."is_on", OLD."hour", OLD."grain", OLD."mapping", OLD."unsettled_hours", OLD."high_amount", OLD."write_off_alone", OLD."is_attached", OLD."names_players", OLD."day_begins", OLD."left_out", OLD."scopes", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='345febdab1a424ab1fdbcee3d65696e95776e1ad', operation='DELETE', pgid='pgtrigger_history_delete_eac7a', table='wallet_reconciliationplan', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='reconciliationplan',
            constraint=models.CheckConstraint(condition=models.Q(('day_begins__range', (0, 23))), name='plan_day_begins_at_an_hour'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationplan',
            constraint=models.CheckConstraint(condition=models.Q(('left_out__contained_by', ['deposit', 'withdraw'])), name='plan_leaves_out_cashier_rows_alone'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('merchant', 'day', 'scope'), name='statement_current_once_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(models.F('merchant'), models.F('day'), models.F('digest'), django.db.models.functions.text.MD5(django.db.models.functions.comparison.Cast('mapping', models.TextField())), models.F('scope'), condition=models.Q(models.Q(('state', 'refused'), _negated=True), ('repeats', None)), name='statement_of_same_bytes_and_scope_once'),
        ),
        migrations.AddField(
            model_name='statementpreview',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statementpreview',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='merchants.merchant'),
        ),
        migrations.AddIndex(
            model_name='statementpreview',
            index=models.Index(fields=['merchant', 'by', '-id'], name='statement_preview_of_person'),
        ),
        migrations.AddIndex(
            model_name='statementpreview',
            index=models.Index(fields=['created_at'], name='statement_preview_oldest'),
        ),
        migrations.AddConstraint(
            model_name='statementpreview',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '[\\u0001-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]'), _negated=True), name='statement_preview_name_one_line', violation_error_message='This text has a line break or another control character in it. Write it in one line and try again.'),
        ),
    ]
