"""Finds the header line of a file: titles and comments may precede it."""

from __future__ import annotations

from collections.abc import Sequence

from wallet.reconciliation.reading.mapping import Mapping, usual_columns

FEWEST_NAMES = 3  # usual ones, of a header that is found by them


def names_in(cells: Sequence[str], mapping: Mapping) -> int:
    """Return how many of the stated columns, or else of the usual ones, these cells name."""
    return mapping.known(cells) if mapping.columns else usual_columns(cells)


def header_position(lines: Sequence[Sequence[str]], mapping: Mapping) -> int:
    """Return the position of the header: the first line that is not empty, or the line that names most columns."""
    first = next((number for number, cells in enumerate(lines) if any(cells)), 0)
    enough = len(mapping.columns) or FEWEST_NAMES
    if not lines or (mapping.columns and names_in(lines[first], mapping) >= enough):
        return first
    scores = [names_in(cells, mapping) for cells in lines]
    return scores.index(max(scores)) if max(scores) >= enough else first
