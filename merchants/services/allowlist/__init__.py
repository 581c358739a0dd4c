"""Who may call from where: what an entry may be, what a list would do, how it changes, and how it goes back."""

from merchants.services.allowlist.entries import NotAllowed, check_list, parse_domain, parse_network
from merchants.services.allowlist.entry_queries import Decision, Rule, Why, is_allowed
from merchants.services.allowlist.guard import LockedOut, When, locked_out, locked_out_by, would_lock_out
from merchants.services.allowlist.proposal import DomainLine, EntryPlan, Proposal, Proposed
from merchants.services.allowlist.saving import (
    Saved,
    save,
    save_domains,
    version,
    version_of_domains,
)

__all__ = [
    "Decision",
    "DomainLine",
    "EntryPlan",
    "LockedOut",
    "NotAllowed",
    "Proposal",
    "Proposed",
    "Rule",
    "Saved",
    "When",
    "Why",
    "check_list",
    "is_allowed",
    "locked_out",
    "locked_out_by",
    "parse_domain",
    "parse_network",
    "save",
    "save_domains",
    "version",
    "version_of_domains",
    "would_lock_out",
]
