"""The tags of the parts that pages share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.urls import reverse

from portal.templatetags.back_links import LABELS

TEMPLATES = Path(settings.BASE_DIR) / "templates"
SOURCES = [
    path for area in ("merchants", "wallet") for path in (Path(settings.BASE_DIR) / area / "pages").rglob("*.py")
]
OPERATOR_BACK = re.compile(r"back=(?:reverse\()?\"operator:(\w+)\"")  # of a question
BY_HAND = ('<svg class="icon', '<span class="badge', "page-title", "operator/parts/icon.html")


def rendered(source: str, **values: object) -> str:
    return engines["django"].from_string(source).render(values)


def test_each_part_is_a_tag_and_escapes_what_it_shows() -> None:
    assert "#clock" in rendered('{% icon "clock" %}')
    assert 'class="icon me-2"' in rendered('{% icon "clock" "me-2" %}')
    assert "&lt;b&gt;" in rendered("{% badge text %}", text="<b>")
    assert "bg-red-lt" in rendered('{% badge "late" "bad" %}')
    head = rendered('{% head "Title" above="Above" text="Text" %}')
    assert head.index("Above") < head.index("Title") < head.index("Text")
    assert "&lt;b&gt;" in rendered('{% alert "info" text %}', text="<b>")
    assert 'href="/there"' in rendered('{% alert "danger" "Text" url="/there" link="There" %}')


def test_markup_stands_in_an_alert_as_it_is_written() -> None:
    shown = rendered('{% alert_box "warning" %}<strong>{{ text }}</strong>{% endalert_box %}', text="<b>")
    assert "<strong>&lt;b&gt;</strong>" in shown
    assert 'role="status"' in shown


@pytest.mark.parametrize("markup", BY_HAND)
def test_no_page_writes_a_part_by_hand(markup: str) -> None:
    found = [path.name for path in TEMPLATES.rglob("*.html") if markup in path.read_text()]
    assert len(found) <= 1, found


def test_a_link_back_names_the_page_that_it_opens() -> None:
    key = reverse("admin:merchants_apikey_change", args=[1])
    assert rendered("{% back_label to %}", to=key) == "Back to the API key"
    assert rendered("{% back_label to %}", to=reverse("admin:wallet_case_changelist") + "?p=2") == "Back to cases"
    assert rendered("{% back_label to %}", to=reverse("operator:keys", args=["acme"])) == "Back to keys"
    assert rendered("{% back_label to %}", to="/no/page/of/ours/") == "Back to the previous page"


def test_no_template_says_back_without_a_place() -> None:
    bare = re.compile(r"Back(?! to )\b(?:\"|\s*<|\s*$)", re.MULTILINE)
    found = {path.name: bare.findall(path.read_text()) for path in TEMPLATES.rglob("*.html")}
    assert {name: words for name, words in found.items() if words} == {}


def test_each_page_of_operators_that_links_back_has_its_words() -> None:
    names = {f"operator:{name}" for name in OPERATOR_BACK.findall("".join(path.read_text() for path in SOURCES))}
    assert names - set(LABELS) == set()
