import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0013_seen_origin'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='player',
            name='history_update',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='player',
            trigger=pgtrigger.compiler.Trigger(name='history_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='IF EXISTS (SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake" FROM new_values EXCEPT SELECT "id", "merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake" FROM old_values) THEN INSERT INTO "merchants_playerevent" ("merchant_id", "player_id", "is_blocked", "blocked_reason", "bets_per_minute", "max_stake", "pgh_label", "pgh_created_at", "pgh_obj_id", "pgh_transaction", "pgh_context", "pgh_context_id", "pgh_before") SELECT n."merchant_id", n."player_id", n."is_blocked", n."blocked_reason", n."bets_per_minute", n."max_stake", \'update\', clock_timestamp(), n.id, (SELECT pg_current_xact_id()::text::bigint), (SELECT nullif(current_setting(\'pghistory.context_metadata\', true), \'\')::jsonb), (SELECT nullif(current_setting(\'pghistory.context_id\', true), \'\')::uuid), jsonb_build_object(\'merchant_id\', o."merchant_id", \'player_id\', o."player_id", \'is_blocked\', o."is_blocked", \'blocked_reason\', o."blocked_reason", \'bets_per_minute\', o."bets_per_minute", \'max_stake\', o."max_stake") FROM old_values o FULL JOIN new_values n ON n.id = o.id WHERE (o."bets_per_minute" IS DISTINCT FROM (n."bets_per_minute") OR o."blocked_reason" IS DISTINCT FROM (n."blocked_reason") OR o."is_blocked" IS DISTINCT FROM (n."is_blocked") OR o."max_stake" IS DISTINCT FROM (n."max_stake")); END IF; RETURN NULL;', hash='b77174f7be33f6e39fb89ccd159d9d9f397d0b24', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_history_update_d5ee7', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='merchants_player', when='AFTER')),
        ),
    ]
