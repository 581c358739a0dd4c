"""What the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOMS = "portal|merchants|wallet|tests|bench|docs|templates"
NAMED = re.compile(rf"(?:`|\()((?:(?:{ROOMS})/|\.\./)?[\w./-]+\.(?:py|sql|md|html|png|toml))(?:#[\w-]+)?(?:`|\))")
DOCUMENTS = ["README.md", "CONTRIBUTING.md", *(str(path.relative_to(CHECKOUT)) for path in CHECKOUT.glob("docs/*.md"))]


@pytest.mark.parametrize("document", [*DOCUMENTS, "docs/decisions/README.md"])
def test_every_file_that_a_document_names_exists(document: str) -> None:
    text = (CHECKOUT / document).read_text()
    here = (CHECKOUT / document).parent
    names = {name for name in NAMED.findall(text) if "/" in name or text.count(f"]({name}")}
    missing = [name for name in names if not (here / name).exists() and not (CHECKOUT / name).exists()]
    assert not missing


def test_every_decision_is_in_the_index() -> None:
    index = (CHECKOUT / "docs/decisions/README.md").read_text()
    files = {path.name for path in (CHECKOUT / "docs/decisions").glob("[0-9]*.md")}
    assert {name for name in files if f"]({name})" not in index} == set()
