"""Words that the glossary has retired do not come back into texts that people see (docs/glossary.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from merchants.admin.emails import ABOUT
from tests.visible_strings import CHECKOUT, template_texts, visible_strings
from wallet.admin import cases, settlements, statements
from wallet.models import Case, Settlement, Statement

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
    "meter": "rotation progress",
    "goe?s? on working": "works until",
    "put back": "restore",
    "is told": "is notified",
    "sweep": "purge",
    "mend": "fix",
    "taken back": "reversed, rolled back",
    "(?:left|leave) away": "leave out",
    "so many": "a number, or maximum",
    "highest stake": "maximum stake",
    "by themselves": "automatically",
}
# Held on the pages that operators see.
OPERATORS = (
    "templates/operator/",
    "templates/account/",
    "templates/mfa/",
    "templates/usersessions/",
    "wallet/pages/",
    "merchants/pages/",
    "merchants/sign_in/",
)
RETIRED_FOR_OPERATORS = {
    "seen before": "repeat",
    "what (?:goes on|is to be done|changes)": "a noun phrase",
    "bets a minute": "bets per minute",
    "leaked": "compromised",
    "exposed": "compromised since",
    "went back": "reverted",
    "every call": "all requests",
    "nobody": "a noun",
    "everybody": "everyone, all people",
    "telephone": "phone",
    "look (?:at|again)": "show, reload, check",
    "go on": "continue, or the verb of the button",
    "once more": "again",
    "anew": "again",
    "from now on": "say what is true now",
    "all of it": "a noun",
    "movements?": "transaction",
    "comparison": "reconciliation run",
}
HEADING = re.compile(r"""(?:<h[1-6][^>]*>\s*{% (?:translate "|blocktranslate[^%]*%}\s*)|title=_\(")([A-Z][a-z]+)""")
NO_NOUN = {"What", "Who", "Whoever", "Of", "As", "Its", "Where", "When", "Why", "How"}


def retired(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(" + "|".join(words) + r")\b", re.IGNORECASE)


MODELS = "/models/"  # help texts of columns stand in migrations too, and in no page


def test_no_visible_text_has_a_retired_word() -> None:
    found = [each for each in visible_strings() if MODELS not in each.file and retired(RETIRED).search(each.text)]
    assert [f"{each.file}:{each.line}: {each.text}" for each in found if "target=" not in each.text] == []


def test_no_page_of_operators_has_a_retired_word() -> None:
    pattern = retired(RETIRED_FOR_OPERATORS)
    found = [each for each in visible_strings() if each.file.startswith(OPERATORS) and pattern.search(each.text)]
    assert [f"{each.file}:{each.line}: {each.text}" for each in found if "target=" not in each.text] == []


def test_a_heading_of_operators_begins_with_a_noun() -> None:
    found = {
        f"{path.relative_to(CHECKOUT)}: {word}"
        for path in sorted((CHECKOUT / "templates/operator").rglob("*.html"))
        for word in HEADING.findall(path.read_text())
        if word in NO_NOUN
    }
    assert found == set()


def test_a_question_word_before_a_heading_is_found() -> None:
    assert HEADING.findall('<h2 id="h-a">{% translate "What changes" %}</h2>') == ["What"]
    assert HEADING.findall('<h2 class="x">{% blocktranslate trimmed with a=b %}Who got {{ a }}') == ["Who"]
    assert HEADING.findall("<h2>\n  {% blocktranslate trimmed %}\n    Why {{ a }}") == ["Why"]


def test_each_email_has_a_name_on_the_page_of_outgoing_emails() -> None:
    texts = {path.stem: path.read_text() for path in (CHECKOUT / "templates/emails").glob("*.txt")}
    sent = {name for name, text in texts.items() if "Subject:" in text or "emails/layout.txt" in text}
    assert sent - {"layout"} == set(ABOUT)


def test_each_coloured_state_of_the_administration_is_the_name_of_a_state() -> None:
    for coloured, states in (
        (cases.STATE, Case.State),
        (cases.SEVERITY, Case.Severity),
        (statements.STATE, Statement.State),
        (settlements.STATES, Settlement.State),
    ):
        assert set(coloured) - {"current"} <= {str(label) for label in states.labels}


def test_the_list_of_visible_texts_is_whole() -> None:
    """It finds what stands in a template, in an attribute of a tag, and in code."""
    texts = [each.text for each in visible_strings()]
    for part in (
        "Rollbacks are subtracted on the day they arrive",
        "Highest severity first",
        "Wrong email or password",
    ):
        assert any(part in text for text in texts)


def test_texts_marked_for_translation_stay_in_the_list() -> None:
    source = """<a title="{% translate "Block player" %}">{% blocktranslate trimmed with name=player %}
    The player {{ name }} is blocked.
    {% endblocktranslate %}</a>{% include "parts/badge.html" with text=_("no sandbox") level="bad" %}"""
    assert list(template_texts(source)) == [(1, "Block player"), (2, "The player is blocked."), (3, "no sandbox")]


def test_a_text_over_lines_is_one_text() -> None:
    source = "<p>\n  Open cases\n  <strong>by\n  age</strong> of the day.\n</p>\n<p>Second paragraph</p>"
    assert list(template_texts(source)) == [(2, "Open cases by age of the day."), (6, "Second paragraph")]
