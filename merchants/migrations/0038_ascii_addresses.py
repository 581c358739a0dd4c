"""Email addresses are kept in ASCII, by IDNA 2008."""

from typing import Any

import portal.lib.email_addresses
from django.db import migrations, models

from portal.lib.email_addresses import ONLY_ASCII, ascii_address

MODELS = ("Person", "Contact", "Invitation", "OwnerQuestion")


def write_as_ascii(apps: Any, schema_editor: Any) -> None:
    """By IDNA 2008. An address that has no such form, or that another row has already, stops the upgrade: a person
    changes it first.
    """
    for name in MODELS:
        everything = apps.get_model("merchants", name)._base_manager.using(schema_editor.connection.alias)
        for number, email in everything.exclude(email__regex=ONLY_ASCII).values_list("pk", "email"):
            everything.filter(pk=number).update(email=ascii_address(email).lower())


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('merchants', "0037_owners_told_of_invitations"),
    ]

    operations = [
        migrations.AlterField(
            model_name='contact',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='contactevent',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='invitationevent',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='letter',
            name='to',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.AlterField(
            model_name='ownerquestion',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name='ownerquestionevent',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(blank=True, max_length=254),
        ),
        migrations.AlterField(
            model_name='person',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254, unique=True),
        ),
        migrations.AlterField(
            model_name='personevent',
            name='email',
            field=portal.lib.email_addresses.EmailAddressField(max_length=254),
        ),
        migrations.RunPython(write_as_ascii, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[\\x21-\\x7e]*$')), name='contact_email_ascii', violation_error_message='Write this address with ASCII characters alone.'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[\\x21-\\x7e]*$')), name='invitation_email_ascii', violation_error_message='Write this address with ASCII characters alone.'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('email__regex', '^[\\x21-\\x7e]*$')), name='person_email_ascii', violation_error_message='Write this address with ASCII characters alone.'),
        ),
    ]
