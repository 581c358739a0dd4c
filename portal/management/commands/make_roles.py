"""Make the roles of the portal, and hand the database over to them: `manage.py make_roles`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from portal.database import roles


class Command(BaseCommand):
    help = (
        "Create the roles in DATABASE_URL, OWNER_DATABASE_URL and, if set, WALLET_DATABASE_URL, with"
        " their passwords, and give everything in the database to the first two. SUPERUSER_DATABASE_URL names the"
        " same database as a superuser. Safe to repeat."
    )
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        superuser = settings.SUPERUSER_DATABASE_URL
        if not superuser or "owner" not in settings.DATABASES:
            raise CommandError("Set SUPERUSER_DATABASE_URL and OWNER_DATABASE_URL.")
        owner, application = (as_role(settings.DATABASES[alias]) for alias in ("owner", "default"))
        if owner.name == application.name:
            raise CommandError("DATABASE_URL and OWNER_DATABASE_URL name the same role. Choose two.")
        wallet = as_role(settings.WALLET_ROLE) if settings.WALLET_ROLE else None
        roles.prepare_roles(superuser, owner, application, wallet)
        self.stdout.write(f"{owner.name} owns the database, and {application.name} uses it. Now run manage.py migrate.")


def as_role(database: dict[str, Any]) -> roles.DatabaseRole:
    return roles.DatabaseRole(database["USER"], database["PASSWORD"])
