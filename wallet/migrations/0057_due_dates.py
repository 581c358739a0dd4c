"""Cases get a due date. Those that are open get theirs from now on, so that an upgrade makes none overdue."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

START = """
    UPDATE wallet_case SET due_at = NULL WHERE state <> 'resolved';
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wallet', "0056_ledger_posts_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseReminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField(choices=[(1, 'Due soon'), (2, 'Due'), (3, 'Overdue: escalated')])),
                ('due_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='case',
            name='due_at',
            field=models.DateTimeField(editable=False, help_text='By its severity; a trigger keeps it.', null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'resolved'), _negated=True), fields=['due_at'], name='case_open_by_due_date'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_due', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE v_due timestamptz; v_days integer; v_zone text; v_opened_again boolean;', func="\n    IF TG_OP = 'UPDATE' THEN\n        v_opened_again := OLD.state = 'resolved' AND NEW.state <> 'resolved';\n        IF OLD.due_at IS NOT NULL AND NOT v_opened_again\n           AND (NEW.severity = OLD.severity OR NEW.difference = OLD.difference) THEN\n            NEW.due_at := OLD.due_at;\n            RETURN NEW;\n        END IF;\n    END IF;\n    v_due := CASE TG_OP WHEN 'INSERT' THEN NEW.opened_at ELSE clock_timestamp() END;\n    v_days := CASE NEW.severity WHEN 4 THEN 1 WHEN 3 THEN 1 WHEN 2 THEN 3 WHEN 1 THEN 7 ELSE 1 END;\n    SELECT m.time_zone INTO v_zone FROM merchants_merchant m WHERE m.id = NEW.merchant_id;\n    WHILE v_days > 0 LOOP\n        v_due := v_due + interval '24 hours';\n        IF extract(isodow FROM v_due AT TIME ZONE v_zone) < 6 THEN\n            v_days := v_days - 1;\n        END IF;\n    END LOOP;\n    NEW.due_at := CASE WHEN TG_OP = 'UPDATE' AND NOT v_opened_again THEN least(OLD.due_at, v_due) ELSE v_due END;\n    RETURN NEW;\n", hash='8e431e10a6867ea3dc0f917aed2f460467253863', operation='INSERT OR UPDATE', pgid='pgtrigger_case_due_7b7d0', table='wallet_case', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='casereminder',
            name='case',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='wallet.case'),
        ),
        migrations.AddConstraint(
            model_name='casereminder',
            constraint=models.UniqueConstraint(fields=('case', 'due_at', 'step'), name='case_reminder_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='casereminder',
            trigger=pgtrigger.compiler.Trigger(name='case_reminder_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5109ee4618a998a20b33c6c9d39fe196a493fc2d', operation='UPDATE OR DELETE', pgid='pgtrigger_case_reminder_stays_05ee5', table='wallet_casereminder', when='BEFORE')),
        ),
        migrations.RunSQL(START, migrations.RunSQL.noop),
    ]
