"""Emails to the owners and managers of a merchant about each change of its allowlists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from merchants.errors import moment_text
from merchants.models import ApiKey, ListTrial, Merchant
from merchants.services import emails, history
from merchants.services.allowlist.draft import ListDifference, difference
from merchants.services.allowlist.proposal import DomainLine, EntryPlan
from portal.lib import clock

SPELLED_OUT = 40  # entries of an email; more are counted


def notify_of_networks(
    merchant: Merchant,
    key: ApiKey | None,
    before: Sequence[EntryPlan],
    after: Sequence[EntryPlan],
    *,
    tried: ListTrial | None = None,
) -> None:
    """Write the emails about a change of a merchant's or a key's IP allowlist. `tried`: the trial that began then."""
    what = _("IP allowlist changed")
    if key is not None:
        what = _("IP allowlist of %(key)s changed") % {"key": key.label or key.auth_key}
    if tried is not None:
        until = {"list": what, "until": moment_text(tried.deadline)}
        what = _("%(list)s, on trial until %(until)s") % until
    _notify(merchant, what, [*_lines(difference(before, after))])


def notify_of_revert(tried: ListTrial, before: Sequence[EntryPlan], after: Sequence[EntryPlan]) -> None:
    """Write the emails about a trial that has ended with the previous list."""
    what = _("IP allowlist reverted after its trial")
    if tried.key is not None:
        what = _("IP allowlist of %(key)s reverted after its trial") % {"key": tried.key.label or tried.key.auth_key}
    _notify(tried.merchant, what, [*_lines(difference(before, after))])


def notify_of_domains(merchant: Merchant, before: Sequence[DomainLine], after: Sequence[DomainLine]) -> None:
    _notify(merchant, _("Domain allowlist changed"), [*_lines(difference(before, after))])


def _notify(merchant: Merchant, what: str, lines: list[str]) -> None:
    """Owners get the email about what our staff did from the job of staff changes (`staff_changes`)."""
    acting = history.acting_context()
    emails.notify_people(
        merchant,
        what,
        by=history.author_name(acting or {"address": ""}),
        at=clock.now(),
        reason=acting.get("reason", ""),
        lines=_shortened(lines),
        owners=not acting.get("role"),
    )


def _shortened(lines: list[str]) -> list[str]:
    left = len(lines) - SPELLED_OUT
    more = [_("and %(number)s more") % {"number": left}] if left > 0 else []
    return lines[:SPELLED_OUT] + more


def _lines[T: (EntryPlan, DomainLine)](found: ListDifference[T]) -> Iterator[str]:
    for line in found.added:
        yield _("Added: %(entry)s") % {"entry": _entry(line)}
    for line in found.removed:
        yield _("Removed: %(entry)s") % {"entry": _entry(line)}
    for _old, line in found.changed:
        yield _("Changed: %(entry)s") % {"entry": _entry(line)}


def _entry(line: EntryPlan | DomainLine) -> str:
    note = f" ({line.note})" if line.note else ""
    ends = _(", expires %(moment)s") % {"moment": moment_text(line.ends)} if line.ends else ""
    return f"{line.text}{note}{ends}"
