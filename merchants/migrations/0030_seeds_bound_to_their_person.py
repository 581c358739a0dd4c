"""Each seed of a second factor is sealed anew, so that it opens only in the row of its person.

Needs every key-encryption key under which a seed is sealed; `migrate` refuses before this where one is missing.
"""

import base64
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import migrations

from merchants import crypto

FIELDS = ("secret", "seed")
OF_ANYBODY = "second factor"


def bind(apps: Any, schema_editor: Any) -> None:
    reseal(apps, schema_editor.connection.alias, lambda row: OF_ANYBODY, own_context)


def unbind(apps: Any, schema_editor: Any) -> None:
    reseal(apps, schema_editor.connection.alias, own_context, lambda row: OF_ANYBODY)


def own_context(row: Any) -> str:
    return f"second factor:{row.user_id}:{row.type}"


def reseal(apps: Any, owner: str, old: Callable[[Any], str], new: Callable[[Any], str]) -> None:
    keys = settings.KEY_ENCRYPTION_KEYS
    for row in apps.get_model("mfa", "Authenticator").objects.using(owner).order_by("pk").iterator():
        changed = False
        for name in FIELDS:
            if name in row.data:
                key_id, _, sealed = row.data[name].partition(":")
                try:
                    clear = crypto.unseal(base64.b64decode(sealed), key_id=key_id, context=old(row), keys=keys)
                except crypto.SealBroken:
                    continue  # broken before, and broken after
                key_id, sealed = crypto.seal(clear, context=new(row), keys=keys)
                row.data[name] = f"{key_id}:{base64.b64encode(sealed).decode()}"
                changed = True
        if changed:
            row.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ("merchants", "0027_sandbox"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(bind, unbind)]
