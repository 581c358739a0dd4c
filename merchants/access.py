"""The door for people: whose pages are these to open, and has this session been proved, and how long ago?

What counts is written into the session by allauth when a code or a passkey was right, with its time. A password that
is typed again leaves a record too, of another method, which is no second factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest

from merchants.models import AccessToken, Membership, Merchant, Person
from merchants.models.people import SECOND_FACTORS
from portal.lib import clock


# --- Whose pages ------------------------------------------------------------------------------------------------------
class Work(StrEnum):
    """What can be changed on a merchant's pages. To read is every member's."""

    LISTS = "lists"
    PLAYERS = "players"
    GAMES = "games"
    KEYS = "keys"
    PEOPLE = "people"
    STATEMENTS = "statements"  # and what is said to cases
    TOKENS = "tokens"  # of the management API
    ENDPOINTS = "endpoints"  # for events
    PLAN = "plan"  # of reconciliation: hours, recipients, sources
    SIMULATIONS = "simulations"  # of a game server, in a sandbox


Role = Membership.Role
MAY: Mapping[str, frozenset[Work]] = {
    Role.VIEWER: frozenset(),
    Role.MANAGER: frozenset({Work.LISTS, Work.PLAYERS, Work.GAMES, Work.STATEMENTS, Work.SIMULATIONS, Work.ENDPOINTS}),
    Role.OWNER: frozenset(Work),
}
NOT_IN_A_SANDBOX = frozenset({Work.PEOPLE})  # they are the live merchant's, and changed there
ONLY_IN_A_SANDBOX = frozenset({Work.SIMULATIONS})
STAFF = ""  # the role of our staff here: they look as an operator does, and change nothing
AT_THE_DESK: Mapping[Work, str] = {  # what our staff change at their own desk, and the permission for it
    Work.LISTS: "merchants.change_allowlistentry",
    Work.PLAYERS: "merchants.change_player",
    Work.GAMES: "merchants.change_disabledgame",
    Work.SIMULATIONS: "wallet.add_simulation",
}


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a merchant's pages."""

    merchant: Merchant
    person: Person
    role: str
    has_factor: bool = True
    desk_work: frozenset[str] | None = None  # of our staff at their desk; None everywhere else

    @property
    def at_desk(self) -> bool:
        return self.desk_work is not None

    @property
    def needs_second_person(self) -> bool:
        """Whether another of our staff approves what this one changes about the allowlists."""
        return self.at_desk and self.merchant.two_person

    @property
    def by_staff(self) -> bool:
        return self.role == STAFF

    def may(self, work: str) -> bool:
        if work in (NOT_IN_A_SANDBOX if self.merchant.is_sandbox else ONLY_IN_A_SANDBOX):
            return False
        return work in MAY.get(self.role, frozenset()) | (self.desk_work or frozenset())

    @property
    def live_merchant(self) -> Merchant:
        """Whose people they are."""
        return self.merchant.live_merchant

    @property
    def sandbox(self) -> Merchant | None:
        """The sandbox of these pages' merchant: itself when it is one; None when there is none."""
        if self.merchant.is_sandbox:
            return self.merchant
        try:
            return self.merchant.sandbox
        except ObjectDoesNotExist:
            return None

    @property
    def may_keys(self) -> bool:
        return self.may(Work.KEYS)

    @property
    def may_people(self) -> bool:
        return self.may(Work.PEOPLE)

    @property
    def may_lists(self) -> bool:
        return self.may(Work.LISTS)

    @property
    def may_players(self) -> bool:
        return self.may(Work.PLAYERS)

    @property
    def may_games(self) -> bool:
        return self.may(Work.GAMES)

    @property
    def may_statements(self) -> bool:
        return self.may(Work.STATEMENTS)

    @property
    def may_plan(self) -> bool:
        return self.may(Work.PLAN)

    @property
    def may_tokens(self) -> bool:
        return self.may(Work.TOKENS)

    @property
    def may_endpoints(self) -> bool:
        return self.may(Work.ENDPOINTS)

    @property
    def second_factor_needed(self) -> bool:
        begins = self.second_factor_begins
        due = begins is not None and begins <= clock.now()
        return self.person.is_staff or self.live_merchant.second_factor_required or due

    @property
    def second_factor_begins(self) -> datetime | None:
        """When this person needs a second factor: owners and managers of a merchant that has or had a live key."""
        return self.live_merchant.second_factor_from if self.role in {Role.OWNER, Role.MANAGER} else None

    @property
    def second_factor_lacks(self) -> bool:
        """Whether the page counts down to that moment."""
        return self.second_factor_begins is not None and not self.has_factor


def load_visit(person: Person, code: str, work: str = "", *, at_desk: bool = False) -> Visit:
    """Raises Http404 for a merchant that is not the person's to see, as for one that is not there at all, and
    PermissionDenied for somebody who may look but not do this. `at_desk`: at the desk of our staff.
    """
    found = _looks(person, code, at_desk=at_desk) if person.is_staff else _belongs(person, code)
    if found is None:
        raise Http404
    if work and not found.may(work):
        raise PermissionDenied
    return found


def _looks(person: Person, code: str, *, at_desk: bool) -> Visit | None:
    """Of our staff, whatever they were to the merchant before: no role there, and each visit is noted."""
    merchant = Merchant.objects.select_related("sandbox", "sandbox_of").filter(code=code).first()
    if merchant is None:
        return None
    granted = frozenset(work for work, permission in AT_THE_DESK.items() if person.has_perm(permission))
    return Visit(merchant, person, STAFF, desk_work=granted if at_desk else None)


def _belongs(person: Person, code: str) -> Visit | None:
    """With the role at the live merchant in its sandbox as well: nobody is invited twice."""
    at_either = Q(merchant__code=code) | Q(merchant__sandbox__code=code)
    factors = Authenticator.objects.filter(user=OuterRef("person"), type__in=SECOND_FACTORS)
    mine = Membership.objects.select_related("merchant__sandbox").annotate(has_factor=Exists(factors))
    membership: Any = mine.filter(at_either, person=person).first()
    if membership is None:
        return None
    live = membership.merchant
    return Visit(live if live.code == code else live.sandbox, person, membership.role, membership.has_factor)


# --- Which scopes of access tokens -----------------------------------------------------------------------------------
Scope = AccessToken.Scope
OF_OPERATORS: Mapping[str, Work] = {
    Scope.KEYS_WRITE: Work.KEYS,
    Scope.APPROVALS_DECLINE: Work.KEYS,
    Scope.ALLOWLIST_WRITE: Work.LISTS,
    Scope.PLAYERS_WRITE: Work.PLAYERS,
    Scope.GAMES_WRITE: Work.GAMES,
    Scope.STATEMENTS_WRITE: Work.STATEMENTS,
}
ONLY_OF_STAFF = frozenset({Scope.KEYS_ISSUE})  # as on the pages, where operators issue no key
OF_STAFF: Mapping[str, str] = {
    Scope.KEYS_READ: "merchants.view_apikey",
    Scope.KEYS_WRITE: "merchants.change_apikey",
    Scope.KEYS_ISSUE: "merchants.add_apikey",
    Scope.APPROVALS_READ: "merchants.view_approval",
    Scope.APPROVALS_DECLINE: "merchants.change_approval",
    Scope.ALLOWLIST_READ: "merchants.view_allowlistentry",
    Scope.ALLOWLIST_WRITE: AT_THE_DESK[Work.LISTS],
    Scope.PLAYERS_READ: "merchants.view_player",
    Scope.PLAYERS_WRITE: AT_THE_DESK[Work.PLAYERS],
    Scope.GAMES_READ: "merchants.view_game",
    Scope.GAMES_WRITE: AT_THE_DESK[Work.GAMES],
    Scope.STATEMENTS_READ: "wallet.view_statement",
    Scope.STATEMENTS_WRITE: "wallet.add_statement",
    Scope.REPORTS_READ: "wallet.view_reconciliation",
    Scope.AUDIT_READ: "merchants.view_merchant",
}


def staff_scopes(person: Person) -> list[Scope]:
    """Return the scopes that the role of one of our staff allows."""
    return [scope for scope in Scope if person.has_perm(OF_STAFF[scope])]


def operator_scopes() -> list[Scope]:
    """Return the scopes that a token of an owner may have."""
    return [scope for scope in Scope if scope not in ONLY_OF_STAFF]


def load_visit_by_token(token: AccessToken, code: str, scope: Scope) -> Visit:
    """Return the visit of a program. Raises Http404 for a merchant that the token does not reach, and PermissionDenied
    where the token lacks the scope, or its person the right.
    """
    if token.merchant is not None and token.merchant.code != code:
        raise Http404
    visit = load_visit(token.person, code, at_desk=token.person.is_staff)
    allowed = (
        token.person.has_perm(OF_STAFF[scope])
        if visit.by_staff
        else scope not in ONLY_OF_STAFF and (scope not in OF_OPERATORS or visit.may(OF_OPERATORS[scope]))
    )
    if scope not in token.scopes or not allowed:
        raise PermissionDenied
    return visit


# --- How the session was proved ---------------------------------------------------------------------------------------
def used_second_factor(request: HttpRequest) -> bool:
    """In this session, however long ago."""
    return bool(proofs(request, "mfa"))


def fresh_second_factor(request: HttpRequest) -> bool:
    """In this session, within the last STEP_UP_SECONDS."""
    return any(is_fresh(proof) for proof in proofs(request, "mfa"))


def fresh_proof(request: HttpRequest) -> bool:
    """Of any kind; for somebody who has no second factor yet."""
    return any(is_fresh(proof) for proof in proofs(request, "mfa", "password"))


def proofs(request: HttpRequest, *methods: str) -> list[dict[str, Any]]:
    """Empty for records of another person in the same browser."""
    person = request.user if isinstance(request.user, Person) else None
    return [proof for proof in get_authentication_records(request, person) if proof.get("method") in methods]


def is_fresh(proof: dict[str, Any]) -> bool:
    return bool(clock.now().timestamp() - proof["at"] < settings.STEP_UP_SECONDS)
