"""The sections of docs/signed-api.md as HTML: the contract is written there once, and shown on the Developers page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

CONTRACT: Path = settings.BASE_DIR / "docs/signed-api.md"
MENTION = re.compile(r"\bsection (\d+)\b")
HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
TABLE = '<div class="table-responsive mb-3" tabindex="0" role="group" aria-label="{}">{}</div>'
# A row of a table can be linked to: a status by its name, a check by its number.
ANCHOR = {re.compile(r"`(RS_\w+)`"): "{}", re.compile(r"(\d+)"): "row-{}"}
ROWS_WITH_ANCHORS = {3, 9}


class ContractSection(NamedTuple):
    number: int
    title: str
    html: SafeString

    @property
    def anchor(self) -> str:
        return f"section-{self.number}"


@cache
def contract_sections() -> dict[int, ContractSection]:
    """Return the sections by their number, each once rendered in a process."""
    _, *parts = HEADING.split(CONTRACT.read_text())
    numbered = zip(map(int, parts[::3]), parts[1::3], parts[2::3], strict=True)
    return {number: ContractSection(number, title, _html(number, title, text)) for number, title, text in numbered}


def _html(number: int, title: str, text: str) -> SafeString:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(MENTION.sub(r"[section \1](#section-\1)", text))
    _set_attributes(tokens, with_anchors=number in ROWS_WITH_ANCHORS)
    html = markdown.renderer.render(tokens, markdown.options, {})
    tables = re.sub(r"<table.*?</table>", lambda found: TABLE.format(title, found[0]), html, flags=re.DOTALL)
    return mark_safe(tables)  # noqa: S308 - of a file of ours, with HTML escaped


def _set_attributes(tokens: list[Token], *, with_anchors: bool) -> None:
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table table-vcenter mb-0")
    _label_cells(tokens)
    for row, text in _first_cells(tokens) if with_anchors else ():
        for pattern, name in ANCHOR.items():
            if match := pattern.fullmatch(text):
                row.attrSet("id", name.format(match[1]))


def _label_cells(tokens: list[Token]) -> None:
    """Name the column on each cell: on a phone a row is a list of its cells."""
    titles: list[str] = []
    column = 0
    for token, following in pairwise(tokens):
        if token.type == "table_open":
            titles = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            titles.append(following.content.replace("`", ""))
        elif token.type == "td_open":
            token.attrSet("data-label", titles[column])
            column += 1


def _first_cells(tokens: Iterable[Token]) -> Iterator[tuple[Token, str]]:
    """Yield each row of a table with the text of its first cell."""
    row = None
    for token in tokens:
        if token.type == "tr_open":
            row = token
        elif token.type == "inline" and row is not None:
            yield row, token.content
            row = None
