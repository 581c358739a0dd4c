"""The tables of docs/signed-api.md, as the code may be compared with them."""

from __future__ import annotations

import re
from pathlib import Path

CONTRACT = Path(__file__).parents[3] / "docs/signed-api.md"


def table(section: int) -> list[list[str]]:
    """Return the cells of the first table of a section, without its heading."""
    text = re.split(r"^## \d+\. ", CONTRACT.read_text(), flags=re.MULTILINE)[section]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]
