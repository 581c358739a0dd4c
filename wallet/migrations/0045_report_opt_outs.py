"""People can unsubscribe from reports, and addresses of recipients are kept in ASCII."""

import django.db.models.deletion
from typing import Any

import portal.lib.email_addresses
from django.db import migrations, models

from portal.lib.email_addresses import ONLY_ASCII, ascii_address

MODELS = ("ReportRecipient",)


def write_as_ascii(apps: Any, schema_editor: Any) -> None:
    """By IDNA 2008. An address that has no such form, or that another row has already, stops the upgrade: a person
    changes it first.
    """
    for name in MODELS:
        everything = apps.get_model("wallet", name)._base_manager.using(schema_editor.connection.alias)
        for number, email in everything.exclude(email__regex=ONLY_ASCII).values_list("pk", "email"):
            everything.filter(pk=number).update(email=ascii_address(email).lower())


class Migration(migrations.Migration):

    dependencies = [
        ('merchants', '0038_ascii_addresses'),
        ('wallet', "0044_folded_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportOptOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', portal.lib.email_addresses.EmailAddressField(help_text='In small letters.', max_length=254)),
                ('asked_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['email'],
            },
        ),
        migrations.AlterField(
            model_name='reportdelivery',
            name='to',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='reportrecipient',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='reportrecipientevent',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.RunPython(write_as_ascii, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='reportrecipient',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[\\x21-\\x7e]*$')), name='report_recipient_email_ascii', violation_error_message='Write this address with ASCII characters alone.'),
        ),
        migrations.AddField(
            model_name='reportoptout',
            name='merchant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='report_opt_outs', to='merchants.merchant'),
        ),
        migrations.AddConstraint(
            model_name='reportoptout',
            constraint=models.UniqueConstraint(fields=('merchant', 'email'), name='report_opt_out_once'),
        ),
        migrations.AddConstraint(
            model_name='reportoptout',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[\\x21-\\x7e]*$')), name='report_opt_out_email_ascii', violation_error_message='Write this address with ASCII characters alone.'),
        ),
    ]
