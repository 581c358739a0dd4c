"""Allowlists: what an entry may be, the effect of a list, how a list changes, and how it reverts."""

from merchants.services.allowlist.entries import NotAllowed, check_list, parse_domain, parse_network
from merchants.services.allowlist.entry_queries import Decision, Rule, Why, is_allowed
from merchants.services.allowlist.guard import LockedOut, When, domain_lockout, network_lockout, would_lock_out
from merchants.services.allowlist.proposal import DomainLine, EntryPlan, Proposal, Proposed
from merchants.services.allowlist.saving import Saved, domain_list_version, list_version, save_domains, save_networks

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
    "domain_list_version",
    "domain_lockout",
    "is_allowed",
    "list_version",
    "network_lockout",
    "parse_domain",
    "parse_network",
    "save_domains",
    "save_networks",
    "would_lock_out",
]
