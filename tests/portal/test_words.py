"""Words that the glossary has retired do not come back into texts that people see (docs/glossary.md)."""

from __future__ import annotations

import re

from tests.visible_strings import visible_strings

RETIRED = {
    "rightly": "with a valid signature, correctly",
    "gravest": "highest severity",
    "goes back": "reverts",
    "whoever": "a noun",
    "somebody else": "another person",
    "another writing": "formatted differently",
    "blanks?": "space",
    "to mend": "fix",
    "who still signs": "rotation progress",
}
PATTERN = re.compile(r"\b(" + "|".join(RETIRED) + r")\b", re.IGNORECASE)
MODELS = "/models/"  # help texts of columns stand in migrations too, and in no page


def test_no_visible_text_has_a_retired_word() -> None:
    found = [each for each in visible_strings() if MODELS not in each.file and PATTERN.search(each.text)]
    assert [f"{each.file}:{each.line}: {each.text}" for each in found if "target=" not in each.text] == []


def test_the_list_of_visible_texts_is_whole() -> None:
    """It finds what stands in a template, in an attribute of a tag, and in code."""
    texts = [each.text for each in visible_strings()]
    for part in (
        "Rollbacks are subtracted on the day they arrive",
        "Highest severity first",
        "Wrong email or password",
    ):
        assert any(part in text for text in texts)
