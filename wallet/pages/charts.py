"""Bars, drawn here: no script, and nothing that a strict content policy refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.lib import moments
from portal.lib.texts import Text

WIDTH, HEIGHT, GAP = 720, 160, 0.28  # of the drawing, in its own units; the page stretches it
LEAST = 1.5  # so that one call among a million is seen
LINE = 1


@dataclass(frozen=True, slots=True)
class ChartBar:
    x: float
    y: float
    width: float
    height: float
    css: str
    title: str = ""  # shown while the pointer rests on the bar


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands around the bars: below them, the name of each slot, of each colour, and the text of a number."""

    ticks: list[str]
    slots: list[str]
    names: tuple[Text, Text]
    text: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Chart:
    bars: list[ChartBar]
    ticks: list[str]  # at even distances below
    width: int = WIDTH
    height: int = HEIGHT
    top: str = ""  # the highest value
    names: tuple[Text, ...] = ()  # columns of the table behind the bars
    rows: Sequence[tuple[str, tuple[str, ...]]] = ()

    @property
    def is_empty(self) -> bool:
        return not self.bars


def slots(since: datetime, hours: int) -> list[datetime]:
    """24 hours by the hour, more by the day: each slot by its beginning."""
    step = 1 if hours <= 24 else 24  # noqa: PLR2004
    return [since + timedelta(hours=number) for number in range(0, hours, step)]


def folded_hours(counts: Counter[datetime], begins: list[datetime]) -> list[int]:
    """Hours summed into the slot that they fall into."""
    sums = [0] * len(begins)
    length = begins[1] - begins[0]
    for hour, number in counts.items():
        place = int((hour - begins[0]) / length)
        if 0 <= place < len(sums):
            sums[place] += number
    return sums


def ticks(begins: list[datetime]) -> list[str]:
    if _is_by_day(begins):
        return [moments.local_date(begin, "D j") for begin in begins]
    return [moments.local_hour(begin) for begin in begins[::3]]


def slot_names(begins: list[datetime]) -> list[str]:
    """Return the name of each slot in the reader's zone: its hour, with the hour in UTC beside it, or its day."""
    if _is_by_day(begins):
        return [moments.local_date(begin, "D j M") for begin in begins]
    return [moments.local_slot(begin) for begin in begins]


def _is_by_day(begins: list[datetime]) -> bool:
    return begins[1] - begins[0] > timedelta(hours=1)


def table_rows(labels: Labels, *numbers: list[int]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (slot, tuple(labels.text(value) for value in values))
        for slot, *values in zip(labels.slots, *numbers, strict=True)
    ]


def _title(labels: Labels, number: int, place: int, value: int) -> str:
    return f"{labels.slots[number]}: {labels.text(value)} {labels.names[place]}"


def stacked_chart(lower: tuple[list[int], str], upper: tuple[list[int], str], labels: Labels) -> Chart:
    """One on the other: `(numbers, css class)` each."""
    highest = max((low + high for low, high in zip(lower[0], upper[0], strict=True)), default=0)
    if not highest:
        return Chart([], labels.ticks)
    step, bars = WIDTH / len(lower[0]), []
    for number, (low, high) in enumerate(zip(lower[0], upper[0], strict=True)):
        x, width, base = step * (number + GAP / 2), step * (1 - GAP), float(HEIGHT)
        for place, (value, css) in enumerate(((low, lower[1]), (high, upper[1]))):
            tall = _tall(value, highest)
            base -= tall
            title = _title(labels, number, place, value)
            bars += [ChartBar(round(x, 1), round(base, 1), round(width, 1), round(tall, 1), css, title)] if tall else []
    rows = table_rows(labels, lower[0], upper[0])
    return Chart(bars, labels.ticks, top=labels.text(highest), names=labels.names, rows=rows)


def grouped_chart(first: tuple[list[int], str], second: tuple[list[int], str], labels: Labels) -> Chart:
    """Two bars in each slot; one below 0 hangs from the line on which the others stand."""
    highest, lowest = max([0, *first[0], *second[0]]), min([0, *first[0], *second[0]])
    if highest == lowest:
        return Chart([], labels.ticks)
    step, bars, whole = WIDTH / len(first[0]), [], highest - lowest
    zero = HEIGHT - _tall(-lowest, whole)
    for number, pair in enumerate(zip(first[0], second[0], strict=True)):
        width = step * (1 - GAP) / 2
        for place, (value, css) in enumerate(zip(pair, (first[1], second[1]), strict=True)):
            tall, x = _tall(abs(value), whole), step * (number + GAP / 2) + place * width
            y = zero - tall if value > 0 else zero
            title = _title(labels, number, place, value)
            bars += [ChartBar(round(x, 1), round(y, 1), round(width, 1), round(tall, 1), css, title)] if tall else []
    line = [ChartBar(0, round(zero - LINE / 2, 1), WIDTH, LINE, "bar-zero")] if lowest else []
    rows = table_rows(labels, first[0], second[0])
    return Chart(bars + line, labels.ticks, top=labels.text(highest), names=labels.names, rows=rows)


def _tall(value: int, highest: int) -> float:
    return max(LEAST, value / highest * (HEIGHT - 2 * LEAST)) if value > 0 else 0
