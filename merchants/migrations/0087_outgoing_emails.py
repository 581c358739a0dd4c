"""The model Letter is called OutgoingEmail. Table, columns and indexes keep their names (docs/upgrading.md).

Its content type is left for the version before, whose pages ask for it and may not write one: the rename is of the
state alone, and `migrate` adds a content type of the new name. The names of the triggers contain the model's, so they
are installed anew.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0085_receipts_of_emails"),
        ("wallet", "0111_totals_of_invoices"),  # they name the model as it was called
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="letter", name="letter_stays"),
        pgtrigger.migrations.RemoveTrigger(model_name="letter", name="letter_as_written"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterModelTable("Letter", "merchants_letter"),
                migrations.RenameModel("Letter", "OutgoingEmail"),
                migrations.AlterField(
                    "OutgoingEmail",
                    "merchant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing_emails",
                        to="merchants.merchant",
                    ),
                ),
                migrations.AlterField(
                    "OutgoingEmail",
                    "once",
                    models.CharField(
                        help_text="Of two emails with the same, one goes.", max_length=200, null=True, unique=True
                    ),
                ),
                migrations.AlterField(
                    "OutgoingEmail",
                    "receipt",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        help_text="Proof that the portal sent this email. The key of the proof is not in the database.",
                        max_length=100,
                    ),
                ),
                migrations.RenameField("StaffChange", "letter", "email"),
                migrations.AlterField(
                    "StaffChange",
                    "email",
                    models.ForeignKey(
                        db_column="letter_id",
                        help_text="To one of them.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="merchants.outgoingemail",
                    ),
                ),
            ]
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outgoingemail",
            trigger=pgtrigger.compiler.Trigger(name='outgoing_email_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state = 'waiting' OR OLD.created_at > now() - interval '90 days')", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='30496e8ab353fd2be9cf6ccb2a571328b1f20491', operation='DELETE', pgid='pgtrigger_outgoing_email_stays_aab07', table='merchants_letter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outgoingemail",
            trigger=pgtrigger.compiler.Trigger(name='outgoing_email_as_written', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'INSERT\' THEN\n        IF NEW.state <> \'waiting\' OR NEW.attempts <> 0 OR NEW.sent_at IS NOT NULL\n           OR NEW.due_at > NEW.created_at + interval \'1 day\' THEN\n            RAISE EXCEPTION \'an outgoing email begins unsent\' USING ERRCODE = \'check_violation\';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF OLD.state = \'sent\' THEN\n        RAISE EXCEPTION \'an email that was sent stays as it is\' USING ERRCODE = \'check_violation\';\n    END IF;\n    IF (NEW.merchant_id, NEW."to", NEW.template, NEW.context, NEW.once, NEW.created_at)\n       IS DISTINCT FROM (OLD.merchant_id, OLD."to", OLD.template, OLD.context, OLD.once, OLD.created_at) THEN\n        RAISE EXCEPTION \'an outgoing email stays as it was written\' USING ERRCODE = \'check_violation\';\n    END IF;\n    IF NEW.due_at > greatest(OLD.due_at, clock_timestamp()) + interval \'1 day\' THEN\n        RAISE EXCEPTION \'an outgoing email is put off by a day at most\' USING ERRCODE = \'check_violation\';\n    END IF;\n    IF NEW.state = \'sent\' AND (NEW.sent_at IS NULL OR OLD.state <> \'waiting\' OR NEW.attempts <= OLD.attempts)\n       OR NEW.state = \'given_up\' AND OLD.state <> \'given_up\'\n          AND (NEW.attempts <= OLD.attempts OR NEW.last_answer = \'\') THEN\n        RAISE EXCEPTION \'an email is sent or given up by a try to send it\' USING ERRCODE = \'check_violation\';\n    END IF;\n    RETURN NEW;\n', hash='98933074822bb8a60cd1541d83d36bdbfe77e236', operation='INSERT OR UPDATE', pgid='pgtrigger_outgoing_email_as_written_35447', table='merchants_letter', when='BEFORE')),
        ),
    ]
