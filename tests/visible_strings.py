"""Every text that a person can see, with where it stands: `python -m tests.visible_strings [WORD]`.

Templates without their tags, and text constants of Python code that are no docstring, no SQL and no name.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("merchants", "portal", "wallet")
TAGS = re.compile(
    r"{#.*?#}|{%-?\s*comment.*?endcomment\s*%}|{%.*?%}|{{.*?}}|<script.*?</script>|<style.*?</style>", re.DOTALL
)
SAID_IN_TAGS = re.compile(r"""\b(?:title|text|description|label|above|name|value|placeholder)="([^"{]+)\"""")
TRANSLATED = re.compile(r"""{%-?\s*trans(?:late)?\s+"([^"]+)"|\b_\("([^"]+)"\)""")
MARKUP = re.compile(r"<[^>]*>")
INLINE = re.compile(r"</?(?:a|bdi|br|code|em|small|span|strong|time)\b[^>]*>")
BOUNDARY = "\0"
BETWEEN = re.compile(r"[^\0\s][^\0]*")
WORDS = re.compile(r"[A-Za-z’']+ [A-Za-z’']+")  # two words: neither a name nor a key
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|RAISE|BEGIN|FROM|WHERE)\b")


class Visible(NamedTuple):
    """One text, and the file and line where it stands."""

    file: str
    line: int
    text: str


def visible_strings() -> Iterator[Visible]:
    for path in sorted(CHECKOUT.glob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            for number, text in template_texts(path.read_text()):
                yield Visible(_name(path), number, text)
    for room in ROOMS:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _in_code(path)


def template_texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield each text of a template with its line, also those within tags: `translate "…"` and `_("…")`.

    A text may run over lines and over inline markup; it ends at a tag of Django or at any other markup.
    """
    bare = INLINE.sub(_blank, TAGS.sub(_boundary, source))
    found = [(match.start(), match[0]) for match in BETWEEN.finditer(MARKUP.sub(_boundary, bare))]
    for pattern in (SAID_IN_TAGS, TRANSLATED):
        found += [(match.start(), next(filter(None, match.groups()))) for match in pattern.finditer(source)]
    for start, raw in sorted(found):
        text = " ".join(raw.split())
        if WORDS.search(text):
            yield source.count("\n", 0, start) + 1, text


def _blank(match: re.Match[str]) -> str:
    """Return spaces of the same length, so that each offset stays."""
    return re.sub(r"[^\n]", " ", match[0])


def _boundary(match: re.Match[str]) -> str:
    return _blank(match) if match[0].startswith("{{") else BOUNDARY + _blank(match)[1:]


def _in_code(path: Path) -> Iterator[Visible]:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Constant) or isinstance(node, ast.Expr):
                continue
            text = child.value if isinstance(child.value, str) else ""
            if WORDS.search(text) and not SQL.search(text):
                yield Visible(_name(path), child.lineno, " ".join(text.split()))


def _name(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def main() -> None:
    word = sys.argv[1].lower() if len(sys.argv) > 1 else ""
    for each in visible_strings():
        if word in each.text.lower():
            sys.stdout.write(f"{each.file}:{each.line}: {each.text}\n")


if __name__ == "__main__":
    main()
