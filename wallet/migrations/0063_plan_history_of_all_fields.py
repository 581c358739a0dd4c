import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', "0061_limits_by_two_in_each_currency"),
    ]

    operations = [
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
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."high_amount_by_currency", NEW."write_off_alone", NEW."write_off_alone_by_currency", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", \'insert\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='416f5482e0f620857cf0562292faba34e28636cf', operation='INSERT', pgid='pgtrigger_history_insert_9319f', table='wallet_reconciliationplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."day_begins" IS DISTINCT FROM (NEW."day_begins") OR OLD."grain" IS DISTINCT FROM (NEW."grain") OR OLD."high_amount" IS DISTINCT FROM (NEW."high_amount") OR OLD."high_amount_by_currency" IS DISTINCT FROM (NEW."high_amount_by_currency") OR OLD."hour" IS DISTINCT FROM (NEW."hour") OR OLD."is_attached" IS DISTINCT FROM (NEW."is_attached") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."left_out" IS DISTINCT FROM (NEW."left_out") OR OLD."mapping" IS DISTINCT FROM (NEW."mapping") OR OLD."merchant_id" IS DISTINCT FROM (NEW."merchant_id") OR OLD."names_players" IS DISTINCT FROM (NEW."names_players") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."unsettled_hours" IS DISTINCT FROM (NEW."unsettled_hours") OR OLD."write_off_alone" IS DISTINCT FROM (NEW."write_off_alone") OR OLD."write_off_alone_by_currency" IS DISTINCT FROM (NEW."write_off_alone_by_currency"))', func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (NEW."merchant_id", NEW."is_on", NEW."hour", NEW."grain", NEW."mapping", NEW."unsettled_hours", NEW."high_amount", NEW."high_amount_by_currency", NEW."write_off_alone", NEW."write_off_alone_by_currency", NEW."is_attached", NEW."names_players", NEW."day_begins", NEW."left_out", NEW."scopes", \'update\', clock_timestamp(), NEW.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, jsonb_build_object(\'merchant_id\', OLD."merchant_id", \'is_on\', OLD."is_on", \'hour\', OLD."hour", \'grain\', OLD."grain", \'mapping\', OLD."mapping", \'unsettled_hours\', OLD."unsettled_hours", \'high_amount\', OLD."high_amount", \'high_amount_by_currency\', OLD."high_amount_by_currency", \'write_off_alone\', OLD."write_off_alone", \'write_off_alone_by_currency\', OLD."write_off_alone_by_currency", \'is_attached\', OLD."is_attached", \'names_players\', OLD."names_players", \'day_begins\', OLD."day_begins", \'left_out\', OLD."left_out", \'scopes\', OLD."scopes")); RETURN NULL;', hash='30bc72328948cb2d0f6712d909174673d8d7bedb', operation='UPDATE', pgid='pgtrigger_history_update_9be30', table='wallet_reconciliationplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reconciliationplan',
            trigger=pgtrigger.compiler.Trigger(name='history_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "wallet_reconciliationplanevent" ("merchant_id", "is_on", "hour", "grain", "mapping", "unsettled_hours", "high_amount", "high_amount_by_currency", "write_off_alone", "write_off_alone_by_currency", "is_attached", "names_players", "day_begins", "left_out", "scopes", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") VALUES (OLD."merchant_id", OLD."is_on", OLD."hour", OLD."grain", OLD."mapping", OLD."unsettled_hours", OLD."high_amount", OLD."high_amount_by_currency", OLD."write_off_alone", OLD."write_off_alone_by_currency", OLD."is_attached", OLD."names_players", OLD."day_begins", OLD."left_out", OLD."scopes", \'delete\', clock_timestamp(), OLD.id, pg_current_xact_id()::text::bigint, nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb, nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid, NULL); RETURN NULL;', hash='1e2907a11ef80375c38976f787c860313d18ebfc', operation='DELETE', pgid='pgtrigger_history_delete_eac7a', table='wallet_reconciliationplan', when='AFTER')),
        ),
    ]
