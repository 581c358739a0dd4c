"""The table on the screen, and the same with all that belongs to it in docs/drill.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from bench import machine
from bench.drill.drill import MOST_TAKEN, PROMISED_SECONDS, Outcome, Scale
from bench.drill.history import CUT, GIVEN_UP, HELD_BACK, UNREACHABLE
from bench.report import markdown
from portal.local.checkout_lock import CHECKOUT

DOCUMENT = CHECKOUT / "docs" / "drill.md"
HEAD = (
    "fault",
    "calls",
    "lost",
    "twice",
    "applied, not told",
    "503",
    "no answer",
    "latest, ms",
    "less stalls, ms",
    "disk, ms",
    "away, s",
    "errors, s",
    "well after, s",
    "verdict",
)
NOBODY_ANSWERED = (CUT, UNREACHABLE, GIVEN_UP)
HOW = """
- The servers are the drill's own: PostgreSQL with fsync on, Valkey, two web servers of the machines' service with two
  processes of eight threads each, both workers and beat. Each is supervised alone and started again when it ends.
- {scale.processes} processes with {scale.callers} callers each speak about the same {scale.players} players, new ones
  for each fault. A caller waits {think:.0f} ms on average between two calls, gives up after 2 s, goes to the other web
  server, and says the same again under the same id until it is decided. The history does not wait between calls.
- **lost**, **twice**: acknowledged transactions that the ledger lacks, or has twice. Each row also holds that callers'
  own books equal balances and sums of rows, that no transaction is there that nobody asked for, that some serial
  order, true to the clock, explains every answer of every player, that `manage.py verify_ledger` is clean, and that
  each answer was 200, 503 or 429.
- **applied, not told**: transactions that were done by an attempt whose caller heard nothing, or 503; the repeat told.
- **no answer**: attempts whose connection was refused or cut, or that their caller gave up.
- **latest**: the longest wait for an answer; **less stalls** without the moments in which the caller's process got no
  turn or a byte took longer than 50 ms to the disk (**disk**: the longest of those, measured beside). Judged by
  {promised:.0f} ms, except where the web servers themselves stand still, and where others took more than {taken} % of
  the processors in the second before the drill began: then times are shown and not judged.
- **away**: the longest time in which no call at all was answered 200; at most 1.5 s where a standby is promoted.
- **errors**: from the first attempt that was not answered 200 to the last one. **well after**: from the end of the
  fault until a call was acknowledged and `/readyz` was 200, and where workers are concerned, until both answered.
- The control must lose: its standbys are not synchronous and are cut off before the primary is lost.
"""


def show(console: Console, outcomes: Sequence[Outcome]) -> None:
    table = Table(*HEAD)
    for outcome in outcomes:
        table.add_row(*line(outcome), style="red" if outcome.faults else None)
    console.print(table)
    for sentence in [*remarks(outcomes), *faults(outcomes)]:
        console.print(sentence, markup=False, soft_wrap=True)


def short(outcome: Outcome) -> str:
    """For the screen, as soon as it is known."""
    return " · ".join(f"{name} {told}".strip() for name, told in zip(("", *HEAD[1:]), line(outcome), strict=True))


def line(outcome: Outcome) -> tuple[str, ...]:
    if outcome.not_run:
        return (outcome.title, *("–",) * (len(HEAD) - 2), f"not run: {outcome.not_run}")
    found, attempts = outcome.findings, outcome.attempts
    return (
        outcome.title,
        f"{outcome.calls:,}",
        f"{found.lost:,}",
        f"{found.doubled:,}",
        f"{found.applied_told_nothing + found.applied_told_503:,}",
        f"{attempts['503']:,}",
        f"{sum(attempts[name] for name in NOBODY_ANSWERED):,}",
        f"{outcome.latest_ms:,.0f}",
        f"{outcome.latest_net_ms:,.0f}",
        f"{outcome.stall_ms:,.0f}",
        f"{outcome.away_seconds:.2f}",
        f"{outcome.errors_seconds:.2f}",
        f"{outcome.recovered_seconds:.2f}",
        verdict(outcome),
    )


def verdict(outcome: Outcome) -> str:
    if outcome.faults:
        return "NOT held"
    held = "lost, as it must" if outcome.must_lose else "held"
    return held if outcome.is_timed else f"{held}; time not judged"


def remarks(outcomes: Sequence[Outcome]) -> list[str]:
    untold = sum(each.findings.applied_told_nothing for each in outcomes)
    late = sum(each.findings.applied_told_503 for each in outcomes)
    if untold + late == 0:
        return ["“Applied but not told” was never seen: the drills did not hit that window, and prove less for it."]
    said = [
        f"Applied but not told: {untold:,} transactions whose caller heard nothing, {late:,} that were answered 503."
    ]
    held = sum(each.attempts[HELD_BACK] for each in outcomes)
    return [*said, *([f"Refused for the clock, and said again: {held:,} attempts."] if held else [])]


def faults(outcomes: Sequence[Outcome]) -> list[str]:
    return [f"{each.title}: {sentence}" for each in outcomes for sentence in each.faults]


def write(outcomes: Sequence[Outcome], scale: Scale, seed: int, seconds: float, *, left: int) -> None:
    """Written anew after each drill, so that a run that is cut short leaves what it has."""
    said = [f"{each.title}: {each.said}." for each in outcomes if each.said]
    broken = faults(outcomes)
    parts = [
        "# What `make drill` showed",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, by `make drill`, in {seconds / 60:.0f} minutes. Seed: {seed}.",
        markdown(("on", ""), list(machine.facts().items())),
        machine_remark(outcomes),
        *([f"This run was ended before its last {left} drills."] if left else []),
        "## Faults",
        markdown(HEAD, [line(each) for each in outcomes]),
        *remarks(outcomes),
        *said,
        *(["## What did not hold", "\n".join(f"- {sentence}" for sentence in broken)] if broken else []),
        "## How",
        how(scale),
        "## Seeds",
        "Caller `n` of process `p` draws by `<seed>.<p>.<n>`.",
        markdown(("fault", "seed"), [(each.title, each.seed) for each in outcomes if each.seed]),
    ]
    DOCUMENT.write_text("\n\n".join(parts) + "\n")


def machine_remark(outcomes: Sequence[Outcome]) -> str:
    """How much others took of the machine: latencies mean little without it."""
    loads = [each.load for each in outcomes if each.load]
    taken = max((each.taken for each in outcomes), default=0.0)
    told = (
        f"Load average {min(loads, default=0):.1f} to {max(loads, default=0):.1f}, the drill's own processes included."
    )
    return f"{told} Just before a drill began, up to {taken:.0f} % of the processors were taken."


def how(scale: Scale) -> str:
    values = {
        "scale": scale,
        "think": scale.think_seconds * 1000,
        "promised": PROMISED_SECONDS * 1000,
        "taken": MOST_TAKEN,
    }
    return HOW.format(**values).strip()
