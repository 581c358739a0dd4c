import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import merchants.models.audit
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0061_kept_for_days'),
        ('wallet', '0087_gaming_days'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Simulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rounds', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)])),
                ('currency', models.CharField(max_length=3)),
                ('with_refusals', models.BooleanField(default=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('stopped', 'Stopped')], default='waiting', max_length=7)),
                ('stop_reason', models.CharField(blank=True, choices=[('no_answer', 'The signed API did not answer.'), ('no_access', 'The first request was refused.'), ('no_session', 'The player could not start a game.'), ('no_game', 'No game is switched on.'), ('no_secret', 'The test key has no usable secret.'), ('fault', 'The portal made a mistake. Ask our support.')], max_length=10)),
                ('books', models.JSONField(help_text='Sums, expected and actual balance of the run.', null=True)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('alive_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.apikey')),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='simulations', to='merchants.merchant')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SimulatedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('round', models.PositiveSmallIntegerField(help_text='0 before and after the rounds.')),
                ('scenario', models.CharField(max_length=20)),
                ('purpose', models.CharField(max_length=20)),
                ('method', models.CharField(max_length=4)),
                ('target', models.CharField(max_length=600)),
                ('headers', models.JSONField()),
                ('body', models.TextField(blank=True)),
                ('expected', models.CharField(max_length=40)),
                ('http_status', models.PositiveSmallIntegerField(help_text='None: no answer arrived.', null=True)),
                ('status', models.CharField(blank=True, max_length=40)),
                ('answer', models.TextField(blank=True)),
                ('request_id', models.UUIDField(null=True)),
                ('milliseconds', models.PositiveIntegerField(default=0)),
                ('sent_at', models.DateTimeField()),
                ('merchant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.merchant')),
                ('simulation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='wallet.simulation')),
            ],
            options={
                'ordering': ['simulation', 'number'],
            },
        ),
        migrations.CreateModel(
            name='SimulationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_before', models.JSONField(null=True)),
                ('pgh_transaction', models.BigIntegerField()),
                ('pgh_role', models.CharField(db_default=merchants.models.audit.SessionUser(), editable=False, max_length=63, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('rounds', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(50)])),
                ('currency', models.CharField(max_length=3)),
                ('with_refusals', models.BooleanField(default=True)),
                ('key', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.apikey')),
                ('merchant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.merchant')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wallet.simulation')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='simulation',
            index=models.Index(fields=['merchant', '-id'], name='simulation_newest'),
        ),
        migrations.AddIndex(
            model_name='simulation',
            index=models.Index(fields=['by', 'asked_at'], name='simulation_by_person'),
        ),
        migrations.AddIndex(
            model_name='simulation',
            index=models.Index(fields=['asked_at'], name='simulation_by_age'),
        ),
        migrations.AddConstraint(
            model_name='simulation',
            constraint=models.CheckConstraint(condition=models.Q(('rounds__gte', 1), ('rounds__lte', 50)), name='simulation_rounds_bounded'),
        ),
        migrations.AddConstraint(
            model_name='simulation',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'stopped'])), name='simulation_state_known'),
        ),
        migrations.AddConstraint(
            model_name='simulation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'stopped'), ('stop_reason__gt', '')), models.Q(models.Q(('state', 'stopped'), _negated=True), ('stop_reason', '')), _connector='OR'), name='simulation_stopped_for_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='simulation',
            trigger=pgtrigger.compiler.Trigger(name='simulation_in_a_sandbox', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (SELECT FROM merchants_apikey k JOIN merchants_merchant m ON m.id = k.merchant_id\n                    WHERE k.id = NEW.key_id AND k.environment = 'test'\n                      AND m.id = NEW.merchant_id AND m.sandbox_of_id IS NOT NULL) THEN\n        RAISE EXCEPTION 'a simulation belongs to a sandbox and one of its test keys' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='9167d2f160f75d5888b6d694258aaf393d39ead0', operation='INSERT OR UPDATE', pgid='pgtrigger_simulation_in_a_sandbox_5ebc7', table='wallet_simulation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='simulation',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied_unseen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;", hash='62decfb94b0fbf1ef5a16c97ca761c308e6fa551', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_unseen_d6029', table='wallet_simulation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='simulation',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_simulationevent" ("merchant_id", "key_id", "rounds", "currency", "with_refusals", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."key_id", NEW."rounds", NEW."currency", NEW."with_refusals", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='22cceb86d1f766b92a04d5d7da8fc2a3204ce113', operation='INSERT', pgid='pgtrigger_history_insert_0a20c', table='wallet_simulation', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='simulatedcall',
            constraint=models.UniqueConstraint(fields=('simulation', 'number'), name='simulated_call_once'),
        ),
        migrations.AddIndex(
            model_name='simulationevent',
            index=models.Index(fields=['merchant', '-pgh_created_at'], name='history_simulation_merchant'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='simulationevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the history is never emptied';", hash='5c46fe0402f153562622d3e95a7ec8176eb3d854', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_0e3eb', table='wallet_simulationevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='simulationevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5cb26b11c32a06601cdc8048978141bcd07503c4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_c5700', table='wallet_simulationevent', when='BEFORE')),
        ),
    ]
