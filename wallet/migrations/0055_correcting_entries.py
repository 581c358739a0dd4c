"""Correcting entries: a table of proposals, and a ledger row that nobody signed.

Nothing here reads the ledger: the new checks hold for new rows at once, and the next migration looks at the old ones
under a lock that no call waits for.
"""

import django.db.models.deletion
import merchants.models.audit
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0037_owners_told_of_invitations'),
        ('wallet', "0052_settlement"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(db_collation='C', max_length=8)),
                ('amount', models.BigIntegerField()),
                ('is_credit', models.BooleanField(help_text='To the player; else from the player.')),
                ('asked_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CorrectionEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_before', models.JSONField(null=True)),
                ('pgh_transaction', models.BigIntegerField()),
                ('pgh_role', models.CharField(db_default=merchants.models.audit.SessionUser(), editable=False, max_length=63, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('currency', models.CharField(db_collation='C', max_length=8)),
                ('amount', models.BigIntegerField()),
                ('is_credit', models.BooleanField(help_text='To the player; else from the player.')),
                ('asked_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_player_has_balance',
        ),
        migrations.AddField(
            model_name='transaction',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet.case'),
        ),
        migrations.AlterField(
            model_name='account',
            name='kind',
            field=models.CharField(choices=[('player', 'Player'), ('games', 'Games (stakes and payouts)'), ('rewards', 'Rewards (bonuses and jackpots)'), ('cashier', 'Cashier (deposits and withdrawals)'), ('correct', 'Corrections (entries that settle a case)')], max_length=8),
        ),
        migrations.AlterField(
            model_name='case',
            name='asked_resolution',
            field=models.CharField(blank=True, choices=[('found_late', 'Found late'), ('corrected', 'Corrected'), ('theirs', "Operator's error"), ('ours', 'Our error'), ('written_off', 'Written off'), ('settled', 'Settled by correction')], db_default='', default='', help_text='As it was asked for.', max_length=11),
        ),
        migrations.AlterField(
            model_name='case',
            name='resolution',
            field=models.CharField(blank=True, choices=[('found_late', 'Found late'), ('corrected', 'Corrected'), ('theirs', "Operator's error"), ('ours', 'Our error'), ('written_off', 'Written off'), ('settled', 'Settled by correction')], max_length=11),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='asked_resolution',
            field=models.CharField(blank=True, choices=[('found_late', 'Found late'), ('corrected', 'Corrected'), ('theirs', "Operator's error"), ('ours', 'Our error'), ('written_off', 'Written off'), ('settled', 'Settled by correction')], db_default='', default='', help_text='As it was asked for.', max_length=11),
        ),
        migrations.AlterField(
            model_name='caseevent',
            name='resolution',
            field=models.CharField(blank=True, choices=[('found_late', 'Found late'), ('corrected', 'Corrected'), ('theirs', "Operator's error"), ('ours', 'Our error'), ('written_off', 'Written off'), ('settled', 'Settled by correction')], max_length=11),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='address',
            field=models.GenericIPAddressField(null=True),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='kind',
            field=models.CharField(choices=[('bet', 'Bet'), ('payout', 'Payout'), ('reward', 'Reward'), ('rollback', 'Rollback'), ('deposit', 'Deposit'), ('withdraw', 'Withdraw'), ('tombstone', 'Tombstone (an id that was rolled back before it came)'), ('correct', 'Correction')], max_length=9),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='request_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name='transaction',
            name='secret',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='merchants.secret'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_settled_by_correction', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.resolution = 'settled' AND (OLD.resolution <> 'settled' OR OLD.resolved_by_id IS DISTINCT FROM NEW.resolved_by_id))", func="\n    IF NOT EXISTS (SELECT FROM wallet_correction k\n                    WHERE k.case_id = NEW.id AND k.approved_by_id = NEW.resolved_by_id\n                      AND k.asked_by_id = OLD.write_off_asked_by_id) THEN\n        RAISE EXCEPTION 'a correction that another person approved settles a case' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='696a77ef0406afa4d8eb2ba947717fe7996b879d', operation='UPDATE', pgid='pgtrigger_case_settled_by_correction_b0b18', table='wallet_case', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('balance__isnull', False), ('kind', 'player'), ('player__isnull', False)), models.Q(('balance__isnull', True), ('kind__in', ['games', 'rewards', 'cashier', 'correct']), ('player__isnull', True)), _connector='OR'), name='account_player_has_balance'),
        ),
        AddConstraintNotValid(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('debit_account__isnull', False), ('kind', 'correct'), ('part', -1)), models.Q(('amount', None), ('debit_account', None), ('kind', 'correct'), ('part', 0), ('status', 'RS_ERROR_DUPLICATE_TRANSACTION')), models.Q(models.Q(('kind', 'correct'), _negated=True), ('part__gte', 0)), _connector='OR'), name='transaction_correction_apart'),
        ),
        AddConstraintNotValid(
            model_name='transaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('address', None), ('case__isnull', False), ('game', None), ('kind', 'correct'), ('request_id', None), ('reverses', None), ('secret', None), ('session', None)), models.Q(models.Q(('kind', 'correct'), _negated=True), ('address__isnull', False), ('case', None), ('request_id__isnull', False), ('secret__isnull', False)), _connector='OR'), name='transaction_signed_or_correction'),
        ),
        migrations.AddField(
            model_name='correction',
            name='approved_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='asked_by',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='wallet.case'),
        ),
        migrations.AddField(
            model_name='correction',
            name='declined_by',
            field=models.ForeignKey(db_index=False, help_text='Empty: superseded.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='merchant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='merchants.merchant'),
        ),
        migrations.AddField(
            model_name='correction',
            name='player',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='merchants.player'),
        ),
        migrations.AddField(
            model_name='correction',
            name='transaction',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='wallet.transaction'),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='approved_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='asked_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='case',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='wallet.case'),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='declined_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, help_text='Empty: superseded.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='merchant',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.merchant'),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='wallet.correction'),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='player',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='merchants.player'),
        ),
        migrations.AddField(
            model_name='correctionevent',
            name='transaction',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='wallet.transaction'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_at', None), ('declined_at', None)), fields=('case',), name='correction_one_proposal'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='correction_amount_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('currency__in', ['', 'XXX']), _negated=True), name='correction_of_real_money'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('asked_by')), _negated=True), _connector='OR'), name='correction_by_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None), ('transaction', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('declined_at', None), ('transaction__isnull', False)), _connector='OR'), name='correction_approved_and_posted'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('declined_by', None), ('declined_at__isnull', False), _connector='OR'), name='correction_declined_when'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4d725d2620b3e871193d0decf7cbe1e9fa5ab7dc', operation='DELETE', pgid='pgtrigger_correction_stays_3f2f9', table='wallet_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_begins_undecided', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF num_nonnulls(NEW.approved_by_id, NEW.approved_at, NEW.transaction_id, NEW.declined_by_id, NEW.declined_at) <> 0\n    THEN\n        RAISE EXCEPTION 'a correction begins as a proposal' USING ERRCODE = 'check_violation';\n    END IF;\n    RETURN NEW;\n", hash='4443c135f1889a96ffd829e0959405250b8d29cf', operation='INSERT', pgid='pgtrigger_correction_begins_undecided_9744c', table='wallet_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='correction_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.approved_at IS NOT NULL OR OLD.declined_at IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e9d488b6741f95f10802ac0b1e58261af6c86dde', operation='UPDATE', pgid='pgtrigger_correction_decided_once_fb527', table='wallet_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='not_emptied_unseen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION '% is not emptied: its history would not show it. Delete the rows', TG_TABLE_NAME;", hash='980b1dbf2a75f3a4d7da274c4a6332ecc5dfa184', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_not_emptied_unseen_1e617', table='wallet_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."case_id", NEW."player_id", NEW."currency", NEW."amount", NEW."is_credit", NEW."asked_by_id", NEW."asked_at", NEW."approved_by_id", NEW."approved_at", NEW."transaction_id", NEW."declined_by_id", NEW."declined_at", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='2886996a0ff27ab9a30f313c63871839395110d9', operation='INSERT', pgid='pgtrigger_history_insert_b94e2', table='wallet_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."approved_at" IS DISTINCT FROM (NEW."approved_at") OR OLD."approved_by_id" IS DISTINCT FROM (NEW."approved_by_id") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."declined_at" IS DISTINCT FROM (NEW."declined_at") OR OLD."declined_by_id" IS DISTINCT FROM (NEW."declined_by_id") OR OLD."is_credit" IS DISTINCT FROM (NEW."is_credit") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."player_id" IS DISTINCT FROM (NEW."player_id") OR OLD."transaction_id" IS DISTINCT FROM (NEW."transaction_id"))', func='INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."case_id", NEW."player_id", NEW."currency", NEW."amount", NEW."is_credit", NEW."asked_by_id", NEW."asked_at", NEW."approved_by_id", NEW."approved_at", NEW."transaction_id", NEW."declined_by_id", NEW."declined_at", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'case_id\', OLD."case_id", \'player_id\', OLD."player_id", \'currency\', OLD."currency", \'amount\', OLD."amount", \'is_credit\', OLD."is_credit", \'asked_by_id\', OLD."asked_by_id", \'asked_at\', OLD."asked_at", \'approved_by_id\', OLD."approved_by_id", \'approved_at\', OLD."approved_at", \'transaction_id\', OLD."transaction_id", \'declined_by_id\', OLD."declined_by_id", \'declined_at\', OLD."declined_at")); RETURN NULL;', hash='aa48779ea36bf876616aea02fb8f27b11bbbd2e5', operation='UPDATE', pgid='pgtrigger_history_update_384c0', table='wallet_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_correctionevent" ("merchant_id", "case_id", "player_id", "currency", "amount", "is_credit", "asked_by_id", "asked_at", "approved_by_id", "approved_at", "transaction_id", "declined_by_id", "declined_at", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."case_id", OLD."player_id", OLD."currency", OLD."amount", OLD."is_credit", OLD."asked_by_id", OLD."asked_at", OLD."approved_by_id", OLD."approved_at", OLD."transaction_id", OLD."declined_by_id", OLD."declined_at", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='49c78d8c19a2112039b8afb15bf2db703a64c683', operation='DELETE', pgid='pgtrigger_history_delete_185df', table='wallet_correction', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='correctionevent',
            index=models.Index(fields=['case', '-pgh_created_at'], name='history_correction_case'),
        ),
        migrations.AddIndex(
            model_name='correctionevent',
            index=models.Index(fields=['merchant', '-pgh_created_at'], name='history_correction_merchant'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correctionevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the history is never emptied';", hash='bea78b3a1f76d2eb2730d41ce6d630f4aa9e0c6a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_57771', table='wallet_correctionevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correctionevent',
            trigger=pgtrigger.compiler.Trigger(name='owners_are_told', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (coalesce(NEW.pgh_context ->> 'role', '') <> '' OR (false))", func="\n    INSERT INTO merchants_staffchange (merchant_id, thing, event, transaction, created_at)\n    VALUES (NEW.merchant_id, 'Correction', NEW.pgh_id, NEW.pgh_transaction, NEW.pgh_created_at);\n    RETURN NULL;\n", hash='18ea129394959df591c4835eab0865c0fb0c2711', operation='INSERT', pgid='pgtrigger_owners_are_told_88f4c', table='wallet_correctionevent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correctionevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='83c0f75ce88eb008b0aa11170445392ee2f67314', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ef961', table='wallet_correctionevent', when='BEFORE')),
        ),
    ]
