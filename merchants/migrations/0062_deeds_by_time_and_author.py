"""Indexes by which the changes of all tables are listed, by time and by author."""

import django.db.models.fields.json
from django.db import migrations, models

from portal.database.operations import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('merchants', '0061_kept_for_days'),
    ]

    operations = [
        AddIndexOnline(
            model_name='alloweddomainevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_alloweddomain'),
        ),
        AddIndexOnline(
            model_name='alloweddomainevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_alloweddomain'),
        ),
        AddIndexOnline(
            model_name='allowlistentryevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_allowlistentry'),
        ),
        AddIndexOnline(
            model_name='allowlistentryevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_allowlistentry'),
        ),
        AddIndexOnline(
            model_name='apikeyevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_apikey'),
        ),
        AddIndexOnline(
            model_name='apikeyevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_apikey'),
        ),
        AddIndexOnline(
            model_name='approvalevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_approval'),
        ),
        AddIndexOnline(
            model_name='approvalevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_approval'),
        ),
        AddIndexOnline(
            model_name='compromiseevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_compromise'),
        ),
        AddIndexOnline(
            model_name='compromiseevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_compromise'),
        ),
        AddIndexOnline(
            model_name='contactevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_contact'),
        ),
        AddIndexOnline(
            model_name='contactevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_contact'),
        ),
        AddIndexOnline(
            model_name='disabledgameevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_disabledgame'),
        ),
        AddIndexOnline(
            model_name='disabledgameevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_disabledgame'),
        ),
        AddIndexOnline(
            model_name='downloadevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_download'),
        ),
        AddIndexOnline(
            model_name='downloadevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_download'),
        ),
        AddIndexOnline(
            model_name='gameevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_game'),
        ),
        AddIndexOnline(
            model_name='gameevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_game'),
        ),
        AddIndexOnline(
            model_name='invitationevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_invitation'),
        ),
        AddIndexOnline(
            model_name='invitationevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_invitation'),
        ),
        AddIndexOnline(
            model_name='listtrialevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_listtrial'),
        ),
        AddIndexOnline(
            model_name='listtrialevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_listtrial'),
        ),
        AddIndexOnline(
            model_name='membershipevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_membership'),
        ),
        AddIndexOnline(
            model_name='membershipevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_membership'),
        ),
        AddIndexOnline(
            model_name='merchantevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_merchant'),
        ),
        AddIndexOnline(
            model_name='merchantevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_merchant'),
        ),
        AddIndexOnline(
            model_name='ownerquestionevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_ownerquestion'),
        ),
        AddIndexOnline(
            model_name='ownerquestionevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_ownerquestion'),
        ),
        AddIndexOnline(
            model_name='personevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_person'),
        ),
        AddIndexOnline(
            model_name='personevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_person'),
        ),
        AddIndexOnline(
            model_name='playerevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_player'),
        ),
        AddIndexOnline(
            model_name='playerevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_player'),
        ),
        AddIndexOnline(
            model_name='secretclaimevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_secretclaim'),
        ),
        AddIndexOnline(
            model_name='secretclaimevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_secretclaim'),
        ),
        AddIndexOnline(
            model_name='secretevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_secret'),
        ),
        AddIndexOnline(
            model_name='secretevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_secret'),
        ),
        AddIndexOnline(
            model_name='staffvisitevent',
            index=models.Index(models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_at_staffvisit'),
        ),
        AddIndexOnline(
            model_name='staffvisitevent',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('person', 'pgh_context'), models.OrderBy(models.F('pgh_created_at'), descending=True), name='deed_by_staffvisit'),
        ),
    ]
