"""What each role of our staff may do. The one table; the administration asks it through `has_perm`."""

from __future__ import annotations

from merchants.models import Person

APPS = {"merchants", "wallet"}
OF_PEOPLE = {"person", "membership"}
READ = frozenset({"view"})
WORK = READ | {"add", "change", "delete"}

Role = Person.StaffRole
# By role: on people, and on everything else.
MAY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    Role.NONE: (frozenset(), frozenset()),
    Role.AUDITOR: (READ, READ),
    Role.SUPPORT: (READ, WORK),
    Role.ADMINISTRATOR: (WORK, WORK),
}


def may(role: str, action: str, *, app: str, model: str) -> bool:
    on_people, on_the_rest = MAY[role]
    return app in APPS and action in (on_people if model in OF_PEOPLE else on_the_rest)


def may_enter(role: str, *, app: str) -> bool:
    return app in APPS and bool(MAY[role][1])
