"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOMS = "portal|merchants|wallet|tests|bench|docs|templates"
NAMED = re.compile(rf"(?:`|\()((?:(?:{ROOMS})/|\.\./)?[\w./-]+\.(?:py|sql|md|html|png|toml))(?:#[\w-]+)?(?:`|\))")
CALLED = re.compile(r"`@?(?:[a-z_]+\.)*([a-z_]+)\.([A-Za-z_]+)(?:\([^`]*\))?`")  # module.name
DEFINED = re.compile(r"^\s*(?:(?:async )?def|class) (\w+)|^\s*(\w+)(?:\s*:[^=\n]+)?\s*=", re.MULTILINE)
LOGGED = re.compile(r'"([a-z_]+)\.([a-z_]+)"')
DECISIONS = sorted(CHECKOUT.glob("docs/decisions/[0-9]*.md"))
MOST_LINES = 25
SUFFIXES = {"css", "html", "js", "md", "po", "py", "sql", "txt"}
PACKAGES = {"portal", "merchants", "wallet"}
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    *(str(path.relative_to(CHECKOUT)) for path in sorted(CHECKOUT.glob("docs/**/*.md"))),
]


def defined_names() -> dict[str, set[str]]:
    """Return for the name of each module of ours what modules of that name define; events of the log by their names."""
    names: dict[str, set[str]] = {}
    for room in sorted(PACKAGES):
        for file in sorted((CHECKOUT / room).rglob("*.py")):
            found = {name for pair in DEFINED.findall(file.read_text()) for name in pair if name}
            names.setdefault(file.stem, set()).update(found)
            for module, event in LOGGED.findall(file.read_text()):
                names.setdefault(module, set()).add(event)
    return names


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_exists(document: str) -> None:
    text = (CHECKOUT / document).read_text()
    here = (CHECKOUT / document).parent
    names = {name for name in NAMED.findall(text) if "/" in name or text.count(f"]({name}")}
    names = {name for name in names if "NNNN" not in name}
    missing = [name for name in names if not (here / name).exists() and not (CHECKOUT / name).exists()]
    assert not missing


def test_every_function_that_a_document_names_with_its_module_exists() -> None:
    names = defined_names()
    named = [
        (document, module, name)
        for document in DOCUMENTS
        for module, name in CALLED.findall((CHECKOUT / document).read_text())
        if module in names.keys() - PACKAGES and name not in SUFFIXES
    ]
    assert len(named) > MOST_LINES
    assert [(document, f"{module}.{name}") for document, module, name in named if name not in names[module]] == []


@pytest.mark.parametrize("decision", [path.name for path in DECISIONS])
def test_a_decision_is_short_and_names_the_alternative_that_lost(decision: str) -> None:
    text = (CHECKOUT / "docs/decisions" / decision).read_text()
    assert len(text.splitlines()) <= MOST_LINES
    assert "**Lost" in text


def test_every_decision_is_in_the_index() -> None:
    index = (CHECKOUT / "docs/decisions/README.md").read_text()
    files = {path.name for path in (CHECKOUT / "docs/decisions").glob("[0-9]*.md")}
    assert {name for name in files if f"]({name})" not in index} == set()


TEST = re.compile(r"`((?:tests/[\w/]+/)?test_\w+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_a_document_names_exists(document: str) -> None:
    """Also one that is named without its folder, and one function of it: a rule that a document calls held is held."""
    files: dict[str, list[Path]] = {}
    for path in (CHECKOUT / "tests").rglob("test_*.py"):
        files.setdefault(path.name, []).append(path)
        files[str(path.relative_to(CHECKOUT))] = [path]
    missing = [
        f"{file}::{function}" if function else file
        for file, function in TEST.findall((CHECKOUT / document).read_text())
        if not any(not function or f"def {function}(" in path.read_text() for path in files.get(file, []))
    ]
    assert missing == []


def test_every_requirement_of_the_table_names_a_test_or_says_why_there_is_none() -> None:
    """Of ASVS: a row has a number, how it is met, and a test, or the document, check or library that shows it."""
    lines = (CHECKOUT / "docs/security.md").read_text().splitlines()
    rows = [line.strip("|").split("|") for line in lines if re.match(r"\| \d+\.\d+\.\d+", line)]
    assert len(rows) > 80
    bare = [cells[0].strip() for cells in rows if len(cells) != 3 or not cells[2].strip()]
    assert bare == []
