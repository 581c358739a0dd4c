"""Texts without secrets: of every kind that the portal issues, API tokens and signing secrets of endpoints included."""

from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

from portal.database.operations import InOneTransaction

SECRET = (
    "oppi_live_[0-9A-Za-z]{49}|oppi_test_[0-9A-Za-z]{49}|oppi_mgmt_[0-9A-Za-z]{49}|whsec_[0-9A-Za-z+/]{43}"
)
SENTENCE = (
    "This text contains a secret key and would be stored unencrypted. Remove the secret key. If you received it by "
    "email or in a message, report a compromise on the page of its key."
)
CONSTRAINTS = (
    ("accesstoken", "name", "access_token_name_without_secret"),
    ("alloweddomain", "note", "allowed_domain_note_without_secret"),
    ("allowlistentry", "note", "allowlist_entry_note_without_secret"),
    ("apikey", "label", "api_key_label_without_secret"),
    ("approval", "reason", "approval_reason_without_secret"),
    ("compromise", "reason", "compromise_reason_without_secret"),
    ("contact", "note", "contact_note_without_secret"),
    ("eventendpoint", "url", "event_endpoint_url_without_secret"),
    ("game", "name", "game_name_without_secret"),
    ("merchant", "name", "merchant_name_without_secret"),
    ("person", "name", "person_name_without_secret"),
)


def _replaced(model: str, field: str, name: str) -> tuple[Any, Any]:
    constraint = models.CheckConstraint(
        condition=models.Q((f"{field}__regex", SECRET), _negated=True), name=name, violation_error_message=SENTENCE
    )
    return (
        InOneTransaction(
            migrations.RemoveConstraint(model_name=model, name=name),
            AddConstraintNotValid(model_name=model, constraint=constraint),
        ),
        ValidateConstraint(model, name),
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("merchants", "0081_sign_outs")]

    operations = [operation for each in CONSTRAINTS for operation in _replaced(*each)]
