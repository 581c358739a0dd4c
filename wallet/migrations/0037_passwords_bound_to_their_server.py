"""Each password of a statement source is sealed anew, so that it opens only for the server it was given for.

Needs every key-encryption key under which a password is sealed; `migrate` refuses before this where one is missing.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import migrations

from merchants import crypto

SCHEMES = {"url": ("https", 443), "sftp": ("sftp", 22)}


def bind(apps: Any, schema_editor: Any) -> None:
    reseal(apps, schema_editor.connection.alias, of_merchant, of_server)


def unbind(apps: Any, schema_editor: Any) -> None:
    reseal(apps, schema_editor.connection.alias, of_server, of_merchant)


def of_merchant(row: Any) -> str:
    return f"statement source:{row.merchant_id}"


def of_server(row: Any) -> str:
    scheme, port = SCHEMES[row.kind]
    found = urlsplit(row.address)
    user, host = unquote(found.username or ""), (found.hostname or "").rstrip(".")
    return f"statement source:{row.merchant_id}:{scheme}://{user}@{host}:{found.port or port}"


def reseal(apps: Any, owner: str, old: Callable[[Any], str], new: Callable[[Any], str]) -> None:
    keys = settings.KEY_ENCRYPTION_KEYS
    for row in apps.get_model("wallet", "StatementSource").objects.using(owner).filter(sealed__isnull=False).order_by("pk"):
        try:
            clear = crypto.unseal(bytes(row.sealed), key_id=row.kek_id, context=old(row), keys=keys)
        except (crypto.SealBroken, ValueError):
            continue  # broken before, and broken after; a password can be given again
        row.kek_id, row.sealed = crypto.seal(clear, context=new(row), keys=keys)
        row.save(update_fields=["kek_id", "sealed"])


class Migration(migrations.Migration):

    dependencies = [("wallet", "0034_ledger_knows_sandboxes")]

    operations = [migrations.RunPython(bind, unbind)]
