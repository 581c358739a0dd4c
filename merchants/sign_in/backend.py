from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from merchants import roles
from merchants.models import Person


class RoleBackend(AuthenticationBackend):
    """Signs in by email and password; rights come from the role alone, none from tables of groups and permissions."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        return works_here(user_obj) and roles.may(user_obj.staff_role, action, app=app, model=model)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return works_here(user_obj) and roles.may_enter(user_obj.staff_role, app=app_label)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()


def works_here(person: Any) -> bool:
    return isinstance(person, Person) and person.is_active
