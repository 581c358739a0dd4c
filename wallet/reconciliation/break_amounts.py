"""Amounts of a break: its difference as the reader sees it, and the amount at stake.

A case stores its difference from the player's side (below 0: players were given less). Everything that people read is
our total minus theirs. The rule exists once in Python for one case, and once in SQL for many.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, DecimalField, Q, Sum
from django.db.models.expressions import RawSQL
from django.utils.translation import ngettext

from portal.lib.money import format_with_code
from wallet.models.case import STAKE, Case

FROM_PLAYERS = frozenset({"bet", "withdraw"})
SAME_AMOUNT = frozenset({"whose", "game"})  # both sides have the amount: it is at stake and makes no difference
FOLDED = "(starts_with({row}.subject, 'all|') OR {row}.kind = 'truncated')"
_OURS, _THEIRS = (f"coalesce(({{row}}.{side} ->> 'amount')::numeric, 0)" for side in ("ours", "theirs"))
_KIND = "coalesce({row}.ours ->> 'kind', {row}.theirs ->> 'kind')"
NET = f"""
    CASE WHEN {{row}}.kind IN ('whose', 'game') OR {{row}}.difference = 0 AND NOT {FOLDED} THEN 0
         WHEN {FOLDED} THEN {_OURS} - {_THEIRS}
         WHEN {_KIND} IN ('bet', 'withdraw') THEN - {{row}}.difference
         ELSE {{row}}.difference END
"""
# Of rows in one case, what differs in each of them; their difference nets it out.
AT_STAKE = f"""
    coalesce(({{row}}.ours ->> 'at_stake')::numeric, ({{row}}.theirs ->> 'at_stake')::numeric, ({STAKE}))
"""
BREAKS = """
    CASE WHEN starts_with({row}.subject, 'all|')
         THEN greatest(coalesce(({row}.ours ->> 'rows')::bigint, 0), coalesce(({row}.theirs ->> 'rows')::bigint, 0), 1)
         ELSE 1 END
"""


def net_difference(case: Case) -> int:
    """Return our total minus theirs, × 100000. For rollbacks, the total is what they returned to players minus what
    they took.
    """
    ours, theirs = case.ours or {}, case.theirs or {}
    if is_folded(case):
        return int(ours.get("amount") or 0) - int(theirs.get("amount") or 0)
    if case.kind in SAME_AMOUNT:
        return 0
    return -case.difference if (ours.get("kind") or theirs.get("kind")) in FROM_PLAYERS else case.difference


def difference_text(case: Case) -> str:
    """Return our total minus theirs with its currency; a dash where no amount differs."""
    difference = net_difference(case)
    return format_with_code(difference, case.currency) if difference else "–"


def is_folded(case: Case) -> bool:
    """Return whether the case stands for many rows, which have their own list."""
    return case.kind == Case.Kind.TRUNCATED or case.subject.startswith("all|")


def subject_text(case: Case) -> str:
    """Return the id that the case is about; for a folded case, the number of its rows."""
    if not case.subject.startswith("all|"):
        return str(case.subject)
    rows = breaks_in(case)
    return ngettext("%(count)s row", "%(count)s rows", rows) % {"count": f"{rows:,}"}


def breaks_in(case: Case) -> int:
    """Return how many breaks the case counts for."""
    if not case.subject.startswith("all|"):
        return 1
    return max(*(int((side or {}).get("rows") or 0) for side in (case.ours, case.theirs)), 1)


def counts(name: str, which: Q) -> dict[str, Any]:
    """Return two sums over some cases, for `annotate`: how many breaks, and what is at stake."""
    breaks: Any = RawSQL(BREAKS.format(row="wallet_case"), [], BigIntegerField())  # noqa: S611 - made of constants
    return {
        f"{name}_breaks": Sum(breaks, filter=which, default=0),
        f"{name}_stake": Sum(stake_expression(), filter=which, default=0),
    }


def stake_expression() -> Any:
    """Return the SQL expression of the amount at stake."""
    field: Any = DecimalField(max_digits=60, decimal_places=0)
    return RawSQL(AT_STAKE.format(row="wallet_case"), [], field)  # noqa: S611 - made of constants
