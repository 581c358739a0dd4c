"""Random days, files of every way to write them, and changes: each is named, and no day is clear whose sums differ.

The money of each side is counted here once more, from the ledger's rows and the file's lines alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchants.models import Game, Merchant
from portal.lib import clock
from tests import factories
from tests.wallet import reconciling
from tests.wallet.reconciling import DATE, HOUR, Busy, Line, Told, at, day, ledger_lines, plan, reconcile, state
from wallet.models import Transaction
from wallet.reconciliation import runs

DAY = timedelta(days=1)
SHAPES = ("lost", "won", "paid twice", "open", "reward", "deposit", "withdraw")
CASHIER = ("deposit", "withdraw", "reward")
TAKEN = ("bet", "withdraw")
EXAMPLES = 6
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


# --- a day ------------------------------------------------------------------------------------------------------------
class Round(NamedTuple):
    """Played on `day`, 0 of yesterday and 1 of today, and rolled back that many days after it, if at all."""

    day: int
    shape: str
    back_after: int | None


class Writing(NamedTuple):
    """How a file is written."""

    rollbacks: str
    has_references: bool
    has_currency: bool
    has_game: bool
    is_flagged_too: bool
    has_own_ids: bool
    says_net: bool

    @property
    def ids_differ(self) -> bool:
        return self.has_own_ids and self.has_references


@dataclass
class Story:
    """What went on; `sessions` by day, since a rollback names the session of what it takes back."""

    machine: Told
    today: date
    name: str
    rounds: Sequence[Round]
    sessions: dict[int, str] = field(default_factory=dict)

    def play(self) -> None:
        for on in (0, 1):
            with at(self.machine.merchant, 12 * HOUR, of=self.today + (on - 1) * DAY):
                self.machine.launch()
                self.sessions[on] = self.machine.session
                for number, each in enumerate(self.rounds):
                    if each.day == on:
                        self._play(number, each)
            self._roll_back(on)
        self._roll_back(2)

    def _play(self, number: int, of: Round) -> None:
        name, amount = f"{self.name}-{number}", 1_000 * 3**number
        if of.shape in CASHIER:
            verb: Any = getattr(self.machine, of.shape)
            assert verb(amount, transactionId=name).status == "RS_OK"
            return
        assert self.machine.bet(amount, transactionId=name).status == "RS_OK"
        pays = {"lost": [0], "won": [2 * amount + 1], "paid twice": [amount + 7, amount + 9]}.get(of.shape, [])
        for turn, paid in enumerate(pays):
            self.machine.payout(name, paid, transactionId=f"{name}-paid-{turn}")

    def _roll_back(self, on: int) -> None:
        after = HOUR if on == 2 else 14 * HOUR
        with at(self.machine.merchant, after, of=self.today + (on - 1) * DAY):
            for number, each in enumerate(self.rounds):
                if each.back_after is not None and each.day + each.back_after == on:
                    self.machine.session = self.sessions[each.day]
                    name = f"{self.name}-{number}"
                    item = self.machine.rollback_item(name, transactionId=f"{name}-back")
                    answer = self.machine.call("/wallet/transaction/rollback", {"transactions": [item]})
                    assert answer.body["data"][0]["status"] == "RS_OK"


NUMBERS = count(1)


@pytest.fixture
def machine(acme: Merchant, game: Game) -> Told:
    plan(acme, unsettled_hours=10_000)
    with at(acme, 0 * HOUR):
        machine = Told(acme, factories.signer(acme), game)
        machine.deposit(10**12, transactionId="float")
    return machine


def story(machine: Told, rounds: Sequence[Round]) -> Story:
    """Each on days of its own: the ledger keeps those of the examples before."""
    number = next(NUMBERS)
    told = Story(machine, DATE + 10 * (number % 10_000) * DAY, f"s{number}", rounds)
    told.play()
    return told


# --- its file ---------------------------------------------------------------------------------------------------------
def nets(merchant: Merchant) -> dict[str, int]:
    """Of each rollback of ours, what players got by all that it took back."""
    found: Counter[str] = Counter()
    rows = Transaction.objects.filter(merchant=merchant, reverses__isnull=False).select_related("reverses")
    for row in rows:
        found[row.transaction_id] += (row.amount or 0) * (1 if row.reverses and row.reverses.kind in TAKEN else -1)
    return found


def is_back_by(merchant: Merchant, end: Any) -> set[str]:
    rows = Transaction.objects.filter(merchant=merchant, reverses__isnull=False, created_at__lt=end)
    return set(rows.values_list("reverses__transaction_id", flat=True))


def honest(told: Story, how: Writing) -> list[Line]:
    """What an operator without a mistake writes of today."""
    merchant = told.machine.merchant
    of_rollbacks, back = nets(merchant), is_back_by(merchant, day(merchant, told.today).end)
    lines = [replace(line, is_rolled_back=line.is_rolled_back) for line in ledger_lines(merchant, told.today)]
    if how.rollbacks == "none":
        lines = [line for line in lines if line.kind != "rollback" and line.transaction_id not in back]
    elif how.rollbacks == "flags":
        lines = [line for line in lines if line.kind != "rollback"]
    is_flagged = how.rollbacks == "flags" or (how.rollbacks == "rows" and how.is_flagged_too)
    return [_written(line, how, of_rollbacks, is_flagged=is_flagged) for line in lines]


def _written(line: Line, how: Writing, of_rollbacks: dict[str, int], *, is_flagged: bool) -> Line:
    is_rollback = line.kind == "rollback"
    return replace(
        line,
        transaction_id=f"own-{line.transaction_id}" if is_rollback and how.ids_differ else line.transaction_id,
        amount=abs(of_rollbacks[line.transaction_id]) if is_rollback and how.says_net else line.amount,
        ref_transaction_id=line.ref_transaction_id if how.has_references else None,
        game_id=line.game_id if how.has_game else None,
        is_rolled_back=(line.is_rolled_back and not is_rollback) if is_flagged else None,
        at=None,
    )


def sent(told: Story, lines: Iterable[Line], how: Writing) -> runs.RunOutcome:
    merchant = told.machine.merchant
    currency = "" if how.has_currency else "EUR"
    reconciling.state(merchant, lines, told.today, rollbacks=how.rollbacks, currency=currency)
    with clock.frozen_at(day(merchant, told.today).ready + 5 * HOUR):
        return runs.reconcile_day(merchant=merchant, day=told.today)


# --- what is wrong with it --------------------------------------------------------------------------------------------
Changed = tuple[list[Line], set[tuple[str, str]]]


def changes(told: Story, how: Writing, lines: list[Line]) -> Iterator[tuple[str, Changed]]:
    """Each change that this day and writing have room for, what the file is then, and what is to be found."""
    standing = [each for each in told.rounds if each.back_after is None]
    for number, each in enumerate(told.rounds):
        name = f"{told.name}-{number}"
        if each.day == 1 and each in standing and each.shape in CASHIER:
            yield from _of_a_row(name, how, lines)
            yield from _taken_back_there(name, how, lines)
        if each.day == 0 and each in standing and how.rollbacks == "rows":
            extra = Line(f"q-{name}", "rollback", "player-1", "EUR", 1_000 * 3**number)
            extra = replace(extra, ref_transaction_id=name if how.has_references else None)
            yield "yesterday's taken back there", ([*lines, extra], {("missing_here", extra.transaction_id)})
        if each.back_after is not None and each.day + each.back_after == 1:
            yield from _taken_back_here(told, number, how, lines)
    yield "stray", ([*lines, Line("stray", "bet", "player-1", "EUR", 7)], {("missing_here", "stray")})


def _of_a_row(name: str, how: Writing, lines: list[Line]) -> Iterator[tuple[str, Changed]]:
    [line] = [line for line in lines if line.transaction_id == name]
    rest = reconciling.without(lines, name)
    yield "missing", (rest, {("missing_there", name)})
    yield "doubled", ([*lines, line], {("duplicate_there", name)})
    yield "amount", ([*rest, replace(line, amount=line.amount + 1)], {("amount", name)})
    yield "player", ([*rest, replace(line, player_id="somebody")], {("whose", name)})
    other = "deposit" if line.kind == "reward" else "reward"
    yield "kind", ([*rest, replace(line, kind=other)], {("kind", name)})
    if how.has_currency:
        yield "currency", ([*rest, replace(line, currency="USD")], {("currency", name)})


def _taken_back_there(name: str, how: Writing, lines: list[Line]) -> Iterator[tuple[str, Changed]]:
    [line] = [line for line in lines if line.transaction_id == name]
    if how.rollbacks == "flags":
        rest = reconciling.without(lines, name)
        yield "taken back there", ([*rest, replace(line, is_rolled_back=True)], {("state", name)})
    if how.rollbacks == "rows":
        back = Line(f"q-{name}", "rollback", "player-1", "EUR", line.amount)
        if how.has_references:
            back = replace(back, ref_transaction_id=name)
            again = replace(back, transaction_id=f"again-{name}")
            yield "taken back there", ([*lines, back], {("state", name)})
            yield (
                "taken back there twice",
                ([*lines, back, again], {("state", name), ("duplicate_there", f"again-{name}")}),
            )
        else:
            yield "taken back there", ([*lines, back], {("missing_here", back.transaction_id)})


def _taken_back_here(told: Story, number: int, how: Writing, lines: list[Line]) -> Iterator[tuple[str, Changed]]:
    """Ours alone, with the payouts that went with a bet."""
    name, of = f"{told.name}-{number}", told.rounds[number]
    back = f"own-{name}-back" if how.ids_differ else f"{name}-back"
    rest = reconciling.without(lines, back)
    if of.day == 0:
        if how.rollbacks == "rows":
            yield "yesterday's taken back here", (rest, {("missing_there", f"{name}-back")})
        return
    ours = [line for line in ledger_lines(told.machine.merchant, told.today) if line.kind != "rollback"]
    round_ = [line for line in ours if line.transaction_id == name or line.transaction_id.startswith(f"{name}-paid-")]
    names = [line.transaction_id for line in round_]
    rest = reconciling.without(rest, *names)
    flag = None if how.rollbacks == "none" or (how.rollbacks == "rows" and not how.is_flagged_too) else False
    as_standing = [
        replace(
            line, is_rolled_back=flag, at=None, game_id=line.game_id if how.has_game else None,
            ref_transaction_id=line.ref_transaction_id if how.has_references else None,
        )
        for line in round_
    ]  # fmt: skip
    yield "taken back here", ([*rest, *as_standing], {("state", each) for each in names})


# --- counted once more ------------------------------------------------------------------------------------------------
def stands_here(told: Story, lines: Iterable[Line], how: Writing) -> Counter[tuple[str, str]]:
    """Of our rows of today, by currency and type: what stands at its end, or what the file knows of later."""
    merchant = told.machine.merchant
    back = is_back_by(merchant, day(merchant, told.today).end)
    known = {line.transaction_id for line in lines if line.is_rolled_back}
    found: Counter[tuple[str, str]] = Counter()
    for line in ledger_lines(merchant, told.today):
        is_back = line.transaction_id in back or (line.is_rolled_back and line.transaction_id in known)
        if line.kind != "rollback" and not is_back:
            found[line.currency, line.kind] += line.amount
    return found


def stands_there(told: Story, lines: Sequence[Line]) -> Counter[tuple[str, str]]:
    ours = dict(
        Transaction.objects.filter(merchant=told.machine.merchant, part=0).values_list(
            "transaction_id", "ref_transaction_id"
        )
    )
    refs = {line.transaction_id: line.ref_transaction_id or ours.get(line.transaction_id) for line in lines}
    back = {refs[line.transaction_id] for line in lines if line.kind == "rollback"}
    back |= {line.transaction_id for line in lines if line.is_rolled_back}
    back |= {line.transaction_id for line in lines if line.kind == "payout" and refs[line.transaction_id] in back}
    found: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.kind != "rollback" and line.transaction_id not in back:
            found[line.currency, line.kind] += line.amount
    return found


def check_sums(told: Story, lines: Sequence[Line], how: Writing, found: runs.RunOutcome) -> None:
    named = {subject for kind, subject in reconciling.breaks(told.machine.merchant, told.today) if kind == "totals"}
    for side in found.figures.sides:
        assert (side.unexplained != 0) == (f"both sides|{side.kind}|{side.currency}" in named)
    if found.outcome == "clear":
        assert [side for side in found.figures.sides if side.difference] == []
        assert +stands_here(told, lines, how) == +stands_there(told, lines)


rounds = st.lists(
    st.builds(Round, st.integers(0, 1), st.sampled_from(SHAPES), st.sampled_from([None, None, 0, 1])),
    min_size=1,
    max_size=7,
)
writings = st.builds(
    Writing,
    st.sampled_from(["rows", "rows", "flags", "none"]),
    *[st.booleans()] * 6,
)
held = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=QUIET)


@held
@given(rounds=rounds, how=writings)
def test_a_day_that_both_sides_have_alike_is_clear(machine: Told, rounds: list[Round], how: Writing) -> None:
    told = story(machine, rounds)
    lines = honest(told, how)
    found = sent(told, lines, how)
    assert reconciling.breaks(machine.merchant, told.today) == set()
    assert found.outcome in {"clear", "nothing"}
    check_sums(told, lines, how, found)


@held
@given(rounds=rounds, how=writings, data=st.data())
def test_one_thing_that_is_wrong_is_named(
    machine: Told, rounds: list[Round], how: Writing, data: st.DataObject
) -> None:
    told = story(machine, rounds)
    possible = dict(changes(told, how, honest(told, how)))
    lines, expected = possible[data.draw(st.sampled_from(sorted(possible)))]
    found = sent(told, lines, how)
    assert reconciling.breaks(machine.merchant, told.today) == expected
    assert found.figures.differences_add_up
    check_sums(told, lines, how, found)


edits = st.lists(
    st.tuples(st.sampled_from(["drop", "double", "more", "kind", "ref", "flag", "back", "id"]), st.integers(0, 30)),
    min_size=1,
    max_size=5,
)


def edited(lines: Sequence[Line], what: str, number: int) -> list[Line]:
    """Anything at all, whether or not it makes sense."""
    place = number % len(lines)
    line, rest = lines[place], [*lines[:place], *lines[place + 1 :]]
    other = lines[(number + 1) % len(lines)].transaction_id
    made: dict[str, list[Line]] = {
        "drop": [],
        "double": [line, line],
        "more": [replace(line, amount=line.amount + 1)],
        "kind": [replace(line, kind=("bet", "payout", "rollback", "reward")[number % 4])],
        "ref": [replace(line, ref_transaction_id=other)],
        "flag": [replace(line, is_rolled_back=not line.is_rolled_back)],
        "back": [
            line,
            replace(line, transaction_id=f"q-{line.transaction_id}", kind="rollback", ref_transaction_id=other),
        ],
        "id": [replace(line, transaction_id=f"id-{line.transaction_id}")],
    }
    return [*rest, *made[what]]


@held
@given(rounds=rounds, how=writings, edits=edits)
def test_no_day_is_clear_while_the_sums_differ(
    machine: Told, rounds: list[Round], how: Writing, edits: list[tuple[str, int]]
) -> None:
    told = story(machine, rounds)
    lines = honest(told, how)
    for what, number in edits:
        lines = edited(lines, what, number) if lines else lines
    check_sums(told, lines, how, sent(told, lines, how))


def test_rollbacks_that_flags_say_are_counted_as_ours_are(busy: Busy) -> None:
    """A payout that went with its bet is no rollback of its own."""
    lines = [line for line in busy.lines() if line.kind != "rollback"]
    state(busy.merchant, lines, rollbacks="flags")
    found = reconcile(busy.merchant)
    assert found.outcome == "clear"
    [side] = [side for side in found.figures.sides if side.kind == "rollback"]
    assert (side.ours_rows, side.theirs_rows, side.difference) == (2, 2, 0)
