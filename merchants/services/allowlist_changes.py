"""A change of an allowlist as a person wants it: saved, or requested where our staff need a second person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from merchants.models import Approval, Merchant, Person
from merchants.services import allowlist, approvals
from merchants.services.allowlist import DomainLine, EntryPlan, Proposal, Saved, guard, saving


@dataclass(frozen=True, slots=True)
class ListWish:
    """How a list is to be changed. `expected`: its version as the person saw it."""

    expected: int
    confirmed_code: str = ""
    on_trial: bool = False
    reason: str = ""


def change_networks(
    *, proposal: Proposal, before: Sequence[EntryPlan], wish: ListWish, by: Person, needs_second_person: bool
) -> Saved | Approval:
    """Save the list as proposed, or request it. `before`: the entries that the person saw.

    Refuses as `save_networks` and `ask_to_change_list` do; a request passes the lock-out check as well.
    """
    if needs_second_person:
        saving.check_unchanged(saving.changes_since(proposal.merchant, proposal.key, wish.expected))
        saving.check_guard(guard.network_lockout(proposal), proposal.merchant, wish.confirmed_code)
        return approvals.ask_to_change_list(
            merchant=proposal.merchant,
            key=proposal.key,
            verb=Approval.Verb.NETWORKS,
            before=before,
            after=proposal.lines,
            by=by,
            reason=wish.reason,
        )
    return allowlist.save_networks(
        proposal=proposal,
        by=by,
        expected=wish.expected,
        confirmed_code=wish.confirmed_code,
        on_trial=wish.on_trial,
        reason=wish.reason,
    )


def change_domains(
    *,
    merchant: Merchant,
    lines: Sequence[DomainLine],
    before: Sequence[DomainLine],
    wish: ListWish,
    by: Person,
    needs_second_person: bool,
) -> Saved | Approval:
    """Save or request the domains, as `change_networks` does the networks; domains have no trial."""
    if needs_second_person:
        saving.check_unchanged(saving.domain_changes_since(merchant, wish.expected))
        saving.check_guard(guard.domain_lockout(lines, merchant), merchant, wish.confirmed_code)
        return approvals.ask_to_change_list(
            merchant=merchant,
            key=None,
            verb=Approval.Verb.DOMAINS,
            before=before,
            after=lines,
            by=by,
            reason=wish.reason,
        )
    return allowlist.save_domains(
        merchant=merchant,
        lines=lines,
        by=by,
        expected=wish.expected,
        confirmed_code=wish.confirmed_code,
        reason=wish.reason,
    )
