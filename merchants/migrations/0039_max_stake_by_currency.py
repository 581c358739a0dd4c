import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

from portal.database.operations import InOneTransaction


class Migration(migrations.Migration):
    """Limits of stakes by currency; without a lock that bets would wait for while players are read."""

    atomic = False

    dependencies = [
        ('merchants', "0038_ascii_addresses"),
    ]

    operations = [
        InOneTransaction(
            pgtrigger.migrations.RemoveTrigger(
                model_name='merchant',
                name='history_insert',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='merchant',
                name='history_update',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='merchant',
                name='history_delete',
            ),
            pgtrigger.migrations.RemoveTrigger(
                model_name='player',
                name='history_update',
            ),
            migrations.AddField(
                model_name='merchant',
                name='max_stake_by_currency',
                field=models.JSONField(blank=True, help_text='Goes before `max_stake`.', null=True),
            ),
            migrations.AddField(
                model_name='merchantevent',
                name='max_stake_by_currency',
                field=models.JSONField(blank=True, help_text='Goes before `max_stake`.', null=True),
            ),
            migrations.AddField(
                model_name='player',
                name='max_stake_by_currency',
                field=models.JSONField(blank=True, help_text='Goes before `max_stake`.', null=True),
            ),
            migrations.AddField(
                model_name='playerevent',
                name='max_stake_by_currency',
                field=models.JSONField(blank=True, help_text='Goes before `max_stake`.', null=True),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merchant',
                trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."code", NEW."name", NEW."status", NEW."time_zone", NEW."timestamp_window_seconds", NEW."bets_per_minute", NEW."max_stake", NEW."max_stake_by_currency", NEW."two_person", NEW."staff_sees_secrets", NEW."second_factor_required", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='dd33db85ff00d6a7b1a01c3f28a742489c4fcb90', operation='INSERT', pgid='pgtrigger_history_insert_3c285', table='merchants_merchant', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merchant',
                trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."bets_per_minute" IS DISTINCT FROM (NEW."bets_per_minute") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."max_stake" IS DISTINCT FROM (NEW."max_stake") OR OLD."max_stake_by_currency" IS DISTINCT FROM (NEW."max_stake_by_currency") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."second_factor_required" IS DISTINCT FROM (NEW."second_factor_required") OR OLD."staff_sees_secrets" IS DISTINCT FROM (NEW."staff_sees_secrets") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."timestamp_window_seconds" IS DISTINCT FROM (NEW."timestamp_window_seconds") OR OLD."two_person" IS DISTINCT FROM (NEW."two_person"))', func='INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."code", NEW."name", NEW."status", NEW."time_zone", NEW."timestamp_window_seconds", NEW."bets_per_minute", NEW."max_stake", NEW."max_stake_by_currency", NEW."two_person", NEW."staff_sees_secrets", NEW."second_factor_required", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'code\', OLD."code", \'name\', OLD."name", \'status\', OLD."status", \'time_zone\', OLD."time_zone", \'timestamp_window_seconds\', OLD."timestamp_window_seconds", \'bets_per_minute\', OLD."bets_per_minute", \'max_stake\', OLD."max_stake", \'max_stake_by_currency\', OLD."max_stake_by_currency", \'two_person\', OLD."two_person", \'staff_sees_secrets\', OLD."staff_sees_secrets", \'second_factor_required\', OLD."second_factor_required")); RETURN NULL;', hash='db639ee4d691bab9f1ab58a853acc59ee97a9721', operation='UPDATE', pgid='pgtrigger_history_update_81e29', table='merchants_merchant', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merchant',
                trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "merchants_merchantevent" ("code", "name", "status", "time_zone", "timestamp_window_seconds", "bets_per_minute", "max_stake", "max_stake_by_currency", "two_person", "staff_sees_secrets", "second_factor_required", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."code", OLD."name", OLD."status", OLD."time_zone", OLD."timestamp_window_seconds", OLD."bets_per_minute", OLD."max_stake", OLD."max_stake_by_currency", OLD."two_person", OLD."staff_sees_secrets", OLD."second_factor_required", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='05b12d7f472e5d197c528447d70a8f51266636c5', operation='DELETE', pgid='pgtrigger_history_delete_bb0b0', table='merchants_merchant', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='player',
                trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='IF EXISTS (SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency" FROM new_values EXCEPT SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency" FROM old_values) THEN INSERT INTO "merchants_playerevent" ("merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "max_stake_by_currency", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") SELECT n."merchant_id", n."player_id", n."is_blocked", n."blocked_reason", n."bets_per_minute", n."max_stake", n."max_stake_by_currency", \'update\', clock_timestamp(), n.id, (SELECT pg_current_xact_id()::text::bigint), (SELECT nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb), (SELECT nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid), jsonb_build_object(\'merchant_id\', o."merchant_id", \'player_id\', o."player_id", \'is_blocked\', o."is_blocked", \'blocked_reason\', o."blocked_reason", \'bets_per_minute\', o."bets_per_minute", \'max_stake\', o."max_stake", \'max_stake_by_currency\', o."max_stake_by_currency") FROM old_values o FULL JOIN new_values n ON n.id = o.id WHERE (o."bets_per_minute" IS DISTINCT FROM (n."bets_per_minute") OR o."blocked_reason" IS DISTINCT FROM (n."blocked_reason") OR o."is_blocked" IS DISTINCT FROM (n."is_blocked") OR o."max_stake" IS DISTINCT FROM (n."max_stake") OR o."max_stake_by_currency" IS DISTINCT FROM (n."max_stake_by_currency")); END IF; RETURN NULL;', hash='a924ea88076a4e4aa08d9453c243987e847bfa01', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_history_update_d5ee7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='merchants_player', when='AFTER')),
            ),
            AddConstraintNotValid(
                model_name='merchant',
                constraint=models.CheckConstraint(condition=models.Func('max_stake_by_currency', output_field=models.BooleanField(), template='jsonb_path_match(%(expressions)s, \'strict $.type() == "null" || $.type() == "object" && exists($.*) && !exists($.keyvalue() ? (!(@.key like_regex "^[A-Z0-9]{3,8}$") || @.value.type() != "number" || @.value < 0 || @.value > 9007199254740991 || @.value.floor() != @.value))\')'), name='merchant_max_stake_by_currency_are_amounts'),
            ),
            AddConstraintNotValid(
                model_name='player',
                constraint=models.CheckConstraint(condition=models.Func('max_stake_by_currency', output_field=models.BooleanField(), template='jsonb_path_match(%(expressions)s, \'strict $.type() == "null" || $.type() == "object" && exists($.*) && !exists($.keyvalue() ? (!(@.key like_regex "^[A-Z0-9]{3,8}$") || @.value.type() != "number" || @.value < 0 || @.value > 9007199254740991 || @.value.floor() != @.value))\')'), name='player_max_stake_by_currency_are_amounts'),
            ),
        ),
        ValidateConstraint('merchant', 'merchant_max_stake_by_currency_are_amounts'),
        ValidateConstraint('player', 'player_max_stake_by_currency_are_amounts'),
        AddIndexConcurrently(
            model_name='player',
            index=models.Index(condition=models.Q(('bets_per_minute__isnull', False), ('max_stake__isnull', False), ('max_stake_by_currency__isnull', False), _connector='OR'), fields=['merchant', 'player_id'], name='player_with_limits'),
        ),
        RemoveIndexConcurrently('player', 'player_limited_by_id'),
    ]
